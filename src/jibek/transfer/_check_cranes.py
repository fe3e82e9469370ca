"""Checking the cranes: what each is asked to do, and that they never come too near to each other.

Between the times of its moves a crane goes straight at constant speed, so its position along the yard is piecewise linear in
time. So is the distance of two cranes, and its least value stands at a time of one of them: the check is exact.
Shares no code with the makers of plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from jibek.transfer import tables as t
from jibek.transfer._check_yard import Spot, Spots
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._verdict import TOLERANCE, Violation


@dataclass(frozen=True)
class Leg:
    """A way of a crane along the yard at constant speed."""

    move: t.Move
    loaded: bool
    begin_s: float
    from_m: float
    end_s: float
    to_m: float


@dataclass
class Course:
    """What a crane does.

    Parameters
    ----------
    crane
        The crane.
    times_s, xs_m
        Where it is along the yard, between these times linearly.
    legs
        Its ways, with and without a box.
    violations
        What is wrong with its moves.
    """

    crane: t.Crane
    times_s: list[float] = field(default_factory=lambda: [0.0])
    xs_m: list[float] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def empty_s(self) -> float:
        """Time it goes without a box."""
        return sum(leg.end_s - leg.begin_s for leg in self.legs if not leg.loaded)

    def go(self, leg: Leg) -> None:
        """Add a way; before it the crane stands."""
        self.legs.append(leg)
        for time, x in ((leg.begin_s, leg.from_m), (leg.end_s, leg.to_m)):
            self.times_s.append(max(time, self.times_s[-1]))
            self.xs_m.append(x)


def courses(job: Job, plan: Plan, spots: Spots) -> list[Course]:
    """Replay the moves of each crane; cranes come from left to right.

    Moves whose places are not there are passed over: they are reported with their boxes.
    """
    found = []
    for crane in sorted(job.cranes.values(), key=lambda one: one.x_m):
        course = Course(crane, xs_m=[crane.x_m])
        x, y, free = crane.x_m, crane.y_m, 0.0
        for move in sorted((one for one in plan.moves if one.crane == crane.id), key=lambda one: one.begin_s):
            if move.begin_s < free - TOLERANCE:
                message = f"begins a move before the one before it is done at {free:.1f} s"
                course.violations.append(Violation(message, move.begin_s, crane.id, move.box or ""))
            x, y = _carry(course, move, spots, x, y) if move.box else _go_empty(course, move, x, y)
            free = move.end_s
        found.append(course)
    return found


def _leg_s(crane: t.Crane, speed: float, dx: float, dy: float) -> float:
    """Return the time of a straight way: the slower of gantry and trolley decides."""
    return max(abs(dx) / speed, abs(dy) / crane.trolley_m_per_s)


def _go_empty(course: Course, move: t.Move, x: float, y: float) -> tuple[float, float]:
    to = x if move.x_m is None else move.x_m
    leg = _leg_s(course.crane, course.crane.gantry_empty_m_per_s, to - x, 0.0)
    _within_reach(course, move, to)
    if move.end_s < move.begin_s + leg - TOLERANCE:
        _late(course, move, f"needs {leg:.1f} s to {to:.1f} m", move.begin_s)
    course.go(Leg(move, False, move.begin_s, x, move.begin_s + leg, to))
    return to, y


def _carry(course: Course, move: t.Move, spots: Spots, x: float, y: float) -> tuple[float, float]:
    crane, pick, drop = course.crane, move.pick_s or 0.0, move.drop_s or 0.0
    origin, target = spots.find(move.from_place), spots.find(move.to_place)
    if not (isinstance(origin, Spot) and isinstance(target, Spot)):
        return x, y
    empty = _leg_s(crane, crane.gantry_empty_m_per_s, origin.x_m - x, origin.y_m - y)
    loaded = _leg_s(crane, crane.gantry_loaded_m_per_s, target.x_m - origin.x_m, target.y_m - origin.y_m)
    _within_reach(course, move, origin.x_m)
    _within_reach(course, move, target.x_m)
    if pick < move.begin_s + empty - TOLERANCE:
        _late(course, move, f"needs {empty:.1f} s to {move.from_place}", move.begin_s)
    if drop < pick + crane.pick_s + loaded - TOLERANCE:
        _late(course, move, f"needs {crane.pick_s + loaded:.1f} s to lift and to carry to {move.to_place}", pick)
    if abs(move.end_s - drop - crane.drop_s) > TOLERANCE:
        _late(course, move, f"must end {crane.drop_s:g} s after it begins to put the box down", drop)
    course.go(Leg(move, False, move.begin_s, x, move.begin_s + empty, origin.x_m))
    course.go(Leg(move, True, drop - loaded, origin.x_m, drop, target.x_m))
    return target.x_m, target.y_m


def _late(course: Course, move: t.Move, message: str, time_s: float) -> None:
    course.violations.append(Violation(message, time_s, course.crane.id, move.box or ""))


def _within_reach(course: Course, move: t.Move, x: float) -> None:
    crane = course.crane
    if not crane.from_m - TOLERANCE <= x <= crane.to_m + TOLERANCE:
        _late(course, move, f"goes to {x:.1f} m; it reaches from {crane.from_m:g} to {crane.to_m:g} m", move.begin_s)


def distance_faults(found: Sequence[Course]) -> Iterator[Violation]:
    """List each time that two neighbours are too near, from when on and how near they come."""
    for left, right in pairwise(found):
        safety = max(left.crane.safety_m, right.crane.safety_m)
        times = sorted({*left.times_s, *right.times_s})
        apart = [x - other for x, other in zip(_places(right, times), _places(left, times), strict=True)]
        near: list[tuple[float, float]] = []
        for time, distance in [*zip(times, apart, strict=True), (times[-1], safety)]:
            if distance < safety - TOLERANCE:
                near.append((distance, time))
            elif near:
                least, when = min(near)
                when_near = f"about {near[0][1]:.0f} to {near[-1][1]:.0f} s"
                message = (
                    f"comes as near as {least:.2f} m to {right.crane.id} ({when_near}); at least {safety:g} m are asked"
                )
                yield Violation(message, when, left.crane.id)
                near = []


def _places(course: Course, times: Sequence[float]) -> Iterator[float]:
    """Yield where a crane is at rising times."""
    n = 0
    for time in times:
        while n + 1 < len(course.times_s) and course.times_s[n + 1] <= time:
            n += 1
        if n + 1 == len(course.times_s):
            yield course.xs_m[n]
            continue
        begin, end = course.times_s[n], course.times_s[n + 1]
        share = (time - begin) / (end - begin)
        yield (1 - share) * course.xs_m[n] + share * course.xs_m[n + 1]
