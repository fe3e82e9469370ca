"""What the containers of a replication did: cohort, transit times, hours in every slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import Closed
from jibek.results._cost import grams_per_t
from jibek.results._network import Network, starts
from jibek.simulate._replication import Replication, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARES = (0.1, 0.5, 0.9, 0.95)
TRANSIT = ("mean", "p10", "p50", "p90", "p95")
"""Figures of a distribution: the mean, then the quantiles of `SHARES`."""


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


def follow(network: Network, replication: Replication, closed: Closed) -> Journeys:
    """Add up what the containers of a replication did.

    Raises
    ------
    ConservationError
        If containers in are not delivered or still inside, or if stages do not add up to the transit time.
    """
    from jibek.results import _kernels as kernels

    containers, hops = replication.containers, replication.hops
    itinerary, quarters = containers["itinerary"], containers["quarters"]
    entry, exit_ = containers["enter_h"], containers["leave_h"]
    labels, month_of_day = network.months
    _check_conserved(network, replication)
    done, entered, left = kernels.cohort(network.hours, itinerary, quarters, entry, exit_, month_of_day)
    flow = network.flow_of[itinerary]
    size = len(network.names.itineraries)
    months = len(network.names.flows) * len(labels)
    spent, direct, grams = _spent(network, replication, closed, done)
    delivered = kernels.tally(np.where(done, itinerary, -1), quarters, size)
    transit = _transit(network, replication, done, np.where(done, flow * len(labels) + left, -1), months)
    _check_times(network, spent, delivered[:, 0], transit[0][:, 0])
    times = (hops["service"], hops["load_h"], hops["unload_h"])
    return Journeys(
        offered=kernels.tally(np.where(entered >= 0, itinerary, -1), quarters, size),
        delivered=delivered,
        inside=kernels.tally(np.where(np.isnan(exit_), itinerary, -1), quarters, size),
        offered_by_month=kernels.tally(np.where(entered >= 0, flow * len(labels) + entered, -1), quarters, months),
        delivered_by_month=kernels.tally(np.where(done, flow * len(labels) + left, -1), quarters, months),
        transit_h=transit,
        spent_h=spent,
        direct=direct,
        grams=grams,
        loaded=kernels.handled(
            network.hours,
            itinerary,
            containers["first_hop"],
            quarters,
            network.ride_start,
            times,
            len(network.names.services),
        ),
    )


def _transit(
    network: Network, replication: Replication, done: NDArray[np.bool_], month: Ints, months: int
) -> tuple[Floats, Floats, Floats, Floats]:
    from jibek.results import _kernels as kernels

    containers = replication.containers
    rows = np.flatnonzero(done)
    transit = containers["leave_h"][rows] - containers["enter_h"][rows]
    rows = rows[order := np.argsort(transit, kind="stable")]  # twice as fast: most follow one of the same trip
    transit = transit[order]
    itinerary = containers["itinerary"][rows]
    shares = np.array(SHARES)
    by_itinerary = kernels.quantiles(transit, itinerary, len(network.names.itineraries), shares)
    by_flow = kernels.quantiles(transit, network.flow_of[itinerary], len(network.names.flows), shares)
    by_month = kernels.quantiles(transit, month[rows], months, shares)
    return by_itinerary, by_flow, by_month, kernels.quantiles(transit, np.zeros_like(rows), 1, shares)


def _spent(
    network: Network, replication: Replication, closed: Closed, done: NDArray[np.bool_]
) -> tuple[Floats, Ints, Floats]:
    from jibek.results import _kernels as kernels

    trips, legs = replication.trips, replication.legs
    first_leg = kernels.count_groups(legs["trip"], trips["service"].size)
    emitted = grams_per_t(network)[trips["service"], network.fleet_of[trips["rotation"]]]
    times = _columns(legs, "place_h", "checked_h", "admitted_h", "enter_h", "exit_h")
    return kernels.journeys(  # type: ignore[no-any-return]
        done,
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


def _check_conserved(network: Network, replication: Replication) -> None:
    """Check that no container is lost or doubled."""
    from jibek.results import _kernels as kernels

    containers, hops, trips = replication.containers, replication.hops, replication.trips
    flow, number = containers["flow"], containers["number"]
    size = len(network.names.flows)
    begin = starts(np.bincount(flow, minlength=size))
    if np.any(number != np.arange(flow.size) - begin[flow]):
        raise ConservationError(f"replication {replication.number}: containers are not numbered one by one")
    carried = np.zeros(trips["service"].size, dtype=np.int64)
    times = ("trip", "ready_h", "load_h", "aboard_h", "unload_h", "off_h", "direct")
    broken = kernels.first_broken(
        _columns(containers, "itinerary", "first_hop", "enter_h", "leave_h"),
        network.ride_start,
        (*_columns(hops, *times), carried),
    )
    if broken >= 0:
        name = f"container {number[broken]} of flow {network.names.flows[flow[broken]]}"
        raise ConservationError(f"replication {replication.number}: the hops of {name} do not follow in time")
    wrong = np.flatnonzero((carried != trips["containers"]) & ~np.isnan(trips["closed_h"]))
    if wrong.size:
        trip = int(wrong[0])
        name = f"trip {trips['number'][trip]} of {network.names.services[trips['service'][trip]]}"
        said = f"has {trips['containers'][trip]} containers, but {carried[trip]} were aboard"
        raise ConservationError(f"replication {replication.number}: {name} {said}")


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
