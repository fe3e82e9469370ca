"""What each kind of job does, in a worker process. Heavy modules are imported when a worker begins."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jibek._error import JibekError
from jibek.corridor import Corridor
from jibek.serve import _models as asked
from jibek.serve._desk import Desk
from jibek.serve._packages import Store

if TYPE_CHECKING:
    from jibek.results import Run
    from jibek.study import Progress, Workers
    from jibek.transfer import Found
    from jibek.transfer import Job as TransferJob

PAGE, ANSWER, RUN = "page.bin", "answer.json", "run"
REPORT = "report.html"
"""A file that every simulation has: made of its page when it is asked for."""
HEADLINE = (
    "total.delivered_teu", "total.inside_teu", "total.transit_days.p50", "total.transit_days.p90", "total.cost_per_teu",
    "total.co2e_kg_per_teu",
)  # fmt: skip
"""Figures that are told of each replication, so that two cases with the same random numbers can be compared in pairs."""


def package_of(request: asked.Request) -> str:
    """Return the package that a job is about; empty if there is none."""
    return (request.package or "") if isinstance(request, asked.PlanTransfer) else request.case.package


def carry_out(request: asked.Request, desk: Desk) -> None:
    """Do what is asked; the last answer told is the job's.

    Raises
    ------
    JibekError
        If it cannot be done, with all that is wrong.
    Stopped
        If it is no longer wanted.
    """
    if isinstance(request, asked.PlanTransfer):
        _plan(request, desk)
    else:
        _DO[type(request)](request, prepared(desk.packages, request.case), desk)


def check(packages: Store, request: asked.Request) -> None:
    """Refuse what cannot be done, as far as it is known before it is begun.

    Raises
    ------
    JibekError
        With all that is wrong.
    """
    if isinstance(request, asked.PlanTransfer):
        _transfer_job(request, packages)
        return
    corridor = prepared(packages, request.case)
    if isinstance(request, asked.Compare):
        from jibek.study import points_of_cases

        points_of_cases(corridor, request.cases)
    elif isinstance(request, asked.Invest):
        from jibek.study import affordable

        affordable(corridor, request.budget)


def prepared(packages: Store, case: asked.Case) -> Corridor:
    """Return the corridor of a case.

    Raises
    ------
    JibekError
        With all that is wrong with its measures, changes and days.
    """
    corridor = packages.corridor(case.package).with_measures(*case.measures).with_changes(*case.changes)
    return corridor.with_clock(days=case.days, warmup_days=case.warmup_days)


def _simulate(request: asked.Simulate, corridor: Corridor, desk: Desk) -> None:
    from jibek.results import simulate
    from jibek.web._report import bundle

    def so_far(run: Run) -> None:
        desk.answer(_totals(run), run.replications)

    run = simulate(
        corridor, replications=request.replications, seed=request.case.seed, out=desk.folder / RUN,
        containers=request.containers, followed=1, progress=lambda share, _: desk.tell(share), so_far=so_far,
    )  # fmt: skip
    document = _figures(run)
    desk.answer(document, run.replications)
    (desk.folder / "figures.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (desk.folder / PAGE).write_bytes(bundle(run))


def _figures(run: Run) -> dict[str, Any]:
    """Return what `jibek simulate --json` prints, and `values`: some figures replication by replication."""
    return run.document() | {"values": _values(run)}


def _totals(run: Run) -> dict[str, Any]:
    """Return those of all figures that are shown while others are under way: a hundredth of them."""
    means, intervals = run.statistics.tree("total")
    head = {name: run.manifest[name] for name in ("start", "days", "currency", "replications")}
    return head | means | {"intervals": intervals, "values": _values(run)}


def _values(run: Run) -> dict[str, list[float | None]]:
    found = {name: run.statistics.values_of(name).tolist() for name in HEADLINE}
    return {name: [None if math.isnan(one) else one for one in each] for name, each in found.items()}


def _bound(request: asked.Bound, corridor: Corridor, desk: Desk) -> None:
    from jibek.study import bound

    desk.answer(bound(corridor).document())


def _bottlenecks(request: asked.Bottlenecks, corridor: Corridor, desk: Desk) -> None:
    from jibek.study import bottlenecks, raised

    tried = raised(corridor, request.most)
    with _studying(desk) as (workers, progress):
        found = bottlenecks(
            corridor, workers, changes=tried, seed=request.case.seed, replications=request.replications,
            progress=progress,
        )  # fmt: skip
    desk.answer(found.document(), request.replications)


def _compare(request: asked.Compare, corridor: Corridor, desk: Desk) -> None:
    from jibek.study import compare

    with _studying(desk) as (workers, progress):
        found = compare(
            corridor, request.cases, workers, seed=request.case.seed, replications=request.replications,
            progress=progress,
        )  # fmt: skip
    desk.answer(found.document(), request.replications)


def _invest(request: asked.Invest, corridor: Corridor, desk: Desk) -> None:
    from jibek.study import invest

    with _studying(desk) as (workers, progress):
        found = invest(
            corridor, request.budget, workers, objective=request.objective, seed=request.case.seed,
            replications=request.replications, progress=progress,
        )  # fmt: skip
    desk.answer(found.document(), request.replications)


@contextmanager
def _studying(desk: Desk) -> Iterator[tuple[Workers, Progress]]:
    """Let this process work for a study, and tell how far it is."""
    from jibek.study import at_home

    with at_home() as workers:
        yield workers, lambda done, whole: desk.tell(done / whole)


_DO: dict[type[asked.Part], Callable[[Any, Corridor, Desk], None]] = {
    asked.Simulate: _simulate,
    asked.Bound: _bound,
    asked.Bottlenecks: _bottlenecks,
    asked.Compare: _compare,
    asked.Invest: _invest,
}


def _transfer_job(request: asked.PlanTransfer, packages: Store) -> TransferJob:
    from jibek.transfer import generate

    given = request.generate
    try:
        return generate(given.family, given.size, seed=given.seed) if given else packages.job(request.package or "")
    except ValueError as error:
        raise JibekError(str(error)) from None


def _plan(request: asked.PlanTransfer, desk: Desk) -> None:
    from jibek.transfer import PlanError, check_plan, search_for, write_package

    begin = time.perf_counter()
    before: Found | None = None
    job = _transfer_job(request, desk.packages)
    for found in search_for(job, request.time_limit_s, seed=request.seed):
        seconds = time.perf_counter() - begin
        desk.tell(min(seconds / request.time_limit_s, 1.0) if request.time_limit_s else 1.0)
        if found is not before:
            desk.answer(_planned(job, found, seconds))
        before = found
    violations = check_plan(job, found.plan).violations
    if violations:
        raise PlanError(violations)
    desk.answer(_planned(job, found, time.perf_counter() - begin))
    write_package(job, desk.folder / "job")
    write_package(found.plan, desk.folder / "plan")


def _planned(job: TransferJob, found: Found, seconds: float) -> dict[str, Any]:
    """Return what a plan is worth after some seconds, and its board."""
    from jibek.serve._board import board

    return found.value.document() | found.document() | {"seconds": seconds, "board": board(job, found.plan)}
