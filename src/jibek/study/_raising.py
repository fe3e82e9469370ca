"""What raises a capacity: as a change, in words, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

from jibek.corridor import Change, ChangeError, Corridor
from jibek.results._interval import plain_number
from jibek.results._names import capacity, names

TENTH = 0.1
_AMOUNTS = {
    "back_paths_per_day": "{} paths a day",
    "capacity_teu": "room for {} TEU",
    "count": "{}",
    "days_per_month": "closed {} days a month",
    "every_h": "every {} h",
    "paths_per_day": "{} paths a day",
    "positions": "{} positions",
    "servers": "{} posts",
    "sidings": "{} sidings",
}

_ONE_MORE = {
    "back_paths_per_day": "1 path a day more",
    "count": "1 more",
    "paths_per_day": "1 path a day more",
    "positions": "1 position more",
    "servers": "1 post more",
}


@dataclass(frozen=True)
class Raise:
    """How a capacity is raised.

    Attributes
    ----------
    words
        By what: `1 position`, `10 % of the departures`.
    units
        How many of the units that the bound counts these are.
    change
        The change that does it; None: no single value does.
    """

    words: str
    units: float
    change: str | None


def raising(corridor: Corridor, name: str) -> Raise:
    """Return how a capacity of the bound is raised: by one, room and departures by 10 %.

    Examples
    --------
    >>> import jibek
    >>> raising(jibek.read("starter"), "services.ferry-east.departures")
    Raise(words='10 % more departures', units=0.1, change='services.ferry-east.every_h*=0.909091')
    """
    table, _, rest = name.partition(".")
    id_, _, field = rest.rpartition(".")
    if field == "capacity_teu":
        return Raise("10 % more room", TENTH * (corridor.zones[id_].capacity_teu or 0.0), f"{name}*={1 + TENTH:g}")
    if field == "departures":
        by_clock = corridor.services[id_].rule == "interval"
        change = f"{table}.{id_}.every_h*={1 / (1 + TENTH):.6g}" if by_clock else None
        return Raise("10 % more departures", TENTH, change)
    return Raise(_ONE_MORE[field], 1.0, f"{name}+=1")


def capacity_title(corridor: Corridor, name: str) -> str:
    """Return what a reader calls a capacity of the bound.

    Examples
    --------
    >>> import jibek
    >>> capacity_title(jibek.read("starter"), "zones.dp-1435.positions")
    'Dry port, 1435 mm track: positions'
    """
    kind, of = capacity(corridor, name)
    return f"{of}: {kind}"


def change_title(corridor: Corridor, text: str) -> str:
    """Return what a change does in words; where there are none for it, the change.

    Examples
    --------
    >>> import jibek
    >>> change_title(jibek.read("starter"), "services.ferry-east.every_h*=0.909091")
    'Crossing east: every 43.6 h in place of 48 h'
    """
    try:
        change = Change.parse(text)
        row = getattr(corridor, change.table)[change.id]
        before, value = float(getattr(row, change.field)), float(change.value)
    except (ChangeError, LookupError, TypeError, ValueError):
        return text
    if change.field not in _AMOUNTS:
        return text
    after = {"=": value, "*=": before * value, "+=": before + value}[change.operator]
    unit = " h" if change.field == "every_h" else ""
    return f"{_named(corridor, change)}: {_amount(change.field, after)} in place of {_short(before)}{unit}"


def _amount(field: str, value: float) -> str:
    return _AMOUNTS[field].format(_short(value))


def _short(value: float) -> str:
    """Write a number to three digits, without zeros that say nothing."""
    text = plain_number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _named(corridor: Corridor, change: Change) -> str:
    if change.table == "links":
        return capacity(corridor, f"links.{change.id}.{change.field}")[1]
    return names(corridor, change.table)[change.id]
