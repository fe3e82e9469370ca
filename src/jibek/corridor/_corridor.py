"""The corridor: all tables of a package as typed, immutable rows."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel

from jibek.corridor import tables as t
from jibek.corridor._columns import columns


@dataclass(frozen=True)
class Corridor:
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
    changes: tuple[str, ...] = field(default=(), compare=False)
    """Changes applied to the package as it was read, in order."""
    applied: tuple[str, ...] = field(default=(), compare=False)
    """Measures these changes come from, in order."""

    @classmethod
    def of(
        cls,
        header: t.Header,
        rows: Mapping[str, Iterable[t.Row]],
        *,
        changes: tuple[str, ...] = (),
        applied: tuple[str, ...] = (),
    ) -> Corridor:
        """Build a corridor from rows by table; nothing is checked."""
        built: dict[str, Any] = {}
        for name, table in t.TABLES.items():
            here = rows.get(name, ())
            built[name] = MappingProxyType({cast(Any, row).id: row for row in here}) if table.keyed else tuple(here)
        return cls(header=header, changes=changes, applied=applied, **built)

    def rows(self, table: str) -> tuple[t.Row, ...]:
        """Return the rows of a table, in order.

        Parameters
        ----------
        table
            Name of the table.
        """
        held = getattr(self, table)
        return tuple(held.values()) if t.TABLES[table].keyed else held

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

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all values that are not the default, as hexadecimal; rows may stand in any order."""
        digest = hashlib.sha256(_canonical(self.header))
        for name in t.TABLES:
            digest.update(f"[{name}]\n".encode())
            for line in sorted(map(_canonical, self.rows(name))):
                digest.update(line)
        return digest.hexdigest()

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.rows(name))} {name}" for name in t.TABLES if self.rows(name))
        return f"<Corridor {self.header.id}: {counts}>"

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<tr><td>{name}</td><td>{len(self.rows(name))}</td></tr>" for name in t.TABLES if self.rows(name)
        )
        title = html.escape(self.header.title)
        return f"<table><caption>{title}</caption><tr><th>table</th><th>rows</th></tr>{lines}</table>"

    def __getstate__(self) -> dict[str, Any]:
        state = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: dict(part) if isinstance(part, MappingProxyType) else part for name, part in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, part in state.items():
            object.__setattr__(self, name, MappingProxyType(part) if isinstance(part, dict) else part)


def _canonical(row: BaseModel) -> bytes:
    given = [column for column in columns(type(row)).values() if column.given(row)]
    cells = {column.name: column.cell(getattr(row, column.name)) for column in given}
    return json.dumps(cells).encode() + b"\n"
