"""Rows given back: containers that have left, and trips with their legs that nothing refers to any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate._demand import CONTAINER, HOP
from jibek.simulate._events import _ID_MASK, HOLD, STEP
from jibek.simulate._network import NONE
from jibek.simulate._source import cached, inner, outer
from jibek.simulate._world import UNUSED, World, pending

Columns = dict[str, NDArray[Any]]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

TOLD = ("flow", "itinerary", "number", "quarters", "first_hop", "enter_h", "leave_h")
"""What is told of a container."""

_LARGEST_KEPT = 2**24
"""Bytes; larger pieces of memory go back to the system, smaller ones are kept when there are some of a like size."""


@cached
@outer
def take_out(w, leaves, boxes, hops, number):
    """Write down some containers and their hops, and move the others to the front, in their order."""
    told = told_hops = kept = kept_hops = 0
    for row in range(w.count[0]["containers"]):
        box = w.container[row]
        first, end = box["first_hop"], box["last_hop"] + 1
        if leaves[row]:
            _write_box(box, boxes, told, told_hops)
            for hop in range(first, end):
                _write_hop(w.hop[hop], hops, told_hops, told)
                told_hops += 1
            told += 1
        else:
            box["first_hop"], box["last_hop"] = kept_hops, kept_hops + box["last_hop"] - first
            box["hop"] += kept_hops - first
            for hop in range(first, end):
                w.hop[kept_hops] = w.hop[hop]
                w.hop[kept_hops]["container"] = kept
                kept_hops += 1
            w.container[kept], number[row] = box, kept
            kept += 1
    w.count[0]["containers"], w.count[0]["hops"] = kept, kept_hops


@inner
def _write_box(box, boxes, row, first):
    """Write down what is told of a container."""
    flow, itinerary, number, quarters, first_hop, enter_h, leave_h = boxes
    flow[row], itinerary[row], number[row] = box["flow"], box["itinerary"], box["number"]
    quarters[row], first_hop[row] = box["quarters"], first
    enter_h[row], leave_h[row] = box["enter_h"], box["leave_h"]


@inner
def _write_hop(ride, hops, row, container):
    """Write down what is told of a hop."""
    service, box, trip, direct, ready_h, load_h, aboard_h, unload_h, off_h = hops
    service[row], box[row], trip[row], direct[row] = ride["service"], container, ride["trip"], ride["direct"]
    ready_h[row], load_h[row], aboard_h[row] = ride["ready_h"], ride["load_h"], ride["aboard_h"]
    unload_h[row], off_h[row] = ride["unload_h"], ride["off_h"]


def tell(world: World, *, last: bool) -> tuple[Columns, Columns, Numbers]:
    """Take out containers that have left, with their hops, and move the others to the front.

    Parameters
    ----------
    world
        Its references to containers and hops still are to the rows of before, except those from one to the other.
    last
        Whether to tell all containers, those inside too.

    Returns
    -------
    tuple
        Columns of containers, and of hops, which refer to each other and to the trips of the world; the new numbers of containers
        that stay, `NONE` for others, and for `NONE` itself, which looks up the last.
    """
    rows = world.container[: world.count["containers"][0]]
    leaves = ~np.isnan(rows["leave_h"]) | last
    told, told_hops = int(leaves.sum()), int((rows["last_hop"] - rows["first_hop"] + 1)[leaves].sum())
    boxes, hops = _columns(told, CONTAINER, TOLD), _columns(told_hops, HOP, HOP.names or ())
    number = np.full(rows.size + 1, NONE, np.int64)
    take_out(world, leaves, tuple(boxes.values()), tuple(hops.values()), number)
    if not last:
        count = world.count[0]
        _raw(world.container)[count["containers"] : count["containers"] + told] = 0
        _raw(world.hop)[count["hops"] : count["hops"] + told_hops] = 0
    return boxes, hops, number


def _columns(rows: int, record: np.dtype[Any], names: tuple[str, ...]) -> Columns:
    """Return columns to be written, in one piece of memory, which is kept for the next part, not given back to the system."""
    ends = np.cumsum([-(-rows * record[name].itemsize // 8) * 8 for name in names])
    if ends[-1] > _LARGEST_KEPT:
        return {name: np.empty(rows, record[name]) for name in names}
    parts = zip(names, np.split(np.empty(ends[-1], np.uint8), ends[:-1]), strict=True)
    return {name: part.view(record[name])[:rows] for name, part in parts}


def in_use(world: World) -> Flags:
    """Return which trips are referred to by hops of containers inside, or by a vehicle: those under way, and the last of each."""
    found = np.zeros(int(world.count["trips"][0]), np.bool_)
    vehicles = world.vehicle[world.vehicle["state"] != UNUSED]
    for rows in (world.hop["trip"][: world.count["hops"][0]], vehicles["trip"], vehicles["trip_out"]):
        found[rows[rows != NONE]] = True
    return found


def clear(world: World, number: Numbers, trips: Flags) -> None:
    """Move some trips to the front, in their order, with their legs, and tell all that refers to them, or to containers that have moved."""
    legs = trips[world.leg["trip"][: world.count["legs"][0]]]
    for table, kept in (("trip", trips), ("leg", legs)):
        rows = _raw(getattr(world, table))
        size = int(kept.sum())
        rows[:size] = rows[np.flatnonzero(kept)]
        rows[size : kept.size] = 0
        world.count[f"{table}s"] = size
    for numbers, references in (
        (number, _to_containers(world)),
        (_numbers(trips), _to_trips(world)),
        (_numbers(legs), _fields(world.vehicle, "leg")),
    ):
        for rows in references:
            rows[...] = numbers[rows]
    for kind in (STEP, HOLD):
        heap, events = pending(world, kind)
        what = heap["what"][events]
        heap["what"][events] = (what & ~_ID_MASK) | number[what & _ID_MASK]


def _raw(table: NDArray[Any]) -> NDArray[np.int64]:
    """Return a table as rows of words, which NumPy copies at once, not field by field."""
    return table.view(np.int64).reshape(len(table), -1)


def _numbers(kept: Flags) -> Numbers:
    """Return the new number of each row; `NONE` of those that go, and of `NONE` itself, which looks up the last."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, NONE), NONE)


def _fields(rows: NDArray[Any], *names: str) -> Iterator[NDArray[Any]]:
    return (rows[name] for name in names)


def _to_containers(world: World) -> Iterator[NDArray[Any]]:
    count = world.count[0]
    yield from (world.line_head, world.line_tail)
    yield from _fields(world.container[: count["containers"]], "next")
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
