"""Simulated annealing over who carries what, when and where to: compiled, the same for the same seed.

A state says which boxes each crane carries in what order, how long it waits before each, and the place of each box. Cranes
run as they are told, without heed to each other; where two come too near, the clash is the integral over time of the metres
that lack, and costs. Only states without a clash are plans.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLASH_S = 0.3
"""What a metre that lacks for a second costs."""

_OUT_OF_REACH = 2000.0
"""What counts as a clash when a crane does not reach a place, metres times seconds."""

OVERLAP = -2
"""In the table of pairs of places: they cannot be used together."""

_FAR = 25
"""How many places away a box may be put at once."""

_TARDY, _BUSY = 20.0, 0.03
"""What a second of weighted tardiness costs, and a second that a crane is not done."""


class Tasks(NamedTuple):
    """What is to be carried: arrays by box, by place (`q...`), by crane, by group and by departure."""

    px: Floats
    py: Floats
    ready: Floats
    group: Ints
    may: Flags
    lifts: Flags
    reaches: Flags
    fixed: Flags
    qx: Floats
    qy: Floats
    come: Floats
    train: Ints
    first: Ints
    last: Ints
    table: Ints
    bad: Flags
    cranes: Floats
    gaps: Floats
    begin: Floats
    of_due: Ints
    due: Floats
    weight: Floats


class State(NamedTuple):
    """Boxes of each crane (`order[k, : load[k]]`), waits and places by box, boxes by place (-1: none)."""

    order: Ints
    load: Ints
    wait: Floats
    place: Ints
    box: Ints

    def copy(self) -> State:
        """Return another one that is the same."""
        return State(self.order.copy(), self.load.copy(), self.wait.copy(), self.place.copy(), self.box.copy())

    def take(self, other: State) -> None:
        """Become the same as another one."""
        for mine, its in zip(self, other, strict=True):
            mine[:] = its


class Course(NamedTuple):
    """Where cranes are (`x` at `t`, `legs` points each), when boxes are picked, dropped and done with, and cranes done."""

    t: Floats
    x: Floats
    legs: Ints
    leave: Floats
    pick: Floats
    drop: Floats
    end: Floats
    done: Floats


def empty_course(state: State) -> Course:
    """Make room for what cranes do in a state."""
    cranes, boxes = state.order.shape
    t, x, legs = np.zeros((cranes, 4 * boxes + 1)), np.zeros((cranes, 4 * boxes + 1)), np.zeros(cranes, dtype=np.int64)
    return Course(t, x, legs, np.zeros(boxes), np.zeros(boxes), np.zeros(boxes), np.zeros(boxes), np.zeros(cranes))


@numba.njit(cache=True)
def run(tasks, state, course):
    """Let every crane do what it is told; return cost without clashes, and the clash."""
    clash = 0.0
    for k in range(len(state.load)):
        x0, y0, empty, loaded, trolley, pick_s, drop_s = tasks.cranes[k]
        time, x, y = 0.0, x0, y0
        course.t[k, 0], course.x[k, 0] = 0.0, x0
        m = 1
        for n in range(state.load[k]):
            b = state.order[k, n]
            q = state.place[b]
            if not tasks.reaches[k, q]:
                clash += _OUT_OF_REACH
            leave = time + state.wait[b]
            there = leave + max(abs(tasks.px[b] - x) / empty, abs(tasks.py[b] - y) / trolley)
            pick = max(there, tasks.ready[b])
            carry = max(abs(tasks.qx[q] - tasks.px[b]) / loaded, abs(tasks.qy[q] - tasks.py[b]) / trolley)
            drop = max(pick + pick_s + carry, tasks.come[q])
            course.t[k, m], course.x[k, m] = leave, x
            course.t[k, m + 1], course.x[k, m + 1] = there, tasks.px[b]
            course.t[k, m + 2], course.x[k, m + 2] = drop - carry, tasks.px[b]
            course.t[k, m + 3], course.x[k, m + 3] = drop, tasks.qx[q]
            m += 4
            time, x, y = drop + drop_s, tasks.qx[q], tasks.qy[q]
            course.leave[b], course.pick[b], course.drop[b], course.end[b] = leave, pick, drop, time
        course.legs[k] = m
        course.done[k] = time
    for k in range(len(state.load) - 1):
        clash += _clash(course, k, tasks.gaps[k])
    return _cost(tasks, state, course), clash


@numba.njit(cache=True)
def _cost(tasks, state, course):
    last = tasks.begin.copy()
    leaves = np.zeros(len(tasks.qx))
    for b in range(len(tasks.px)):
        g, o = tasks.group[b], tasks.train[state.place[b]]
        last[g] = max(last[g], course.end[b])
        leaves[o] = max(leaves[o], course.end[b])
    cost = (last - tasks.begin).sum() + _BUSY * course.done.sum()
    for d in range(len(tasks.due)):
        cost += _TARDY * tasks.weight[d] * max(0.0, leaves[tasks.of_due[d]] - tasks.due[d])
    return cost


@numba.njit(cache=True)
def _clash(course, k, gap):
    """Integrate what lacks between a crane and its right neighbour: between two times of either it is linear."""
    i = j = 0
    left, right = course.legs[k], course.legs[k + 1]
    before, time = course.x[k + 1, 0] - course.x[k, 0], 0.0
    total = 0.0
    while i + 1 < left or j + 1 < right:
        if j + 1 >= right or (i + 1 < left and course.t[k, i + 1] <= course.t[k + 1, j + 1]):
            i += 1
            now = course.t[k, i]
        else:
            j += 1
            now = course.t[k + 1, j]
        after = _at(course, k + 1, j, right, now) - _at(course, k, i, left, now)
        lacks, lack = gap - before, gap - after
        if lacks > 0 and lack > 0:
            total += (lacks + lack) / 2 * (now - time)
        elif lacks > 0 or lack > 0:
            most = max(lacks, lack)
            total += most * most / (2 * abs(lack - lacks)) * (now - time)
        before, time = after, now
    return total


@numba.njit(cache=True)
def _at(course, k, n, legs, time):
    t, x = course.t[k, n], course.x[k, n]
    if n + 1 >= legs or course.t[k, n + 1] <= t:
        return x
    return x + (course.x[k, n + 1] - x) * (time - t) / (course.t[k, n + 1] - t)


@numba.njit(cache=True)
def anneal(tasks, state, course, best, seed, rounds, hot_s, cold_s):
    """Change the state so many times, cooling down; put the best one without a clash into `best`; return its cost.

    Worse states are accepted by Metropolis' rule (Kirkpatrick, Gelatt, Vecchi 1983).
    """
    np.random.seed(seed)
    cost, clash = run(tasks, state, course)
    now = cost + CLASH_S * clash
    least = cost if clash < 1e-9 else np.inf
    if clash < 1e-9:
        _copy(state, best)
    old = State(state.order.copy(), state.load.copy(), state.wait.copy(), state.place.copy(), state.box.copy())
    for n in range(rounds):
        heat = hot_s * (cold_s / hot_s) ** (n / rounds)
        if not _change(tasks, state):
            _copy(old, state)
            continue
        cost, clash = run(tasks, state, course)
        then = cost + CLASH_S * clash
        if then <= now or np.random.random() < np.exp((now - then) / heat):
            now = then
            _copy(state, old)
            if clash < 1e-9 and cost < least - 1e-9:
                least = cost
                _copy(state, best)
        else:
            _copy(old, state)
    return least


@numba.njit(cache=True)
def _copy(one, other):
    other.order[:] = one.order
    other.load[:] = one.load
    other.wait[:] = one.wait
    other.place[:] = one.place
    other.box[:] = one.box


@numba.njit(cache=True)
def _change(tasks, state):
    """Change one thing at random; return whether it may be so."""
    k = np.random.randint(len(state.load))
    if not state.load[k]:
        return False
    i = np.random.randint(state.load[k])
    b = state.order[k, i]
    kind = np.random.random()
    if kind < 0.15:
        return _move(tasks, state, b)
    if kind < 0.20:
        state.wait[b] = -20.0 * np.log(1.0 - np.random.random()) if np.random.random() < 0.4 else 0.0
        return True
    if kind < 0.40:
        j = np.random.randint(state.load[k])
        low, high = min(i, j), max(i, j)
        state.order[k, low : high + 1] = state.order[k, low : high + 1][::-1].copy()
        return low < high
    to = k
    if np.random.random() < 0.4 and len(state.load) > 1:
        step = 1 if np.random.random() < 0.5 else -1
        to = k + step if 0 <= k + step < len(state.load) else k - step
    if kind < 0.75:
        return _relocate(tasks, state, k, i, to)
    if not state.load[to]:
        return False
    j = np.random.randint(state.load[to])
    c = state.order[to, j]
    state.order[k, i], state.order[to, j] = c, b
    return b != c and tasks.lifts[b, to] and tasks.lifts[c, k]


@numba.njit(cache=True)
def _relocate(tasks, state, k, i, to):
    """Take a box out of a crane's order and put it into one, with those that follow it now and then."""
    b = state.order[k, i]
    if not tasks.lifts[b, to]:
        return False
    state.order[k, i : state.load[k] - 1] = state.order[k, i + 1 : state.load[k]].copy()
    state.load[k] -= 1
    j = np.random.randint(state.load[to] + 1)
    state.order[to, j + 1 : state.load[to] + 1] = state.order[to, j : state.load[to]].copy()
    state.order[to, j] = b
    state.load[to] += 1
    return k != to or i != j


@numba.njit(cache=True)
def _move(tasks, state, b):
    """Put a box into another place of its train, not far; a box of its length that stands there takes its place."""
    p = state.place[b]
    q = p + np.random.randint(-_FAR, _FAR + 1)
    if q == p or q < 0 or q >= len(tasks.qx) or tasks.train[q] != tasks.train[p]:
        return False
    c = state.box[q]
    if not tasks.may[b, q] or tasks.fixed[b] or (c >= 0 and (not tasks.may[c, p] or tasks.fixed[c])):
        return False
    state.box[p], state.box[q] = c, b
    state.place[b] = q
    if c >= 0:
        state.place[c] = p
    return _stands(tasks, state, q) and _stands(tasks, state, p)


@numba.njit(cache=True)
def _stands(tasks, state, p):
    """Whether the boxes of the wagon of a place may stand together: at most two, judged by the tables of pairs."""
    boxes = 0
    first, last = tasks.first[p], tasks.last[p]
    for q in range(first, last):
        b = state.box[q]
        if b < 0:
            continue
        boxes += 1
        for r in range(q + 1, last):
            c = state.box[r]
            table = tasks.table[q, r - first]
            if c >= 0 and (table == OVERLAP or tasks.bad[table, b, c]):
                return False
    return boxes <= 2
