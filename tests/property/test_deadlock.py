"""Deadlocks in tight corridors, against an oracle that knows nothing of them: running on for a long time."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors import corridors
from jibek.corridor import Corridor
from jibek.simulate import compile_corridor
from jibek.simulate._deadlock import stuck
from jibek.simulate._replicate import _advance
from jibek.simulate._world import ADMITTING, CALLED, QUEUEING, UNLOADING, World, make_world

DAYS_ON = 60


def going_on(corridor: Corridor) -> Corridor:
    """Return a corridor whose demand and departures do not run out, with a longer clock."""
    flows = {
        id_: row.model_copy(update={"arrival": "regular", "teu_per_year": 2000.0}) if row.arrival == "listed" else row
        for id_, row in corridor.flows.items()
    }
    services = {
        id_: row.model_copy(update={"rule": "interval", "every_h": 24.0}) if row.rule == "listed" else row
        for id_, row in corridor.services.items()
    }
    header = corridor.header.model_copy(update={"days": corridor.header.days + DAYS_ON})
    return replace(corridor, header=header, flows=flows, services=services, arrivals=(), departures=())


def last_moves(world: World) -> dict[int, float]:
    """Return when each vehicle last moved, loaded or unloaded, by its number."""
    trips, legs = world.trip[: world.count["trips"][0]], world.leg[: world.count["legs"][0]]
    hops = world.hop[: world.count["hops"][0]]
    hops = hops[hops["trip"] >= 0]
    moves: dict[int, float] = {}
    for table, trip, names in (
        (
            trips,
            np.arange(len(trips)),
            ("called_h", "position_h", "closed_h", "left_h", "arrived_h", "berthed_h", "emptied_h"),
        ),
        (legs, legs["trip"], ("place_h", "checked_h", "admitted_h", "enter_h", "exit_h")),
        (hops, hops["trip"], ("load_h", "aboard_h", "unload_h")),
    ):
        times = np.max([np.nan_to_num(table[name], nan=-np.inf) for name in names], axis=0)
        for vehicle, time in zip(trips["vehicle"][trip].tolist(), times.tolist(), strict=True):
            moves[vehicle] = max(time, moves.get(vehicle, -np.inf))
    return moves


def check_deadlock(corridor: Corridor, seed: int) -> None:
    compiled = compile_corridor(going_on(corridor))
    world, _ = make_world(compiled, seed, 0)
    stop, then = threading.Event(), compiled.end_h - 24 * DAYS_ON
    named: dict[float, list[int]] = {}
    for now in (then / 2, then):
        world = _advance(world, now, stop)
        named[now] = world.vehicle["number"][stuck(world, compiled)].tolist()
    waits = np.isin(world.vehicle["state"], (CALLED, QUEUEING, ADMITTING, UNLOADING)).any()
    shut = world.terminal["closed"].any() or world.zone["closed"].any()
    world = _advance(world, compiled.end_h, stop)
    moves = last_moves(world)
    for now, numbers in named.items():
        assert all(moves[number] < now for number in numbers), "a vehicle named as stuck moved on"
    if waits and not shut and max(moves.values(), default=then) < then:
        assert named[then], "vehicles waited, nothing moved for sixty days, and nobody was named"


@given(corridors(tight=True), st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_stuck_are_those_that_never_move_again(corridor, seed):
    check_deadlock(corridor, seed)


@pytest.mark.slow
@given(corridors(tight=True), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_stuck_are_those_that_never_move_again_in_many_corridors(corridor, seed):
    check_deadlock(corridor, seed)
