"""The corridor: all tables of a package as typed, immutable rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jibek.corridor import tables as t
from jibek.tables import Package, SourceRow


@dataclass(frozen=True, repr=False)
class Corridor(Package):
    """A corridor package in memory; made by `jibek.read`, changed by `with_changes`.

    Every table is a read-only mapping from id to row, in the order of the file; `arrivals` and `departures`,
    whose rows have no id, are tuples. Corridors are equal when their headers and tables are.

    Examples
    --------
    >>> import jibek.corridor
    >>> corridor = jibek.corridor.read("starter")
    >>> faster = corridor.with_changes("links.*.run_h*=0.9")
    >>> faster.changes
    ('links.*.run_h*=0.9',)
    """

    schema = t.SCHEMA

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
    sources: Mapping[str, SourceRow]
    arrivals: tuple[t.Arrival, ...] = field(default=())
    departures: tuple[t.Departure, ...] = field(default=())
    changes: tuple[str, ...] = field(default=(), compare=False)
    """Changes applied to the package as it was read, in order."""
    applied: tuple[str, ...] = field(default=(), compare=False)
    """Measures these changes come from, in order."""

    def with_changes(self, *changes: str) -> Corridor:
        """Return the corridor with some values changed.

        Parameters
        ----------
        *changes
            `table.id.field=value`, `table.id.field*=1.1` or `table.id.field+=1`; id `*` means all rows.
            They are applied in order, then the whole corridor is checked.

        Raises
        ------
        ChangeError
            With every problem of the changes, or of the corridor changed.

        Examples
        --------
        >>> import jibek.corridor
        >>> corridor = jibek.corridor.read("starter").with_changes("services.*.priority+=1")
        >>> {service.priority for service in corridor.services.values()}
        {1}
        """
        from jibek.corridor._applying import changed

        return changed(self, changes)

    def with_measures(self, *measures: str) -> Corridor:
        """Return the corridor with measures taken, and all that they require before them.

        Parameters
        ----------
        *measures
            Ids of measures; one that has been taken already is not taken twice.

        Raises
        ------
        ChangeError
            If a measure is unknown, excludes another or cannot be applied.
        """
        from jibek.corridor._applying import with_measures

        return with_measures(self, measures)

    def with_clock(self, *, days: int | None = None, warmup_days: int | None = None) -> Corridor:
        """Return the corridor with another clock.

        Parameters
        ----------
        days, warmup_days
            Days that count and days simulated before; None leaves them as they are.

        Raises
        ------
        ChangeError
            If one of them is out of its limits.

        Examples
        --------
        >>> import jibek.corridor
        >>> jibek.corridor.read("starter").with_clock(days=30).header.days
        30
        """
        from jibek.corridor._applying import with_clock

        return with_clock(self, days=days, warmup_days=warmup_days)
