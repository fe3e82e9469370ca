"""Means over replications and how well they are known: Student's t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replications with its 95 % confidence interval.

    Parameters
    ----------
    mean
        Mean over the replications that have the figure; None if none has it.
    low, high
        Bounds of the interval; None with fewer than two replications.

    Examples
    --------
    >>> interval = Interval.of([10.0, 12.0, 14.0])
    >>> interval.mean, round(interval.low, 2), round(interval.high, 2)
    (12.0, 7.03, 16.97)
    >>> print(interval)
    12 ± 4.97
    """

    mean: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, values: Sequence[float] | Floats) -> Interval:
        """Make an interval from one value a replication; NaN: it has none."""
        matrix = np.asarray(values, dtype=np.float64).reshape(-1, 1)
        mean, half = means(matrix)
        return cls.from_half(mean[0], half[0])

    @classmethod
    def from_half(cls, mean: float, half: float) -> Interval:
        """Make an interval from its mean and half its width; NaN: not known."""
        if math.isnan(mean):
            return cls(None)
        if math.isnan(half):
            return cls(float(mean))
        return cls(float(mean), float(mean - half), float(mean + half))

    @property
    def half(self) -> float | None:
        """Half the width; None where it is not known."""
        return None if self.high is None or self.mean is None else self.high - self.mean

    def __str__(self) -> str:
        if self.mean is None:
            return "-"
        return f"{self.mean:,.6g}" if self.half is None else f"{self.mean:,.6g} ± {self.half:.3g}"


def means(matrix: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the mean of each column and half the width of its interval.

    Parameters
    ----------
    matrix
        One row a replication; NaN where a replication does not have the figure.
    confidence
        Of the interval.
    """
    there = ~np.isnan(matrix)
    count = there.sum(axis=0)
    filled = np.where(there, matrix, 0.0)
    mean = np.divide(filled.sum(axis=0), count, out=np.full(matrix.shape[1], np.nan), where=count > 0)
    squares = (np.where(there, matrix - mean, 0.0) ** 2).sum(axis=0)
    variance = np.divide(squares, count - 1, out=np.full(matrix.shape[1], np.nan), where=count > 1)
    factor = np.array([student(int(n) - 1, confidence) for n in range(int(count.max(initial=0)) + 1)])
    return mean, factor[count] * np.sqrt(variance / np.maximum(count, 1))


@lru_cache
def student(freedom: int, confidence: float = 0.95) -> float:
    """Return how far Student's t goes to either side with a probability; NaN for less than one degree of freedom.

    The distribution function for whole degrees of freedom is a finite sum (Abramowitz and Stegun 1964,
    26.7.3 and 26.7.4); its inverse is found by bisection.

    Examples
    --------
    >>> round(student(1), 3), round(student(9), 3)
    (12.706, 2.262)
    """
    if freedom < 1:
        return math.nan
    low, high = 0.0, 13.0
    while _within(high, freedom) < confidence:
        high *= 2
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < confidence else (low, middle)
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """Return the probability that |T| < t."""
    angle = math.atan2(t, math.sqrt(freedom))
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for k in range(3 if odd else 2, freedom - 1, 2):
        term *= (k - 1) / k * math.cos(angle) ** 2
        total += term
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total
