"""All cases simulated and compared with theory."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.results import simulate
from jibek.results._interval import means
from jibek.simulate import Progress, replicate
from jibek.verify._cases import CASES
from jibek.verify._quantity import Case

FAMILY_CONFIDENCE = 0.99
"""Probability that all intervals together hold the true values."""

REPLICATIONS = 50


@dataclass(frozen=True)
class Verdict:
    """A quantity in theory and as simulated.

    Attributes
    ----------
    case, quantity, unit
        What was compared.
    theory
        Its exact value.
    simulated, low, high
        Mean over the replications and its interval.
    """

    case: str
    quantity: str
    unit: str
    theory: float
    simulated: float
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        """Whether theory lies in the interval."""
        return self.low <= self.theory <= self.high

    def document(self) -> dict[str, str | float | bool]:
        """Return it as plain values, fit for JSON."""
        return {**vars(self), "agrees": self.agrees}


@dataclass(frozen=True)
class Proof:
    """The verdicts of all cases, in their order, from one seed; and the time it took."""

    seed: int
    verdicts: tuple[Verdict, ...]
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether all agree."""
        return all(verdict.agrees for verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """Return all as plain values, fit for JSON."""
        head = {"seed": self.seed, "replications": REPLICATIONS, "family_confidence": FAMILY_CONFIDENCE}
        verdicts = [verdict.document() for verdict in self.verdicts]
        return {
            **head,
            "confidence": confidence(),
            "agrees": self.agrees,
            "seconds": self.seconds,
            "verdicts": verdicts,
        }


def confidence() -> float:
    """Return the confidence of each interval, so that all hold with that of the family (Bonferroni)."""
    return 1 - (1 - FAMILY_CONFIDENCE) / sum(len(case.quantities) for case in CASES)


def verify(
    *,
    seed: int = 0,
    jobs: int | None = None,
    cases: Sequence[Case] = CASES,
    progress: Progress | None = None,
) -> Proof:
    """Simulate packages for which queueing theory has exact answers, and compare.

    Parameters
    ----------
    seed
        Seed of all random numbers.
    jobs
        Replications that run at the same time; default: one a processor.
    cases
        Which; by default all.
    progress
        Called with the share done and the events so far.

    Returns
    -------
    Proof
        A verdict on each quantity, in the order of the cases.

    Examples
    --------
    >>> from jibek.verify import CASES, verify
    >>> proof = verify(cases=[case for case in CASES if case.name == "filled-or-late"])
    >>> [(verdict.quantity, verdict.agrees) for verdict in proof.verdicts]
    [('containers a departure', True), ('mean wait', True)]
    """
    begin = time.perf_counter()
    tell = _Whole(len(cases), progress)
    verdicts: list[Verdict] = []
    for case in cases:
        verdicts += _verdicts(case, _values(case, seed, jobs or os.cpu_count() or 1, tell))
        tell.next()
    return Proof(seed, tuple(verdicts), time.perf_counter() - begin)


def _verdicts(case: Case, values: NDArray[np.float64]) -> list[Verdict]:
    middle, half = means(values, confidence())
    return [
        Verdict(case.name, known.name, known.unit, known.theory, mean, mean - width, mean + width)
        for known, mean, width in zip(case.quantities, middle.tolist(), half.tolist(), strict=True)
    ]


def _values(case: Case, seed: int, jobs: int, progress: Progress) -> NDArray[np.float64]:
    """Return the quantities of a case, one row a replication."""
    figures = [quantity.seen for quantity in case.quantities if isinstance(quantity.seen, str)]
    if figures:
        run = simulate(
            case.corridor, replications=REPLICATIONS, seed=seed, jobs=jobs, containers=False, progress=progress
        )
        if run.replications < REPLICATIONS:
            raise KeyboardInterrupt
        return np.column_stack([run.statistics.values_of(figure) for figure in figures])
    ways = [quantity.seen for quantity in case.quantities if not isinstance(quantity.seen, str)]
    series = replicate(case.corridor, replications=REPLICATIONS, seed=seed, jobs=jobs, progress=progress)
    return np.array([[seen(one) for seen in ways] for one in series])


class _Whole:
    """Tells the progress of one case as that of all."""

    def __init__(self, cases: int, progress: Progress | None) -> None:
        self.cases = cases
        self.progress = progress
        self.done = self.events = self.before = 0

    def __call__(self, share: float, events: int) -> None:
        self.events = events
        if self.progress is not None:
            self.progress((self.done + share) / self.cases, self.before + events)

    def next(self) -> None:
        self.done += 1
        self.before += self.events
