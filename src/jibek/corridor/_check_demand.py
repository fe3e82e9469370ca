"""Rules of flows and itineraries: every container must be able to leave and to arrive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from jibek.corridor import tables as t
from jibek.corridor._view import Rules, View, longest_teu, quarters
from jibek.tables import Problem, at


def itineraries_join_up(view: View) -> Iterator[Problem]:
    for itinerary in view.corridor.itineraries.values():
        services = view.services(itinerary.services)
        flow = view.corridor.flows.get(itinerary.flow)
        for one, other in pairwise(services):
            if one.to_terminal != other.from_terminal:
                message = f"{one.id!r} ends at {one.to_terminal!r}, {other.id!r} begins at "
                yield at(itinerary, "services", f"{message}{other.from_terminal!r}")
        if flow is None or not services:
            continue
        begin, end = services[0].from_terminal, services[-1].to_terminal
        if begin != flow.from_terminal:
            message = f"begins at {begin!r}, but flow {flow.id!r} at {flow.from_terminal!r}"
            yield at(itinerary, "services", message)
        if end != flow.to_terminal:
            message = f"ends at {end!r}, but flow {flow.id!r} at {flow.to_terminal!r}"
            yield at(itinerary, "services", message)


def services_carry_the_class(view: View) -> Iterator[Problem]:
    for itinerary in view.corridor.itineraries.values():
        flow = view.corridor.flows.get(itinerary.flow)
        for service in view.services(dict.fromkeys(itinerary.services)):
            if flow is not None and service.classes and flow.cargo_class not in service.classes:
                message = f"service {service.id!r} does not carry {flow.cargo_class} containers"
                yield at(itinerary, "services", message)


def terminals_can_transfer(view: View) -> Iterator[Problem]:
    told: set[tuple[str, str, str]] = set()
    for itinerary in view.corridor.itineraries.values():
        flow = view.corridor.flows.get(itinerary.flow)
        if flow is None:
            continue
        for terminal, begin, end in _handlings(view, itinerary):
            key = (begin or terminal, end or terminal, flow.cargo_class)
            if key not in told:
                told.add(key)
                message = _obstacle(view, terminal, begin, end, flow.cargo_class)
                if message:
                    yield at(itinerary, "services", message)


def _handlings(view: View, itinerary: t.Itinerary) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield terminal, zone from and zone to of each transfer a container may need; None is the yard."""
    for service in view.services(itinerary.services):
        if service.from_zone is not None:
            yield service.from_terminal, None, service.from_zone
        if service.to_zone is not None:
            yield service.to_terminal, service.to_zone, None


def _obstacle(view: View, terminal: str, begin: str | None, end: str | None, cargo: str) -> str:
    """Say why containers cannot be carried between a zone and the yard; empty if they can."""
    yard = view.yards.get(terminal)
    if yard is None:
        return f"containers stop at terminal {terminal!r}, which has no zone of kind yard"
    pair = (begin or yard.id, end or yard.id)
    fitting = [one for one in view.transfers.get(pair, ()) if not one.classes or cargo in one.classes]
    if not fitting:
        return f"no transfer carries {cargo} containers from zone {pair[0]!r} to zone {pair[1]!r}"
    empty = [[name for name in one.steps if _has_no_units(view, name)] for one in fitting]
    if all(empty):
        names = ", ".join(repr(name) for name in dict.fromkeys(name for names in empty for name in names))
        return f"{cargo} containers can never go from {pair[0]!r} to {pair[1]!r}: count of {names} is 0"
    return ""


def _has_no_units(view: View, name: str) -> bool:
    pool = view.corridor.equipment.get(name)
    return pool is not None and pool.count == 0


def flows_have_an_itinerary(view: View) -> Iterator[Problem]:
    for flow in view.corridor.flows.values():
        if view.has_containers(flow) and flow.id not in view.itineraries:
            yield at(flow, None, "its containers can never leave: no itinerary of the flow has a share above 0")


def used_services_are_in_a_rotation(view: View) -> Iterator[Problem]:
    for name, flows in view.carrying.items():
        service = view.corridor.services.get(name)
        if service is not None and name not in view.rotations:
            message = f"no rotation runs the service, so containers of flow {flows[0].id!r} can never leave"
            yield at(service, None, message)


def used_fleets_have_vehicles(view: View) -> Iterator[Problem]:
    told: set[str] = set()
    for name, flows in view.carrying.items():
        fleets = view.fleets(name)
        if all(fleet.count == 0 for fleet in fleets):
            for fleet in fleets:
                if fleet.id not in told:
                    message = f"with 0 vehicles, containers of {flows[0].id!r} can never leave by {name!r}"
                    yield at(fleet, "count", message)
                told.add(fleet.id)


def containers_fit_their_vehicles(view: View) -> Iterator[Problem]:
    for name, flows in view.carrying.items():
        service = view.corridor.services.get(name)
        length, flow = max((longest_teu(flow), flow.id) for flow in flows)
        for fleet in view.fleets(name) if service else ():
            room = quarters(fleet.capacity_teu * (service.load_share if service else 1)) / 4
            if length > room:
                message = f"{room:g} TEU usable on service {name!r} is less than a container of {flow!r}"
                yield at(fleet, "capacity_teu", f"{message}, {length:g} TEU")


def containers_fit_their_blocks_and_yards(view: View) -> Iterator[Problem]:
    told: set[str] = set()
    for flow in view.corridor.flows.values():
        length = longest_teu(flow)
        if flow.block_teu is not None and quarters(flow.block_teu) / 4 < length and flow.arrival != "listed":
            yield at(flow, "block_teu", f"{flow.block_teu:g} TEU is less than one container, {length:g} TEU")
        for itinerary in view.itineraries.get(flow.id, ()):
            for terminal, _, _ in _handlings(view, itinerary):
                yard = view.yards.get(terminal)
                if yard is None or yard.capacity_teu is None or yard.id in told:
                    continue
                if quarters(yard.capacity_teu) / 4 < length:
                    told.add(yard.id)
                    message = f"{yard.capacity_teu:g} TEU is less than one container of flow {flow.id!r}"
                    yield at(yard, "capacity_teu", f"{message}, {length:g} TEU")


def listed_arrivals_are_of_listed_flows(view: View) -> Iterator[Problem]:
    for n, arrival in enumerate(view.corridor.arrivals, 1):
        flow = view.corridor.flows.get(arrival.flow)
        if flow is not None and flow.arrival != "listed":
            message = f"flow {flow.id!r} has the arrival {flow.arrival}, not listed"
            yield Problem("arrivals.csv", None, "flow", message, row=str(n))


def listed_flows_have_arrivals(view: View) -> Iterator[Problem]:
    for flow in view.corridor.flows.values():
        if flow.arrival == "listed" and flow.id not in view.listed_flows:
            yield at(flow, "arrival", "arrival listed needs at least one row in arrivals.csv")


def listed_arrivals_are_in_the_clock(view: View) -> Iterator[Problem]:
    begin, end = view.clock
    inside = {row.flow for row in view.corridor.arrivals if begin <= row.time < end}
    for flow in view.corridor.flows.values():
        if flow.arrival == "listed" and flow.id in view.listed_flows - inside:
            yield at(flow, "arrival", f"none of its listed arrivals is from {begin} to {end}, the corridor's clock")


RULES: Rules = {
    itineraries_join_up: (),
    services_carry_the_class: (),
    terminals_can_transfer: ("zones", "equipment", "transfers"),
    flows_have_an_itinerary: ("itineraries",),
    used_services_are_in_a_rotation: ("rotations",),
    used_fleets_have_vehicles: ("rotations", "fleets"),
    containers_fit_their_vehicles: (),
    containers_fit_their_blocks_and_yards: (),
    listed_arrivals_are_of_listed_flows: (),
    listed_flows_have_arrivals: ("arrivals",),
    listed_arrivals_are_in_the_clock: ("header", "arrivals"),
}
