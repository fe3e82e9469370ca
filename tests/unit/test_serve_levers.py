"""Levers: found in any corridor, and every value that they offer is one that the corridor takes."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors import corridors
from jibek.corridor import Corridor, read
from jibek.corridor.tables import TABLES
from jibek.serve import _levers
from jibek.serve._levers import MOST, levers
from jibek.serve._package_models import Lever
from jibek.study import bound
from jibek.tables import columns, number_text


@cache
def of(package: str) -> list[Lever]:
    return levers(read(package))


@pytest.fixture
def starter() -> dict[str, Lever]:
    return {lever.change: lever for lever in of("starter")}


def steps(lever: Lever) -> int:
    return round((lever.high - lever.low) / lever.step)


@pytest.mark.slow
@given(corridors(), st.data())
@settings(max_examples=25, deadline=None)
def test_every_value_of_every_lever_is_taken(corridor: Corridor, data: st.DataObject) -> None:
    found = levers(corridor)
    assert len(found) <= MOST
    for lever in found:
        assert lever.low <= lever.value <= lever.high
        drawn = lever.low + data.draw(st.integers(0, steps(lever))) * lever.step
        for value in {lever.value, lever.low, lever.high, drawn}:
            changed = corridor.with_changes(f"{lever.change}={number_text(round(value, 9))}")
            if not lever.change.endswith("*"):
                table, id, field = lever.change.split(".")
                assert getattr(getattr(changed, table)[id], field) == pytest.approx(value)


@pytest.mark.parametrize("name", ["starter", "trans-caspian"])
def test_all_ends_together_and_the_values_as_they_are(name: str) -> None:
    corridor, found = read(name), of(name)
    for end in ("low", "high"):
        corridor.with_changes(*(f"{lever.change}={number_text(getattr(lever, end))}" for lever in found))
    as_it_is = corridor.with_changes(*(f"{lever.change}={number_text(lever.value)}" for lever in found))
    assert as_it_is.hash == corridor.hash


@pytest.mark.parametrize("name", ["starter", "trans-caspian"])
def test_steps_lead_from_the_lowest_by_the_value_to_the_highest(name: str) -> None:
    for lever in of(name):
        for value in (lever.value, lever.high):
            number = (value - lever.low) / lever.step
            assert number == pytest.approx(round(number), abs=1e-6), lever.change
        assert 2 <= steps(lever) <= 400, lever.change


def test_whole_numbers_are_those_of_whole_columns(starter: dict[str, Lever]) -> None:
    for lever in starter.values():
        table, _, field = lever.change.removesuffix("*").split(".")
        assert lever.whole == (columns(TABLES[table])[field].kind == "whole number")


def test_what_a_lever_is_to_a_reader(starter: dict[str, Lever]) -> None:
    ferries = starter["fleets.ferries.count"]
    assert (ferries.group, ferries.label, ferries.unit) == ("ships", "Feeder ships", "vehicles")
    assert (ferries.value, ferries.low, ferries.step, ferries.whole) == (2, 1, 1, True)
    assert starter["zones.dp-1435.positions"].label == "Dry port, 1435 mm track"
    assert starter["links.city-border.paths_per_day"].label == "Inland city to Border"
    assert starter["closures.storm.days_per_month"].label == "Eastern shore - Western shore: storm"
    assert starter["services.ferry-east.every_h"].unit == "h"
    assert starter["zones.dp-yard.capacity_teu"].group == "yards"
    assert (starter["flows.*.teu_per_year*"].value, starter["flows.*.teu_per_year*"].unit) == (1, "times")


def test_what_is_needed_most_comes_first() -> None:
    corridor = read("trans-caspian")
    needed = {limit.name: limit.utilisation for limit in bound(corridor).limits}
    found = of("trans-caspian")
    assert list(dict.fromkeys(lever.group for lever in found)) == [
        "cranes", "tracks", "berths", "yards", "checks", "ships", "trains", "paths", "storms", "volumes",
    ]  # fmt: skip
    paths = [lever for lever in found if lever.group == "paths"]
    assert [lever.used for lever in paths] == sorted((needed[lever.change] for lever in paths), reverse=True)
    shown = {lever.change for lever in paths}
    others = [share for name, share in needed.items() if name.startswith("links.") and name not in shown]
    assert min(lever.used or 0 for lever in paths) >= max(others)
    assert len(found) == MOST
    assert min(Counter(lever.group for lever in found).values()) >= 4


def test_those_that_are_not_shown_are_found() -> None:
    corridor = read("trans-caspian")
    every = _levers.ranked(corridor)
    assert len(every) > MOST
    shown = levers(corridor)
    assert shown == _levers.shown(corridor, every)
    hidden = next(one for one in every if one.group == "volumes" and one not in shown)
    assert hidden in _levers.matching(every, f"VOLUMES {hidden.label.lower()}")
    assert _levers.matching(every, "") == every
    assert _levers.matching(every, "no such words") == []


def test_a_storm_that_cannot_be_three_times_as_long(starter: dict[str, Lever]) -> None:
    assert starter["closures.*.days_per_month*"].high == 3
    stormy = {lever.change: lever for lever in levers(read("starter").with_changes("closures.storm.days_per_month=20"))}
    assert stormy["closures.*.days_per_month*"].high == 1.3
    assert stormy["closures.storm.days_per_month"].high == 26


def test_a_yard_still_takes_its_longest_container() -> None:
    small = read("starter").with_changes("zones.hb-yard.capacity_teu=4")
    lever = next(lever for lever in levers(small) if lever.change == "zones.hb-yard.capacity_teu")
    assert (lever.low, lever.step) == (2.4, 0.2)


def test_levers_that_a_corridor_does_not_bear_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all flows together are at the limit, twice as much is not offered."""
    corridor = read("starter")
    containers = sum(flow.teu_per_year for flow in corridor.flows.values()) / 1.5
    monkeypatch.setattr("jibek.corridor._check_rows.MOST_CONTAINERS", containers)
    found = {lever.change for lever in levers(corridor)}
    assert "flows.*.teu_per_year*" not in found
    assert "fleets.ferries.count" in found


def test_no_bound_is_asked_for_of_a_very_large_corridor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_levers, "MOST_BOUNDED", 1)
    assert all(lever.used is None for lever in levers(read("starter")))
