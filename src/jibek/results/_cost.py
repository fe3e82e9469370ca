"""What rides, handlings and links cost, and what they emit; accounting that changes nothing in a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.corridor.tables import Tariff
from jibek.results._network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Load:
    """Containers of one flow that ride, pass or are handled together: number, length, mass of a TEU."""

    count: float
    teu: float
    t_per_teu: float
    cargo_class: str

    def price(self, tariffs: Iterable[Tariff], km: float = 0.0) -> float:
        """Return what they pay."""
        return sum(
            one.per_container * self.count + (one.per_teu + one.per_tkm * km * self.t_per_teu) * self.teu
            for one in tariffs
            if not one.classes or self.cargo_class in one.classes
        )


@dataclass(frozen=True)
class RideCost:
    """What the delivered containers of an itinerary paid for one ride.

    Attributes
    ----------
    ride
        For the ride itself.
    links
        For passing each link of the path.
    load, unload
        For being lifted onto the vehicle and off it; a lift from vehicle to vehicle counts as one off it.
    lifts_on, lifts_off
        Number of these lifts.
    """

    ride: float
    links: tuple[float, ...]
    load: float
    unload: float
    lifts_on: int
    lifts_off: int

    @property
    def total(self) -> float:
        """All of it."""
        return self.ride + sum(self.links) + self.load + self.unload


class Prices:
    """Tariffs by what they are charged for."""

    def __init__(self, network: Network) -> None:
        self._network = network
        tariffs = network.corridor.tariffs.values()
        self._of = {
            kind: {name: [one for one in tariffs if getattr(one, kind) == name] for name in names}
            for kind, names in (
                ("service", network.names.services),
                ("terminal", network.names.terminals),
                ("link", network.names.links),
            )
        }

    def rides(self, delivered: Ints, direct: Ints) -> list[list[RideCost]]:
        """Return what the delivered containers paid, by itinerary and ride.

        Parameters
        ----------
        delivered, direct
            Number and quarters, by itinerary, and by ride those that came to it directly.
        """
        network = self._network
        found = []
        for itinerary, rides in enumerate(network.rides_of):
            flow = network.corridor.flows[network.names.flows[network.flow_of[itinerary]]]
            costs = []
            for position, service in enumerate(rides):
                ride = network.ride_start[itinerary] + position
                parts = [delivered[itinerary], delivered[itinerary] - direct[ride]]
                whole, lifted = (Load(int(part[0]), part[1] / 4, flow.t_per_teu, flow.cargo_class) for part in parts)
                costs.append(self._ride(service, whole, lifted))
            found.append(costs)
        return found

    def _ride(self, service: int, load: Load, lifted: Load) -> RideCost:
        network = self._network
        links = network.link_ids(service)
        km = [network.corridor.links[link].length_km for link in links]
        terminals = network.names.terminals
        return RideCost(
            ride=load.price(self._of["service"][network.names.services[service]], sum(km)),
            links=tuple(load.price(self._of["link"][link], one) for link, one in zip(links, km, strict=True)),
            load=lifted.price(self._of["terminal"][terminals[network.from_terminal[service]]]),
            unload=load.price(self._of["terminal"][terminals[network.to_terminal[service]]]),
            lifts_on=int(lifted.count),
            lifts_off=int(load.count),
        )


def kg_per_move(network: Network) -> Floats:
    """Return what a handling emits, by terminal."""
    factors = {one.terminal: one.kg_per_move for one in network.corridor.emissions.values() if one.terminal}
    return np.array([factors.get(name, 0.0) for name in network.names.terminals])
