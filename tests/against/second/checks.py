"""Checks of vehicles, holds of containers (docs/simulation.md, section 7)."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING

import simpy

from against.second.clock import Units
from against.second.draws import CHECK_TIME, CHECKED, HELD, HOLD_TIME, Draws, entity

if TYPE_CHECKING:
    from against.second.clock import Clock, Closable
    from against.second.records import Container, Vehicle
    from jibek.corridor.tables import Check as Row

Process = Generator[simpy.Event, None, None]


class Check:
    """Posts with one queue; a way check has no terminal that could be closed."""

    def __init__(self, row: Row, terminal: Closable | None, clock: Clock, draws: Draws) -> None:
        self.row, self.terminal, self.clock, self.draws = row, terminal, clock, draws
        self.entity = entity("checks", row.id)
        self.posts = Units(clock, inf if row.servers is None else row.servers)

    def concerns(self, service: str, classes: set[str]) -> bool:
        """Whether it concerns what comes with a service and has cargo of some classes."""
        row = self.row
        return (not row.services or service in row.services) and (
            not row.classes or not classes.isdisjoint(row.classes)
        )

    def holds(self, container: Container) -> bool:
        """Whether a container is to be held after the hop that it is on."""
        if not self.concerns(container.here.service.id, {container.flow.cargo_class}):
            return False
        u, _ = self.draws.pair(HELD, container.flow.entity, container.number, self.entity, container.hop)
        return u < self.row.probability

    def vehicle(self, vehicle: Vehicle) -> Process:
        """Check a vehicle, if it is to be checked."""
        trip = vehicle.trip
        if not self.concerns(trip.service.id, {container.flow.cargo_class for container in vehicle.aboard}):
            return
        where = (trip.service.entity, trip.number, self.entity)
        if self.draws.pair(CHECKED, *where)[0] < self.row.probability:
            yield from self._work(CHECK_TIME, *where, 0)

    def container(self, container: Container) -> Process:
        """Hold a container."""
        yield from self._work(HOLD_TIME, container.flow.entity, container.number, self.entity, container.hop)

    def _work(self, purpose: int, a: int, b: int, c: int, occurrence: int) -> Process:
        row = self.row
        turn = self.posts.request()
        if turn is not None:
            yield turn
        while self.terminal is not None and self.terminal.closed:
            yield self.terminal.opened()
        yield self.clock.timeout(
            self.draws.duration(row.time_dist, row.time_h, row.time_cv, purpose, a, b, c, occurrence)
        )
        self.posts.give_back()
