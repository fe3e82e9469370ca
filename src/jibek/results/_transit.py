"""Transit times of delivered containers: means and quantiles by itinerary, flow and month, and of all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jibek.results._grouped import quantiles
from jibek.results._network import Network
from jibek.results._sample import Sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARES = (0.1, 0.5, 0.9, 0.95)
TRANSIT = ("mean", "p10", "p50", "p90", "p95")
"""Figures of a distribution: the mean, then the quantiles of `SHARES`."""

HELD = 2**16
"""Transit times held in memory from part to part; when there are more, months that are over are closed, and all go to a file."""


class TransitTimes:
    """Transit times as they come.

    Parameters
    ----------
    network
        The corridor.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._months = len(network.months[0])
        self._held: list[tuple[Floats, Ints, Ints]] = []
        self._open: list[tuple[Floats, Ints, Ints]] = []
        self._closed = np.full((len(network.names.flows) * self._months, len(TRANSIT)), np.nan)
        self._sample: Sample | None = None

    def add(self, hours: Floats, itinerary: Ints, month: Ints) -> None:
        """Add delivered containers: transit time, itinerary and month of leaving; none left before those that came before."""
        if sum(one.size for one, _, _ in self._held) > HELD:
            self._store()
        self._held.append((hours, itinerary, month))

    def _store(self) -> None:
        """Put what is held into the file, and close the months that are over."""
        self._open.append(_joined(self._held))
        self._held = []
        hours, itinerary, month = self._open[-1]
        self._sample = self._sample or Sample(len(self._network.names.itineraries))
        self._sample.add(hours, itinerary)
        last = month.max(initial=-1)
        if self._open[0][2].min() < last:
            hours, itinerary, month = _joined(self._open)
            over = month < last
            self._close(hours[over], itinerary[over], month[over])
            self._open = [(hours[~over], itinerary[~over], month[~over])]

    def _close(self, hours: Floats, itinerary: Ints, month: Ints) -> None:
        group = self._network.flow_of[itinerary] * self._months + month
        found = quantiles(hours, group, len(self._closed), np.array(SHARES))
        there = ~np.isnan(found[:, 0])
        self._closed[there] = found[there]

    def figures(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the figures of `TRANSIT` in hours: by itinerary, by flow, by flow and month, and of all."""
        if self._sample is not None:
            return self._stored(self._sample)
        hours, itinerary, month = _joined(self._held)
        flow = self._network.flow_of[itinerary]
        groups = ((itinerary, len(self._network.names.itineraries)), (flow, len(self._network.names.flows)),
                  (flow * self._months + month, len(self._closed)), (np.zeros_like(flow), 1))  # fmt: skip
        return tuple(quantiles(hours, group, size, np.array(SHARES)) for group, size in groups)  # type: ignore[return-value]

    def _stored(self, sample: Sample) -> tuple[Floats, Floats, Floats, Floats]:
        self._store()
        self._close(*_joined(self._open))
        flow_of = self._network.flow_of
        unions = (np.arange(flow_of.size), flow_of, np.zeros_like(flow_of))
        found = []
        for union, (low, high, fraction) in zip(unions, sample.around(unions, np.array(SHARES)), strict=True):
            count, total = (np.bincount(union, part, len(low)) for part in (sample.count, sample.total))
            mean = np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)
            found.append(np.column_stack((mean, low + fraction * (high - low))))
        return found[0], found[1], self._closed, found[2]


def _joined(parts: list[tuple[Floats, Ints, Ints]]) -> tuple[Floats, Ints, Ints]:
    hours, itinerary, month = zip(*parts, strict=True) if parts else ((), (), ())
    return (
        np.concatenate([np.zeros(0), *hours]),
        np.concatenate([np.zeros(0, np.int64), *itinerary]),
        np.concatenate([np.zeros(0, np.int64), *month]),
    )
