"""Values by group, and how they are distributed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def grouped(values: Floats, groups: Ints, size: int) -> list[Floats]:
    """Return values by group; groups below 0 are left out.

    Examples
    --------
    >>> [one.tolist() for one in grouped(np.array([3.0, 1.0, 2.0, 7.0]), np.array([1, 0, -1, 1]), 3)]
    [[1.0], [3.0, 7.0], []]
    >>> grouped(np.zeros(0), np.zeros(0, np.int64), 0)
    []
    """
    if groups.size and groups.min() < 0:
        values, groups = values[groups >= 0], groups[groups >= 0]
    order = np.argsort(groups.astype(np.min_scalar_type(size)), kind="stable")  # of few digits: a pass for each
    return np.split(values[order], np.cumsum(np.bincount(groups, minlength=size))[:-1])[:size]


def quantiles(values: Floats, groups: Ints, size: int, shares: Floats) -> Floats:
    """Return mean and quantiles by group, interpolated linearly; NaN for an empty group.

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, 8.0]), np.array([0, 0, 1]), 3, np.array([0.5])).tolist()
    [[2.0, 2.0], [8.0, 8.0], [nan, nan]]
    """
    found = np.full((size, 1 + shares.size), np.nan)
    for row, here in zip(found, grouped(values, groups, size), strict=True):
        if here.size:
            where = shares * (here.size - 1)
            below = where.astype(np.int64)
            above = np.minimum(below + 1, here.size - 1)
            held = np.partition(here, np.unique((below, above)))
            row[0] = here.mean()
            row[1:] = held[below] + (where - below) * (held[above] - held[below])
    return found
