"""Services, their lines and pools, fleets: when a vehicle is called (docs/simulation.md, section 3)."""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Generator, Iterator
from math import inf
from typing import TYPE_CHECKING

import simpy

from against.second.clock import Clock
from against.second.draws import entity
from against.second.records import Container, Trip, Vehicle

if TYPE_CHECKING:
    from against.second.checks import Check
    from against.second.links import Direction
    from against.second.terminals import Terminal
    from against.second.zones import Zone
    from jibek.corridor import tables as t


class Fleet:
    """Vehicles that are alike; those of a finite one stand at home at the begin."""

    def __init__(self, row: t.Fleet) -> None:
        self.id, self.capacity_teu, self.finite = row.id, row.capacity_teu, row.count is not None
        self.rotations: list[Rotation] = []
        self.home: deque[Vehicle] = deque(Vehicle(self) for _ in range(row.count or 0))

    def choose(self) -> Rotation | None:
        """Return the rotation that a vehicle at home takes: by priority, longest wait, id."""
        calling = [rotation for rotation in self.rotations if rotation.services[0].calls()]
        return min(calling, key=lambda one: (-one.priority, one.services[0].longest(), one.id), default=None)


class Rotation:
    """The cycle of services of a fleet."""

    def __init__(self, row: t.Rotation, fleet: Fleet, services: list[Service]) -> None:
        self.id, self.priority, self.fleet, self.services = row.id, row.priority, fleet, services


class Service:
    """A service: its line in the yard, its pool, its open departure."""

    def __init__(self, row: t.Service, clock: Clock, terminals: tuple[Terminal, Terminal]) -> None:
        self.row, self.clock, self.id, self.rule = row, clock, row.id, row.rule
        self.entity = entity("services", row.id)
        self.from_terminal, self.to_terminal = terminals
        self.from_zone: Zone
        self.to_zone: Zone
        self.path: list[Direction] = []
        self.departure_checks: list[Check] = []
        self.arrival_checks: list[Check] = []
        self.way_checks: list[list[Check]] = []
        self.min_quarters = 4 * row.min_teu
        self.max_wait_h = inf if row.max_wait_h is None else row.max_wait_h
        self.line: list[tuple[tuple[int, float, int], Container]] = []
        self.in_yard = self.arriving = self.claimed = 0
        self.pool: deque[Vehicle] = deque()
        self.first_of: list[Rotation] = []
        self.open_departure: float | None = None
        self.trips: list[Trip] = []
        self.closed = 0
        self.alarm = inf

    # The line

    def wait(self, container: Container) -> None:
        """Let a container in the yard wait from now."""
        insort(self.line, (container.place, container))
        self.in_yard += container.quarters

    def take(self, container: Container) -> None:
        """Take the container that is next in line from it."""
        self.line.remove((container.place, container))
        self.in_yard -= container.quarters

    @property
    def waiting(self) -> int:
        """W: quarters in the yard and on vehicles in position."""
        return self.in_yard + self.arriving

    def longest(self) -> float:
        """Return since when the container of the yard that has waited longest waits."""
        if self.line and self.line[0][0][0] == self.line[-1][0][0]:
            return self.line[0][1].here.ready_h
        return min((container.here.ready_h for _, container in self.line), default=inf)

    def _ask_at(self, due: float) -> None:
        """Ask again when the longest-waiting container reaches the longest wait, unless it is asked then or before."""
        if due < self.alarm:
            self.alarm = due
            self.clock.call_at(due, self._ring)

    def _ring(self) -> None:
        self.alarm = inf
        self.ask()

    # Departures

    def open_departures(self, departures: Iterator[float]) -> Generator[simpy.Event, None, None]:
        """Open each departure `load_h` before its time (a process)."""
        for time in departures:
            yield self.clock.at(time - self.row.load_h)
            self.open_departure = time
            self.ask()
            self.from_terminal.look_for_work()

    # Calling

    def calls(self) -> bool:
        """Whether it calls a vehicle; if nothing is lacking but the longest wait, it is asked again when that is over."""
        if self.rule != "filled":
            return self.open_departure is not None
        missing, due = self.waiting - self.claimed, self.longest() + self.max_wait_h
        if missing <= 0 or missing >= self.min_quarters or due <= self.clock.now:
            return missing > 0
        self._ask_at(due)
        return False

    def keeps(self) -> bool:
        """Whether it takes a vehicle that is still to be unloaded."""
        return bool(self.line) and (self.rule == "filled" or self.open_departure is not None)

    def ask(self) -> None:
        """Have it asked whether a vehicle is called."""
        self.clock.soon(self.call_one)

    def call_one(self) -> None:
        """Call a vehicle if one is called for and is there."""
        vehicle = self._find()
        if vehicle is not None:
            self.call(vehicle)
            self.ask()

    def _find(self) -> Vehicle | None:
        if not self.calls():
            return None
        if self.pool:
            return self.pool.popleft()
        for rotation in self.first_of:
            fleet = rotation.fleet
            if fleet.home or (not fleet.finite and self.waiting > self.claimed):
                vehicle = fleet.home.popleft() if fleet.finite else Vehicle(fleet)
                vehicle.rotation, vehicle.stage = rotation, 0
                return vehicle
        return None

    def usable(self, fleet: Fleet) -> int:
        """Return the quarters of a vehicle that can be used."""
        return math.floor(4 * fleet.capacity_teu * self.row.load_share)

    def call(self, vehicle: Vehicle) -> None:
        """Call a vehicle; it keeps its position or queues for one."""
        self.commit(vehicle)
        if vehicle.zone is self.from_zone:
            self.from_terminal.begin_loading(vehicle)
        else:
            if vehicle.zone is not None:
                self.from_terminal.leave(vehicle)
            self.from_zone.queue(vehicle, self)

    def commit(self, vehicle: Vehicle) -> None:
        """Make a vehicle one of this service."""
        vehicle.trip = Trip(self, vehicle.rotation, self.clock.now)
        self.trips.append(vehicle.trip)
        vehicle.room = self.usable(vehicle.fleet)
        self.claimed += vehicle.room
        vehicle.oldest = inf
        vehicle.departure = inf
        if self.open_departure is not None:
            vehicle.departure, self.open_departure = self.open_departure, None

    def close(self, vehicle: Vehicle) -> None:
        """Note that a vehicle has closed."""
        self.claimed -= vehicle.room
        vehicle.trip.number = self.closed
        self.closed += 1


def stand_aside(vehicle: Vehicle) -> None:
    """Put an unloaded vehicle in the pool of its next service, or at home; or let it vanish."""
    rotation = vehicle.rotation
    vehicle.stage += 1
    if vehicle.stage < len(rotation.services):
        service = rotation.services[vehicle.stage]
        service.pool.append(vehicle)
        service.call_one()
    elif vehicle.fleet.finite:
        vehicle.fleet.home.append(vehicle)
        chosen = vehicle.fleet.choose()
        if chosen is not None:
            chosen.services[0].call_one()


def next_service(vehicle: Vehicle) -> Service | None:
    """Choose the next service of a vehicle in position that stays in its zone for it."""
    rotation, zone = vehicle.rotation, vehicle.zone
    if vehicle.stage + 1 < len(rotation.services):
        choices = [(rotation, vehicle.stage + 1)]
    else:
        choices = [(one, 0) for one in vehicle.fleet.rotations] if vehicle.fleet.finite else []
    fit = [
        (one, stage) for one, stage in choices if one.services[stage].from_zone is zone and one.services[stage].keeps()
    ]
    if not fit:
        return None
    vehicle.rotation, vehicle.stage = min(
        fit, key=lambda choice: (-choice[0].priority, choice[0].services[choice[1]].longest(), choice[0].id)
    )
    return vehicle.rotation.services[vehicle.stage]
