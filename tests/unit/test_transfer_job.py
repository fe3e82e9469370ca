"""Transfer jobs: container numbers, what is wrong with a job, reading and writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

import jibek.transfer
from jibek.tables import PackageError
from jibek.transfer import Job, check_job, check_plan, generate, plan_by_rule, read_job, reference_markdown
from jibek.transfer._iso6346 import check_digit, fault, size_type
from jibek.transfer.tables import JOB, PLAN, Rule, Slot
from transfer_packages import A, B, cell, small_job, write_job

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("prefix", "digit"), [("CSQU305438", 3), ("TKRU000001", 0), ("TKRU000014", 0)])
def test_check_digits(prefix: str, digit: int) -> None:
    """The first is the example of the standard; the sum of the last leaves a remainder of 10, which is written 0."""
    assert check_digit(prefix) == digit
    assert fault(f"{prefix}{digit}") == ""


def test_one_wrong_character_is_always_found() -> None:
    """But a 0 taken for the remainder 10 (ISO 6346 advises against such numbers), all single errors change the remainder."""
    number = "CSQU3054383"
    for place in range(4, 10):
        for digit in "0123456789":
            if digit != number[place]:
                assert fault(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize(
    ("code", "length_ft", "height_mm", "group"),
    [
        ("22G1", 20, 2591, "general"),
        ("45R1", 40, 2896, "refrigerated"),
        ("L5G1", 45, 2896, "general"),
        ("22T6", 20, 2591, "tank"),
        ("4EG1", 40, 2896, "general"),
    ],
)
def test_size_types(code: str, length_ft: int, height_mm: int, group: str) -> None:
    found = size_type(code)
    assert (found.length_ft, found.height_mm, found.group) == (length_ft, height_mm, group)


@pytest.mark.parametrize("code", ["", "22G", "92G1", "27G1", "22X1", "22g1"])
def test_size_types_that_are_none(code: str) -> None:
    with pytest.raises(ValueError, match=r"code|begins|height|group"):
        size_type(code)


@pytest.mark.parametrize("text", ["20", "20@", "@0", "30@0", "20@x", "20@nan", "20@1000"])
def test_slots_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a slot"):
        Slot.parse(text)


def test_a_job_is_read(tmp_path: Path) -> None:
    job = small_job(tmp_path)
    assert check_job(job) == []
    assert [wagon.id for wagon in job.rakes["out"]] == ["o1", "o2", "o3", "o4"]
    assert job.boxes[A].size.length_ft == 40
    assert job.seconds(job.departures["d"].due) == 300


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "too heavy for any wagon": (
        cell("boxes", 1, "mass_t", "61"),
        "boxes.csv:2 mass_t: 61 t is more than any outbound wagon takes, 60 t",
    ),
    "too heavy for any crane": (cell("boxes", 1, "mass_t", "50"), "boxes.csv:2 mass_t: 50 t is more than any crane lifts, 41 t"),
    "longer than every track": (cell("models", 1, "length_m", "30"), "trains.csv:2: 120 m is longer than every track of 1435 mm"),
    "longer than its track": (cell("trains", 1, "offset_m", "5"), "trains.csv:2 offset_m: an offset needs a track"),
    "two boxes in one slot": (cell("boxes", 2, "wagon", "i1"), f"boxes.csv:3 slot: slot 3 of i1 overlaps slot 3, where {A} stands"),
    "unknown class": (cell("boxes", 1, "dg_class", "3.5"), "boxes.csv:2 dg_class: '3.5' is none of 1.1, 1.2"),
    "due before arrival": (
        cell("trains", 2, "arrival", "2026-01-01T06:00"),
        "departures.csv:2 due: 2026-01-01 00:05:00 is before the train arrives",
    ),
    "wrong check digit": (
        cell("boxes", 1, "id", "CSQU3054384"),
        "boxes.csv:2 id: 'CSQU3054384' has the check digit 4, and it must be 3",
    ),
    "not a number": (cell("boxes", 1, "id", "BOX1"), "boxes.csv:2 id: 'BOX1' is not a container number like CSQU3054383"),
    "unknown size": (cell("boxes", 1, "size_type", "95G1"), "boxes.csv:2 size_type: '95G1' begins with 9"),
    "length of the slot": (cell("boxes", 1, "slot", "1"), "boxes.csv:2 slot: slot 1 is '20@-5', and the box has 40 ft"),
    "no such slot": (cell("boxes", 1, "slot", "4"), "boxes.csv:2 slot: wagons of model 'n40' have 3 slots; there is no slot 4"),
    "stands on an outbound wagon": (
        cell("boxes", 1, "wagon", "o1"),
        "boxes.csv:2 wagon: 'o1' is a wagon of 'out', which is not inbound",
    ),
    "unknown wagon": (cell("boxes", 1, "wagon", "i9"), "boxes.csv:2 wagon: 'i9' is not in wagons.csv"),
    "power for a dry box": (cell("boxes", 1, "reefer", "true"), "boxes.csv:2 reefer: needs power, but its type group is general"),
    "two of one order": (cell("wagons", 2, "order", "1"), "trains.csv:2: has 2 wagons of order 1"),
    "two gauges": (cell("wagons", 2, "model", "b40"), "trains.csv:2: has wagons of different gauges, 1435 and 1520 mm"),
    "no departure": (cell("departures", 1, "train", "in"), "trains.csv:3: an outbound train must have a row in departures.csv"),
    "no destination": (
        cell("departures", 1, "destinations", ""),
        "departures.csv:2 destinations: an outbound train must have a destination",
    ),
    "before the clock": (
        cell("trains", 1, "arrival", "2025-12-31T23:00"),
        "trains.csv:2 arrival: 2025-12-31 23:00:00 is before the job starts",
    ),
    "a slip of the year": (cell("departures", 1, "due", "2062-01-01T00:05"), "more than a year after the job starts"),
    "cranes too near": (cell("cranes", 2, "x_m", "30"), "cranes.csv:3 x_m: stands 20 m from C1; the safety distance is 25 m"),
    "crane off its rails": (cell("cranes", 2, "x_m", "300"), "cranes.csv:3 x_m: 300 m is not between from_m and to_m"),
    "slot that is none": (cell("models", 1, "slots", "20@-5; 30@0; 40@0"), "models.csv:2 slots: '30@0' is not a slot like"),
    "slot beyond the wagon": (
        cell("models", 1, "slots", "20@-9; 20@5; 40@0"),
        "models.csv:2 slots: '20@-9' reaches beyond the wagon of 20 m",
    ),
    "track that ends before it begins": (cell("tracks", 1, "to_m", "-5"), "tracks.csv:2 to_m: -5 m is not beyond from_m, 0 m"),
    "no track of the gauge": (cell("tracks", 1, "gauge_mm", "1000"), "trains.csv:2: there is no track of its gauge, 1435 mm"),
    "track of another gauge": (cell("trains", 1, "track", "t20"), "trains.csv:2 track: 't20' is of 1520 mm, the train of 1435 mm"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    mutate, expected = SPOILT[name]
    folder = write_job(tmp_path)
    mutate(folder)
    with pytest.raises(PackageError) as caught:
        read_job(folder)
    assert expected in str(caught.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    folder = write_job(tmp_path)
    cell("boxes", 1, "id", "CSQU3054384")(folder)
    cell("boxes", 2, "mass_t", "-1")(folder)
    cell("tracks", 1, "from_m", "here")(folder)
    cell("cranes", 2, "x_m", "30")(folder)
    with pytest.raises(PackageError) as caught:
        read_job(folder)
    assert {(one.file, one.line) for one in caught.value.problems} == {
        ("boxes.csv", 2), ("boxes.csv", 3), ("tracks.csv", 2), ("cranes.csv", 3),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("r,end_difference,,,,,,s", "rules.csv:2 limit_t: a rule of kind end_difference needs it"),
        ("r,reefer_reach,,,,2,,s", "rules.csv:2 limit_t: a rule of kind reefer_reach does not use it"),
        ("r,danger_apart,,,,,3,s", "rules.csv:2 classes: a rule of kind danger_apart needs the classes concerned"),
        ("r,wagon_gross,,3,,72,,s", "rules.csv:2 over_t: a rule of kind wagon_gross does not use it"),
        ("r,pair_difference,,40,34,5,,s", "rules.csv:2 up_to_t: 34 t is not above over_t, 40 t"),
        ("r,wagon_gross,,,,72,,", "rules.csv:2 source: a rule must name its source, be it an assumption"),
        ("r,no_rule,,,,72,,s", "rules.csv:2 kind: 'no_rule' is none of box_mass"),
        ("r,wagon_gross,x9,,,72,,s", "rules.csv:2 model: 'x9' is not in models.csv"),
    ],
)
def test_rules_are_complete(tmp_path: Path, row: str, expected: str) -> None:
    rules = f"id,kind,model,over_t,up_to_t,limit_t,limit_wagons,source\n{row}"
    with pytest.raises(PackageError) as caught:
        small_job(tmp_path, rules=rules, sources="id,title,kind\ns,we think so,assumption")
    assert expected in str(caught.value)


@pytest.mark.parametrize("start", ["9999-12-31T23:00:00", "0001-01-01T00:00:00", '"soon"', "2026-01-01T00:00:00Z"])
def test_a_clock_that_cannot_be_used(tmp_path: Path, start: str) -> None:
    folder = write_job(tmp_path)
    (folder / "job.toml").write_text(f'id = "small"\nschema_version = 1\nstart = {start}\n')
    with pytest.raises(PackageError) as caught:
        read_job(folder)
    assert "job.toml:3 start: " in str(caught.value)


def test_a_job_without_trains_is_none(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        small_job(tmp_path, trains="", cranes="")
    assert "trains.csv: a job needs trains, and there are none" in str(caught.value)
    assert "cranes.csv: a job needs cranes, and there are none" in str(caught.value)


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "transfer-tables.md").read_text("utf-8")
    assert page == reference_markdown(), "run: jibek transfer schema > docs/transfer-tables.md"


def test_every_column_is_described() -> None:
    known = {*JOB.tables, *PLAN.tables}
    for schema in (JOB, PLAN):
        for row in schema.tables.values():
            assert row.__doc__
            assert all(field.description for field in row.model_fields.values())
    page = reference_markdown()
    assert all(f"## {name}.csv" in page for name in known)


def test_public_names_are_sorted_and_there() -> None:
    names = jibek.transfer.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(jibek.transfer, name) for name in names)
    public = {name for name in vars(jibek.transfer) if not name.startswith("_")}
    assert public - set(names) <= {"tables", "pictures"}


def test_boxes_are_distinct() -> None:
    assert fault(A) == fault(B) == ""


def with_boxes(job: Job, **values: object) -> Job:
    boxes = {box.id: box.model_copy(update=values) for box in job.boxes.values()}
    return replace(job, boxes=MappingProxyType(boxes))


def test_each_box_left_over_has_its_own_reason() -> None:
    job = generate("pair", 20, seed=1, held=0.0)
    reasons = {
        "no train that is still to come goes to NOWHERE": with_boxes(job, destination="NOWHERE"),
        "out-01A: no slot may take it, not even alone, by limit": replace(
            job, rules=MappingProxyType({"limit": Rule(id="limit", kind="box_mass", limit_t=1.0, source="crane")})
        ),
        "out-01A: the slots left are forbidden by limit": replace(
            job, rules=MappingProxyType({"limit": Rule(id="limit", kind="boxes_mass", limit_t=100.0, source="crane")})
        ),
    }
    for reason, impossible in reasons.items():
        assert check_job(impossible) == []
        plan = plan_by_rule(impossible)
        assert check_plan(impossible, plan).violations == ()
        assert reason in {one.reason for one in plan.leftover}
        assert len(plan.loads) + len(plan.leftover) == 20


def test_a_train_that_is_too_short_is_filled() -> None:
    job = generate("pair", 20, seed=1, held=0.0, short=0.0, long=0.0, reefer=0.0)
    outbound = [wagon.id for wagon in job.wagons.values() if wagon.train == "out-01A"]
    kept = {wagon.id: wagon for wagon in job.wagons.values() if wagon.id not in outbound[4:]}
    short = replace(job, wagons=MappingProxyType(kept))
    plan = plan_by_rule(short)
    assert check_plan(short, plan).violations == ()
    room = sum(2 if short.models[short.wagons[wagon].model].length_m > 25 else 1 for wagon in outbound[:4])
    assert len(plan.loads) == room
    assert {one.reason for one in plan.leftover} == {"out-01A: all its slots of 40 ft are taken"}
