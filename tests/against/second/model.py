"""The whole model, put together from a corridor."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from math import inf

from against.second.calendar import Calendar, inverse
from against.second.checks import Check
from against.second.clock import Clock, Closable
from against.second.demand import Demand
from against.second.draws import OPEN_TIME, SPELL, Draws, entity
from against.second.links import Direction, Track
from against.second.records import Container, Flow, Trip
from against.second.services import Fleet, Rotation, Service
from against.second.terminals import Terminal
from against.second.zones import Pool
from jibek.corridor import Corridor
from jibek.corridor import tables as t

CLASSES = ("general", "reefer", "dangerous", "oversize", "empty")


class Model:
    """A corridor in SimPy: a process for each flow, closure, list of departures, lift, hold and trip."""

    def __init__(self, corridor: Corridor, seed: int, replication: int) -> None:
        self.corridor, self.calendar = corridor, Calendar(corridor)
        self.draws = Draws(seed, replication)
        self.clock = Clock(self.calendar.begin)
        self.containers: list[Container] = []
        self._build_terminals()
        self._build_services()
        self._build_checks()
        self._start()

    def run(self) -> Model:
        """Run to the end of the clock."""
        self.clock.run(until=self.calendar.end)
        return self

    @property
    def trips(self) -> list[Trip]:
        """All trips, service by service, in the order of calling."""
        return [trip for service in self.services.values() for trip in service.trips]

    # Building

    def _build_terminals(self) -> None:
        zones = defaultdict(list)
        for zone in _sorted(self.corridor.zones):
            zones[zone.terminal].append(zone)
        self.terminals = {
            row.id: Terminal(self.clock, self.draws, row, zones[row.id]) for row in _sorted(self.corridor.terminals)
        }
        pools = {row.id: Pool(row, self.clock) for row in _sorted(self.corridor.equipment)}
        for row in _sorted(self.corridor.transfers):
            transfers = self.terminals[self.corridor.zones[row.from_zone].terminal].transfers
            chain = [pools[name] for name in row.steps]
            if all(pool.count for pool in chain):
                for cargo in row.classes or CLASSES:
                    transfers.setdefault((row.from_zone, row.to_zone, cargo), chain)
        self.links = {row.id: Track(row, self.clock, self.draws) for row in _sorted(self.corridor.links)}

    def _build_services(self) -> None:
        self.services = {}
        for row in _sorted(self.corridor.services):
            ends = (self.terminals[row.from_terminal], self.terminals[row.to_terminal])
            service = self.services[row.id] = Service(row, self.clock, ends)
            service.from_zone = ends[0].zones[row.from_zone or ""]
            service.to_zone = ends[1].zones[row.to_zone or ""]
            service.path, service.places = self._path(row)
        self.fleets = {row.id: Fleet(row) for row in _sorted(self.corridor.fleets)}
        for row in _sorted(self.corridor.rotations):
            fleet = self.fleets[row.fleet]
            rotation = Rotation(row, fleet, [self.services[name] for name in row.services])
            fleet.rotations.append(rotation)
            rotation.services[0].first_of.append(rotation)
        for service in self.services.values():
            service.first_of.sort(key=lambda rotation: (-rotation.priority, rotation.id))

    def _path(self, row: t.Service) -> tuple[list[Direction], list[str]]:
        here, path, places = self.corridor.terminals[row.from_terminal].place, [], []
        for name in row.path:
            link = self.links[name]
            forward = link.row.from_place == here
            path.append(link.forward if forward else link.backward)
            here = link.row.to_place if forward else link.row.from_place
            places.append(here)
        return path, places

    def _build_checks(self) -> None:
        way = defaultdict(list)
        for row in sorted(self.corridor.checks.values(), key=lambda row: (row.order, row.id)):
            terminal = self.terminals[row.terminal] if row.terminal else None
            check = Check(row, terminal, self.clock, self.draws)
            if row.kind == "hold":
                terminal.holds.append(check)
            elif row.kind == "way":
                way[row.place].append(check)
            for service in self.services.values():
                if row.kind == "departure" and service.from_terminal is terminal:
                    service.departure_checks.append(check)
                if row.kind == "arrival" and service.to_terminal is terminal:
                    service.arrival_checks.append(check)
        for service in self.services.values():
            service.way_checks = [way[place] for place in service.places]

    # Processes

    def _start(self) -> None:
        self.clock.process(self._demand())
        self.clock.process(self._closures())
        for service in self.services.values():
            if service.rule != "filled":
                self.clock.process(service.open_departures(self.calendar.departures(service.row)))

    def _demand(self):
        """Let all containers come; blocks of the same moment in the order of their flows."""
        for time, _, origin, containers in heapq.merge(*map(self._blocks, _sorted(self.corridor.flows))):
            yield self.clock.at(time)
            self.containers += containers
            origin.enter(containers)

    def _blocks(self, row: t.Flow):
        flow = Flow(row.id, entity("flows", row.id), row.priority, row.cargo_class)
        origin, number = self.terminals[row.from_terminal], 0
        for time, itinerary, lengths in Demand(self.corridor, row, self.calendar, self.draws).blocks():
            services = [self.services[name] for name in itinerary.services]
            block = [
                Container(flow, number + n, quarters, itinerary, services, time) for n, quarters in enumerate(lengths)
            ]
            yield time, (row.id, number), origin, block
            number += len(block)

    def _closures(self):
        """Close and open terminals, zones and links; on the same moment openings first, then in the order of closures."""
        turns = heapq.merge(*map(self._turns, _sorted(self.corridor.closures)), key=lambda turn: turn[:3])
        for time, closes, _, what in turns:
            yield self.clock.at(time)
            what.close() if closes else what.open()

    def _turns(self, row: t.Closure):
        what: Closable
        if row.zone:
            what = self.terminals[self.corridor.zones[row.zone].terminal].zones[row.zone]
        else:
            what = self.terminals[row.terminal] if row.terminal else self.links[row.link]
        for start, end in self._spells(row):
            if end > self.calendar.begin:
                yield start, True, row.id, what
                yield end, False, row.id, what

    def _spells(self, row: t.Closure):
        if row.start is not None:
            yield self.calendar.hours(row.start), self.calendar.hours(row.end)
            return
        days, mean, name = row.days_per_month, row.duration_h, entity("closures", row.id)
        rate = days / (mean * (365 / 12 - days))
        number, now = 0, self.calendar.begin
        while rate > 0:
            u, _ = self.draws.pair(OPEN_TIME, name, number)
            begin = next(inverse(self._open_months(row, now, rate), iter([-math.log(u)])), inf)
            if begin >= self.calendar.end:
                return
            now = begin + self.draws.duration(row.duration_dist, mean, row.duration_cv, SPELL, name, number)
            yield begin, now
            number += 1

    def _open_months(self, row: t.Closure, now: float, rate: float):
        for month, begin, end in self.calendar.months():
            if end > now:
                yield max(begin, now), end, rate if not row.months or month in row.months else 0.0


def _sorted(table):
    return sorted(table.values(), key=lambda row: row.id)
