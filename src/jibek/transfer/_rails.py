"""Cranes on their rails: trips that are agreed one after the other and never bring two cranes too near to each other."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from jibek.transfer import tables as t

Point = tuple[float, float]
"""Along and across the yard, m."""

Path = list[tuple[float, float]]
"""Times and positions along the yard between which a crane goes at constant speed; it stands before and after."""

_SLACK_M = 1e-9


@dataclass(frozen=True)
class Trip:
    """What a crane does, with times in s; without a box there is no pick and drop.

    Parameters
    ----------
    crane
        Its number from the left, from 0.
    to
        Where it ends.
    begin_s, pick_s, drop_s, end_s
        As in the table of moves.
    path
        Where it is along the yard.
    """

    crane: int
    to: Point
    begin_s: float
    end_s: float
    path: Path
    pick_s: float = 0.0
    drop_s: float = 0.0


@dataclass(frozen=True)
class Carry:
    """A box to be carried: where from, where to, when it may be picked and dropped at the earliest.

    `longer` multiplies the crane's times to lift and to lower.
    """

    pick: Point
    drop: Point
    pick_from_s: float
    drop_from_s: float = 0.0
    longer: float = 1.0


class Rails:
    """Cranes from left to right, what they have been told, and where that leaves them.

    Parameters
    ----------
    cranes
        In any order.
    down
        Times in which a crane begins nothing, by its id.
    """

    def __init__(
        self, cranes: Sequence[t.Crane], down: Mapping[str, Sequence[tuple[float, float]]] | None = None
    ) -> None:
        self.cranes = sorted(cranes, key=lambda crane: crane.x_m)
        self._down = [sorted((down or {}).get(crane.id, ())) for crane in self.cranes]
        pairs = zip(self.cranes, self.cranes[1:], strict=False)
        self.gaps_m = [max(left.safety_m, right.safety_m) for left, right in pairs]
        self.free_s = [0.0] * len(self.cranes)
        self.at: list[Point] = [(crane.x_m, crane.y_m) for crane in self.cranes]
        self._paths: list[Path] = [[(0.0, crane.x_m)] for crane in self.cranes]
        places = list(accumulate(self.gaps_m, initial=0.0))
        self._low = [
            max(c.from_m + places[k] - places[i] for i, c in enumerate(self.cranes[: k + 1]))
            for k in range(len(places))
        ]
        self._high = [
            min(c.to_m - places[k + i] + places[k] for i, c in enumerate(self.cranes[k:])) for k in range(len(places))
        ]

    def reach_m(self, crane: int) -> tuple[float, float]:
        """Return between where a crane can be, its neighbours pushed aside."""
        return self._low[crane], self._high[crane]

    def reaches(self, crane: int, *xs: float) -> bool:
        """Whether a crane can be at all these positions, its neighbours pushed aside."""
        return all(self._low[crane] - _SLACK_M <= x <= self._high[crane] + _SLACK_M for x in xs)

    def travel_s(self, crane: int, one: Point, other: Point, *, loaded: bool) -> float:
        """Return the time a crane takes between two points: gantry and trolley go together."""
        it = self.cranes[crane]
        speed = it.gantry_loaded_m_per_s if loaded else it.gantry_empty_m_per_s
        return max(abs(one[0] - other[0]) / speed, abs(one[1] - other[1]) / it.trolley_m_per_s)

    def plan(self, crane: int, carry: Carry, not_before_s: float = 0.0) -> list[Trip]:
        """Find the earliest trip that carries a box, and before it those of the cranes that must make way.

        The crane, and those that make way, must have nothing else to do before the trip begins. Nothing is agreed yet. There
        are no trips if the crane is down for good.
        """
        there = self.travel_s(crane, self.at[crane], carry.pick, loaded=False)
        soonest = self._working(crane, max(self.free_s[crane], carry.pick_from_s - there, not_before_s))
        if soonest == math.inf:
            return []
        others = [k for k in (crane - 1, crane + 1) if 0 <= k < len(self.cranes)]
        times = {time for k in others for time, _ in self._paths[k] if time > soonest}
        times |= {trip.end_s for trip in self._asides(crane, carry, from_s=0.0) if trip.end_s > soonest}
        for begin in sorted({soonest, *(self._working(crane, time) for time in times)} - {math.inf}):
            trips = self._attempt(crane, carry, begin)
            if trips:
                return trips
        rest = max(self.free_s)
        asides = self._asides(crane, carry, from_s=rest)
        begin = self._working(crane, max([soonest, rest, *(trip.end_s for trip in asides)]))
        return [*asides, self._trip(crane, carry, begin)] if begin < math.inf else []

    def _working(self, crane: int, time: float) -> float:
        """Return when a crane may begin something, from a time on; infinity: never."""
        for begin, end in self._down[crane]:
            if begin <= time < end:
                time = end
        return time

    def follow(self, crane: int, move: t.Move, pick: Point | None, drop: Point) -> None:
        """Agree on a move that is known; without a box there is no `pick`, and the trolley stays where it is."""
        here, begin = self.at[crane], move.begin_s
        if pick is None:
            there = begin + self.travel_s(crane, here, (drop[0], here[1]), loaded=False)
            self.agree([Trip(crane, (drop[0], here[1]), begin, move.end_s, [(begin, here[0]), (there, drop[0])])])
            return
        there = begin + self.travel_s(crane, here, pick, loaded=False)
        dropped = move.drop_s or 0.0
        leaves = dropped - self.travel_s(crane, pick, drop, loaded=True)
        path = [(begin, here[0]), (there, pick[0]), (leaves, pick[0]), (dropped, drop[0])]
        self.agree([Trip(crane, drop, begin, move.end_s, path, move.pick_s or 0.0, dropped)])

    def rest_until(self, time_s: float) -> None:
        """Let no crane begin anything before a time."""
        self.free_s = [max(free, time_s) for free in self.free_s]

    def agree(self, trips: Sequence[Trip]) -> None:
        """Agree on trips."""
        for trip in trips:
            self._paths[trip.crane] += trip.path
            self.free_s[trip.crane] = trip.end_s
            self.at[trip.crane] = trip.to
        oldest = min(self.free_s)
        for path in self._paths:
            del path[: max(0, bisect_right(path, (oldest, float("-inf"))) - 1)]

    def _attempt(self, crane: int, carry: Carry, begin: float) -> list[Trip]:
        """Return trips that keep all cranes apart when the crane begins at a time; none if they do not."""
        trips = [*self._asides(crane, carry, from_s=0.0), self._trip(crane, carry, begin)]
        since = min(trip.begin_s for trip in trips)
        paths = {trip.crane: self._paths[trip.crane] + trip.path for trip in trips}
        for k, gap in enumerate(self.gaps_m):
            if k not in paths and k + 1 not in paths:
                continue
            left, right = paths.get(k, self._paths[k]), paths.get(k + 1, self._paths[k + 1])
            if not _apart(left, right, gap, since):
                return []
        return trips

    def _trip(self, crane: int, carry: Carry, begin: float) -> Trip:
        it, here = self.cranes[crane], self.at[crane]
        pick = max(begin + self.travel_s(crane, here, carry.pick, loaded=False), carry.pick_from_s)
        loaded = self.travel_s(crane, carry.pick, carry.drop, loaded=True)
        drop = max(pick + it.pick_s * carry.longer + loaded, carry.drop_from_s)
        there = begin + self.travel_s(crane, here, carry.pick, loaded=False)
        path = [(begin, here[0]), (there, carry.pick[0]), (drop - loaded, carry.pick[0]), (drop, carry.drop[0])]
        return Trip(crane, carry.drop, begin, drop + it.drop_s * carry.longer, path, pick, drop)

    def _asides(self, crane: int, carry: Carry, *, from_s: float) -> list[Trip]:
        """Send away the cranes that stand where the trip leads, the outermost first."""
        xs = (self.at[crane][0], carry.pick[0], carry.drop[0])
        trips: list[Trip] = []
        for step, edge in ((1, max(xs)), (-1, min(xs))):
            chain: list[tuple[int, float]] = []
            k, limit = crane + step, edge
            while 0 <= k < len(self.cranes):
                limit += step * self.gaps_m[min(k, k - step)]
                if (self.at[k][0] - limit) * step >= -_SLACK_M:
                    break
                chain.append((k, limit))
                k += step
            after = from_s
            for k, x in reversed(chain):
                trips.append(self._aside(k, x, after))
                after = trips[-1].end_s
        return trips

    def _aside(self, crane: int, x: float, from_s: float) -> Trip:
        begin = max(self.free_s[crane], from_s)
        here, to = self.at[crane], (x, self.at[crane][1])
        end = begin + self.travel_s(crane, here, to, loaded=False)
        return Trip(crane, to, begin, end, [(begin, here[0]), (end, x)])


def _apart(left: Path, right: Path, gap: float, since: float) -> bool:
    """Whether two paths keep a distance from a time on: their difference is linear between the times of either, so these suffice."""
    times = {time for path in (left, right) for time, _ in path if time >= since}
    return all(_at(right, time) - _at(left, time) >= gap - _SLACK_M for time in times)


def _at(path: Path, time: float) -> float:
    """Return where a crane is at a time; of two positions at the same time the later."""
    n = bisect_right(path, (time, float("inf")))
    if n == 0:
        return path[0][1]
    if n == len(path):
        return path[-1][1]
    (before, x), (after, x2) = path[n - 1], path[n]
    return x + (x2 - x) * (time - before) / (after - before)
