"""Sobol indices: which share of a variance is due to which factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.results._interval import Interval

Floats = NDArray[np.float64]

_RESAMPLES = 999


@dataclass(frozen=True)
class Indices:
    """Shares of the variance of a figure that are due to a factor, with 95 % bootstrap intervals.

    Attributes
    ----------
    first
        By the factor alone: what the variance would lose on average if the factor were known.
    total
        With all it does together with others: what would be left if all others were known.
    """

    first: Interval
    total: Interval

    def document(self) -> dict[str, dict[str, float | None]]:
        """Return them as plain values, fit for JSON."""
        return {"first": self.first.document(), "total": self.total.document()}


def sobol(one: Floats, other: Floats, mixed: Floats, seed: int = 0) -> list[Indices]:
    """Estimate first and total Sobol indices of factors; those of a figure that does not vary are not known.

    Saltelli et al. (2010), *Computer Physics Communications* 181, table 2: formula b for the first, f (Jansen) for the total; the same as
    `scipy.stats.sobol_indices`, but for any number of rows.

    Parameters
    ----------
    one, other
        A figure at the points of two samples that are independent of each other.
    mixed
        The figure at the points of the first with one factor of the second: a row a factor.
    seed
        Of the bootstrap, in which rows of the samples are drawn.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.random((2, 4096, 2))
    >>> figure = lambda x: 3 * x[:, 0] + x[:, 1]
    >>> mixed = [np.column_stack((b[:, 0], a[:, 1])), np.column_stack((a[:, 0], b[:, 1]))]
    >>> found = sobol(figure(a), figure(b), np.array([figure(x) for x in mixed]))
    >>> [round(one.first.mean, 1) for one in found]
    [0.9, 0.1]
    """
    if np.ptp(np.concatenate((one, other))) == 0.0:
        return [Indices(Interval(None), Interval(None)) for _ in mixed]
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(one), (_RESAMPLES, len(one)))
    first, total = _estimate(one, other, mixed)
    spread = np.array([_estimate(one[row], other[row], mixed[:, row]) for row in rows])
    low, high = np.nanquantile(spread, (0.025, 0.975), axis=0)
    return [
        Indices(
            Interval(float(first[k]), float(low[0, k]), float(high[0, k])),
            Interval(float(total[k]), float(low[1, k]), float(high[1, k])),
        )
        for k in range(len(mixed))
    ]


def _estimate(one: Floats, other: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    both = np.concatenate((one, other))
    one, other, mixed = one - both.mean(), other - both.mean(), mixed - both.mean()
    variance = both.var() or np.nan
    first = (other * (mixed - one)).mean(axis=1) / variance
    total = ((one - mixed) ** 2).mean(axis=1) / (2 * variance)
    return first, total
