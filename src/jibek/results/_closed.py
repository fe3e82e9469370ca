"""How long what a container or vehicle waits for was closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.results._network import Network
from jibek.simulate._replication import Replication, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Lines = tuple[Ints, Floats, Floats, Floats]
"""Lines of closed intervals: first interval of each line, begins, ends, hours closed before each begin."""


@dataclass(frozen=True)
class Closed:
    """Closed parts of the waits of a replication, in hours.

    Attributes
    ----------
    hops
        Of the wait for a vehicle, by hop.
    leaving, berthing
        Of the wait to leave the position and of the wait for one, by trip.
    admission, path
        Of the waits before a link, by leg.
    """

    hops: Floats
    leaving: Floats
    berthing: Floats
    admission: Floats
    path: Floats


def closed_parts(network: Network, replication: Replication) -> Closed:
    """Return how much of each wait what was waited for was closed."""
    return Closings(network, replication.closed)(replication)


class Closings:
    """What was closed when, in a replication.

    Parameters
    ----------
    network, closed
        The corridor, and the times closed by closure.
    """

    def __init__(self, network: Network, closed: Table) -> None:
        lines = _Lines(network, closed)
        self._network = network
        self._by_service = lines.by_service()
        self._packed = lines.packed()

    def __call__(self, part: Replication) -> Closed:
        """Return how much of each wait of a part what was waited for was closed."""
        from jibek.results import _kernels as kernels

        containers, hops, trips, legs = part.containers, part.hops, part.trips, part.legs
        origin, goal, both, links = self._by_service
        service = trips["service"]
        trip = legs["trip"]
        hop_times = (hops["service"], hops["ready_h"], hops["load_h"], hops["direct"])
        entry = (containers["itinerary"], containers["first_hop"], containers["enter_h"])
        packed, between = self._packed, kernels.closed_between
        return Closed(
            hops=kernels.closed_waits(*entry, self._network.ride_start, origin, hop_times, packed),
            leaving=between(trips["cleared_h"], trips["left_h"], both[service], *packed),
            berthing=between(trips["passed_h"], trips["berthed_h"], goal[service], *packed),
            admission=between(legs["checked_h"], legs["admitted_h"], goal[service[trip]], *packed),
            path=between(legs["admitted_h"], legs["enter_h"], links[legs["link"]], *packed),
        )


class _Lines:
    """Lines of closed intervals, each the union of what a set of closures closed."""

    def __init__(self, network: Network, closed: Table) -> None:
        self._network = network
        self._of = {
            (kind, name): frozenset(
                row
                for row, closure in enumerate(network.names.closures)
                if getattr(network.corridor.closures[closure], kind) == name
            )
            for kind, table in (("terminal", "terminals"), ("zone", "zones"), ("link", "links"))
            for name in getattr(network.names, table)
        }
        self._closed = closed
        self._numbers: dict[frozenset[int], int] = {}

    def _line(self, targets: Iterable[tuple[str, str | None]]) -> int:
        """Return the number of the line of some targets; -1 if nothing ever closes them."""
        closures = frozenset[int]().union(*(self._of[kind, name] for kind, name in targets if name is not None))
        return self._numbers.setdefault(closures, len(self._numbers)) if closures else -1

    def by_service(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the lines of each service's origin, destination and both, and of each link."""
        origin, goal, both = [], [], []
        for name in self._network.names.services:
            service = self._network.corridor.services[name]
            here = [("terminal", service.from_terminal), ("zone", service.from_zone)]
            there = [("terminal", service.to_terminal), ("zone", service.to_zone)]
            origin.append(self._line(here))
            goal.append(self._line(there))
            both.append(self._line(here + there if len(service.path) == 1 else here))
        links = [self._line([("link", name)]) for name in self._network.names.links]
        return (*(np.array(part, dtype=np.int64) for part in (origin, goal, both, links)),)  # type: ignore[return-value]

    def packed(self) -> Lines:
        """Return all lines numbered so far."""
        first, begins, ends, befores = [0], [], [], []
        for closures in self._numbers:
            chosen = np.isin(self._closed["closure"], list(closures))
            begin, end = union(self._closed["start_h"][chosen], self._closed["end_h"][chosen])
            begins.append(begin)
            ends.append(end)
            befores.append(np.concatenate(([0.0], np.cumsum(end - begin)[:-1])) if begin.size else begin)
            first.append(first[-1] + begin.size)
        joined = (np.concatenate([np.zeros(0), *parts]) for parts in (begins, ends, befores))
        return (np.array(first, dtype=np.int64), *joined)  # type: ignore[return-value]


def union(begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the union of intervals as intervals that do not touch, by time.

    Examples
    --------
    >>> begin, end = union(np.array([5.0, 0.0, 1.0]), np.array([6.0, 2.0, 3.0]))
    >>> begin.tolist(), end.tolist()
    ([0.0, 5.0], [3.0, 6.0])
    """
    order = np.argsort(begin, kind="stable")
    begin, reach = begin[order], np.maximum.accumulate(end[order])
    new = np.ones(begin.size, dtype=bool)
    new[1:] = begin[1:] > reach[:-1]
    return begin[new], reach[np.append(new[1:], True)] if begin.size else reach
