"""Values in a temporary file, of which quantiles are asked: exact, with memory that does not grow with their number."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROW = np.dtype([("value", np.float64), ("group", np.int32)])
_ROWS_AT_ONCE = 2**16
_FRACTION_BITS = 8
_LEAST, _MOST = (int(np.float64(bound).view(np.int64)) >> (52 - _FRACTION_BITS) for bound in (2.0**-10, 2.0**18))
_BINS = _MOST - _LEAST + 1


class Sample:
    """Values by group. It is known how many lie in each bin, so a quantile is found among those of the bin it is in.

    A bin is 2**-8 of an octave, so it holds few of the values, unless many are equal.

    Parameters
    ----------
    groups
        Number of groups.

    Examples
    --------
    >>> sample = Sample(2)
    >>> sample.add(np.array([3.0, 1.0, 2.0, 7.0]), np.array([0, 0, 0, 1]))
    >>> low, high, fraction = sample.around([np.array([0, 1])], np.array([0.5]))[0]
    >>> low.tolist(), high.tolist(), fraction.tolist()
    ([[2.0], [7.0]], [[3.0], [7.0]], [[0.0], [0.0]])
    """

    def __init__(self, groups: int) -> None:
        self._file = tempfile.TemporaryFile(prefix="jibek-")  # noqa: SIM115 - closed when nothing refers to the sample
        weakref.finalize(self, self._file.close)
        self.count: Ints = np.zeros(groups, np.int64)
        self.total: Floats = np.zeros(groups)
        self._bins: Ints = np.zeros((groups, _BINS), np.int64)

    def add(self, values: Floats, groups: Ints) -> None:
        """Add values, none below 0 and none missing, of given groups."""
        rows = np.empty(values.size, _ROW)
        rows["value"], rows["group"] = values, groups
        self._file.write(rows.data)
        self.count += np.bincount(groups, minlength=self.count.size)
        self.total += np.bincount(groups, values, self.count.size)
        np.add.at(self._bins.reshape(-1), groups * _BINS + _bins(values), 1)

    def around(self, unions: Sequence[Ints], shares: Floats) -> list[tuple[Floats, Floats, Floats]]:
        """Return the values that quantiles lie between, and where between them.

        Parameters
        ----------
        unions
            Ways to put groups together: the number of the union of each group.
        shares
            Of which quantiles.

        Returns
        -------
        list of tuple
            For each way three matrices, one row a union and one column a share: the value below, the value above, the
            fraction of the distance; NaN where there are no values.
        """
        asked = [_Asked(union, self._bins, shares) for union in unions]
        wanted = np.zeros(self._bins.shape, np.bool_)
        for one in asked:
            wanted |= one.wanted[one.union]
        rows = self._in_bins(wanted)
        rows = rows[np.argsort(rows["value"])]
        return [one.found(rows) for one in asked]

    def _chunks(self) -> Iterator[NDArray[np.void]]:
        self._file.seek(0)
        while data := self._file.read(_ROWS_AT_ONCE * _ROW.itemsize):
            yield np.frombuffer(data, _ROW)

    def _in_bins(self, wanted: NDArray[np.bool_]) -> NDArray[np.void]:
        found = [rows[wanted[rows["group"], _bins(rows["value"])]] for rows in self._chunks()]
        return np.concatenate([np.zeros(0, _ROW), *found])


class _Asked:
    """The places of quantiles of unions of groups: the bins in which they lie, and how many values come before those."""

    def __init__(self, union: Ints, bins: Ints, shares: Floats) -> None:
        self.union = union
        merged = np.zeros((int(union.max(initial=-1)) + 1, bins.shape[1]), np.int64)
        for row, counts in zip(union, bins, strict=True):
            merged[row] += counts
        upto = merged.cumsum(axis=1)
        last = upto[:, -1:] - 1
        where = shares * last
        self._there = last >= 0
        below = np.maximum(np.minimum(where.astype(np.int64), last), 0)
        self._fraction = where - below
        self._ranks = (below, np.clip(below + 1, 0, np.maximum(last, 0)))
        self.wanted = np.zeros(merged.shape, np.bool_)
        self._bins, self._before = [], []
        for ranks in self._ranks:
            bin_ = np.array([np.searchsorted(*pair, side="right") for pair in zip(upto, ranks, strict=True)], np.int64)
            bin_ = np.minimum(bin_.reshape(ranks.shape), _BINS - 1)
            np.put_along_axis(self.wanted, bin_, True, axis=1)
            self._bins.append(bin_)
            self._before.append(np.take_along_axis(upto - merged, bin_, axis=1))

    def found(self, rows: NDArray[np.void]) -> tuple[Floats, Floats, Floats]:
        """Return the values below and above of each quantile, out of sorted rows that hold all of their bins."""
        place = self.union[rows["group"]] * _BINS + _bins(rows["value"])
        order = np.argsort(place, kind="stable")
        place, values = place[order], rows["value"][order]
        sides = []
        for ranks, bins, before in zip(self._ranks, self._bins, self._before, strict=True):
            asked = np.arange(len(bins))[:, None] * _BINS + bins
            at = np.searchsorted(place, asked) + ranks - before
            side = np.full(ranks.shape, np.nan)
            side[self._there.ravel()] = values[at[self._there.ravel()]]
            sides.append(side)
        return sides[0], sides[1], np.where(self._there, self._fraction, np.nan)


def _bins(values: Floats) -> Ints:
    """Return the bin of each value: its exponent and the first bits of its fraction."""
    bins: Ints = (np.maximum(values, 0.0).view(np.int64) >> (52 - _FRACTION_BITS)) - _LEAST
    return bins.clip(0, _BINS - 1)
