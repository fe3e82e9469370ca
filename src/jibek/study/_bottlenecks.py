"""What to raise first: every capacity raised by one, each year beside the same year as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.corridor import Corridor
from jibek.results._interval import Interval
from jibek.results._names import names
from jibek.results._style import plain
from jibek.study._answers import Answers
from jibek.study._bound import bound
from jibek.study._effects import checked, differs, effects, interval_document, parted
from jibek.study._evaluate import Progress, beside
from jibek.study._point import Point, repeated
from jibek.study._raising import change_title, raising
from jibek.study._workers import Workers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DELIVERED, MEAN, MEDIAN, P90 = "delivered_teu", "transit_days.mean", "transit_days.p50", "transit_days.p90"
FIGURES = (DELIVERED, MEAN, MEDIAN, P90)
PLACES = ("terminals", "links", "places")


@dataclass(frozen=True)
class Effect:
    """What a change does.

    Attributes
    ----------
    change
        The change, or several that come together.
    effect
        On figures of all flows and of each; the intervals of a figure hold together over all changes.
    """

    change: str
    effect: dict[str, Interval]
    budget: dict[str, Interval]

    @property
    def rank(self) -> tuple[float, float]:
        """By which changes are ordered: TEU delivered more, if that is more than chance, then days in the mean."""
        teu, days = self.effect[f"total.{DELIVERED}"], self.effect[f"total.{MEAN}"]
        return (teu.mean or 0.0) if differs(teu) else 0.0, -(days.mean or 0.0)


@dataclass(frozen=True)
class Bottlenecks:
    """What each change does, those that do most first.

    Attributes
    ----------
    base, other
        Answers of the corridor as it is, with the seed of the changes and with another; with that one there may be none.
    answers
        Answers of each change.
    failed
        Changes that cannot be simulated, and why.
    """

    base: Answers
    other: Answers | None
    answers: dict[str, Answers]
    failed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """Effects, by their order."""
        corridor, cases = self.base.point.corridor, list(self.answers.values())
        groups = ("total", *(f"flows.{flow}" for flow in corridor.flows))
        names = [f"{group}.{figure}" for group in groups for figure in FIGURES]
        by_figure = {name: effects(cases, self.base, name) for name in names}
        budget = [name for name in self.base if name.startswith("budget_days.")]
        by_place = {name: effects(cases, self.base, name) for name in budget}
        found = [
            Effect(
                change,
                {name: intervals[row] for name, intervals in by_figure.items()},
                {name.removeprefix("budget_days."): intervals[row] for name, intervals in by_place.items()},
            )
            for row, change in enumerate(self.answers)
        ]
        return tuple(sorted(found, key=lambda one: one.rank, reverse=True))

    def variance_reduction(self, figure: str) -> float | None:
        """Return the factor by which common random numbers cut the variance of the differences.

        The variance of differences from the base with another seed, over that from the base with the same; the median over the changes that
        change the figure at all. None: none does, or the base cannot be simulated with the other seed.
        """
        if self.other is None:
            return None
        factors = []
        for answers in self.answers.values():
            values = answers.values_of(f"total.{figure}")
            same = float(np.var(values - self.base.values_of(f"total.{figure}"), ddof=1))
            other = float(np.var(values - self.other.values_of(f"total.{figure}"), ddof=1))
            if same > 0.0:
                factors.append(other / same)
        return float(np.median(factors)) if factors else None

    def title(self, change: str) -> str:
        """Return what a change does in words."""
        return change_title(self.base.point.corridor, change)

    def place(self, name: str) -> str:
        """Return what a reader calls a place and stage of the budget: `Harbour: waiting for vehicle`."""
        corridor = self.base.point.corridor
        id_, _, stage = name.rpartition(".")
        where = next((names(corridor, table)[id_] for table in PLACES if id_ in getattr(corridor, table)), id_)
        return f"{where}: {plain(stage)}"

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        rows = []
        for one in self.effects:
            effect = {name: interval_document(interval) for name, interval in one.effect.items()}
            budget = {name: interval_document(interval) for name, interval in moved(one).items()}
            rows.append(
                {"change": one.change, "title": self.title(one.change), "effect": effect, "budget_days": budget}
            )
        return {
            **repeated(self.base.point),
            "independent_seed": self.other.point.seed if self.other else None,
            "intervals": "Bonferroni over the changes",
            "places": {name: self.place(name) for row in rows for name in row["budget_days"]},
            "variance_reduction": {figure: self.variance_reduction(figure) for figure in FIGURES},
            "changes_tried": rows,
            "failed": dict(self.failed),
        }

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it: effects with their intervals, and where days go."""
        from jibek.study._pictures import effect_bars, moved_days

        return {"effects": partial(effect_bars, self), "days": partial(moved_days, self)}


def moved(effect: Effect, most: int = 6) -> dict[str, Interval]:
    """Return the places and stages where a change moves most days, those that change at all."""
    changed = [name for name, days in effect.budget.items() if abs(days.mean or 0.0) > 1e-9]
    largest = sorted(changed, key=lambda name: -abs(effect.budget[name].mean or 0.0))
    return {name: effect.budget[name] for name in largest[:most]}


def raised(corridor: Corridor, most: int | None = None) -> list[str]:
    """Return changes that raise each capacity by one unit, yards and departures by 10 %, and open what is closed a day more.

    Parameters
    ----------
    corridor
        Whose.
    most
        Only so many of those that the bound finds used most; None: all that are used.

    Examples
    --------
    >>> import jibek
    >>> raised(jibek.read("starter"), 2)
    ['services.ferry-east.every_h*=0.909091', 'closures.storm.days_per_month+=-1']
    """
    used = [change for limit in bound(corridor).limits if (change := raising(corridor, limit.name).change)]
    opened = list(_opened(corridor))
    found = list(dict.fromkeys(used))[: None if most is None else max(0, most - len(opened))]
    return (found + opened)[:most]


def _opened(corridor: Corridor) -> Iterator[str]:
    """Yield changes that take a closed day a month from each random closure, or half of them where there is less than one."""
    for closure in corridor.closures.values():
        if closure.days_per_month:
            less = "+=-1" if closure.days_per_month >= 1 else "*=0.5"
            yield f"closures.{closure.id}.days_per_month{less}"


def bottlenecks(
    corridor: Corridor,
    workers: Workers,
    *,
    changes: Sequence[str] = (),
    most: int = 25,
    seed: int = 0,
    replications: int = 10,
    progress: Progress | None = None,
) -> Bottlenecks:
    """Raise capacities one at a time and see what it does, with common random numbers.

    Parameters
    ----------
    corridor
        The base.
    workers
        Who simulates.
    changes
        What is tried; none named: capacities raised by one, those used most.
    most
        How many of these.
    seed, replications
        Seed of all random numbers, and how often each change is simulated.
    progress
        Called as replications come.

    Raises
    ------
    ChangeError
        If a change is unknown.
    PointError
        If the base cannot be simulated; the changes are given up.
    JibekError
        With every reason, if none of the changes can be.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import at_home, bottlenecks
    >>> corridor = jibek.read("starter").with_clock(days=20)
    >>> with at_home() as workers:
    ...     found = bottlenecks(corridor, workers, changes=["fleets.ferries.count+=1"], replications=2)
    >>> found.effects[0].change
    'fleets.ferries.count+=1'
    """
    numbers = range(replications)
    tried = list(changes) or raised(corridor, most)
    points = {change: Point(corridor, changes=(change,), seed=seed, numbers=numbers) for change in tried}
    checked(points)
    as_it_is, with_another = (Point(corridor, seed=one, numbers=numbers) for one in (seed, (seed + 1) % 2**32))
    base, (other, *outcomes) = beside(as_it_is, [with_another, *points.values()], workers, progress)
    answers, failed = parted(points, outcomes)
    return Bottlenecks(base, other if isinstance(other, Answers) else None, answers, failed)
