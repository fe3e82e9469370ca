"""Checking a plan: it is replayed in continuous time, and only what is replayed counts.

Neither this module nor those it is made of share code with the makers of plans: only the tables of job and plan.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from jibek.transfer._check_cranes import courses, distance_faults
from jibek.transfer._check_loads import load_faults
from jibek.transfer._check_shift import shift_faults
from jibek.transfer._check_yard import Spots, box_faults, parking_faults, stack_faults
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._verdict import Value, Verdict, Violation


def check_plan(job: Job, plan: Plan) -> Verdict:
    """Check a plan, and say what it is worth.

    Parameters
    ----------
    job
        Checked.
    plan
        Read by `read_plan`, or made for the job.

    Examples
    --------
    >>> from jibek.transfer import generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> check_plan(job, plan_by_rule(job)).violations
    ()
    """
    spots = Spots(job, plan)
    found = courses(job, plan, spots)
    violations: list[Violation] = [*parking_faults(job, plan), *load_faults(job, plan)]
    violations += box_faults(job, plan, spots)
    violations += stack_faults(job, plan)
    violations += shift_faults(job, plan)
    for course in found:
        violations += course.violations
    violations += distance_faults(found)
    empty = sum(course.empty_s for course in found)
    return Verdict(_value(job, plan, empty), tuple(violations))


def _value(job: Job, plan: Plan, empty_travel_s: float) -> Value:
    moves = Counter(move.box for move in plan.moves if move.box)
    return Value(
        left_over=len(job.boxes.keys() - {load.box for load in plan.loads}),
        tardiness_s=_tardiness_s(job, plan),
        turnaround_s=_turnaround_s(job, plan),
        double_handlings=sum(moves.values()) - len(moves),
        empty_travel_s=empty_travel_s,
        makespan_s=max((move.end_s for move in plan.moves), default=0.0),
    )


def _tardiness_s(job: Job, plan: Plan) -> float:
    leaves = {stay.train: stay.until_s for stay in plan.parking}
    return sum(
        one.weight * max(0.0, leaves[one.train] - job.seconds(one.due))
        for one in job.departures.values()
        if one.train in leaves
    )


def _turnaround_s(job: Job, plan: Plan) -> float:
    stays: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for stay in plan.parking:
        train = job.trains[stay.train]
        key = (train.group, "") if train.group else ("", train.id)
        stays[key].append((job.seconds(train.arrival), stay.until_s))
    return sum(max(end for _, end in group) - min(begin for begin, _ in group) for group in stays.values())
