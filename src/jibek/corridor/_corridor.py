"""The corridor: all tables of a package as typed, immutable rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from jibek.corridor import tables as t

_NONE: Mapping[str, t.Row] = MappingProxyType({})


@dataclass(frozen=True)
class Corridor:
    """A corridor package in memory; made by `jibek.read`, changed by `with_changes`.

    Every table is a read-only mapping from id to row, in the order of the file; `arrivals` and `departures`, whose
    rows have no id, are tuples.
    """

    header: t.Header
    places: Mapping[str, t.Place]
    links: Mapping[str, t.Link]
    terminals: Mapping[str, t.Terminal]
    zones: Mapping[str, t.Zone]
    equipment: Mapping[str, t.Equipment]
    transfers: Mapping[str, t.Transfer]
    checks: Mapping[str, t.Check]
    closures: Mapping[str, t.Closure]
    fleets: Mapping[str, t.Fleet]
    services: Mapping[str, t.Service]
    rotations: Mapping[str, t.Rotation]
    flows: Mapping[str, t.Flow]
    itineraries: Mapping[str, t.Itinerary]
    tariffs: Mapping[str, t.Tariff]
    emissions: Mapping[str, t.Emission]
    measures: Mapping[str, t.Measure]
    uncertainty: Mapping[str, t.Uncertainty]
    observations: Mapping[str, t.Observation]
    sources: Mapping[str, t.SourceRow]
    arrivals: tuple[t.Arrival, ...] = field(default=())
    departures: tuple[t.Departure, ...] = field(default=())
