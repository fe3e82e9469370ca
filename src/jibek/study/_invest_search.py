"""Sets of measures simulated: which are, with which replications, and what is read of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import ChangeError, JibekError, Problem
from jibek.study._answers import Answers
from jibek.study._evaluate import Progress, Rounds, outcomes
from jibek.study._invest_screen import ahead, bounds, carries_all, pilots, predicted
from jibek.study._invest_select import Observe
from jibek.study._invest_sets import Choices
from jibek.study._point import Point
from jibek.study._workers import Workers

Floats = NDArray[np.float64]

FIRST_NUMBER = 4
"""Replications before this one say what is worth comparing; those from it on compare."""

DIRECT = 24
"""So many sets are all simulated; of more, those that are worth it."""

MOST_BOUNDS = 4096
"""Sets whose bounds are computed at most."""

BEST, FRONTIER = 12, 12
"""Sets simulated because they may be the best within the budget, or on the frontier, where not all are."""


class Search:
    """Sets of measures of a corridor, and their worth: the figure, with the sign that makes more better."""

    def __init__(
        self,
        choices: Choices,
        budget: float,
        workers: Workers,
        figure: str,
        sign: float,
        seed: int,
        replications: int,
        progress: Progress | None,
    ) -> None:
        self.choices, self.budget, self.workers, self.figure, self.sign = choices, budget, workers, figure, sign
        self.point = Point(choices.corridor, seed=seed, numbers=range(FIRST_NUMBER, FIRST_NUMBER + replications))
        self.within = choices.costs <= budget
        self.direct = len(choices.sets) <= DIRECT
        self.bounds: Floats | None = None
        self.failed: dict[int, str] = {}
        self.price = 0.0
        self._pilot: dict[int, Answers] = {}
        self._rounds = Rounds(progress)

    # Simulating

    def _simulate(self, sets: Sequence[int], numbers: range) -> dict[int, Answers]:
        """Simulate sets; those that cannot be are remembered, unless it is the empty one."""
        points = [
            Point(self.choices.corridor, self.choices.names(one), seed=self.point.seed, numbers=numbers) for one in sets
        ]
        found = {}
        for place, outcome in outcomes(points, self.workers, self._rounds.begin(len(sets) * len(numbers))):
            if isinstance(outcome, Answers):
                found[sets[place]] = outcome
            elif not sets[place]:
                raise outcome
            else:
                self.failed[sets[place]] = str(outcome)
        return {one: found[one] for one in sets if one in found}

    def simulate(self, sets: Collection[int]) -> dict[int, Answers]:
        """Simulate sets with the replications that compare."""
        return self._simulate(list(sets), self.point.numbers)

    def observe(self, contenders: Sequence[int], first: dict[int, Answers]) -> Observe:
        """Return what gives the worth of contenders less what they cost, for replications counted from the first that compares.

        One that cannot be simulated in some of them is worth less than all others.
        """
        costs = self.price * np.array([self.choices.cost_of[one] for one in contenders])

        def observe(left: list[int], start: int, stop: int) -> Floats:
            answers = first
            if start > 0:
                answers = self._simulate(
                    [contenders[one] for one in left], range(FIRST_NUMBER + start, FIRST_NUMBER + stop)
                )
            there = [row for row, one in enumerate(left) if contenders[one] in answers]
            if not there:
                raise JibekError("\n".join(self.failed[contenders[one]] for one in left))
            values = np.full((stop - start, len(left)), -np.inf)
            values[:, there] = np.column_stack([self._worth(answers[contenders[left[row]]]) for row in there])
            if not np.isfinite(values[:, there]).all():
                raise JibekError(
                    f"{self.figure} is unknown in some replications: nothing is delivered; simulate more --days"
                )
            return values - costs[left]

        return observe

    def _worth(self, answers: Answers) -> Floats:
        found: Floats = self.sign * answers.values_of(self.figure)
        return found

    # Choosing what to simulate

    def pilot(self, zone: float | None, share: float) -> float:
        """Simulate the pilots; return the indifference zone, as given or as a share of the figure as it is."""
        sets = [0] if self.direct else pilots(self.choices)
        compared = len(self.choices.sets) if self.direct else BEST + FRONTIER
        bounded = len(self.choices.sets) if self._bounded else 0
        self._rounds.whole = FIRST_NUMBER * len(sets) + bounded + compared * len(self.point.numbers)
        self._pilot = self._simulate(sets, range(FIRST_NUMBER))
        as_it_is = float(np.abs(np.mean(self._worth(self._pilot[0]))))
        width = share * as_it_is if zone is None else zone
        if not width > 0.0:
            message = "is 0 or unknown as it is, and so is the indifference zone: give one above 0, --zone"
            raise ChangeError([Problem(self.figure, None, None, message)])
        self.price = width / max(float(self.choices.costs[self.within].max()), 1e-9)
        return width

    @cached_property
    def _bounded(self) -> bool:
        """Whether bounds say something: of throughput only, and only if there is demand that the corridor cannot carry."""
        asked = self.figure == "total.delivered_teu" and not self.direct and len(self.choices.sets) <= MOST_BOUNDS
        return asked and not carries_all(self.choices.corridor)

    def candidates(self) -> dict[int, Answers]:
        """Simulate the sets that are to be compared, by cost, and the frontier as it is predicted."""
        sets, costs = self.choices.sets, self.choices.costs
        if self.direct:
            return self.simulate(sets[np.lexsort((sets, costs))].tolist())
        worth = predicted(self.choices, {one: self._worth(answers) for one, answers in self._pilot.items()})
        spent = self.price * costs
        orders = [worth - spent]
        if self._bounded:
            self.bounds = self._bound()
            orders = [np.minimum(worth, self.bounds) - spent, self.bounds - spent]
        rows = {0}
        for order in orders:
            best = np.argsort(np.where(self.within, -order, np.inf), kind="stable")[: BEST // len(orders)]
            rows |= {int(row) for row in best if self.within[row] and np.isfinite(order[row])}
        front = ahead(costs, orders[0])
        rows |= {front[round(place)] for place in np.linspace(0, len(front) - 1, min(FRONTIER, len(front)))}
        return self.simulate([int(sets[row]) for row in sorted(rows, key=lambda row: (costs[row], row))])

    def _bound(self) -> Floats:
        found: list[float] = []
        tell = self._rounds.begin()
        for some in bounds(self.choices, self.workers):
            found += some
            tell(len(found), len(found))
        return np.array(found)

    def worths(self, sets: Sequence[int], first: dict[int, Answers]) -> Floats:
        """Return the worth of sets, whatever they cost: a row a replication."""
        return np.column_stack([self._worth(first[one]) for one in sets])

    def contenders(self, first: dict[int, Answers]) -> list[int]:
        """Return the sets within the budget, the cheapest first."""
        return [one for one in first if self.choices.cost_of[one] <= self.budget]

    # Reading what was simulated

    def gain(self, one: int, first: dict[int, Answers]) -> float:
        """Return how much better a set is in the mean than none."""
        answers = first if one in first else self._pilot
        if one not in answers:
            return -np.inf
        return float(np.mean(self._worth(answers[one]) - self._worth(answers[0])))

    def frontier(self, first: dict[int, Answers]) -> list[int]:
        """Return the sets that are worth more, less what they cost, than all that cost no more."""
        sets = list(first)
        costs = np.array([self.choices.cost_of[one] for one in sets])
        worth = np.array([self.gain(one, first) for one in sets])
        return [sets[row] for row in ahead(costs, worth - self.price * costs)]

    def order(self, best: int, first: dict[int, Answers]) -> list[tuple[int, int]]:
        """Order a set by what measures bring for their cost alone; return what each step adds, and all up to it.

        A measure comes after those it requires.
        """
        taken, steps = 0, []
        while taken != best:
            alone = {self.choices.alone(name) for name in self.choices.names(best & ~taken)}
            added = {one & ~taken: one for one in alone}
            least = [new for new in added if not any(other & new == other and other != new for other in added)]
            new = max(least, key=lambda one: (self._for_its_cost(added[one], first), -one))
            taken |= new
            steps.append((new, taken))
        return steps

    def _for_its_cost(self, alone: int, first: dict[int, Answers]) -> float:
        return self.gain(alone, first) / max(self.choices.cost_of[alone], 1e-9)
