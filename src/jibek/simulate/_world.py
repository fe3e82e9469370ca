"""The world of a replication: the network, its containers and vehicles, the pending events, what is written down."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate._demand import (
    AHEAD,
    BLOCK,
    CONTAINER,
    DEMAND,
    DONE,
    HOP,
    MORE_BLOCKS,
    TURN,
    aligned,
    bring,
    closed_times,
    demand,
    expected_containers,
    turns,
)
from jibek.simulate._events import _ID_BITS, _ID_MASK, _KIND_BITS, FAR, NEAR, STEP
from jibek.simulate._events import BLOCK as BLOCK_EVENT
from jibek.simulate._handle import directory, register
from jibek.simulate._network import (
    CHECK,
    EQUIPMENT,
    FLEET,
    FLOW,
    LINK,
    NEVER,
    NONE,
    ROTATION,
    SERVICE,
    TERMINAL,
    ZONE,
    Compiled,
    _record,
)

I4, I8, F8 = np.int32, np.int64, np.float64

# What a vehicle is doing.
UNUSED, IDLE, CALLED, LOADING, CLOSING, LEAVING, RUNNING, ADMITTING, ARRIVING, QUEUEING, UNLOADING = np.arange(11)

# Kinds of checks a vehicle is going through.
DEPARTURE, WAY, ARRIVAL = np.arange(3)

VEHICLE = _record(
    state=I4, fleet=I4, rotation=I4, stage=I4, service=I4, after=I4, number=I4, trip=I4, trip_out=I4, zone=I4, terminal=I4,
    admitted=I4, admitted_next=I4, load=I4, load_out=I4, count_out=I4, classes=I4, head=I4, tail=I4, out_head=I4, out_tail=I4,
    lifts_on=I4, lifts_off=I4, capacity=I4, next=I4, before=I4, behind=I4, leg=I4, link=I4, phase=I4, check=I4, check_row=I4,
    position_h=F8, slot_h=F8, oldest_h=F8, timer_h=F8,
)  # fmt: skip
TRIP = _record(
    service=I4, rotation=I4, vehicle=I4, number=I4, called_h=F8, position_h=F8, closed_h=F8, cleared_h=F8, left_h=F8,
    arrived_h=F8, passed_h=F8, berthed_h=F8, emptied_h=F8, containers=I4, quarters=I4,
)  # fmt: skip
LEG = _record(trip=I4, link=I4, back=I4, place_h=F8, checked_h=F8, admitted_h=F8, enter_h=F8, exit_h=F8)
EVENT = _record(time=F8, what=I8)
PENDING = _record(size=I8, hole=I8)
COUNT = _record(
    sequence=I8, events=I8, free=I8, vehicles=I8, trips=I8, legs=I8, block=I8, turn=I8, agenda=I8, asked=I8,
    entered=I8, left=I8, lifting=I8, holding=I8, begun=I8, unused=I8, containers=I8, hops=I8, blocks=I8, today=I8, midnight_h=F8, now=F8,
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """All arrays that the event loop reads and writes; the first ones are those of `Network`."""

    link: NDArray[Any]
    terminal: NDArray[Any]
    zone: NDArray[Any]
    equipment: NDArray[Any]
    check: NDArray[Any]
    service: NDArray[Any]
    fleet: NDArray[Any]
    rotation: NDArray[Any]
    flow: NDArray[Any]
    path: NDArray[np.int64]
    path_place: NDArray[np.int64]
    stop: NDArray[np.int64]
    start: NDArray[np.int64]
    slot: NDArray[np.float64]
    step: NDArray[np.int64]
    step_end: NDArray[np.int64]
    into_yard: NDArray[np.int64]
    from_yard: NDArray[np.int64]
    across: NDArray[np.int64]
    check_list: NDArray[np.int64]
    way: NDArray[np.int64]
    concerns: NDArray[np.bool_]
    line_head: NDArray[np.int64]
    line_tail: NDArray[np.int64]
    zone_list: NDArray[np.int64]
    key: NDArray[np.int64]
    clock: NDArray[np.float64]
    demand: NDArray[Any]
    ahead: NDArray[np.float64]
    rate: NDArray[np.float64]
    month_h: NDArray[np.float64]
    listed_h: NDArray[np.float64]
    listed_number: NDArray[np.int64]
    share: NDArray[np.float64]
    shared: NDArray[np.int64]
    itinerary_first: NDArray[np.int64]
    itinerary_service: NDArray[np.int64]
    container: NDArray[Any]
    hop: NDArray[Any]
    block: NDArray[Any]
    turn: NDArray[Any]
    vehicle: NDArray[Any]
    trip: NDArray[Any]
    leg: NDArray[Any]
    near: NDArray[Any]
    far: NDArray[Any]
    pending: NDArray[Any]
    agenda: NDArray[np.int64]
    count: NDArray[Any]
    positions: NDArray[np.float64]
    queue: NDArray[np.float64]
    yard: NDArray[np.float64]
    busy: NDArray[np.float64]
    posts: NDArray[np.float64]
    lifts: NDArray[np.float64]
    yard_max: NDArray[np.float64]

    @cached_property
    def _directory(self) -> NDArray[np.int64]:
        return directory(self)

    @property
    def address(self) -> int:
        """Where compiled code finds the arrays."""
        return int(self._directory.ctypes.data)


_TABLES = {
    "link": LINK, "terminal": TERMINAL, "zone": ZONE, "equipment": EQUIPMENT, "check": CHECK, "service": SERVICE,
    "fleet": FLEET, "rotation": ROTATION, "flow": FLOW, "demand": DEMAND, "container": CONTAINER, "hop": HOP, "block": BLOCK, "turn": TURN,
    "vehicle": VEHICLE, "trip": TRIP, "leg": LEG, "near": EVENT, "far": EVENT, "pending": PENDING, "count": COUNT,
}  # fmt: skip
_REALS = {"slot", "clock", "month_h", "listed_h", "share", "yard_max"}
_MATRICES = {"ahead", "rate", "positions", "queue", "yard", "busy", "posts", "lifts"}
_FLAT = {
    "path", "path_place", "stop", "start", "step", "step_end", "check_list", "zone_list", "listed_number", "shared",
    "itinerary_first", "itinerary_service",
}  # fmt: skip
_WORDS = {"key", "agenda"}


def _field(name: str) -> tuple[str, Any, int]:
    if name in _TABLES:
        return name, _TABLES[name], 1
    if name in _REALS or name in _MATRICES:
        return name, np.dtype(F8), 2 if name in _MATRICES else 1
    if name == "concerns":
        return name, np.dtype(np.bool_), 2
    dimensions = 1 if name in _FLAT or name in _WORDS else 3 if name == "across" else 2
    return name, np.dtype(I8), dimensions


register(World, "World", tuple(_field(field.name) for field in fields(World)))


def make_world(
    compiled: Compiled, seed: int, replication: int, until: float = NEVER
) -> tuple[World, list[tuple[NDArray[Any], NDArray[Any]]]]:
    """Return the world of a replication at the begin of the clock, with its demand up to a time, and the times of its closures."""
    key = np.array([seed, replication], I8)
    network = compiled.network._replace(
        **{
            name: array.copy()
            for name, array in compiled.network._asdict().items()
            if array.dtype.names or name.startswith("line_")
        }
    )
    closed = closed_times(compiled, key)
    share = (min(until, compiled.end_h) - compiled.begin_h) / (compiled.end_h - compiled.begin_h)
    rows = 1000 + int(
        1.05 * min(1.0, 5.0 * share) * expected_containers(compiled).sum()
    )  # of parts some are held at once
    days = round((compiled.end_h - compiled.begin_h) / 24.0)
    widths = [len(network.zone)] * 2 + [len(network.terminal), len(network.equipment), len(network.check)]
    daily = [np.zeros((days, width)) for width in (*widths, len(network.terminal))]
    vehicles = 1024 + int(network.fleet["count"].clip(0).sum())
    count = np.zeros(1, COUNT)
    count["now"], count["midnight_h"] = compiled.begin_h, compiled.begin_h + 24.0
    tasks = len(network.terminal) + len(network.service) + 2 * len(network.zone) + 2
    world = World(
        **network._asdict(),
        key=key,
        clock=np.array([compiled.begin_h, compiled.end_h]),
        **demand(compiled),
        ahead=np.zeros((len(compiled.blocks), AHEAD)),
        container=aligned(rows, CONTAINER),
        hop=aligned(rows * int(np.diff(compiled.itinerary_first).max(initial=1)), HOP),
        block=aligned(1024, BLOCK),
        turn=turns(compiled, closed),
        vehicle=np.zeros(0, VEHICLE),
        trip=np.zeros(4096, TRIP),
        leg=np.zeros(16384, LEG),
        near=_events(0),
        far=_events(0),
        pending=np.zeros(2, PENDING),
        agenda=np.zeros(1 << int(tasks).bit_length(), I8),
        count=count,
        positions=daily[0],
        queue=daily[1],
        yard=daily[2],
        busy=daily[3],
        posts=daily[4],
        lifts=daily[5],
        yard_max=np.zeros(len(network.terminal)),
    )
    return with_demand(grow_vehicles(world, vehicles), until), closed


def with_demand(world: World, until: float) -> World:
    """Return the world with all containers that come before a time, and their blocks in the order of their times.

    The block that comes next stands behind them, without containers: it is known when, so that its event can be set down.
    """
    world.count["blocks"] = 0
    while (state := bring(world, until, world.ahead)) != DONE:
        short = ("block",) if state == MORE_BLOCKS else ("container", "hop")
        tables = {name: getattr(world, name) for name in short}
        world = replace(world, **{name: _longer(table, 2 * len(table)) for name, table in tables.items()})
    size = int(world.count["blocks"][0])
    if len(world.demand) > 1:  # each flow has written its own in order
        world.block[:size] = world.block[:size][np.argsort(world.block["time_h"][:size], kind="stable")]
    following_h = world.demand["time_h"].min(initial=NEVER)
    if following_h < NEVER:
        world.block[size] = (following_h, 0, 0, 0)
        world.count["blocks"] += 1
    heap, events = pending(world, BLOCK_EVENT)
    heap["what"][events] &= ~_ID_MASK  # of the block that came next, which is the first now
    return world


def pending(world: World, kind: np.signedinteger[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return a heap, and where in it the events of a kind stand."""
    heap, row = (world.near, NEAR) if kind in (STEP, BLOCK_EVENT) else (world.far, FAR)
    what = heap["what"][1 : world.pending["size"][row] + 1]
    return heap, 1 + np.flatnonzero((what >> _ID_BITS) & ((1 << _KIND_BITS) - 1) == kind)


def grow_vehicles(world: World, vehicles: int) -> World:
    """Return the world with room for so many vehicles; new ones are put on the list of the unused."""
    table = np.zeros(vehicles, VEHICLE)
    known = len(world.vehicle)
    table[:known] = world.vehicle
    free = int(world.count["free"][0]) if known else NONE
    table["next"][known:] = np.arange(known + 1, vehicles + 1)
    table["next"][-1] = free
    world.count["free"] = known
    world.count["unused"] += vehicles - known
    return grow_heap(replace(world, vehicle=table))


def heap_margin(world: World) -> int:
    """Return how many events one handler may add at the most."""
    units = int(np.minimum(world.equipment["count"], 10_000).sum())
    return 3 * len(world.vehicle) + units + 4 * len(world.service) + 1000


def grow_heap(world: World) -> World:
    """Return the world with room for more pending events."""
    size = 2 * int(world.pending["size"].max()) + 2 * heap_margin(world)
    heaps = {"near": _events(size), "far": _events(size)}
    for name, heap in heaps.items():
        heap[: len(getattr(world, name))] = getattr(world, name)
    return replace(world, **heaps)


def _events(size: int) -> NDArray[Any]:
    """Return a heap for so many events, with none, and a place that stays empty behind them."""
    heap = aligned(size + 1, EVENT)
    heap["time"] = NEVER
    return heap


def grow_log(world: World) -> World:
    """Return the world with room for more trips and legs."""
    margin = 4 * len(world.vehicle)
    return replace(
        world,
        trip=_longer(world.trip, 2 * len(world.trip) + margin),
        leg=_longer(world.leg, 2 * len(world.leg) + margin),
    )


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = aligned(max(size, len(array)), array.dtype)
    longer[: len(array)] = array
    return longer
