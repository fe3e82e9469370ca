"""Waits for positions: mean and the 0.9 quantile by zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jibek.results._grouped import quantiles
from jibek.results._sample import Sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.9

HELD = 2**16
"""Waits held in memory from part to part; when there are more, they go to a file."""


class Waits:
    """Waits as they come.

    Parameters
    ----------
    zones
        Number of zones.
    """

    def __init__(self, zones: int) -> None:
        self._held: list[tuple[Floats, Ints]] = []
        self._sample: Sample | None = None
        self.count: Ints = np.zeros(zones, np.int64)

    def add(self, hours: Floats, zone: Ints) -> None:
        """Add waits for a position in a zone; below 0: in none."""
        hours, zone = hours[zone >= 0], zone[zone >= 0]
        self.count += np.bincount(zone, minlength=self.count.size)
        if sum(one.size for one, _ in self._held) > HELD:
            self._store()
        self._held.append((hours, zone))

    def _store(self) -> None:
        self._sample = self._sample or Sample(self.count.size)
        for hours, zone in self._held:
            self._sample.add(hours, zone)
        self._held = []

    def figures(self) -> tuple[Floats, Floats]:
        """Return mean and quantile by zone; NaN where nothing has waited."""
        if self._sample is None:
            hours, zone = (np.concatenate([np.zeros(0, np.int64), *part]) for part in zip(*self._held, strict=True))
            means, most = quantiles(hours, zone.astype(np.int64), self.count.size, np.array([SHARE])).T
            return means, most
        self._store()
        low, high, fraction = self._sample.around([np.arange(self.count.size)], np.array([SHARE]))[0]
        mean = np.divide(self._sample.total, self.count, out=np.full(self.count.size, np.nan), where=self.count > 0)
        return mean, (low + fraction * (high - low)).ravel()
