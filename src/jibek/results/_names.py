"""What a reader calls the things of a corridor: their names, or what they belong to; and the ways of its flows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from jibek.corridor import Corridor
from jibek.corridor.tables import Itinerary


def names(corridor: Corridor, table: str) -> dict[str, str]:
    """Return a name for each id of a table; where two would be alike, the id is added.

    Examples
    --------
    >>> import jibek
    >>> names(jibek.read("starter"), "zones")["dp-1435"]
    'Dry port, 1435 mm track'
    """
    found = {id_: _name(corridor, table, row) for id_, row in getattr(corridor, table).items()}
    many = Counter(found.values())
    return {id_: name if many[name] == 1 else f"{name} ({id_})" for id_, name in found.items()}


def _name(corridor: Corridor, table: str, row: Any) -> str:
    if table == "zones":
        gauge = f"{row.gauge_mm} mm " if row.gauge_mm else ""
        return f"{_named(corridor.terminals[row.terminal])}, {gauge}{row.kind}"
    if table == "equipment":
        return f"{_named(row)}, {_named(corridor.terminals[row.terminal])}"
    if table == "checks":
        where = corridor.terminals[row.terminal] if row.terminal else corridor.places[row.place]
        return f"{_named(where)}, {row.kind}{'' if row.kind == 'hold' else ' check'}"
    if table == "links":
        return f"{_named(corridor.places[row.from_place])} - {_named(corridor.places[row.to_place])}"
    if table == "closures":
        return f"{_closed(corridor, row)}: {row.id}"
    if table == "itineraries":
        return _named(corridor.flows[row.flow])
    return _named(row)


def _closed(corridor: Corridor, row: Any) -> str:
    """Return the name of what a closure closes."""
    targets = (("terminals", row.terminal), ("zones", row.zone), ("links", row.link))
    return next(_name(corridor, table, getattr(corridor, table)[id_]) for table, id_ in targets if id_ is not None)


def _named(row: Any) -> str:
    """Return the name of a row, or its id."""
    return str(getattr(row, "name", "") or row.id)


def user(corridor: Corridor, quantity: str) -> tuple[str, str]:
    """Return the kind and the name of what a utilisation is of, from its dotted name.

    Examples
    --------
    >>> import jibek
    >>> user(jibek.read("starter"), "links.sea.utilisation_back")
    ('paths of a link', 'Western shore to Eastern shore')
    """
    table, id_, figure = quantity.split(".")
    if table == "links":
        link = corridor.links[id_]
        ends = [_named(corridor.places[one]) for one in (link.from_place, link.to_place)]
        return USERS[table], " to ".join(ends if figure.endswith("forward") else reversed(ends))
    return USERS[table], names(corridor, table)[id_]


USERS = {
    "zones": "positions",
    "equipment": "equipment",
    "checks": "posts of a check",
    "fleets": "vehicles of a fleet",
    "links": "paths of a link",
}
"""What is used, by group of figures."""


AMOUNTS = {"capacity_teu": "TEU of a yard", "departures": "departures of a service"}
"""What a capacity counts, by the field that says how much there is of it, where that is not what a utilisation is of."""


def capacity(corridor: Corridor, name: str) -> tuple[str, str]:
    """Return the kind and the name of a capacity, from the value that says how much there is of it.

    Examples
    --------
    >>> import jibek
    >>> capacity(jibek.read("starter"), "zones.dp-1435.positions")
    ('positions', 'Dry port, 1435 mm track')
    """
    table, id_, field = name.split(".")
    if table == "links" and corridor.links[id_].back_paths_per_day:
        return user(corridor, f"links.{id_}.{'back' if field.startswith('back') else 'forward'}")
    return AMOUNTS.get(field) or USERS[table], names(corridor, table)[id_]


def usual(corridor: Corridor, flow: str) -> Itinerary:
    """Return the itinerary that most of a flow takes; of several alike the longest."""
    ways = (one for one in corridor.itineraries.values() if one.flow == flow)
    return max(ways, key=lambda one: (one.share, len(one.services)))


def modes(corridor: Corridor, flow: str) -> tuple[str, ...]:
    """Return the modes of a flow's usual itinerary, in order.

    Examples
    --------
    >>> import jibek
    >>> modes(jibek.read("starter"), "east")
    ('rail', 'sea')
    """
    services = (corridor.services[name] for name in usual(corridor, flow).services)
    used = {corridor.links[link].mode for service in services for link in service.path}
    return tuple(mode for mode in ("rail", "sea", "road") if mode in used)


def title(corridor: Corridor) -> str:
    """Return the title of a corridor with the time simulated and the measures in force."""
    header = corridor.header
    year = str(header.start.year) if header.start.timetuple().tm_yday == 1 and header.days in (365, 366) else ""
    parts = [header.title, year or f"{header.days} days from {header.start}"]
    if corridor.applied:
        parts.append(f"with {', '.join(corridor.applied)}")
    others = len(corridor.changes) - sum(len(corridor.measures[one].changes) for one in corridor.applied)
    if others > 0:
        parts.append(f"{others} change{'s' if others > 1 else ''}")
    return "; ".join(parts)
