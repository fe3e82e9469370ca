"""Quantities day by day, one panel for each thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jibek.results._style import COLOURS, FAINT, PALE, canvas, dates, shortened, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._run import Run


def daily_panels(
    run: Run,
    quantity: str,
    names: Sequence[str],
    label: str,
    limits: Mapping[str, float | None] | None = None,
) -> Figure:
    """Draw a quantity of the table `daily`.

    Parameters
    ----------
    run
        The run.
    quantity
        Which.
    names
        Of what: a panel each.
    label
        What the y axes show.
    limits
        Capacities by name.
    """
    columns = min(2, max(1, len(names)))
    rows = max(1, -(-len(names) // columns))
    header = run.corridor.header
    notes = ["grey: warm-up, not counted"] if header.warmup_days else []
    if run.replications > 1:
        notes.append(f"band: 95 % interval over {run.replications} replications")
    with styled():
        figure, panels = canvas(4.6 * columns, 0.6 + 1.75 * rows, rows, columns, sharex=True)
        for axes, name in zip(panels, names, strict=False):
            _panel(axes, run, quantity, name, (limits or {}).get(name))
        for axes in panels[len(names) :]:
            axes.remove()
        figure.supylabel(label, fontsize=9)
        figure.supxlabel("; ".join(["day", *notes]), fontsize=8.5, color=FAINT)
    return figure


def _panel(axes: Axes, run: Run, quantity: str, name: str, limit: float | None) -> None:
    header = run.corridor.header
    frame = run.statistics.daily(quantity, name)
    day, mean = frame["day"].to_numpy() + 0.5, frame["mean"].to_numpy()
    top = float(mean.max())
    if run.replications > 1:
        low, high = frame["low"].clip(0).to_numpy(), frame["high"].to_numpy()
        axes.fill_between(day, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
        top = float(high.max())
    axes.plot(day, mean, color=COLOURS[0], linewidth=1.1)
    axes.axvspan(-header.warmup_days, 0, color=PALE, alpha=0.6, linewidth=0)
    axes.set_title(shortened(name))
    axes.yaxis.set_major_formatter("{x:,g}")
    _limit(axes, limit, 1.12 * max(1.0, top))
    dates(axes, header.start, -header.warmup_days, header.days)


def _limit(axes: Axes, limit: float | None, top: float) -> None:
    """Set the y range; show a capacity as a line, or say it where it lies far above."""
    if limit is not None and limit <= 3 * top:
        top = max(top, 1.12 * limit)
        axes.axhline(limit, color=COLOURS[3], linewidth=1, linestyle="--")
    if limit is not None:
        axes.set_title(f"room for {limit:,.0f}", loc="right", fontsize=8, fontweight="normal", color=COLOURS[3])
    axes.set_ylim(0, top)
