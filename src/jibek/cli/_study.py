"""The command line of studies: `jibek sweep` and its like. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

from jibek._files import whole
from jibek.cli._options import INTERRUPTED, AsJson, Days, Jobs, Package, Seed, Sets, WarmupDays, Withs, prepared
from jibek.cli._progress import bar, counting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jibek.study import Workers

app = typer.Typer()

Out = Annotated[Path | None, typer.Option(help="Folder to write the study to: what it found, tables, figures.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster that simulates, tcp://host:8786.")
]
Figures = Annotated[
    list[str] | None,
    typer.Option(
        "--figure", metavar="NAME", help="Figure that is asked for, flows.<id>.transit_days.p90; default: of all flows."
    ),
]


@contextmanager
def working(jobs: int | None, cluster: str | None) -> Iterator[Workers]:
    """Let this machine work, or a cluster; what Dask would log of workers that come and go is not shown."""
    from jibek.study import at_home, on_cluster

    with at_home(jobs) if cluster is None else on_cluster(cluster, partial(typer.echo, err=True)) as workers:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        yield workers


def tell(document: dict[str, Any]) -> None:
    """Print a document as JSON."""
    typer.echo(json.dumps(document))


def tell_failed(reasons: Sequence[str], count: int, what: str) -> None:
    """Say beside what was found what could not be simulated, of the first in full why."""
    if reasons:
        first, *others = reasons
        lines = [f"{len(reasons)} of {count:,} {what} could not be simulated:", first]
        typer.echo("\n".join([*lines, *(why.partition("\n")[0] for why in others)]), err=True)


@contextmanager
def room(out: Path | None) -> Iterator[None]:
    """Make the folder that a study is to be written to, if one is given; a folder that was made for nothing goes.

    That it cannot be, or that it holds something else, is told before years are simulated.
    """
    if out is None:
        yield
        return
    from jibek.study._store import refuse_other

    refuse_other(out)
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                out.rmdir()
        raise


class Study(Protocol):
    """What a study found."""

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it."""


Found = TypeVar("Found", bound=Study)


def leave(found: Found, name: str, show: Callable[[Found], None], out: Path | None, *, as_json: bool) -> None:
    """Show what a study found, or print it as JSON; write `NAME.json` and its figures into a folder, if one is given."""
    document = found.document()
    if not as_json:
        show(found)
    if out is not None:
        with whole(out / f"{name}.json") as file:
            file.write((json.dumps(document, indent=2) + "\n").encode())
        draw(found.figures(), out / "figures")
        typer.echo(f"figures and {name}.json are in {out}/", err=True)
    if as_json:
        tell(document)


def draw(figures: dict[str, Callable[[], Figure]], folder: Path) -> None:
    """Draw figures as PNG and SVG."""
    from jibek.results._style import saved

    folder.mkdir(parents=True, exist_ok=True)
    with bar("drawing figures"):
        for name, make in figures.items():
            saved(make(), folder / name)


@app.command()
def sweep(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="Study file: what is varied over which values.")],
    out: Out = None,
    as_json: AsJson = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
) -> None:
    """Simulate a corridor at all points of a study file; what is in the folder already is not simulated again."""
    from jibek.cli._show_study import sweep_summary
    from jibek.study import points_of, read_study, sweep_figure
    from jibek.study import sweep as make

    given, corridor = read_study(study)
    folder = out or Path(study.stem)
    title = f"simulating {len(points_of(given, corridor)):,} points x {given.replications}"
    with counting(title) as progress, working(jobs, cluster) as workers:
        made = make(given, corridor, folder, workers, progress)
    if made.figures:
        draw({"points": lambda: sweep_figure(made)}, folder / "figures")
    if as_json:
        tell(made.document())
    else:
        sweep_summary(made)
    if made.interrupted:
        typer.echo(f"interrupted: the same command goes on with the {len(made.left):,} points left", err=True)
        raise typer.Exit(INTERRUPTED)
    if made.failed:
        tell_failed([*made.failed.values()], len(made.points), "points")
        raise typer.Exit(2)
    typer.echo(f"tables and figures are in {folder}/", err=True)


@app.command()
def uncertainty(
    package: Package,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    figures: Figures = None,
    samples: Annotated[int, typer.Option(min=4, max=100_000, help="Draws of all inputs, twice over.")] = 40,
    inputs: Annotated[int, typer.Option(min=1, max=100, help="Inputs studied one by one, at most.")] = 3,
    seed: Seed = 0,
    out: Out = None,
    as_json: AsJson = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
) -> None:
    """Find how far answers are known, what of that is chance, and which inputs deserve a measurement."""
    from jibek.cli._show_study import uncertainty_summary
    from jibek.study import refuse_unknown
    from jibek.study import uncertainty as find

    corridor = prepared(package, sets, withs, days, warmup_days)
    names = figures or ["total.delivered_teu", "total.transit_days.p50", "total.transit_days.p90"]
    title = f"simulating {samples * (inputs + 4):,} times {corridor.header.days + corridor.header.warmup_days} days"
    with room(out), counting(title) as progress, working(jobs, cluster) as workers:
        refuse_unknown(names, corridor, workers)
        found = find(corridor, names, workers, samples=samples, most=inputs, seed=seed, progress=progress)
    leave(found, "uncertainty", uncertainty_summary, out, as_json=as_json)


@app.command()
def invest(
    package: Package,
    budget: Annotated[float, typer.Option(min=0.0, metavar="MILLION", help="What may be spent.")],
    objective: Annotated[
        str, typer.Option(help="throughput (TEU delivered), transit (mean days) or cost (of running, per TEU).")
    ] = "throughput",
    by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only measures that are in use by then.")
    ] = None,
    zone: Annotated[
        float | None, typer.Option(help="A difference that does not matter, above 0; default: 0.5 % of the figure.")
    ] = None,
    confidence: Annotated[float, typer.Option(min=0.51, max=0.999, help="Probability of correct selection.")] = 0.95,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    replications: Annotated[int, typer.Option(min=3, max=10_000, help="Of each set before any is dropped.")] = 10,
    most: Annotated[int, typer.Option(min=3, max=100_000, help="Replications of a set, at most.")] = 100,
    seed: Seed = 0,
    out: Out = None,
    as_json: AsJson = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
) -> None:
    """Choose the best set of planned measures within a budget, and show the frontier of cost against effect."""
    from jibek.cli._show_study import invest_summary
    from jibek.study import invest as choose

    corridor = prepared(package, sets, withs, days, warmup_days)
    with room(out), counting("comparing sets of measures", "steps") as progress, working(jobs, cluster) as workers:
        found = choose(
            corridor,
            budget,
            workers,
            objective=objective,
            by=by.date() if by else None,
            zone=zone,
            confidence=confidence,
            seed=seed,
            replications=replications,
            most=most,
            progress=progress,
        )
    leave(found, "invest", invest_summary, out, as_json=as_json)
