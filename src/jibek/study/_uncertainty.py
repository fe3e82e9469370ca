"""Uncertainty: how far answers are known, what of that is not knowing and what is chance, and which inputs matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor, JibekError, provenance
from jibek.study._answers import Answers, unit
from jibek.study._designs import sample
from jibek.study._evaluate import Progress, Rounds, outcomes
from jibek.study._indices import Indices, sobol
from jibek.study._inputs import TAIL, Drawer, Input, inputs_of
from jibek.study._point import Point, made_from
from jibek.study._workers import Workers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

SAMPLES, MOST = 40, 3
"""Defaults: a year of the reference corridor is simulated 280 times."""

CHANCE, OTHERS = "chance", "all other inputs"


@dataclass(frozen=True)
class Spread:
    """How far an answer is known.

    Attributes
    ----------
    mean, sd, low, high
        Mean, standard deviation, 5 % and 95 % quantile over inputs and chance.
    indices
        Of `chance`, of the inputs that seem to matter most, and of `all other inputs` together.
    correlation
        Squared rank correlation with each input: what share of the spread follows it up or down.
    """

    mean: float
    sd: float
    low: float
    high: float
    indices: dict[str, Indices]
    correlation: dict[str, float]

    @property
    def not_knowing(self) -> float | None:
        """Share of the variance that would go if all inputs were known, from 0 to 1; None: the answer does not vary."""
        chance = self.indices[CHANCE].total.mean
        return None if chance is None else min(max(1.0 - chance, 0.0), 1.0)

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        head = {name: getattr(self, name) for name in ("mean", "sd", "low", "high", "not_knowing", "correlation")}
        return head | {"indices": {name: one.document() for name, one in self.indices.items()}}


@dataclass(frozen=True)
class Uncertainty:
    """What a study of uncertainty found.

    Attributes
    ----------
    corridor
        What was studied.
    seed, samples
        Seed, and rows of each of the two samples.
    inputs
        Inputs drawn.
    chosen
        Ids of those studied one by one, in the order in which they seem to matter.
    spreads
        By answer.
    failed
        Rows left out, since the corridor cannot be simulated with the inputs drawn; with the reason of the first.
    """

    corridor: Corridor
    seed: int
    samples: int
    inputs: tuple[Input, ...]
    chosen: tuple[str, ...]
    spreads: dict[str, Spread]
    failed: tuple[int, str]
    seconds: float

    @property
    def to_measure(self) -> list[tuple[str, float]]:
        """Inputs that were studied one by one and the largest total index that any answer gives them, largest first."""
        largest = {
            name: max(spread.indices[name].total.mean or 0.0 for spread in self.spreads.values())
            for name in self.chosen
        }
        return sorted(largest.items(), key=lambda one: -one[1])

    @property
    def others(self) -> list[tuple[str, float]]:
        """All other inputs and the largest squared rank correlation that any answer has with them, largest first."""
        largest = {
            one.id: max(spread.correlation[one.id] for spread in self.spreads.values())
            for one in self.inputs
            if one.id not in self.chosen
        }
        return sorted(largest.items(), key=lambda one: -one[1])

    def document(self) -> dict[str, Any]:
        """Return all of it as plain values, fit for JSON, with what is needed to repeat it."""
        return made_from(self.corridor) | {
            "seed": self.seed,
            "samples": self.samples,
            "inputs": [{"id": one.id, "rows": len(one.rows), "assumed": one.assumed} for one in self.inputs],
            "chosen": list(self.chosen),
            "answers": {name: {"unit": unit(name)} | one.document() for name, one in self.spreads.items()},
            "to_measure": [{"id": name, "total": share} for name, share in self.to_measure],
            "without_range": list(provenance(self.corridor).without_range),
            "failed": {"rows": self.failed[0], "why": self.failed[1]},
            "seconds": self.seconds,
        }

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it: what each answer's spread comes from."""
        from jibek.study._uncertainty_figure import uncertainty_figure

        return {"uncertainty": lambda: uncertainty_figure(self)}


def uncertainty(
    corridor: Corridor,
    figures: Sequence[str],
    workers: Workers,
    *,
    samples: int = SAMPLES,
    most: int = MOST,
    seed: int = 0,
    progress: Progress | None = None,
) -> Uncertainty:
    """Find how far answers are known: inputs are drawn as `uncertainty.csv` says, chance is drawn apart from them.

    Each run has inputs and a replication of its own, so chance is one factor among others. Two samples are simulated first; the inputs
    with which an answer goes up or down most are then studied one by one, all others as one group, by Sobol indices of groups of factors.

    Parameters
    ----------
    corridor
        What to study.
    figures
        Answers, dotted names.
    workers
        Who simulates.
    samples
        Rows of each sample, a Latin hypercube; `samples * (most + 4)` years are simulated.
    most
        How many inputs are studied one by one, at most.
    seed
        Seed of the draws, and of the simulation.
    progress
        Called as runs come, with those done and all.

    Raises
    ------
    JibekError
        If no input is uncertain, or most rows cannot be simulated.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import at_home
    >>> corridor = jibek.read("starter").with_clock(days=20)
    >>> with at_home() as workers:
    ...     found = uncertainty(corridor, ["total.transit_days.p50"], workers, samples=8, most=1)
    >>> list(found.spreads["total.transit_days.p50"].indices)[0]
    'chance'
    """
    begin = time.perf_counter()
    inputs = inputs_of(corridor)
    if not inputs:
        raise JibekError(f"{corridor.header.id}: uncertainty.csv says of no value how well it is known")
    most = min(most, len(inputs) - 1)
    design = _Design(Drawer(corridor, inputs), samples, seed)
    runs = _Runs(figures, workers, samples * (most + 4), progress)
    everything = range(len(inputs) + 1)
    two = runs.figures_at(design.points([]) + design.points(everything))
    _refuse_most_lost(two.reshape(2, samples, -1), runs.why)
    correlation = {name: _correlations(design, two[:, k]) for k, name in enumerate(figures)}
    chosen = np.argsort(-np.max([*correlation.values()], axis=0), kind="stable")[:most].tolist()
    groups = {CHANCE: [design.chance], **{inputs[k].id: [k] for k in chosen}}
    groups[OTHERS] = [k for k in range(len(inputs)) if k not in chosen]
    mixed = runs.figures_at([point for group in groups.values() for point in design.points(group)])
    rows = np.concatenate((two, mixed)).reshape(len(groups) + 2, samples, len(figures))
    good = _refuse_most_lost(rows, runs.why)
    spreads = {
        name: _spread(
            rows[:, good, k], tuple(groups), dict(zip((one.id for one in inputs), correlation[name], strict=True)), seed
        )
        for k, name in enumerate(figures)
    }
    failed = (int(samples - good.sum()), runs.why)
    ids = tuple(inputs[k].id for k in chosen)
    return Uncertainty(corridor, seed, samples, tuple(inputs), ids, spreads, failed, time.perf_counter() - begin)


def _refuse_most_lost(rows: Floats, why: str) -> NDArray[np.bool_]:
    """Return which rows of the samples have all figures; raise if most have not."""
    good: NDArray[np.bool_] = np.asarray(~np.isnan(rows).any(axis=(0, 2)))
    if good.sum() < len(good) / 2:
        raise JibekError(
            f"{len(good) - good.sum()} of {len(good)} rows have no answer; the first: {why or 'nothing was delivered'}"
        )
    return good


class _Design:
    """Two samples of all inputs and of chance, and points in which some of them are of the second sample, the others of the first."""

    def __init__(self, drawer: Drawer, samples: int, seed: int) -> None:
        self._drawer = drawer
        self._seed = seed
        self.chance = len(drawer.inputs)
        """Number of the factor that stands for chance."""
        self.shares = np.split(sample("latin-hypercube", samples, 2 * self.chance, seed), 2, axis=1)

    def points(self, group: Sequence[int]) -> list[Point]:
        """Return the points in which the factors of a group are of the second sample."""
        one, other = self.shares
        shares = one.copy()
        inputs = [k for k in group if k != self.chance]
        shares[:, inputs] = other[:, inputs]
        first = len(one) if self.chance in group else 0
        return [
            Point(
                self._drawer.corridor,
                (),
                self._drawer.changes(row),
                self._seed,
                range(first + number, first + number + 1),
            )
            for number, row in enumerate(shares)
        ]


class _Runs:
    """Simulates points of one replication, and notes why one cannot be."""

    def __init__(self, figures: Sequence[str], workers: Workers, whole: int, progress: Progress | None) -> None:
        self._figures = figures
        self._workers = workers
        self._rounds = Rounds(progress, whole)
        self.why = ""

    def figures_at(self, points: Sequence[Point]) -> Floats:
        """Return the figures, a row a point; NaN where it cannot be simulated."""
        found = np.full((len(points), len(self._figures)), np.nan)
        for number, outcome in outcomes(points, self._workers, self._rounds.begin()):
            if isinstance(outcome, Answers):
                found[number] = [outcome.values_of(name)[0] for name in self._figures]
            else:
                self.why = self.why or str(outcome)
        return found


def _correlations(design: _Design, values: Floats) -> Floats:
    """Return the squared rank correlation of a figure with each input over both samples."""
    good = ~np.isnan(values)
    if np.ptp(values[good]) == 0.0:
        return np.zeros(design.chance)
    ranks = np.argsort(np.argsort(np.concatenate(design.shares)[good], axis=0), axis=0)
    own = np.argsort(np.argsort(values[good]))
    ranks, own = ranks - ranks.mean(axis=0), own - own.mean()
    norm = (ranks**2).sum(axis=0) * (own**2).sum()
    found: Floats = (own @ ranks) ** 2 / norm
    return found


def _spread(rows: Floats, groups: Sequence[str], correlation: dict[str, float], seed: int) -> Spread:
    """Return how far an answer is known from its values in both samples and the mixed ones."""
    both = rows[:2].ravel()
    low, high = np.quantile(both, (TAIL, 1 - TAIL))
    indices = dict(zip(groups, sobol(rows[0], rows[1], rows[2:], seed), strict=True))
    return Spread(float(both.mean()), float(both.std(ddof=1)), float(low), float(high), indices, correlation)
