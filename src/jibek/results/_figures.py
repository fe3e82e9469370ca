"""Pictures of a run, drawn with matplotlib; none needs a screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._folder import PICTURES, RunError
from jibek.results._interval import Interval
from jibek.results._panels import daily_panels
from jibek.results._style import (
    COLOURS,
    FAINT,
    INK,
    STAGE_COLOURS,
    canvas,
    plain,
    shortened,
    styled,
)
from jibek.tables import near

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._run import Run

SHOWN = 16
"""Flows shown unless they are named: those with the most TEU delivered."""


class Figures:
    """Pictures of a run; each method returns a `matplotlib.figure.Figure`.

    Parameters
    ----------
    run
        The run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def time_budget(self, flows: Sequence[str] | None = None) -> Figure:
        """Draw where the days of a container go: a bar a flow, stacked by stage; the whisker is of the sum.

        Parameters
        ----------
        flows
            Which; by default the largest.
        """
        flows = self._flows(flows)
        statistics = self._run.statistics
        totals = {flow: statistics[f"flows.{flow}.transit_days.mean"] for flow in flows}
        flows = sorted(flows, key=lambda flow: totals[flow].mean or 0.0)
        with styled():
            figure, (axes,) = canvas(8.6, 1.5 + 0.29 * len(flows))
            left = np.zeros(len(flows))
            for stage, colour in STAGE_COLOURS.items():
                days = np.array([statistics[f"flows.{flow}.stages_days.{stage}"].mean or 0.0 for flow in flows])
                hatch: dict[str, Any] = (
                    {"hatch": "////", "edgecolor": "white", "linewidth": 0} if stage == "closed" else {}
                )
                axes.barh(range(len(flows)), days, 0.72, left, color=colour, label=plain(stage), **hatch)
                left += days
            for row, flow in enumerate(flows):
                _whisker(axes, totals[flow], row)
                end = totals[flow].high or totals[flow].mean or 0.0
                axes.annotate(f"{totals[flow].mean or 0:.1f}", (end, row), (4, 0), textcoords="offset points",
                              va="center", fontsize=8, color=INK)  # fmt: skip
            axes.set_yticks(range(len(flows)), [shortened(flow) for flow in flows])
            axes.set_ylim(-0.6, len(flows) - 0.4)
            axes.margins(x=0.06)
            axes.set_xlim(left=0)
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"mean days of a delivered container{self._said()}")
            axes.set_ylabel("flow")
            figure.legend(loc="outside upper center", ncols=5, handlelength=1.1, columnspacing=1.4)
        return figure

    def transit_time(self, flows: Sequence[str] | None = None) -> Figure:
        """Draw how transit times are spread: the 10 % to 90 % quantiles, median, mean, 95 % quantile.

        Parameters
        ----------
        flows
            Which; by default the largest.
        """
        statistics = self._run.statistics
        flows = [one for one in self._flows(flows) if statistics[f"flows.{one}.transit_days.mean"].mean]
        figures = {
            flow: {
                name: statistics[f"flows.{flow}.transit_days.{name}"] for name in ("p10", "p50", "p90", "p95", "mean")
            }
            for flow in flows
        }
        flows.sort(key=lambda flow: figures[flow]["p50"].mean or 0.0)
        rows = np.arange(len(flows))

        def at(name: str) -> list[float]:
            return [figures[flow][name].mean or 0.0 for flow in flows]

        with styled():
            figure, (axes,) = canvas(8.6, 1.5 + 0.29 * len(flows))
            low, high = np.array(at("p10")), np.array(at("p90"))
            axes.barh(rows, high - low, 0.5, low, color="#B7D6EA", label="10 % to 90 % quantile")
            axes.hlines(rows, high, at("p95"), color="#6BA6CC", linewidth=1.2, label="to 95 % quantile")
            for row, flow in enumerate(flows):
                _whisker(axes, figures[flow]["p50"], row)
            axes.plot(at("p50"), rows, "|", color=COLOURS[0], markersize=11, markeredgewidth=2.6, label="median")
            axes.plot(at("mean"), rows, "D", color=COLOURS[1], markersize=4, label="mean")
            axes.set_yticks(rows, [shortened(flow) for flow in flows])
            axes.set_ylim(-0.6, len(flows) - 0.4)
            axes.set_xlim(left=0)
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"days from entry to delivery{self._said('of the median')}")
            axes.set_ylabel("flow")
            shown = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
            order = ("10 % to 90 % quantile", "to 95 % quantile", "median", "mean")
            figure.legend([shown[name] for name in order], order, loc="outside upper center", ncols=4)
        return figure

    def transit_distribution(self, flow: str) -> Figure:
        """Draw the distribution of a flow's transit times, by itinerary; it needs the table of containers.

        Parameters
        ----------
        flow
            Which.
        """
        (flow,) = self._flows([flow])
        days = self._run.query(
            "select itinerary, (leave_h - enter_h) / 24 as days from containers "  # noqa: S608
            f"where flow = '{flow}' and leave_h >= 0 and leave_h < {24 * self._run.corridor.header.days}"
        )
        parts = {name: part["days"].to_numpy() for (name,), part in days.group_by("itinerary")}
        order = sorted(parts, key=lambda name: -parts[name].size)[: len(COLOURS)]
        with styled():
            figure, (axes,) = canvas(8.0, 3.8)
            if order:
                axes.hist(
                    [parts[name] for name in order],
                    bins=_bins(days["days"].to_numpy()),
                    stacked=True,
                    color=list(COLOURS[: len(order)]),
                    weights=[np.full(parts[name].size, 100 / days.height) for name in order],
                    label=[shortened(name, 40) for name in order],
                )
            for share, dash in ((0.5, "-"), (0.9, "--")):
                value = self._run.statistics[f"flows.{flow}.transit_days.p{100 * share:.0f}"].mean
                if value is not None:
                    axes.axvline(value, color=INK, linewidth=1.1, linestyle=dash,
                                 label=f"{100 * share:.0f} % within {value:.1f} days")  # fmt: skip
            axes.set_xlabel("days from entry to delivery")
            axes.set_ylabel("share of the containers, %")
            axes.set_title(shortened(flow, 60))
            figure.legend(loc="outside lower center", ncols=3)
        return figure

    def queue(self, zones: Sequence[str] | None = None) -> Figure:
        """Draw vehicles waiting for a position, day by day; the band is the interval.

        Parameters
        ----------
        zones
            Which; by default the six with the longest queues.
        """
        statistics = self._run.statistics
        known = [name for name, zone in self._run.corridor.zones.items() if zone.positions is not None]
        zones = self._chosen("zones", zones, known, lambda one: statistics[f"zones.{one}.queue.mean"].mean, 6)
        return daily_panels(self._run, "queue", zones, "vehicles waiting")

    def yard(self, terminals: Sequence[str] | None = None) -> Figure:
        """Draw the TEU in yards, day by day, beside their capacity; the band is the interval.

        Parameters
        ----------
        terminals
            Which; by default the six with the fullest yards.
        """
        statistics = self._run.statistics
        yards = {zone.terminal: zone.capacity_teu for zone in self._run.corridor.zones.values() if zone.kind == "yard"}
        terminals = self._chosen(
            "terminals",
            terminals,
            list(yards),
            lambda one: statistics[f"terminals.{one}.yard_teu.mean"].mean,
            6,
        )
        return daily_panels(self._run, "yard", terminals, "TEU in the yard", yards)

    def utilisation(self, shown: int = 24) -> Figure:
        """Draw how busy positions, equipment, checks and fleets are; whiskers are intervals.

        Parameters
        ----------
        shown
            How many at most: the busiest.
        """
        kinds = {
            "zones": "positions of a zone",
            "equipment": "equipment",
            "checks": "posts of a check",
            "fleets": "fleet",
        }
        found = []
        for group in kinds:
            for name in getattr(self._run.corridor, group):
                key = f"{group}.{name}.utilisation"
                if key in self._run.statistics and self._run.statistics[key].mean is not None:
                    found.append((self._run.statistics[key], group, name))
        found = sorted(found, key=lambda one: one[0].mean or 0.0)[-shown:]
        with styled():
            figure, (axes,) = canvas(8.0, 1.5 + 0.25 * len(found))
            for (group, label), colour in zip(kinds.items(), COLOURS, strict=False):
                rows = [row for row, one in enumerate(found) if one[1] == group]
                if rows:
                    axes.barh(
                        rows,
                        [100 * (found[row][0].mean or 0) for row in rows],
                        0.7,
                        color=colour,
                        label=label,
                    )
            for row, (interval, _, _) in enumerate(found):
                _whisker(axes, interval, row, 100)
            axes.axvline(100, color=FAINT, linewidth=0.8)
            axes.set_xlim(0, 105)
            axes.set_ylim(-0.6, len(found) - 0.4)
            axes.set_yticks(range(len(found)), [shortened(name) for _, _, name in found])
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"busy, % of the time{self._said()}")
            axes.set_ylabel("resource")
            figure.legend(loc="outside upper center", ncols=4, handlelength=1.1)
        return figure

    def space_time(self, itinerary: str | None = None, *, day: int = 0, days: int = 30, replication: int = 0) -> Figure:
        """Draw the vehicles of an itinerary's services along its way, distance by time.

        Parameters
        ----------
        itinerary
            Which; by default the longest of the largest flow.
        day, days
            First day (0: the first that counts) and number of days.
        replication
            Which.
        """
        from jibek.results._space_time import space_time

        return space_time(self._run, self._itinerary(itinerary), day, days, replication)

    def save(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write all pictures as PNG and SVG; the same run gives the same bytes.

        Parameters
        ----------
        folder
            Where; it is made if it is not there.

        Returns
        -------
        list of pathlib.Path
            The files.
        """
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        drawn = {name: getattr(self, name) for name in PICTURES}
        if "legs" not in self._run.manifest["tables"]:
            del drawn["space_time"]
        written = []
        for name, draw in drawn.items():
            figure = draw()
            with styled():
                for suffix, metadata in (("png", {"Software": None}), ("svg", {"Date": None})):
                    written.append(path / f"{name}.{suffix}")
                    figure.savefig(written[-1], dpi=160, metadata=metadata)
        return written

    def _said(self, of: str = "") -> str:
        """Say what the whiskers are, if there are any."""
        count = self._run.replications
        return f"\nwhiskers: 95 % interval {of + ' ' if of else ''}over {count} replications" if count > 1 else ""

    def _flows(self, flows: Sequence[str] | None) -> list[str]:
        statistics = self._run.statistics

        def size(flow: str) -> float | None:
            return statistics[f"flows.{flow}.delivered_teu"].mean

        return self._chosen("flows", flows, list(self._run.corridor.flows), size, SHOWN)

    def _itinerary(self, itinerary: str | None) -> str:
        known = self._run.corridor.itineraries
        if itinerary is not None:
            return self._chosen("itineraries", [itinerary], list(known), lambda one: 0.0, 1)[0]
        (flow,) = self._flows(None)[:1] or [""]
        return max(
            (one for one in known.values() if one.flow == flow),
            key=lambda one: (one.share, len(one.services)),
        ).id

    def _chosen(self, table: str, names: Sequence[str] | None, known: list[str], size: Any, count: int) -> list[str]:
        """Return the names asked for, if they are known, else those of the largest size."""
        if names is None:
            return sorted(known, key=lambda one: -(size(one) or 0.0))[:count]
        for name in names:
            if name not in known:
                raise RunError(f"{name!r} is not in {table}{near(name, known)}")
        return list(names)


def _whisker(axes: Axes, interval: Interval, row: int, factor: float = 1) -> None:
    if interval.low is not None and interval.high is not None:
        axes.plot([factor * interval.low, factor * interval.high], [row, row], color=INK, linewidth=1.1,
                  marker="|", markersize=5, zorder=5)  # fmt: skip


def _bins(days: Any) -> Any:
    """Return about sixty bins of a round width up to the 99.5 % quantile."""
    if not days.size:
        return 10
    low, high = float(days.min()), float(np.quantile(days, 0.995))
    width = max((high - low) / 60, 1e-3)
    scale = 10 ** np.floor(np.log10(width))
    width = scale * min(one for one in (1, 2, 5, 10) if one * scale >= width)
    return np.arange(np.floor(low / width) * width, high + 2 * width, width)
