"""The command line of the gauge transfer: `jibek transfer COMMAND`. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from datetime import time as datetime_time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from jibek.transfer import Found, Job, Plan, Replanned, Value
    from jibek.transfer.tables import Outage

app = typer.Typer(
    no_args_is_help=True, help="Plan which box goes on which wagon, by which crane, in what order, by when."
)

JobFolder = Annotated[Path, typer.Argument(metavar="JOB", help="Folder of a transfer job.")]
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of a plan for it.")]
Out = Annotated[Path, typer.Option(help="Folder to write to.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Share = Annotated[float | None, typer.Option(min=0, max=1, help="Share of boxes; default: drawn by the seed.")]


@app.command()
def generate(
    family: Annotated[Literal["pair", "merge", "split", "day"], typer.Option(help="Which trains there are.")],
    size: Annotated[int, typer.Option(min=1, max=10_000, help="Number of boxes.")],
    out: Out,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the job.")] = 0,
    cranes: Annotated[int, typer.Option(min=1, max=10, help="Number of cranes.")] = 3,
    parking: Annotated[Literal["free", "fixed"], typer.Option(help="Whether trains may stand anywhere.")] = "free",
    short: Share = None,
    long: Share = None,
    empty: Share = None,
    danger: Share = None,
    reefer: Share = None,
    held: Share = None,
) -> None:
    """Make a job by a seed."""
    from jibek.transfer import generate as make
    from jibek.transfer import write_package

    shares = {"short": short, "long": long, "empty": empty, "danger": danger, "reefer": reefer, "held": held}
    given = {name: share for name, share in shares.items() if share is not None}
    try:
        job = make(family, size, seed=seed, cranes=cranes, parking=parking, **given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    write_package(job, out)
    typer.echo(
        f"made {out}: {len(job.boxes)} boxes, {len(job.trains)} trains; try: jibek transfer plan {out} --out PLAN"
    )


@app.command()
def plan(
    job: JobFolder,
    out: Out,
    rule: Annotated[bool, typer.Option("--rule", help="Plan by the dispatcher's rule, without a search.")] = False,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds of search, by the clock.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a plan, check it and write it; a plan in the folder is replaced. Ctrl-C ends the search with the best plan so far."""
    from jibek.tables import refuse_to_lose
    from jibek.transfer import Plan, PlanError, check_plan, plan_by_rule, read_job, write_package

    begin = time.perf_counter()
    made_for = read_job(job)
    refuse_to_lose(out, Plan.schema, overwrite=True)
    if made_for.begun or made_for.outages:
        message = "has moves that have begun, or cranes that are down; use: jibek transfer replan JOB PLAN --at TIME"
        raise typer.BadParameter(message, param_hint=str(job))
    found = None if rule else _search(made_for, seed, begin + time_limit - time.perf_counter())
    made = found.plan if found else plan_by_rule(made_for)
    seconds = time.perf_counter() - begin
    verdict = check_plan(made_for, made)
    if verdict.violations:
        raise PlanError(verdict.violations)
    write_package(made, out, overwrite=True)
    if as_json:
        typer.echo(json.dumps(verdict.value.document() | (found.document() if found else {}) | {"seconds": seconds}))
        return
    typer.echo(
        f"{made.header.method}: {len(made.loads)} boxes loaded in {len(made.moves)} moves, planned in {seconds:.2f} s, valid"
    )
    _show(verdict.value)
    if found:
        typer.echo(f"  no plan is below     {_bounded(found):>14}")
    _show_leftover(made)


def _search(job: Job, seed: int, seconds: float) -> Found:
    """Search for some time, or until Ctrl-C, and show how far it is; without time there is the rule's plan and a bound."""
    from rich.console import Console

    from jibek.transfer import search_for

    plans = search_for(job, seconds, seed=seed)
    found = next(plans)
    said = "searching; the first search after an installation compiles, for 10 to 30 s ..."
    try:
        with Console(stderr=True).status(said) as status:
            for better in plans:
                if better is not found:
                    found = better
                    status.update(
                        f"searching: {found.value.turnaround_s / 60:,.1f} min, no plan is below {_bounded(found)}"
                    )
    except KeyboardInterrupt:
        typer.echo("interrupted: the best plan so far is kept", err=True)
    return found


def _bounded(found: Found) -> str:
    """Say a bound and how far the plan is above it."""
    if found.gap is None:
        return "unknown"
    return f"{found.bound.seconds / 60:,.1f} min ({found.bound.name}), gap {found.gap:.2%}"


def _show(value: Value) -> None:
    lines: dict[str, Any] = {
        "boxes left over": value.left_over,
        "weighted tardiness": f"{value.tardiness_s / 60:,.1f} min",
        "turnaround": f"{value.turnaround_s / 60:,.1f} min",
        "double handlings": value.double_handlings,
        "cranes going empty": f"{value.empty_travel_s / 60:,.1f} min",
    }
    for name, figure in lines.items():
        typer.echo(f"  {name:20} {figure:>14}")


def _show_leftover(plan: Plan) -> None:
    for one in plan.leftover:
        typer.echo(f"left over: {one.box}: {one.reason}")


@app.command()
def replan(
    job: JobFolder,
    plan: PlanFolder,
    at: Annotated[str, typer.Option(metavar="TIME", help="Now: 08:30, or 2026-01-31T08:30.")],
    out: Out,
    down: Annotated[
        list[str] | None,
        typer.Option(metavar="CRANE[=FROM..UNTIL]", help="A crane is down, from now and for good if not said."),
    ] = None,
    late: Annotated[list[str] | None, typer.Option(metavar="TRAIN=TIME", help="When a late train comes.")] = None,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds of search.")] = 3.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Plan the rest of a shift anew: what has begun stays. Writes `job`, as it stands now, and `plan` for the whole shift."""
    from jibek.transfer import PlanError, check_plan, under_way, write_package

    begin = time.perf_counter()
    old_job, old = _valid(job, plan)
    before = check_plan(old_job, old).value
    now = _moment(at, old_job, "--at")
    outages = [_outage(one, old_job, now) for one in down or ()]
    arrivals = {train: _moment(text, old_job, "--late") for train, text in (_pair(one, "--late") for one in late or ())}
    changed = under_way(old_job, old, now, outages=outages, arrivals=arrivals)
    found = _replan(changed, old, seed, begin + time_limit)
    verdict = check_plan(changed, found.plan)
    if verdict.violations:
        raise PlanError(verdict.violations)
    write_package(changed, out / "job", overwrite=True)
    write_package(found.plan, out / "plan", overwrite=True)
    seconds = time.perf_counter() - begin
    if as_json:
        figures = {"value_before_s": before.turnaround_s, "seconds": seconds}
        typer.echo(json.dumps(found.value.document() | found.kept.document() | figures))
        return
    kept, due = found.kept, found.kept.begun + found.kept.due
    typer.echo(f"planned anew from {now} on in {seconds:.1f} s, valid: {out / 'job'}, {out / 'plan'}")
    typer.echo(f"kept {kept.kept} of {due} moves begun or due within 15 min ({kept.share:.0%});")
    typer.echo(
        f"  {kept.barred} cannot be kept, crane or train not being there; of the others {kept.share_of_possible:.0%}"
    )
    typer.echo(f"  turnaround before    {before.turnaround_s / 60:>10,.1f} min")
    _show(found.value)
    _show_leftover(found.plan)


def _replan(job: Job, plan: Plan, seed: int, until: float) -> Replanned:
    """Plan anew until a time, or until Ctrl-C."""
    from jibek.transfer import replan as search_on

    plans = search_on(job, plan, seed=seed)
    found = next(plans)
    try:
        while time.perf_counter() < until and (better := next(plans, None)):
            found = better
    except KeyboardInterrupt:
        typer.echo("interrupted: the best plan so far is kept", err=True)
    return found


def _moment(text: str, job: Job, option: str) -> datetime:
    """Read a moment; a time alone is the first one after the start of the job."""
    start = job.header.start
    try:
        if "-" in text:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        moment = datetime.combine(start.date(), datetime_time.fromisoformat(text.strip()))
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a time like 08:30 or 2026-01-31T08:30", param_hint=option) from None
    return moment if moment >= start else moment + timedelta(days=1)


def _outage(text: str, job: Job, now: datetime) -> Outage:
    """Read when a crane is down: `C2`, `C2=..09:00`, `C2=08:30..09:00`."""
    from jibek.transfer.tables import Outage

    crane, _, span = text.partition("=")
    begin, _, end = span.partition("..")
    moments = [_moment(one, job, "--down") if one.strip() else None for one in (begin, end)]
    return Outage(crane=crane.strip(), begin=moments[0] or now, end=moments[1])


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f"'{text}' is not like TRAIN=09:15", param_hint=option)
    return name.strip(), value


@app.command()
def check(job: JobFolder, plan: PlanFolder, as_json: AsJson = False) -> None:
    """Replay a plan: list every violation, or say what it is worth."""
    from jibek.transfer import PlanError, check_plan, read_job, read_plan

    read = read_job(job)
    verdict = check_plan(read, read_plan(plan, read))
    if as_json:
        named = [str(violation) for violation in verdict.violations]
        typer.echo(json.dumps({"valid": not named, "violations": named} | ({} if named else verdict.value.document())))
    if verdict.violations:
        raise typer.Exit(2) if as_json else PlanError(verdict.violations)
    if not as_json:
        typer.echo(f"{plan}: valid")
        _show(verdict.value)


@app.command()
def robustness(
    job: JobFolder,
    plan: PlanFolder,
    spread: Annotated[
        float, typer.Option(min=0, max=1, help="Share by which handling times are longer or shorter.")
    ] = 0.2,
    runs: Annotated[int, typer.Option(min=20, max=100_000, help="How often the plan is made.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the handling times.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a plan many times with handling times that vary, and say how much longer it takes."""
    from jibek.transfer import robustness as tried

    read, made = _valid(job, plan)
    found = tried(read, made, spread=spread, runs=runs, seed=seed)
    if as_json:
        typer.echo(json.dumps(found.document()))
        return
    low, high = found.p95_interval_s
    typer.echo(f"made {runs} times, handling times within {spread:.0%} of the planned ones")
    typer.echo(f"  turnaround planned   {found.planned_s / 60:>10,.1f} min")
    typer.echo(f"  mean                 {found.mean_s / 60:>10,.1f} min")
    typer.echo(
        f"  one in twenty above  {found.p95_s / 60:>10,.1f} min ({low / 60:,.1f} to {high / 60:,.1f}), {found.longer:+.1%}"
    )


def _valid(job: Path, plan: Path) -> tuple[Job, Plan]:
    """Read a job and a plan that is valid for it."""
    from jibek.transfer import PlanError, check_plan, read_job, read_plan

    read = read_job(job)
    made = read_plan(plan, read)
    verdict = check_plan(read, made)
    if verdict.violations:
        raise PlanError(verdict.violations)
    return read, made


@app.command()
def times(
    jobs: Annotated[list[Path], typer.Argument(metavar="JOB...", help="Folders of transfer jobs.")],
    rule: Annotated[bool, typer.Option("--rule", help="Plan by the dispatcher's rule, without a search.")] = False,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds of search a job.")] = 10.0,
    into: Annotated[str | None, typer.Option(metavar="PACKAGE", help="Corridor package the times are for.")] = None,
    equipment: Annotated[str | None, typer.Option(help="Its pool of cranes.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write the changed package to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan jobs, and say what a move keeps a crane busy for: as changes of a corridor package, or written into one."""
    from jibek.corridor import Corridor, read, write
    from jibek.tables import refuse_to_lose
    from jibek.transfer import Times, worked

    if (into is None) != (equipment is None) or (out is not None and into is None):
        raise typer.BadParameter("--into PACKAGE and --equipment POOL go together; --out DIR needs both")
    corridor = read(into) if into else None
    if out:
        refuse_to_lose(out, Corridor.schema, overwrite=True)
    planned = [_planned(job, rule=rule, time_limit=time_limit) for job in jobs]
    found = Times.of([worked(job, plan) for job, plan, _ in planned])
    changes = found.changes(corridor, equipment) if corridor and equipment else []
    if corridor and equipment and out:
        write(found.into(corridor, equipment), out, overwrite=True)
    if as_json:
        values = {job.header.id: {"boxes": len(job.boxes), "value_s": value.turnaround_s} for job, _, value in planned}
        figures = {
            "move_min": found.move_min,
            "move_cv": found.move_cv,
            "direct_share": found.direct_share,
            **found.kind_min,
        }
        typer.echo(json.dumps({"jobs": values, **figures, "changes": changes}))
        return
    for job, _, value in planned:
        typer.echo(f"{job.header.id}: {len(job.boxes)} boxes in {value.turnaround_s / 60:,.1f} min")
    typer.echo(
        f"a move keeps one of {found.cranes} cranes busy for {found.move_min:.2f} min (cv {found.move_cv:.2f}); by kind:"
    )
    for kind, minutes in found.kind_min.items():
        typer.echo(f"  {kind:8} {'none' if minutes is None else f'{minutes:.2f} min'}")
    for share in sorted({0.0, 0.5, 1.0, found.direct_share}, reverse=True):
        minutes = found.box_min(share)
        typer.echo(f"a box, {share:.0%} going straight: {'not planned' if minutes is None else f'{minutes:.2f} min'}")
    for change in changes:
        typer.echo(change)
    if out:
        typer.echo(f"written: {out}")


def _planned(path: Path, *, rule: bool, time_limit: float) -> tuple[Job, Plan, Value]:
    """Plan a job by the rule or by search."""
    from jibek.transfer import check_plan, plan_by_rule, read_job

    job = read_job(path)
    if not rule:
        found = _search(job, 0, time_limit)
        return job, found.plan, found.value
    plan = plan_by_rule(job)
    return job, plan, check_plan(job, plan).value


@app.command()
def show(job: JobFolder, plan: PlanFolder, out: Out) -> None:
    """Draw the cranes over time and the trains before and after, and write a work list for each crane."""
    from jibek.transfer import read_job, read_plan
    from jibek.transfer.pictures import save

    if out.resolve() in (job.resolve(), plan.resolve()):
        raise typer.BadParameter(
            "the folders of job and plan hold their tables only; choose another", param_hint="--out"
        )
    read = read_job(job)
    for path in save(read, read_plan(plan, read), out):
        typer.echo(path)


@app.command()
def schema() -> None:
    """Show the tables and columns of jobs and plans."""
    from jibek.transfer import reference_markdown

    typer.echo(reference_markdown(), nl=False)
