"""Which of some systems is best: the fully sequential procedure of Kim and Nelson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.results._interval import means

Floats = NDArray[np.float64]

Observe = Callable[[list[int], int, int], Floats]
"""Observations of some systems, from one number up to another: a row a number, a column a system."""

BATCH = 4
"""Observations that are asked for at once; they are looked at one by one."""


@dataclass(frozen=True)
class Selection:
    """The system taken for best, its lead over the next by the first observations, all that took, and whether it came to its end."""

    best: int
    lead: float
    observations: int
    ended: bool
    left: tuple[int, ...]


def select(observe: Observe, count: int, *, first: int, zone: float, confidence: float, most: int) -> Selection:
    """Find the system with the largest mean, by procedure KN with c = 1 (Kim and Nelson 2001, ACM TOMACS 11, 251-273).

    If the observations are normal, independent from number to number but of any correlation between systems, and the best mean
    is ahead of all others by the zone at least, then it is found with the confidence.

    Parameters
    ----------
    observe
        Called with growing numbers for those systems that are left; after the first it may say -inf of a system, which is then dropped.
    count
        How many systems; of equals the first is taken.
    first
        Observations of all before any is dropped, from 2.
    zone
        The indifference zone, above 0.
    confidence
        Probability of correct selection.
    most
        Observations at which it gives up, and takes the system that is ahead.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> means = np.array([1.0, 3.0, 2.0])
    >>> found = select(
    ...     lambda left, start, stop: means[left] + random.normal(size=(stop - start, len(left))),
    ...     3,
    ...     first=10,
    ...     zone=0.5,
    ...     confidence=0.95,
    ...     most=1000,
    ... )
    >>> found.best
    1
    """
    values = observe(list(range(count)), 0, first)
    if count == 1:
        return Selection(0, np.inf, first, ended=True, left=(0,))
    eta = ((2 * (1 - confidence) / (count - 1)) ** (-2 / (first - 1)) - 1) / 2
    spread = 2 * eta * (first - 1) * _variances(values) / zone**2
    left = np.arange(count)
    seen, at_first = first, values.mean(axis=0)
    while True:
        sums = values[:seen].sum(axis=0)
        reach = np.maximum(0.0, zone / 2 * (spread[np.ix_(left, left)] - seen))
        stays = (sums[:, None] >= sums[None, :] - reach).all(axis=1)
        left, values = left[stays], values[:, stays]
        ended = len(left) == 1 or seen > np.floor(spread[np.ix_(left, left)]).max()
        if ended or seen >= most:
            best = int(left[np.argmax(values[:seen].mean(axis=0))])
            lead = float(at_first[best] - np.delete(at_first, best).max())
            return Selection(best, lead, seen, ended=bool(ended), left=tuple(left.tolist()))
        if seen == len(values):
            more = observe(left.tolist(), seen, min(seen + BATCH, most))
            values = np.concatenate((values, more))
        seen += 1


def enough(values: Floats, best: int, *, zone: float, error: float) -> int:
    """Return the first system that is shown to be behind the best by less than the zone; else the best itself.

    Student's intervals of the differences hold together over all pairs (Bonferroni), whichever is best.

    Parameters
    ----------
    values
        A row an observation, a column a system, in the order of preference.
    best
        The best system.
    zone
        What one may be behind.
    error
        Probability that some difference is more than its interval says, at most.

    Examples
    --------
    >>> values = np.array([[1.0, 1.9, 2.0], [2.0, 3.1, 3.1], [3.0, 3.9, 4.0]])
    >>> enough(values, 2, zone=0.5, error=0.05), enough(values, 2, zone=0.1, error=0.05)
    (1, 2)
    """
    if best == 0:
        return best
    count = values.shape[1]
    mean, half = means(values[:, [best]] - values[:, :best], 1 - 4 * error / (count * (count - 1)))
    within = np.flatnonzero(mean + half < zone)
    return int(within[0]) if len(within) else best


def _variances(values: Floats) -> Floats:
    """Return the variances of the differences between all pairs of columns."""
    apart = values - values.mean(axis=0)
    squares: Floats = ((apart[:, :, None] - apart[:, None, :]) ** 2).sum(axis=0)
    return squares / (len(values) - 1)
