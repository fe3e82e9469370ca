"""How much cases differ from a base with the same random numbers, with intervals that hold for all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import ChangeError, JibekError, Problem
from jibek.results._interval import Interval, means
from jibek.study._answers import Answers
from jibek.study._evaluate import PointError
from jibek.study._point import Point

CONFIDENCE = 0.95

Floats = NDArray[np.float64]


def effects(cases: Sequence[Answers], base: Answers, quantity: str) -> list[Interval]:
    """Return by how much a figure differs from the base in each case.

    The intervals hold together: with a probability of at least 95 % all of them cover what they are of (Bonferroni: each is
    taken at 1 - 0.05 / number of cases).

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import Point, at_home, evaluate
    >>> corridor = jibek.read("starter").with_clock(days=20)
    >>> with at_home() as workers:
    ...     base, case = evaluate([Point(corridor), Point(corridor, changes=("links.*.run_h*=2",))], workers)
    >>> effects([case], base, "total.transit_days.mean")[0].low > 0
    True
    """
    if not cases:
        return []
    matrix = np.column_stack([case.values_of(quantity) - base.values_of(quantity) for case in cases])
    mean, half = means(matrix, 1.0 - (1.0 - CONFIDENCE) / len(cases))
    return [Interval.from_half(*one) for one in zip(mean, half, strict=True)]


def differs(interval: Interval) -> bool:
    """Whether an interval does not reach 0."""
    return interval.low is not None and interval.high is not None and (interval.low > 0.0 or interval.high < 0.0)


def checked(points: dict[str, Point]) -> None:
    """Try the changes of all points before any is simulated.

    Raises
    ------
    ChangeError
        With every problem, each named by its point.
    """
    problems = [problem for name, point in points.items() for problem in _problems(name, point)]
    if problems:
        raise ChangeError(problems)


def _problems(name: str, point: Point) -> list[Problem]:
    set_to: dict[str, str] = {}
    found = []
    for change in point.changes:
        what, is_set, value = change.partition("=")
        if is_set and what[-1] not in "*+" and set_to.setdefault(what.strip(), value.strip()) != value.strip():
            found.append(Problem(f"{name}: {change}", None, None, f"is set to {set_to[what.strip()]} before"))
    try:
        point.changed  # noqa: B018 - raises what is wrong
    except ChangeError as error:
        found += [replace(one, file=f"{name}: {one.file}") for one in error.problems]
    except JibekError as error:
        found.append(Problem(name, None, None, str(error)))
    return found


def parted(names: Iterable[str], outcomes: Iterable[Answers | PointError]) -> tuple[dict[str, Answers], dict[str, str]]:
    """Part named cases into those that were simulated, with their answers, and those that cannot be, with the reason.

    Raises
    ------
    JibekError
        With every reason, if none was simulated.
    """
    answers, failed = {}, {}
    for name, outcome in zip(names, outcomes, strict=True):
        if isinstance(outcome, Answers):
            answers[name] = outcome
        else:
            failed[name] = outcome.why
    if failed and not answers:
        raise JibekError("\n".join(f"{name}: {why}" for name, why in failed.items()))
    return answers, failed


def interval_document(interval: Interval) -> dict[str, Any]:
    """Return an interval as plain values."""
    return {"mean": interval.mean, "low": interval.low, "high": interval.high}
