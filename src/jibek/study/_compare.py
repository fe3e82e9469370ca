"""Cases of a corridor side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from jibek.corridor import ChangeError, Corridor, Problem
from jibek.results._interval import Interval
from jibek.study._answers import Answers
from jibek.study._effects import checked, effects, interval_document, parted
from jibek.study._evaluate import Progress, beside
from jibek.study._point import Point, repeated
from jibek.study._workers import Workers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BASE = "base"

FIGURES = (
    "delivered_teu",
    "inside_teu",
    "transit_days.mean",
    "transit_days.p50",
    "transit_days.p90",
    "cost_per_teu",
    "co2e_kg_per_teu",
)
"""What is compared, of all flows and of each."""


@dataclass(frozen=True)
class Comparison:
    """Cases and the base, all with the same random numbers.

    Attributes
    ----------
    base
        Answers of the corridor as it is.
    cases
        Answers of each case by name.
    failed
        Cases that cannot be simulated, and why.
    """

    base: Answers
    cases: Mapping[str, Answers]
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def quantities(self) -> list[str]:
        """Figures that are compared."""
        groups = ("total", *(f"flows.{flow}" for flow in self.base.point.corridor.flows))
        return [f"{group}.{figure}" for group in groups for figure in FIGURES if f"{group}.{figure}" in self.base]

    def differences(self, quantity: str) -> dict[str, Interval]:
        """Return by how much each case is above the base; the intervals hold together over the cases."""
        return dict(zip(self.cases, effects(list(self.cases.values()), self.base, quantity), strict=True))

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        point = self.base.point
        cases = {
            name: {"measures": one.point.measures, "changes": one.point.changes} for name, one in self.cases.items()
        }
        figures: dict[str, dict[str, Any]] = {name: {} for name in (BASE, *self.cases)}
        differences: dict[str, dict[str, Any]] = {name: {} for name in self.cases}
        for quantity in self.quantities:
            for name, answers in {BASE: self.base, **self.cases}.items():
                figures[name][quantity] = interval_document(answers[quantity])
            for name, interval in self.differences(quantity).items():
                differences[name][quantity] = interval_document(interval)
        head = repeated(point)
        return head | {
            "cases": cases,
            "figures": figures,
            "differences": differences,
            "intervals": "Bonferroni over the cases",
            "failed": dict(self.failed),
        }

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it: transit times and time budgets overlaid, and the differences."""
        from jibek.study._pictures import case_budgets, case_differences, case_transit

        makers = {"transit": case_transit, "budget": case_budgets, "differences": case_differences}
        return {name: partial(make, self) for name, make in makers.items()}


def compare(
    corridor: Corridor,
    cases: Mapping[str, Sequence[str]],
    workers: Workers,
    *,
    seed: int = 0,
    replications: int = 10,
    progress: Progress | None = None,
) -> Comparison:
    """Simulate cases of a corridor beside the corridor as it is, with the same random numbers.

    Parameters
    ----------
    corridor
        The base.
    cases
        By name: measures of the package, and changes, `table.id.field=value`.
    workers
        Who simulates.
    seed, replications
        Seed of all random numbers, and how often each case is simulated.
    progress
        Called as replications come.

    Raises
    ------
    ChangeError
        If a measure or change is unknown, or some contradict each other.
    PointError
        If the base cannot be simulated; the cases are given up.
    JibekError
        With every reason, if none of the cases can be.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import at_home, compare
    >>> with at_home() as workers:
    ...     found = compare(
    ...         jibek.read("starter").with_clock(days=20), {"slow": ["links.*.run_h*=2"]}, workers, replications=2
    ...     )
    >>> found.differences("total.transit_days.mean")["slow"].mean > 0
    True
    """
    numbers = range(replications)
    points = points_of_cases(corridor, cases, seed, numbers)
    base = Point(corridor, seed=seed, numbers=numbers)
    as_it_is, outcomes = beside(base, list(points.values()), workers, progress)
    return Comparison(as_it_is, *parted(points, outcomes))


def points_of_cases(
    corridor: Corridor, cases: Mapping[str, Sequence[str]], seed: int = 0, numbers: range = range(1)
) -> dict[str, Point]:
    """Return the point of each case, by name; see `compare`.

    Raises
    ------
    ChangeError
        With every problem of every case, named by it.
    """
    if BASE in cases or not cases:
        message = "is the name of the corridor as it is" if BASE in cases else "name at least one case: NAME=CHANGE"
        raise ChangeError([Problem(BASE if BASE in cases else "--case", None, None, message)])
    points = {}
    for name, parts in cases.items():
        changes = tuple(part for part in parts if "=" in part)
        measures = tuple(part for part in parts if "=" not in part)
        points[name] = Point(corridor, measures, changes, seed, numbers)
    checked(points)
    return points
