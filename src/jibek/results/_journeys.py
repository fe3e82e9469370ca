"""What the containers of a replication did: cohort, transit times, hours in every slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import Closed
from jibek.results._network import Network
from jibek.results._sums import Carried, Sums, add
from jibek.results._transit import TransitTimes
from jibek.simulate._replication import Replication, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class ConservationError(RuntimeError):
    """Containers were lost, doubled or moved against time: a bug of the engine, not of the package."""


@dataclass(frozen=True)
class Journeys:
    """Containers added up; numbers and quarters stand in two columns.

    Attributes
    ----------
    offered, delivered
        By itinerary: entered, and left, while counted.
    inside
        By itinerary: still inside at the end.
    offered_by_month, delivered_by_month
        By flow and month.
    transit_h
        By itinerary, by flow, by flow and month of leaving, and of all: mean and quantiles of the time from
        entering to leaving, of those delivered.
    spent_h
        Hours in each slot, of all those delivered.
    direct
        Transfers from vehicle to vehicle of those delivered, by ride that they lead to.
    grams
        Emitted for those delivered, by ride, as if a quarter TEU had 1 t.
    loaded
        By service: loaded and unloaded while counted, quarters.
    """

    offered: Ints
    delivered: Ints
    inside: Ints
    offered_by_month: Ints
    delivered_by_month: Ints
    transit_h: tuple[Floats, Floats, Floats, Floats]
    spent_h: Floats
    direct: Ints
    grams: Floats
    loaded: Ints


class Follower:
    """Adds up what the containers of a replication did.

    Parameters
    ----------
    network
        The corridor.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        itineraries, flows = len(network.names.itineraries), len(network.names.flows)
        months = flows * len(network.months[0])
        sizes = {
            "offered": itineraries,
            "delivered": itineraries,
            "inside": itineraries,
            "offered_by_month": months,
            "delivered_by_month": months,
            "loaded": len(network.names.services),
            "numbers": flows,
        }
        self._counts: Sums = {name: np.zeros((size, 2), np.int64) for name, size in sizes.items()}
        self._sums: Sums = {}
        self._transit = TransitTimes(network)
        self._aboard = Carried(np.int64)

    def add(self, part: Replication, closed: Closed) -> None:
        """Add a part of the replication, the closed parts of its waits known.

        Raises
        ------
        ConservationError
            If a container moved against time, or a trip carried others than it has.
        """
        self._count(part)
        add(self._sums, dict(zip(("spent_h", "direct", "grams"), _spent(self._network, part, closed), strict=True)))

    def _count(self, part: Replication) -> None:
        """Count containers, checking that their hops follow in time, and that trips carried those that they have."""
        from jibek.results import _kernels as kernels

        network, carried = self._network, self._aboard.into(part)
        labels, month_of_day = network.months
        broken, *delivered = kernels.follow(
            network.hours,
            _columns(part.containers, "flow", "itinerary", "number", "quarters", "first_hop", "enter_h", "leave_h"),
            _columns(part.hops, "service", "trip", "ready_h", "load_h", "aboard_h", "unload_h", "off_h", "direct"),
            (network.ride_start, network.flow_of, len(labels)),
            month_of_day,
            tuple(self._counts.values()),
            carried,
        )
        if broken >= 0:
            containers = part.containers
            name = f"container {containers['number'][broken]} of flow {network.names.flows[containers['flow'][broken]]}"
            raise ConservationError(f"replication {part.number}: the hops of {name} do not follow in time")
        self._check_loads(part, carried)
        self._transit.add(*delivered)

    def _check_loads(self, part: Replication, carried: Ints) -> None:
        """Check that trips carried the containers that they have, as far as these are told."""
        names, trips = self._network.names, part.trips
        wrong = (carried != trips["containers"]) & ~np.isnan(trips["closed_h"])
        if part.kept is not None:
            wrong &= ~part.kept  # of these more may be told
        if wrong.any():
            trip = int(np.flatnonzero(wrong)[0])
            name = f"trip {trips['number'][trip]} of {names.services[trips['service'][trip]]}"
            said = f"has {trips['containers'][trip]} containers, but {carried[trip]} were aboard"
            raise ConservationError(f"replication {part.number}: {name} {said}")
        self._aboard.on(part, carried)

    def journeys(self, number: int) -> Journeys:
        """Return the sums of a replication of that number, checking that no container and no hour is lost.

        Raises
        ------
        ConservationError
            If containers in are not delivered or still inside, or if stages do not add up to the transit time.
        """
        count, numbers = self._counts.pop("numbers").T
        if np.any(numbers != count * (count - 1) // 2):
            raise ConservationError(f"replication {number}: containers are not numbered one by one")
        transit = self._transit.figures()
        _check_times(self._network, self._sums["spent_h"], self._counts["delivered"][:, 0], transit[0][:, 0])
        return Journeys(**self._counts, **self._sums, transit_h=transit)


def _spent(network: Network, replication: Replication, closed: Closed) -> tuple[Floats, Ints, Floats]:
    from jibek.results import _kernels as kernels

    trips, legs = replication.trips, replication.legs
    first_leg = kernels.count_groups(legs["trip"], trips["service"].size)
    emitted = network.grams_per_t[trips["service"], network.fleet_of[trips["rotation"]]]
    times = _columns(legs, "place_h", "checked_h", "admitted_h", "enter_h", "exit_h")
    return kernels.journeys(  # type: ignore[no-any-return]
        network.hours,
        _columns(replication.containers, "itinerary", "quarters", "first_hop", "enter_h", "leave_h"),
        (
            *_columns(replication.hops, "trip", "ready_h", "load_h", "aboard_h", "unload_h", "off_h", "direct"),
            closed.hops,
        ),
        (
            *_columns(trips, "closed_h", "cleared_h", "left_h"),
            closed.leaving,
            *_columns(trips, "arrived_h", "passed_h", "berthed_h"),
            closed.berthing,
            first_leg,
            emitted,
        ),
        kernels.leg_hours(legs["trip"], first_leg, times, (closed.admission, closed.path)),
        network.ride_start,
        network.ride_slot,
    )


def _columns(table: Table, *names: str) -> tuple[NDArray[Any], ...]:
    return tuple(table[name] for name in names)


def _check_times(network: Network, spent: Floats, count: Ints, mean: Floats) -> None:
    """Check that the stages of each itinerary add up to its transit times."""
    slot = network.ride_slot[network.ride_start]
    stages = np.add.reduceat(spent, slot[:-1]) if spent.size else np.zeros(0)
    total = np.where(count > 0, count * mean, 0.0)
    wrong = ~(np.abs(stages - total) <= 1e-6 * np.maximum(count, 1))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        name = network.names.itineraries[row]
        raise ConservationError(
            f"stages of itinerary {name} add up to {stages[row]:,.6f} h, its transit times to {total[row]:,.6f} h"
        )
