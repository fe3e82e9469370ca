"""A transfer job: the trains, boxes, cranes and rules of a shift."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from jibek.tables import Package, SourceRow, folder_of, read_package
from jibek.transfer import tables as t


@dataclass(frozen=True, repr=False)
class Job(Package):
    """What is to be planned; made by `read_job` or `generate`.

    Every table is a read-only mapping from id to row, in the order of the file. Plans count seconds from `header.start`.
    """

    schema = t.JOB

    header: t.JobHeader
    models: Mapping[str, t.Model]
    trains: Mapping[str, t.Train]
    wagons: Mapping[str, t.Wagon]
    departures: Mapping[str, t.Departure]
    boxes: Mapping[str, t.Box]
    tracks: Mapping[str, t.Track]
    cranes: Mapping[str, t.Crane]
    yard: Mapping[str, t.YardSlot]
    rules: Mapping[str, t.Rule]
    outages: tuple[t.Outage, ...]
    begun: tuple[t.Begun, ...]
    sources: Mapping[str, SourceRow]

    def seconds(self, moment: datetime) -> float:
        """Return a moment in seconds from the start of the job."""
        return (moment - self.header.start).total_seconds()

    @cached_property
    def rakes(self) -> Mapping[str, tuple[t.Wagon, ...]]:
        """The wagons of each train, in order."""
        found: dict[str, list[t.Wagon]] = {train: [] for train in self.trains}
        for wagon in self.wagons.values():
            found[wagon.train].append(wagon)
        return {train: tuple(sorted(wagons, key=lambda one: one.order)) for train, wagons in found.items()}

    def length_m(self, train: str) -> float:
        """Return how long a train is, in metres."""
        return sum(self.models[wagon.model].length_m for wagon in self.rakes[train])


def read_job(path: str | os.PathLike[str]) -> Job:
    """Read a transfer job.

    Parameters
    ----------
    path
        Folder with `job.toml` and one CSV file a table.

    Raises
    ------
    PackageError
        With every problem of every file.
    """
    from jibek.transfer._check_job import check_known

    return read_package(Job, folder_of(path), check_known)
