"""Terminals: yard, lifts, loading and leaving (docs/simulation.md, sections 2, 4 and 5)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from itertools import count
from math import floor, inf
from typing import TYPE_CHECKING

import simpy

from against.second.clock import Clock, Closable
from against.second.draws import STEP, Draws
from against.second.exchange import fewest
from against.second.records import Container, Vehicle
from against.second.services import next_service, stand_aside
from against.second.travelling import travel
from against.second.zones import Pool, Zone

if TYPE_CHECKING:
    from against.second.checks import Check
    from jibek.corridor import tables as t


SHORTEST = 4
"""Quarters of the shortest container: a vehicle that has less room is full."""


class Terminal(Closable):
    """A terminal; outer ones load and unload in no time and have a yard without limit."""

    def __init__(self, clock: Clock, draws: Draws, row: t.Terminal, zones: list[t.Zone]) -> None:
        super().__init__(clock)
        self.draws, self.id, self.outer = draws, row.id, not zones
        self.zones = {one.id: Zone(clock, self, one) for one in zones}
        if self.outer:
            self.zones = {"": Zone(clock, self, None)}
        yard = next((one for one in zones if one.kind == "yard"), None)
        self.yard = yard.id if yard else ""
        self.room: float = inf if yard is None or yard.capacity_teu is None else floor(4 * yard.capacity_teu)
        self.transfers: dict[tuple[str, str, str], list[Pool]] = {}
        self.holds: list[Check] = []
        self.outside: deque[Container] = deque()
        self.in_position: list[Vehicle] = []
        self.order = count()

    def on_opening(self) -> None:
        """Look for work and give positions."""
        self.look_for_work()
        for zone in self.zones.values():
            self.clock.soon(zone.give)

    # The yard

    def enter(self, containers: list[Container]) -> None:
        """Let containers come from outside."""
        for container in containers:
            container.here.ready_h = self.clock.now
        self.outside.extend(containers)
        self._let_in()

    def _let_in(self) -> None:
        entered = []
        while self.outside and self.outside[0].quarters <= self.room:
            entered.append(self.outside.popleft())
            self.room -= entered[-1].quarters
        self.begin_to_wait(entered)

    def begin_to_wait(self, containers: list[Container]) -> None:
        """Let containers in the yard wait for their next service."""
        for container in containers:
            hop = container.here
            if container.hop:
                hop.ready_h = self.clock.now
            container.place = (-container.flow.priority, self.clock.now, next(self.order))
            hop.service.wait(container)
            hop.service.ask()
            self.look_for_work()

    # Vehicles in position

    def berth(self, vehicle: Vehicle) -> None:
        """Begin to unload a vehicle that has come, or to load one that was called."""
        self.in_position.append(vehicle)
        if math.isnan(vehicle.trip.position_h):
            self.begin_loading(vehicle)
            return
        vehicle.trip.berthed_h = self.clock.now
        vehicle.arriving, vehicle.aboard = deque(vehicle.aboard), []
        vehicle.unloading, vehicle.brought = True, vehicle.trip
        for container in vehicle.arriving:
            container.holds = [check for check in self.holds if check.holds(container)]
            if container.next is not None and not container.holds:
                container.next.arriving += container.quarters
                container.next.ask()
        self.look_for_work()

    def begin_loading(self, vehicle: Vehicle) -> None:
        """Load a vehicle in position from now."""
        self.in_position.remove(vehicle)
        self.in_position.append(vehicle)
        vehicle.trip.position_h = self.clock.now
        vehicle.loading, vehicle.alarm = True, -inf
        self.look_for_work()

    def _empty(self, vehicle: Vehicle) -> None:
        """Send a vehicle aside, or on to loading, when its last container is off."""
        if vehicle.arriving or vehicle.lifts_off or not vehicle.unloading:
            return
        vehicle.unloading = False
        trip = vehicle.brought
        trip.emptied_h = self.clock.now
        if vehicle.staying:
            vehicle.staying = False
            self.begin_loading(vehicle)
            return
        stand_aside(vehicle)
        if vehicle.trip is trip:
            self.leave(vehicle)

    def leave(self, vehicle: Vehicle) -> None:
        """Let a vehicle leave its position."""
        self.in_position.remove(vehicle)
        vehicle.zone.leave(vehicle)

    # Work

    def look_for_work(self) -> None:
        """Begin every lift that can begin, close every vehicle that can be closed."""
        self.clock.soon(self._look)

    def _look(self) -> None:
        for vehicle in tuple(self.in_position):
            self._serve(vehicle)
        if self._look not in self.clock.tasks:
            self._let_in()

    def _serve(self, vehicle: Vehicle) -> None:
        if vehicle.zone is None or not vehicle.zone.works:
            return
        while vehicle.arriving and self._unload(vehicle):
            pass
        self._empty(vehicle)
        while vehicle.loading and not vehicle.closing and self._load(vehicle):
            pass
        if vehicle.loading:
            self._close(vehicle)

    def _chain(self, start: str, end: str, container: Container) -> list[Pool] | None:
        """Return the steps from zone to zone, if a transfer carries the container and its first step has a free unit."""
        if self.zones[start].closed or self.zones[end].closed:
            return None
        chain = self.transfers[start, end, container.flow.cargo_class]
        return chain if chain[0].free > 0 else None

    def _unload(self, vehicle: Vehicle) -> bool:
        """Lift the next container off, if that can be done."""
        container = vehicle.arriving[0]
        if self.outer:
            self._off(vehicle, container)
            vehicle.lifts_off -= 1
            self.set_down(container)
            return True
        if container.quarters > self.room:
            self._stay(vehicle)
        service = container.next
        if service is not None and not container.holds:
            other = self._direct(vehicle, container)
            if other is not None:
                return self._lift_over(vehicle, other, container)
        if service is not None and container.quarters > self.room:
            return self._exchange(vehicle, container)
        if self._chain(vehicle.zone.id, self.yard, container) is None:
            return False
        self._to_yard(vehicle, container)
        return True

    def _to_yard(self, vehicle: Vehicle, container: Container) -> None:
        """Begin the lift from a vehicle to the yard, or to where containers leave."""
        self._off(vehicle, container)
        if container.next is not None:
            self.room -= container.quarters
        chain = self.transfers[vehicle.zone.id, self.yard, container.flow.cargo_class]
        self._begin(container, chain, lambda: self.set_down(container), vehicle)

    def _off(self, vehicle: Vehicle, container: Container) -> None:
        """Note that a lift from a vehicle begins."""
        vehicle.arriving.popleft()
        vehicle.lifts_off += 1
        container.here.unload_h = self.clock.now

    def set_down(self, container: Container) -> None:
        """Note that a container has come where it was to be brought."""
        container.here.off_h = self.clock.now
        if container.holds:
            self.clock.begin(self._held(container))
            return
        if container.next is not None:
            container.next.arriving -= container.quarters
        self._go_on(container)

    def _held(self, container: Container):
        """Hold a container (a process)."""
        for check in container.holds:
            yield from check.container(container)
        self._go_on(container)
        self.look_for_work()

    def _go_on(self, container: Container) -> None:
        if container.next is None:
            container.leave_h = self.clock.now
        else:
            container.hop += 1
            self.begin_to_wait([container])

    def _direct(self, vehicle: Vehicle, container: Container) -> Vehicle | None:
        """Return the vehicle to which a container can be lifted directly."""
        service = container.next
        zone = service.from_zone
        if (vehicle.zone.id, zone.id, container.flow.cargo_class) not in self.transfers or not zone.works:
            return None
        for other in self.in_position:
            loads = other.zone is zone and other.trip.service is service and other.loading and not other.closing
            if loads and other.room - service.in_yard >= container.quarters:
                return other
        return None

    def _lift_over(self, vehicle: Vehicle, other: Vehicle, container: Container) -> bool:
        chain = self._chain(vehicle.zone.id, other.zone.id, container)
        if chain is None:
            return False
        self._off(vehicle, container)
        container.next.arriving -= container.quarters
        hop = container.hops[container.hop + 1]
        hop.direct, hop.ready_h = 1, self.clock.now
        self._on(other, container, hop)

        def arrive() -> None:
            container.here.off_h = self.clock.now
            container.hop += 1
            self._aboard(other, container)

        self._begin(container, chain, arrive, vehicle)
        return True

    def _on(self, vehicle: Vehicle, container: Container, hop) -> None:
        """Note that a lift to a vehicle begins."""
        hop.load_h, hop.trip = self.clock.now, vehicle.trip
        vehicle.lifts_on += 1
        vehicle.room -= container.quarters
        vehicle.trip.service.claimed -= container.quarters

    def _load(self, vehicle: Vehicle) -> bool:
        """Lift the next container in line to a vehicle, if that can be done."""
        service = vehicle.trip.service
        if not service.line:
            return False
        container = service.line[0][1]
        if container.quarters > vehicle.room - sum(one.quarters for one in vehicle.arriving):
            return False
        if not self.outer and self._chain(self.yard, vehicle.zone.id, container) is None:
            return False
        self._from_yard(vehicle, container)
        return True

    def _from_yard(self, vehicle: Vehicle, container: Container) -> None:
        """Begin the lift from the yard to a vehicle."""
        vehicle.trip.service.take(container)
        self.room += container.quarters
        self._on(vehicle, container, container.here)
        self.look_for_work()
        if self.outer:
            self._aboard(vehicle, container)
        else:
            chain = self.transfers[self.yard, vehicle.zone.id, container.flow.cargo_class]
            self._begin(container, chain, lambda: self._aboard(vehicle, container))

    def _aboard(self, vehicle: Vehicle, container: Container) -> None:
        container.here.aboard_h = self.clock.now
        vehicle.lifts_on -= 1
        vehicle.aboard.append(container)
        vehicle.oldest = min(vehicle.oldest, container.here.ready_h)

    # Exchange in a full yard

    def _stay(self, vehicle: Vehicle) -> None:
        """Call a vehicle that has not been unloaded for its next service, if that loads in this zone."""
        if vehicle.staying:
            return
        service = next_service(vehicle)
        if service is not None:
            service.commit(vehicle)
            vehicle.staying = True

    def _exchange(self, vehicle: Vehicle, container: Container) -> bool:
        """Exchange containers with the line of the service for which a vehicle stays."""
        if not vehicle.staying:
            return False
        service = vehicle.trip.service
        line = [waiting for _, waiting in service.line]
        free = vehicle.room - sum(one.quarters for one in vehicle.arriving)
        if line and line[0].quarters <= free:
            return self._load(vehicle)
        if self._chain(vehicle.zone.id, self.yard, container) is None:
            return False
        for one in line:
            if one.quarters <= free + container.quarters and container.quarters <= self.room + one.quarters:
                self._set_in_motion(vehicle, [container], [one])
                return True
        exchanged = fewest(vehicle.arriving, line, free, self.room)
        if exchanged is not None:
            self._set_in_motion(vehicle, *exchanged)
        return exchanged is not None

    def _set_in_motion(self, vehicle: Vehicle, off: list[Container], on: list[Container]) -> None:
        """Begin lifts at the same moment; all but the first wait for equipment if none is free."""
        for container in off:
            self._to_yard(vehicle, container)
        for container in on:
            self._from_yard(vehicle, container)

    def _begin(
        self, container: Container, chain: list[Pool], done: Callable[[], None], off: Vehicle | None = None
    ) -> None:
        """Begin to carry a container through a chain of equipment, whose first step has a free unit."""
        self.clock.begin(self._lift(container, chain, chain[0].request(), done, off))

    def _lift(self, container: Container, chain: list[Pool], turn: simpy.Event | None, done, off: Vehicle | None):
        """Carry a container from step to step (a process)."""
        hop, flow, last = container.hop, container.flow, len(chain) - 1
        for number, pool in enumerate(chain):
            if turn is not None:
                yield turn
            row = pool.row
            yield self.clock.timeout(
                self.draws.duration(
                    row.move_dist,
                    pool.mean_h,
                    row.move_cv,
                    STEP,
                    flow.entity,
                    container.number,
                    pool.entity,
                    16 * hop + number,
                )
            )
            if number < last:
                turn = chain[number + 1].request()
            pool.give_back()
            if not number and off is not None:
                off.lifts_off -= 1
            if number == last:
                done()
            self.look_for_work()

    # Leaving

    def _close(self, vehicle: Vehicle) -> None:
        """Close a vehicle if its departure rule says so; one that leaves by the clock takes no more, but its lifts are finished."""
        service = vehicle.trip.service
        if not vehicle.closing:
            if not self._is_done(vehicle):
                self._set_alarm(vehicle)
                return
            vehicle.closing = service.rule != "filled"
        if vehicle.lifts_on:
            return
        vehicle.loading = vehicle.closing = False
        vehicle.trip.closed_h = self.clock.now
        vehicle.trip.containers = len(vehicle.aboard)
        vehicle.trip.quarters = sum(one.quarters for one in vehicle.aboard)
        service.close(vehicle)
        service.ask()
        self.clock.begin(travel(self.clock, vehicle))

    def _is_done(self, vehicle: Vehicle) -> bool:
        """Whether a vehicle closes as soon as no lift to it is under way."""
        service, now = vehicle.trip.service, self.clock.now
        full = vehicle.room < SHORTEST or (bool(service.line) and service.line[0][1].quarters > vehicle.room)
        done = service.waiting == 0
        load = service.usable(vehicle.fleet) - vehicle.room
        enough = load >= service.min_quarters or vehicle.oldest + service.max_wait_h <= now
        if service.rule == "filled":
            return full or (done and enough and load > 0)
        if now < vehicle.departure or not enough:
            return False
        in_time = vehicle.trip.position_h <= vehicle.departure
        return full or done or in_time or now >= vehicle.trip.position_h + service.row.load_h

    def _set_alarm(self, vehicle: Vehicle) -> None:
        """Look at a vehicle again when its departure is due, or a wait is over."""
        now, service = self.clock.now, vehicle.trip.service
        times = [vehicle.oldest + service.max_wait_h]
        if service.rule != "filled":
            times += [vehicle.departure, vehicle.trip.position_h + service.row.load_h]
        due = min((time for time in times if now < time), default=inf)
        if due < inf and not now < vehicle.alarm <= due:
            vehicle.alarm = due
            self.clock.call_at(due, self.look_for_work)
