"""The picture of an investment study: the frontier of cost against effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from jibek.results._style import COLOURS, FAINT, INK, canvas, plain, styled
from jibek.study._answers import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.study._invest import Investment, Option


def frontier_figure(found: Investment) -> Figure:
    """Draw the sets of the frontier with their intervals, the budget and the set that is chosen."""
    rows = [*found.frontier, *([] if found.best in found.frontier else [found.best])]
    with styled():
        header = found.choices.corridor.header
        many = f"{len(found.point.numbers)} replications of {header.days} days, intervals that hold together"
        figure, (axes,) = canvas(9.2, 4.6, titles=("What the money is worth", f"{header.title}: {many}"))
        axes.step(*_line(found.frontier), where="post", color=COLOURS[0], linewidth=0.9)
        _dots(axes, rows, COLOURS[0], "sets on the frontier, no guarantee")
        _dots(axes, [found.best], COLOURS[1], "chosen within the budget")
        axes.axvline(found.budget_million, color=INK, linewidth=0.8, linestyle="--", label="budget")
        axes.axhline(0.0, color=FAINT, linewidth=0.8)
        for number, row in enumerate(rows):
            axes.annotate(
                str(number), (row.cost_million, row.effect.mean or 0.0), xytext=(5, 5), textcoords="offset points"
            )
        names = [f"{number}  {', '.join(row.measures) or 'nothing'}" for number, row in enumerate(rows)]
        axes.text(1.02, 1.0, "\n".join(names), transform=axes.transAxes, va="top", fontsize=7.5)
        axes.set_xlabel("cost, million")
        axes.set_ylabel(f"{plain(found.figure.removeprefix('total.'))},\nchange in {unit(found.figure)}")
        axes.legend(loc="best")
    return figure


def _line(rows: tuple[Option, ...]) -> tuple[list[float], list[float]]:
    return [row.cost_million for row in rows], [row.effect.mean or 0.0 for row in rows]


def _dots(axes: Axes, rows: list[Option], colour: str, label: str) -> None:
    halves = np.array([row.effect.half or 0.0 for row in rows])
    axes.errorbar(*_line(tuple(rows)), yerr=halves, fmt="o", color=colour, markersize=4, capsize=3, label=label)
