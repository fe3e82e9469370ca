"""Vehicles that can never go on: what each waits for is followed to who could give it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    vehicles = world.vehicle
    in_use = vehicles["state"] != UNUSED
    waiting = [int(row) for row in np.flatnonzero(in_use) if _waits(world, vehicles[row])]
    alive = in_use.copy()
    alive[waiting] = False
    while waiting:
        hopeful = _Hope(world, alive)
        freed = [row for row in waiting if hopeful.can_go_on(vehicles[row])]
        if not freed:
            break
        alive[freed] = True
        waiting = [row for row in waiting if not alive[row]]
    return waiting


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


class _Hope:
    """Which positions, admissions and yards can still become free, given the vehicles that can go on."""

    def __init__(self, world: World, alive: NDArray[np.bool_]) -> None:
        vehicles, zones = world.vehicle[alive], world.zone
        numbers = np.arange(len(zones))
        self.service = world.service
        self.position = (zones["taken"] < zones["positions"]) | np.isin(numbers, vehicles["zone"])
        self.admission = zones["admitted"] < zones["limit"]
        for field in ("admitted", "admitted_next"):
            self.admission |= np.isin(numbers, vehicles[field])
        moving = world.count["lifting"][0] + world.count["holding"][0] > 0
        self.yard = np.full(len(world.terminal), bool(moving))
        fleets = (world.fleet["count"] == NONE) | np.isin(np.arange(len(world.fleet)), vehicles["fleet"])
        for rotation in world.rotation[fleets[world.rotation["fleet"]]]:
            for number in world.stop[rotation["stop"] : rotation["stop_end"]]:
                service = world.service[number]
                if service["yard"] > 0 and (service["from_zone"] == NONE or self.position[service["from_zone"]]):
                    self.yard[service["origin"]] = True

    def can_go_on(self, vehicle: Any) -> bool:
        """Whether what a waiting vehicle waits for can still come."""
        service = self.service[vehicle["service"]]
        if vehicle["state"] == UNLOADING:
            return bool(self.yard[vehicle["terminal"]])
        if vehicle["state"] == ADMITTING:
            return bool(self.admission[service["to_zone"]])
        return bool(self.position[service["from_zone" if vehicle["state"] == CALLED else "to_zone"]])


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
