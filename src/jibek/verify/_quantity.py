"""What a case compares: a quantity known exactly, and how a simulation shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor, read
from jibek.simulate import Replication

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """A quantity that theory knows.

    Parameters
    ----------
    name, unit
        What it is.
    theory
        Its exact value.
    seen
        Its value in a replication; or the name of the figure in `Run.statistics`.
    """

    name: str
    unit: str
    theory: float
    seen: Callable[[Replication], float] | str


@dataclass(frozen=True)
class Case:
    """A package small enough for theory.

    Parameters
    ----------
    name
        Name of its folder.
    title
        The model of theory, and what it is here.
    formula, source
        The quantities that are compared, and where they are derived.
    theory
        Gives the quantities of the package.
    """

    name: str
    title: str
    formula: str
    source: str
    theory: Callable[[Corridor], list[Quantity]]

    @property
    def folder(self) -> Path:
        """The package."""
        return Path(str(files("jibek.verify"))) / "cases" / self.name

    @cached_property
    def corridor(self) -> Corridor:
        """The package, read."""
        return read(self.folder)

    @cached_property
    def quantities(self) -> list[Quantity]:
        """What is compared."""
        return self.theory(self.corridor)


def hours(table: Mapping[str, NDArray[Any]], since: str, until: str, **where: int) -> Floats:
    """Return the hours between two moments in every row that counts, has both, and has these values in its columns."""
    chosen = table[since] >= 0
    for column, value in where.items():
        chosen &= table[column] == value
    found: Floats = (table[until] - table[since])[chosen]
    return found[~np.isnan(found)]


def mean(table: str, since: str, until: str, **where: int) -> Callable[[Replication], float]:
    """Return what finds the mean hours between two moments of a table."""
    return lambda one: float(hours(getattr(one, table), since, until, **where).mean())


def longer(table: str, since: str, until: str, than_h: float) -> Callable[[Replication], float]:
    """Return what finds the share of rows in which more than `than_h` lie between two moments."""
    return lambda one: float((hours(getattr(one, table), since, until) > than_h).mean())
