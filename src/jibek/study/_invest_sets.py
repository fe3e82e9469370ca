"""Which sets of planned measures can be taken: status, dates, prerequisites, exclusions, costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import ChangeError, Corridor, Problem
from jibek.corridor._changes import in_order

MOST_MEASURES = 20
"""More are not chosen from: all sets of them are looked at."""


@dataclass(frozen=True)
class Choices:
    """What is given, and what can be chosen. A set of measures is a whole number: bit i stands for measure i of `open`.

    Attributes
    ----------
    corridor
        With all that is given.
    done, under_way
        Measures that are given: completed ones, and those under way, whose cost is sunk.
    open
        Planned measures that can be chosen.
    out
        Other measures planned or under way, and why they cannot be.
    """

    corridor: Corridor
    done: tuple[str, ...]
    under_way: tuple[str, ...]
    open: tuple[str, ...]
    out: Mapping[str, str]

    @cached_property
    def sets(self) -> NDArray[np.int64]:
        """All sets in which nothing lacks what it requires, or is excluded by another; the empty one is first."""
        sets = np.arange(1 << len(self.open), dtype=np.int64)
        measures = self.corridor.measures
        for row, name in enumerate(self.open):
            needs = self.set_of(in_order(self.corridor, [name]))
            bars = self.set_of(measures[name].excludes)
            has = sets >> row & 1 == 1
            sets = sets[~has | ((sets & needs == needs) & (sets & bars == 0))]
        return sets

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """Cost of each of `sets`, millions."""
        each = np.array([self.corridor.measures[name].cost_million for name in self.open], np.float64)
        return (self.sets[:, None] >> np.arange(len(self.open)) & 1) @ each

    @cached_property
    def cost_of(self) -> dict[int, float]:
        """Cost of a set, millions."""
        return dict(zip(self.sets.tolist(), self.costs.tolist(), strict=True))

    def set_of(self, names: Iterable[str]) -> int:
        """Return the set of some measures; those that are not open are left out."""
        return sum(1 << self.open.index(name) for name in set(names) if name in self.open)

    def names(self, chosen: int) -> tuple[str, ...]:
        """Return the measures of a set."""
        return tuple(name for row, name in enumerate(self.open) if chosen >> row & 1)

    def alone(self, name: str) -> int:
        """Return the least set with a measure: it, and what it requires."""
        return self.set_of(in_order(self.corridor, [name]))


def in_use(corridor: Corridor, name: str) -> date | None:
    """Return when a measure and all it requires are ready; None: no date is known."""
    dates = (corridor.measures[one].ready for one in in_order(corridor, [name]))
    return max((one for one in dates if one is not None), default=None)


def choices(corridor: Corridor, by: date | None = None) -> Choices:
    """Part measures into what is given, what can be chosen, and what cannot be.

    Parameters
    ----------
    corridor
        Measures that are applied to it are given.
    by
        What is not in use by then is out, except what is completed; None: dates do not matter.

    Raises
    ------
    ChangeError
        If nothing can be chosen, or too many measures; if a measure has no cost.

    Examples
    --------
    >>> import jibek
    >>> found = choices(jibek.read("starter"))
    >>> [found.names(one) for one in found.sets]
    [(), ('third-ferry',), ('third-ferry', 'second-berth')]
    """
    late = set() if by is None else {name for name in corridor.measures if (in_use(corridor, name) or by) > by}
    status = {name: measure.status for name, measure in corridor.measures.items()}
    done = [name for name in status if status[name] == "completed"]
    going = [name for name in status if status[name] == "under way" and name not in late]
    given = corridor.with_measures(*done, *going)
    out = {name: f"is not in use by {by}" for name in late if status[name] in ("planned", "under way")}
    planned = [name for name in status if status[name] == "planned" and name not in given.applied]
    for name in planned:
        for why in _obstacles(given, name):
            out.setdefault(name, why)
    chosen = tuple(name for name in planned if name not in out)
    _refuse(given, chosen, out)
    under_way = tuple(name for name in given.applied if name in going)
    return Choices(given, tuple(name for name in given.applied if name in done), under_way, chosen, out)


def _obstacles(given: Corridor, name: str) -> Iterator[str]:
    """Say what of that which is given, or is not, keeps a planned measure from being chosen."""
    for one in in_order(given, [name]):
        measure = given.measures[one]
        if one not in given.applied and measure.status != "planned":
            yield f"requires {one}, which is not taken"
        for other in given.applied:
            if other in measure.excludes or one in given.measures[other].excludes:
                yield f"is excluded by {other}, which is given"


def _refuse(given: Corridor, chosen: tuple[str, ...], out: Mapping[str, str]) -> None:
    problems = [
        Problem(f"measures.csv: {name}", None, "cost_million", "is empty: a planned measure needs a cost to be chosen")
        for name in chosen
        if given.measures[name].cost_million is None
    ]
    if not chosen:
        problems += [Problem(f"measures.csv: {name}", None, None, why) for name, why in out.items()]
        problems.append(Problem("measures.csv", None, None, "has no planned measure that can be chosen"))
    if len(chosen) > MOST_MEASURES:
        message = f"{len(chosen)} planned measures can be chosen, at most {MOST_MEASURES} are: make others `scenario`"
        problems.append(Problem("measures.csv", None, "status", message))
    if problems:
        raise ChangeError(problems)
