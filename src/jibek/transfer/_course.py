"""What cranes do when they are told who carries what, when and where to, and what that costs: compiled.

A state says which boxes each crane carries in what order, how long it waits before each, the place of each box, and where each
train begins. Cranes run as they are told, without heed to each other; what cannot be counts as a lack, in metres times seconds:
two cranes too near, a crane out of its reach, a train that stays on a track after the next one is to come. It costs, and only
states without it are plans.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Arrays = TypeVar("Arrays", bound=tuple[NDArray[Any], ...])

LACK_S = 0.3
"""What a lack of a metre for a second costs."""

_OUT_OF_REACH, _STAYS = 2000.0, 20.0
"""How much lack is a box out of reach of its crane, and a second that a train stays too long."""

OVERLAP = -2
"""In the table of pairs of places: they cannot be used together."""

TARDY, BUSY, _AWAITED = 20.0, 0.03, 0.5
"""What a second of weighted tardiness costs, a second that a crane is not done, and one that a train stays for which another waits."""

NEVER = 1e12
"""A time after all others."""

LEAVE, THERE, LIFT, DROP, END, PICK, PX, QX = range(8)
"""Columns of a course: a crane leaves, is over the box, leaves with it, is over the place, is free; picks; and where."""


class Tasks(NamedTuple):
    """What is to be carried: arrays by box, by place, by train, by crane and by group of trains."""

    along: Floats
    inbound: Ints
    ready: Floats
    near: Ints
    may: Flags
    lifts: Flags
    fixed: Flags

    place_along: Floats
    outbound: Ints
    first: Ints
    last: Ints
    model: Ints
    table: Ints
    bad: Flags

    y: Floats
    low: Floats
    high: Floats
    comes: Floats
    gone: Floats
    followed: Flags
    group: Ints
    due: Floats
    weight: Floats

    cranes: Floats
    gaps: Floats
    begin: Floats


def copied(arrays: Arrays) -> Arrays:
    """Return a named tuple of arrays that are the same, but its own."""
    return type(arrays)(*map(np.copy, arrays))


class State(NamedTuple):
    """Boxes of each crane (`order[k, : load[k]]`), crane, spot in its order, wait and place by box, boxes by place (-1: none), trains."""

    order: Ints
    load: Ints
    crane: Ints
    spot: Ints
    wait: Floats
    place: Ints
    box: Ints
    at: Floats

    def copy(self) -> State:
        """Return another one that is the same."""
        return copied(self)


class Course(NamedTuple):
    """What cranes do, box by box, the lack of each two neighbours, and until when trains are needed."""

    moves: Floats
    lack: Floats
    until: Floats


def empty_course(tasks: Tasks) -> Course:
    """Make room for what cranes do."""
    cranes = len(tasks.cranes)
    return Course(np.zeros((cranes, len(tasks.along) + 1, 8)), np.zeros(cranes), np.zeros(len(tasks.y)))


@numba.njit(cache=True)
def _run(tasks, state, course, k, n):
    """Let a crane do what it is told, from its nth box on, and stand where the last one takes it."""
    crane, moves = tasks.cranes[k], course.moves[k]
    time, x, y = 0.0, crane[0], crane[1]
    if n:
        time, x = moves[n - 1, END], moves[n - 1, QX]
        y = tasks.y[tasks.outbound[state.place[state.order[k, n - 1]]]]
    while n < state.load[k]:
        b = state.order[k, n]
        q, i = state.place[b], tasks.inbound[b]
        o = tasks.outbound[q]
        px, qx = state.at[i] + tasks.along[b], state.at[o] + tasks.place_along[q]
        leave = time + state.wait[b]
        there = leave + max(abs(px - x) / crane[2], abs(tasks.y[i] - y) / crane[4])
        pick = max(there, tasks.ready[b], tasks.comes[i])
        carry = max(abs(qx - px) / crane[3], abs(tasks.y[o] - tasks.y[i]) / crane[4])
        drop = max(pick + crane[5] + carry, tasks.comes[o])
        time, x, y = drop + crane[6], qx, tasks.y[o]
        moves[n, LEAVE], moves[n, THERE], moves[n, LIFT], moves[n, DROP] = leave, there, drop - carry, drop
        moves[n, END], moves[n, PICK], moves[n, PX], moves[n, QX] = time, pick, px, qx
        state.crane[b], state.spot[b] = k, n
        n += 1
    for column in range(PICK):
        moves[n, column] = NEVER
    moves[n, PX], moves[n, QX] = x, x


@numba.njit(cache=True)
def _cost(tasks, state, course):
    """Return what a state costs, what awaited trains count besides, and what it lacks but for what cranes lack of each other."""
    cost = more = lack = 0.0
    until = course.until
    for i in range(len(until)):
        until[i] = tasks.comes[i]
    for k in range(len(state.load)):
        crane = tasks.cranes[k]
        for n in range(state.load[k]):
            b = state.order[k, n]
            i, o = tasks.inbound[b], tasks.outbound[state.place[b]]
            move = course.moves[k, n]
            until[i] = max(until[i], move[PICK] + crane[5])
            until[o] = max(until[o], move[END])
            if min(move[PX], move[QX]) < crane[7] or max(move[PX], move[QX]) > crane[8]:
                lack += _OUT_OF_REACH
        if state.load[k]:
            cost += BUSY * course.moves[k, state.load[k] - 1, END]
    for g in range(len(tasks.begin)):
        last = tasks.begin[g]
        for i in range(len(until)):
            if tasks.group[i] == g:
                last = max(last, until[i])
        cost += last - tasks.begin[g]
    for i in range(len(until)):
        cost += TARDY * tasks.weight[i] * max(0.0, until[i] - tasks.due[i])
        lack += _STAYS * max(0.0, until[i] - tasks.gone[i])
        if tasks.followed[i]:
            more += _AWAITED * until[i]
    return cost, more, lack


@numba.njit(cache=True)
def _near(tasks, moves, k):
    """Integrate what lacks between a crane and its right neighbour, move by move where they may come near."""
    gap, total, time = tasks.gaps[k], 0.0, 0.0
    i = j = 0
    x, z = tasks.cranes[k, 0], tasks.cranes[k + 1, 0]
    while True:
        one, other = moves[k, i], moves[k + 1, j]
        end = min(one[END], other[END])
        if end >= NEVER:
            return total
        if max(x, one[PX], one[QX]) + gap > min(z, other[PX], other[QX]) + 1e-9:
            total += _between(one, x, other, z, gap, time, end)
        time = end
        if one[END] <= end:
            x = one[QX]
            i += 1
        if other[END] <= end:
            z = other[QX]
            j += 1


@numba.njit(cache=True)
def _between(one, x, other, z, gap, time, end):
    """Integrate what lacks from a time to another: between two times at which a crane begins or ends a way it is linear."""
    total = 0.0
    before = gap + _at(one, x, time) - _at(other, z, time)
    while time < end:
        then = end
        for column in range(END):
            if time < one[column] < then:
                then = one[column]
            if time < other[column] < then:
                then = other[column]
        after = gap + _at(one, x, then) - _at(other, z, then)
        most = max(before, after)
        if most > 1e-9:
            least = min(before, after)
            part = 1.0 if least >= 0 else most / (most - least)
            total += (most + max(least, 0.0)) / 2 * part * (then - time)
        before, time = after, then
    return total


@numba.njit(cache=True)
def _at(move, x, time):
    """Return where a crane is that was at x before."""
    if time <= move[LEAVE]:
        return x
    if time < move[THERE]:
        return x + (move[PX] - x) * (time - move[LEAVE]) / (move[THERE] - move[LEAVE])
    if time <= move[LIFT]:
        return move[PX]
    if time < move[DROP]:
        return move[PX] + (move[QX] - move[PX]) * (time - move[LIFT]) / (move[DROP] - move[LIFT])
    return move[QX]


@numba.njit(cache=True)
def run(tasks, state, course):
    """Let all cranes do what they are told; return what counts, the cost, and the lack."""
    return evaluate(tasks, state, course, np.zeros(len(state.load), dtype=np.int64), NEVER)


@numba.njit(cache=True)
def beyond(state):
    """Return a number after that of any box of a crane: a change does not concern it."""
    return state.order.shape[1] + 1


@numba.njit(cache=True)
def evaluate(tasks, state, course, since, limit):
    """Run the cranes that a change concerns; return what counts, the cost, and the lack, which is not looked for above a limit."""
    cranes, none = len(since), beyond(state)
    for k in range(cranes):
        if since[k] < none:
            _run(tasks, state, course, k, since[k])
    cost, more, lack = _cost(tasks, state, course)
    for k in range(cranes - 1):
        if cost + more + LACK_S * lack > limit:
            break
        if since[k] < none or since[k + 1] < none:
            course.lack[k] = _near(tasks, course.moves, k)
        lack += course.lack[k]
    return cost + more + LACK_S * lack, cost, lack
