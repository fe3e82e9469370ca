"""How a plan bears handling times that vary: it is made again and again, cranes keeping their turns and their distance."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from jibek.transfer._check_plan import check_plan
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._sequence import Shift

_NORMAL = NormalDist().inv_cdf(0.975)
"""Quantile of the normal distribution for an interval of 95 %."""


@dataclass(frozen=True)
class Robustness:
    """Turnarounds of a plan that was made many times with handling times that vary.

    Parameters
    ----------
    planned_s
        Turnaround of the plan.
    turnarounds_s
        Those simulated, rising.
    tardiness_s
        Weighted tardiness of each, rising.
    """

    planned_s: float
    turnarounds_s: Sequence[float]
    tardiness_s: Sequence[float]

    @property
    def mean_s(self) -> float:
        """Mean turnaround."""
        return sum(self.turnarounds_s) / len(self.turnarounds_s)

    @property
    def p95_s(self) -> float:
        """Turnaround that one in twenty passes."""
        return self.turnarounds_s[_rank(0.95, len(self.turnarounds_s), 0.0)]

    @property
    def p95_interval_s(self) -> tuple[float, float]:
        """Interval of 95 % for the P95: two of the turnarounds, by rank, the ranks by the normal approximation (Conover 1999)."""
        runs = len(self.turnarounds_s)
        low, high = (self.turnarounds_s[_rank(0.95, runs, side)] for side in (-_NORMAL, _NORMAL))
        return low, high

    @property
    def longer(self) -> float:
        """By what share the P95 is above the plan."""
        return self.p95_s / self.planned_s - 1 if self.planned_s else 0.0

    def document(self) -> dict[str, Any]:
        """Return the figures for a JSON document."""
        low, high = self.p95_interval_s
        return {
            "runs": len(self.turnarounds_s),
            "planned_s": self.planned_s,
            "mean_s": self.mean_s,
            "p95_s": self.p95_s,
            "p95_low_s": low,
            "p95_high_s": high,
            "longer": self.longer,
            "p95_tardiness_s": self.tardiness_s[_rank(0.95, len(self.tardiness_s), 0.0)],
        }


def _rank(share: float, number: int, deviations: float) -> int:
    """Return the rank, from 0, of a quantile moved by so many standard deviations of the count below it."""
    count = share * number + deviations * math.sqrt(number * share * (1 - share))
    return min(max(math.ceil(count) - 1, 0), number - 1)


def robustness(job: Job, plan: Plan, *, spread: float = 0.2, runs: int = 400, seed: int = 0) -> Robustness:
    """Make a plan many times with handling times that vary.

    The times to lift and to lower of each move are multiplied by a factor between 1 - `spread` and 1 + `spread`, all equally
    likely, drawn for each move. Moves are made in the order in which they were planned; each begins as early as its way
    is free of cranes that have the right of way, those whose moves were to begin before; it may begin before it was planned.

    Parameters
    ----------
    job
        Checked.
    plan
        Valid.
    spread
        Greatest share by which a time is longer or shorter.
    runs
        How often.
    seed
        The same seed draws the same factors.

    Examples
    --------
    >>> from jibek.transfer import generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> found = robustness(job, plan_by_rule(job), runs=20)
    >>> found.turnarounds_s[0] <= found.mean_s <= found.p95_s
    True
    """
    shift = Shift(job, plan)
    rng = random.Random(f"robustness {seed}")  # noqa: S311
    costs = []
    for _ in range(runs):
        factors = [rng.uniform(1 - spread, 1 + spread) for _ in shift.tasks]
        costs.append(shift.run(shift.tasks, longer=factors).cost)
    planned = check_plan(job, plan).value.turnaround_s
    return Robustness(planned, sorted(cost[1] for cost in costs), sorted(cost[0] for cost in costs))
