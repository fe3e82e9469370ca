"""Options that commands share, and the corridor they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jibek.corridor import Corridor

Package = Annotated[str, typer.Argument(help="Folder of a corridor package, or the name of a bundled one.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="CHANGE", help="Change a value: table.id.field=value, *=1.1 or +=1."),
]
Withs = Annotated[list[str] | None, typer.Option("--with", metavar="MEASURE", help="Take a measure of the package.")]
Days = Annotated[int | None, typer.Option(help="Days that count.")]
WarmupDays = Annotated[int | None, typer.Option(help="Days simulated before, not counted.")]
Replications = Annotated[int, typer.Option(min=1, max=100_000, help="How often, each time with other random numbers.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of all random numbers.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Replications at the same time; default: one a processor.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def prepared(
    package: str, sets: list[str] | None, withs: list[str] | None, days: int | None, warmup_days: int | None
) -> Corridor:
    """Read a package, take measures, make changes, set the clock."""
    from jibek.corridor import read

    corridor = read(package).with_measures(*(withs or ())).with_changes(*(sets or ()))
    return corridor.with_clock(days=days, warmup_days=warmup_days)
