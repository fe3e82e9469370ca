"""The command line of what limits a corridor: `jibek bound`, `compare`, `bottlenecks`, `capacity`."""

from __future__ import annotations

from typing import Annotated

import typer

from jibek.cli._options import AsJson, Days, Jobs, Package, Seed, Sets, WarmupDays, Withs, prepared
from jibek.cli._progress import counting
from jibek.cli._study import Cluster, Out, leave, room, tell_failed, working

app = typer.Typer()

Flows = Annotated[
    list[str] | None,
    typer.Option("--flow", metavar="FLOW", help="Raise the demand of this flow, that of the others is as given."),
]
All = Annotated[bool, typer.Option("--scale-all", help="Raise the demand of all flows; so it is without --flow.")]
Replications = Annotated[int, typer.Option(min=2, max=10_000, help="How often, each time with other random numbers.")]


def _chosen(flows: list[str] | None, *, scale_all: bool) -> list[str]:
    if flows and scale_all:
        raise typer.BadParameter("--flow and --scale-all cannot be given together")
    return flows or []


@app.command()
def bound(
    package: Package,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    flows: Flows = None,
    scale_all: All = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Bound what a corridor can carry, without simulating it, and say what binds in which month."""
    from jibek.cli._show_limits import bound_summary
    from jibek.study import bound as find

    chosen = _chosen(flows, scale_all=scale_all)
    corridor = prepared(package, sets, withs, days, warmup_days)
    with room(out):
        found = find(corridor, chosen)
    leave(found, "bound", bound_summary, out, as_json=as_json)


@app.command()
def compare(
    package: Package,
    cases: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="NAME=CHANGE[,CHANGE]", help="A case: changes, or measures of the package."),
    ] = None,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    replications: Replications = 10,
    seed: Seed = 0,
    jobs: Jobs = None,
    cluster: Cluster = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Simulate cases side by side with the same random numbers, and say by how much they differ."""
    from jibek.cli._show_limits import comparison_summary
    from jibek.study import compare as make

    named = _cases(cases or [])
    corridor = prepared(package, sets, withs, days, warmup_days)
    title = f"simulating {len(named) + 1} cases x {replications}"
    with room(out), counting(title) as progress, working(jobs, cluster) as workers:
        found = make(corridor, named, workers, seed=seed, replications=replications, progress=progress)
    leave(found, "compare", comparison_summary, out, as_json=as_json)
    tell_failed([f"{name}: {why}" for name, why in found.failed.items()], len(named), "cases")


def _cases(texts: list[str]) -> dict[str, list[str]]:
    """Read cases; changes are parted by commas, and none holds one."""
    from jibek.corridor import ChangeError, Problem

    found: dict[str, list[str]] = {}
    problems = []
    for text in texts:
        name, _, changes = text.partition("=")
        parts = [part.strip() for part in changes.split(",") if part.strip()]
        if not name.strip() or not parts or "." in name:
            problems.append(Problem(f"--case {text}", None, None, "write NAME=CHANGE[,CHANGE]; the name has no dot"))
        elif name.strip() in found:
            problems.append(Problem(f"--case {text}", None, None, f"there are two cases {name.strip()}"))
        found[name.strip()] = parts
    if problems:
        raise ChangeError(problems)
    return found


@app.command()
def bottlenecks(
    package: Package,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--change", metavar="CHANGE", help="Try this change; default: raise each capacity that is used most."
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many capacities are raised.")] = 25,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    replications: Replications = 10,
    seed: Seed = 0,
    jobs: Jobs = None,
    cluster: Cluster = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Raise capacities one at a time, with the same random numbers, and order them by what that does."""
    from jibek.cli._show_limits import bottlenecks_summary
    from jibek.study import bottlenecks as find
    from jibek.study import raised

    corridor = prepared(package, sets, withs, days, warmup_days)
    tried = changes or raised(corridor, most)
    title = f"simulating {len(tried)} changes x {replications}"
    with room(out), counting(title) as progress, working(jobs, cluster) as workers:
        found = find(corridor, workers, changes=tried, seed=seed, replications=replications, progress=progress)
    leave(found, "bottlenecks", bottlenecks_summary, out, as_json=as_json)
    tell_failed(
        [f"{name}: {why}" for name, why in found.failed.items()], len(found.answers) + len(found.failed), "changes"
    )


@app.command()
def capacity(
    package: Package,
    flows: Flows = None,
    scale_all: All = False,
    p90_days: Annotated[
        float | None, typer.Option(min=0.0, help="90 % of the containers of each such flow come within so many days.")
    ] = None,
    yard_share: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="No yard is fuller in the mean than this share of its room.")
    ] = None,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    replications: Replications = 6,
    seed: Seed = 0,
    jobs: Jobs = None,
    cluster: Cluster = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Raise demand until the corridor no longer keeps up, or a level of service breaks."""
    from jibek.cli._show_limits import capacity_summary
    from jibek.study import Service
    from jibek.study import capacity as find

    chosen = _chosen(flows, scale_all=scale_all)
    corridor = prepared(package, sets, withs, days, warmup_days)
    level = Service(p90_days, yard_share)
    with room(out), counting("raising demand") as progress, working(jobs, cluster) as workers:
        found = find(
            corridor, workers, flows=chosen, service=level, seed=seed, replications=replications, progress=progress
        )
    leave(found, "capacity", capacity_summary, out, as_json=as_json)
