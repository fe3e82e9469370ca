"""A corridor as its rules look at it: rows found by what they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property

from jibek.corridor import tables as t
from jibek.corridor._corridor import Corridor
from jibek.tables import Problem, Row, at

Rail = tuple[t.Mode, int | None]
"""A mode and, for rail, a gauge."""

LENGTH_TEU = {"share_20ft": 1.0, "share_40ft": 2.0, "share_45ft": 2.25}


def one_of(row: Row, names: Iterable[str]) -> Iterator[Problem]:
    """Ask for just one of several columns."""
    names = list(names)
    given = [name for name in names if getattr(row, name) is not None]
    if len(given) != 1:
        said = f"{' and '.join(given)} are given" if given else "none is given"
        yield at(row, None, f"just one of {', '.join(names)} must be given; {said}")


def quarters(teu: float) -> int:
    """Round TEU down to quarters."""
    return int(teu * 4 + 1e-9)


class View:
    """A corridor with what its rules look up; rows that are not there are passed over.

    Parameters
    ----------
    corridor
        In memory, perhaps without some of its rows.
    """

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor

    @cached_property
    def zones_at(self) -> Mapping[str, list[t.Zone]]:
        """Zones by terminal."""
        found: dict[str, list[t.Zone]] = defaultdict(list)
        for zone in self.corridor.zones.values():
            found[zone.terminal].append(zone)
        return dict(found)

    @cached_property
    def yards(self) -> Mapping[str, t.Zone]:
        """Yard by terminal."""
        return {zone.terminal: zone for zone in self.corridor.zones.values() if zone.kind == "yard"}

    @cached_property
    def transfers(self) -> Mapping[tuple[str, str], list[t.Transfer]]:
        """Transfers by zones."""
        found: dict[tuple[str, str], list[t.Transfer]] = defaultdict(list)
        for transfer in self.corridor.transfers.values():
            found[transfer.from_zone, transfer.to_zone].append(transfer)
        return dict(found)

    @cached_property
    def rotations(self) -> Mapping[str, list[t.Rotation]]:
        """Rotations by service."""
        found: dict[str, list[t.Rotation]] = defaultdict(list)
        for rotation in self.corridor.rotations.values():
            for service in dict.fromkeys(rotation.services):
                found[service].append(rotation)
        return dict(found)

    @cached_property
    def itineraries(self) -> Mapping[str, list[t.Itinerary]]:
        """Itineraries that are used, by flow."""
        found: dict[str, list[t.Itinerary]] = defaultdict(list)
        for itinerary in self.corridor.itineraries.values():
            if itinerary.share > 0:
                found[itinerary.flow].append(itinerary)
        return dict(found)

    @cached_property
    def listed_flows(self) -> frozenset[str]:
        """Flows that have listed arrivals."""
        return frozenset(arrival.flow for arrival in self.corridor.arrivals)

    @cached_property
    def listed_services(self) -> frozenset[str]:
        """Services that have listed departures."""
        return frozenset(departure.service for departure in self.corridor.departures)

    @cached_property
    def carrying(self) -> Mapping[str, list[t.Flow]]:
        """Flows with containers, by service they use."""
        found: dict[str, list[t.Flow]] = defaultdict(list)
        for flow in self.corridor.flows.values():
            if self.has_containers(flow):
                used = (name for itinerary in self.itineraries.get(flow.id, ()) for name in itinerary.services)
                for service in dict.fromkeys(used):
                    found[service].append(flow)
        return dict(found)

    @cached_property
    def clock(self) -> tuple[datetime, datetime]:
        """Begin of the warm-up and end of the days that count; in centuries that another rule allows."""
        header = self.corridor.header
        start = datetime.combine(min(max(header.start, date(1900, 1, 1)), date(2200, 12, 31)), time())
        return start - timedelta(header.warmup_days), start + timedelta(header.days)

    def has_containers(self, flow: t.Flow) -> bool:
        """Whether a flow brings any container."""
        return flow.id in self.listed_flows if flow.arrival == "listed" else flow.teu_per_year > 0

    def services(self, names: Iterable[str]) -> list[t.Service]:
        """Return services by id; nothing if one is not there."""
        found = [self.corridor.services.get(name) for name in names]
        return [service for service in found if service is not None] if None not in found else []

    def links(self, service: t.Service) -> list[t.Link]:
        """Return the links of a path; nothing if one is not there."""
        found = [self.corridor.links.get(name) for name in service.path]
        return [link for link in found if link is not None] if None not in found else []

    def rail(self, service: t.Service) -> Rail | None:
        """Return the mode and gauge of a path; None if it has not just one."""
        kinds = {(link.mode, link.gauge_mm) for link in self.links(service)}
        return kinds.pop() if len(kinds) == 1 else None

    def fleets(self, service: str) -> list[t.Fleet]:
        """Return the fleets that run a service."""
        named = dict.fromkeys(rotation.fleet for rotation in self.rotations.get(service, ()))
        return [fleet for fleet in map(self.corridor.fleets.get, named) if fleet is not None]


def longest_teu(flow: t.Flow) -> float:
    """Return the length of the longest container in a flow's mix."""
    return max((teu for column, teu in LENGTH_TEU.items() if getattr(flow, column) > 0), default=0.0)


def mean_teu(flow: t.Flow) -> float:
    """Return the mean length of the containers in a flow's mix; where there is no mix, 1."""
    weights = {teu: getattr(flow, column) for column, teu in LENGTH_TEU.items()}
    total = sum(weights.values())
    return sum(teu * weight for teu, weight in weights.items()) / total if total else 1.0


def kind_text(rail: Rail) -> str:
    """Name a mode and gauge for a message."""
    mode, gauge = rail
    return f"{mode} of {gauge} mm" if gauge else mode


Rules = dict[Callable[[View], Iterator[Problem]], tuple[str, ...]]
"""Rules, each with the tables that must be whole (or `header`) for it to be asked."""
