"""What the money is worth: the best set of planned measures within a budget, and the frontier of cost against effect."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.corridor import ChangeError, Corridor, JibekError, Problem
from jibek.results._interval import Interval
from jibek.study._answers import Answers, unit
from jibek.study._effects import effects
from jibek.study._evaluate import Progress
from jibek.study._invest_search import FIRST_NUMBER, Search
from jibek.study._invest_select import Selection, enough, select
from jibek.study._invest_sets import Choices, choices, in_use
from jibek.study._point import Point, repeated
from jibek.study._workers import Workers
from jibek.tables import near

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OBJECTIVES = {
    "throughput": ("total.delivered_teu", 1.0),
    "transit": ("total.transit_days.mean", -1.0),
    "cost": ("total.cost_per_teu", -1.0),
}
"""The figure of each objective, and whether more of it is better or less."""

ZONE = 0.005
"""The indifference zone where none is given, as a share of the figure as it is."""


@dataclass(frozen=True)
class Option:
    """A set of measures: its cost, and by how much it changes the figure; the intervals of all that are told hold together."""

    measures: tuple[str, ...]
    cost_million: float
    effect: Interval


@dataclass(frozen=True)
class Step:
    """What is taken next: measures that come together, what they do alone with what they require, and all up to here.

    None where that cannot be simulated.
    """

    measures: tuple[str, ...]
    ready: date | None
    cost_million: float
    alone: Option | None
    so_far: Option | None


@dataclass(frozen=True)
class Sure:
    """How sure the choice is.

    Attributes
    ----------
    confidence, zone
        Probability of correct selection, if the best is ahead of all others that were compared by the zone, less what it costs, and
        that no set is taken in its place that is behind it by the zone; half of the error is for each.
    per_million
        What a million counts, in the figure: the dearest set within the budget must bring a zone to be as good as none.
    lead
        By how much it is ahead of the next in the mean of the first replications; None: there is no other.
    ended
        Whether the procedure came to its end; if not, nothing is guaranteed.
    compared
        Sets within the budget that were compared.
    replications
        Of those that were left at the end.
    left
        How many these were.
    """

    confidence: float
    zone: float
    per_million: float
    lead: float | None
    ended: bool
    compared: int
    replications: int
    left: int


@dataclass(frozen=True)
class Screened:
    """How many sets there are, how many within the budget, and of these: simulated, excluded by the bound, neither; in all predicted."""

    sets: int
    within_budget: int
    simulated: int
    excluded_by_bound: int
    not_examined: int
    predicted: bool


@dataclass(frozen=True)
class Investment:
    """The best set of measures within a budget.

    Attributes
    ----------
    point
        The corridor with what is given, the seed and the replications of the effects.
    choices
        What is given and what could be chosen.
    best
        The set that is chosen: the cheapest that is shown to be behind the one selected by less than the zone, or that one.
    selected
        The set that the procedure selected.
    steps
        Its measures in the order of what they bring for their cost.
    frontier
        Sets worth more than all that cost no more, by cost, also beyond the budget; without a guarantee.
    sure, screened
        How sure the choice is, and what it was made from.
    failed
        Sets that cannot be simulated, and why.
    """

    point: Point
    choices: Choices
    objective: str
    budget_million: float
    base: Interval
    best: Option
    selected: Option
    steps: tuple[Step, ...]
    frontier: tuple[Option, ...]
    sure: Sure
    screened: Screened
    failed: Mapping[tuple[str, ...], str]

    @property
    def figure(self) -> str:
        """Name of the figure that counts."""
        return OBJECTIVES[self.objective][0]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        given = self.choices
        steps = [asdict(one) | {"ready": one.ready.isoformat() if one.ready else None} for one in self.steps]
        return repeated(self.point) | {
            "first_replication": FIRST_NUMBER,
            "objective": self.objective,
            "figure": self.figure,
            "unit": unit(self.figure),
            "budget_million": self.budget_million,
            "done": given.done,
            "under_way": given.under_way,
            "could_be_chosen": given.open,
            "out": dict(given.out),
            "base": asdict(self.base),
            "best": asdict(self.best),
            "selected": asdict(self.selected),
            "next": steps,
            "frontier": [asdict(one) for one in self.frontier],
            "sure": asdict(self.sure) | {"procedure": "Kim and Nelson 2001, common random numbers"},
            "screened": asdict(self.screened),
            "intervals": "Bonferroni over the sets told",
            "failed": {" ".join(names): why for names, why in self.failed.items()},
        }

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it: cost against effect."""
        from jibek.study._invest_figure import frontier_figure

        return {"frontier": lambda: frontier_figure(self)}


def invest(
    corridor: Corridor,
    budget_million: float,
    workers: Workers,
    *,
    objective: str = "throughput",
    by: date | None = None,
    zone: float | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    replications: int = 10,
    most: int = 100,
    progress: Progress | None = None,
) -> Investment:
    """Choose the best set of planned measures within a budget.

    Completed measures and those under way are given, their cost is sunk. All sets of planned measures are simulated where there are
    few; where there are many, those worth it by the bound and by what measures and pairs do. Then the procedure of Kim and Nelson
    (2001) selects with replications of its own, all with common random numbers, and the cheapest set is taken that is shown to be
    behind the one selected by less than the zone.

    Parameters
    ----------
    corridor
        With measures planned.
    budget_million
        What may be spent, in the currency of the measures.
    workers
        Who simulates.
    objective
        `throughput` (delivered TEU), `transit` (mean days) or `cost` (of running, per TEU).
    by
        Only measures in use by then; None: whenever.
    zone
        A difference of the figure that does not matter; None: 0.5 % of it.
    confidence
        Probability of correct selection, from above 0.5 to below 1.
    seed, replications, most
        Seed of all random numbers; replications of each set before any is dropped, and at most.
    progress
        Called as replications and bounds come.

    Raises
    ------
    ChangeError
        If nothing can be chosen, a measure has no cost, the budget is below every cost, or there is no such objective.
    PointError
        If the corridor cannot be simulated as it is.
    JibekError
        With every reason, if no set of measures within the budget can be.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import at_home, invest
    >>> with at_home() as workers:
    ...     found = invest(jibek.read("starter").with_clock(days=20), 20, workers, objective="transit", replications=3)
    >>> found.screened.within_budget, found.best.cost_million in (0, 15)
    (2, True)
    """
    if objective not in OBJECTIVES:
        known = near(objective, OBJECTIVES) or f"; there are {', '.join(OBJECTIVES)}"
        raise ChangeError([Problem(f"--objective {objective}", None, None, f"is not known{known}")])
    found = affordable(corridor, budget_million, by)
    search = Search(found, budget_million, workers, *OBJECTIVES[objective], seed, replications, progress)
    width = search.pilot(zone, ZONE)
    first = search.candidates()
    contenders = search.contenders(first)
    if search.failed and not any(contenders):
        raise JibekError("\n".join(search.failed.values()))
    error = (1 - confidence) / 2
    picked = select(
        search.observe(contenders, first),
        len(contenders),
        first=replications,
        zone=width,
        confidence=1 - error,
        most=most,
    )
    selected, compared = contenders[picked.best], len(contenders)
    first = {one: answers for one, answers in first.items() if one not in search.failed}
    contenders = search.contenders(first)
    best = contenders[enough(search.worths(contenders, first), contenders.index(selected), zone=width, error=error)]
    steps = search.order(best, first)
    front = search.frontier(first)
    alone = [found.alone(name) for name in found.names(best)]
    told = list(dict.fromkeys([best, selected, *front, *(whole for _, whole in steps), *alone]))
    first |= search.simulate([one for one in told if one not in first and one not in search.failed])
    options = _options(search, first, [one for one in told if one in first])
    return Investment(
        point=first[0].point,
        choices=found,
        objective=objective,
        budget_million=budget_million,
        base=first[0][search.figure],
        best=options[best],
        selected=options[selected],
        steps=tuple(_step(found, added, whole, options) for added, whole in steps),
        frontier=tuple(options[one] for one in front),
        sure=_sure(search, picked, confidence, width, compared),
        screened=_screened(search, first, best),
        failed={found.names(one): why for one, why in search.failed.items()},
    )


def affordable(corridor: Corridor, budget_million: float, by: date | None = None) -> Choices:
    """Return what can be chosen; see `invest`.

    Raises
    ------
    ChangeError
        If it is nothing, or nothing within the budget.
    """
    found = choices(corridor, by)
    costs = {name: found.cost_of[found.alone(name)] for name in found.open}
    if min(costs.values()) > budget_million:
        told = ", ".join(f"{name} {cost:g}" for name, cost in sorted(costs.items(), key=lambda one: one[1]))
        message = f"is below every cost; with what they require, in millions: {told}"
        raise ChangeError([Problem(f"--budget {budget_million:g}", None, None, message)])
    return found


def _options(search: Search, first: Mapping[int, Answers], told: Sequence[int]) -> dict[int, Option]:
    """Return sets with their effects; none has none."""
    choices, taken = search.choices, [one for one in told if one]
    intervals = dict(zip(taken, effects([first[one] for one in taken], first[0], search.figure), strict=True))
    nothing = Interval(0.0, 0.0, 0.0)
    return {one: Option(choices.names(one), choices.cost_of[one], intervals.get(one, nothing)) for one in told}


def _sure(search: Search, picked: Selection, confidence: float, zone: float, compared: int) -> Sure:
    lead = picked.lead if math.isfinite(picked.lead) else None
    return Sure(confidence, zone, search.price, lead, picked.ended, compared, picked.observations, len(picked.left))


def _step(found: Choices, added: int, whole: int, options: Mapping[int, Option]) -> Step:
    names = found.names(added)
    dates = [day for name in names if (day := in_use(found.corridor, name)) is not None]
    cost = sum(found.corridor.measures[name].cost_million or 0.0 for name in names)
    return Step(names, max(dates, default=None), cost, options.get(found.alone(names[0])), options.get(whole))


def _screened(search: Search, first: Mapping[int, Answers], best: int) -> Screened:
    """Count sets within the budget; the bound excludes those below what the best delivers at least."""
    within = search.choices.sets[search.within]
    simulated = np.isin(within, [*first, *search.failed])
    excluded = 0
    if search.bounds is not None:
        least = first[best][search.figure].low
        excluded = int((~simulated & (search.bounds[search.within] < (least or 0.0))).sum())
    count = int(simulated.sum())
    left = len(within) - count - excluded
    return Screened(len(search.choices.sets), len(within), count, excluded, left, not search.direct)
