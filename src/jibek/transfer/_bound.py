"""What no plan can be better than, computed from the job alone.

For each group of trains: boxes are handled, carried and cranes come back, shared by the cranes (`work`); boxes are many and cranes
carry whole ones (`count`); trains come late (`arrival`); customs hold boxes (`release`). The largest of them counts; groups add up.
The bounds hold for every load plan, every way to park and any use of the yard.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from jibek.transfer import tables as t
from jibek.transfer._groups import groups
from jibek.transfer._job import Job
from jibek.transfer._matching import Matching
from jibek.transfer._travel import Travel, Yard, across_m, least_travel, tracks_of


@dataclass(frozen=True)
class Bound:
    """A turnaround that no plan is below, what it comes from, and where trains begin when boxes are carried least.

    Places of a group of trains are relative to each other.
    """

    name: str
    seconds: float
    begins_m: Mapping[str, float] = field(default_factory=dict)


def bound(job: Job, left_over: int = 0) -> Bound:
    """Bound the turnaround of every plan that leaves so many boxes over, or fewer.

    Parameters
    ----------
    job
        Checked.
    left_over
        Number of boxes.

    Examples
    --------
    >>> from jibek.transfer import check_plan, generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> bound(job).seconds <= check_plan(job, plan_by_rule(job)).value.turnaround_s
    True
    """
    best = [_Group(job, trains, left_over).best() for trains in groups(job).values()]
    names = dict.fromkeys(one.name for one in best if one.seconds)
    begins = {train: x for one in best for train, x in one.begins_m.items()}
    return Bound(" + ".join(names) or "none", sum(one.seconds for one in best), begins)


class _Group:
    """Trains worked together, and those of their boxes that stay within the group."""

    def __init__(self, job: Job, trains: Sequence[t.Train], left_over: int) -> None:
        self.job, self.left_over = job, left_over
        ids = {train.id for train in trains}
        self.outbound = [train.id for train in trains if train.role == "outbound"]
        serving = {destination: set[str]() for one in job.departures.values() for destination in one.destinations}
        for departure in job.departures.values():
            for destination in departure.destinations:
                serving[destination].add(departure.train)
        self.boxes = [
            box
            for box in job.boxes.values()
            if job.wagons[box.wagon].train in ids and serving.get(box.destination) and serving[box.destination] <= ids
        ]
        self.number = max(0, len(self.boxes) - left_over)
        self.inbound = list(dict.fromkeys(job.wagons[box.wagon].train for box in self.boxes))
        cranes = job.cranes.values()
        self.cranes = len(cranes)
        self.handling_s = min(crane.pick_s + crane.drop_s for crane in cranes)
        self.trolley = max(crane.trolley_m_per_s for crane in cranes)
        self.begin_s = self._begin_s(trains)

    def best(self) -> Bound:
        """Return the largest bound of the group's turnaround."""
        if not self.number:
            return Bound("none", 0.0)
        ends = {"release": self.release_s, "arrival": self.arrival_s}
        begins: Mapping[str, float] = {}
        if self.handling_s + 2 * self.across_s >= 4 * self.saved_s:
            travel = self._travel()
            ends |= {"count": self.count_s, "work": self._work_s(travel.least_s)}
            begins = travel.begins_m
        most = max(ends, key=ends.__getitem__)
        return Bound(most, max(0.0, ends[most] - self.begin_s), begins)

    def _begin_s(self, trains: Sequence[t.Train]) -> float:
        """Return the first arrival, of trains that stand in every plan if boxes are not left over."""
        sure = [train for train in trains if train.id in self.inbound and not self.left_over] or trains
        return (max if self.left_over else min)((self.job.seconds(train.arrival) for train in sure), default=0.0)

    @cached_property
    def across_s(self) -> float:
        """The least time across the yard from an inbound to an outbound train; cranes come back as far."""
        pairs = product(self.inbound, self.outbound)
        return min((across_m(self.job, a, b) / self.trolley for a, b in pairs), default=0.0)

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
        """When each crane may begin to lift: it comes across from where it stands, but not later than it would come back."""
        ready = min(self.job.seconds(self.job.trains[train].arrival) for train in self.inbound)
        ys = [track.y_m for train in self.inbound for track in tracks_of(self.job, train)]
        ways = [min(abs(crane.y_m - y) for y in ys) / self.trolley for crane in self.job.cranes.values()]
        return [max(ready, min(way, ready + self.across_s)) for way in ways]

    def _travel(self) -> Travel:
        matching = Matching(self.job, self.boxes, self.outbound)
        return least_travel(Yard(self.job, matching), matching, self.left_over)

    def _work_s(self, carried_s: float) -> float:
        """Handling, the least carrying of a load plan, and the ways back, shared by all cranes."""
        back = max(0, self.number - self.cranes) * self.across_s
        return (sum(self.free_s) + self.number * self.handling_s + carried_s + back) / self.cranes

    @property
    def count_s(self) -> float:
        """The same without carrying along the yard, but each crane makes whole moves; boxes may be handed over in the yard."""
        move_s, saved_s = self.handling_s + 2 * self.across_s, self.saved_s
        most = 2 * self.cranes if self.job.yard else 0
        ends = sorted(
            {
                moves * move_s - halves * saved_s
                for moves in range(1, self.number + 2)
                for halves in range(2 * most + 1)
            }
        )  # fmt: skip
        share = next(end for end in ends if self._enough(end, move_s, saved_s, most))
        return min(self.free_s) + share - self.across_s

    def _enough(self, end_s: float, move_s: float, saved_s: float, most: int) -> bool:
        """Whether cranes make all moves by a time, when up to so many boxes go by the yard, in two moves that each save time."""
        for extra in range(most + 1):
            reach = [0]
            for _ in range(self.cranes):
                moves = [math.floor((end_s + halves * saved_s) / move_s + 1e-9) for halves in range(2 * extra + 1)]
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
        drop_s = min(crane.drop_s for crane in self.job.cranes.values())
        moves = self._tail(
            [self.job.seconds(self.job.trains[self.job.wagons[b.wagon].train].arrival) for b in self.boxes]
        )
        goals = sorted(min(self._arrivals(box)) for box in self.boxes)
        return max(moves, goals[self.number - 1] + drop_s)

    def _arrivals(self, box: t.Box) -> Iterator[float]:
        for departure in self.job.departures.values():
            if box.destination in departure.destinations:
                yield self.job.seconds(self.job.trains[departure.train].arrival)

    @property
    def release_s(self) -> float:
        """A box that is held is lifted for its train after its release; it may have come into the yard before."""
        return self._tail([self.job.seconds(box.released) if box.released else 0.0 for box in self.boxes])

    def _tail(self, times: Sequence[float]) -> float:
        """Return when boxes of which each is lifted after a time, and brought from the yard at least, are done with."""
        ordered = sorted(times)[: self.number]
        ends = []
        for n, time in enumerate(ordered):
            rounds = math.ceil((self.number - n) / self.cranes)
            ends.append(time + rounds * (self.handling_s + self.by_yard_s) + (rounds - 1) * self.by_yard_s)
        return max(ends, default=0.0)
