"""Means over replications and how well they are known: Student's t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    12.0 ± 5.0
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

    def scaled(self, factor: float) -> Interval:
        """Return the interval in other units: all bounds multiplied by a factor above 0."""
        return Interval(*(None if one is None else factor * one for one in (self.mean, self.low, self.high)))

    def not_negative(self) -> Interval:
        """Return the interval without what lies below 0."""
        return self if self.low is None else replace(self, low=max(self.low, 0.0))

    def document(self) -> dict[str, float | None]:
        """Return it as plain values, fit for JSON."""
        return {"mean": self.mean, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        """Write it to two digits of half its width, but no finer than to three of the mean; one that is cut by its bounds."""
        if self.mean is None:
            return "-"
        if self.half is None or self.half <= 1e-9 * abs(self.mean):
            return plain_number(self.mean)
        digits = 1 - _exponent(self.half)
        most = max(0, 2 - _exponent(self.mean)) if self.mean else digits
        half = self.half if digits <= most else math.ceil(self.half * 10**most - 1e-9) / 10**most
        digits = min(digits, most)
        mean, high, half_text = (_rounded(one, digits) for one in (self.mean, self.mean + half, half))
        whole = self.low is not None and self.mean - self.low >= (1 - 1e-9) * self.half
        return (
            f"{mean} ± {half_text}" if whole else f"{mean} ({_rounded(self.low, digits) if self.low else 0} to {high})"
        )


def plain_number(value: float) -> str:
    """Write a number to three digits at least, with thousands separated and no exponent.

    Examples
    --------
    >>> plain_number(1234567.8), plain_number(12.345), plain_number(0.00123), plain_number(0)
    ('1,234,568', '12.3', '0.00123', '0')
    """
    if not math.isfinite(value):
        return str(value)
    if value == round(value):
        return f"{value:,.0f}"
    return _rounded(value, max(0, 2 - _exponent(value)))


def _exponent(value: float) -> int:
    """Return the power of ten of a number's first digit."""
    return math.floor(math.log10(abs(value)))


def _rounded(value: float, digits: int) -> str:
    """Write a number rounded to digits after the point; below 0: before it."""
    return f"{round(value, digits) + 0.0:,.{max(digits, 0)}f}"  # never -0


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
