"""Designs: which levels of the axes make the points of a study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor
from jibek.study._axis import Level
from jibek.study._file import StudyFile
from jibek.study._point import Point


@dataclass(frozen=True)
class Placed:
    """A point of a study, and the value of each axis there."""

    values: tuple[float | str, ...]
    point: Point


def points_of(study: StudyFile, corridor: Corridor) -> list[Placed]:
    """Return the points of a study in the order of its design; two that are the same are one.

    Parameters
    ----------
    study
        The study.
    corridor
        Its corridor, not yet changed.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Placed] = {}
    numbers = range(study.replications)
    for levels in _levels(study, corridor):
        measures = study.measures + tuple(name for level in levels for name in level.measures)
        changes = study.changes + tuple(text for level in levels for text in level.changes)
        point = Point(corridor, measures, changes, study.seed, numbers)
        found.setdefault((measures, changes), Placed(tuple(level.value for level in levels), point))
    return list(found.values())


def _levels(study: StudyFile, corridor: Corridor) -> Iterator[tuple[Level, ...]]:
    if study.design == "grid":
        yield from product(*(axis.levels(corridor) for axis in study.axes))
        return
    for shares in sample(study.design, study.points or 0, len(study.axes), study.seed):
        yield tuple(axis.at(float(share), corridor) for axis, share in zip(study.axes, shares, strict=True))


def sample(design: str, points: int, axes: int, seed: int) -> NDArray[np.float64]:
    """Return points spread over the unit cube, one a row.

    Latin hypercube: McKay, Beckman and Conover (1979); Sobol's sequence, scrambled: Owen (1998), both by `scipy.stats.qmc`.

    Examples
    --------
    >>> sample("sobol", 4, 2, 0).shape
    (4, 2)
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(axes, rng=seed) if design == "sobol" else qmc.LatinHypercube(axes, rng=seed)
    found: NDArray[np.float64] = engine.random(points)
    return found
