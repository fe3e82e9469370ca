"""Cranes that sweep: tasks along a line shared by cranes that do not pass each other, all going the same way.

Cranes stand from left to right and keep a distance. Each goes up the line and does its tasks in the order in which they lie there. Where
two cranes would come too near, the right one goes first: it has left when the left one begins. So it is enough to say which crane
does what (Bierwirth and Meisel 2009), and every choice can be done. Annealing looks for a good one, up and, in a mirror, down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FIRST, _MOST = 20_000, 320_000
"""Changes of the first rounds of annealing, and of a round at most."""

_HOT, _WARM, _COLD = (0.3, 0.08), 0.04, 0.004
"""Temperatures, in mean tasks: of rounds from the start by turns, of one from the best so far, at the end of a round."""

_BUSY = 0.02
"""What a second costs that a crane is not done."""


class Line(NamedTuple):
    """Tasks by where they lie, cranes from left to right.

    A task begins at `begin`, ends at `end`, meanwhile its crane is between `low` and `high` (m), and takes `work` (s); `before`
    lists, by task, tasks that it must follow (-1: none). Cranes are at `x` (m) and begin at `ready` (s), go with `speed` (m/s) and
    need `turn` (s) between tasks at least; `apart` is how far each two stay apart (m).
    """

    begin: Floats
    end: Floats
    low: Floats
    high: Floats
    work: Floats
    before: Ints
    x: Floats
    ready: Floats
    apart: Floats
    speed: float
    turn: float

    def mirrored(self) -> tuple[Line, Ints]:
        """Return the same seen from the other side, positions with the other sign; and for each task there its number here.

        Tasks at the same position keep their order.
        """
        order = np.argsort(-self.end, kind="stable")
        number = np.argsort(order)
        before = np.where(self.before >= 0, number[self.before], -1)[order]
        return Line(
            -self.begin[order], -self.end[order], -self.high[order], -self.low[order], self.work[order], before,
            -self.x[::-1], self.ready[::-1].copy(), self.apart[::-1, ::-1].copy(), self.speed, self.turn,
        ), order  # fmt: skip


@dataclass(frozen=True)
class Sweep:
    """Who does what and when: crane and begin (s) of each task, and when all is done."""

    crane: Ints
    start: Floats
    seconds: float


def line(
    positions_m: Sequence[float], work_s: Sequence[float], before: Sequence[tuple[int, int]], cranes_m: Sequence[float],
    ready_s: Sequence[float], gaps_m: Sequence[float], speed_m_per_s: float,
) -> Line:  # fmt: skip
    """Make a line of tasks that are done where they lie.

    Parameters
    ----------
    positions_m, work_s
        Of tasks, in the order of positions.
    before
        Pairs of tasks at the same position, of which the first must be done before the second begins.
    cranes_m, ready_s
        Of cranes from left to right.
    gaps_m
        How far neighbours stay apart.
    speed_m_per_s
        Of cranes.
    """
    at = np.array(positions_m, dtype=np.float64)
    pairs = set(before)
    needed = [
        (first, after)
        for first, after in sorted(pairs)
        if not any((first, one) in pairs and (one, after) in pairs for one in range(first, after))
    ]
    follow = np.full((len(at), max([1, *Counter(after for _, after in needed).values()])), -1, dtype=np.int64)
    for first, after in needed:
        follow[after, int((follow[after] >= 0).sum())] = first
    along = np.concatenate([[0.0], np.cumsum(gaps_m)])
    return Line(
        at, at, at, at, np.array(work_s, dtype=np.float64), follow, np.array(cranes_m, dtype=np.float64),
        np.array(ready_s, dtype=np.float64), np.abs(along[:, None] - along[None, :]), speed_m_per_s, 0.0,
    )  # fmt: skip


def sweeps(line: Line, *, seed: int = 0) -> Iterator[Sweep]:
    """Look for sweeps: the best so far after each round of annealing, up and down by turns; for the same seed the same.

    Parameters
    ----------
    line
        Tasks in an order in which a crane that goes up can do them.
    seed
        Of the annealing.
    """
    mirror, order = line.mirrored()
    ways = (line, mirror)
    number_of = np.argsort(order)
    starts = [_even(way) for way in ways]
    bests = [start.copy() for start in starts]
    best: Sweep | None = None
    for number in count():
        down = number % 2
        way = ways[down]
        again = number % 4 >= 2
        crane = (bests if again else starts)[down].copy()
        changes = min(_MOST, _FIRST << (number // 2))
        mean = float(way.work.mean())
        anneal(
            way, crane, seed * 1000 + number, changes, mean * (_WARM if again else _HOT[number // 4 % 2]), mean * _COLD
        )
        start, seconds = timetable(way, crane)
        if seconds < timetable(way, bests[down])[1]:
            bests[down] = crane
        if best is None or seconds < best.seconds - 1e-9:
            last = len(way.x) - 1
            best = Sweep(last - crane[number_of], start[number_of], seconds) if down else Sweep(crane, start, seconds)
        yield best


def _even(line: Line) -> Ints:
    """Give each crane about as much to do, from left to right; what lies at the same place is done by the same."""
    middle = np.cumsum(line.work) - line.work / 2
    _, place = np.unique(line.end, return_inverse=True)
    share = np.bincount(place, middle)[place] / np.bincount(place)[place] / line.work.sum()
    crane: Ints = np.minimum(len(line.x) - 1, share * len(line.x)).astype(np.int64)
    return crane


def timetable(line: Line, crane: Ints) -> tuple[Floats, float]:
    """Return when each task begins at the earliest, and when all is done."""
    start, done = np.zeros(len(crane)), np.zeros(len(line.x))
    _run(line, crane, start, done, len(line.x) - 1, np.inf)
    return start, float(done.max())


@numba.njit(cache=True)
def _run(line, crane, start, done, top, limit):
    """Put down when tasks begin and cranes are done, from crane `top` to the left; stop when what it costs is above a limit."""
    tasks, cranes = len(crane), len(line.x)
    own, number = np.empty((cranes, tasks), dtype=np.int64), np.zeros(cranes, dtype=np.int64)
    left = np.zeros(cranes)
    for i in range(tasks):
        v = crane[i]
        own[v, number[v]] = i
        number[v] += 1
        left[v] += line.work[i]
    passed = np.empty(cranes, dtype=np.int64)
    cost = _BUSY * done[top + 1 :].sum()
    for v in range(top + 1):
        cost += _BUSY * left[v]
        if left[v] + cost > limit:
            return np.inf
    last = 0.0
    for v in range(top + 1, cranes):
        last = max(last, done[v])
    for v in range(top, -1, -1):
        passed[:] = 0
        time, x, turn = line.ready[v], line.x[v], 0.0
        cost -= _BUSY * left[v]
        for n in range(number[v]):
            i = own[v, n]
            begin = time + max(abs(line.begin[i] - x) / line.speed, turn)
            for w in range(v + 1, cranes):
                clear = line.high[i] + line.apart[v, w]
                while passed[w] < number[w] and line.low[own[w, passed[w]]] < clear - 1e-9:
                    passed[w] += 1
                if passed[w]:
                    j = own[w, passed[w] - 1]
                    begin = max(begin, start[j] + line.work[j] + max(0.0, clear - line.end[j]) / line.speed)
                else:
                    begin = max(begin, line.ready[w] + max(0.0, clear - line.x[w]) / line.speed)
            start[i] = begin
            time, x, turn = begin + line.work[i], line.end[i], line.turn
            left[v] -= line.work[i]
            if max(last, time + left[v]) + cost > limit:
                return np.inf
        done[v] = time
        last = max(last, time)
        cost += _BUSY * time
    return last + cost


@numba.njit(cache=True)
def anneal(line, crane, seed, changes, hot_s, cold_s):
    """Change so many times who does what, cooling down, and put down the best that was found.

    Worse choices are accepted by Metropolis' rule (Kirkpatrick, Gelatt, Vecchi 1983).
    """
    np.random.seed(seed)
    cranes = len(line.x)
    start, done = np.zeros(len(crane)), np.zeros(cranes)
    now = _run(line, crane, start, done, cranes - 1, np.inf)
    old, best, begun, ended = crane.copy(), crane.copy(), start.copy(), done.copy()
    least, tie = done.max(), now
    heat, cooling = hot_s, (cold_s / hot_s) ** (1 / changes)
    for _ in range(changes):
        heat *= cooling
        top = _change(line, crane)
        limit = now - heat * np.log(1.0 - np.random.random())
        then = np.inf
        if top >= 0 and _follows(line, crane):
            then = _run(line, crane, start, done, top, limit)
        if then <= limit:
            now = then
            old[:], begun[:], ended[:] = crane, start, done
            last = done.max()
            if last < least - 1e-9 or (last <= least + 1e-9 and then < tie):
                least, tie = last, then
                best[:] = crane
        else:
            crane[:], start[:], done[:] = old, begun, ended
    crane[:] = best


@numba.njit(cache=True)
def _follows(line, crane):
    """Whether each task is done by the crane of the task it must follow, or by one to the left of it, which comes later."""
    for i in range(len(crane)):
        for first in line.before[i]:
            if first >= 0 and crane[first] < crane[i]:
                return False
    return True


@numba.njit(cache=True)
def _change(line, crane):
    """Give a task, or some neighbours, to another crane, or let two near tasks change cranes; return the rightmost crane concerned."""
    tasks, cranes = len(crane), len(line.x)
    i = np.random.randint(tasks)
    kind = np.random.random()
    if kind < 0.35:
        j = min(tasks - 1, max(0, i + np.random.randint(-12, 13)))
        crane[i], crane[j] = crane[j], crane[i]
        return max(crane[i], crane[j]) if crane[i] != crane[j] else -1
    was = crane[i]
    v = was + (1 if np.random.random() < 0.5 else -1) if kind < 0.9 else np.random.randint(cranes)
    if v == was or not 0 <= v < cranes:
        return -1
    first = last = i
    many = np.random.random()
    if many < 0.15:
        last = min(tasks - 1, i + np.random.randint(1, 5))
    elif many < 0.6:
        while v > was and first > 0 and line.end[first - 1] == line.end[i] and crane[first - 1] < v:
            first -= 1
        while v < was and last < tasks - 1 and line.end[last + 1] == line.end[i] and crane[last + 1] > v:
            last += 1
    top = v
    for j in range(first, last + 1):
        top = max(top, crane[j])
        crane[j] = v
    return top
