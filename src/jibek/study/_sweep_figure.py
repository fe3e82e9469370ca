"""The picture of a sweep: each figure against each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._style import COLOURS, canvas, plain, styled, wrapped
from jibek.study._answers import unit
from jibek.study._sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._interval import Interval

_FEW = 12
"""Levels up to which the mean at each is drawn."""


def sweep_figure(made: Sweep) -> Figure:
    """Draw the figures of a sweep against the values of each axis, one dot a point with its 95 % interval."""
    names, axes = made.study.figures, made.study.axes
    numbers = sorted(made.figures)
    with styled():
        of = f"{made.study.title or made.corridor.header.title}: {len(numbers)} points, {made.study.replications} replications each"
        titles = ("What the points of the study come to", of)
        figure, panels = canvas(
            1.2 + 3.0 * len(axes),
            1.1 + 1.9 * len(names),
            len(names),
            len(axes),
            titles=titles,
            sharex="col",
            sharey="row",
        )
        for place, panel in enumerate(panels):
            row, column = divmod(place, len(axes))
            values = [made.points[number].values[column] for number in numbers]
            _panel(panel, values, [made.figures[number][names[row]] for number in numbers])
            if column == 0:
                panel.set_ylabel(wrapped(f"{plain(names[row])}, {unit(names[row])}", 26), fontsize=8)
            if row == len(names) - 1:
                panel.set_xlabel(axes[column].name)
        figure.supxlabel(
            "dot: mean of a point; bar: its 95 % interval; line: mean of all points at a value", fontsize=8.5
        )
    return figure


def _panel(panel: Axes, values: list[Any], figures: list[Interval]) -> None:
    known = [(value, one) for value, one in zip(values, figures, strict=True) if one.mean is not None]
    levels = list(dict.fromkeys(value for value, _ in known))
    words = any(isinstance(level, str) for level in levels)
    at = {level: place if words else level for place, level in enumerate(levels)}
    means = np.array([one.mean for _, one in known], dtype=np.float64)
    halves = np.array([one.half or 0.0 for _, one in known])
    places = np.array([at[value] for value, _ in known], dtype=np.float64)
    panel.errorbar(places, means, halves, fmt="o", markersize=3, linewidth=0.8, color=COLOURS[0], alpha=0.6)
    if words:
        panel.set_xticks(range(len(levels)), [str(level) for level in levels])
        panel.set_xlim(-0.5, len(levels) - 0.5)
    if 1 < len(levels) <= _FEW:
        order = sorted(set(places.tolist()))
        panel.plot(order, [means[places == place].mean() for place in order], color=COLOURS[1], linewidth=1.2)
