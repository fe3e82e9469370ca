"""The dispatcher's rule: box k to the next fitting slot, equal crane zones, list order.

It is what is done without a planner, always finds a plan, and is what planners are compared with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from jibek.transfer import tables as t
from jibek.transfer._dispatch import Goal, dispatch
from jibek.transfer._groups import group_of, groups, in_order
from jibek.transfer._job import Job
from jibek.transfer._loading import Loading
from jibek.transfer._plan import Plan


def plan_by_rule(job: Job) -> Plan:
    """Plan a job by the dispatcher's rule; boxes that cannot be placed are left over, with the reason.

    Parameters
    ----------
    job
        Checked.

    Examples
    --------
    >>> from jibek.transfer import generate
    >>> plan = plan_by_rule(generate("pair", 20, seed=1))
    >>> len(plan.loads), len(plan.leftover)
    (20, 0)
    """
    goals, reasons = assign(job)
    done = dispatch(job, goals)
    reasons |= done.reasons
    header = t.PlanHeader(id=job.header.id, schema_version=1, job=job.header.id, method="dispatcher's rule")
    loads = [t.Load(box=box, wagon=goal.wagon, slot=goal.slot) for box, goal in goals.items() if box not in reasons]
    leftover = [t.Leftover(box=box, reason=reasons[box]) for box in job.boxes if box in reasons]
    return Plan.of(header, {"loads": loads, "moves": done.moves, "parking": done.parking, "leftover": leftover})


def assign(job: Job) -> tuple[dict[str, Goal], dict[str, str]]:
    """Give each box, in the order in which they stand, the first slot that it may have.

    Returns
    -------
    tuple
        Goals of boxes in list order, and why the others have none.
    """
    turns = {group: n for n, group in enumerate(groups(job))}
    loadings = {train.id: Loading(job, train.id) for train in job.trains.values() if train.role == "outbound"}
    serving: dict[str, list[str]] = defaultdict(list)
    for departure in sorted(job.departures.values(), key=lambda one: (one.due, one.id)):
        if departure.train in loadings:
            for destination in departure.destinations:
                serving[destination].append(departure.train)
    goals: dict[str, Goal] = {}
    reasons: dict[str, str] = {}
    for box in in_order(job):
        turn = turns[group_of(job.trains[job.wagons[box.wagon].train])]
        trains = [train for train in serving[box.destination] if turns[group_of(job.trains[train])] >= turn]
        goal = next(filter(None, (_place(box, loadings[train]) for train in trains)), None)
        if goal:
            goals[box.id] = goal
        elif not trains:
            reasons[box.id] = f"no train that is still to come goes to {box.destination}"
        else:
            reasons[box.id] = "; ".join(
                f"{train}: {_why(box, loadings[train], Loading(job, train))}" for train in trains
            )
    return goals, reasons


def _why(box: t.Box, loading: Loading, empty: Loading) -> str:
    """Say why a train takes a box no more, or never did."""
    length = box.size.length_ft
    slots = [
        (n, slot)
        for n, model in enumerate(loading.models)
        for slot, place in enumerate(model.places, 1)
        if place.length_ft == length
    ]
    if not slots:
        return f"no wagon has a slot of {length} ft"
    if all(empty.fault(box, *slot) for slot in slots):
        return f"no slot may take it, not even alone, by {_named(empty.fault(box, *slot) for slot in slots)}"
    named = _named(loading.fault(box, *slot) for slot in slots)
    return f"the slots left are forbidden by {named}" if named else f"all its slots of {length} ft are taken"


def _named(faults: Iterable[str]) -> str:
    """Name what forbids slots that are free, the most frequent first."""
    return " and ".join(fault for fault, _ in Counter(faults).most_common() if fault not in ("", "taken"))


def _place(box: t.Box, loading: Loading) -> Goal | None:
    found = loading.first_fitting(box)
    if found is None:
        return None
    loading.put(box, *found)
    wagon, slot = found
    return Goal(loading.rake[wagon].id, slot)
