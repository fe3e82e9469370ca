"""Vehicles that can never go on: what each waits for is followed to who could give it."""

from __future__ import annotations

from typing import Any

import numpy as np

from jibek.corridor import JibekError
from jibek.simulate._network import NONE
from jibek.simulate._replication import Names
from jibek.simulate._world import ADMITTING, CALLED, QUEUEING, UNLOADING, UNUSED, World


class Deadlock(JibekError):  # noqa: N818 - the word of the field
    """The vehicles of a corridor wait for each other without end."""


def stuck(world: World) -> list[int]:
    """Return the vehicles that can never go on.

    A vehicle can go on if what it waits for is free, or is held by a vehicle that can go on; all others wait for each
    other. The set is the complement of the least fixed point. A vehicle that loads, runs or is checked can go on.
    """
    vehicles = world.vehicle[: len(world.vehicle)]
    active = [int(row) for row in np.flatnonzero(vehicles["state"] != UNUSED) if vehicles[row]["fleet"] != NONE]
    waiting = [row for row in active if _waits(world, vehicles[row])]
    alive = set(active) - set(waiting)
    while True:
        freed = {row for row in waiting if row not in alive and _can_go_on(world, row, alive)}
        if not freed:
            return sorted(set(waiting) - alive)
        alive |= freed


def _waits(world: World, vehicle: Any) -> bool:
    if vehicle["state"] == UNLOADING:
        blocked = vehicle["head"] != NONE and vehicle["lifts_off"] == 0 and vehicle["lifts_on"] == 0
        return bool(blocked and _yard_is_full(world, vehicle))
    return vehicle["state"] in (CALLED, QUEUEING, ADMITTING)


def _yard_is_full(world: World, vehicle: Any) -> bool:
    terminal = world.terminal[vehicle["terminal"]]
    container = world.container[vehicle["head"]]
    onward = container["hop"] < container["last_hop"]
    return bool(onward and terminal["used"] + container["quarters"] > terminal["room"])


def _holders(world: World, field: str, zone: int) -> set[int]:
    table = world.vehicle
    return {int(row) for row in np.flatnonzero((table["state"] != UNUSED) & (table[field] == zone))}


def _can_go_on(world: World, row: int, alive: set[int]) -> bool:
    vehicle = world.vehicle[row]
    service = world.service[vehicle["service"]]
    if vehicle["state"] == UNLOADING:
        return _yard_can_empty(world, int(vehicle["terminal"]), alive)
    if vehicle["state"] == ADMITTING:
        zone = int(service["to_zone"])
        held = _holders(world, "admitted", zone) | _holders(world, "admitted_next", zone)
        return world.zone[zone]["admitted"] < world.zone[zone]["limit"] or bool(held & alive)
    zone = int(service["from_zone"] if vehicle["state"] == CALLED else service["to_zone"])
    return _position_can_come(world, zone, alive)


def _position_can_come(world: World, zone: int, alive: set[int]) -> bool:
    return bool(world.zone[zone]["taken"] < world.zone[zone]["positions"] or _holders(world, "zone", zone) & alive)


def _yard_can_empty(world: World, terminal: int, alive: set[int]) -> bool:
    """Whether some container in the yard has a service with a vehicle, and a position, to come."""
    if world.count["lifting"][0] + world.count["holding"][0] > 0:
        return True
    for number in np.flatnonzero((world.service["origin"] == terminal) & (world.service["yard"] > 0)):
        zone = int(world.service[number]["from_zone"])
        if (zone == NONE or _position_can_come(world, zone, alive)) and _vehicle_can_come(world, int(number), alive):
            return True
    return False


def _vehicle_can_come(world: World, service: int, alive: set[int]) -> bool:
    for rotation in world.rotation:
        if service in world.stop[rotation["stop"] : rotation["stop_end"]]:
            fleet = int(rotation["fleet"])
            rows = np.flatnonzero((world.vehicle["fleet"] == fleet) & (world.vehicle["state"] != UNUSED))
            if world.fleet[fleet]["count"] == NONE or not alive.isdisjoint(rows.tolist()):
                return True
    return False


def explain(world: World, names: Names, rows: list[int]) -> str:
    """Return one line a vehicle: what it is and what it waits for."""
    return "\n".join(f"  {_who(world, names, row)} waits for {_what(world, names, row)}" for row in rows[:20]) + (
        f"\n  and {len(rows) - 20} more" if len(rows) > 20 else ""
    )


def _who(world: World, names: Names, row: int) -> str:
    vehicle = world.vehicle[row]
    fleet, service = names.fleets[vehicle["fleet"]], names.services[vehicle["service"]]
    return f"vehicle {vehicle['number']} of fleet '{fleet}', service '{service}',"


def _what(world: World, names: Names, row: int) -> str:
    vehicle = world.vehicle[row]
    service = world.service[vehicle["service"]]
    if vehicle["state"] == UNLOADING:
        return f"room in the yard of terminal '{names.terminals[vehicle['terminal']]}'"
    if vehicle["state"] == ADMITTING:
        return f"a siding of zone '{names.zones[service['to_zone']]}'"
    zone = service["from_zone"] if vehicle["state"] == CALLED else service["to_zone"]
    return f"a position in zone '{names.zones[zone]}'"
