"""What the command line shows of studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jibek._show import _console, _number, _print, _table

if TYPE_CHECKING:
    from jibek.study import Sweep

MOST = 40
"""Rows of a table that are shown."""


def sweep_summary(made: Sweep) -> None:
    """Show the points of a sweep: the value of each axis, and as many figures with their intervals as there is room for."""
    from jibek.results._style import plain
    from jibek.study import unit

    console, axes, names = _console(), made.study.axes, made.study.figures
    shown = names[: max(1, (console.width - 9 * len(axes)) // 15)]
    heads = [f"{plain(name.removeprefix('total.'))},\n{unit(name)}".replace("days.", "days\n") for name in shown]
    table = _table(
        made.study.title or "Points of the study", *(axis.name for axis in axes), *heads, text=range(len(axes))
    )
    for number, figures in sorted(made.figures.items())[:MOST]:
        values = [value if isinstance(value, str) else _number(value) for value in made.points[number].values]
        table.add_row(*values, *(str(figures[name]) for name in shown))
    more = [(len(made.figures) - MOST, "points"), (len(names) - len(shown), "figures")]
    notes = [f"{count:,} more {what} are in the table that was written" for count, what in more if count > 0]
    header = made.corridor.header
    many = f"{made.study.replications} replications of {header.days} days from {header.start}, seed {made.study.seed}"
    _print(console, table, *notes, f"{many}; ± 95 % interval")


def failures(made: Sweep) -> str:
    """Say which points could not be simulated, of the first in full why."""
    first, *others = made.failed.values()
    lines = [f"{len(made.failed)} of {len(made.points):,} points could not be simulated:", first]
    return "\n".join([*lines, *(why.partition("\n")[0] for why in others)])
