"""What one replication leaves behind: columns of numbers, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Table = Mapping[str, Column]
"""Columns of equal length by name. Times are hours since the start; NaN: has not happened."""


@dataclass(frozen=True)
class Names:
    """The ids behind the row numbers in all columns; each tuple is sorted by id."""

    places: tuple[str, ...]
    links: tuple[str, ...]
    terminals: tuple[str, ...]
    zones: tuple[str, ...]
    equipment: tuple[str, ...]
    checks: tuple[str, ...]
    closures: tuple[str, ...]
    fleets: tuple[str, ...]
    services: tuple[str, ...]
    rotations: tuple[str, ...]
    flows: tuple[str, ...]
    itineraries: tuple[str, ...]


@dataclass(frozen=True)
class Replication:
    """The outcome of one replication, or of a part of it.

    A part holds the containers that left in it, with their hops, and all trips that these or vehicles still under way refer to; the
    last part holds the containers inside too. Figures of a part that is not the last are as they are at its end.

    Attributes
    ----------
    number
        Number of the replication, from 0.
    events
        Events handled.
    containers
        One row a container, by flow, then number in its flow: ``flow``, ``itinerary``, ``number`` (in its flow),
        ``quarters`` (length in quarter TEU), ``first_hop`` (row of its first hop), ``enter_h``, ``leave_h`` (NaN: still
        inside).
    hops
        One row a container and service of its itinerary, in order: ``container``, ``service``, ``trip`` (-1: none yet),
        ``ready_h`` (waits for its vehicle from here), ``load_h`` (lift begins), ``aboard_h`` (lift ends), ``unload_h``
        (lift from the vehicle begins), ``off_h`` (set down), ``direct`` (1: came to this hop's vehicle directly; then
        ``ready_h = load_h =`` the ``unload_h`` of the hop before and ``aboard_h =`` its ``off_h``). A hold lasts from ``off_h``
        to the next ``ready_h``, at the destination to ``leave_h``.
    trips
        One row a trip, by time of calling: ``service``, ``rotation``, ``vehicle``, ``number`` (of the service's trips; -1: not closed),
        ``called_h`` (queues for a position), ``position_h`` (has it), ``closed_h`` (loading ends, checks begin),
        ``cleared_h`` (checks end), ``left_h`` (admitted where the path is one link; leaves the position),
        ``arrived_h`` (end of the last link), ``passed_h`` (checks end), ``berthed_h`` (has a position),
        ``emptied_h`` (last container off), ``containers``, ``quarters`` (load).
    legs
        One row a link run: ``trip``, ``link``, ``back`` (1: from ``to_place`` to ``from_place``), ``place_h`` (at the place
        before it, for the first link ``left_h``), ``checked_h`` (way checks end), ``admitted_h``, ``enter_h`` (path), ``exit_h``.
    closed
        One row a time closed within the clock: ``closure``, ``start_h``, ``end_h``.
    daily
        Matrices of hours, one row a day of the clock (warm-up first), one column a thing: ``positions`` and ``queue``
        (vehicle-hours by zone; the queue counts vehicles waiting for a position), ``yard`` (TEU-hours by
        terminal), ``equipment`` (unit-hours), ``posts`` (server-hours by check), ``lifts`` (number begun by terminal).
    yard_max
        Largest yard occupancy by terminal while counted, TEU.
    kept
        Trips with which the trips of the next part begin, marked; None: no part follows.
    """

    number: int
    events: int
    containers: Table
    hops: Table
    trips: Table
    legs: Table
    closed: Table
    daily: Mapping[str, NDArray[np.float64]]
    yard_max: NDArray[np.float64]
    kept: Column | None = None

    def without_single_things(self) -> Replication:
        """Return it without containers, hops, trips and legs."""
        return replace(self, containers={}, hops={}, trips={}, legs={})
