"""How much of a package is known, and how much assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jibek.corridor import tables as t
from jibek.corridor._corridor import Corridor
from jibek.tables import Column, Row, columns

_ABOUT_OTHERS = {"sources", "uncertainty", "observations"}
_WITHOUT_RANGE = {"degrees", "mm"}
"""Units of positions and gauges: these are known, or wrong."""


Origin = Literal["sourced", "assumed", "unsourced"]


@dataclass(frozen=True)
class Given:
    """A number given in a package, and where it comes from.

    Parameters
    ----------
    table, row, column
        Where it stands; a row without an id by its position, from 1.
    value
        The number; a tuple of them where the column holds several.
    origin
        As in `Counts`.
    source
        Source of the row, or the assumption that `uncertainty` names instead.
    ranged
        How well it is known, where `uncertainty` says so.
    """

    table: str
    row: str
    column: Column
    value: Any
    origin: Origin
    source: str | None
    ranged: t.Uncertainty | None


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
    counts: dict[str, Counter[str]] = {}
    without_range: list[str] = []
    for one in numbers(corridor):
        counts.setdefault(one.table, Counter())[one.origin] += 1
        if one.origin == "assumed" and one.ranged is None and one.column.unit not in _WITHOUT_RANGE:
            without_range.append(f"{one.table}.{one.row}.{one.column.name}")
    return Provenance({name: Counts(**number) for name, number in counts.items()}, tuple(without_range))


def numbers(corridor: Corridor) -> Iterator[Given]:
    """Yield each number given in a package, table by table, with its origin.

    Parameters
    ----------
    corridor
        In memory. Numbers that equal the default of their column are left out.

    Examples
    --------
    >>> import jibek.corridor
    >>> first = next(jibek.corridor.numbers(jibek.corridor.read("starter")))
    >>> first.table, first.row, first.column.name, first.value
    ('places', 'city', 'lat', 43.8)
    """
    for table, row_class in t.TABLES.items():
        if table in _ABOUT_OTHERS:
            continue
        numeric = [one for one in columns(row_class).values() if one.kind in ("number", "whole number")]
        for n, row in enumerate(corridor.rows(table), 1):
            place = getattr(row, "id", str(n))
            for column in numeric:
                if column.given(row):
                    yield _given(corridor, place, row, column)


def _given(corridor: Corridor, place: str, row: Row, column: Column) -> Given:
    known = (corridor.uncertainty.get(f"{row.table}.{one}.{column.name}") for one in (place, "*"))
    ranged = next(filter(None, known), None)
    source = getattr(row, "source", None)
    if ranged is not None and _kind(corridor, ranged.source) == "assumption":
        source = ranged.source
    kind = _kind(corridor, source)
    origin: Origin = "unsourced" if not kind else "assumed" if kind == "assumption" else "sourced"
    return Given(row.table, place, column, getattr(row, column.name), origin, source, ranged)


def _kind(corridor: Corridor, source: str | None) -> str:
    row = corridor.sources.get(source or "")
    return row.kind if row else ""
