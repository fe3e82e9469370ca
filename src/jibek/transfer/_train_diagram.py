"""Diagrams of trains: wagons and boxes to scale, with masses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jibek.results._style import COLOURS, FAINT, INK, PALE, canvas, styled
from jibek.transfer import tables as t
from jibek.transfer._iso6346 import length_m

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jibek.transfer._job import Job

_ROW_M = 210.0
"""Length of train in a row of the picture."""


def train_diagram(job: Job, train: str, standing: Mapping[str, tuple[str, int]], caption: str) -> Figure:
    """Draw a train, rows of it below each other as lines of a text.

    Parameters
    ----------
    job
        Whose train.
    train
        Id of the train.
    standing
        Wagon and slot of each box that stands on a wagon; those of other trains are passed over.
    caption
        When this is.
    """
    ends = sorted({box.destination for box in job.boxes.values()})
    colours = {end: COLOURS[n % 6] for n, end in enumerate(ends)}
    boxes = _by_wagon(job, standing)
    total_m = job.length_m(train)
    rows = max(1, math.ceil(total_m / (_ROW_M - 26)))
    mine = [box for wagon in job.rakes[train] for box, _ in boxes.get(wagon.id, ())]
    mass = sum(box.mass_t for box in mine)
    of = f"{len(job.rakes[train])} wagons, {total_m:,.0f} m; boxes: {len(mine)}, {mass:,.0f} t"
    with styled():
        figure, axes = canvas(11.0, 1.0 + 1.05 * rows, rows, titles=(f"{train}, {caption}", of))
        row, x = 0, 0.0
        for wagon in job.rakes[train]:
            model = job.models[wagon.model]
            if x + model.length_m > _ROW_M and row + 1 < rows:
                row, x = row + 1, 0.0
            _wagon(axes[row], model, wagon, x)
            for box, slot in boxes.get(wagon.id, ()):
                _box(axes[row], box, x + model.length_m / 2 + model.places[slot - 1].centre_m, colours[box.destination])
            x += model.length_m
        for one in axes:
            one.set(xlim=(0, _ROW_M), ylim=(-1.9, 4.6))
            one.axis("off")
        _legend(figure, {end: colour for end, colour in colours.items() if any(box.destination == end for box in mine)})
    return figure


def _by_wagon(job: Job, standing: Mapping[str, tuple[str, int]]) -> dict[str, list[tuple[t.Box, int]]]:
    found: dict[str, list[tuple[t.Box, int]]] = {}
    for box, (wagon, slot) in standing.items():
        found.setdefault(wagon, []).append((job.boxes[box], slot))
    return found


def _wagon(axes: Any, model: t.Model, wagon: t.Wagon, x: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x + 0.4, -0.35), model.length_m - 0.8, 0.35, facecolor=FAINT, edgecolor="none"))
    middle = x + model.length_m / 2
    for side in (-1, 1):
        axes.plot([middle + side * model.base_m / 2], [-0.62], "o", color=FAINT, markersize=2.6)
    power = " (power)" if model.power else ""
    axes.text(middle, -1.0, f"{wagon.order}: {model.id}{power}", ha="center", va="top", fontsize=5.2, color=INK)


def _box(axes: Any, box: t.Box, centre: float, colour: str) -> None:
    """Draw a box with its mass, its class of dangerous goods, and R if it needs power."""
    from matplotlib.patches import Rectangle

    length = length_m(box.size.length_ft)
    height = box.size.height_mm / 1000
    edge, width = (COLOURS[3], 1.2) if box.dg_class else ("white", 0.6)
    outline = Rectangle(
        (centre - length / 2, 0.02), length, height, facecolor=colour, edgecolor=edge, linewidth=width, alpha=0.9
    )
    axes.add_patch(outline)
    marks = [f"{box.mass_t:.1f}"] + [f"class {box.dg_class}"] * bool(box.dg_class) + ["R"] * box.reefer
    text = "\n".join(marks)
    axes.text(centre, height / 2, text, ha="center", va="center", fontsize=5.6, color="white", linespacing=0.95)
    axes.plot([centre - length / 2, centre + length / 2], [height, height], color=PALE, linewidth=0.4)


def _legend(figure: Figure, colours: Mapping[str, str]) -> None:
    from matplotlib.patches import Patch

    if colours:
        handles = [Patch(color=colour, label=f"to {end}") for end, colour in colours.items()]
        title = "mass in t; red edge: dangerous goods; R: needs power"
        figure.legend(handles=handles, loc="outside lower center", ncols=6, title=title, title_fontsize=8)
