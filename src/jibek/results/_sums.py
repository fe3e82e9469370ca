"""Arrays that are added up over the parts of a replication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate._replication import Replication

Flags = NDArray[np.bool_]
Sums = dict[str, NDArray[Any]]


def add(sums: Sums, more: Mapping[str, NDArray[Any]]) -> None:
    """Add arrays to those of the same names.

    Examples
    --------
    >>> sums = {"lifts": np.array([1, 2])}
    >>> add(sums, {"lifts": np.array([3, 4]), "calls": np.array([5])})
    >>> sums["lifts"].tolist(), sums["calls"].tolist()
    ([4, 6], [5])
    """
    for name, values in more.items():
        sums[name] = sums[name] + values if name in sums else values


class Carried:
    """A value for each trip of a replication that goes with it from part to part; it is 0 at first.

    Parameters
    ----------
    dtype
        Type of the values.
    """

    def __init__(self, dtype: Any) -> None:
        self._values = np.zeros(0, dtype)

    def into(self, part: Replication) -> NDArray[Any]:
        """Return the values of the trips of a part, which begin with those kept of the part before."""
        values = np.zeros(part.trips["service"].size, self._values.dtype)
        values[: self._values.size] = self._values
        return values

    def on(self, part: Replication, values: NDArray[Any]) -> None:
        """Take the values of the trips of a part on to the next."""
        if part.kept is not None:
            self._values = values[part.kept]
