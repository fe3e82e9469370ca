"""Quantities day by day, one panel for each thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jibek.results._names import title
from jibek.results._style import COLOURS, canvas, dates, styled, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._run import Run


def daily_panels(
    run: Run,
    what: str,
    quantity: str,
    shown: Mapping[str, str],
    limits: Mapping[str, float | None] | None = None,
) -> Figure:
    """Draw a quantity of the table `daily` over the days that count.

    Parameters
    ----------
    run
        The run.
    what
        What is drawn, with its unit.
    quantity
        Which quantity.
    shown
        Of what, and their names: a panel each.
    limits
        Capacities by id.
    """
    columns = min(2, max(1, len(shown)))
    rows = max(1, -(-len(shown) // columns))
    count = run.replications
    with styled():
        titles = (what, title(run.corridor))
        figure, panels = canvas(4.8 * columns, 1.3 + 1.75 * rows, rows, columns, titles=titles, sharex=True)
        for axes, (id_, name) in zip(panels, shown.items(), strict=False):
            _panel(axes, run, quantity, id_, name, (limits or {}).get(id_))
        for axes in panels[len(shown) :]:
            axes.remove()
        figure.supylabel("mean of the day", fontsize=9)
        if count > 1:
            figure.supxlabel(
                f"line: mean of {count} replications; band: from the least to the most of them", fontsize=8.5
            )
    return figure


def _panel(axes: Axes, run: Run, quantity: str, id_: str, name: str, limit: float | None) -> None:
    import polars as pl

    header = run.corridor.header
    frame = run.statistics.daily(quantity, id_).filter(pl.col("day") >= 0)
    day = frame["day"].to_numpy() + 0.5
    least, mean, most = (frame[column].to_numpy() for column in ("least", "mean", "most"))
    axes.fill_between(day, least, most, color=COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(day, mean, color=COLOURS[0], linewidth=1.1)
    axes.set_title(wrapped(name, 46), fontsize=9)
    axes.yaxis.set_major_formatter("{x:,g}")
    _limit(axes, limit, 1.12 * max(1.0, float(most.max())))
    dates(axes, header.start, 0, header.days)


def _limit(axes: Axes, limit: float | None, top: float) -> None:
    """Set the y range; show a capacity as a line, or say it where it lies far above."""
    if limit is not None and limit <= 3 * top:
        top = max(top, 1.12 * limit)
        axes.axhline(limit, color=COLOURS[3], linewidth=1, linestyle="--")
    if limit is not None:
        axes.annotate(f"room for {limit:,.0f}", (1, 1), (0, -3), xycoords="axes fraction", textcoords="offset points",
                      ha="right", va="top", fontsize=8, color=COLOURS[3])  # fmt: skip
        top *= 1.12
    axes.set_ylim(0, top)
