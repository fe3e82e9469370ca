"""When tasks that share cranes and tracks are done at the earliest, taken together.

A task's use of a resource is spread over time; let M be the mean of that time. Whoever uses at most all of a resource, for a
time p at least in all, and ends at C, has M <= C - p / 2; whoever uses a fixed share of it all the while, for s, has M = C - s / 2
at the latest. With weights u the least sum of u M over all ways to use a resource, none before its release, is reached by working
at each moment on what is there and has the most u a unit of use (Goemans 1997). So for any u of at least 0 that add up to at most
1 for a task,

    sum of w C >= sum over tasks of w (1 - sum of u) floor + sum over resources of least sum of w u (M + lead),

which is maximised over u by a few steps along its subgradient. Each step's value is a bound, so it does not matter how good it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jibek.transfer._job import Job
from jibek.transfer._travel import begins_m, tracks_of

Floats = NDArray[np.float64]

_STEPS = 60


@dataclass(frozen=True)
class Task:
    """Boxes that are to be brought to their trains.

    Parameters
    ----------
    name
        What its `floor_s` comes from.
    begin_s
        Since when it counts.
    ready_s
        When cranes may begin.
    floor_s
        When it is done at the earliest, were it alone.
    crane_s
        How long all cranes would work on it.
    weight
        Of a second.
    trains
        Trains that stay until they are done with.
    """

    name: str
    begin_s: float
    ready_s: float
    floor_s: float
    crane_s: float
    weight: float = 1.0
    trains: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Use:
    """How a resource is used: by task its release, how long all of it would be used, and by how much it ends after the mean."""

    releases_s: Mapping[int, float]
    whole_s: Mapping[int, float]
    leads_s: Mapping[int, float]


def crane_use(tasks: Sequence[Task]) -> Use:
    """Say how tasks use all cranes."""
    whole = {n: task.crane_s for n, task in enumerate(tasks)}
    releases = {n: task.ready_s for n, task in enumerate(tasks)}
    return Use(releases, whole, {n: seconds / 2 for n, seconds in whole.items()})


def track_uses(job: Job, tasks: Sequence[Task]) -> Iterator[Use]:
    """Say how trains use tracks: each track to which trains are bound, and all tracks of a gauge.

    A train stands for as long as its boxes ask, and keeps its stretch clear for some time after. Trains that are bound to stretches
    with a point in common use all of the track; else their share is their length's.
    """
    task_of = {train: n for n, task in enumerate(tasks) for train in task.trains}
    stays = stays_s(job)
    sharing: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for train in (one for one in task_of if one in stays):
        sharing[tuple(track.id for track in tracks_of(job, train))].append(train)
    for tracks, trains in sharing.items():
        clear = min(job.tracks[track].clear_s for track in tracks)
        shares = _shares(job, tracks, trains)
        releases: dict[int, float] = {}
        whole: dict[int, float] = {}
        leads: dict[int, float] = {}
        for train in trains:
            n, stay = task_of[train], stays[train] + clear
            if n not in whole or shares[train] * stay > whole[n]:
                releases[n] = job.seconds(job.trains[train].arrival)
                whole[n], leads[n] = shares[train] * stay, stay / 2 - clear
        yield Use(releases, whole, leads)


def stays_s(job: Job) -> dict[str, float]:
    """Return how long each train with a known number of boxes stands: cranes come back to it again and again."""
    cranes = job.cranes.values()
    cycle = min(crane.pick_s + crane.drop_s for crane in cranes)
    last = {"inbound": min(crane.pick_s for crane in cranes), "outbound": min(crane.drop_s for crane in cranes)}
    boxes: dict[str, int] = defaultdict(int)
    serving: dict[str, set[str]] = defaultdict(set)
    for departure in job.departures.values():
        for destination in departure.destinations:
            serving[destination].add(departure.train)
    for box in job.boxes.values():
        if serving[box.destination]:
            boxes[job.wagons[box.wagon].train] += 1
        if len(serving[box.destination]) == 1:
            boxes[min(serving[box.destination])] += 1
    return {train: (-(-n // len(cranes)) - 1) * cycle + last[job.trains[train].role] for train, n in boxes.items() if n}


def _shares(job: Job, tracks: Sequence[str], trains: Sequence[str]) -> dict[str, float]:
    """Return what part of some tracks each train takes."""
    lengths = {train: job.length_m(train) for train in trains}
    room = sum(job.tracks[track].to_m - job.tracks[track].from_m for track in tracks)
    spans = [begins_m(job, train) for train in trains]
    latest, first_end = (
        max(high for _, high in spans),
        min(low + lengths[train] for train, (low, _) in zip(trains, spans, strict=True)),
    )
    if len(tracks) == 1 and latest < first_end - 1e-6:
        return dict.fromkeys(trains, 1.0)
    return {train: length / room for train, length in lengths.items()}


def least_sum(tasks: Sequence[Task], uses: Sequence[Use]) -> float:
    """Bound the weighted sum of when tasks are done."""
    weights = np.array([task.weight for task in tasks], dtype=np.float64)
    floors = np.array([task.floor_s for task in tasks], dtype=np.float64)
    used = np.array([[float(n in use.whole_s) for n in range(len(tasks))] for use in uses])
    best, alone = 0.0, float(weights @ floors)
    u = used / np.maximum(1.0, used.sum(axis=0))
    for step in range(_STEPS if tasks else 0):
        above = np.array([_ends_s(use, weights * row, floors) for use, row in zip(uses, u, strict=True)]) - floors
        best = max(best, float((weights * u * above).sum()))
        u = np.maximum(0.0, u + above / max(1.0, float(np.abs(above).max())) / (1 + step) ** 0.5) * used
        u /= np.maximum(1.0, u.sum(axis=0))
    return alone + best


def _ends_s(use: Use, weights: Floats, floors: Floats) -> Floats:
    """Return the mean and the lead of each task when a resource is used so that their weighted sum is least; others keep their floor."""
    ends = floors.copy()
    left = dict(use.whole_s)
    rate = {n: weights[n] / whole for n, whole in left.items() if whole > 0}
    busy = dict.fromkeys(left, 0.0)
    time = 0.0
    releases = sorted(use.releases_s.items(), key=lambda one: one[1])
    coming, ready = 0, set[int]()
    while left:
        while coming < len(releases) and releases[coming][1] <= time + 1e-9:
            ready.add(releases[coming][0])
            coming += 1
        following = releases[coming][1] if coming < len(releases) else np.inf
        now = max(ready & left.keys(), key=lambda n: (rate.get(n, np.inf), -n), default=None)
        if now is None:
            time = following
            continue
        seconds = min(left[now], following - time)
        busy[now] += seconds * (time + seconds / 2)
        left[now] -= seconds
        time += seconds
        if left[now] <= 1e-9:
            whole = use.whole_s[now]
            ends[now] = (busy[now] / whole if whole > 1e-9 else time) + use.leads_s[now]
            del left[now]
    return ends
