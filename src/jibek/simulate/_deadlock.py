"""Vehicles that can never go on: what may still happen is followed from what is under way; docs/verification.md argues why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import JibekError
from jibek.simulate._network import FILLED, NEVER, NONE, Compiled
from jibek.simulate._replication import Names
from jibek.simulate._world import (
    ADMITTING,
    ARRIVING,
    CALLED,
    IDLE,
    LEAVING,
    LOADING,
    QUEUEING,
    RUNNING,
    UNLOADING,
    World,
)

Flags = NDArray[np.bool_]
SMALLEST = 4
"""Length of the smallest container, quarter TEU."""


class Deadlock(JibekError):  # noqa: N818 - the word of the field
    """The vehicles of a corridor wait for each other without end."""


class Hope:
    """What may still happen in a world, seen as hopefully as the rules allow.

    A least fixed point: it begins with what is under way and adds what that makes possible, until nothing is added. Demand and
    departures are taken to go on, closures to end. What is not in it can never happen.

    Attributes
    ----------
    alive
        By vehicle: it may go on.
    position, admission
        By zone: one may be free.
    room
        By terminal: a container may leave the yard.
    served, carried, coming
        By service: a vehicle may come to load; containers may arrive with it; containers may come to wait for it.
    """

    def __init__(self, world: World, compiled: Compiled) -> None:
        self._world, self._compiled = world, compiled
        vehicles, services, terminals = world.vehicle, world.service, world.terminal
        self._state, self._fleet = vehicles["state"], vehicles["fleet"]
        self._line = services["yard"]
        self._unclaimed = services["coming"] + services["yard"] - services["claimed"]
        self._runs = np.zeros((len(world.fleet), len(services)), np.bool_)
        self._begins = np.zeros_like(self._runs)
        for rotation in world.rotation[: len(compiled.names.rotations)]:
            stops = world.stop[rotation["stop"] : rotation["stop_end"]]
            self._runs[rotation["fleet"], stops] = True
            self._begins[rotation["fleet"], stops[0]] = True
        self._idle = _idle(world)
        self._first, self._follows = _demand(compiled)
        self._moving = self._in_motion()
        self._smallest = _smallest(compiled, len(terminals))
        self.alive: Flags = np.isin(self._state, (LEAVING, RUNNING, ARRIVING))
        self.position: Flags = world.zone["taken"] < world.zone["positions"]
        self.admission: Flags = world.zone["admitted"] < world.zone["limit"]
        self.room = self._moving.copy()
        self.served, self.carried, self.coming = (np.zeros(len(services), np.bool_) for _ in range(3))
        known = -1
        while known < (known := self._known()):
            self._grow()

    def _known(self) -> int:
        parts = (self.alive, self.position, self.admission, self.room, self.served, self.carried, self.coming)
        return sum(int(part.sum()) for part in parts)

    def _in_motion(self) -> Flags:
        """Return the terminals where a lift or a hold is under way."""
        world = self._world
        moving = np.zeros(len(world.terminal), np.bool_)
        moving[world.equipment["terminal"][world.equipment["busy"] > 0]] = True
        moving[world.check["terminal"][(world.check["hold"] == 1) & (world.check["busy"] > 0)]] = True
        lines = np.bincount(world.service["origin"], self._line, len(moving))
        moving |= world.terminal["used"] != lines
        return moving

    def _grow(self) -> None:
        world, services, origin = self._world, self._world.service, self._world.service["origin"]
        filled = services["rule"] == FILLED
        wanted = self._unclaimed > 0
        overdue = (self._line > 0) & (services["max_wait_h"] < NEVER)
        due = wanted & ((self._unclaimed >= services["minimum"]) | overdue)
        calls = np.where(filled, due | self.coming, True)
        place = (services["from_zone"] == NONE) | self.position[services["from_zone"]]
        endless = (world.fleet["count"] == NONE)[:, None] & self._begins & (wanted | self.coming)
        alive = np.isin(np.arange(len(world.fleet)), self._fleet[self.alive])
        found = self._idle | endless.any(0) | (alive[:, None] & self._runs).any(0)
        self.served |= (calls & place & found) | self._engaged()
        self.room |= np.isin(np.arange(len(world.terminal)), origin[(self._line > 0) & self.served])
        laden = self.alive & (world.vehicle["load"] > 0)
        for aboard in ("service", "after"):
            self.carried |= np.isin(np.arange(len(services)), world.vehicle[aboard][laden])
        goal = services["to_zone"]
        arrives = (goal == NONE) | (self.admission[goal] & self.position[goal])
        self.carried |= self.served & arrives & ((self._line > 0) | self.coming)
        self.coming |= self._moving[origin] | (self._first & self._entered()) | (self.carried @ self._follows)
        for row in np.flatnonzero(~self.alive & (self._state != 0)):
            self.alive[row] = self._may_go_on(world.vehicle[row], calls & place)
        zones = np.arange(len(world.zone))
        self.position |= np.isin(zones, world.vehicle["zone"][self.alive])
        for held in ("admitted", "admitted_next"):
            self.admission |= np.isin(zones, world.vehicle[held][self.alive])

    def _engaged(self) -> Flags:
        """Return the services that a vehicle which may go on loads for, or may stay for when it is empty."""
        vehicles = self._world.vehicle[self.alive & np.isin(self._state, (CALLED, LOADING, UNLOADING))]
        unloading = vehicles["state"] == UNLOADING
        stays = [one for vehicle in vehicles[unloading] for one in self._stays(vehicle)]
        return np.isin(np.arange(len(self.served)), [*vehicles["service"][~unloading], *stays])

    def _entered(self) -> Flags:
        """Whether a container that begins with a service may enter its yard, by service."""
        t = self._world.terminal
        fits = (t["head"] == NONE) & (t["used"] + self._smallest <= t["room"])
        entered: Flags = (fits | self.room)[self._world.service["origin"]]
        return entered

    def _may_go_on(self, vehicle: Any, called: Flags) -> bool:
        service = self._world.service[vehicle["service"]]
        if vehicle["state"] == IDLE:
            return bool((called & self._pools(vehicle)).any())
        if vehicle["state"] == CALLED:
            return bool(self.position[service["from_zone"]])
        if vehicle["state"] == QUEUEING:
            return bool(self.position[service["to_zone"]])
        if vehicle["state"] == ADMITTING:
            return bool(self.admission[service["to_zone"]])
        if self._moving[vehicle["terminal"]]:
            return True
        return self._may_load(vehicle, service) if vehicle["state"] == LOADING else self._may_unload(vehicle)

    def _pools(self, vehicle: Any) -> Flags:
        """Return the services that may call an idle vehicle."""
        rotation = self._world.rotation[vehicle["rotation"]]
        stop = rotation["stop"] + vehicle["stage"] + 1
        pools: Flags = self._begins[vehicle["fleet"]]
        if vehicle["trip"] != NONE and stop < rotation["stop_end"]:
            pools = np.arange(len(self.served)) == self._world.stop[stop]
        return pools

    def _may_load(self, vehicle: Any, service: Any) -> bool:
        """Whether a vehicle may load another container, or close."""
        world = self._world
        left = vehicle["capacity"] - vehicle["load"]
        following = [world.container[c]["quarters"] for c in _first_in_lines(world, vehicle["service"])][:1]
        full = left < SMALLEST or any(quarters > left for quarters in following)
        if self.coming[vehicle["service"]] or (following and not full):
            return True
        waits = vehicle["count_out"] > 0 and service["max_wait_h"] < NEVER
        enough = vehicle["load_out"] >= service["minimum"] or waits
        if service["rule"] == FILLED:
            return bool(full or (enough and vehicle["count_out"] > 0 and service["coming"] == 0))
        return bool(enough)

    def _may_unload(self, vehicle: Any) -> bool:
        """Whether the next container of a vehicle may come off: to the yard, to another vehicle, in exchange for another."""
        world, c = self._world, vehicle["head"]
        if c == NONE or world.container[c]["hop"] == world.container[c]["last_hop"]:
            return True
        box, terminal = world.container[c], world.terminal[vehicle["terminal"]]
        if self.room[vehicle["terminal"]] or terminal["used"] + box["quarters"] <= terminal["room"]:
            return True
        following = world.hop[box["hop"] + 1]["service"]
        cargo = world.flow[box["flow"]]["cargo_class"]
        across = world.across[vehicle["zone"], world.service[following]["from_zone"], cargo] != NONE
        if across and box["held"] == 0 and self.served[following]:
            return True
        return any(self._may_exchange(vehicle, service) for service in self._stays(vehicle))

    def _stays(self, vehicle: Any) -> Iterator[int]:
        """Yield the services for which a vehicle may stay in its position."""
        rotation = self._world.rotation[vehicle["rotation"]]
        stop = rotation["stop"] + vehicle["stage"] + 1
        if vehicle["after"] != NONE:
            services = [vehicle["after"]]
        elif stop < rotation["stop_end"]:
            services = [self._world.stop[stop]]
        else:
            finite = self._world.fleet[vehicle["fleet"]]["count"] != NONE
            services = list(np.flatnonzero(self._begins[vehicle["fleet"]])) if finite else []
        return (one for one in services if self._world.service[one]["from_zone"] == vehicle["zone"])

    def _may_exchange(self, vehicle: Any, number: int) -> bool:
        """Whether an exchange may yet become possible; one that is possible now would have been made, unless something is closed."""
        world, service = self._world, self._world.service[number]
        terminal = world.terminal[vehicle["terminal"]]
        zones = world.zone["closed"][[vehicle["zone"], terminal["yard"]]]
        untried = terminal["closed"] > 0 or zones.any() or (vehicle["after"] == NONE and service["rule"] != FILLED)
        return bool(self.coming[number] or (self._line[number] > 0 and untried))


def _idle(world: World) -> Flags:
    """Return the services that would find a vehicle standing aside."""
    found = world.service["head"] != NONE
    for number, service in enumerate(world.service):
        fleets = world.rotation["fleet"][world.start[service["start"] : service["start_end"]]]
        found[number] |= bool((world.fleet["head"][fleets] != NONE).any())
    return found  # type: ignore[no-any-return]


def _demand(compiled: Compiled) -> tuple[Flags, Flags]:
    """Return the services that itineraries in use begin with, and which follows which."""
    size = len(compiled.names.services)
    first, follows = np.zeros(size, np.bool_), np.zeros((size, size), np.bool_)
    for block in compiled.blocks:
        if block.numbers.sum() or block.rates.sum():
            for row in block.itineraries[block.itineraries != NONE]:
                chain = compiled.itinerary_services[compiled.itinerary_first[row] : compiled.itinerary_first[row + 1]]
                first[chain[0]] = True
                follows[chain[:-1], chain[1:]] = True
    return first, follows


def _smallest(compiled: Compiled, terminals: int) -> NDArray[np.int64]:
    """Return the length of the smallest container that begins at each terminal, quarter TEU."""
    smallest = np.full(terminals, 2**30, np.int64)
    for flow, block in zip(compiled.network.flow, compiled.blocks, strict=False):
        size = (4, 8, 9)[int(np.flatnonzero(block.sizes > 0)[0])]
        smallest[flow["origin"]] = min(smallest[flow["origin"]], size)
    return smallest


def _first_in_lines(world: World, service: int) -> Iterator[int]:
    return (int(c) for c in world.line_head[service] if c != NONE)


def stuck(world: World, compiled: Compiled) -> list[int]:
    """Return the vehicles that wait for a position, an admission or room in a yard and can never go on."""
    waits = np.isin(world.vehicle["state"], (CALLED, QUEUEING, ADMITTING, UNLOADING))
    if not waits.any():
        return []
    return [int(row) for row in np.flatnonzero(waits & ~Hope(world, compiled).alive)]


def explain(world: World, names: Names, rows: list[int]) -> str:
    """Return one line a vehicle that can never go on: what it is, what it waits for, who holds that; a cycle comes first."""
    story = _Story(world, names, rows)
    cycle = story.cycle()
    told = (cycle + [row for row in rows if row not in cycle])[:20]
    lines = [f"  {story.who(row)} waits for {story.what(row)}{story.held(row, cycle)}" for row in told]
    more = len(set(rows) | set(cycle)) - len(told)
    return "\n".join(lines + ([f"  and {more} more"] if more else []))


class _Story:
    """Who waits for whom, among the vehicles that can never go on and those that load at their cost."""

    def __init__(self, world: World, names: Names, rows: list[int]) -> None:
        self._world, self._names = world, names
        self._vehicles = world.vehicle
        loading = np.flatnonzero(world.vehicle["state"] == LOADING)
        self._rows = np.array(sorted({*rows, *loading.tolist()}), np.int64)
        self._holders = {int(row): self._who_holds(int(row)) for row in self._rows}

    def who(self, row: int) -> str:
        """Name a vehicle."""
        vehicle = self._vehicles[row]
        fleet, service = self._names.fleets[vehicle["fleet"]], self._names.services[vehicle["service"]]
        return f"vehicle {vehicle['number']} of fleet '{fleet}', service '{service}',"

    def what(self, row: int) -> str:
        """Name what a vehicle waits for."""
        vehicle, state = self._vehicles[row], self._vehicles[row]["state"]
        service = self._world.service[vehicle["service"]]
        if state == LOADING:
            return f"containers for service '{self._names.services[vehicle['service']]}'"
        if state == UNLOADING:
            blocking = ", ".join(f"'{self._names.services[one]}'" for one in self._in_yard(vehicle["terminal"])[:3])
            return f"room in the yard of terminal '{self._names.terminals[vehicle['terminal']]}', full of containers for {blocking}"
        if state == ADMITTING:
            return f"a siding of zone '{self._names.zones[service['to_zone']]}'"
        zone = service["from_zone"] if state == CALLED else service["to_zone"]
        return f"a position in zone '{self._names.zones[zone]}'"

    def held(self, row: int, cycle: list[int]) -> str:
        """Name who holds what a vehicle waits for: in a cycle its next."""
        holders = self._holders[row]
        if not holders:
            return ""
        other = cycle[(cycle.index(row) + 1) % len(cycle)] if row in cycle else holders[0]
        verb = {LOADING: "aboard", UNLOADING: "that wait for"}.get(self._vehicles[row]["state"], "held by")
        return f", {verb} vehicle {self._vehicles[other]['number']} of fleet '{self._names.fleets[self._vehicles[other]['fleet']]}'"

    def cycle(self) -> list[int]:
        """Return vehicles each of which waits for the next, and the last for the first; empty if there are none."""
        left = {row for row, holders in self._holders.items() if holders}
        while left != (rest := {row for row in left if left.intersection(self._holders[row])}):
            left = rest
        way: list[int] = []
        row = min(left, default=NONE)
        while row != NONE and row not in way:
            way.append(row)
            row = next(holder for holder in self._holders[row] if holder in left)
        return way[way.index(row) :] if way else []

    def _in_yard(self, terminal: int) -> list[int]:
        """Return the services whose containers fill a yard, the most first."""
        services = self._world.service
        here = np.flatnonzero((services["origin"] == terminal) & (services["yard"] > 0))
        return sorted(map(int, here), key=lambda one: (-services["yard"][one], one))

    def _who_holds(self, row: int) -> list[int]:
        vehicle, others = self._vehicles[row], self._vehicles[self._rows]
        service = self._world.service[vehicle["service"]]
        if vehicle["state"] == LOADING:
            holds = np.array([self._carries(other, vehicle["service"]) for other in others])
        elif vehicle["state"] == UNLOADING:
            blocking = self._in_yard(vehicle["terminal"])
            holds = np.isin(others["state"], (CALLED, LOADING)) & np.isin(others["service"], blocking)
            if not holds.any():
                holds = np.array([bool(set(blocking) & self._runs(other)) for other in others])
        elif vehicle["state"] == ADMITTING:
            holds = (others["admitted"] == service["to_zone"]) | (others["admitted_next"] == service["to_zone"])
        else:
            holds = others["zone"] == service["from_zone" if vehicle["state"] == CALLED else "to_zone"]
        return [int(other) for other in self._rows[holds]]

    def _carries(self, vehicle: Any, service: int) -> bool:
        """Whether a vehicle brings containers that go on with a service."""
        c = vehicle["head"] if vehicle["head"] != NONE else vehicle["out_head"]
        while c != NONE:
            box = self._world.container[c]
            if box["hop"] < box["last_hop"] and self._world.hop[box["hop"] + 1]["service"] == service:
                return True
            c = box["next"]
        return False

    def _runs(self, vehicle: Any) -> set[int]:
        """Return the services of a vehicle's fleet."""
        rotations = self._world.rotation[self._world.rotation["fleet"] == vehicle["fleet"]]
        return {int(one) for row in rotations for one in self._world.stop[row["stop"] : row["stop_end"]]}
