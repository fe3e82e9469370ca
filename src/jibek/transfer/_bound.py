"""What no plan can be better than, computed from the job alone.

The bounds hold for every load plan, every way to park and any use of the yard. Each group of trains has its own (`_bound_boxes`);
where groups share cranes and tracks, there is one of all of them together (`_bound_shared`). The largest counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jibek.transfer import tables as t
from jibek.transfer._bound_boxes import Boxes
from jibek.transfer._bound_days import conflicts, least_late_s, waiting
from jibek.transfer._bound_shared import Task, crane_use, least_sum, track_uses
from jibek.transfer._groups import groups
from jibek.transfer._job import Job


@dataclass(frozen=True)
class Bound:
    """What no plan is below.

    Parameters
    ----------
    name
        What the bound of the turnaround comes from.
    seconds
        The turnaround.
    tardiness_s
        The weighted tardiness.
    """

    name: str
    seconds: float
    tardiness_s: float = 0.0


def bound(job: Job, left_over: int = 0, *, quick: bool = False) -> Bound:
    """Bound the turnaround and the tardiness of every plan that leaves so many boxes over, or fewer.

    Parameters
    ----------
    job
        Checked.
    left_over
        Number of boxes.
    quick
        Whether to do without linear programmes, which bound carrying along the yard: they take seconds for a large job.

    Examples
    --------
    >>> from jibek.transfer import check_plan, generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> bound(job).seconds <= check_plan(job, plan_by_rule(job)).value.turnaround_s
    True
    """
    serving = _serving(job)
    turns = list(_turns(job, serving, left_over, quick=quick))
    each = [turn.floor_s - turn.begin_s for turn in turns]
    names = dict.fromkeys(turn.name for turn, seconds in zip(turns, each, strict=True) if seconds)
    best = Bound(" + ".join(names) or "none", sum(each))
    uses = [crane_use(turns), *(track_uses(job, turns) if not left_over else ())]
    together = least_sum(turns, uses) - sum(turn.begin_s for turn in turns)
    if together > best.seconds + 1e-6:
        best = Bound("shared", together)
    departures = _departures(job, serving, left_over, quick=quick)
    on_time = sum(one.weight * one.begin_s for one in departures)
    tardiness_s = max(0.0, least_sum(departures, [crane_use(departures)]) - on_time)
    if not left_over and not quick and (waits := conflicts(job, list(job.trains))):
        trains = waiting(job, _by_train(job, serving))
        tardiness_s = max(tardiness_s, least_late_s(departures, trains, waits))
        if (apart := least_late_s(turns, trains, waits)) > best.seconds + 1e-6:
            best = Bound("tracks", apart)
    return Bound(best.name, best.seconds, tardiness_s)


def _serving(job: Job) -> Mapping[str, set[str]]:
    """Return the trains that go to each destination."""
    found: dict[str, set[str]] = {}
    for departure in job.departures.values():
        for destination in departure.destinations:
            found.setdefault(destination, set()).add(departure.train)
    return found


def _among(job: Job, serving: Mapping[str, set[str]], inbound: set[str] | None, outbound: set[str]) -> list[t.Box]:
    """List the boxes that can only go from some trains (any, if none are given) to some others."""
    return [
        box
        for box in job.boxes.values()
        if (inbound is None or job.wagons[box.wagon].train in inbound)
        and serving.get(box.destination)
        and serving[box.destination] <= outbound
    ]


def _turns(job: Job, serving: Mapping[str, set[str]], left_over: int, *, quick: bool) -> Iterator[Task]:
    """Yield what is known of each group of trains: when its turnaround begins at the latest and ends at the earliest."""
    for trains in groups(job).values():
        ids = {train.id for train in trains}
        boxes = Boxes(job, _among(job, serving, ids, ids), left_over, quick=quick)
        if boxes.number:
            name, end = boxes.last_s()
            begin = _begin_s(job, trains, boxes, left_over)
            yield Task(name, begin, boxes.ready_s, max(end, begin), boxes.crane_s, trains=tuple(ids))


def _begin_s(job: Job, trains: Sequence[t.Train], boxes: Boxes, left_over: int) -> float:
    """Return the first arrival, of trains that stand in every plan if boxes are not left over."""
    sure = [train for train in trains if train.id in boxes.inbound and not left_over] or trains
    return (max if left_over else min)(job.seconds(train.arrival) for train in sure)


def _departures(job: Job, serving: Mapping[str, set[str]], left_over: int, *, quick: bool) -> list[Task]:
    """List what is known of departures: each waits for the boxes that no other train takes."""
    tasks = []
    for departure in job.departures.values():
        boxes = Boxes(job, _among(job, serving, None, {departure.train}), left_over, quick=quick)
        if boxes.number:
            due, (name, end) = job.seconds(departure.due), boxes.last_s()
            trains = (departure.train,)
            tasks.append(Task(name, due, boxes.ready_s, max(end, due), boxes.crane_s, departure.weight, trains))
    return tasks


def _by_train(job: Job, serving: Mapping[str, set[str]]) -> dict[str, Boxes]:
    """Return the boxes that each train brings, or that only it takes, of those that a train takes at all."""
    goals = set().union(*serving.values())
    boxes = {
        train.id: _among(job, serving, {train.id}, goals)
        if train.role == "inbound"
        else _among(job, serving, None, {train.id})
        for train in job.trains.values()
    }
    return {train: Boxes(job, its, 0, quick=True) for train, its in boxes.items() if its}
