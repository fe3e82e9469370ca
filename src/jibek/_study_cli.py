"""The command line of studies: `jibek sweep` and its like. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jibek._options import INTERRUPTED, AsJson
from jibek._options import Jobs as AnyJobs
from jibek._progress import bar, counting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jibek.study import Workers

app = typer.Typer()

Out = Annotated[Path | None, typer.Option(help="Folder to write the study to: what it found, tables, figures.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster that simulates, tcp://host:8786.")
]
Jobs = AnyJobs


@contextmanager
def working(jobs: int | None, cluster: str | None) -> Iterator[Workers]:
    """Let this machine work, or a cluster."""
    from jibek.study import at_home, on_cluster

    with at_home(jobs) if cluster is None else on_cluster(cluster) as workers:
        yield workers


def tell(document: dict[str, Any]) -> None:
    """Print a document as JSON."""
    typer.echo(json.dumps(document))


def draw(figures: dict[str, Figure], folder: Path) -> None:
    """Write figures as PNG and SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    with bar("drawing figures"):
        for name, figure in figures.items():
            figure.savefig(folder / f"{name}.png")
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


@app.command()
def sweep(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="Study file: what is varied over which values.")],
    out: Out = None,
    as_json: AsJson = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
) -> None:
    """Simulate a corridor at all points of a study file; what is in the folder already is not simulated again."""
    from jibek._study_show import failures, sweep_summary
    from jibek.study import points_of, read_study, sweep_figure
    from jibek.study import sweep as make

    given, corridor = read_study(study)
    folder = out or Path(study.stem)
    title = f"simulating {len(points_of(given, corridor)):,} points x {given.replications}"
    with counting(title) as progress, working(jobs, cluster) as workers:
        made = make(given, corridor, folder, workers, progress)
    if made.figures:
        draw({"points": sweep_figure(made)}, folder / "figures")
    if as_json:
        tell(made.document())
    else:
        sweep_summary(made)
    if made.interrupted:
        typer.echo(f"interrupted: the same command goes on with the {len(made.left):,} points left", err=True)
        raise typer.Exit(INTERRUPTED)
    if made.failed:
        typer.echo(failures(made), err=True)
        raise typer.Exit(2)
    typer.echo(f"tables and figures are in {folder}/", err=True)
