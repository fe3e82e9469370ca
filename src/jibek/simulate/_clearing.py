"""Rows given back: containers that have left, and trips with their legs that nothing refers to any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate._events import _ID_MASK, HOLD, STEP
from jibek.simulate._network import NONE
from jibek.simulate._world import UNUSED, World, pending

Flags = NDArray[np.bool_]


def inside(world: World) -> tuple[Flags, Flags]:
    """Return which containers are inside, and which hops are theirs."""
    boxes = world.container[: world.count["containers"][0]]
    kept = np.isnan(boxes["leave_h"])
    return kept, np.repeat(kept, boxes["last_hop"] - boxes["first_hop"] + 1)


def over(world: World, containers: Flags, hops: Flags) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the rows of all containers and hops but some; they refer to each other, and to the trips of the world."""
    boxes, rides = (
        _raw(table)[np.flatnonzero(~kept)].view(table.dtype).ravel()
        for table, kept in ((world.container, containers), (world.hop, hops))
    )
    boxes["first_hop"] = _numbers(~hops)[boxes["first_hop"]]
    rides["container"] = _numbers(~containers)[rides["container"]]
    return boxes, rides


def in_use(world: World, hops: Flags) -> Flags:
    """Return which trips are referred to by some hops, or by a vehicle: those under way, and the last of each."""
    found = np.zeros(int(world.count["trips"][0]), np.bool_)
    vehicles = world.vehicle[world.vehicle["state"] != UNUSED]
    for rows in (world.hop["trip"][: hops.size][hops], vehicles["trip"], vehicles["trip_out"]):
        found[rows[rows != NONE]] = True
    return found


def clear(world: World, containers: Flags, hops: Flags, trips: Flags) -> None:
    """Move some containers, hops and trips to the front, in their order, and tell all that refers to them."""
    legs = trips[world.leg["trip"][: world.count["legs"][0]]]
    for table, kept in (("container", containers), ("hop", hops), ("trip", trips), ("leg", legs)):
        rows = _raw(getattr(world, table))
        size = int(kept.sum())
        rows[:size] = rows[np.flatnonzero(kept)]
        rows[size : kept.size] = 0
        world.count[f"{table}s"] = size
    count, box_number = world.count[0], _numbers(containers)
    for number, references in (
        (box_number, _to_containers(world)),
        (_numbers(hops), _fields(world.container[: count["containers"]], "first_hop", "hop", "last_hop")),
        (_numbers(trips), _to_trips(world)),
        (_numbers(legs), _fields(world.vehicle, "leg")),
    ):
        for rows in references:
            rows[...] = number[rows]
    events = np.concatenate([pending(world, kind) for kind in (STEP, HOLD)])
    what = world.heap["what"][events]
    world.heap["what"][events] = (what & ~_ID_MASK) | box_number[what & _ID_MASK]


def _raw(table: NDArray[Any]) -> NDArray[np.int64]:
    """Return a table as rows of words, which NumPy copies at once, not field by field."""
    return table.view(np.int64).reshape(len(table), -1)


def _numbers(kept: Flags) -> NDArray[np.int64]:
    """Return the new number of each row; `NONE` of those that go, and of `NONE` itself, which looks up the last."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, NONE), NONE)


def _fields(rows: NDArray[Any], *names: str) -> Iterator[NDArray[Any]]:
    return (rows[name] for name in names)


def _to_containers(world: World) -> Iterator[NDArray[Any]]:
    count = world.count[0]
    yield from (world.line_head, world.line_tail)
    yield from _fields(world.container[: count["containers"]], "next")
    yield from _fields(world.hop[: count["hops"]], "container")
    yield from _fields(world.vehicle, "head", "tail", "out_head", "out_tail")
    for owner in (world.terminal, world.equipment):
        yield from _fields(owner, "head", "tail")
    for check in np.flatnonzero(world.check["hold"]):  # others have vehicles in their queues
        yield from _fields(world.check[check : check + 1], "head", "tail")


def _to_trips(world: World) -> Iterator[NDArray[Any]]:
    count = world.count[0]
    yield from _fields(world.hop[: count["hops"]], "trip")
    yield from _fields(world.vehicle, "trip", "trip_out")
    yield from _fields(world.leg[: count["legs"]], "trip")
