"""Pictures of studies, drawn with matplotlib; none needs a screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from jibek.results._interval import Interval
from jibek.results._style import COLOURS, FAINT, INK, STAGE_COLOURS, canvas, plain, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.study._bottlenecks import Bottlenecks
    from jibek.study._bound import Bound
    from jibek.study._capacity import Capacity
    from jibek.study._compare import Comparison

SHOWN = 14
"""Rows shown at most."""

EFFECTS = {
    "total.delivered_teu": "delivered, TEU",
    "total.transit_days.p50": "median transit, days",
    "total.transit_days.p90": "P90 transit, days",
}
"""Figures whose effects are drawn, as they are called there."""

QUANTILES = {"p10": 10, "p50": 50, "p90": 90, "p95": 95}


def bound_by_month(bound: Bound) -> Figure:
    """Draw the share of each capacity that demand as given uses, month by month, and how far demand could be scaled."""
    limits, months = bound.limits[:SHOWN], bound.months
    with styled():
        title = f"{bound.corridor.header.title}; {_most(bound)}"
        titles = ("What binds, month by month", title)
        height = 2.6 + 0.3 * len(limits)
        figure, (top, axes) = canvas(
            9.2, height, 2, titles=titles, height_ratios=[1.2, 0.3 * max(len(limits), 3)], sharex=True
        )
        top.bar(range(len(months)), [month.scale or 0.0 for month in months], 0.7, color=COLOURS[0])
        top.axhline(1.0, color=INK, linewidth=0.8)
        top.set_ylabel("demand could be,\ntimes as given")
        shares = np.array([limit.months for limit in limits]).reshape(len(limits), len(months))
        axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
        for row, limit in enumerate(limits):
            for column, month in enumerate(months):
                binds = limit.name in month.binding
                ink = "white" if shares[row, column] > 0.6 else INK
                text = f"{100 * shares[row, column]:.0f}{' ●' if binds else ''}"
                axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color=ink)
        axes.set_yticks(range(len(limits)), [bound.title(limit.name) for limit in limits])
        axes.set_xticks(range(len(months)), [month.month for month in months], rotation=45, ha="right")
        axes.set_xlabel("% of it used by demand as given; ●: stops growth in that month")
        axes.grid(visible=False)
    return figure


def _most(bound: Bound) -> str:
    if bound.scale is None:
        return "nothing stops demand from growing"
    return f"at most {bound.scale:.2f} times the demand, {bound.volume_teu or 0:,.0f} TEU a year"


def case_transit(comparison: Comparison) -> Figure:
    """Draw quantiles of the transit times of the cases, overlaid."""
    with styled():
        figure, (axes,) = canvas(7.5, 4.2, titles=("Transit times", _of(comparison)))
        _quantile_lines(axes, {"base": comparison.base, **comparison.cases})
        axes.set_xlabel("share of the containers delivered, %")
        axes.set_ylabel("transit time, days")
        axes.legend()
    return figure


def _quantile_lines(axes: Axes, cases: Mapping[str, Mapping[str, Interval]]) -> None:
    for (name, answers), colour in zip(cases.items(), cycle(COLOURS), strict=False):
        values = [answers[f"total.transit_days.{quantile}"] for quantile in QUANTILES]
        means, halves = _bars(values)
        axes.errorbar(
            list(QUANTILES.values()), means, halves, color=colour, marker="o", markersize=4, capsize=3, label=name
        )


def _bars(values: Iterable[Interval]) -> tuple[list[float], list[float]]:
    values = list(values)
    return [one.mean if one.mean is not None else np.nan for one in values], [one.half or 0.0 for one in values]


def case_budgets(comparison: Comparison) -> Figure:
    """Draw where the days of a container go in each case."""
    cases = {"base": comparison.base, **comparison.cases}
    with styled():
        figure, (axes,) = canvas(
            8.5, 1.9 + 0.35 * len(cases), titles=("Where the days of a container go", _of(comparison))
        )
        left = np.zeros(len(cases))
        for stage, colour in STAGE_COLOURS.items():
            days = np.array([one[f"total.stages_days.{stage}"].mean or 0.0 for one in cases.values()])
            axes.barh(range(len(cases)), days, 0.62, left, color=colour, label=plain(stage))
            left += days
        axes.set_yticks(range(len(cases)), list(cases))
        axes.invert_yaxis()
        axes.set_xlabel("days, mean of all containers delivered")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def case_differences(comparison: Comparison) -> Figure:
    """Draw by how much the cases differ from the base."""
    effects = {figure: list(comparison.differences(figure).values()) for figure in EFFECTS}
    return _forests("Differences from the base", _of(comparison), list(comparison.cases), effects)


def effect_bars(found: Bottlenecks) -> Figure:
    """Draw the effects of the changes that do most."""
    rows = found.effects[:SHOWN]
    effects = {figure: [row.effect[figure] for row in rows] for figure in EFFECTS}
    return _forests("What each change does", _of(found), [found.title(row.change) for row in rows], effects)


def _forests(title: str, of: str, rows: Sequence[str], effects: Mapping[str, Sequence[Interval]]) -> Figure:
    """Draw intervals in a panel a figure, with a row a case."""
    with styled():
        titles = (f"{title}, with intervals that hold together", of)
        figure, panels = canvas(11, 1.9 + 0.32 * len(rows), 1, len(effects), titles=titles, sharey=True)
        for axes, (name, intervals) in zip(panels, effects.items(), strict=True):
            _forest(axes, intervals, EFFECTS[name])
        panels[0].set_yticks(range(len(rows)), rows)
        panels[0].invert_yaxis()
    return figure


def _forest(axes: Axes, intervals: Sequence[Interval], label: str) -> None:
    means, halves = _bars(intervals)
    axes.errorbar(means, range(len(means)), xerr=halves, fmt="o", color=COLOURS[0], markersize=4, capsize=3)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_xlabel(label)


def _of(study: Comparison | Bottlenecks) -> str:
    point = study.base.point
    return f"{point.corridor.header.title}: {len(point.numbers)} replications of {point.corridor.header.days} days"


def moved_days(found: Bottlenecks) -> Figure:
    """Draw where each change takes days out of the time budget, and where it puts some."""
    rows = found.effects[:SHOWN]
    stages = list(STAGE_COLOURS)
    with styled():
        titles = ("Days that each change moves in the time budget", _of(found))
        figure, (axes,) = canvas(10, 2.0 + 0.32 * len(rows), titles=titles)
        ends = {-1: np.zeros(len(rows)), 1: np.zeros(len(rows))}
        for stage in stages:
            days = np.array([_of_stage(row.budget, stage) for row in rows])
            left = np.where(days < 0, ends[-1], ends[1])
            axes.barh(range(len(rows)), days, 0.62, left, color=STAGE_COLOURS[stage], label=plain(stage))
            ends[-1] += np.minimum(days, 0.0)
            ends[1] += np.maximum(days, 0.0)
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(rows)), [found.title(row.change) for row in rows])
        axes.invert_yaxis()
        axes.set_xlabel("days, mean of all containers delivered")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _of_stage(budget: Mapping[str, Interval], stage: str) -> float:
    return sum(days.mean or 0.0 for name, days in budget.items() if name.endswith(f".{stage}"))


def volume_against_transit(found: Capacity) -> Figure:
    """Draw volume against quantiles of transit times, with the capacity, its interval and the bound."""
    header = found.bound.corridor.header
    volumes = [found.volume_at(scale) for scale in found.curve]
    with styled():
        of = f"{header.title}: {len(found.brackets)} replications of {header.days} days"
        figure, (axes,) = canvas(8.2, 4.6, titles=("Volume against transit time", of))
        for (quantile, share), colour in zip(QUANTILES.items(), COLOURS, strict=False):
            means, halves = _bars(answers[f"total.transit_days.{quantile}"] for answers in found.curve.values())
            axes.errorbar(
                volumes, means, halves, color=colour, marker="o", markersize=4, capsize=3, label=f"{share} % within"
            )
        sustained = found.volume_teu
        axes.axvline(sustained.mean or 0.0, color=INK, linewidth=1.2, label="sustained, 95 % interval")
        if sustained.low is not None and sustained.high is not None:
            axes.axvspan(sustained.low, sustained.high, color=FAINT, alpha=0.25, linewidth=0)
        if found.bound.volume_teu is not None:
            axes.axvline(found.bound.volume_teu, color=COLOURS[3], linestyle="--", label="bound in mean values")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.set_xlabel("demand, TEU a year")
        axes.set_ylabel("transit time, days")
        axes.set_ylim(bottom=0)
        axes.legend()
    return figure
