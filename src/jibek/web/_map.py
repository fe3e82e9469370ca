"""What stands on the map: places, lines, terminals, and what runs between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from jibek.results._names import modes, names, usual
from jibek.web._document import Closure, Flow, Link, Mode, Place, Pool, Position, Service, Terminal, Way, Zone

MODES: tuple[Mode, ...] = ("rail", "sea", "road")
TARGETS: tuple[Literal["terminal", "zone", "link"], ...] = ("terminal", "zone", "link")

if TYPE_CHECKING:
    from jibek.corridor import Corridor
    from jibek.corridor.tables import Link as LinkRow
    from jibek.results import Run


def places(corridor: Corridor) -> list[Place]:
    """Return the places."""
    called = names(corridor, "places")
    return [
        Place(id=one.id, name=called[one.id], country=one.country, at=(one.lon, one.lat))
        for one in corridor.places.values()
    ]


def links(corridor: Corridor) -> list[Link]:
    """Return the links with their lines."""
    called = names(corridor, "links")
    return [
        Link(
            id=one.id, name=called[one.id], from_place=one.from_place, to_place=one.to_place, mode=one.mode,
            gauge_mm=one.gauge_mm, length_km=one.length_km, line=list(_line(corridor, one)),
        )
        for one in corridor.links.values()
    ]  # fmt: skip


def _line(corridor: Corridor, link: LinkRow) -> Iterator[Position]:
    """Yield the points of a link from its one end to the other."""
    one, other = corridor.places[link.from_place], corridor.places[link.to_place]
    yield one.lon, one.lat
    for point in link.via:
        lat, lon = point.split()
        yield float(lon), float(lat)
    yield other.lon, other.lat


def terminals(corridor: Corridor) -> list[Terminal]:
    """Return the terminals with what they have."""
    called = {table: names(corridor, table) for table in ("terminals", "zones", "equipment", "checks")}
    return [
        Terminal(
            id=one.id, name=called["terminals"][one.id], place=one.place,
            zones=[
                Zone(id=zone.id, name=called["zones"][zone.id], kind=zone.kind, positions=zone.positions,
                     capacity_teu=zone.capacity_teu)
                for zone in corridor.zones.values() if zone.terminal == one.id
            ],
            equipment=[
                Pool(id=pool.id, name=called["equipment"][pool.id])
                for pool in corridor.equipment.values() if pool.terminal == one.id
            ],
            checks=[
                Pool(id=check.id, name=called["checks"][check.id])
                for check in corridor.checks.values() if check.terminal == one.id
            ],
        )
        for one in corridor.terminals.values()
    ]  # fmt: skip


def services(corridor: Corridor) -> list[Service]:
    """Return the services with their paths."""
    called, position = names(corridor, "services"), {link: row for row, link in enumerate(corridor.links)}
    found = []
    for one in corridor.services.values():
        here, back = corridor.terminals[one.from_terminal].place, []
        for link in (corridor.links[name] for name in one.path):
            back.append(link.from_place != here)
            here = link.from_place if back[-1] else link.to_place
        found.append(
            Service(
                id=one.id, name=called[one.id], from_terminal=one.from_terminal, to_terminal=one.to_terminal,
                links=[position[name] for name in one.path], back=back,
            )
        )  # fmt: skip
    return found


def flows(corridor: Corridor) -> list[Flow]:
    """Return the flows with their ways."""
    called = names(corridor, "flows")
    return [
        Flow(
            id=one.id, name=called[one.id], from_terminal=one.from_terminal, to_terminal=one.to_terminal,
            modes=[mode for mode in MODES if mode in modes(corridor, one.id)], ways=_ways(corridor, one.id),
        )
        for one in corridor.flows.values()
    ]  # fmt: skip


def _ways(corridor: Corridor, flow: str) -> list[Way]:
    first = usual(corridor, flow).id
    ways = [one for one in corridor.itineraries.values() if one.flow == flow]
    ways.sort(key=lambda one: (one.id != first, -one.share))
    return [Way(id=one.id, services=list(one.services), share=one.share) for one in ways]


def closures(run: Run, replication: int = 0) -> list[Closure]:
    """Return the closures with their spells in a replication."""
    import polars as pl

    closed = run.table("closed").filter(pl.col("replication") == replication)
    end = 24.0 * run.corridor.header.days
    found = []
    for one in run.corridor.closures.values():
        kind, target = next((kind, getattr(one, kind)) for kind in TARGETS if getattr(one, kind))
        spells = closed.filter(pl.col("closure").cast(pl.String) == one.id).select(
            pl.col("start_h"), pl.col("end_h").fill_null(end)
        )
        rounded = [(round(begin, 2), round(stop, 2)) for begin, stop in spells.sort("start_h").iter_rows()]
        found.append(Closure(id=one.id, kind=kind, target=target, spells=rounded))
    return found
