"""Bars on the error stream that show how far a task is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

COMPILE_S = 15
"""What compiling the simulator takes on a machine of two processors; it is said here only."""


@contextmanager
def bar(title: str, *more: Any) -> Iterator[Progress]:
    """Show a bar; it moves to and fro while the share done is not known."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, *more, console=console, transient=True, disable=not console.is_terminal) as shown:
        shown.add_task(title, total=None, note="")
        yield shown


@contextmanager
def simulating(title: str) -> Iterator[Callable[[float, int], None]]:
    """Show how far a simulation is, with events a second and the time left."""
    with _left(title) as shown:
        task, begin = shown.tasks[0], [0.0]

        def tell(share: float, events: int) -> None:
            if not events:
                return
            begin[0] = begin[0] or (task.elapsed or 0.0)
            rate = events / max((task.elapsed or 0.0) - begin[0], 1e-3) / 1e6
            note = f"{100 * share:3.0f} % {rate:.2f} million events/s"
            shown.update(task.id, total=1.0, completed=share, note=note)

        yield tell


@contextmanager
def counting(title: str, what: str = "replications") -> Iterator[Callable[[int, int], None]]:
    """Show how many replications, or other steps, of a study are done, with the time left."""
    with _left(title) as shown:

        def tell(done: int, whole: int) -> None:
            note = f"{done:,} of {whole:,} {what}"
            shown.update(shown.tasks[0].id, total=whole, completed=done, note=note)

        yield tell


@contextmanager
def _left(title: str) -> Iterator[Progress]:
    """Show a bar with the time left; where the simulator must be compiled first, say so."""
    import typer
    from rich.progress import TextColumn, TimeRemainingColumn

    from jibek.simulate import compiled

    if not compiled():
        typer.echo(f"compiling the simulator, once on this machine: about {COMPILE_S} s", err=True)
    with bar(title, TextColumn("left"), TimeRemainingColumn()) as shown:
        yield shown
