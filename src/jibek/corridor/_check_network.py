"""Rules of terminals, services and rotations: what is joined must fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from jibek.corridor import tables as t
from jibek.corridor._view import Rules, View, kind_text, quarters
from jibek.tables import Problem, at

_KIND_OF_ZONE = {"rail": "track", "sea": "berth", "road": "gate"}


def terminals_have_one_yard(view: View) -> Iterator[Problem]:
    for terminal, zones in view.zones_at.items():
        yards = [zone for zone in zones if zone.kind == "yard"]
        for zone in yards[1:]:
            message = f"terminal {terminal!r} has a yard already, {yards[0].id!r}; a terminal has one"
            yield at(zone, "kind", message)


def transfers_stay_in_their_terminal(view: View) -> Iterator[Problem]:
    for transfer in view.corridor.transfers.values():
        if transfer.from_zone == transfer.to_zone:
            yield at(transfer, "to_zone", f"the transfer begins and ends at zone {transfer.to_zone!r}")
        zones = view.corridor.zones
        begin, end = zones.get(transfer.from_zone), zones.get(transfer.to_zone)
        if begin is None:
            continue
        if end is not None and end.terminal != begin.terminal:
            message = f"zone {end.id!r} is of terminal {end.terminal!r}, not of {begin.terminal!r}"
            yield at(transfer, "to_zone", message)
        for name in transfer.steps:
            pool = view.corridor.equipment.get(name)
            if pool is not None and pool.terminal != begin.terminal:
                message = f"{name!r} is of terminal {pool.terminal!r}, not of {begin.terminal!r}"
                yield at(transfer, "steps", message)


def services_lead_somewhere(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        if service.from_terminal == service.to_terminal:
            yield at(service, "to_terminal", f"the service begins and ends at {service.to_terminal!r}")


def paths_join_up(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        begin = view.corridor.terminals.get(service.from_terminal)
        end = view.corridor.terminals.get(service.to_terminal)
        links = view.links(service)
        if begin is None or end is None or not links or not _places_are_known(view, begin, end, links):
            continue
        here = begin.place
        for link in links:
            if here not in (link.from_place, link.to_place):
                message = f"the path has come to {here!r}, where link {link.id!r} does not begin"
                yield at(
                    service,
                    "path",
                    f"{message}: it joins {link.from_place!r} and {link.to_place!r}",
                )
                break
            here = link.to_place if here == link.from_place else link.from_place
        else:
            if here != end.place:
                message = f"the path ends at {here!r}, but terminal {end.id!r} is at {end.place!r}"
                yield at(service, "path", message)


def _places_are_known(view: View, begin: t.Terminal, end: t.Terminal, links: list[t.Link]) -> bool:
    named = {begin.place, end.place, *(link.from_place for link in links), *(link.to_place for link in links)}
    return named <= view.corridor.places.keys()


def paths_are_of_one_kind(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        kinds = dict.fromkeys((link.mode, link.gauge_mm) for link in view.links(service))
        if len(kinds) > 1:
            found = ", ".join(kind_text(kind) for kind in kinds)
            yield at(service, "path", f"all links must be of one mode and gauge, not {found}")


def services_name_their_zones(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        for end in ("from", "to"):
            column, terminal = f"{end}_zone", getattr(service, f"{end}_terminal")
            zone, zones = getattr(service, column), view.zones_at.get(terminal, [])
            if terminal not in view.corridor.terminals:
                continue
            if zones and zone is None:
                names = ", ".join(one.id for one in zones if one.kind != "yard")
                yield at(service, column, f"terminal {terminal!r} has zones; name one of {names}")
            if not zones and zone is not None:
                yield at(service, column, f"terminal {terminal!r} has no zones; leave it blank")


def zones_suit_their_services(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        for end in ("from", "to"):
            zone = view.corridor.zones.get(getattr(service, f"{end}_zone") or "")
            if zone is not None:
                yield from _zone_suits(view, service, f"{end}_zone", zone, getattr(service, f"{end}_terminal"))


def _zone_suits(view: View, service: t.Service, column: str, zone: t.Zone, terminal: str) -> Iterator[Problem]:
    if zone.terminal != terminal:
        message = f"zone {zone.id!r} is of terminal {zone.terminal!r}, not of {terminal!r}"
        yield at(service, column, message)
    rail = view.rail(service)
    if rail is None:
        return
    mode, gauge = rail
    if zone.kind != _KIND_OF_ZONE[mode]:
        wanted = _KIND_OF_ZONE[mode]
        yield at(service, column, f"a {mode} service needs a {wanted}, and zone {zone.id!r} is a {zone.kind}")
    elif None not in (zone.gauge_mm, gauge) and zone.gauge_mm != gauge:
        message = f"zone {zone.id!r} has tracks of {zone.gauge_mm} mm, the path is of {gauge} mm"
        yield at(service, column, message)


def rotations_join_up(view: View) -> Iterator[Problem]:
    for rotation in view.corridor.rotations.values():
        for one, other in pairwise(view.services(rotation.services)):
            if one.to_terminal != other.from_terminal:
                message = f"{one.id!r} ends at {one.to_terminal!r}, {other.id!r} begins at "
                yield at(rotation, "services", f"{message}{other.from_terminal!r}")


def fleets_suit_their_services(view: View) -> Iterator[Problem]:
    for rotation in view.corridor.rotations.values():
        fleet = view.corridor.fleets.get(rotation.fleet)
        if fleet is None:
            continue
        own = (fleet.mode, fleet.gauge_mm)
        for service in map(view.corridor.services.get, dict.fromkeys(rotation.services)):
            rail = None if service is None else view.rail(service)
            if service is not None and rail is not None and rail != own:
                message = f"fleet {fleet.id!r} is {kind_text(own)}, service {service.id!r} {kind_text(rail)}"
                yield at(rotation, "fleet", message)


def finite_fleets_come_home(view: View) -> Iterator[Problem]:
    homes: dict[str, dict[str, str]] = defaultdict(dict)
    for rotation in view.corridor.rotations.values():
        fleet, services = view.corridor.fleets.get(rotation.fleet), view.services(rotation.services)
        if fleet is None or fleet.count is None or not services:
            continue
        begin, end = services[0].from_terminal, services[-1].to_terminal
        if begin != end:
            message = f"begins at {begin!r} and ends at {end!r}; a fleet with a count must come back"
            yield at(rotation, "services", message)
        first = homes[fleet.id].setdefault("home", begin)
        if first != begin:
            message = f"begins at {begin!r}; the home of fleet {fleet.id!r} is {first!r}, where its "
            yield at(rotation, "services", message + "other rotations begin")


def vehicles_can_take_the_least_load(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        for fleet in view.fleets(service.id):
            room = quarters(fleet.capacity_teu * service.load_share) / 4
            if service.min_teu > room:
                message = f"{service.min_teu:g} TEU is more than a vehicle of {fleet.id!r} takes, {room:g} TEU"
                yield at(service, "min_teu", message)


def listed_departures_are_of_listed_services(view: View) -> Iterator[Problem]:
    for n, departure in enumerate(view.corridor.departures, 1):
        service = view.corridor.services.get(departure.service)
        if service is not None and service.rule != "listed":
            message = f"service {service.id!r} has the rule {service.rule}, not listed"
            yield Problem("departures.csv", None, "service", message, row=str(n))


def listed_services_have_departures(view: View) -> Iterator[Problem]:
    for service in view.corridor.services.values():
        if service.rule == "listed" and service.id not in view.listed_services:
            yield at(service, "rule", "rule listed needs at least one row in departures.csv")


def departures_are_in_the_clock(view: View) -> Iterator[Problem]:
    begin, end = view.clock
    inside = {row.service for row in view.corridor.departures if begin <= row.time < end}
    for service in view.corridor.services.values():
        if service.rule == "listed" and service.id in view.listed_services - inside:
            yield at(service, "rule", f"none of its listed departures is from {begin} to {end}, the corridor's clock")
        if service.rule == "interval" and timedelta(hours=min(service.offset_h, 1e6)) >= end - begin:
            yield at(
                service, "offset_h", f"with {service.offset_h:g} h it never leaves before {end}, the end of the clock"
            )


RULES: Rules = {
    terminals_have_one_yard: (),
    transfers_stay_in_their_terminal: (),
    services_lead_somewhere: (),
    paths_join_up: (),
    paths_are_of_one_kind: (),
    services_name_their_zones: ("zones",),
    zones_suit_their_services: (),
    rotations_join_up: (),
    fleets_suit_their_services: (),
    finite_fleets_come_home: (),
    vehicles_can_take_the_least_load: (),
    listed_departures_are_of_listed_services: (),
    listed_services_have_departures: ("departures",),
    departures_are_in_the_clock: ("header", "departures"),
}
