"""Simulated annealing over who carries what, when and where to, and where trains stand: compiled, the same for the same seed.

A change runs anew only the cranes that it concerns, from where it concerns them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numba
import numpy as np

from jibek.transfer._course import NEVER, OVERLAP, Course, State, beyond, evaluate

# Numba keeps what it has compiled as long as this file is the same, and does not see that `_course` is another one: whoever changes
# that, changes this too (`touch` is enough).

_MOST = 12
"""How many boxes may change their place at once."""


def stretches(seed: int, number: int, pieces: int, hot_s: float, cold_s: float) -> Iterator[tuple[int, float, float]]:
    """Yield for each piece of a round its seed, and the temperatures at which it begins and ends."""
    heats = [hot_s * (cold_s / hot_s) ** (piece / pieces) for piece in range(pieces + 1)]
    for piece, (begin_s, end_s) in enumerate(pairwise(heats)):
        yield ((seed * 1_000 + number) * 1_000 + piece) % 2**32, begin_s, end_s


@numba.njit(cache=True)
def anneal(tasks, state, course, best, seed, changes, hot_s, cold_s):
    """Change the state so many times, cooling down; put the cheapest one that lacks nothing into `best`; return its cost.

    Worse states are accepted by Metropolis' rule (Kirkpatrick, Gelatt, Vecchi 1983).
    """
    np.random.seed(seed)
    cranes = len(state.load)
    since, note = np.zeros(cranes, dtype=np.int64), np.zeros(_MOST + 3, dtype=np.int64)
    old = State(
        state.order.copy(), state.load.copy(), state.crane.copy(), state.spot.copy(),
        state.wait.copy(), state.place.copy(), state.box.copy(), state.at.copy(),
    )  # fmt: skip
    was = Course(course.moves.copy(), course.lack.copy(), course.until.copy())
    now, least, heat, cooling = NEVER, np.inf, hot_s, (cold_s / hot_s) ** (1 / changes)
    for n in range(changes + 1):
        heat *= cooling
        for k in range(cranes):
            since[k] = beyond(state) if n else 0
        note[0] = note[1] = note[2] = 0
        fine = not n or _change(tasks, state, since, note)
        if fine:
            limit = now - heat * np.log(1.0 - np.random.random())
            then, cost, lack = evaluate(tasks, state, course, since, limit)
            fine = then <= limit
        if fine:
            now = then
            _copy(state, course, old, was, since, note)
            if lack < 1e-9 and cost < least - 1e-9:
                least = cost
                _take(state, best)
        else:
            _copy(old, was, state, course, since, note)
    return least


@numba.njit(cache=True)
def _take(one, other):
    """Copy a state as a whole, in loops, which compile much sooner than slices."""
    for k in range(len(one.load)):
        other.load[k] = one.load[k]
        for n in range(one.load[k]):
            other.order[k, n] = one.order[k, n]
    for b in range(len(one.place)):
        other.crane[b], other.spot[b], other.wait[b], other.place[b] = (
            one.crane[b],
            one.spot[b],
            one.wait[b],
            one.place[b],
        )
    for q in range(len(one.box)):
        other.box[q] = one.box[q]
    for i in range(len(one.at)):
        other.at[i] = one.at[i]


@numba.njit(cache=True)
def _copy(one, its, other, others, since, note):
    """Copy what a change concerns: cranes from a box on, boxes that changed places, a box that waits, trains."""
    for k in range(len(since)):
        others.lack[k] = its.lack[k]
        if since[k] > one.order.shape[1]:
            continue
        other.load[k] = one.load[k]
        for n in range(since[k], one.load[k] + 1):
            for column in range(8):
                others.moves[k, n, column] = its.moves[k, n, column]
            if n < one.load[k]:
                b = one.order[k, n]
                other.order[k, n], other.crane[b], other.spot[b] = b, k, n
    for n in range(note[0]):
        other.box[other.place[note[3 + n]]] = -1
    for n in range(note[0]):
        b = note[3 + n]
        other.place[b] = one.place[b]
        other.box[one.place[b]] = b
    if note[1]:
        other.wait[note[1] - 1] = one.wait[note[1] - 1]
    if note[2]:
        for i in range(len(one.at)):
            other.at[i] = one.at[i]


@numba.njit(cache=True)
def _change(tasks, state, since, note):
    """Change one thing at random; return whether it may be so. `since`: the first box concerned of each crane."""
    b = np.random.randint(len(state.place))
    k, i = state.crane[b], state.spot[b]
    kind = np.random.random()
    if kind < 0.20:
        return _move(tasks, state, since, note, b)
    if kind < 0.22:
        return _shift(tasks, state, since, note, tasks.inbound[b] if kind < 0.21 else tasks.outbound[state.place[b]])
    if kind < 0.27:
        state.wait[b] = -20.0 * np.log(1.0 - np.random.random()) if np.random.random() < 0.4 else 0.0
        since[k], note[1] = i, b + 1
        return True
    c = tasks.near[b, np.random.randint(tasks.near.shape[1])] if kind < 0.9 else np.random.randint(len(state.place))
    to, j = state.crane[c], state.spot[c]
    if kind < 0.40 and k == to:
        low, high = min(i, j), max(i, j)
        since[k] = low
        for n in range((high - low + 1) // 2):
            one, other = state.order[k, low + n], state.order[k, high - n]
            state.order[k, low + n], state.order[k, high - n] = other, one
        return low < high
    if kind < 0.55:
        since[k], since[to] = i, j
        if k == to:
            since[k] = min(i, j)
        state.order[k, i], state.order[to, j] = c, b
        return b != c and tasks.lifts[b, to] and tasks.lifts[c, k]
    return _relocate(tasks, state, since, b, to, j + np.random.randint(2))


@numba.njit(cache=True)
def _relocate(tasks, state, since, b, to, j):
    """Take a box, or some that follow each other, out of a crane's order and put it into one."""
    k, i = state.crane[b], state.spot[b]
    many = 1 if np.random.random() < 0.7 else 2 + np.random.randint(3)
    many = min(many, state.load[k] - i)
    if k == to and i <= j <= i + many:
        return False
    since[k], since[to] = i, j
    if k == to:
        since[k] = min(i, j)
    for _ in range(many):
        b = state.order[k, i]
        if not tasks.lifts[b, to]:
            return False
        for n in range(i, state.load[k] - 1):
            state.order[k, n] = state.order[k, n + 1]
        state.load[k] -= 1
        if k == to and j > i:
            j -= 1
        for n in range(state.load[to], j, -1):
            state.order[to, n] = state.order[to, n - 1]
        state.order[to, j] = b
        state.load[to] += 1
        j += 1
        if k == to and j <= i:
            i += 1
    return True


@numba.njit(cache=True)
def _shift(tasks, state, since, note, train):
    """Let a train, or all trains of its group, begin elsewhere."""
    far = 30.0 * np.random.random() ** 2
    if np.random.random() < 0.5:
        far = -far
    whole, moved = np.random.random() < 0.3, False
    for i in range(len(state.at)):
        if i == train or (whole and tasks.group[i] == tasks.group[train]):
            x = min(max(state.at[i] + far, tasks.low[i]), tasks.high[i])
            moved = moved or x != state.at[i]
            state.at[i] = x
    for k in range(len(since)):
        since[k] = 0
    note[2] = 1
    return moved


@numba.njit(cache=True)
def _move(tasks, state, since, note, b):
    """Let a box, or all of its wagon, and what stands in a place of its train, not far, change places."""
    one, other, many = places_to_swap(tasks, state, b)
    for n in range(many):
        if note[0] + 2 > _MOST or not swap(tasks, state, one + n, other + n):
            return False
        for place in (other + n, one + n):
            box = state.box[place]
            if box >= 0:
                note[3 + note[0]] = box
                note[0] += 1
                k = state.crane[box]
                since[k] = min(since[k], state.spot[box])
    return note[0] > 0 and (many > 1 or (stand_together(tasks, state, other) and stand_together(tasks, state, one)))


@numba.njit(cache=True)
def places_to_swap(tasks, state, b):
    """Draw another place of a box's train, not far, or another wagon alike; return the first place of each, and how many: 0 if none."""
    p = state.place[b]
    far = 8 if np.random.random() < 0.7 else 40
    q = p + np.random.randint(-far, far + 1)
    if q < 0 or q >= len(state.box) or tasks.outbound[q] != tasks.outbound[p]:
        return p, p, 0
    if tasks.model[p] == tasks.model[q] and tasks.first[p] != tasks.first[q] and np.random.random() < 0.5:
        return tasks.first[p], tasks.first[q], tasks.last[p] - tasks.first[p]
    return p, q, 1


@numba.njit(cache=True)
def swap(tasks, state, p, q):
    """Let what stands in two places change them; return whether it may."""
    b, c = state.box[p], state.box[q]
    if p == q:
        return False
    if (b >= 0 and (tasks.fixed[b] or not tasks.may[b, q])) or (c >= 0 and (tasks.fixed[c] or not tasks.may[c, p])):
        return False
    state.box[p], state.box[q] = c, b
    if b >= 0:
        state.place[b] = q
    if c >= 0:
        state.place[c] = p
    return True


@numba.njit(cache=True)
def stand_together(tasks, state, p):
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
            if c < 0:
                continue
            table = tasks.table[q, r - first]
            if table == OVERLAP or tasks.bad[table, b, c]:
                return False
    return boxes <= 2
