"""Trains that are worked together, and the boxes in the order in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from jibek.transfer import tables as t
from jibek.transfer._job import Job


def group_of(train: t.Train) -> str:
    """Name the trains that a train is worked together with; a train without a group is one by itself."""
    return f"group {train.group}" if train.group else f"train {train.id}"


def groups(job: Job) -> dict[str, list[t.Train]]:
    """List trains by group, in the order of the first arrival of each."""
    found: dict[str, list[t.Train]] = defaultdict(list)
    for train in sorted(job.trains.values(), key=lambda one: one.arrival):
        found[group_of(train)].append(train)
    return dict(found)


def in_order(job: Job) -> Iterator[t.Box]:
    """Yield the boxes group by group, of each from the beginning of the yard to its end."""
    standing: dict[str, list[t.Box]] = defaultdict(list)
    for box in job.boxes.values():
        standing[job.wagons[box.wagon].train].append(box)
    positions = positions_m(job)
    for trains in groups(job).values():
        yield from sorted((box for train in trains for box in standing[train.id]), key=lambda box: positions[box.id])


def positions_m(job: Job) -> dict[str, float]:
    """Return where each box comes to stand, from the beginning of its track, its train not offset if it need not be."""
    middles = dict(middles_m(job))
    found = {}
    for box in job.boxes.values():
        wagon = job.wagons[box.wagon]
        place = job.models[wagon.model].places[box.slot - 1]
        found[box.id] = (job.trains[wagon.train].offset_m or 0.0) + middles[wagon.id] + place.centre_m
    return found


def middles_m(job: Job) -> Iterator[tuple[str, float]]:
    """Yield the middle of each wagon, from the beginning of its train."""
    for rake in job.rakes.values():
        begin = 0.0
        for wagon in rake:
            length = job.models[wagon.model].length_m
            yield wagon.id, begin + length / 2
            begin += length
