"""When boxes can be on their trains at the earliest, were there nothing else to do: several bounds, of which the largest counts.

| name | what |
| --- | --- |
| `work` | handling, carrying, and ways back across the yard, shared by all cranes |
| `count` | one crane makes whole moves, and at least its share of them |
| `reach` | the same for boxes that only some cranes can lift, by their mass and where they stand on rails that end |
| `window` | boxes nearer to each other than cranes may come are lifted one at a time |
| `release` | boxes that customs hold are lifted for their train after their release |
| `arrival` | boxes of late trains are handled after those have come |
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise, product

from jibek.transfer import tables as t
from jibek.transfer._bound_across import Across
from jibek.transfer._bound_links import least_with_links
from jibek.transfer._groups import middles_m
from jibek.transfer._job import Job
from jibek.transfer._matching import Matching
from jibek.transfer._travel import Yard, across_m, begins_m, least_travel, tracks_of

_LARGE = 40_000
"""Pairs of boxes and places from which on carrying along the yard is not bounded: that would take too long."""


class Boxes:
    """Boxes, all but so many of which must come to the trains that go to their destinations.

    Parameters
    ----------
    job
        Checked.
    boxes
        Each is served by a train.
    left_over
        How many of them need not be moved.
    quick
        Whether to do without linear programmes.
    """

    def __init__(self, job: Job, boxes: Sequence[t.Box], left_over: int, *, quick: bool = False) -> None:
        self.job, self.boxes, self.left_over, self.quick = job, boxes, left_over, quick
        self.number = max(0, len(boxes) - left_over)
        self.goals = {
            destination: tuple(one.train for one in job.departures.values() if destination in one.destinations)
            for destination in {box.destination for box in boxes}
        }
        self.inbound = list(dict.fromkeys(job.wagons[box.wagon].train for box in boxes))
        self.outbound = list(dict.fromkeys(train for goals in self.goals.values() for train in goals))
        self.cranes = sorted(job.cranes.values(), key=lambda crane: crane.x_m)
        self.handling_s = min(crane.pick_s + crane.drop_s for crane in self.cranes)
        self.trolley = max(crane.trolley_m_per_s for crane in self.cranes)

    def last_s(self) -> tuple[str, float]:
        """Return when the last box can be done with, and what that comes from."""
        ends = {
            "release": self.release_s,
            "arrival": self.arrival_s,
            "window": self.window_s,
            "reach": self.reach_s,
            "work": self.work_s,
        }
        if self.handling_s + 2 * self.across_s >= 4 * self.saved_s:
            ends["count"] = self.count_s
        name = max(ends, key=ends.__getitem__)
        return name, ends[name]

    @cached_property
    def ready_s(self) -> float:
        """When the first inbound train comes."""
        return min(self.job.seconds(self.job.trains[train].arrival) for train in self.inbound)

    @property
    def crane_s(self) -> float:
        """How long all cranes carry these boxes, from lifting to putting down; how they come back is left out."""
        return self.number * (self.handling_s + self.across_s) / len(self.cranes)

    @cached_property
    def across_s(self) -> float:
        """The least time across the yard from an inbound to an outbound train; cranes come back as far."""
        return min(across_m(self.job, a, b) / self.trolley for a, b in product(self.inbound, self.outbound))

    @cached_property
    def by_yard_s(self) -> float:
        """The least time across the yard from a slot of the yard to a train, or back."""
        tracks = [track for train in (*self.inbound, *self.outbound) for track in tracks_of(self.job, train)]
        ways = [abs(track.y_m - slot.y_m) for track in tracks for slot in self.job.yard.values()]
        return min([self.across_s, *(way / self.trolley for way in ways)])

    @cached_property
    def saved_s(self) -> float:
        """What a move to or from the yard may take less than a direct one and the way back."""
        return max(2 * (self.across_s - self.by_yard_s), self.across_s) if self.job.yard else 0.0

    @cached_property
    def free_s(self) -> list[float]:
        """When each crane may begin to lift: it comes across to a train, or to what another one has put into the yard."""
        ys = [track.y_m for train in self.inbound for track in tracks_of(self.job, train)]
        ways = [min(abs(crane.y_m - y) for y in ys) / self.trolley for crane in self.cranes]
        return [max(self.ready_s, min(way, self.ready_s + min(self.across_s, self.handling_s))) for way in ways]

    @property
    def work_s(self) -> float:
        """Cranes together need the handling of all boxes, carrying, and ways without a box.

        Each crane begins at its `free_s`, and time over all cranes is at most their number times the end. Carrying and ways without
        a box take at least what the trolley needs (`Across`), and at least what `_carried_s` says.
        """
        across = Across(
            self.job, [(self.job.wagons[box.wagon].train, self.goals[box.destination]) for box in self.boxes]
        )
        least = across.least(len(self.cranes), self.left_over, self.handling_s, self.trolley)
        ways = max(least.both_s, self._carried_s(least.back_s))
        return (sum(self.free_s) + self.number * self.handling_s + ways) / len(self.cranes)

    def _carried_s(self, back_s: float) -> float:
        """Return the least time of carrying and of ways without a box, whichever load plan; a box by the yard is carried as far in all.

        Where trains must stand, both are bounded together. Where they may stand anywhere, boxes could mostly be carried straight
        across, and branching over places of trains is left out then; ways without a box are those back across.
        """
        if self.quick:
            return 0.0
        matching = Matching(self.job, self.boxes, self.outbound)
        if matching.size > _LARGE:
            return 0.0
        yard = Yard(self.job, matching)
        least = matching.bound(yard.cost_s(yard.spans), self.left_over)
        if least <= 1.001 * self.number * self.across_s:
            return least + back_s
        if all(high <= low + 1e-6 for low, high in yard.spans):
            return max(least + back_s, least_with_links(matching, yard, self.number))
        return back_s + max(least, least_travel(yard, matching, self.left_over).least_s)

    @property
    def count_s(self) -> float:
        """Each crane makes whole moves, and one of them at least its share; boxes may be handed over in the yard.

        A crane with m moves needs m times handling, across and back, less the last way back. That up to two boxes a crane go by
        the yard, in two moves that each save `saved_s`, is allowed for; with more of them handling outweighs what they save.
        """
        move_s, saved_s = self.handling_s + 2 * self.across_s, self.saved_s
        most = 2 * len(self.cranes) if self.job.yard else 0
        least = -(-self.number // len(self.cranes))
        ends = sorted(
            {
                moves * move_s - halves * saved_s
                for moves in range(max(1, least - 3), least + most + 2)
                for halves in range(2 * most + 1)
            }
        )  # fmt: skip
        share = next(end for end in ends if self._enough(end, move_s, saved_s, most))
        return min(self.free_s) + share - self.across_s

    def _enough(self, end_s: float, move_s: float, saved_s: float, most: int) -> bool:
        """Whether cranes make all moves by a time, when up to so many boxes go by the yard, in two moves that each save time."""
        for extra in range(most + 1):
            moves = [math.floor((end_s + halves * saved_s) / move_s + 1e-9) for halves in range(2 * extra + 1)]
            reach = [0]
            for _ in self.cranes:
                reach = [
                    max(reach[h] + moves[n - h] for h in range(min(n, len(reach) - 1) + 1))
                    for n in range(2 * extra + 1)
                ]
            if reach[-1] >= self.number + extra:
                return True
        return False

    @property
    def arrival_s(self) -> float:
        """Boxes that a late train brings are handled after it has come; one for a late train is put down then."""
        arrival = {train: self.job.seconds(self.job.trains[train].arrival) for train in (*self.inbound, *self.outbound)}
        moves = self._tail([arrival[self.job.wagons[box.wagon].train] for box in self.boxes])
        goals = sorted(min(arrival[train] for train in self.goals[box.destination]) for box in self.boxes)
        return max(moves, goals[self.number - 1] + min(crane.drop_s for crane in self.cranes))

    @property
    def release_s(self) -> float:
        """A box that is held is lifted for its train after its release; it may have come into the yard before."""
        return self._tail([self.job.seconds(box.released) if box.released else 0.0 for box in self.boxes])

    def _tail(self, times: Sequence[float], cranes: int = 0) -> float:
        """Return when boxes of which each is lifted after a time, and brought from the yard at least, are done with.

        After each time there are so many boxes left; one of the cranes lifts at least its share of them.
        """
        ordered = sorted(times)[: max(0, len(times) - self.left_over)]
        ends = []
        for n, time in enumerate(ordered):
            rounds = math.ceil((len(ordered) - n) / (cranes or len(self.cranes)))
            ends.append(time + rounds * (self.handling_s + self.by_yard_s) + (rounds - 1) * self.by_yard_s)
        return max(ends, default=0.0)

    @property
    def reach_s(self) -> float:
        """Boxes that only some cranes can lift from their train, wherever it stands, are shared by those.

        A crane has the others beside it, so its rails end the sooner. Sets of cranes are stretches of neighbours and those that can
        lift a box.
        """
        spans = dict(self._stretches())
        low = [
            max(one.from_m + gap for one, gap in self._gaps(k) if one.x_m <= crane.x_m)
            for k, crane in enumerate(self.cranes)
        ]
        high = [
            min(one.to_m - gap for one, gap in self._gaps(k) if one.x_m >= crane.x_m)
            for k, crane in enumerate(self.cranes)
        ]
        can = [
            frozenset(
                k
                for k, crane in enumerate(self.cranes)
                if box.mass_t <= crane.lift_t
                and spans[box.id][0] <= high[k] + 1e-6
                and spans[box.id][1] >= low[k] - 1e-6
            )
            for box in self.boxes
        ]
        number = len(self.cranes)
        sets = {frozenset(range(i, j)) for i in range(number) for j in range(i + 1, number + 1)} | set(can)
        ends = [
            self._tail([self.ready_s for one in can if one <= some], len(some)) for some in sets if some
        ]  # fmt: skip
        return max(ends, default=0.0)

    def _gaps(self, k: int) -> Iterator[tuple[t.Crane, float]]:
        """Yield each crane and how far a crane stays away from it, by those between."""
        gaps = [max(one.safety_m, other.safety_m) for one, other in pairwise(self.cranes)]
        along = [0.0, *accumulate(gaps)]
        for crane, at in zip(self.cranes, along, strict=True):
            yield crane, abs(at - along[k])

    def _stretches(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """Yield between where each box stands on its inbound train, wherever that stands."""
        middles = dict(middles_m(self.job))
        for box in self.boxes:
            wagon = self.job.wagons[box.wagon]
            at = middles[wagon.id] + self.job.models[wagon.model].places[box.slot - 1].centre_m
            low, high = begins_m(self.job, wagon.train)
            yield box.id, (low + at, high + at)

    @property
    def window_s(self) -> float:
        """Boxes on a train, less apart than two cranes may come, are lifted one after the other.

        The last of them is carried to the yard at least. Trains whose places are given count together.
        """
        gaps = [max(one.safety_m, other.safety_m) for one, other in pairwise(self.cranes)]
        if not gaps:
            return 0.0
        stands: dict[str, list[float]] = defaultdict(list)
        spans = dict(self._stretches())
        for box in self.boxes:
            low, high = spans[box.id]
            train = self.job.wagons[box.wagon].train
            stands[train if high > low + 1e-6 else ""].append(low)
        pick_s, drop_s = (min(getattr(crane, name) for crane in self.cranes) for name in ("pick_s", "drop_s"))
        most = max(_crowd(sorted(xs), min(gaps)) for xs in stands.values()) - self.left_over
        return self.ready_s + most * pick_s + self.by_yard_s + drop_s if most > 0 else 0.0


def _crowd(xs: Sequence[float], width_m: float) -> int:
    """Return how many of some rising numbers lie within less than a width."""
    most = first = 0
    for n, x in enumerate(xs):
        while x - xs[first] >= width_m - 1e-6:
            first += 1
        most = max(most, n + 1 - first)
    return most
