"""Checking a corridor in memory: what is right is left alone, what is wrong is named once."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from jibek.corridor import Corridor, PackageError, Problem, bundled, check, new, read
from jibek.corridor._checking import check_known
from jibek.tables import Known


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return read("starter")


@pytest.mark.parametrize("name", bundled())
def test_packages_that_come_with_jibek_are_right(name: str) -> None:
    assert check(read(name)) == []


@pytest.mark.parametrize(
    "change",
    [
        "services.city-out.path=city-border>city-border>city-border",
        "fleets.express-1520.count=",
        "links.sea.back_run_h=30",
        "links.sea.run_h=18",
        "zones.hb-yard.capacity_teu=",
        "zones.hb-berth.sidings=0",
        "checks.customs.servers=",
        "checks.customs.time_h=0",
        "flows.east.teu_per_year=0",
        "itineraries.west-express.share=0",
        "transfers.*.classes=general reefer",
        "services.*.classes=general",
        "services.city-out.min_teu=0",
        "services.*.load_share=1",
        "equipment.hb-crane.count=1",
        "flows.west.block_teu=",
        "uncertainty.checks.customs.time_h.low=3",
    ],
)
def test_what_is_unusual_but_right_is_accepted(corridor: Corridor, change: str) -> None:
    assert check(corridor.with_changes(change)) == []


def test_a_check_may_have_no_servers_when_nobody_is_checked(corridor: Corridor) -> None:
    assert check(corridor.with_changes("checks.customs.probability=0", "checks.customs.servers=0")) == []


def test_a_problem_names_the_row_as_changes_do(corridor: Corridor) -> None:
    sea = corridor.links["sea"].model_copy(update={"gauge_mm": 1520})
    wrong = replace(corridor, links=MappingProxyType({**corridor.links, "sea": sea}))
    problems = check(wrong)
    assert str(problems[0]) == "links.sea.gauge_mm: only rail has a gauge; leave it blank for sea"


def test_one_lack_is_told_once_though_several_itineraries_suffer(corridor: Corridor) -> None:
    kept = {name: row for name, row in corridor.transfers.items() if name != "hb-berth-on"}
    problems = check(replace(corridor, transfers=MappingProxyType(kept)))
    assert [str(one) for one in problems] == [
        "itineraries.west-usual.services: no transfer carries general containers from zone 'hb-yard' to zone 'hb-berth'"
    ]


def test_a_spare_transfer_may_have_an_empty_pool(corridor: Corridor) -> None:
    spare = corridor.transfers["hb-track-off"].model_copy(update={"id": "spare", "steps": ("none",)})
    none = corridor.equipment["hb-crane"].model_copy(update={"id": "none", "count": 0})
    more = replace(
        corridor,
        equipment=MappingProxyType({**corridor.equipment, "none": none}),
        transfers=MappingProxyType({**corridor.transfers, "spare": spare}),
    )
    assert check(more) == []


def test_rules_about_what_is_absent_wait_for_tables_that_can_be_read(corridor: Corridor) -> None:
    without = replace(corridor, rotations=MappingProxyType({}), zones=MappingProxyType({}))
    assert check(without)
    known = Known(broken={"rotations": (), "zones": ()}, unreadable=frozenset({"rotations", "zones"}))
    assert check_known(without, known) == []


def test_references_that_are_wrong_in_great_number_are_told_at_once(corridor: Corridor) -> None:
    lost = {
        f"l{n}": corridor.links["sea"].model_copy(update={"id": f"l{n}", "to_place": f"p{n}"}) for n in range(10_000)
    }
    problems = check(replace(corridor, links=MappingProxyType({**corridor.links, **lost})))
    assert len(problems) == 10_000
    assert problems[0] == Problem("links.csv", None, "to_place", "'p0' is not in places.csv", row="l0")


def test_suggesting_names_takes_bounded_time(tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    with (folder / "places.csv").open("a") as places:
        places.writelines(f"p{n}-with-a-long-name,,,1,1,\n" for n in range(4_000))
    with (folder / "uncertainty.csv").open("a") as uncertainty:
        uncertainty.writelines(f"places.q{n}-with-a-long-name.lat,1,1,1,,\n" for n in range(400))
    begin = time.process_time()
    with pytest.raises(PackageError) as caught:
        read(folder)
    assert time.process_time() - begin < 15
    hints = ["did you mean" in problem.message for problem in caught.value.problems]
    assert len(hints) == 400
    assert 0 < sum(hints) < 400
