"""Boxes carried in turn, each as early as its crane's way is free: a sequence becomes times, whatever it is; compiled.

What `_course` lets cranes do without heed to each other is here made so that it can be done: a crane begins when its whole move keeps
the distance to what the others have been told, and those that stand in the way with nothing to do go aside, as in `_rails`.
A sequence can be done when each train's boxes come before those of the trains that wait for its stretch of track.

What has been done is kept turn by turn, so that a change is tried from the turn it concerns until all is as before.

Numba keeps what it has compiled as long as this file is the same: whoever changes what a second costs in `_course`, changes this too.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from jibek.transfer._course import BUSY, TARDY, Tasks, copied

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SLACK_M = 1e-9
_POINTS = 512
"""How many points of a crane's path are looked at, at most."""

_HALVINGS, _SHORT_S = 5, 1.0
"""How often the time between one that is too soon and one that is not is halved, and how short it is left as it is."""


class Yard(NamedTuple):
    """Trains: length, arrival, tracks on which they may stand, the one place that is given (nan: none); tracks: where, when clear."""

    length: Floats
    arrival: Floats
    stands: Flags
    given: Floats
    y: Floats
    low: Floats
    high: Floats
    clear: Floats


class Turns(NamedTuple):
    """Boxes in turn, crane and place by box, box by place (-1: none); where each train begins, and on which track."""

    box_of: Ints
    crane: Ints
    place: Ints
    box: Ints
    at: Floats
    on: Ints

    def copy(self) -> Turns:
        """Return another one that is the same."""
        return copied(self)


class Log(NamedTuple):
    """What has been done: by turn, as it is before it, and by turn and crane where that goes.

    `free`, `x`, `y`: when and where a crane is at rest; `last`: its last turn. `come` (-1: not called), `until`, `left`: of trains.
    `time`, `along`, `points`: paths; `pick`, `drop`: of the box. `last[n]` is -1 before the first path.
    """

    free: Floats
    x: Floats
    y: Floats
    last: Ints
    come: Floats
    until: Floats
    left: Ints
    time: Floats
    along: Floats
    points: Ints
    pick: Floats
    drop: Floats


def empty_log(tasks: Tasks, turns: Turns) -> Log:
    """Begin: cranes stand where they do, no train has come."""
    boxes, cranes, trains = len(tasks.along), len(tasks.cranes), len(tasks.y)
    rows = boxes + 1
    log = Log(
        np.zeros((rows, cranes)), np.zeros((rows, cranes)), np.zeros((rows, cranes)), np.full((rows, cranes), -1, dtype=np.int64),
        np.full((rows, trains), -1.0), np.zeros((rows, trains)), np.zeros((rows, trains), dtype=np.int64),
        np.zeros((boxes, cranes, 4)), np.zeros((boxes, cranes, 4)), np.zeros((boxes, cranes), dtype=np.int64),
        np.zeros(boxes), np.zeros(boxes),
    )  # fmt: skip
    log.x[0], log.y[0] = tasks.cranes[:, 0], tasks.cranes[:, 1]
    recount(tasks, turns, log)
    return log


@numba.njit(cache=True)
def recount(tasks, turns, log):
    """Count the boxes of each train, in the first row."""
    log.left[0, :] = 0
    for b in range(len(turns.place)):
        log.left[0, tasks.inbound[b]] += 1
        log.left[0, tasks.outbound[turns.place[b]]] += 1


@numba.njit(cache=True)
def go(tasks, yard, turns, log, old, since, settled):
    """Do all turns from one on; return the turn from which on all is as in another log; -1 if that cannot be done.

    Turns from `settled` on are the same in both.
    """
    boxes = len(turns.box_of)
    for n in range(since, boxes):
        _copy_row(log, n)
        if not _turn(tasks, yard, turns, log, n):
            return -1
        if n + 1 >= settled and n + 1 < boxes and _as_before(tasks, yard, turns, log, old, n + 1):
            return n + 1
    return boxes


@numba.njit(cache=True)
def _copy_row(log, n):
    """Begin the row after a turn with what was before it."""
    for k in range(log.free.shape[1]):
        log.free[n + 1, k], log.x[n + 1, k], log.y[n + 1, k] = log.free[n, k], log.x[n, k], log.y[n, k]
        log.last[n + 1, k] = log.last[n, k]
        log.points[n, k] = 0
    for i in range(log.come.shape[1]):
        log.come[n + 1, i], log.until[n + 1, i], log.left[n + 1, i] = log.come[n, i], log.until[n, i], log.left[n, i]


@numba.njit(cache=True)
def _call(tasks, yard, turns, log, n, i):
    """Let a train come if it has not, when those on its stretch of track have gone; return whether they have been done with."""
    if log.come[n + 1, i] >= 0.0:
        return True
    ready = yard.arrival[i]
    for j in range(len(yard.length)):
        if j != i and log.come[n + 1, j] >= 0.0 and _overlap(yard, turns, i, j):
            if log.left[n + 1, j] > 0:
                return False
            ready = max(ready, log.until[n + 1, j] + yard.clear[turns.on[i]])
    log.come[n + 1, i] = log.until[n + 1, i] = ready
    return True


@numba.njit(cache=True)
def _overlap(yard, turns, i, j):
    return (
        turns.on[i] == turns.on[j]
        and turns.at[i] < turns.at[j] + yard.length[j] - 1e-6
        and turns.at[j] < turns.at[i] + yard.length[i] - 1e-6
    )


@numba.njit(cache=True)
def _turn(tasks, yard, turns, log, n):
    """Carry the box whose turn it is; return whether that can be done."""
    b = turns.box_of[n]
    c, q = turns.crane[b], turns.place[b]
    i, o = tasks.inbound[b], tasks.outbound[q]
    crane = tasks.cranes[c]
    if not _call(tasks, yard, turns, log, n, i) or not _call(tasks, yard, turns, log, n, o):
        return False
    px, qx = turns.at[i] + tasks.along[b], turns.at[o] + tasks.place_along[q]
    if min(px, qx) < crane[7] or max(px, qx) > crane[8]:
        return False
    py, qy = yard.y[turns.on[i]], yard.y[turns.on[o]]
    x, y = log.x[n, c], log.y[n, c]
    way = max(abs(px - x) / crane[2], abs(py - y) / crane[4])
    carry = max(abs(qx - px) / crane[3], abs(qy - py) / crane[4])
    ready = max(tasks.ready[b], log.come[n + 1, i], log.come[n + 1, o] - crane[5] - carry)
    soonest = max(log.free[n, c], ready - way)
    begin = _begin(tasks, log, n, c, x, px, qx, way, carry, ready, soonest)
    if begin == np.inf:
        return False
    pick = max(begin + way, ready)
    drop = pick + crane[5] + carry
    log.time[n, c, 0], log.time[n, c, 1], log.time[n, c, 2], log.time[n, c, 3] = begin, begin + way, drop - carry, drop
    log.along[n, c, 0], log.along[n, c, 1], log.along[n, c, 2], log.along[n, c, 3] = x, px, px, qx
    log.points[n, c], log.last[n + 1, c] = 4, n
    log.free[n + 1, c], log.x[n + 1, c], log.y[n + 1, c] = drop + crane[6], qx, qy
    log.pick[n], log.drop[n] = pick, drop
    log.until[n + 1, i] = max(log.until[n + 1, i], pick + crane[5])
    log.until[n + 1, o] = max(log.until[n + 1, o], drop + crane[6])
    log.left[n + 1, i] -= 1
    log.left[n + 1, o] -= 1
    return True


@numba.njit(cache=True)
def _begin(tasks, log, n, c, x, px, qx, way, carry, ready, soonest):
    """Send away the cranes that stand in the way, and return when the crane can begin its move."""
    cranes = len(tasks.cranes)
    time, along, many = np.empty((2, _POINTS)), np.empty((2, _POINTS)), np.zeros(2, dtype=np.int64)
    since = np.full(2, np.inf)
    for side in range(2):
        step = 1 if side else -1
        if 0 <= c + step < cranes:
            edge = max(x, px, qx) if side else min(x, px, qx)
            since[side] = _aside(tasks, log, n, c, step, edge, soonest)
            many[side] = _path(log, n, c + step, min(since[side], soonest), time[side], along[side])
    path = np.empty((2, 4))
    path[1, 0], path[1, 1], path[1, 2], path[1, 3] = x, px, px, qx
    begin = before = soonest
    while not _fits(tasks, path, time, along, many, since, c, begin, way, carry, ready):
        then = np.inf
        for side in range(2):
            for p in range(many[side]):
                if begin < time[side, p] < then:
                    then = time[side, p]
        before, begin = begin, then
        if then == np.inf:
            return then
    for _ in range(_HALVINGS):
        if begin - before < _SHORT_S:
            break
        middle = (before + begin) / 2
        if _fits(tasks, path, time, along, many, since, c, middle, way, carry, ready):
            begin = middle
        else:
            before = middle
    return begin


@numba.njit(cache=True)
def _aside(tasks, log, n, c, step, edge, soonest):
    """Send away the cranes on a side that stand where a move leads, the outermost first; return since when the next one goes."""
    cranes = len(tasks.cranes)
    k, limit = c + step, edge
    while 0 <= k < cranes:
        limit += step * tasks.gaps[min(k, k - step)]
        if (log.x[n, k] - limit) * step >= -_SLACK_M:
            break
        k += step
    begin, after, outer = np.inf, 0.0, k
    if 0 <= outer < cranes:
        after = log.free[n, outer]
        limit -= step * tasks.gaps[min(outer, outer - step)]
    k -= step
    while k != c:
        far = abs(log.x[n, k] - limit) / tasks.cranes[k, 2]
        begin = max(log.free[n, k], after, soonest - far)
        log.time[n, k, 0], log.time[n, k, 1] = begin, begin + far
        log.along[n, k, 0], log.along[n, k, 1] = log.x[n, k], limit
        log.points[n, k], log.last[n + 1, k] = 2, n
        log.free[n + 1, k], log.x[n + 1, k] = begin + far, limit
        after = begin + far
        limit -= step * tasks.gaps[min(k, k - step)]
        k -= step
    return begin


@numba.njit(cache=True)
def _path(log, n, k, since, time, along):
    """Write down the path of a crane from a time on, with its way aside in this turn if there is one; return how many points it has."""
    stack = np.empty(_POINTS // 4 - 1, dtype=np.int64)
    depth, j = 0, log.last[n, k]
    while j >= 0 and depth < len(stack):
        stack[depth] = j
        depth += 1
        if log.time[j, k, 0] <= since:
            break
        j = log.last[j, k]
    many = 0
    if j < 0:
        time[0], along[0] = -np.inf, log.x[0, k]
        many = 1
    for d in range(depth - 1, -1, -1):
        j = stack[d]
        for p in range(log.points[j, k]):
            time[many], along[many] = log.time[j, k, p], log.along[j, k, p]
            many += 1
    for p in range(log.points[n, k]):
        time[many], along[many] = log.time[n, k, p], log.along[n, k, p]
        many += 1
    return many


@numba.njit(cache=True)
def _fits(tasks, path, time, along, many, since, c, begin, way, carry, ready):
    """Whether a move that begins then keeps the distance to both neighbours: the difference is linear between the times of either."""
    leave = max(begin + way, ready) + tasks.cranes[c, 5]
    path[0, 0], path[0, 1], path[0, 2], path[0, 3] = begin, begin + way, leave, leave + carry
    for side in range(2):
        if not many[side]:
            continue
        gap = tasks.gaps[c] if side else tasks.gaps[c - 1]
        sign = 1.0 if side else -1.0
        first = min(since[side], path[0, 0])
        m = many[side]
        for p in range(m):
            at = time[side, p]
            if at >= first and (along[side, p] - _where(path[0], path[1], 4, at)) * sign < gap - _SLACK_M:
                return False
        for p in range(4):
            if (_where(time[side], along[side], m, path[0, p]) - path[1, p]) * sign < gap - _SLACK_M:
                return False
    return True


@numba.njit(cache=True)
def _where(time, along, many, at):
    """Return where a crane is at a time; of two positions at the same time the later."""
    p = many - 1
    while p >= 0 and time[p] > at:
        p -= 1
    if p < 0:
        return along[0]
    if p == many - 1:
        return along[p]
    return along[p] + (along[p + 1] - along[p]) * (at - time[p]) / (time[p + 1] - time[p])


@numba.njit(cache=True)
def _as_before(tasks, yard, turns, log, old, n):
    """Whether what is to come depends on nothing that is not as in another log before a turn."""
    soon = np.inf
    for k in range(log.free.shape[1]):
        if log.free[n, k] != old.free[n, k] or log.x[n, k] != old.x[n, k] or log.y[n, k] != old.y[n, k]:
            return False
        soon = min(soon, log.free[n, k])
    for i in range(log.come.shape[1]):
        if log.left[n, i] != old.left[n, i] or (log.left[n, i] > 0 and log.come[n, i] != old.come[n, i]):
            return False
        if log.until[n, i] != old.until[n, i]:
            if log.left[n, i] > 0:
                return False
            gone = max(log.until[n, i], old.until[n, i]) + yard.clear[turns.on[i]]
            for j in range(log.come.shape[1]):
                if log.come[n, j] < 0.0 and gone > yard.arrival[j] and _overlap(yard, turns, i, j):
                    return False
    same = True
    for k in range(log.free.shape[1]):
        same = same and _same_path(log, old, n, k, soon)
    return same


@numba.njit(cache=True)
def _same_path(log, old, n, k, since):
    j, m = log.last[n, k], old.last[n, k]
    while True:
        if j < 0 or m < 0:
            return j == m
        if log.points[j, k] != old.points[m, k]:
            return False
        for p in range(log.points[j, k]):
            if log.time[j, k, p] != old.time[m, k, p] or log.along[j, k, p] != old.along[m, k, p]:
                return False
        if log.time[j, k, 0] <= since:
            return True
        j, m = log.last[j, k], old.last[m, k]


@numba.njit(cache=True)
def worth(tasks, yard, log, old, same):
    """Return what all costs, when from a turn on it is as in another log."""
    end = len(log.pick)
    trains, groups = log.come.shape[1], len(tasks.begin)
    last, cost = tasks.begin.copy(), 0.0
    for i in range(trains):
        until = log.until[same, i]
        if same < end and log.left[same, i] > 0:
            until = old.until[end, i]
        last[tasks.group[i]] = max(last[tasks.group[i]], until)
        cost += TARDY * tasks.weight[i] * max(0.0, until - tasks.due[i])
    for g in range(groups):
        cost += last[g] - tasks.begin[g]
    of = old if same < end else log
    for k in range(log.free.shape[1]):
        cost += BUSY * of.free[end, k]
    return cost
