"""How much of a package is known, and how much assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jibek.corridor import tables as t
from jibek.corridor._corridor import Corridor
from jibek.tables import Column, columns

_ABOUT_OTHERS = {"sources", "uncertainty", "observations"}
_WITHOUT_RANGE = {"degrees", "mm"}
"""Units of positions and gauges: these are known, or wrong."""


@dataclass(frozen=True)
class Counts:
    """Numbers given in a table, by where they come from.

    Parameters
    ----------
    sourced
        Their row names a source that is published or derived.
    assumed
        Their row, or their row in `uncertainty`, names an assumption.
    unsourced
        Nothing says where they come from.
    """

    sourced: int = 0
    assumed: int = 0
    unsourced: int = 0

    @property
    def total(self) -> int:
        """All numbers given."""
        return self.sourced + self.assumed + self.unsourced


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a package come from.

    Parameters
    ----------
    tables
        Counts by table, without tables that hold no numbers.
    without_range
        Assumed values, `table.id.field`, of which `uncertainty` does not say how well they are known.
    """

    tables: Mapping[str, Counts]
    without_range: tuple[str, ...]

    @property
    def total(self) -> Counts:
        """Counts of the whole package."""
        counts = self.tables.values()
        return Counts(
            sum(one.sourced for one in counts),
            sum(one.assumed for one in counts),
            sum(one.unsourced for one in counts),
        )


def provenance(corridor: Corridor) -> Provenance:
    """Count the numbers given in a package by where they come from.

    Parameters
    ----------
    corridor
        In memory. Numbers that equal the default of their column are not counted.

    Examples
    --------
    >>> import jibek.corridor
    >>> found = jibek.corridor.provenance(jibek.corridor.read("starter"))
    >>> found.total.sourced, found.tables["closures"].assumed
    (0, 4)
    """
    counts: dict[str, Counts] = {}
    without_range: list[str] = []
    for name in t.TABLES:
        if name in _ABOUT_OTHERS:
            continue
        number = {"sourced": 0, "assumed": 0, "unsourced": 0}
        for place, field, row in _numbers(corridor, name):
            ranges = (corridor.uncertainty.get(f"{name}.{one}.{field.name}") for one in (place, "*"))
            ranged = next(filter(None, ranges), None)
            origin = _origin(corridor, row, ranged)
            number[origin] += 1
            if origin == "assumed" and ranged is None and field.unit not in _WITHOUT_RANGE:
                without_range.append(f"{name}.{place}.{field.name}")
        if any(number.values()):
            counts[name] = Counts(**number)
    return Provenance(counts, tuple(without_range))


def _numbers(corridor: Corridor, table: str) -> Iterator[tuple[str, Column, Any]]:
    """Yield row and column of each number that is not the default."""
    row = t.TABLES[table]
    known = [one for one in columns(row).values() if one.kind in ("number", "whole number")]
    for n, one in enumerate(corridor.rows(table), 1):
        place = getattr(one, "id", str(n))
        for column in known:
            if column.given(one):
                yield place, column, one


def _origin(corridor: Corridor, row: Any, ranged: t.Uncertainty | None) -> str:
    if ranged is not None and _kind(corridor, ranged.source) == "assumption":
        return "assumed"
    kind = _kind(corridor, getattr(row, "source", None))
    return {"": "unsourced", "assumption": "assumed"}.get(kind, "sourced")


def _kind(corridor: Corridor, source: str | None) -> str:
    row = corridor.sources.get(source or "")
    return row.kind if row else ""
