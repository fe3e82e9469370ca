"""The program, and the commands of packages and runs."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jibek._error import JibekError
from jibek.cli import _limits, _serve, _study, _transfer
from jibek.cli._options import (
    INTERRUPTED,
    AsJson,
    Days,
    Jobs,
    Package,
    Replications,
    Seed,
    Sets,
    WarmupDays,
    Withs,
    prepared,
)
from jibek.cli._progress import bar, simulating

if TYPE_CHECKING:
    from jibek.corridor import Corridor
    from jibek.results import Run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(_transfer.app, name="transfer")
app.add_typer(_limits.app)
app.add_typer(_study.app)
app.add_typer(_serve.app)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what the terminal cannot show becomes a question mark
            stream.reconfigure(errors="replace")
    try:
        app()
    except JibekError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.filename or 'file'}: {error.strerror or error}")
    except MemoryError:
        _complain(
            "there is not enough memory: simulate fewer days, less traffic or fewer replications at a time (--jobs)"
        )
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        if ended.__context__ and isinstance(
            ended.__context__.__cause__, KeyboardInterrupt
        ):  # which Typer keeps to itself
            typer.echo("interrupted", err=True)
        _leave(ended)


def _leave(ended: SystemExit) -> None:
    """End the process; DuckDB's bindings, where they were used, would report leaks if it were taken down piece by piece."""
    if "duckdb" not in sys.modules or ended.code not in (None, 0, INTERRUPTED):
        raise ended
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended.code or 0)


def _complain(text: str) -> None:
    typer.echo(text, err=True)
    sys.exit(2)


def _version(asked: bool) -> None:  # noqa: FBT001 - called by Typer
    if asked:
        from jibek import __version__

        typer.echo(f"jibek {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Plan and simulate freight corridors that change track gauge and mode."""


def _run(
    corridor: Corridor, replications: int, seed: int, jobs: int | None, out: Path | None, *, containers: bool = True
) -> Run:
    from jibek.results import simulate

    with simulating(f"simulating {corridor.header.days + corridor.header.warmup_days} days x {replications}") as tell:
        run = simulate(
            corridor, replications=replications, seed=seed, jobs=jobs, out=out, overwrite=True, progress=tell,
            containers=containers and out is not None,
        )  # fmt: skip
    if run.manifest["interrupted"]:
        typer.echo(f"interrupted: {run.replications} of {replications} replications are complete and kept", err=True)
    return run


def _draw(run: Run, folder: Path) -> None:
    """Draw the figures of a run."""
    with bar("drawing figures") as shown:
        run.figures.save(folder, progress=lambda share: shown.update(shown.tasks[0].id, total=1.0, completed=share))


def _report(run: Run, file: Path) -> None:
    """Write the report of a run."""
    from jibek.web import report as written

    with bar("writing the report"):
        written(run, file)


def _end(run: Run) -> None:
    """Leave with the exit code of an interrupted run, if it is one."""
    if run.manifest["interrupted"]:
        raise typer.Exit(INTERRUPTED)


@app.command()
def demo(out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("jibek-demo")) -> None:
    """Simulate a year of the Trans-Caspian corridor and show what it carries."""
    from jibek.cli._show import demo_summary
    from jibek.results._folder import REPORT

    run = _run(prepared("trans-caspian", None, None, None, None), 2, 0, None, out)
    _draw(run, out / "figures")
    _report(run, out / REPORT)
    demo_summary(run)
    typer.echo(
        f"Open {out / REPORT} in a browser; tables and figures are beside it, ask more of them with: jibek query {out} SQL"
    )
    _end(run)


@app.command()
def simulate(
    package: Package,
    sets: Sets = None,
    withs: Withs = None,
    days: Days = None,
    warmup_days: WarmupDays = None,
    replications: Replications = 1,
    seed: Seed = 0,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write the run to; a run in it is replaced.")] = None,
    as_json: AsJson = False,
    figures: Annotated[bool, typer.Option("--figures", help="Draw figures into the folder.")] = False,
    no_containers: Annotated[
        bool,
        typer.Option(
            "--no-containers",
            help="Write no tables of single containers, and hold none: statistics, trips and legs only.",
        ),
    ] = False,
) -> None:
    """Simulate a corridor, container by container."""
    from jibek.cli._show import run_summary

    if figures and out is None:
        raise typer.BadParameter("--figures needs --out DIR to draw into")
    corridor = prepared(package, sets, withs, days, warmup_days)
    run = _run(corridor, replications, seed, jobs, out, containers=not no_containers)
    if figures and out is not None:
        _draw(run, out / "figures")
    if as_json:
        typer.echo(json.dumps(run.document()))
    else:
        run_summary(run)
    _end(run)


@app.command()
def validate(
    package: Package,
    sets: Sets = None,
    withs: Withs = None,
    replications: Replications = 4,
    seed: Seed = 0,
    jobs: Jobs = None,
    as_json: AsJson = False,
) -> None:
    """Compare a simulated corridor with what was observed in reality."""
    from jibek.cli._show import comparison
    from jibek.results import validate as compare

    run = _run(prepared(package, sets, withs, None, None), replications, seed, jobs, None)
    found = compare(run)
    if as_json:
        typer.echo(json.dumps({"observations": [one.document() for one in found]}))
    else:
        comparison(run, found)
    _end(run)


@app.command()
def verify(seed: Seed = 0, jobs: Jobs = None, as_json: AsJson = False) -> None:
    """Prove the simulator against queueing theory; exit code 1 if they disagree."""
    from jibek.cli._show import verdicts
    from jibek.verify import verify as prove

    with simulating("simulating what theory knows") as tell:
        found = prove(seed=seed, jobs=jobs, progress=tell)
    if as_json:
        typer.echo(json.dumps(found.document()))
    else:
        verdicts(found)
    if not found.agrees:
        raise typer.Exit(1)


@app.command()
def show(package: Package, withs: Withs = None) -> None:
    """Show what a package holds, and how well its values are known."""
    from jibek.cli._show import package_summary

    package_summary(prepared(package, None, withs, None, None))


@app.command()
def check(package: Package) -> None:
    """Check a package; list every problem."""
    from jibek.corridor import read

    corridor = read(package)
    rows = sum(len(corridor.rows(name)) for name in _table_names())
    typer.echo(f"{corridor.header.id}: {rows} rows in order")


def _table_names() -> tuple[str, ...]:
    from jibek.corridor import TABLES

    return tuple(TABLES)


@app.command()
def new(directory: Path) -> None:
    """Make a small package to start from."""
    from jibek.corridor import new as make

    typer.echo(f"made {make(directory)}; try: jibek simulate {directory}")


@app.command()
def schema(
    form: Annotated[str, typer.Option("--format", help="markdown, json or datapackage.")] = "markdown",
) -> None:
    """Show the tables and columns of a package."""
    from jibek.corridor import datapackage, reference_markdown

    if form == "markdown":
        typer.echo(reference_markdown(), nl=False)
    elif form in ("json", "datapackage"):
        typer.echo(json.dumps(datapackage(), indent=2))
    else:
        raise typer.BadParameter(f"'{form}' is none of markdown, json, datapackage", param_hint="--format")


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    out: Annotated[Path | None, typer.Option(help="File to write; default: report.html in the folder.")] = None,
) -> None:
    """Write a run as one HTML file: map, figures, diagrams; it needs no network."""
    from jibek.results import Run
    from jibek.results._folder import REPORT

    file = out or run / REPORT
    _report(Run.open(run), file)
    typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB; open it in a browser, or send it")


@app.command()
def query(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    sql: Annotated[str, typer.Argument(help="One SELECT over the tables and views of the run.")],
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask a run in SQL."""
    from jibek.cli._show import frame
    from jibek.results import Run

    answer = Run.open(run).query(sql)
    if as_json:
        typer.echo(json.dumps(_finite(answer.to_dicts()), allow_nan=False))
    elif as_csv:
        typer.echo(answer.write_csv(), nl=False)
    else:
        frame(answer)


def _finite(value: Any) -> Any:
    """Return a value without what JSON does not know: numbers that are not finite become null."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
