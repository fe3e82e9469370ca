"""A plan for a transfer job: where boxes go, which crane moves them, where trains stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from jibek.tables import Known, Package, Problem, folder_of, quoted, read_package, unresolved
from jibek.transfer import tables as t
from jibek.transfer._check_job import incomplete
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
        if known.header and plan.header.job != job.header.id:
            message = f"is a plan for the job {quoted(plan.header.job)}, not for {quoted(job.header.id)}"
            yield Problem(plan.schema.header_file, None, "job", message)
            return
        yield from unresolved(plan, known, job)
        yield from incomplete(plan.moves)

    return read_package(Plan, folder_of(path), check)
