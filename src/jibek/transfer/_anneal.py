"""Simulated annealing over who carries what, when and where to, and where trains stand: compiled, the same for the same seed.

A state says which boxes each crane carries in what order, how long it waits before each, the place of each box, and where each
train begins. Cranes run as they are told, without heed to each other; what cannot be counts as a lack, in metres times seconds:
two cranes too near, a crane out of its reach, a train that stays on a track after the next one is to come. It costs, and only
states without it are plans. A change runs anew only the cranes that it concerns, from where it concerns them.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LACK_S = 0.3
"""What a lack of a metre for a second costs."""

_OUT_OF_REACH, _STAYS = 2000.0, 20.0
"""How much lack is a box out of reach of its crane, and a second that a train stays too long."""

OVERLAP = -2
"""In the table of pairs of places: they cannot be used together."""

_TARDY, _BUSY = 20.0, 0.03
"""What a second of weighted tardiness costs, and a second that a crane is not done."""

_NEVER = 1e12

LEAVE, THERE, LIFT, DROP, END, PICK, PX, QX = range(8)
"""Columns of a course: a crane leaves, is over the box, leaves with it, is over the place, is free; picks; and where."""

_MOST = 12
"""How many boxes may change their place at once."""


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
    group: Ints
    due: Floats
    weight: Floats

    cranes: Floats
    gaps: Floats
    begin: Floats


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
        return State(*(np.copy(array) for array in self))  # type: ignore[arg-type]

    def take(self, other: State) -> None:
        """Become the same as another one."""
        for mine, its in zip(self, other, strict=True):
            mine[:] = its


class Course(NamedTuple):
    """What cranes do, box by box, the lack of each two neighbours, and until when trains are needed."""

    moves: Floats
    lack: Floats
    until: Floats

    def copy(self) -> Course:
        """Return another one that is the same."""
        return Course(*(array.copy() for array in self))


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
        moves[n, column] = _NEVER
    moves[n, PX], moves[n, QX] = x, x


@numba.njit(cache=True)
def _cost(tasks, state, course):
    """Return what a state costs, and what it lacks, besides what cranes lack of each other."""
    cost = lack = 0.0
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
            cost += _BUSY * course.moves[k, state.load[k] - 1, END]
    for g in range(len(tasks.begin)):
        last = tasks.begin[g]
        for i in range(len(until)):
            if tasks.group[i] == g:
                last = max(last, until[i])
        cost += last - tasks.begin[g]
    for i in range(len(until)):
        cost += _TARDY * tasks.weight[i] * max(0.0, until[i] - tasks.due[i])
        lack += _STAYS * max(0.0, until[i] - tasks.gone[i])
    return cost, lack


@numba.njit(cache=True)
def _near(tasks, moves, k):
    """Integrate what lacks between a crane and its right neighbour, move by move where they may come near."""
    gap, total, time = tasks.gaps[k], 0.0, 0.0
    i = j = 0
    x, z = tasks.cranes[k, 0], tasks.cranes[k + 1, 0]
    while True:
        one, other = moves[k, i], moves[k + 1, j]
        end = min(one[END], other[END])
        if end >= _NEVER:
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
def anneal(tasks, state, course, best, seed, changes, hot_s, cold_s):
    """Change the state so many times, cooling down; put the best one that lacks nothing into `best`; return its cost.

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
    now, least, heat, cooling = _NEVER, np.inf, hot_s, (cold_s / hot_s) ** (1 / changes)
    for n in range(changes + 1):
        heat *= cooling
        for k in range(cranes):
            since[k] = _far(state) if n else 0
        note[0] = note[1] = note[2] = 0
        fine = not n or _change(tasks, state, since, note)
        if fine:
            limit = now - heat * np.log(1.0 - np.random.random())
            then, cost, lack = _try(tasks, state, course, since, limit)
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
def run(tasks, state, course):
    """Let all cranes do what they are told; return what counts, the cost, and the lack."""
    return _try(tasks, state, course, np.zeros(len(state.load), dtype=np.int64), _NEVER)


@numba.njit(cache=True)
def _far(state):
    return state.order.shape[1] + 1


@numba.njit(cache=True)
def _try(tasks, state, course, since, limit):
    """Run the cranes that a change concerns; return what counts, the cost, and the lack, which is not looked for above a limit."""
    cranes, far = len(since), _far(state)
    for k in range(cranes):
        if since[k] < far:
            _run(tasks, state, course, k, since[k])
    cost, lack = _cost(tasks, state, course)
    for k in range(cranes - 1):
        if cost + LACK_S * lack > limit:
            break
        if since[k] < far or since[k + 1] < far:
            course.lack[k] = _near(tasks, course.moves, k)
        lack += course.lack[k]
    return cost + LACK_S * lack, cost, lack


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
    p = state.place[b]
    far = 8 if np.random.random() < 0.7 else 40
    q = p + np.random.randint(-far, far + 1)
    if q < 0 or q >= len(state.box) or tasks.outbound[q] != tasks.outbound[p]:
        return False
    one, other, many = p, q, 1
    if tasks.model[p] == tasks.model[q] and tasks.first[p] != tasks.first[q] and np.random.random() < 0.5:
        one, other, many = tasks.first[p], tasks.first[q], tasks.last[p] - tasks.first[p]
    for n in range(many):
        if not _exchange(tasks, state, since, note, one + n, other + n):
            return False
    return note[0] > 0 and (many > 1 or (_stands(tasks, state, q) and _stands(tasks, state, p)))


@numba.njit(cache=True)
def _exchange(tasks, state, since, note, p, q):
    b, c = state.box[p], state.box[q]
    if p == q or note[0] + 2 > _MOST:
        return False
    if (b >= 0 and (tasks.fixed[b] or not tasks.may[b, q])) or (c >= 0 and (tasks.fixed[c] or not tasks.may[c, p])):
        return False
    state.box[p], state.box[q] = c, b
    for box, place in ((b, q), (c, p)):
        if box >= 0:
            state.place[box] = place
            note[3 + note[0]] = box
            note[0] += 1
            k = state.crane[box]
            since[k] = min(since[k], state.spot[box])
    return True


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
            if c < 0:
                continue
            table = tasks.table[q, r - first]
            if table == OVERLAP or tasks.bad[table, b, c]:
                return False
    return boxes <= 2
