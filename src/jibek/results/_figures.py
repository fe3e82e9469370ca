"""Pictures of a run, drawn with matplotlib; none needs a screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._folder import PICTURES, RunError
from jibek.results._interval import Interval
from jibek.results._names import USERS, modes, names, title, user, usual
from jibek.results._panels import daily_panels
from jibek.results._style import (
    COLOURS,
    FAINT,
    INK,
    STAGE_COLOURS,
    canvas,
    plain,
    saved,
    styled,
    wrapped,
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
            figure, (axes,) = canvas(
                9.2, 2.1 + 0.29 * len(flows), titles=self._titled("Where the days of a container go")
            )
            left = np.zeros(len(flows))
            for stage, colour in STAGE_COLOURS.items():
                days = np.array([statistics[f"flows.{flow}.stages_days.{stage}"].mean or 0.0 for flow in flows])
                hatch: dict[str, Any] = (
                    {"hatch": "////", "edgecolor": "white", "linewidth": 0} if stage == "closed" else {}
                )
                axes.barh(range(len(flows)), days, 0.62, left, color=colour, label=plain(stage), **hatch)
                left += days
            for row, flow in enumerate(flows):
                _whisker(axes, totals[flow], row - 0.42)
                axes.annotate(f"{totals[flow].mean or 0:.1f}", (totals[flow].mean or 0.0, row), (4, 0), textcoords="offset points",
                              va="center", fontsize=8, color=INK)  # fmt: skip
            axes.set_yticks(range(len(flows)), self._named("flows", flows))
            axes.set_ylim(-0.7, len(flows) - 0.4)
            axes.margins(x=0.06)
            axes.set_xlim(left=0)
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"mean days of a delivered container{self._said()}")
            figure.legend(loc="outside lower center", ncols=5, handlelength=1.1, columnspacing=1.4)
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
            figure, (axes,) = canvas(9.2, 2.0 + 0.31 * len(flows), titles=self._titled("How long a container takes"))
            low, high = np.array(at("p10")), np.array(at("p90"))
            axes.barh(rows, high - low, 0.5, low, color="#B7D6EA", label="10 % to 90 % quantile")
            axes.hlines(rows, high, at("p95"), color="#6BA6CC", linewidth=1.2, label="to 95 % quantile")
            for row, flow in enumerate(flows):
                _whisker(axes, figures[flow]["p50"], row - 0.36)
            axes.plot(at("p50"), rows, "|", color=COLOURS[0], markersize=11, markeredgewidth=2.6, label="median")
            axes.plot(at("mean"), rows, "D", color=COLOURS[1], markersize=4, label="mean")
            axes.set_yticks(rows, self._named("flows", flows))
            axes.set_ylim(-0.7, len(flows) - 0.4)
            axes.set_xlim(left=0)
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"days from entry to delivery{self._said('of the median')}")
            shown = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
            order = ("10 % to 90 % quantile", "to 95 % quantile", "median", "mean")
            figure.legend([shown[name] for name in order], order, loc="outside lower center", ncols=4)
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
            what = f"How long a container takes: {self._named('flows', [flow], 200)[0]}"
            figure, (axes,) = canvas(8.6, 4.2, titles=self._titled(what))
            if order:
                axes.hist(
                    [parts[name] for name in order],
                    bins=_bins(days["days"].to_numpy()),
                    stacked=True,
                    color=list(COLOURS[: len(order)]),
                    weights=[np.full(parts[name].size, 100 / days.height) for name in order],
                    label=self._named("itineraries", order, 60),
                )
            for share, dash in ((0.5, "-"), (0.9, "--")) if order else ():
                value = float(np.quantile(days["days"].to_numpy(), share))
                axes.axvline(value, color=INK, linewidth=1.1, linestyle=dash,
                             label=f"{100 * share:.0f} % within {value:.1f} days")  # fmt: skip
            axes.set_xlabel("days from entry to delivery")
            axes.set_ylabel("share of the containers, %")
            figure.legend(loc="outside lower center", ncols=2)
        return figure

    def queue(self, zones: Sequence[str] | None = None) -> Figure:
        """Draw vehicles waiting for a position, day by day; the band is the range of the replications.

        Parameters
        ----------
        zones
            Which; by default the six with the longest queues.
        """
        statistics = self._run.statistics
        known = [name for name, zone in self._run.corridor.zones.items() if zone.positions is not None]
        zones = self._chosen("zones", zones, known, lambda one: statistics[f"zones.{one}.queue.mean"].mean, 6)
        shown = dict(zip(zones, self._named("zones", zones, 200), strict=True))
        return daily_panels(self._run, "Vehicles waiting for a position", "queue", shown)

    def yard(self, terminals: Sequence[str] | None = None) -> Figure:
        """Draw the TEU in yards, day by day, beside their capacity; the band is the range of the replications.

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
        shown = dict(zip(terminals, self._named("terminals", terminals, 200), strict=True))
        return daily_panels(self._run, "TEU in the yard", "yard", shown, yards)

    def utilisation(self, each: int = 6) -> Figure:
        """Draw how busy positions, equipment, checks, fleets and paths are; whiskers are intervals.

        Parameters
        ----------
        each
            How many at most of each kind: the busiest.
        """
        statistics, corridor = self._run.statistics, self._run.corridor
        quantities = statistics.busiest(each)[::-1]
        users = [user(corridor, quantity) for quantity in quantities]
        with styled():
            figure, (axes,) = canvas(9.2, 2.0 + 0.31 * len(users), titles=self._titled("What is busiest"))
            for kind, colour in zip(USERS.values(), COLOURS, strict=False):
                rows = [row for row, one in enumerate(users) if one[0] == kind]
                if rows:
                    busy = [100 * (statistics[quantities[row]].mean or 0) for row in rows]
                    axes.barh(rows, busy, 0.62, color=colour, label=kind)
            for row, quantity in enumerate(quantities):
                _whisker(axes, statistics[quantity], row - 0.42, 100, most=100)
            axes.axvline(100, color=FAINT, linewidth=0.8)
            axes.set_xlim(0, 105)
            axes.set_ylim(-0.7, len(users) - 0.4)
            axes.set_yticks(range(len(users)), [wrapped(name, 48) for _, name in users])
            axes.grid(visible=False, axis="y")
            axes.set_xlabel(f"in use, % of the time{self._said()}")
            figure.legend(loc="outside lower center", ncols=5, handlelength=1.1)
        return figure

    def space_time(self, itinerary: str | None = None, *, day: int = 0, days: int = 7, replication: int = 0) -> Figure:
        """Draw the vehicles of an itinerary's services along its way, distance by time.

        Parameters
        ----------
        itinerary
            Which; by default the usual one of the flow with the most modes, of several the largest.
        day, days
            First day (0: the first that counts) and number of days.
        replication
            Which.
        """
        from jibek.results._space_time import space_time

        return space_time(self._run, self._itinerary(itinerary), day, days, replication)

    def save(self, folder: str | os.PathLike[str], *, progress: Callable[[float], None] | None = None) -> list[Path]:
        """Write all pictures as PNG and SVG; the same run gives the same bytes.

        Parameters
        ----------
        folder
            Where; it is made if it is not there.
        progress
            Called with the share done.

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
        for number, (name, draw) in enumerate(drawn.items(), 1):
            written += saved(draw(), path / name)
            if progress is not None:
                progress(number / len(drawn))
        return written

    def _said(self, of: str = "") -> str:
        """Say what the whiskers are, if there are any."""
        count = self._run.replications
        return f"\nwhiskers: 95 % interval {of + ' ' if of else ''}over {count} replications" if count > 1 else ""

    def _flows(self, flows: Sequence[str] | None) -> list[str]:
        return self._chosen("flows", flows, list(self._run.corridor.flows), self._delivered, SHOWN)

    def _delivered(self, flow: str) -> float | None:
        return self._run.statistics[f"flows.{flow}.delivered_teu"].mean

    def _titled(self, what: str) -> tuple[str, str]:
        return what, title(self._run.corridor)

    def _named(self, table: str, ids: Sequence[str], width: int = 40) -> list[str]:
        """Return the names of some ids, long ones in lines."""
        known = names(self._run.corridor, table)
        return [wrapped(known[id_], width) for id_ in ids]

    def _itinerary(self, itinerary: str | None) -> str:
        corridor = self._run.corridor
        if itinerary is not None:
            return self._chosen("itineraries", [itinerary], list(corridor.itineraries), lambda one: 0.0, 1)[0]
        flows = sorted(corridor.flows, key=lambda one: -(self._delivered(one) or 0.0))
        carried = [one for one in flows if self._delivered(one)] or flows
        return usual(corridor, max(carried, key=lambda one: len(modes(corridor, one)))).id

    def _chosen(self, table: str, names: Sequence[str] | None, known: list[str], size: Any, count: int) -> list[str]:
        """Return the names asked for, if they are known, else those of the largest size."""
        if names is None:
            return sorted(known, key=lambda one: -(size(one) or 0.0))[:count]
        for name in names:
            if name not in known:
                raise RunError(f"{name!r} is not in {table}{near(name, known)}")
        return list(names)


def _whisker(axes: Axes, interval: Interval, row: float, factor: float = 1, most: float = float("inf")) -> None:
    if interval.low is not None and interval.high is not None:
        axes.plot([factor * interval.low, min(factor * interval.high, most)], [row, row], color=INK, linewidth=1.1,
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
