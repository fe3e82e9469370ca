"""The picture of an uncertainty study: what each answer's spread comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jibek.results._style import COLOURS, canvas, plain, styled, wrapped
from jibek.study._answers import unit
from jibek.study._uncertainty import Uncertainty

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._interval import Interval


def uncertainty_figure(found: Uncertainty) -> Figure:
    """Draw first and total indices of chance, of single inputs and of all others, a panel an answer."""
    spreads = found.spreads
    height = 1.6 + 0.42 * (len(found.chosen) + 2)
    with styled():
        titles = (
            "What the spread of the answers comes from",
            f"{found.corridor.header.title}, {found.samples} samples twice",
        )
        figure, panels = canvas(1.8 + 3.2 * len(spreads), height, 1, len(spreads), titles=titles, sharey=True)
        for panel, (name, spread) in zip(panels, spreads.items(), strict=True):
            rows = np.arange(len(spread.indices), dtype=np.float64)
            _dots(panel, rows - 0.13, [one.first for one in spread.indices.values()], COLOURS[0], "alone")
            _dots(panel, rows + 0.13, [one.total for one in spread.indices.values()], COLOURS[1], "with others")
            panel.set_yticks(rows, list(spread.indices))
            panel.set_xlim(-0.1, 1.1)
            panel.set_title(wrapped(plain(name), 34), fontsize=9)
            panel.set_xlabel(
                f"share of the variance\n5 % to 95 %: {spread.low:,.4g} to {spread.high:,.4g} {unit(name)}"
            )
        panels[0].invert_yaxis()
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _dots(panel: Axes, rows: NDArray[np.float64], shares: list[Interval], colour: str, label: str) -> None:
    means = np.array([one.mean for one in shares], dtype=np.float64)
    low = np.array([one.low for one in shares], dtype=np.float64)
    high = np.array([one.high for one in shares], dtype=np.float64)
    reach = np.abs(np.array([means - low, high - means]))
    panel.errorbar(means, rows, xerr=reach, fmt="o", markersize=4, linewidth=1.2, color=colour, label=label)
