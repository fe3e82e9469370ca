"""A plan for a transfer job: where boxes go, which crane moves them, where trains stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jibek.tables import Known, Package, Problem, folder_of, quoted, read_package, unresolved, write_package
from jibek.transfer import tables as t
from jibek.transfer._job import Job


@dataclass(frozen=True, repr=False)
class Plan(Package):
    """A plan; made by `plan_by_rule`, read by `read_plan`. Whether it is valid is for `check_plan` to say."""

    schema = t.PLAN

    header: t.PlanHeader
    loads: tuple[t.Load, ...] = ()
    moves: tuple[t.Move, ...] = ()
    parking: tuple[t.Parking, ...] = ()
    leftover: tuple[t.Leftover, ...] = ()


def read_plan(path: str | os.PathLike[str], job: Job) -> Plan:
    """Read a plan for a job.

    Parameters
    ----------
    path
        Folder with `plan.toml` and one CSV file a table.
    job
        The job; the boxes, wagons, trains, tracks and cranes named must be there.

    Raises
    ------
    PackageError
        With every problem of every file.
    """

    def check(plan: Plan, known: Known) -> Iterator[Problem]:
        yield from unresolved(plan, known, job)
        if known.header and plan.header.job != job.header.id:
            message = f"is a plan for the job {quoted(plan.header.job)}, not for {quoted(job.header.id)}"
            yield Problem(plan.schema.header_file, None, "job", message)
        for number, move in enumerate(plan.moves, 1):
            yield from _incomplete(number, move)

    return read_package(Plan, folder_of(path), check)


def _incomplete(number: int, move: t.Move) -> Iterator[Problem]:
    """Ask a move with a box for its places and times, and one without for where the crane goes."""
    carries = {"from_place": move.from_place, "to_place": move.to_place, "pick_s": move.pick_s, "drop_s": move.drop_s}
    wanted, unwanted = (carries, {"x_m": move.x_m}) if move.box else ({"x_m": move.x_m}, carries)
    kind = "with" if move.box else "without"
    for column, value in wanted.items():
        if value in (None, ""):
            yield Problem("moves.csv", None, column, f"a move {kind} a box needs it", row=str(number))
    for column, value in unwanted.items():
        if value not in (None, ""):
            yield Problem("moves.csv", None, column, f"a move {kind} a box has none; leave it blank", row=str(number))


def write_plan(plan: Plan, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a plan as a folder of tables; reading it gives the same plan.

    Parameters
    ----------
    plan
        In memory.
    path
        Folder to be made; its parents are made too.
    overwrite
        Whether to replace a plan that is there.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.
    """
    return write_package(plan, path, overwrite=overwrite)
