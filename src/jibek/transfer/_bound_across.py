"""How far trolleys go across the yard at least, whichever tracks trains stand on.

Say that trains stand on some tracks. A box that is brought from y to y' makes trolleys that carry it go y' - y in all, directly or by
the yard. Let U be the sum of these where they are positive, D where they are negative. A crane's trolley goes up as far as it goes
down, but for where it begins with its first box and ends with its last one: at most R. So all trolleys together go at least 2 U - K R,
2 D - K R and U + D; and of that at least U - K R and D - K R without a box, since cranes that carry boxes up come down again.

Of trains too long to stand on a track side by side two stand there one after the other. If inbound trains a before a' share a
track, and outbound trains b before b' another one, not all boxes go straight: for one from a' to b, a' comes before b leaves; then b' comes
after a has left, and of the boxes from a to b' only those go straight that a crane each holds meanwhile. So of one of the four pairs
all boxes but K go by the yard, and are handled twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

from jibek.transfer._job import Job
from jibek.transfer._travel import tracks_of

_MOST = 3000
"""Ways to choose tracks from which on only the nearest ones are looked at."""

_CROWD = 3
"""How many trains are looked at that share a track."""

Ends = Mapping[str, tuple[float, float]]
"""Between which y each train stands."""


@dataclass(frozen=True)
class Least:
    """Time of trolleys across the yard: in all, with what is handled twice for it, and of that without a box."""

    both_s: float
    back_s: float


class Across:
    """Boxes by where they come from and where they may go.

    Parameters
    ----------
    job
        Its trains and tracks.
    ways
        Of each box its inbound train, and the outbound trains that may take it.
    """

    def __init__(self, job: Job, ways: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        self.job, self.ways = job, Counter(ways)
        self.inbound = sorted({train for train, _ in ways})
        self.outbound = sorted({train for _, goals in ways for train in goals})
        self.lane = [slot.y_m for slot in job.yard.values()]
        self.lengths = {train: job.length_m(train) for train in (*self.inbound, *self.outbound)}

    def least(self, cranes: int, left_over: int, handling_s: float, trolley_m_per_s: float) -> Least:
        """Return the least over all choices of tracks."""
        both = [
            self._both_m(ends, cranes, left_over) / trolley_m_per_s + handling_s * twice
            for ends, twice in self._choices(cranes + left_over)
        ]
        back = [self._back_m(ends, cranes, left_over) / trolley_m_per_s for ends, _ in self._choices(0)]
        return Least(min(both), min(back))

    def _choices(self, spared: int) -> Iterator[tuple[Ends, int]]:
        """Yield where trains stand across the yard, and how many boxes are handled twice at least, but for so many."""
        trains = [*self.inbound, *self.outbound]
        choices = [tracks_of(self.job, train) for train in trains]
        if prod(map(len, choices)) > _MOST:
            ys = {train: [track.y_m for track in tracks] for train, tracks in zip(trains, choices, strict=True)}
            yield {train: (min(some), max(some)) for train, some in ys.items()}, 0
            return
        for tracks in product(*choices):
            on = {train: track.id for train, track in zip(trains, tracks, strict=True)}
            ends = {train: (track.y_m, track.y_m) for train, track in zip(trains, tracks, strict=True)}
            yield ends, max(0, self._twice(on) - spared)

    def _twice(self, on: Mapping[str, str]) -> int:
        """Return how many boxes go by the yard at least since their trains do not meet."""
        return max(
            (
                min(self.ways[a, (b,)] for a in some for b in others)
                for some in self._crowds(self.inbound, on)
                for others in self._crowds(self.outbound, on)
            ),
            default=0,
        )

    def _crowds(self, trains: Sequence[str], on: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
        """Yield trains on the same track that is too short for all of them, so that two of them are there at different times."""
        for number in range(2, min(len(trains), _CROWD) + 1):
            for some in combinations(trains, number):
                track = self.job.tracks[on[some[0]]]
                room = track.to_m - track.from_m + 1e-3
                if len({on[train] for train in some}) == 1 and sum(self.lengths[train] for train in some) > room:
                    yield some

    def _rises_m(self, ends: Ends) -> tuple[list[float], list[float], list[float]]:
        """List how far each box goes at least: up for sure, down for sure, and whichever."""
        up, down, either = [], [], []
        for (train, goals), number in self.ways.items():
            low = min(ends[goal][0] for goal in goals) - ends[train][1]
            high = max(ends[goal][1] for goal in goals) - ends[train][0]
            up += [max(0.0, low)] * number
            down += [max(0.0, -high)] * number
            either += [self._nearest_m(ends, train, goals)] * number
        return up, down, either

    @staticmethod
    def _nearest_m(ends: Ends, train: str, goals: Sequence[str]) -> float:
        low, high = ends[train]
        return min(max(0.0, ends[goal][0] - high, low - ends[goal][1]) for goal in goals)

    def _ranges_m(self, ends: Ends) -> tuple[float, float]:
        """Return how much higher a crane may put its last box than it picked its first one, and how much lower."""
        pick = [y for train in self.inbound for y in ends[train]] + self.lane
        drop = [y for train in self.outbound for y in ends[train]] + self.lane
        return max(0.0, max(drop) - min(pick)), max(0.0, max(pick) - min(drop))

    def _back_m(self, ends: Ends, cranes: int, left_over: int) -> float:
        up, down, _ = self._rises_m(ends)
        higher, lower = self._ranges_m(ends)
        return max(0.0, _least(up, left_over) - cranes * higher, _least(down, left_over) - cranes * lower)

    def _both_m(self, ends: Ends, cranes: int, left_over: int) -> float:
        up, down, either = self._rises_m(ends)
        higher, lower = self._ranges_m(ends)
        return max(
            2 * _least(up, left_over) - cranes * higher,
            2 * _least(down, left_over) - cranes * lower,
            _least(either, left_over),
        )


def _least(rises: Sequence[float], left_over: int) -> float:
    """Add up all but the largest."""
    return sum(sorted(rises)[: max(0, len(rises) - left_over)])
