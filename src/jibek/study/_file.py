"""A study file: a corridor, what is varied, and by which design."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from jibek.corridor import Change, ChangeError, Corridor, bundled, read
from jibek.study._axis import Axis, Case, wrong
from jibek.tables import Problem, ProblemsError, near, quoted

FIGURES = (
    "total.delivered_teu",
    "total.inside_teu",
    "total.transit_days.p50",
    "total.transit_days.p90",
)
"""Figures shown of each point where none are named."""

MOST_POINTS = 1_000_000
"""Points of a study."""


class StudyError(ProblemsError):
    """A study cannot be made; `problems` lists all that is wrong."""


class StudyFile(Case):
    """A study as it is written down.

    Attributes
    ----------
    package
        Folder of the corridor package, from the study file on, or the name of a bundled one.
    measures, changes
        Taken at all points.
    design
        `grid`: all levels of all axes with each other; `latin-hypercube`, `sobol`: so many points spread over them.
    points
        Number of points of these two.
    axes
        What is varied.
    days, warmup_days
        Clock, where it is not that of the package.
    seed, replications
        Seed of all random numbers, of the design too, and replications of each point.
    figures
        Figures in the table of points and in the pictures; all others are in the files of the points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    title: str = ""
    design: Literal["grid", "latin-hypercube", "sobol"] = "grid"
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] | None = None
    axes: tuple[Axis, ...]
    days: int | None = None
    warmup_days: int | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    replications: Annotated[int, Field(ge=1, le=100_000)] = 4
    figures: Annotated[tuple[str, ...], Field(min_length=1)] = FIGURES

    @model_validator(mode="after")
    def _fits_its_design(self) -> Self:
        if not self.axes:
            raise wrong("axes: nothing is varied")
        if self.design == "grid":
            if self.points is not None:
                raise wrong("points: a grid has as many points as its axes make")
            without = [axis.name for axis in self.axes if axis.continuous and axis.steps is None]
            if without:
                raise wrong(f"axis {quoted(without[0])}: a range needs steps in a grid")
            count = math.prod(axis.size for axis in self.axes)
            if count > MOST_POINTS:
                raise wrong(
                    f"axes: a grid of {count:,} points is too large; at most {MOST_POINTS:,}, or take another design"
                )
        elif self.points is None:
            raise wrong(f"points: say how many points the {self.design} design has")
        elif self.design == "sobol" and self.points & (self.points - 1):
            raise wrong(f"points: a sobol design has 2, 4, 8, 16, ... points, not {self.points}")
        return self

    @model_validator(mode="after")
    def _names_axes_once(self) -> Self:
        names = [axis.name for axis in self.axes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise wrong(f"axes: {quoted(twice[0])} is the name of two axes")
        columns = {"point"} | {name + end for name in self.figures for end in ("", ".low", ".high")}
        taken = [name for name in names if name in columns]
        if taken:
            raise wrong(
                f"axes: {quoted(taken[0])} is a column of the table of points already; give the axis another name"
            )
        return self


def read_study(path: str | os.PathLike[str]) -> tuple[StudyFile, Corridor]:
    """Read a study file and the package it names.

    Parameters
    ----------
    path
        Of a TOML file.

    Returns
    -------
    tuple
        The study, and the corridor with its clock.

    Raises
    ------
    StudyError
        With every problem of the file: unknown keys, values out of their limits, changes that cannot be made or contradict each other.
    PackageError
        With every problem of the package.
    """
    file = Path(path)
    study = _parsed(file)
    folder = file.parent / study.package
    corridor = read(folder if folder.is_dir() or study.package not in bundled() else study.package)
    corridor = corridor.with_clock(days=study.days, warmup_days=study.warmup_days)
    problems = [Problem(file.name, None, where, what) for where, what in _wrong_with(study, corridor)]
    if problems:
        raise StudyError(problems)
    return study, corridor


def _parsed(file: Path) -> StudyFile:
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError([Problem(str(file), None, None, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise StudyError([Problem(str(file), None, None, f"is not text in UTF-8: {error.reason}")]) from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError([Problem(file.name, None, None, f"is not TOML: {error}")]) from None
    try:
        return StudyFile.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise StudyError([Problem(file.name, None, _path(one), _message(one, given)) for one in found]) from None


def _path(error: ErrorDetails) -> str | None:
    """Write where it is as in the file: `axes[2].steps`, counted from 1."""
    path = ""
    for part in error["loc"]:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if part not in ("float", "str") else ""
    return path.lstrip(".") or None


def _message(error: ErrorDetails, given: Any) -> str:
    if error["type"] == "extra_forbidden":
        model = _model_at(error["loc"])
        return f"there is no such key{near(str(error['loc'][-1]), model.model_fields)}"
    if error["type"] == "missing":
        return "is required"
    message = {"tuple_type": "must be a list", "too_short": "must not be empty"}.get(error["type"], error["msg"])
    return message if error["type"] == "study" else f"{message[:1].lower()}{message[1:]}, not {quoted(error['input'])}"


def _model_at(place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return what is described at a place of the file."""
    if "cases" in place[:-1]:
        return Case
    return Axis if place[0] == "axes" and len(place) > 1 else StudyFile


def _wrong_with(study: StudyFile, corridor: Corridor) -> Iterator[tuple[str, str]]:
    """Yield what cannot be done: common changes first, then each level of each axis on top of them, then contradictions."""
    try:
        common = corridor.with_measures(*study.measures).with_changes(*study.changes)
    except ChangeError as error:
        yield from (("changes", str(problem)) for problem in error.problems)
        return
    sound = True
    for number, axis in enumerate(study.axes, 1):
        for level in axis.levels(corridor):
            try:
                common.with_measures(*level.measures).with_changes(*level.changes)
            except ChangeError as error:
                sound = False
                yield from ((f"axes[{number}]", str(problem)) for problem in error.problems)
    if sound:
        yield from _contradictions(study, corridor)


def _contradictions(study: StudyFile, corridor: Corridor) -> Iterator[tuple[str, str]]:
    """Yield values that one part of the study sets and another changes too, so that their order would decide."""
    parts = [("changes", [Change.parse(text) for text in study.changes])]
    for number, axis in enumerate(study.axes, 1):
        texts = {text for level in axis.levels(corridor) for text in level.changes}
        parts.append((f"axes[{number}]", [Change.parse(text) for text in sorted(texts)]))
    for (first, ones), (second, others) in combinations(parts, 2):
        found = {_contradicted(one, other) for one in ones for other in others} - {None}
        yield from (
            (second, f"{name} is set, and {first} changes it too; only one of them can")
            for name in sorted(map(str, found))
        )


def _contradicted(one: Change, other: Change) -> str | None:
    """Return the value that two changes cannot both have their way with, if there is one."""
    apart = (one.table, one.field) != (other.table, other.field) or (
        "*" not in (one.id, other.id) and one.id != other.id
    )
    if apart or "=" not in (one.operator, other.operator):
        return None
    return f"{one.table}.{one.id if other.id == '*' else other.id}.{one.field}"
