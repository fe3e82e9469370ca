"""Numbers of the containers and trips of a replication that comes in parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jibek.results._sums import Carried
from jibek.simulate._replication import Replication


@dataclass(frozen=True)
class Numbers:
    """What the rows of a part are in their replication.

    Attributes
    ----------
    container
        Number of its first container; the others follow.
    trip
        Number of each of its trips.
    over
        Which of these the next part does not begin with.
    """

    container: int
    trip: NDArray[np.int32]
    over: NDArray[np.bool_]


class Numbering:
    """Numbers containers as they are told, and trips by time of calling."""

    def __init__(self) -> None:
        self._known = Carried(np.int32)
        self._containers = self._trips = 0

    def __call__(self, part: Replication) -> Numbers:
        """Number what is in the next part."""
        container, known = self._containers, self._known.into(part)  # numbers from 1; 0: not met before
        new = np.flatnonzero(known == 0)
        known[new] = np.arange(self._trips + 1, self._trips + new.size + 1)
        self._known.on(part, known)
        self._trips += new.size
        self._containers += len(part.containers["flow"])
        over = np.ones(known.size, np.bool_) if part.kept is None else ~part.kept
        return Numbers(container, known - 1, over)
