"""Which of many sets of measures are worth simulating: by the bound, and by what measures and pairs of them do when simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import ChangeError, Corridor, JibekError
from jibek.results._interval import means
from jibek.study._invest_sets import Choices
from jibek.study._lifting import Lifting
from jibek.study._needs import Needs
from jibek.study._programme import Programme
from jibek.study._task import packed, unpacked
from jibek.study._windows import Window
from jibek.study._workers import Workers

Floats = NDArray[np.float64]

CHUNK = 8
"""Sets whose bounds are one task."""


def bounds(choices: Choices, workers: Workers) -> Iterator[list[float]]:
    """Yield the TEU that can be delivered at most in the days that count, for all sets in order, some at a time.

    -inf: the measures cannot be applied together.
    """
    package = packed(choices.corridor)
    named = [choices.names(one) for one in choices.sets.tolist()]
    tasks = [
        workers.executor.submit(_bounds_of, package, tuple(named[first : first + CHUNK]))
        for first in range(0, len(named), CHUNK)
    ]
    try:
        for task in tasks:
            yield task.result()
    except (*workers.killed, *workers.lost) as error:
        raise JibekError(f"the workers are gone, or the cluster has ended; begin again: {error!r}") from None
    finally:
        for task in tasks:
            task.cancel()


def carries_all(corridor: Corridor) -> bool:
    """Whether the bound lets all demand through, so that bounds cannot part sets of measures."""
    needs, window, teu = _bound_of(corridor)
    return teu >= (1 - 1e-9) * sum(one.teu(window) for one in needs.carried)


def _bounds_of(package: bytes, sets: Sequence[tuple[str, ...]]) -> list[float]:
    corridor = unpacked(package)
    return [_set_bound(corridor, names) for names in sets]


def _set_bound(corridor: Corridor, names: tuple[str, ...]) -> float:
    try:
        return _bound_of(corridor.with_measures(*names))[2]
    except ChangeError:
        return -np.inf


def _bound_of(corridor: Corridor) -> tuple[Needs, Window, float]:
    """Return the programme's needs, its window, and the TEU that can be carried."""
    needs = Needs(corridor)
    Lifting(needs)
    window = Window(needs.compiled, 0.0, needs.compiled.end_h)
    return needs, window, Programme(needs).carried(window).teu


def pilots(choices: Choices) -> list[int]:
    """Return the sets that are simulated to predict others: none, each measure, each pair, with what they require."""
    alone = [choices.alone(name) for name in choices.open]
    pairs = (one | other for one, other in combinations(alone, 2))
    there = {*choices.sets.tolist()}
    return [one for one in dict.fromkeys([0, *alone, *pairs]) if one in there]


def predicted(choices: Choices, simulated: Mapping[int, Floats]) -> Floats:
    """Return a figure predicted for all sets: what measures do alone, and pairs where that is more than chance.

    Parameters
    ----------
    simulated
        The figure of the pilots, one value a replication, with common random numbers.
    """
    sets = np.array(list(simulated), np.int64)
    values = np.array(list(simulated.values()))
    effects = np.linalg.pinv(_terms(choices, sets)) @ values
    mean, half = means(effects.T)
    sure = np.abs(mean) > half
    sure[: 1 + len(choices.open)] = True
    found: Floats = _terms(choices, choices.sets) @ np.where(sure, mean, 0.0)
    return found


def _terms(choices: Choices, sets: NDArray[np.int64]) -> Floats:
    """Return for each set which terms it has: one, each measure, each pair of which neither requires the other."""
    has = (sets[:, None] >> np.arange(len(choices.open)) & 1).astype(np.float64)
    needs = [choices.alone(name) for name in choices.open]
    there = {*choices.sets.tolist()}
    columns = [np.ones(len(sets)), *has.T]
    for one, other in combinations(range(len(needs)), 2):
        both = needs[one] | needs[other]
        if both in there and both not in (needs[one], needs[other]):
            columns.append(has[:, one] * has[:, other])
    return np.column_stack(columns)


def ahead(costs: Floats, worth: Floats) -> list[int]:
    """Return the rows that are worth more than all that cost no more, by cost.

    Examples
    --------
    >>> ahead(np.array([0.0, 5.0, 5.0, 9.0]), np.array([1.0, 2.0, 3.0, 3.0]))
    [0, 2]
    """
    rows = np.lexsort((-worth, costs))
    before = np.concatenate(([-np.inf], np.maximum.accumulate(worth[rows])[:-1]))
    return [int(row) for row in rows[worth[rows] > before]]
