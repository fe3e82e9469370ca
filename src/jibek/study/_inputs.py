"""Inputs that are not known well: how they are distributed, and a corridor in which they are as drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from jibek.corridor import TABLES, Corridor
from jibek.tables import columns, number_text

TAIL = 0.05
"""Probability of a value below the low one of `uncertainty.csv`, and of one above the high one."""

Cell = tuple[str, str, str]
"""Table, row and field of a value."""

Values = dict[Cell, float]


@dataclass(frozen=True)
class Input:
    """A row of `uncertainty.csv`: a value, or a factor common to all rows of a column that have no row of their own.

    Attributes
    ----------
    id
        `table.id.field`, or `table.*.field`.
    low, typical, high
        As in `uncertainty.csv`.
    relative
        Whether they multiply the value.
    assumed
        Whether their source, or that of the only row concerned, is an assumption.
    rows
        Rows concerned.
    """

    id: str
    low: float
    typical: float
    high: float
    relative: bool
    assumed: bool
    rows: tuple[str, ...]

    def at(self, share: float) -> float:
        """Return the value, or factor, below which a share of all draws lies.

        The distribution is triangular about the typical value, with one draw in twenty below `low` and one above `high`.
        """
        down, up = self._sides
        whole = down + up
        if share * whole < down:
            return self.typical - down + math.sqrt(share * whole * down)
        return self.typical + up - math.sqrt((1 - share) * whole * up)

    @cached_property
    def _sides(self) -> tuple[float, float]:
        """How far the distribution goes to either side of its mode; a side without a distance to its 5 % quantile is none.

        Each side solves (side - distance)^2 = 0.05 side (sum of both).
        """
        below, above = self.typical - self.low, self.high - self.typical
        down, up = below, above
        for _ in range(100):
            spread = TAIL * (down + up)
            down, up = _side(below, spread), _side(above, spread)
        return down, up


def _side(distance: float, spread: float) -> float:
    if distance <= 0:
        return 0.0
    half = distance + spread / 2
    return half + math.sqrt(half**2 - distance**2)


def inputs_of(corridor: Corridor) -> list[Input]:
    """Return the inputs of a corridor that are not known for sure, in the order of `uncertainty.csv`; costs of measures are none."""
    found = []
    for row in corridor.uncertainty.values():
        table, name, field = _parts(row.id)
        rows = tuple(_concerned(corridor, table, name, field))
        if table != "measures" and rows and not row.low == row.typical == row.high:
            assumed = _assumed(corridor, row.source) or (
                name != "*" and _assumed(corridor, _row(corridor, table, name).source)
            )
            found.append(Input(row.id, row.low, row.typical, row.high, row.relative, assumed, rows))
    return found


def _parts(id_: str) -> tuple[str, str, str]:
    table, _, rest = id_.partition(".")
    name, _, field = rest.rpartition(".")
    return table, name, field


def _row(corridor: Corridor, table: str, name: str) -> Any:
    return getattr(corridor, table)[name]


def _concerned(corridor: Corridor, table: str, name: str, field: str) -> Iterator[str]:
    """Yield the rows that an input concerns: those with a value, for `*` those without a row of their own."""
    for one in getattr(corridor, table) if name == "*" else [name]:
        own = name == "*" and f"{table}.{one}.{field}" in corridor.uncertainty
        if not own and getattr(_row(corridor, table, one), field) is not None:
            yield one


def _assumed(corridor: Corridor, source: str | None) -> bool:
    row = corridor.sources.get(source or "")
    return row is not None and row.kind == "assumption"


class Drawer:
    """Makes of a corridor one in which the inputs are as drawn.

    Values are kept within the limits of their column, whole numbers are rounded, floors of running times are kept at most the mean and
    least loads at most what a vehicle takes.

    Parameters
    ----------
    corridor
        The corridor as it is.
    inputs
        What is drawn.
    """

    def __init__(self, corridor: Corridor, inputs: Sequence[Input]) -> None:
        self.corridor = corridor
        self.inputs = inputs
        rotations = corridor.rotations.values()
        self._rides = sorted({(service, one.fleet) for one in rotations for service in one.services})
        cells = [(*_parts(one.id), name, number) for number, one in enumerate(inputs) for name in one.rows]
        self._cells = [(table, name, field) for table, _, field, name, _ in cells]
        known = [columns(TABLES[table])[field] for table, _, field in self._cells]
        self._input = np.array([number for *_, number in cells])
        self._old = np.array([getattr(_row(corridor, table, name), field) for table, name, field in self._cells], float)
        self._relative = np.array([inputs[number].relative for number in self._input])
        self._whole = np.array([column.kind == "whole number" for column in known])
        self._least = np.array([-np.inf if column.minimum is None else column.minimum for column in known])
        self._most = np.array([np.inf if column.maximum is None else column.maximum for column in known])

    def changes(self, shares: Iterable[float]) -> tuple[str, ...]:
        """Return the changes that bring each input to a share of its distribution; what stays as it is is not named."""
        found = np.array([one.at(share) for one, share in zip(self.inputs, shares, strict=True)])[self._input]
        new = np.where(self._relative, self._old * found, found)
        new = np.clip(np.where(self._whole, np.round(new), new), self._least, self._most)
        values = {
            cell: float(f"{value:.6g}")
            for cell, value, old in zip(self._cells, new, self._old, strict=True)
            if value != old
        }
        for cell, most in self._ceilings(values):
            if self._value(values, *cell) > most:
                values[cell] = float(f"{most:.6g}")
        return tuple(f"{'.'.join(cell)}={number_text(value)}" for cell, value in values.items())

    def _value(self, values: Values, table: str, name: str, field: str) -> float:
        value: float | None = values.get((table, name, field), getattr(_row(self.corridor, table, name), field))
        return math.inf if value is None else value

    def _ceilings(self, values: Values) -> Iterator[tuple[Cell, float]]:
        """Yield what may not be above other values: the floor of a running time, the least load of a vehicle."""
        for link in self.corridor.links:
            yield (
                ("links", link, "min_run_h"),
                min(self._value(values, "links", link, mean) for mean in ("run_h", "back_run_h")),
            )
        for service, fleet in self._rides:
            share = self._value(values, "services", service, "load_share")
            room = math.floor(4 * share * self._value(values, "fleets", fleet, "capacity_teu")) / 4
            yield ("services", service, "min_teu"), room
