"""Windows of the clock: the hours a thing is open in the mean, the demand that comes, the departures there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jibek.simulate import Compiled

Closed = Sequence[tuple[int, float]]
"""Closures of a thing, each as its row and the hours for which what is under way when it begins may go on."""


@dataclass(frozen=True)
class Window:
    """A piece of the clock, in hours."""

    compiled: Compiled
    start_h: float
    end_h: float

    @property
    def hours(self) -> float:
        """Its length."""
        return self.end_h - self.start_h

    @cached_property
    def months(self) -> NDArray[np.float64]:
        """Return the hours of it in each month of the clock."""
        return np.diff(self._marks)

    @cached_property
    def _marks(self) -> NDArray[np.float64]:
        return np.clip(self.compiled.months_h, self.start_h, self.end_h)

    def open_h(self, closed: Closed) -> float:
        """Return the mean hours in which nothing is closed and nothing goes on from before a closure.

        Random closures are independent of each other; those by date are joined where they overlap.
        """
        if not closed:
            return self.hours
        marks = self._marks
        dated = self._dated(closed)
        hours = np.array([_outside(dated, start, end) for start, end in pairwise(marks)])
        for row, goes_on_h in closed:
            shut = self.compiled.shuts[row]
            often = shut.rates * shut.mean_h
            hours *= 1.0 - often / (1.0 + often) * max(0.0, 1.0 - goes_on_h / shut.mean_h)
        return float(hours.sum())

    def _dated(self, closed: Closed) -> list[tuple[float, float]]:
        shuts = [(self.compiled.shuts[row], goes_on_h) for row, goes_on_h in closed]
        spells = [(shut.start_h + on_h, shut.end_h) for shut, on_h in shuts if shut.start_h + on_h < shut.end_h]
        return sorted(spells)

    def begins_open_h(self, closed: Closed) -> float:
        """Return by how much more is open in the mean because random closures begin at the earliest with the clock."""
        found = 0.0
        for row, _ in closed:
            shut = self.compiled.shuts[row]
            often = float((shut.rates * shut.mean_h).max(initial=0.0))
            found += often / (1.0 + often) * shut.mean_h * (1.0 + spread(shut.cv, shut.distribution) ** 2)
        return found

    def teu(self, flow: int, mean_teu: float, block_teu: float) -> float:
        """Return the mean TEU of a flow that come; a block brings at most so many."""
        block = self.compiled.blocks[flow]
        if block.listed:
            inside = (block.times >= self.start_h) & (block.times < self.end_h)
            return float(block.numbers[inside].sum()) * mean_teu
        return float(block.rates @ self.months) * block_teu

    def departures(self, slots: NDArray[np.float64]) -> int:
        """Return how many departures of a list fall into it."""
        return int(((slots >= self.start_h) & (slots < self.end_h)).sum())


def _outside(spells: Iterable[tuple[float, float]], start_h: float, end_h: float) -> float:
    """Return the hours between two times that no spell covers; spells by their begins."""
    open_h, now = 0.0, start_h
    for begin, end in spells:
        if begin >= end_h:
            break
        open_h += max(0.0, begin - now)
        now = max(now, end)
    return open_h + max(0.0, end_h - now)


def spread(cv: float, distribution: int) -> float:
    """Return the coefficient of variation of a duration as it is drawn."""
    fixed, exponential = 0, 1
    return 0.0 if distribution == fixed else 1.0 if distribution == exponential else cv


def fullest(lengths: Iterable[int], room: int) -> int:
    """Return how much of a room, in quarter TEU, whole containers of these lengths can fill.

    Examples
    --------
    >>> fullest([8], 4 * 9), fullest([4, 8], 4 * 9), fullest([8, 9], 4 * 9)
    (32, 36, 36)
    """
    lengths = set(lengths)
    step = 4 if 4 in lengths or not lengths else 8 if 8 in lengths else 9
    most = room // 9 if 9 in lengths else 0
    return max(9 * n + (room - 9 * n) // step * step for n in range(most + 1))
