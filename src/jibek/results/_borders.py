"""Indicators of CAREC's Corridor Performance Measurement and Monitoring (CPMM).

CPMM measures the movement of actual cargo (annual reports, https://cpmm.carecprogram.org): TFI1, the hours
taken at a border crossing point; TFI2, the cost there; TFI3, the cost of carrying 20 t over a section of
500 km; TFI4, the speed, as distance by the time under way with all stops (speed with delay, SWD) beside
distance by the time in motion alone (speed without delay, SWOD).

A crossing has two points, one in each country: here the place before a link between two countries and the
place after it, a stay at a terminal there included. A place at which nothing takes time, as between members
of a customs union, is not counted. Nor is what a container does at its origin before its first vehicle
closes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jibek.results._cost import RideCost
from jibek.results._network import DEPART, LEG, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BEFORE_CLOSING = DEPART.index("check")
"""Slots of a first ride that come before its vehicle closes."""


@dataclass(frozen=True)
class Crossing:
    """A passing of a link between two countries, by an itinerary.

    Attributes
    ----------
    link, back
        Link and direction.
    before, after
        Slots at the place before the link and at the place after it.
    ride
        Position of the ride in the itinerary.
    leg
        Position of the link in the path.
    """

    link: str
    back: bool
    before: tuple[int, ...]
    after: tuple[int, ...]
    ride: int
    leg: int


@dataclass
class Totals:
    """Sums over delivered containers."""

    points: float = 0.0
    hours: float = 0.0
    border_cost: float = 0.0
    cost: float = 0.0
    tkm: float = 0.0
    km: float = 0.0
    under_way_h: float = 0.0
    moving_h: float = 0.0

    def add(self, other: Totals) -> None:
        """Add other sums to these."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def indicators(self) -> Iterator[tuple[str, float]]:
        """Yield the indicators by name; NaN where there is nothing to divide by."""
        yield "tfi1_border_h", _ratio(self.hours, self.points)
        yield "tfi2_border_cost", _ratio(self.border_cost, self.points)
        yield "tfi3_cost_per_500km_20t", _ratio(self.cost, self.tkm) * 500 * 20
        yield "tfi4_speed_with_delay_kmh", _ratio(self.km, self.under_way_h)
        yield "speed_without_delay_kmh", _ratio(self.km, self.moving_h)


@dataclass
class Side:
    """Sums over containers that crossed a border in one direction."""

    containers: float = 0.0
    exit_h: float = 0.0
    entry_h: float = 0.0


@dataclass
class Borders:
    """Sums by main mode, and by border and direction."""

    by_mode: dict[str, Totals] = field(default_factory=dict)
    by_flow: dict[int, Totals] = field(default_factory=dict)
    crossings: dict[tuple[str, str], Side] = field(default_factory=dict)


def _ratio(one: float, other: float) -> float:
    return one / other if other else float("nan")


def crossings(network: Network) -> list[list[Crossing]]:
    """Return the borders that each itinerary crosses, in order."""
    between = {name for name in network.names.links if _between_countries(network, name)}
    return [list(_crossed(network, itinerary, between)) for itinerary in range(len(network.rides_of))]


def _crossed(network: Network, itinerary: int, between: Container[str]) -> Iterator[Crossing]:
    first = network.ride_start[itinerary]
    begin, end = (int(network.ride_slot[network.ride_start[row]]) for row in (itinerary, itinerary + 1))
    legs = [
        (ride, leg, link, int(network.ride_slot[first + ride]) + len(DEPART) + leg * len(LEG) + LEG.index("moving"))
        for ride, service in enumerate(network.rides_of[itinerary])
        for leg, link in enumerate(network.link_ids(service))
    ]
    moves = [begin + BEFORE_CLOSING - 1, *(move for *_, move in legs), end]
    for number, (ride, leg, link, move) in enumerate(legs, 1):
        if link in between:
            yield Crossing(
                link=link,
                back=network.backward(network.rides_of[itinerary][ride])[leg],
                before=tuple(range(moves[number - 1] + 1, move)),
                after=tuple(range(move + 1, moves[number + 1])),
                ride=ride,
                leg=leg,
            )


def _between_countries(network: Network, link: str) -> bool:
    row = network.corridor.links[link]
    one, other = (network.corridor.places[name].country for name in (row.from_place, row.to_place))
    return bool(one and other and one != other)


def main_mode(network: Network, itinerary: int) -> str:
    """Return the mode of the larger part of an itinerary's way."""
    km: dict[str, float] = {}
    for service in network.rides_of[itinerary]:
        for name in network.link_ids(service):
            link = network.corridor.links[name]
            km[link.mode] = km.get(link.mode, 0.0) + link.length_km
    return max(km, key=lambda mode: km[mode])


def measure(
    network: Network,
    plan: list[list[Crossing]],
    delivered: Ints,
    spent_h: Floats,
    costs: list[list[RideCost]],
) -> Borders:
    """Add up what the indicators are made of.

    Parameters
    ----------
    network, plan
        The corridor and its `crossings`.
    delivered
        Number and quarters, by itinerary.
    spent_h
        Hours in each slot.
    costs
        By itinerary and ride.
    """
    found = Borders()
    for itinerary, here in enumerate(plan):
        totals = _under_way(network, itinerary, delivered[itinerary], spent_h, costs[itinerary])
        for crossing in here:
            count = float(delivered[itinerary, 0])
            side = found.crossings.setdefault((crossing.link, "back" if crossing.back else "forward"), Side())
            before, after = (float(spent_h[list(part)].sum()) for part in (crossing.before, crossing.after))
            side.containers += count
            side.exit_h += before
            side.entry_h += after
            totals.points += count * ((before > 0) + (after > 0))
            totals.hours += before + after
            totals.border_cost += _border_cost(crossing, costs[itinerary])
        found.by_mode.setdefault(main_mode(network, itinerary), Totals()).add(totals)
        found.by_flow.setdefault(int(network.flow_of[itinerary]), Totals()).add(totals)
    return found


def _under_way(network: Network, itinerary: int, delivered: Ints, spent_h: Floats, costs: list[RideCost]) -> Totals:
    rides = slice(network.ride_start[itinerary], network.ride_start[itinerary + 1])
    first, last = network.ride_slot[rides.start], network.ride_slot[rides.stop]
    km = float(network.ride_km[rides].sum())
    tonnes = delivered[1] / 4 * network.t_per_teu[network.flow_of[itinerary]]
    return Totals(
        cost=sum(ride.total for ride in costs),
        tkm=float(tonnes * km),
        km=km * float(delivered[0]),
        under_way_h=float(spent_h[first + BEFORE_CLOSING : last].sum()),
        moving_h=float(spent_h[first:last][network.moving[first:last]].sum()),
    )


def _border_cost(crossing: Crossing, costs: list[RideCost]) -> float:
    """Return what is paid at a crossing: for the link, and for lifts at a terminal beside it."""
    ride = costs[crossing.ride]
    total = ride.links[crossing.leg]
    if crossing.leg == 0:
        total += ride.load + (costs[crossing.ride - 1].unload if crossing.ride else 0.0)
    if crossing.leg == len(ride.links) - 1:
        total += ride.unload + (costs[crossing.ride + 1].load if crossing.ride + 1 < len(costs) else 0.0)
    return total
