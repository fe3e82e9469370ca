"""What no plan of trains that wait for each other's tracks is below: OR-Tools CP-SAT over when they stand, whatever cranes do.

Of a plan that leaves nothing over, let s and e be when a train comes and leaves, and E when a group, or a departure, is done with. Then

- s is not before the train arrives, and e - s at least what its boxes ask of all cranes (`stays_s` of `_bound_shared`);
- of two trains whose stretches of a track are given and overlap, one leaves the track's `clear_s` before the other comes;
- E is at least e of each of its trains, and what `_bound_boxes` says of its boxes were they alone;
- one of K cranes makes r, at least a K-th, of a train's n moves. Of an inbound train, all of them begin to lift after s: with h for
  handling and y for the least way to a train or back, E >= s + r h + (2 r - 1) y. Onto an outbound train, the first is lowered after s,
  and each next one is fetched and brought: E >= s + drop + (r - 1) (h + 2 y).

Whatever minimises the sum of E, or the weighted sum of what E is later than due, under these alone, is a bound, and so is what CP-SAT
has proven of it when its (deterministic) time is over. Times are counted in tenths of a second, all of them rounded down: the times
of a plan, rounded down, then satisfy the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from jibek.transfer._bound_boxes import Boxes
from jibek.transfer._bound_shared import Task, stays_s
from jibek.transfer._job import Job
from jibek.transfer._travel import begins_m, tracks_of

_TENTHS = 10
_SECONDS = 3.0
"""Deterministic time of CP-SAT for each bound; about as much on a processor."""


@dataclass(frozen=True)
class Waiting:
    """A train that may wait for its track: arrival, the least stay, and until when its boxes ask at least after it has come (s)."""

    train: str
    arrival_s: float
    stay_s: float
    tail_s: float


def waiting(job: Job, boxes: Mapping[str, Boxes]) -> list[Waiting]:
    """Say what is known of trains, of those whose boxes are known."""
    stays = stays_s(job)
    return [
        Waiting(train, job.seconds(job.trains[train].arrival), stays[train], tail_s(job, train, its))
        for train, its in boxes.items()
        if train in stays
    ]


def tail_s(job: Job, train: str, boxes: Boxes) -> float:
    """Return how long after a train has come the last of its boxes is done with, at least."""
    rounds = math.ceil(boxes.number / len(boxes.cranes))
    if job.trains[train].role == "inbound":
        return rounds * boxes.handling_s + (2 * rounds - 1) * boxes.by_yard_s
    return min(crane.drop_s for crane in boxes.cranes) + (rounds - 1) * (boxes.handling_s + 2 * boxes.by_yard_s)


def conflicts(job: Job, trains: Sequence[str]) -> list[tuple[str, str, float]]:
    """List the trains that are bound to stretches of a track that overlap, and how long it must be clear between."""
    bound = [train for train in trains if job.trains[train].offset_m is not None and len(tracks_of(job, train)) == 1]
    length = {train: job.length_m(train) for train in bound}
    begin = {train: begins_m(job, train)[0] for train in bound}
    return [
        (one, other, tracks_of(job, one)[0].clear_s)
        for one, other in combinations(bound, 2)
        if tracks_of(job, one) == tracks_of(job, other)
        and begin[one] < begin[other] + length[other] - 1e-6
        and begin[other] < begin[one] + length[one] - 1e-6
    ]


def least_late_s(tasks: Sequence[Task], trains: Sequence[Waiting], waits: Sequence[tuple[str, str, float]]) -> float:
    """Bound the weighted sum of how long after `begin_s` tasks are done with; each has trains, which may wait for each other.

    Parameters
    ----------
    tasks
        A task is done with at its `floor_s` at the earliest.
    trains
        Of all tasks.
    waits
        Pairs of trains, and the time between them.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    horizon = _whole(sum(train.stay_s + train.tail_s for train in trains) + sum(clear for *_, clear in waits))
    horizon += _whole(max([task.floor_s for task in tasks] + [train.arrival_s for train in trains], default=0.0))
    comes = {one.train: model.new_int_var(_whole(one.arrival_s), horizon, "") for one in trains}
    leaves = {one.train: model.new_int_var(0, horizon, "") for one in trains}
    tails = {one.train: _whole(one.tail_s) for one in trains}
    for one in trains:
        model.add(leaves[one.train] >= comes[one.train] + _whole(one.stay_s))
    for first, second, clear_s in waits:
        before, clear = model.new_bool_var(""), _whole(clear_s)
        model.add(comes[second] >= leaves[first] + clear).only_enforce_if(before)
        model.add(comes[first] >= leaves[second] + clear).only_enforce_if(~before)
    done: list[Any] = []
    for task in tasks:
        done.append(model.new_int_var(_whole(max(task.floor_s, task.begin_s)), horizon, ""))
        for train in filter(comes.__contains__, task.trains):
            model.add(done[-1] >= comes[train] + tails[train])
            model.add(done[-1] >= leaves[train])
    model.minimize(sum(round(task.weight * 1000) * one for task, one in zip(tasks, done, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # it would leave the process without Python's own handler
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 0
    solver.parameters.max_deterministic_time = _SECONDS
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        raise AssertionError("trains that wait for each other can always come one after the other")
    on_time = sum(task.weight * task.begin_s for task in tasks)
    return max(0.0, solver.best_objective_bound / (1000 * _TENTHS) - on_time)


def _whole(seconds: float) -> int:
    return math.floor(seconds * _TENTHS + 1e-6)
