"""Pools of equipment; zones with their positions and sidings (docs/simulation.md, sections 4 and 6)."""

from __future__ import annotations

from bisect import insort
from collections import deque
from itertools import count
from math import inf
from typing import TYPE_CHECKING

import simpy

from against.second.clock import Clock, Closable, Units, happen
from against.second.draws import entity

if TYPE_CHECKING:
    from against.second.records import Vehicle
    from against.second.services import Service
    from against.second.terminals import Terminal
    from jibek.corridor import tables as t


class Pool(Units):
    """Equipment: units that are alike."""

    def __init__(self, row: t.Equipment, clock: Clock) -> None:
        super().__init__(clock, row.count)
        self.row, self.entity = row, entity("equipment", row.id)
        self.mean_h = row.move_min / 60


class Zone(Closable):
    """Positions with their queue; of an outer terminal one without limits stands for all."""

    def __init__(self, clock: Clock, terminal: Terminal, row: t.Zone | None) -> None:
        super().__init__(clock)
        self.terminal, self.id = terminal, row.id if row else ""
        self.positions = row.positions or 0 if row else inf
        self.admits = inf if row is None or row.sidings is None else row.positions + row.sidings
        self.taken = 0
        self.waiting: list[tuple[int, int, Vehicle, Service]] = []
        self.at_the_door: deque[tuple[Vehicle, simpy.Event]] = deque()
        self.inside: set[Vehicle] = set()
        self.order = count()

    @property
    def works(self) -> bool:
        """Whether neither it nor its terminal is closed."""
        return not self.closed and not self.terminal.closed

    def admits_now(self, vehicle: Vehicle) -> bool:
        """Admit a vehicle at once, if there is room and nobody waits."""
        if self.at_the_door or len(self.inside) >= self.admits:
            return False
        self.inside.add(vehicle)
        return True

    def admission(self, vehicle: Vehicle) -> simpy.Event:
        """Return the event of being admitted."""
        event = self.clock.event()
        self.at_the_door.append((vehicle, event))
        return event

    def _admit(self) -> None:
        while self.at_the_door and len(self.inside) < self.admits:
            vehicle, event = self.at_the_door.popleft()
            self.inside.add(vehicle)
            happen(event)

    def depart(self, vehicle: Vehicle) -> None:
        """Leave the admitted."""
        if vehicle in self.inside:
            self.inside.remove(vehicle)
            self.clock.soon(self._admit)

    def queue(self, vehicle: Vehicle, service: Service) -> None:
        """Queue for a position, coming with a service or called for it."""
        if self.terminal.outer:
            self._take(vehicle)
            return
        insort(self.waiting, (-service.row.priority, next(self.order), vehicle, service))
        self.clock.soon(self.give)

    def give(self) -> None:
        """Give positions that are free."""
        while self.waiting and self.taken < self.positions and self.works:
            self._take(self.waiting.pop(0)[2])

    def _take(self, vehicle: Vehicle) -> None:
        self.taken += 1
        vehicle.zone = self
        self.terminal.berth(vehicle)

    def leave(self, vehicle: Vehicle) -> None:
        """Give a position back."""
        vehicle.zone = None
        self.taken -= 1
        self.clock.soon(self.give)
        self.depart(vehicle)

    def on_opening(self) -> None:
        """Look for work and give positions."""
        self.terminal.look_for_work()
        self.clock.soon(self.give)
