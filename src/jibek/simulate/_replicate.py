"""Replications of a corridor, side by side in threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor, JibekError
from jibek.simulate._clearing import clear, in_use, tell
from jibek.simulate._deadlock import Deadlock, explain, stuck
from jibek.simulate._demand import expected_containers
from jibek.simulate._loop import DONE, MORE_EVENTS, MORE_VEHICLES, run
from jibek.simulate._network import NEVER, NONE, Compiled, compile_corridor
from jibek.simulate._replication import Replication, Table
from jibek.simulate._world import (
    LEG,
    TRIP,
    UNUSED,
    World,
    grow_heap,
    grow_log,
    grow_vehicles,
    heap_margin,
    make_world,
    with_demand,
)

Progress = Callable[[float, int], None]
"""Called with the share done of all replications and the events handled."""

Closed = list[tuple[NDArray[np.float64], NDArray[np.float64]]]
Parts = Iterator[Replication]
Made = TypeVar("Made")


class Stop(Protocol):
    """An event of threads or processes."""

    def is_set(self) -> bool:
        """Say whether replications shall be given up."""


_PIECES = 50
_CONTAINERS_A_PIECE = 2**14
"""A replication is simulated in pieces of about so many containers, or in more."""

_ROWS_AT_ONCE = 4096


class _Work:
    """One replication under way: its share done, its events, and whether it shall stop."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.share = 0.0
        self.events = 0


def replicate(
    corridor: Corridor,
    *,
    replications: int = 1,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[Replication]:
    """Simulate a corridor several times; yield the replications in order of their numbers.

    Parameters
    ----------
    corridor
        A checked corridor.
    replications
        How many; each differs only in its random numbers.
    seed
        Seed of all random numbers, 0 to 2**32 - 1.
    jobs
        How many run at the same time, in threads; a thread that has none simulates the next part of another's. Results do not depend on it.
    progress
        Called a few times a second with the share done and the events handled so far.

    Raises
    ------
    Deadlock
        If vehicles wait for each other without end.

    Examples
    --------
    >>> import jibek
    >>> corridor = jibek.read("starter").with_clock(days=20)
    >>> [replication.number for replication in replicate(corridor, replications=2)]
    [0, 1]
    """
    compiled = compile_corridor(corridor)
    yield from replicate_into(
        next, compiled, in_parts=False, replications=replications, seed=seed, jobs=jobs, progress=progress
    )


def replicate_into(
    make: Callable[[Parts], Made],
    compiled: Compiled,
    *,
    in_parts: bool = True,
    replications: int = 1,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[Made]:
    """Simulate a corridor several times like `replicate`; yield what is made of each replication, in its thread.

    Parameters
    ----------
    make
        Takes the parts of a replication as they come.
    compiled
        A compiled corridor.
    replications, seed, jobs, progress
        As those of `replicate`.
    in_parts
        Whether a replication comes in parts, which are forgotten: memory does not grow with the days. Otherwise it is one.
    """
    if replications < 1 or jobs < 1 or not 0 <= seed < 2**32:
        raise JibekError("replications and jobs must be at least 1, the seed between 0 and 4294967295")
    stop = threading.Event()
    works: dict[int, _Work] = {}
    pool, beside = ThreadPoolExecutor(jobs), ThreadPoolExecutor(1)
    waiting: dict[int, Future[Made]] = {}
    try:
        for number in range(replications):
            for ahead in range(number, min(number + 2 * jobs, replications)):  # so that none waits for one before it
                if ahead not in waiting:
                    works[ahead] = _Work(ahead)
                    parts = _parts(compiled, seed, works[ahead], stop, in_parts=in_parts)
                    first = ahead == 0 and jobs > 1  # which is waited for: it has a thread of its own for its next part
                    waiting[ahead] = pool.submit(make, _ahead(parts, beside if first else pool))
            future = waiting[number]
            while not wait([future], timeout=0.2, return_when=FIRST_COMPLETED).done:
                _tell(progress, works, replications)
            yield waiting.pop(number).result()
            _tell(progress, works, replications)
    finally:
        stop.set()
        for threads in (pool, beside):
            threads.shutdown(wait=True, cancel_futures=True)


def replication_in_parts(compiled: Compiled, *, seed: int, number: int, stop: Stop) -> Parts:
    """Simulate one replication of a compiled corridor, in this thread; yield it in parts, which are forgotten.

    Parameters
    ----------
    compiled
        The corridor.
    seed, number
        Seed of all random numbers and number of the replication.
    stop
        When it is set, the replication is given up within a fraction of a second.

    Raises
    ------
    Deadlock
        If vehicles wait for each other without end.
    KeyboardInterrupt
        If `stop` is set.

    Examples
    --------
    >>> import jibek, threading
    >>> compiled = compile_corridor(jibek.read("starter").with_clock(days=20))
    >>> {part.number for part in replication_in_parts(compiled, seed=0, number=3, stop=threading.Event())}
    {3}
    """
    return _parts(compiled, seed, _Work(number), stop, in_parts=True)


def _tell(progress: Progress | None, works: dict[int, _Work], replications: int) -> None:
    if progress is not None:
        share = sum(work.share for work in works.values()) / replications
        progress(share, sum(work.events for work in works.values()))


def _parts(compiled: Compiled, seed: int, work: _Work, stop: Stop, *, in_parts: bool) -> Parts:
    """Simulate a replication; yield it in one, or in parts: whenever the tables have grown to twice what was kept the time before."""
    pieces = max(_PIECES, math.ceil(expected_containers(compiled).sum() / _CONTAINERS_A_PIECE))
    ends = [compiled.begin_h + (compiled.end_h - compiled.begin_h) * piece / pieces for piece in range(1, pieces)]
    world, closed = make_world(compiled, seed, work.number, ends[0] if in_parts else NEVER)
    kept_rows = 0
    for piece, (until, following) in enumerate(pairwise([*ends, compiled.end_h, NEVER]), 1):
        world = _advance(world, until, stop)
        work.share, work.events = piece / pieces, int(world.count["events"][0])
        if in_parts and piece < pieces:
            if _rows(world) > 2 * (kept_rows + _CONTAINERS_A_PIECE):
                yield _part(world, work.number, closed)
                kept_rows = _rows(world)
            world = with_demand(world, following)
    _conserve(world)
    dead = stuck(world, compiled)
    if dead:
        raise Deadlock(
            f"deadlock: {len(dead)} vehicles can never go on\n{explain(world, compiled.names, dead)}\n"
            "give the terminals named more positions, sidings or yard, or the services fewer vehicles or a longest wait"
        )
    containers, hops, _ = tell(world, last=True)
    last = _outcome(world, work.number, closed, containers, hops)
    del world  # its rows have been copied
    yield last


def _ahead(parts: Parts, pool: ThreadPoolExecutor) -> Parts:
    """Yield parts of a replication; where a thread of the pool has nothing else to do, the next is simulated meanwhile."""
    part = next(parts, None)
    while part is not None:
        coming = pool.submit(next, parts, None)
        yield part
        part = next(parts, None) if coming.cancel() else coming.result()


def _advance(world: World, until: float, stop: Stop) -> World:
    while not stop.is_set():
        state = run(world, until, heap_margin(world))
        if state == DONE:
            return world
        if state == MORE_VEHICLES:
            world = grow_vehicles(world, 2 * len(world.vehicle))
        elif state == MORE_EVENTS:
            world = grow_heap(world)
        else:
            world = grow_log(world)
    raise KeyboardInterrupt


def _list_length(table: NDArray[Any], row: int) -> int:
    length = 0
    while row != NONE:
        row = int(table[row]["next"])
        length += 1
    return length


def _conserve(world: World) -> None:
    """Count every container where it stands; none may be lost or doubled."""
    heads = [*world.line_head.ravel(), *world.terminal["head"]]
    vehicles = world.vehicle[world.vehicle["state"] != UNUSED]
    heads += [*vehicles["head"], *vehicles["out_head"]]
    standing = sum(_list_length(world.container, int(row)) for row in heads if row != NONE)
    count = world.count[0]
    # A vehicle under way carries one list, which arrival moves; so nothing is counted twice.
    inside = standing + int(count["lifting"]) + int(count["holding"])
    if inside != count["entered"] - count["left"]:
        raise AssertionError(
            f"{count['entered']} containers entered, {count['left']} left, {inside} are inside: conservation is violated"
        )


def _rows(world: World) -> int:
    """Return how many containers, trips and legs are held."""
    count = world.count[0]
    return int(count["containers"] + count["trips"] + count["legs"])


def _part(world: World, number: int, closed: Closed) -> Replication:
    """Return what is over, and give its rows back."""
    containers, hops, stay = tell(world, last=False)
    trips = in_use(world)
    part = replace(_outcome(world, number, closed, containers, hops), kept=trips)
    clear(world, stay, trips)
    return part


def _columns(table: NDArray[Any], names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Return columns of a table, copied piece by piece: a piece stays in the cache until the last column has it."""
    rows = len(table)
    columns = {name: np.empty(rows, table.dtype[name]) for name in names}
    for first in range(0, rows, _ROWS_AT_ONCE):
        here = slice(first, min(first + _ROWS_AT_ONCE, rows))
        for name, column in columns.items():
            column[here] = table[name][here]
    return columns


def _outcome(world: World, number: int, closed: Closed, containers: Table, hops: Table) -> Replication:
    count = world.count[0]
    kinds = [np.full(len(starts), row, np.int32) for row, (starts, _) in enumerate(closed)]
    return Replication(
        number=number,
        events=int(count["events"]),
        containers=containers,
        hops=hops,
        trips=_columns(world.trip[: count["trips"]], TRIP.names or ()),
        legs=_columns(world.leg[: count["legs"]], LEG.names or ()),
        closed={
            "closure": np.concatenate([np.zeros(0, np.int32), *kinds]),
            "start_h": np.concatenate([np.zeros(0), *(starts for starts, _ in closed)]),
            "end_h": np.concatenate([np.zeros(0), *(ends for _, ends in closed)]),
        },
        daily={
            "positions": world.positions,
            "queue": world.queue,
            "yard": world.yard,
            "equipment": world.busy,
            "posts": world.posts,
            "lifts": world.lifts,
        },
        yard_max=world.yard_max,
    )
