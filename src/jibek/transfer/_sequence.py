"""Moves made one after the other, each as early as its way is free: a sequence becomes times.

Used where a plan is carried on with after something has changed, and where it is tried with times that vary.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jibek.transfer import tables as t
from jibek.transfer._groups import groups, middles_m
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Carry, Point, Rails, Trip


class Task(NamedTuple):
    """A move to be made: the box, from where to where, the crane (from the left, from 0), and when it was to begin."""

    box: str
    from_place: str
    to_place: str
    crane: int
    planned_s: float


class StuckError(Exception):
    """A sequence cannot be done in its order; `box` is the one that cannot be moved."""

    def __init__(self, box: str, reason: str) -> None:
        self.box, self.reason = box, reason
        super().__init__(reason)


@dataclass(frozen=True)
class Done:
    """What has come of a sequence.

    Parameters
    ----------
    trips
        In order, each with its task; those without a box have none.
    from_s, until_s
        When trains stand.
    cost
        Weighted tardiness, turnaround, and the times at which cranes are done: the smaller the better, in this order.
    """

    trips: Sequence[tuple[Task | None, Trip]]
    from_s: dict[str, float]
    until_s: dict[str, float]
    cost: tuple[float, float, float]


class Shift:
    """A job with a plan: what has begun, what is still to be done, and where trains stand.

    Parameters
    ----------
    job
        Checked; `header.now`, `begun` and `outages` count.
    plan
        Its places of trains and boxes are kept.
    """

    def __init__(self, job: Job, plan: Plan) -> None:
        self.job = job
        self.now_s = job.seconds(job.header.now) if job.header.now else 0.0
        self.down = _down(job)
        self.cranes = {crane.id: k for k, crane in enumerate(Rails(tuple(job.cranes.values())).cranes)}
        self.arrival = {train.id: job.seconds(train.arrival) for train in job.trains.values()}
        self.released = {box.id: job.seconds(box.released) if box.released else 0.0 for box in job.boxes.values()}
        self.stays = {stay.train: stay for stay in plan.parking}
        here = ([train.id for train in trains if train.id in self.stays] for trains in groups(job).values())
        self.groups = [trains for trains in here if trains]
        self.before = self._before()
        self._middles = dict(middles_m(job))
        self._points: dict[str, Point] = {}
        since = self.now_s if job.header.now else -math.inf
        moves = sorted((move for move in plan.moves if move.begin_s >= since), key=lambda move: move.begin_s)
        self.tasks = [
            Task(move.box, move.from_place, move.to_place, self.cranes[move.crane], move.begin_s)
            for move in moves
            if move.box
        ]

    def _before(self) -> dict[str, list[tuple[str, float]]]:
        """Say which trains stand before each one on its stretch of track, and how long that must be clear between."""
        found: dict[str, list[tuple[str, float]]] = defaultdict(list)
        stays = sorted(self.stays.values(), key=lambda stay: stay.from_s)
        length = {train: self.job.length_m(train) for train in self.job.trains}
        for n, stay in enumerate(stays):
            for other in stays[:n]:
                low, high = sorted((stay, other), key=lambda one: one.offset_m)
                if other.track == stay.track and low.offset_m + length[low.train] > high.offset_m + 1e-6:
                    found[stay.train].append((other.train, self.job.tracks[stay.track].clear_s))
        return found

    def train(self, place: str) -> str:
        """Return the train of a place; empty for the yard."""
        return self.job.wagons[place.partition(":")[0]].train if ":" in place else ""

    def point(self, place: str) -> Point:
        """Return where a place is."""
        if place not in self._points:
            self._points[place] = self._point(place)
        return self._points[place]

    def _point(self, place: str) -> Point:
        name, colon, number = place.partition(":")
        if not colon:
            return self.job.yard[place].x_m, self.job.yard[place].y_m
        wagon = self.job.wagons[name]
        stay = self.stays[wagon.train]
        track, slot = self.job.tracks[stay.track], self.job.models[wagon.model].places[int(number) - 1]
        return track.from_m + stay.offset_m + self._middles[name] + slot.centre_m, track.y_m

    def run(self, tasks: Sequence[Task], *, hold: bool = False, longer: Sequence[float] | None = None) -> Done:
        """Make moves in the order given, each as early as can be.

        Parameters
        ----------
        tasks
            What is to be done.
        hold
            Whether no move begins before it was planned.
        longer
            By what the times to lift and to lower of each move are multiplied; none: they are as in the job.

        Raises
        ------
        StuckError
            If they cannot be made in this order.
        """
        return _Run(self, tasks).go(hold=hold, longer=longer)

    def moves(self, done: Done) -> list[t.Move]:
        """Write down what was done, after what had begun."""
        names = {k: name for name, k in self.cranes.items()}
        rows = [t.Move(**dict(move)) for move in self.job.begun]
        for task, trip in done.trips:
            row: dict[str, Any] = {"crane": names[trip.crane], "begin_s": trip.begin_s, "end_s": trip.end_s}
            if task is None:
                row |= {"x_m": trip.to[0]}
            else:
                row |= {"box": task.box, "from_place": task.from_place, "to_place": task.to_place}
                row |= {"pick_s": trip.pick_s, "drop_s": trip.drop_s}
            rows.append(t.Move(**row))
        return sorted(rows, key=lambda move: move.begin_s)

    def parking(self, done: Done) -> list[t.Parking]:
        """Say where trains stand, and when."""
        return [
            stay.model_copy(update={"from_s": done.from_s[train], "until_s": done.until_s[train]})
            for train, stay in self.stays.items()
        ]


def _down(job: Job) -> dict[str, list[tuple[float, float]]]:
    """Say when each crane begins nothing."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in job.outages:
        begin = job.seconds(one.begin) if one.begin else 0.0
        found[one.crane].append((begin, job.seconds(one.end) if one.end else math.inf))
    return found


class _Run:
    """A sequence while it is made: cranes, boxes, yard slots and trains as the moves leave them."""

    def __init__(self, shift: Shift, tasks: Sequence[Task]) -> None:
        self.shift, self.tasks = shift, tasks
        job = shift.job
        self.rails = Rails(tuple(job.cranes.values()), shift.down)
        self.place = {box.id: f"{box.wagon}:{box.slot}" for box in job.boxes.values()}
        self.since_s: dict[str, float] = defaultdict(float)
        self.stacks: dict[str, list[str]] = {slot: [] for slot in job.yard}
        self.busy_s: dict[str, float] = defaultdict(float)
        self.last_s: dict[str, float] = defaultdict(float)
        self.from_s = {train: stay.from_s for train, stay in shift.stays.items() if stay.from_s < shift.now_s}
        self.left = Counter(shift.train(place) for task in tasks for place in (task.from_place, task.to_place))
        self.trips: list[tuple[Task | None, Trip]] = []
        for move in sorted(job.begun, key=lambda one: one.begin_s):
            self._follow(move)
        self.rails.rest_until(shift.now_s)

    def _follow(self, move: t.Move) -> None:
        """Let a crane make a move that has begun."""
        crane = self.shift.cranes[move.crane]
        if move.box is None:
            self.rails.follow(crane, move, None, (move.x_m or 0.0, 0.0))
            return
        self.rails.follow(crane, move, self.shift.point(move.from_place), self.shift.point(move.to_place))
        lifted = (move.pick_s or 0.0) + self.rails.cranes[crane].pick_s
        self._carried(move.box, move.from_place, move.to_place, lifted, move.end_s)

    def _carried(self, box: str, origin: str, target: str, lifted_s: float, end_s: float) -> None:
        """Note where a box stands now, and how long places and trains were needed."""
        for place, time in ((origin, lifted_s), (target, end_s)):
            self.busy_s[place] = max(self.busy_s[place], time)
            train = self.shift.train(place)
            self.last_s[train] = max(self.last_s[train], time)
        if origin in self.stacks:
            self.stacks[origin].remove(box)
        if target in self.stacks:
            self.stacks[target].append(box)
        self.place[box], self.since_s[box] = target, end_s

    def go(self, *, hold: bool, longer: Sequence[float] | None) -> Done:
        for n, task in enumerate(self.tasks):
            carry = self._carry(task, longer[n] if longer else 1.0)
            trips = self.rails.plan(task.crane, carry, task.planned_s if hold else 0.0)
            if not trips:
                raise StuckError(task.box, f"crane {self.rails.cranes[task.crane].id} is down for good")
            self.rails.agree(trips)
            trip = trips[-1]
            self.trips += [*((None, aside) for aside in trips[:-1]), (task, trip)]
            lifted = trip.pick_s + self.rails.cranes[task.crane].pick_s * carry.longer
            self._carried(task.box, task.from_place, task.to_place, lifted, trip.end_s)
            self.left.subtract((self.shift.train(task.from_place), self.shift.train(task.to_place)))
        until = {train: self._until(train) for train in self.shift.stays}
        return Done(self.trips, self.from_s, until, self._cost(until))

    def _carry(self, task: Task, longer: float) -> Carry:
        """Say from where to where a box is carried, and when that can be at the earliest."""
        shift, box = self.shift, task.box
        if self.place[box] != task.from_place:
            raise StuckError(box, f"stands at {self.place[box]}, not at {task.from_place}")
        ready, there = self.since_s[box], 0.0
        inbound, outbound = shift.train(task.from_place), shift.train(task.to_place)
        if inbound:
            ready = max(ready, self._come(inbound, box))
        elif self.stacks[task.from_place][-1] != box:
            raise StuckError(box, f"stands under another box in {task.from_place}")
        else:
            ready = max(ready, self.busy_s[task.from_place])
        if outbound:
            ready, there = max(ready, shift.released[box]), self._come(outbound, box)
        elif len(self.stacks[task.to_place]) >= shift.job.yard[task.to_place].levels:
            raise StuckError(box, f"finds no room in {task.to_place}")
        else:
            there = self.busy_s[task.to_place]
        pick, drop = shift.point(task.from_place), shift.point(task.to_place)
        on_the_way = self.rails.cranes[task.crane].pick_s * longer + self.rails.travel_s(
            task.crane, pick, drop, loaded=True
        )
        return Carry(pick, drop, max(ready, there - on_the_way), there, longer)

    def _come(self, train: str, box: str) -> float:
        """Return when a train has come; the trains before it on its track must have been done with."""
        if train not in self.from_s:
            for other, _ in self.shift.before[train]:
                if self.left[other] > 0:
                    raise StuckError(box, f"train {train} waits for the track of {other}")
            self.from_s[train] = self._earliest(train)
        return self.from_s[train]

    def _earliest(self, train: str) -> float:
        clear = (self._until(other) + clear_s for other, clear_s in self.shift.before[train])
        return max([self.shift.arrival[train], *clear])

    def _until(self, train: str) -> float:
        """Return when a train that has been done with leaves."""
        if train not in self.from_s:
            self.from_s[train] = self._earliest(train)
        return max(self.from_s[train], self.last_s[train])

    def _cost(self, until_s: dict[str, float]) -> tuple[float, float, float]:
        shift, job = self.shift, self.shift.job
        late = (
            one.weight * max(0.0, until_s[one.train] - job.seconds(one.due))
            for one in job.departures.values()
            if one.train in until_s
        )
        turnaround = 0.0
        for here in shift.groups:
            turnaround += max(until_s[train] for train in here) - min(shift.arrival[train] for train in here)
        return round(sum(late), 6), round(turnaround, 6), sum(self.rails.free_s)
