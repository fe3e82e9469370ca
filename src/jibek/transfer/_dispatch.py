"""The dispatcher's rule at work: trains are called as tracks fall free, each crane takes the next box of its zone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jibek.transfer import tables as t
from jibek.transfer._groups import groups, positions_m
from jibek.transfer._job import Job
from jibek.transfer._rails import Carry, Point, Rails, Trip
from jibek.transfer._stands import Stands

_NEVER = math.inf


@dataclass(frozen=True)
class Goal:
    """The slot of an outbound wagon that a box is meant for."""

    wagon: str
    slot: int


@dataclass
class Done:
    """What has been planned.

    Parameters
    ----------
    moves, parking
        Rows of the plan.
    reasons
        Why boxes could not be brought to their goal.
    """

    moves: list[t.Move] = field(default_factory=list)
    parking: list[t.Parking] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass
class _Stack:
    """The boxes in a slot of the yard, the lowest first, and when the last move there is done."""

    slot: t.YardSlot
    boxes: list[str] = field(default_factory=list)
    free_s: float = 0.0


@dataclass(eq=False)
class _Task:
    """A box on its way: where it stands now (a yard stack, or None: its inbound wagon) and since when.

    `crane` is the one that would carry it to its goal, once that is known.
    """

    box: t.Box
    goal: Goal
    crane: int | None = None
    stack: _Stack | None = None
    since_s: float = 0.0


@dataclass(frozen=True)
class _Step:
    """A move that could be made: what, by which crane, where to (a stack, or None: the goal), when at the earliest."""

    task: _Task
    crane: int
    ready_s: float
    stack: _Stack | None


def dispatch(job: Job, goals: Mapping[str, Goal]) -> Done:
    """Bring boxes to their goals in the order given.

    Parameters
    ----------
    job
        Checked.
    goals
        Slots by box, in list order.
    """
    return _Dispatcher(job, goals).run()


class _Dispatcher:
    def __init__(self, job: Job, goals: Mapping[str, Goal]) -> None:
        self.job, self.done = job, Done()
        self.rails = Rails(tuple(job.cranes.values()))
        self.stands = Stands(job)
        self.waiting = list(groups(job).values())
        self.tasks = [_Task(job.boxes[box], goal) for box, goal in goals.items()]
        self.stacks = [_Stack(slot) for slot in job.yard.values()]
        self.left: dict[str, int] = defaultdict(int)
        for task in self.tasks:
            self.left[self._inbound(task)] += 1
            self.left[self._outbound(task)] += 1
        self.borders = self._borders()

    def _borders(self) -> list[float]:
        """Cut the stretch where boxes come to stand into equal zones, one a crane."""
        positions = positions_m(self.job)
        begin = min(track.from_m for track in self.job.tracks.values())
        low, high = (begin + edge((positions[task.box.id] for task in self.tasks), default=0.0) for edge in (min, max))
        cranes = len(self.rails.cranes)
        return [low + (high - low) * n / cranes for n in range(1, cranes)]

    def _inbound(self, task: _Task) -> str:
        return self.job.wagons[task.box.wagon].train

    def _outbound(self, task: _Task) -> str:
        return self.job.wagons[task.goal.wagon].train

    def run(self) -> Done:
        while True:
            while self.waiting and self.stands.call(self.waiting[0]):
                self._leave_if_done(self.waiting.pop(0))
            step = self._next()
            if step:
                self._make(step)
            elif not self._give_up():
                self.done.parking = self.stands.parking()
                return self.done

    def _give_up(self) -> bool:
        """When nothing moves any more, leave over what holds up the trains in the yard, or the trains that find no tracks."""
        stuck = [task for task in self.tasks if self.stands.here(self._inbound(task))]
        if stuck:
            reason = "no crane lifts it and reaches its slot, and the yard cannot take it or is full"
        elif self.waiting:
            group = {train.id for train in self.waiting.pop(0)}
            stuck = [task for task in self.tasks if group & {self._inbound(task), self._outbound(task)}]
            reason = "its trains find no tracks on which they can be worked together"
        else:
            return False
        for task in stuck:
            self.done.reasons[task.box.id] = reason
            self._finish(task, 0.0)
        return True

    def _next(self) -> _Step | None:
        """Choose the crane that can begin first, and of its zone the first box in list order that is ready by then."""
        best: dict[int, _Step] = {}
        for task in self.tasks:
            if task.crane in best and best[task.crane].ready_s <= self.rails.free_s[task.crane]:
                continue  # its crane has something to do at once that stands before it
            step = self._step(task)
            if step and (step.crane not in best or self._start(step) < self._start(best[step.crane])):
                best[step.crane] = step
        return min(best.values(), key=lambda step: (self._start(step), step.crane), default=None)

    def _start(self, step: _Step) -> float:
        return max(self.rails.free_s[step.crane], step.ready_s)

    def _step(self, task: _Task) -> _Step | None:
        """Say what could be done next with a box; None if nothing can."""
        here, ready = self._standing(task)
        if here is None:
            return None
        goal, called = self._goal(task)
        if task.crane is None and goal:
            task.crane = self._crane(task, here, goal)
        direct = task.crane
        released = self.job.seconds(task.box.released) if task.box.released else 0.0
        if direct is not None:
            at_goal = max(ready, called, released)
            arrives = max(self.rails.free_s[direct], ready, called)
            if task.stack is not None or released <= arrives:
                return _Step(task, direct, at_goal, None)
        if task.stack is None:
            stack, crane = self._yard(task, here, goal)
            if stack is not None:
                return _Step(task, crane, ready, stack)
        return _Step(task, direct, max(ready, called, released), None) if direct is not None else None

    def _standing(self, task: _Task) -> tuple[Point | None, float]:
        """Return where a box stands and from when it can be picked; None if it cannot be reached."""
        if task.stack is not None:
            top = task.stack.boxes[-1] == task.box.id
            slot = task.stack.slot
            return ((slot.x_m, slot.y_m) if top else None), max(task.since_s, task.stack.free_s)
        train = self._inbound(task)
        if not self.stands.here(train):
            return None, _NEVER
        return self.stands.point(task.box.wagon, task.box.slot), self.stands.from_s(train)

    def _goal(self, task: _Task) -> tuple[Point | None, float]:
        train = self._outbound(task)
        if not self.stands.here(train):
            return None, _NEVER
        return self.stands.point(task.goal.wagon, task.goal.slot), self.stands.from_s(train)

    def _crane(self, task: _Task, *points: Point) -> int | None:
        """Choose the crane of the zone of the first point, or the nearest to it that lifts the box and reaches all points."""
        zone = bisect_right(self.borders, points[0][0])
        strong = [k for k, crane in enumerate(self.rails.cranes) if crane.lift_t >= task.box.mass_t]
        by_distance = sorted(strong, key=lambda k: (abs(k - zone), k))
        xs = [x for x, _ in points]
        return next((k for k in by_distance if self.rails.reaches(k, *xs)), None)

    def _yard(self, task: _Task, here: Point, goal: Point | None) -> tuple[_Stack | None, int]:
        """Choose the nearest stack that may take a box, an empty one if there is one."""
        found: tuple[bool, float, _Stack, int] | None = None
        for stack in self.stacks:
            slot = stack.slot
            fits = slot.length_ft == task.box.size.length_ft and len(stack.boxes) < slot.levels
            if not fits or (task.box.reefer and not slot.power):
                continue
            key = (bool(stack.boxes), abs(slot.x_m - here[0]))
            if found is not None and key >= found[:2]:
                continue
            crane = self._crane(task, here, (slot.x_m, slot.y_m))
            if crane is not None and (goal is None or self._crane(task, (slot.x_m, slot.y_m), goal) is not None):
                found = (*key, stack, crane)
        return (found[2], found[3]) if found else (None, 0)

    def _make(self, step: _Step) -> None:
        """Plan a move, and those of the cranes that make way."""
        task, target = step.task, step.stack
        here, _ = self._standing(task)
        to = (target.slot.x_m, target.slot.y_m) if target else self._goal(task)[0]
        if here is None or to is None:
            raise AssertionError("a step that is not possible")
        trips = self.rails.plan(step.crane, Carry(here, to, step.ready_s, target.free_s if target else 0.0))
        self.rails.agree(trips)
        trip = trips[-1]
        self.done.moves += [self._aside(one) for one in trips[:-1]]
        self.done.moves.append(self._move(task, trip, target))
        lifted = trip.pick_s + self.rails.cranes[trip.crane].pick_s
        if task.stack is not None:
            task.stack.boxes.pop()
            task.stack.free_s = lifted
        else:
            self._count(self._inbound(task), lifted)
        task.stack, task.since_s, task.crane = target, trip.end_s, None
        if target is not None:
            target.boxes.append(task.box.id)
            target.free_s = trip.end_s
        else:
            self.tasks.remove(task)
            self._count(self._outbound(task), trip.end_s)

    def _aside(self, trip: Trip) -> t.Move:
        crane = self.rails.cranes[trip.crane].id
        return t.Move(crane=crane, x_m=trip.to[0], begin_s=trip.begin_s, end_s=trip.end_s)

    def _move(self, task: _Task, trip: Trip, target: _Stack | None) -> t.Move:
        box = task.box
        return t.Move(
            crane=self.rails.cranes[trip.crane].id,
            box=box.id,
            from_place=task.stack.slot.id if task.stack else f"{box.wagon}:{box.slot}",
            to_place=target.slot.id if target else f"{task.goal.wagon}:{task.goal.slot}",
            begin_s=trip.begin_s,
            pick_s=trip.pick_s,
            drop_s=trip.drop_s,
            end_s=trip.end_s,
        )

    def _finish(self, task: _Task, time_s: float) -> None:
        """Give a box up where it is."""
        self.tasks.remove(task)
        if task.stack is None:
            self._count(self._inbound(task), time_s)
        self._count(self._outbound(task), time_s)

    def _count(self, train: str, time_s: float) -> None:
        """Take a move off those a train waits for."""
        self.left[train] -= 1
        self.stands.touch(train, time_s)
        self._leave_if_done([self.job.trains[train]])

    def _leave_if_done(self, trains: Sequence[t.Train]) -> None:
        for train in trains:
            if not self.left[train.id] and self.stands.here(train.id):
                self.stands.leave(train.id)
