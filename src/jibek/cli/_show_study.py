"""What the command line shows of studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jibek.cli._show import _console, _number, _print, _table

if TYPE_CHECKING:
    from jibek.results._interval import Interval
    from jibek.study import Sweep, Uncertainty

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


def uncertainty_summary(found: Uncertainty) -> None:
    """Show how far each answer is known, what its spread comes from, and which inputs deserve a measurement."""
    from jibek.corridor import provenance
    from jibek.study import unit

    console, header = _console(), found.corridor.header
    table = _table(
        "How far the answers are known",
        "answer",
        "mean",
        "5 %",
        "95 %",
        "unit",
        "not\nknowing, %",
        "chance\nalone, %",
        text=(0, 4),
    )
    for name, spread in found.spreads.items():
        cells = (_number(value) for value in (spread.mean, spread.low, spread.high))
        alone = 100 * max(spread.indices["chance"].first.mean or 0.0, 0.0)
        table.add_row(name, *cells, unit(name), f"{100 * spread.not_knowing:.0f}", f"{alone:.0f}")
    years = f"{found.samples} samples twice, {header.days} days from {header.start}, seed {found.seed}"
    _print(console, table, f"shares of the variance; the rest comes from both together; {years}")
    for name, spread in found.spreads.items():
        table = _table(
            f"What the spread of {name} comes from", "", "alone, %", "95 % interval", "with others, %", "95 % interval"
        )
        for factor, one in spread.indices.items():
            table.add_row(factor, *_percent(one.first), *_percent(one.total))
        _print(console, table)
    console.print("Measure first: " + ", ".join(name for name, _ in found.to_measure))
    others = ", ".join(f"{name} ({100 * share:.0f} %)" for name, share in found.others[:5])
    console.print(f"Then, by squared rank correlation with the answers alone: {others or 'none'}")
    assumed = sum(one.assumed for one in found.inputs)
    without = len(provenance(found.corridor).without_range)
    console.print(
        f"{len(found.inputs)} inputs drawn, {assumed} of them assumptions; {without} assumed values have no range and were not drawn"
    )
    if found.failed[0]:
        console.print(
            f"{found.failed[0]} rows left out, since the corridor cannot be simulated so; the first: {found.failed[1]}"
        )


def _percent(share: Interval) -> tuple[str, str]:
    mean, low, high = (100 * (value or 0.0) for value in (share.mean, share.low, share.high))
    return f"{mean:.0f}", f"{low:.0f} to {high:.0f}"
