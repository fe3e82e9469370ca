"""Planning the rest of a shift anew: what has begun stays, what is due soon is kept, the rest may change."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jibek.tables import Row
from jibek.transfer import tables as t
from jibek.transfer._check_plan import check_plan
from jibek.transfer._course import BUSY, TARDY
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Rails
from jibek.transfer._sequence import Done, Shift, StuckError, Task
from jibek.transfer._verdict import Value

What = tuple[str, str, str]
"""A box, and the places from where and to where it is moved."""

SOON_S = 900.0
"""How long before it begins a move is not taken from its crane, nor from its turn."""

_TAKEN = 20.0
"""What it costs, while a sequence is changed, that a move due soon is taken from its crane or turn."""

_ROUNDS, _MEMORY = 20, 20
"""Changes tried between two looks at the best; how many changes ago a sequence may have been as bad as a new one."""


@dataclass(frozen=True)
class Kept:
    """What is kept of the moves with a box that had begun or were due soon.

    Parameters
    ----------
    begun, due
        How many had begun, and how many were due within `SOON_S`.
    kept
        How many of both the new plan has by the same crane, from the same place to the same place, in the same order.
    barred
        How many of those due cannot be kept: the crane is down at that time, or a train is not there.
    kept_possible
        How many are kept of those that are not barred.
    """

    begun: int
    due: int
    kept: int
    barred: int
    kept_possible: int

    @property
    def share(self) -> float:
        """Share kept of all that had begun or were due."""
        return self.kept / (self.begun + self.due) if self.begun + self.due else 1.0

    @property
    def share_of_possible(self) -> float:
        """Share kept of those that are not barred."""
        possible = self.begun + self.due - self.barred
        return self.kept_possible / possible if possible else 1.0

    def document(self) -> dict[str, Any]:
        """Return the figures for a JSON document."""
        figures = asdict(self)
        return figures | {"kept_share": self.share, "kept_share_of_possible": self.share_of_possible}


@dataclass(frozen=True)
class Replanned:
    """A plan for the whole shift, what it is worth, and what it keeps."""

    plan: Plan
    value: Value
    kept: Kept


def replan(job: Job, plan: Plan, *, seed: int = 0) -> Iterator[Replanned]:
    """Plan the rest of a shift, better and better: first as it was, only later, then the best so far after each round.

    Boxes keep their slots and trains their tracks. Moves that are due within 15 minutes keep their crane and their turn,
    unless it is down or a train is not there. It ends when nothing is left to be changed; else whoever asks stops it.

    Parameters
    ----------
    job
        As it stands, made by `under_way`.
    plan
        What was planned.
    seed
        The same seed finds the same plans in the same order.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from jibek.transfer import generate, plan_by_rule, under_way
    >>> from jibek.transfer.tables import Outage
    >>> job = generate("pair", 20, seed=1)
    >>> old = plan_by_rule(job)
    >>> now = job.header.start + timedelta(minutes=5)
    >>> broken = under_way(job, old, now, outages=[Outage(crane="C2", begin=now)])
    >>> new = next(replan(broken, old))
    >>> new.value.left_over, new.kept.share_of_possible
    (0, 1.0)
    """
    shift = Shift(job, plan)
    rest = _Rest(shift)
    rng = random.Random(f"replan {seed}")  # noqa: S311
    best = None
    while True:
        if best is not rest.done:
            best = rest.done
            new = _plan(shift, plan, rest)
            found = Replanned(new, check_plan(job, new).value, _kept(shift, plan, new, rest.barred))
        yield found
        if rest.settled:
            return
        for _ in range(_ROUNDS):
            rest.change(rng)


def _plan(shift: Shift, plan: Plan, rest: _Rest) -> Plan:
    job = shift.job
    loads = [load for load in plan.loads if load.box not in rest.reasons]
    reasons = {one.box: one.reason for one in plan.leftover} | rest.reasons
    leftover = [t.Leftover(box=box, reason=reasons[box]) for box in job.boxes if box in reasons]
    header = t.PlanHeader(id=plan.header.id, schema_version=1, job=job.header.id, method="replan")
    rows: dict[str, Sequence[Row]] = {
        "loads": loads,
        "moves": shift.moves(rest.done),
        "parking": shift.parking(rest.done),
        "leftover": leftover,
    }
    return Plan.of(header, rows)


def _kept(shift: Shift, plan: Plan, new: Plan, barred: Collection[What]) -> Kept:
    """Count the moves that are kept: crane by crane, the most that both plans have in the same order."""
    soon = sorted(
        (move for move in plan.moves if move.box and move.begin_s < shift.now_s + SOON_S), key=lambda move: move.begin_s
    )
    begun = sum(move.begin_s < shift.now_s for move in soon)
    possible = [move for move in soon if _what(move) not in barred]
    both = [sum(_in_order(moves, new, crane) for crane in shift.cranes) for moves in (soon, possible)]
    return Kept(begun, len(soon) - begun, both[0], len(soon) - len(possible), both[1])


def _in_order(moves: Sequence[t.Move], new: Plan, crane: str) -> int:
    """Count the most moves of a crane that a new plan has in the same order."""
    places = {_what(move): n for n, move in enumerate(new.moves) if move.crane == crane}
    return _longest_rising([places[_what(move)] for move in moves if move.crane == crane and _what(move) in places])


def _what(move: t.Move | Task) -> What:
    return move.box or "", move.from_place, move.to_place


def _longest_rising(numbers: Sequence[int]) -> int:
    """Return the length of the longest rising subsequence."""
    ends: list[int] = []
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


class _Rest:
    """The rest of a shift: a sequence that is changed for the better.

    Boxes that cannot be moved any more are left over, each with its reason.
    """

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        self.rails = Rails(tuple(shift.job.cranes.values()), shift.down)
        self.reasons: dict[str, str] = {}
        soon = [task for task in shift.tasks if task.planned_s < shift.now_s + SOON_S]
        self.soon = [[_what(task) for task in soon if task.crane == k] for k in range(len(self.rails.cranes))]
        self.bound = frozenset(task for task in soon if self._possible(task))
        self.barred = {_what(task) for task in soon if task not in self.bound}
        self.tasks = [task if self._works(task) else self._given(task) for task in shift.tasks]
        self.done, self.hold = self._first()
        self.least = self._cost(self.done, self.tasks)
        self.before = deque([self.least] * _MEMORY, maxlen=_MEMORY)

    @property
    def settled(self) -> bool:
        """Whether all moves that are left are bound."""
        return all(task in self.bound for task in self.tasks)

    def _cost(self, done: Done, tasks: Sequence[Task]) -> float:
        """Weigh a sequence: what has come of it, and the moves due soon that their cranes do not make in their turn."""
        tardiness_s, turnaround_s, cranes_done_s = done.cost
        turns = {_what(task): (task.crane, n) for n, task in enumerate(tasks)}
        kept = 0
        for k, moves in enumerate(self.soon):
            kept += _longest_rising([turns[what][1] for what in moves if what in turns and turns[what][0] == k])
        taken = sum(map(len, self.soon)) - kept
        return TARDY * tardiness_s + turnaround_s + BUSY * cranes_done_s + _TAKEN * taken

    def _possible(self, task: Task) -> bool:
        """Whether a move could be made when it was planned: its crane works, its trains have come."""
        return self._works(task) and self._ready_s(task) <= task.planned_s

    def _works(self, task: Task) -> bool:
        down = self.shift.down.get(self.rails.cranes[task.crane].id, ())
        return not any(begin <= task.planned_s < end for begin, end in down)

    def _ready_s(self, task: Task) -> float:
        """Return when a move was planned, or its trains come, if that is later than they were to be needed."""
        trains = filter(None, map(self.shift.train, (task.from_place, task.to_place)))
        return max([task.planned_s, *(self.shift.arrival[train] for train in trains)])

    def _able(self, task: Task, crane: int) -> bool:
        """Whether a crane lifts a box and reaches both places."""
        strong = self.rails.cranes[crane].lift_t >= self.shift.job.boxes[task.box].mass_t
        xs = (self.shift.point(place)[0] for place in (task.from_place, task.to_place))
        return strong and self.rails.reaches(crane, *xs)

    def _given(self, task: Task) -> Task:
        """Give a move to the nearest crane that works and is able; it stays where it is if there is none."""
        others = sorted(range(len(self.rails.cranes)), key=lambda k: (abs(k - task.crane), k))
        free = (task._replace(crane=k) for k in others if self._able(task, k))
        return next((one for one in free if self._works(one)), task)

    def _shared_out(self) -> list[Task]:
        """Share out what is not bound along the yard, so that cranes that work have as many moves each."""
        at_s = self.shift.now_s
        cranes = [k for k in range(len(self.rails.cranes)) if self._works(Task("", "", "", k, at_s))]
        held = Counter(task.crane for task in self.tasks if task in self.bound)
        free = [task for task in self.tasks if task not in self.bound]
        room = {k: len(self.tasks) / len(cranes) - held[k] for k in cranes}
        given: dict[Task, Task] = {}
        for task in sorted(free, key=lambda one: self.shift.point(one.from_place)[0]):
            able = [k for k in cranes if self._able(task, k)]
            k = next((k for k in able if room[k] > 0), able[-1] if able else task.crane)
            room[k] = room.get(k, 0.0) - 1
            given[task] = task._replace(crane=k)
        return [given.get(task, task) for task in self.tasks]

    def _first(self) -> tuple[Done, bool]:
        """Find a sequence: cranes that are down waited for, or their moves given to others; late trains waited for or put off."""
        self._leave_over()
        found: list[tuple[Done, bool, list[Task]]] = []
        waited = [task for task in self.shift.tasks if task.box not in self.reasons]
        for given in (waited, self.tasks, self._shared_out()):
            for tasks in (given, sorted(given, key=self._ready_s)):
                for hold in (False, True):
                    done = self._try(tasks, hold=hold)
                    if done:
                        found.append((done, hold, tasks))
        best, hold, self.tasks = min(found, key=lambda one: self._cost(one[0], one[2]))
        return best, hold

    def _leave_over(self) -> None:
        """Leave over what cannot be moved any more, until the rest can."""
        while True:
            try:
                self.shift.run(self.tasks)
            except StuckError as stuck:
                self.reasons[stuck.box] = stuck.reason
                self.tasks = [task for task in self.tasks if task.box != stuck.box]
            else:
                return

    def _try(self, tasks: Sequence[Task], *, hold: bool) -> Done | None:
        try:
            return self.shift.run(tasks, hold=hold)
        except StuckError:
            return None

    def change(self, rng: random.Random) -> None:
        """Give a move that is not bound another turn or another crane; accept it late (Burke and Bykov 2017)."""
        free = [n for n, task in enumerate(self.tasks) if task not in self.bound]
        tasks = list(self.tasks)
        task = tasks.pop(rng.choice(free))
        crane = min(max(task.crane + rng.choice((-1, 0, 0, 1)), 0), len(self.rails.cranes) - 1)
        if not self._able(task, crane):
            return
        tasks.insert(rng.randint(0, len(tasks)), task._replace(crane=crane, planned_s=0.0))
        done = self._try(tasks, hold=self.hold)
        if done is None:
            return
        cost = self._cost(done, tasks)
        if cost <= max(self.before[0], self.before[-1]):
            self.tasks = tasks
            self.before.append(cost)
        else:
            self.before.append(self.before[-1])
        if cost < self.least:
            self.done, self.least = done, cost
