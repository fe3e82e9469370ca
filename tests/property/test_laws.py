"""Laws over random corridors: what every run keeps, and what must change nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corridors import corridors
from jibek.corridor import Corridor, check
from jibek.corridor.tables import TABLES, Header
from jibek.results._closed import closed_parts
from jibek.results._journeys import _spent
from jibek.results._network import Network, names_of
from jibek.simulate import Deadlock, Replication, _replicate, compile_corridor, replicate
from laws import LAWS, History

SEEDS = st.integers(0, 2**32 - 1)
TABLES_OF_A_RUN = ("containers", "hops", "trips", "legs", "closed", "daily")


def several(examples: int) -> Any:
    """Let a property be tried on so many examples, the same each time."""
    return settings(max_examples=examples, deadline=None, derandomize=True)


def run(corridor: Corridor, seed: int, **options: Any) -> Replication:
    """Return a replication; corridors that deadlock are passed over."""
    try:
        return next(replicate(corridor, seed=seed, **options))
    except Deadlock:
        assume(False)
        raise


def remade(corridor: Corridor, change: Any, header: Any = None) -> Corridor:
    """Return the corridor with the rows of every table, as dicts, changed."""
    rows = {
        name: [
            TABLES[name].model_validate(row) for row in change(name, [row.model_dump() for row in corridor.rows(name)])
        ]
        for name in TABLES
    }
    made = Corridor.of(header or corridor.header, rows)
    assert not check(made)
    return made


def assert_same(one: Replication, other: Replication) -> None:
    for table in TABLES_OF_A_RUN:
        for name, column in getattr(one, table).items():
            np.testing.assert_array_equal(column, getattr(other, table)[name], f"{table}.{name}")


@given(corridors(), SEEDS)
@several(25)
def test_every_law_is_kept(corridor, seed):
    keep_every_law(corridor, seed)


@pytest.mark.slow
@pytest.mark.parametrize("tight", [False, True])
@given(data=st.data(), seed=SEEDS)
@several(150)
def test_every_law_is_kept_in_many_corridors(tight, data, seed):
    keep_every_law(data.draw(corridors(tight=tight)), seed)


def keep_every_law(corridor: Corridor, seed: int) -> None:
    history = History(corridor, compile_corridor(corridor).names, run(corridor, seed), seed)
    for law in LAWS:
        law(history)


@given(corridors(), SEEDS)
@several(10)
def test_the_stages_of_every_container_add_up_to_its_transit_time(corridor, seed):
    outcome, network = run(corridor, seed), Network(corridor, names_of(corridor))
    closed, times = closed_parts(network, outcome), outcome.containers
    leave_h = times["leave_h"]
    for row in np.flatnonzero((leave_h >= 0) & (leave_h < network.hours))[:40]:
        alone = {**times, "leave_h": np.where(np.arange(len(leave_h)) == row, leave_h, np.nan)}
        stages, _, _ = _spent(network, replace(outcome, containers=alone), closed)
        assert stages.min() >= -1e-9
        assert stages.sum() == pytest.approx(leave_h[row] - times["enter_h"][row], abs=1e-9)


@given(corridors(), SEEDS, SEEDS)
@several(10)
def test_rows_in_another_order_change_nothing(corridor, seed, order):
    def shuffle(_: str, rows: list[Any]) -> list[Any]:
        return Random(order).sample(rows, len(rows))

    assert_same(run(corridor, seed), run(remade(corridor, shuffle), seed))


@given(corridors(exact=True), SEEDS)
@several(10)
def test_other_names_in_the_same_order_change_nothing_where_nothing_is_drawn(corridor, seed):
    named = {row.id for name in TABLES for row in corridor.rows(name) if TABLES[name].keyed}

    def rename(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(rename, value))
        return f"n-{value}" if value in named else value

    def relabel(_: str, rows: list[Any]) -> list[Any]:
        return [{column: rename(value) for column, value in row.items()} for row in rows]

    assert_same(run(corridor, seed), run(remade(corridor, relabel), seed))


@given(corridors(exact=True), st.integers(-60, 60), SEEDS)
@several(10)
def test_whole_weeks_later_nothing_changes_where_nothing_depends_on_the_date(corridor, weeks, seed):
    shift = timedelta(weeks=weeks)

    def later(_: str, rows: list[Any]) -> list[Any]:
        dated = ("time", "start", "end")
        return [{k: v + shift if k in dated and v is not None else v for k, v in row.items()} for row in rows]

    header = corridor.header.model_copy(update={"start": corridor.header.start + shift})
    assert_same(run(corridor, seed), run(remade(corridor, later, header), seed))


@given(corridors(), SEEDS)
@several(10)
def test_a_stranger_changes_nothing(corridor, seed):
    """Another island of places, with demand, service, fleet and closure of its own, is added to the corridor."""
    strange: dict[str, list[Any]] = {
        "places": [{"id": "0a", "lat": 5, "lon": 5}, {"id": "0b", "lat": 5, "lon": 6}],
        "links": [{"id": "0ab", "from_place": "0a", "to_place": "0b", "mode": "road", "length_km": 1, "run_h": 1}],
        "terminals": [{"id": "0a", "place": "0a"}, {"id": "0b", "place": "0b"}],
        "closures": [{"id": "0s", "link": "0ab", "days_per_month": 5, "duration_h": 10}],
        "fleets": [{"id": "0f", "mode": "road", "capacity_teu": 4}],
        "services": [{"id": "0s", "from_terminal": "0a", "to_terminal": "0b", "path": "0ab", "rule": "filled"}],
        "rotations": [{"id": "0r", "fleet": "0f", "services": "0s"}],
        "flows": [{"id": "zz", "from_terminal": "0a", "to_terminal": "0b", "teu_per_year": 5000, "priority": 7}],
        "itineraries": [{"id": "zz", "flow": "zz", "services": "0s"}],
    }
    one = run(corridor, seed)
    other = run(remade(corridor, lambda name, rows: rows + strange.get(name, [])), seed)
    for name in ("enter_h", "leave_h", "quarters"):
        column = one.containers[name]
        np.testing.assert_array_equal(column, other.containers[name][: len(column)])
    for name in ("ready_h", "load_h", "aboard_h", "unload_h", "off_h"):
        np.testing.assert_array_equal(one.hops[name], other.hops[name][: len(one.hops[name])])


@given(corridors(), SEEDS)
@several(8)
def test_workers_change_nothing(corridor, seed):
    try:
        alone = list(replicate(corridor, replications=3, seed=seed))
    except Deadlock:
        assume(False)
    for one, other in zip(alone, replicate(corridor, replications=3, seed=seed, jobs=3), strict=True):
        assert_same(one, other)
    assert_same(alone[0], run(corridor, seed))


@given(corridors(), st.integers(1, 4), SEEDS)
@several(10)
def test_a_longer_clock_changes_nothing_before(corridor, more, seed):
    longer = replace(corridor, header=corridor.header.model_copy(update={"days": corridor.header.days + more}))
    horizon = 24.0 * corridor.header.days
    one, other = run(corridor, seed), run(longer, seed)
    for table in ("trips", "legs"):
        for name in (name for name in getattr(one, table) if name.endswith("_h")):
            short, long = getattr(one, table)[name], getattr(other, table)[name]
            np.testing.assert_allclose(np.sort(short[short < horizon]), np.sort(long[long < horizon]), atol=1e-6)


@given(corridors(), st.sampled_from([1, 7, 400]), SEEDS)
@several(10)
def test_pauses_change_nothing(corridor, pieces, seed):
    one = run(corridor, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_replicate, "_PIECES", pieces)
        assert_same(one, run(corridor, seed))


def one_pool() -> Corridor:
    """Return a terminal with one pool of machines where every container comes on its own truck: a queue in order of coming."""
    rows: dict[str, list[dict[str, Any]]] = {
        "places": [{"id": "a", "lat": 0, "lon": 0}, {"id": "b", "lat": 0, "lon": 1}],
        "links": [{"id": "ab", "from_place": "a", "to_place": "b", "mode": "road", "length_km": 1, "run_h": 0}],
        "terminals": [{"id": "a", "place": "a"}, {"id": "b", "place": "b"}],
        "zones": [
            {"id": "gate", "terminal": "b", "kind": "gate", "positions": 10000},
            {"id": "yard", "terminal": "b", "kind": "yard"},
        ],
        "equipment": [{"id": "crane", "terminal": "b", "count": 1, "move_min": 60}],
        "transfers": [{"id": "in", "from_zone": "gate", "to_zone": "yard", "steps": "crane"}],
        "fleets": [{"id": "trucks", "mode": "road", "capacity_teu": 2}],
        "services": [
            {"id": "run", "from_terminal": "a", "to_terminal": "b", "to_zone": "gate", "path": "ab", "rule": "filled"}
        ],
        "rotations": [{"id": "run", "fleet": "trucks", "services": "run"}],
        "flows": [{"id": "f", "from_terminal": "a", "to_terminal": "b", "teu_per_year": 20000}],
        "itineraries": [{"id": "f", "flow": "f", "services": "run"}],
    }
    header = Header(id="queue", title="Queue", schema_version=1, start=date(2025, 1, 1), days=20)
    return Corridor.of(
        header, {name: [TABLES[name].model_validate(row) for row in part] for name, part in rows.items()}
    )


@st.composite
def queues(draw: st.DrawFn) -> Corridor:
    """Draw numbers for the corridor with one pool."""
    choices = {
        "equipment.crane.count": [1, 2, 4],
        "equipment.crane.move_min": [30, 60, 90],
        "equipment.crane.move_cv": [0.5, 0, 1.5],
        "equipment.crane.move_dist": ["fixed", "exponential", "uniform", "lognormal", "gamma"],
        "flows.f.arrival": ["regular", "poisson"],
        "flows.f.teu_per_year": [5000, 20000, 40000],
        "flows.f.block_teu": [2, 10],
    }
    return one_pool().with_changes(*(f"{name}={draw(st.sampled_from(values))}" for name, values in choices.items()))


@given(queues(), SEEDS)
@several(10)
def test_another_crane_makes_no_container_of_a_queue_later(corridor, seed):
    """In a queue with several servers and one order of service, one more server delays nobody (Kiefer and Wolfowitz 1955)."""
    one = run(corridor, seed)
    other = run(corridor.with_changes("equipment.crane.count+=1"), seed)
    np.testing.assert_array_equal(one.containers["enter_h"], other.containers["enter_h"])
    begun, sooner = (np.nan_to_num(each.hops["unload_h"], nan=np.inf) for each in (one, other))
    assert len(begun)
    assert np.all(sooner <= begun + 1e-9)


def test_tables_that_grow_lose_nothing():
    """Six thousand trucks that come at once, more than there is room for at first, are served one by one."""
    rows = {"flow": "f", "time": "2025-01-01T00:00", "containers": 6000}
    change = {
        "equipment": [{"id": "crane", "terminal": "b", "count": 1, "move_min": 3}],
        "flows": [{"id": "f", "from_terminal": "a", "to_terminal": "b", "arrival": "listed"}],
        "arrivals": [rows],
    }
    corridor = remade(one_pool(), lambda name, old: change.get(name, old))
    outcome = run(corridor, 0)
    done = outcome.containers["leave_h"]
    np.testing.assert_allclose(done[done < 480], 0.05 * np.arange(1, 6001), atol=1e-6)
    assert outcome.trips["vehicle"].max() == 5999
