"""What the command line shows of a run."""

from __future__ import annotations

import math

import polars as pl
import pytest

from jibek.cli import _show
from jibek.corridor import read
from jibek.results import Run, simulate
from jibek.results._behind import behind
from jibek.results._interval import Interval, plain_number
from jibek.results._network import names_of
from replications import Traffic, starter_year, two_containers


@pytest.fixture(scope="module")
def run() -> Run:
    corridor = read("starter")
    return Run.collect(corridor, names_of(corridor), [starter_year(n) for n in range(2)], seed=0, containers=False)


@pytest.fixture(scope="module")
def corridor_run() -> Run:
    corridor = read("trans-caspian").with_clock(days=12, warmup_days=2)
    return Run.collect(
        corridor, names_of(corridor), [Traffic(corridor, n).make(n) for n in range(2)], seed=0, containers=False
    )


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def section(text: str, head: str) -> list[str]:
    """Return the lines below a table's title, down to a blank line."""
    return text.split(f"\n{head}", 1)[1].split("\n\n", 1)[0].splitlines()[1:]


def test_every_table_of_the_demo_has_rows(corridor_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    _show.demo_summary(corridor_run)
    text = said(capsys)
    carried = section(text, "What it carries")
    assert any(line.startswith("horgos-trains-2023") and "7,762" in line for line in carried)
    assert not any("days" in line for line in carried[2:])
    for head in ("Where the days of a container go", "What is busiest", "Where it differs most from what was observed"):
        assert len(section(text, head)) > 3, head
    assert "jibek validate trans-caspian" in text
    assert max(map(len, text.splitlines()[4:])) <= 80


def test_flows_are_shown_by_the_modes_of_their_way(corridor_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    _show.run_summary(corridor_run, most=12)
    text = " ".join(said(capsys).split())
    assert "by rail and sea: 15" in text
    assert "by road: 2" in text
    assert text.index("by rail and sea: 15") < text.rindex("Poti")


def test_an_empty_table_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    corridor = read("starter")
    run = Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=0, containers=False)
    _show._observed(_show.Console(), [])
    assert said(capsys) == ""
    _show.demo_summary(run)
    assert "no intervals" in said(capsys)


def test_what_is_inside_is_said(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    _show.run_summary(run)
    text = said(capsys)
    get = run.statistics
    begin = get["total.inside_teu"].mean + get["total.delivered_teu"].mean - get["total.offered_teu"].mean
    assert f"{begin:,.0f} TEU at the start, {get['total.inside_teu'].mean:,.0f} at the end" in text
    assert "what was on the way at the start" in text
    assert "Did not keep up" not in text


def test_what_was_inside_at_the_start_is_what_had_entered_and_not_left() -> None:
    corridor = read("starter")
    replication = starter_year(0)
    held = replication.containers
    there = (held["enter_h"] < 0) & ~(held["leave_h"] < 0)
    end = 24 * corridor.header.days
    run = Run.collect(corridor, names_of(corridor), [replication], seed=0, containers=False)
    late = held["quarters"][held["leave_h"] >= end].sum() / 4
    get = run.statistics
    begin = late + get["total.delivered_teu"].mean - get["total.offered_teu"].mean
    assert begin == pytest.approx(held["quarters"][there].sum() / 4)


def test_a_flow_that_is_not_carried_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    jammed = ("flows.west.teu_per_year*=1.5", "fleets.ferries.count=1", "zones.hb-yard.capacity_teu=90000")
    corridor = read("starter").with_clock(days=150)
    run = simulate(corridor.with_changes(*jammed), containers=False)
    (one,) = behind(run.statistics, corridor)
    assert (one.flow, one.terminal) == ("west", "harbour")
    assert one.end_teu > one.begin_teu + 7 * 39_000 / 365
    _show.run_summary(run)
    text = " ".join(said(capsys).split())
    assert "Did not keep up: Westbound: " in text
    assert "the yard of Harbour grew most" in text
    fine = simulate(corridor.with_clock(days=60, warmup_days=0), containers=False)
    assert behind(fine.statistics, corridor.with_clock(days=60, warmup_days=0)) == []


def test_an_interrupted_run_says_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(run.corridor, run.manifest | {"interrupted": True})
    assert _show._basis(run).endswith("; interrupted")


def test_records_that_do_not_fit_stand_one_below_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    wide = pl.DataFrame({f"a_rather_long_column_{n}": [float(n), None] for n in range(12)})
    _show.frame(wide)
    lines = said(capsys).splitlines()
    assert lines[0] == "row 1"
    assert lines[2].split() == ["a_rather_long_column_1", "1"]
    assert "2 rows" in lines[-1]
    _show.frame(pl.DataFrame({"id": ["east"], "days": [1234567.0]}))
    assert "east 1,234,567" in " ".join(said(capsys).split())
    _show.frame(pl.DataFrame({"id": []}))
    assert said(capsys) == "0 rows\n"


@pytest.mark.parametrize(
    ("mean", "half", "text"),
    [
        (9.18, 0.147, "9.18 ± 0.15"),
        (1_557_065.3, 4765.1, "1,557,100 ± 4,800"),
        (62_200, 0, "62,200"),
        (11.437, 0.0038, "11.4 ± 0.1"),
        (0.00982, 0.00137, "0.0098 ± 0.0014"),
        (0.31, 0.48, "0.31 (0 to 0.79)"),
        (21_000_000, math.nan, "21,000,000"),
        (math.nan, math.nan, "-"),
    ],
)
def test_numbers_have_the_digits_that_are_known(mean: float, half: float, text: str) -> None:
    assert str(Interval.from_half(mean, half).not_negative()) == text


def test_plain_numbers() -> None:
    assert [plain_number(one) for one in (1e9, 3.5, -0.25, math.inf)] == ["1,000,000,000", "3.50", "-0.250", "inf"]
    assert str(Interval(-2.0, -3.0, -1.0)) == "-2.0 ± 1.0"
    assert str(Interval(-0.02, -1.02, 0.98)) == "0.0 ± 1.0"
    assert str(Interval(0.7, 0.0, 8.0)) == "0.7 (0 to 8.0)"
    assert str(Interval(30_000.0, 12_000.0, 290_000.0)) == "30,000 (10,000 to 290,000)"


def test_a_difference_is_paired() -> None:
    corridor = read("starter")
    base, late = (
        Run.collect(corridor, names_of(corridor), [two_containers(corridor, number=n, late=24.0 * n * k + add)
                    for n in range(3)], seed=0, containers=False)
        for k, add in ((1, 0.0), (1, 12.0))
    )  # fmt: skip
    found = late.difference(base, "flows.west.transit_days.mean")
    assert (found.mean, found.half) == pytest.approx((0.5, 0.0), abs=1e-9)
    other = Run(corridor, late.manifest | {"seed": 5})
    with pytest.raises(Exception, match="same seed, not 0 and 5"):
        late.difference(other, "flows.west.transit_days.mean")
