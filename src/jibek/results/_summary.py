"""A replication summarised: a few thousand figures instead of millions of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.results._borders import Borders, Totals, crossings, measure
from jibek.results._closed import Closed, Closings
from jibek.results._cost import Prices, RideCost, kg_per_move
from jibek.results._journeys import Follower, Journeys
from jibek.results._network import STAGES, Network
from jibek.results._traffic import Traffic
from jibek.results._transit import TRANSIT
from jibek.simulate._replication import Replication

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Figures = Iterator[tuple[str, float]]
"""Figures by dotted name; NaN: there is none."""

MONTHLY = ("offered_teu", "delivered_teu", *(f"transit_days_{name}" for name in TRANSIT))


@dataclass(frozen=True)
class Summary:
    """What is kept of a replication.

    Attributes
    ----------
    number
        Number of the replication.
    quantities
        Figures by dotted name, `flows.<id>.transit_days.p90`; NaN: there is none.
    budget
        Mean days of a delivered container by cell of the time budget.
    months
        Figures of `MONTHLY` by flow and month.
    """

    number: int
    quantities: dict[str, float]
    budget: Floats
    months: Floats


Summarised = tuple[Replication, Summary]
"""A replication, or its last part, and its summary."""

Told = Callable[[Replication, Closed], object]
"""Takes a part of a replication, and the closed parts of its waits."""


class Summariser:
    """Summarises replications of one corridor.

    Parameters
    ----------
    network
        The corridor.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._prices = Prices(network)
        self._crossings = crossings(network)

    def __call__(self, replication: Replication) -> Summary:
        """Summarise a replication, checking that no container and no hour is lost."""
        return self.of(iter((replication,)))[1]

    def of(self, parts: Iterator[Replication], tell: Told | None = None) -> Summarised:
        """Summarise a replication that comes in parts.

        Parameters
        ----------
        parts
            Of the replication.
        tell
            Told each part, before it is summarised.

        Returns
        -------
        tuple
            The last part; the summary.
        """
        follower, moved = Follower(self._network), Traffic(self._network)
        closings: Closings | None = None
        for part in parts:
            closings = closings or Closings(self._network, part.closed)
            closed = closings(part)
            if tell is not None:
                tell(part, closed)
            follower.add(part, closed)
            moved.add(part)
        return part, self._summary(part, follower.journeys(part.number), moved)

    def _summary(self, last: Replication, journeys: Journeys, moved: Traffic) -> Summary:
        network = self._network
        costs = self._prices.rides(journeys.delivered, journeys.direct)
        borders = measure(network, self._crossings, journeys.delivered, journeys.spent_h, costs)
        kg = emitted_kg(network, journeys, costs)
        quantities = {
            "events": float(last.events),
            **dict(_flows(network, journeys, costs, kg, borders)),
            **dict(_itineraries(network, journeys)),
            **dict(moved.figures(last, journeys.loaded, journeys.offered)),
            **dict(_borders(borders)),
        }
        return Summary(last.number, quantities, _budget(network, journeys), _months(network, journeys))


def emitted_kg(network: Network, journeys: Journeys, costs: Sequence[Sequence[RideCost]]) -> Floats:
    """Return what carrying and handling the delivered containers emitted, by itinerary."""
    per_move = kg_per_move(network)
    tonnes = network.t_per_teu[network.flow_of] / 4
    carried = np.add.reduceat(journeys.grams, network.ride_start[:-1]) if costs else np.zeros(0)
    found: Floats = carried * tonnes / 1000
    for itinerary, rides in enumerate(network.rides_of):
        for service, cost in zip(rides, costs[itinerary], strict=True):
            found[itinerary] += cost.lifts_on * per_move[network.from_terminal[service]]
            found[itinerary] += cost.lifts_off * per_move[network.to_terminal[service]]
    return found


def _flows(
    network: Network, journeys: Journeys, costs: Sequence[Sequence[RideCost]], kg: Floats, borders: Borders
) -> Figures:
    """Yield the figures of each flow, and of all."""
    size = len(network.names.flows)
    offered, delivered, inside = (
        _by_flow(network, part, size) for part in (journeys.offered, journeys.delivered, journeys.inside)
    )
    paid = np.array([sum(ride.total for ride in rides) for rides in costs])
    cost, emitted = (_by_flow(network, part, size) for part in (paid, kg))
    stages = _stages(network, journeys, size)
    for flow, name in enumerate(network.names.flows):
        parts = (offered[flow], delivered[flow], inside[flow], cost[flow], emitted[flow], stages[flow])
        transit = journeys.transit_h[1][flow]
        yield from _demand(f"flows.{name}", parts, transit, borders.by_flow.get(flow, Totals()))
    parts = tuple(part.sum(axis=0) for part in (offered, delivered, inside, cost, emitted, stages))
    whole = Totals()
    for totals in borders.by_mode.values():
        whole.add(totals)
    yield from _demand("total", parts, journeys.transit_h[3][0], whole)


def _demand(prefix: str, parts: Sequence[Floats], transit_h: Floats, way: Totals) -> Figures:
    offered, delivered, inside, cost, emitted, stages = parts
    for name, part in (("offered", offered), ("delivered", delivered), ("inside", inside)):
        yield f"{prefix}.{name}_teu", float(part[1] / 4)
        yield f"{prefix}.{name}_containers", float(part[0])
    yield from distribution(f"{prefix}.transit_days", transit_h / 24)
    for stage, hours in zip(STAGES, stages, strict=True):
        yield f"{prefix}.stages_days.{stage}", ratio(float(hours) / 24, float(delivered[0]))
    teu = float(delivered[1] / 4)
    yield f"{prefix}.cost_per_teu", ratio(float(cost), teu)
    yield f"{prefix}.co2e_kg_per_teu", ratio(float(emitted), teu)
    yield f"{prefix}.speed_kmh", ratio(way.km, way.under_way_h)
    yield f"{prefix}.speed_without_delay_kmh", ratio(way.km, way.moving_h)


def _itineraries(network: Network, journeys: Journeys) -> Figures:
    for row, name in enumerate(network.names.itineraries):
        prefix = f"itineraries.{name}"
        yield f"{prefix}.offered_teu", float(journeys.offered[row, 1] / 4)
        yield f"{prefix}.delivered_teu", float(journeys.delivered[row, 1] / 4)
        yield f"{prefix}.delivered_containers", float(journeys.delivered[row, 0])
        yield from distribution(f"{prefix}.transit_days", journeys.transit_h[0][row] / 24)


def _borders(borders: Borders) -> Figures:
    """Yield the CPMM indicators by main mode of the way and of all, and the times at each border."""
    whole = Totals()
    for mode, totals in sorted(borders.by_mode.items()):
        whole.add(totals)
        yield from ((f"cpmm.{mode}.{name}", value) for name, value in totals.indicators())
    yield from ((f"cpmm.all.{name}", value) for name, value in whole.indicators())
    for (link, direction), side in sorted(borders.crossings.items()):
        prefix = f"borders.{link}.{direction}"
        yield f"{prefix}.containers", side.containers
        yield f"{prefix}.exit_h", ratio(side.exit_h, side.containers)
        yield f"{prefix}.entry_h", ratio(side.entry_h, side.containers)


def _stages(network: Network, journeys: Journeys, flows: int) -> Floats:
    """Return hours by flow and stage."""
    hours = np.bincount(network.cell, journeys.spent_h, network.flow_of_cell.size)
    group = network.flow_of_cell * len(STAGES) + network.stage_of_cell
    found = np.bincount(group, hours, flows * len(STAGES))
    return np.asarray(found, dtype=np.float64).reshape(flows, len(STAGES))


def _budget(network: Network, journeys: Journeys) -> Floats:
    """Return mean days by cell."""
    count = _by_flow(network, journeys.delivered, len(network.names.flows))[:, 0][network.flow_of_cell]
    hours = np.bincount(network.cell, journeys.spent_h, count.size)
    return np.divide(hours / 24, count, out=np.zeros(count.size), where=count > 0)


def _months(network: Network, journeys: Journeys) -> Floats:
    offered, delivered = journeys.offered_by_month[:, 1:], journeys.delivered_by_month[:, 1:]
    return np.column_stack((offered / 4, delivered / 4, journeys.transit_h[2] / 24))


def _by_flow(network: Network, values: Ints | Floats, size: int) -> Floats:
    found = np.zeros((size, *values.shape[1:]))
    np.add.at(found, network.flow_of, values)
    return found


def distribution(prefix: str, figures: Iterable[float], names: Sequence[str] = TRANSIT) -> Figures:
    """Yield the figures of a distribution by name."""
    yield from ((f"{prefix}.{name}", float(value)) for name, value in zip(names, figures, strict=True))


def ratio(one: float, other: float) -> float:
    """Divide; NaN where there is nothing to divide by."""
    return one / other if other else float("nan")
