"""The space-time diagram: vehicles along the way of an itinerary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._folder import RunError
from jibek.results._names import names, title
from jibek.results._style import COLOURS, FAINT, INK, canvas, dates, styled, wrapped

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jibek.results._run import Run


def space_time(run: Run, itinerary: str, day: int, days: int, replication: int) -> Figure:
    """Draw the vehicles of an itinerary's services, distance by time."""
    corridor = run.corridor
    services = corridor.itineraries[itinerary].services
    legs = _legs(run, services, day, days, replication)
    if legs.is_empty():
        raise RunError(f"no vehicle of itinerary {itinerary!r} runs in these days of replication {replication}")
    places, breaks, offsets = _way(corridor, services)
    places = [(km, names(corridor, "places")[place]) for km, place in places]
    what = f"Vehicles on the way of {names(corridor, 'itineraries')[itinerary]}"
    called = names(corridor, "services")
    with styled():
        figure, (axes,) = canvas(9.2, 6.4, titles=(what, title(corridor)))
        for number, service in enumerate(services):
            part = legs.filter(legs["service"] == service)
            lines = _lines(corridor, part, offsets[number])
            _draw(axes, lines, COLOURS[number % len(COLOURS)], wrapped(f"{called[service]} ({len(lines)})", 44))
        for km in breaks[1:-1]:
            axes.axhline(km, color=FAINT, linewidth=0.9)
        _label_places(axes, places, breaks)
        dates(axes, corridor.header.start, day, day + days)
        axes.set_ylim(places[-1][0] * 1.01, -places[-1][0] * 0.01)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_xlabel(f"date; replication {replication}, number of vehicles in brackets")
        axes.set_ylabel("distance from the origin, km")
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def _legs(run: Run, services: tuple[str, ...], day: int, days: int, replication: int) -> pl.DataFrame:
    """Return the legs that are run in the time shown."""
    begin, end = 24 * day, 24 * (day + days)
    names = ", ".join(f"'{name}'" for name in services)
    return run.query(
        # ids have no quotes, numbers are whole
        f"""
        with chosen as (
            select replication, trip from legs where replication = {replication:d}
            group by all having min(enter_h) < {end:d} and max(coalesce(exit_h, 1e9)) > {begin:d}
        )
        select trip, seq, service, link, enter_h, exit_h
        from chosen join trips using (replication, trip) join legs using (replication, trip)
        where service in ({names}) order by trip, seq
        """  # noqa: S608
    )


def _way(corridor: Any, services: tuple[str, ...]) -> tuple[list[tuple[float, str]], list[float], list[float]]:
    """Return the places of the way with their distance, where services meet, and where each begins."""
    km = 0.0
    here = corridor.terminals[corridor.services[services[0]].from_terminal].place
    places, breaks, offsets = [(0.0, here)], [], []
    for name in services:
        offsets.append(km)
        for link_id in corridor.services[name].path:
            link = corridor.links[link_id]
            here = link.to_place if link.from_place == here else link.from_place
            km += link.length_km
            places.append((km, here))
        breaks.append(km)
    return places, [0.0, *breaks], offsets


def _lines(corridor: Any, legs: pl.DataFrame, offset: float) -> list[Any]:
    """Return a polyline for each trip: time in days, distance."""
    found = []
    for (_,), trip in legs.group_by(["trip"], maintain_order=True):
        length = np.array([corridor.links[name].length_km for name in trip["link"]])
        km = offset + np.concatenate(([0.0], np.repeat(np.cumsum(length), 2)[:-1]))
        times = np.column_stack((trip["enter_h"].to_numpy(), trip["exit_h"].to_numpy())).ravel() / 24
        known = ~np.isnan(times)
        found.append(np.column_stack((times[known], km[known])))
    return found


def _draw(axes: Axes, lines: list[Any], colour: str, label: str) -> None:
    from matplotlib.collections import LineCollection

    width = float(np.clip(12 / np.sqrt(max(len(lines), 1)), 0.4, 1.3))
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))
    axes.plot([], [], color=colour, linewidth=2, label=label)


def _label_places(axes: Axes, places: list[tuple[float, str]], breaks: list[float]) -> None:
    """Name the places on the right: those where services meet, and of the others as many as fit."""
    gap = places[-1][0] / 26
    named = {km: name for km, name in places if km in breaks}
    for km, name in places:
        if all(abs(km - other) >= gap for other in named):
            named[km] = name
    side = axes.secondary_yaxis("right")
    side.set_yticks(list(named), list(named.values()), fontsize=8)
    side.spines["right"].set_visible(False)
    side.tick_params(length=0, colors=INK)
