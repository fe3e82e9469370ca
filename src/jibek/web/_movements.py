"""Vehicles on their way, as whole numbers.

For each service in order: the hours at which its vehicles leave (each after the one before; the first after the begin of
what is shown), their TEU, and for each link of the path the wait before it and the run on it, vehicle by vehicle; last the
wait for a position. Wait and run are one more than the hours; 0 means that the vehicle does not get so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jibek.web._document import Movements

if TYPE_CHECKING:
    import polars as pl

    from jibek.corridor import Corridor
    from jibek.results import Run

Whole = NDArray[np.int64]

STEP_H = 0.1
"""Hours that the whole numbers are multiples of: a train goes some 5 km in it."""

LEGS_MOST = 1_200_000
"""Legs that a page holds at most, about 1.6 MB in the file; of more only those of the first days are shown."""


def vehicles(run: Run, replication: int = 0) -> tuple[Movements | None, Whole]:
    """Return the vehicles that move in the days that count; none if the run has no table of them.

    Parameters
    ----------
    run
        The run.
    replication
        Which replication is shown.
    """
    if "legs" not in run.manifest["tables"]:
        return None, np.zeros(0, np.int64)
    legs = _legs(run, replication)
    end_h = _shown_until(legs, 24.0 * run.corridor.header.days)
    legs = legs.filter(legs["start_h"] < end_h)
    lowest = legs["start_h"].min()
    begin = int(np.floor(min(0.0, float(lowest) if lowest is not None else 0.0) / STEP_H))  # type: ignore[arg-type]
    parts, trips = [], {}
    for service, trip in _by_service(legs, run.corridor):
        parts += _columns(trip, len(run.corridor.services[service].path), begin)
        trips[service] = trip["trip"].n_unique()
    head = Movements(replication=replication, begin_h=begin * STEP_H, end_h=end_h, trips=trips)
    return head, np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _legs(run: Run, replication: int) -> pl.DataFrame:
    """Return the legs of vehicles that leave before the end and are not at their goal before the start."""
    import polars as pl

    trips = run.table("trips").filter(pl.col("replication") == replication)
    berthed = pl.col("berthed_h")
    trips = trips.filter(berthed.is_null() | (berthed >= 0)).select("trip", "service", "teu", "berthed_h")
    legs = run.table("legs").filter(pl.col("replication") == replication)
    first = legs.filter((pl.col("seq") == 0) & pl.col("enter_h").is_not_null()).select("trip", start_h="enter_h")
    chosen = legs.select("trip", "seq", "enter_h", "exit_h").join(trips, on="trip").join(first, on="trip")
    return chosen.with_columns(pl.col("service").cast(pl.String))


def _shown_until(legs: pl.DataFrame, end_h: float) -> float:
    """Return the end of the last day up to which no more legs are begun than a page holds."""
    if legs.height <= LEGS_MOST:
        return end_h
    return 24.0 * int(np.sort(legs["start_h"].to_numpy())[LEGS_MOST] // 24)


def _by_service(legs: pl.DataFrame, corridor: Corridor) -> Iterator[tuple[str, pl.DataFrame]]:
    parts = {name: part for (name,), part in legs.group_by("service")}
    for service in corridor.services:
        if service in parts:
            yield service, parts[service].sort("start_h", "trip", "seq")


def _columns(legs: pl.DataFrame, length: int, begin: int) -> list[Whole]:
    """Return the columns of a service: its legs are in order of departure, trip and position in the path."""
    first = legs.filter(legs["seq"] == 0)
    rank = {trip: row for row, trip in enumerate(first["trip"])}
    row = np.array([rank[trip] for trip in legs["trip"]])
    times = np.full((first.height, 2 * length + 1), np.nan)
    times[row, 2 * legs["seq"].to_numpy()] = legs["enter_h"].to_numpy()
    times[row, 2 * legs["seq"].to_numpy() + 1] = legs["exit_h"].to_numpy()
    times[:, -1] = first["berthed_h"].to_numpy()
    steps = np.round(times / STEP_H)
    starts = np.diff(steps[:, 0], prepend=begin)
    spans = np.nan_to_num(np.diff(steps, axis=1) + 1)
    teu = np.round(first["teu"].to_numpy())
    return [part.astype(np.int64) for part in (starts, teu, *spans.T)]
