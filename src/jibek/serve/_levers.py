"""Levers: the values of a corridor that a what-if changes, found from its tables."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

from jibek.corridor import TABLES, ChangeError, Corridor
from jibek.results._names import names, user
from jibek.serve._package_models import Group, Lever
from jibek.tables import columns, number_text

MOST = 60
"""Levers that are shown at once."""
MOST_BOUNDED = 2_000
"""Itineraries, beyond which it is not asked how much of each capacity is needed: that would take seconds."""

_GROUPS: tuple[Group, ...] = get_args(Group)
_OF_ZONES: dict[str, Group] = {"track": "tracks", "gate": "tracks", "berth": "berths", "yard": "yards"}
_LONGEST_TEU = 2.25
_MOST_DAYS = 27.0


def levers(corridor: Corridor) -> list[Lever]:
    """Return the levers of a corridor by group, in each those first of which demand as given needs the largest share.

    Parameters
    ----------
    corridor
        Whose.

    Examples
    --------
    >>> import jibek
    >>> found = {lever.change: lever for lever in levers(jibek.read("starter"))}
    >>> found["fleets.ferries.count"].low, found["fleets.ferries.count"].high, found["closures.*.days_per_month*"].value
    (1.0, 6.0, 1.0)
    """
    return shown(corridor, ranked(corridor))


def ranked(corridor: Corridor) -> list[Lever]:
    """Return all levers there are, the first of each group first."""
    used = _needed(corridor)
    groups: dict[Group, list[Lever]] = defaultdict(list)
    for one in _all(corridor):
        capacity = re.sub(r"\.every_h$", ".departures", one.change)  # what the bound calls it
        groups[one.group].append(one.model_copy(update={"used": used.get(capacity)}))
    numbered = [pair for group in _GROUPS for pair in enumerate(sorted(groups[group], key=_order))]
    return [one for _, one in sorted(numbered, key=lambda pair: pair[0])]


def matching(found: Iterable[Lever], search: str) -> list[Lever]:
    """Return the levers that hold all words in what a reader sees of them, or writes."""
    words = search.casefold().split()
    texts = ((one, f"{one.label} {one.change} {one.group}".casefold()) for one in found)
    return [one for one, text in texts if all(word in text for word in words)]


def shown(corridor: Corridor, found: list[Lever]) -> list[Lever]:
    """Return the first levers, by group, of those whose ends the corridor bears."""
    return sorted(_accepted(corridor, found[:MOST]), key=lambda one: _GROUPS.index(one.group))


def _order(lever: Lever) -> tuple[bool, float, float]:
    """Put first what changes all rows, then what is needed most, then what is largest."""
    return not lever.change.endswith("*"), -(lever.used or 0.0), -lever.value


def _needed(corridor: Corridor) -> dict[str, float]:
    """Return the share of each capacity that demand as given needs in the mean; nothing where that is not known."""
    from jibek.study import bound

    if len(corridor.itineraries) > MOST_BOUNDED:
        return {}
    try:
        return {limit.name: limit.utilisation for limit in bound(corridor).limits}
    except ChangeError:  # there is no demand
        return {}


def _accepted(corridor: Corridor, found: list[Lever]) -> list[Lever]:
    """Return the levers whose ends the corridor bears: all, if it bears all at once."""
    ends = [[f"{one.change}={number_text(end)}" for end in (one.low, one.high)] for one in found]
    if all(_bears(corridor, together) for together in zip(*ends, strict=True)):
        return found
    return [one for one, pair in zip(found, ends, strict=True) if all(_bears(corridor, [end]) for end in pair)]


def _bears(corridor: Corridor, changes: Iterable[str]) -> bool:
    try:
        corridor.with_changes(*changes)
    except ChangeError:
        return False
    return True


def _all(corridor: Corridor) -> Iterator[Lever]:
    yield from _equipment(corridor)
    yield from _zones(corridor)
    yield from _checks(corridor)
    yield from _fleets(corridor)
    yield from _services(corridor)
    yield from _links(corridor)
    yield from _closures(corridor)
    yield from _flows(corridor)


def _equipment(corridor: Corridor) -> Iterator[Lever]:
    for id, name in names(corridor, "equipment").items():
        yield _count(corridor, "equipment", id, "count", "cranes", name, "units")


def _zones(corridor: Corridor) -> Iterator[Lever]:
    for id, name in names(corridor, "zones").items():
        zone = corridor.zones[id]
        group = _OF_ZONES[zone.kind]
        if zone.positions is not None:
            yield _count(corridor, "zones", id, "positions", group, name, "positions")
        if zone.sidings is not None:
            yield _count(corridor, "zones", id, "sidings", group, f"{name}: sidings", "sidings")
        if zone.capacity_teu is not None:
            change, teu = f"zones.{id}.capacity_teu", zone.capacity_teu
            yield _lever(change, group, name, "TEU", teu, max(teu / 4, min(teu, _LONGEST_TEU)), 3 * teu)


def _checks(corridor: Corridor) -> Iterator[Lever]:
    for id, name in names(corridor, "checks").items():
        if corridor.checks[id].servers is not None:
            yield _count(corridor, "checks", id, "servers", "checks", name, "posts")


def _fleets(corridor: Corridor) -> Iterator[Lever]:
    for id, name in names(corridor, "fleets").items():
        fleet = corridor.fleets[id]
        if fleet.count is not None:
            group: Group = "ships" if fleet.mode == "sea" else "trains"
            yield _count(corridor, "fleets", id, "count", group, name, "vehicles")


def _services(corridor: Corridor) -> Iterator[Lever]:
    for id, name in names(corridor, "services").items():
        service = corridor.services[id]
        if service.rule == "interval" and service.every_h is not None:
            group: Group = "ships" if corridor.links[service.path[0]].mode == "sea" else "trains"
            hours = service.every_h
            label = f"{name}: time between departures"
            yield _lever(f"services.{id}.every_h", group, label, "h", hours, hours / 4, 3 * hours)


def _links(corridor: Corridor) -> Iterator[Lever]:
    for id, link in corridor.links.items():
        for field, way in (("paths_per_day", "forward"), ("back_paths_per_day", "back")):
            paths = getattr(link, field)
            if paths is not None:
                label = user(corridor, f"links.{id}.utilisation_{way}")[1]
                yield _lever(f"links.{id}.{field}", "paths", label, "vehicles/day", paths, paths / 4, 3 * paths)


def _closures(corridor: Corridor) -> Iterator[Lever]:
    random = {one.id: one.days_per_month for one in corridor.closures.values() if one.days_per_month is not None}
    most = max(random.values(), default=0.0)
    if most > 0:
        yield _lever(
            "closures.*.days_per_month*", "storms", "All closures at random", "times", 1.0, 0.0, min(3.0, _MOST_DAYS / most),
            step=0.1,
        )  # fmt: skip
    called = names(corridor, "closures")
    for id, days in random.items():
        yield _lever(
            f"closures.{id}.days_per_month", "storms", called[id], "days/month", days, 0.0,
            max(days, min(_MOST_DAYS, max(3 * days, 5.0))), step=None if days else 0.5,
        )  # fmt: skip


def _flows(corridor: Corridor) -> Iterator[Lever]:
    volumes = {
        one.id: one.teu_per_year for one in corridor.flows.values() if one.arrival != "listed" and one.teu_per_year > 0
    }
    if volumes:
        yield _lever("flows.*.teu_per_year*", "volumes", "All flows", "times", 1.0, 0.5, 2.0, step=0.05)
    called = names(corridor, "flows")
    for id in volumes:
        yield _lever(f"flows.{id}.teu_per_year", "volumes", called[id], "TEU/year", volumes[id], 0.0, 3 * volumes[id])


def _count(corridor: Corridor, table: str, id: str, field: str, group: Group, label: str, unit: str) -> Lever:
    """Return a number of things, of which at least one stays."""
    count = float(getattr(getattr(corridor, table)[id], field))
    most = columns(TABLES[table])[field].maximum or math.inf
    return _lever(
        f"{table}.{id}.{field}",
        group,
        label,
        unit,
        count,
        min(count, 1.0),
        min(max(2 * count, count + 4), most),
        whole=True,
    )


def _lever(
    change: str, group: Group, label: str, unit: str, value: float, lowest: float, highest: float, *,
    whole: bool = False, step: float | None = None,
) -> Lever:  # fmt: skip
    """Return the lever of a value, from the least to the greatest that makes sense; its steps meet the value as it is."""
    step = step or (1.0 if whole else _round(value / 10))
    below, above = (math.floor(room / step + 1e-9) for room in (value - lowest, highest - value))
    return Lever(
        change=change, group=group, label=label, unit=unit, value=value, low=round(value - below * step, 9),
        high=round(value + above * step, 9), step=step, whole=whole, used=None,
    )  # fmt: skip


def _round(value: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step == 1 or step * power <= value * (1 + 1e-9))
