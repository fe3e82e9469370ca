"""From the end of loading to the queue for a position (docs/simulation.md, sections 4 and 6)."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from against.second.clock import Clock
from against.second.records import Leg, Vehicle


def travel(clock: Clock, vehicle: Vehicle) -> Generator[simpy.Event, None, None]:
    """Take a vehicle that has closed to its destination (a process)."""
    trip = vehicle.trip
    service, zone = trip.service, vehicle.zone
    for check in service.departure_checks:
        yield from check.vehicle(vehicle)
    trip.cleared_h = clock.now
    last = len(service.path) - 1
    if not last and not service.to_zone.admits_now(vehicle):
        yield service.to_zone.admission(vehicle)
    while not zone.works:
        yield (zone if zone.closed else zone.terminal).opened()
    trip.left_h = clock.now
    zone.terminal.leave(vehicle)
    for number, link in enumerate(service.path):
        leg = Leg(trip, link.track.row.id, int(link is link.track.backward), clock.now)
        trip.legs.append(leg)
        for check in service.way_checks[number - 1] if number else ():
            yield from check.vehicle(vehicle)
        leg.checked_h = clock.now
        if number == last and number and not service.to_zone.admits_now(vehicle):
            yield service.to_zone.admission(vehicle)
        leg.admitted_h = clock.now
        yield link.path()
        leg.enter_h = clock.now
        yield clock.timeout(link.running_h(service.entity, trip.number, number))
        leg.exit_h = clock.now
    trip.arrived_h = clock.now
    for check in service.arrival_checks:
        yield from check.vehicle(vehicle)
    trip.passed_h = clock.now
    service.to_zone.queue(vehicle, service)
