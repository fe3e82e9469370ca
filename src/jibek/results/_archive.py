"""Trips and legs of a replication that comes in parts, gathered for their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import Closed
from jibek.results._sums import Carried
from jibek.simulate._replication import Replication

Columns = dict[str, NDArray[Any]]


class Archive:
    """Trips and legs as they go, with the closed parts of their waits."""

    def __init__(self) -> None:
        self._numbers = Carried(np.int64)
        self._count = 0
        self._trips: list[Columns] = []
        self._legs: list[Columns] = []

    def add(self, part: Replication, closed: Closed) -> None:
        """Take over the trips that the next part does not begin with; the number of a trip is 1 more than its row."""
        numbers = self._numbers.into(part)
        new = numbers == 0
        numbers[new] = self._count + np.arange(1, 1 + new.sum())
        self._count += int(new.sum())
        self._numbers.on(part, numbers)
        gone = np.ones(numbers.size, np.bool_) if part.kept is None else ~part.kept
        legs = gone[part.legs["trip"]]
        waits = {"leaving": closed.leaving, "berthing": closed.berthing}
        self._trips.append(_rows({**part.trips, **waits, "row": numbers - 1}, gone))
        waits = {"admission": closed.admission, "path": closed.path}
        self._legs.append(_rows({**part.legs, **waits, "trip": numbers[part.legs["trip"]] - 1}, legs))

    def whole(self, last: Replication) -> tuple[Replication, Closed]:
        """Return all trips and legs, in order, as a replication whose containers are not told, and the closed parts of their waits."""
        trips, legs = _joined(self._trips, "row"), _joined(self._legs, "trip")
        del trips["row"]
        waits = {
            name: table.pop(name)
            for table in (trips, legs)
            for name in ("leaving", "berthing", "admission", "path")
            if name in table
        }
        nothing = {name: values[:0] for name, values in last.hops.items()}
        containers = {name: values[:0] for name, values in last.containers.items()}
        closed = Closed(hops=np.zeros(0), **waits)
        return replace(last, containers=containers, hops=nothing, trips=trips, legs=legs), closed


def _rows(table: Mapping[str, NDArray[Any]], rows: NDArray[np.bool_]) -> Columns:
    return {name: values[rows] for name, values in table.items()}


def _joined(tables: list[Columns], by: str) -> Columns:
    """Return tables as one, sorted by a column."""
    whole = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    order = np.argsort(whole[by], kind="stable")
    return {name: values[order] for name, values in whole.items()}
