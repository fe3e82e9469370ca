"""From a corridor to arrays: the network that the event loop runs on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor
from jibek.corridor.tables import CargoClass, Service
from jibek.simulate._draws import DISTRIBUTIONS, log_moments
from jibek.simulate._replication import Names
from jibek.tables import Row

CLASSES: tuple[str, ...] = get_args(CargoClass)
FILLED, SCHEDULED = 0, 1
NONE = -1
UNLIMITED = 2**30
NEVER = 1e300

I8, F8 = np.int64, np.float64


def _record(**fields: type) -> np.dtype[Any]:
    return np.dtype(list(fields.items()), align=True)


# A duration is described by the fields mean, cv, distribution (and what follows from them, `log_moments`) of its record
# and drawn for its entity `hash`. That of a link is what it takes above the floor.
LINK = _record(
    hash=I8, mean=F8, cv=F8, log_mean=F8, log_sd=F8, distribution=I8, floor=F8, headway=F8, free_h=F8, due_h=F8, closed=I8,
    head=I8, tail=I8,
)  # fmt: skip
TERMINAL = _record(
    outer=I8, yard=I8, room=I8, used=I8, closed=I8, head=I8, tail=I8, first=I8, last=I8, leave_head=I8, leave_tail=I8,
    arrival=I8, departure=I8, hold=I8, end=I8, since=F8, task=I8, lifts=I8,
)  # fmt: skip
ZONE = _record(
    terminal=I8, positions=I8, limit=I8, taken=I8, admitted=I8, closed=I8, head=I8, tail=I8, waiting=I8,
    admit_head=I8, admit_tail=I8, since=F8, task=I8,
)  # fmt: skip
EQUIPMENT = _record(
    hash=I8, terminal=I8, count=I8, busy=I8, mean=F8, cv=F8, log_mean=F8, log_sd=F8, distribution=I8, head=I8, tail=I8,
)  # fmt: skip
CHECK = _record(
    hash=I8, terminal=I8, hold=I8, servers=I8, busy=I8, mean=F8, cv=F8, log_mean=F8, log_sd=F8, distribution=I8, probability=F8,
    classes=I8, head=I8, tail=I8,
)  # fmt: skip
SERVICE = _record(
    hash=I8, origin=I8, from_zone=I8, destination=I8, to_zone=I8, path=I8, path_end=I8, rule=I8, load_h=F8, minimum=I8,
    max_wait_h=F8, share=F8, priority=I8, slot=I8, slot_end=I8, start=I8, start_end=I8, coming=I8, yard=I8, claimed=I8,
    open=I8, open_h=F8, trips=I8, loading=I8, head=I8, tail=I8, timer_h=F8, task=I8,
)  # fmt: skip
FLEET = _record(count=I8, capacity=I8, rotation=I8, rotation_end=I8, head=I8, tail=I8)
ROTATION = _record(fleet=I8, stop=I8, stop_end=I8, priority=I8)
FLOW = _record(hash=I8, origin=I8, destination=I8, line=I8, cargo_class=I8)


class Network(NamedTuple):
    """Tables of the corridor as record arrays, row numbers by sorted id; the working state stands beside the data.

    ``link`` has two rows a link (forward 2i, backward 2i + 1). ``line_head`` and ``line_tail`` (service x priority class)
    are the containers in the yard. Lists are linked through ``next`` fields, `NONE` ends them.
    """

    link: NDArray[Any]
    terminal: NDArray[Any]
    zone: NDArray[Any]
    equipment: NDArray[Any]
    check: NDArray[Any]
    service: NDArray[Any]
    fleet: NDArray[Any]
    rotation: NDArray[Any]
    flow: NDArray[Any]
    path: NDArray[np.int64]
    path_place: NDArray[np.int64]
    stop: NDArray[np.int64]
    start: NDArray[np.int64]
    slot: NDArray[np.float64]
    step: NDArray[np.int64]
    step_end: NDArray[np.int64]
    into_yard: NDArray[np.int64]
    from_yard: NDArray[np.int64]
    across: NDArray[np.int64]
    check_list: NDArray[np.int64]
    way: NDArray[np.int64]
    concerns: NDArray[np.bool_]
    line_head: NDArray[np.int64]
    line_tail: NDArray[np.int64]
    zone_list: NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Demand of one flow: rates by month of the clock, or listed times; mix and itineraries as cumulative shares."""

    hash: int
    rates: NDArray[np.float64]
    poisson: bool
    listed: bool
    times: NDArray[np.float64]
    numbers: NDArray[np.int64]
    quarters: int
    sizes: NDArray[np.float64]
    itineraries: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class Shut:
    """A closure: what it closes, and when."""

    hash: int
    kind: int
    target: int
    start_h: float
    end_h: float
    rates: NDArray[np.float64]
    mean_h: float
    cv: float
    distribution: int


TERMINAL_SHUT, ZONE_SHUT, LINK_SHUT = 0, 1, 2


@dataclass(frozen=True)
class Compiled:
    """A corridor ready to run: names, network, demand and closures, and the clock they share (hours)."""

    names: Names
    network: Network
    blocks: tuple[Block, ...]
    shuts: tuple[Shut, ...]
    itinerary_services: NDArray[np.int64]
    itinerary_first: NDArray[np.int64]
    months_h: NDArray[np.float64]
    begin_h: float
    end_h: float


def entity_hash(table: str, id_: str) -> int:
    """Return the 32 bits that name an entity in a draw."""
    return int.from_bytes(hashlib.sha256(f"{table}:{id_}".encode()).digest()[:4], "big")


def quarters(teu: float) -> int:
    """Return a capacity in whole quarter TEU."""
    return int(teu * 4 + 1e-6)


def _offsets(lists: Sequence[Sequence[Any] | NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum([len(part) for part in lists])]).astype(I8)


def _flat(lists: Iterable[Iterable[Any]], dtype: Any) -> NDArray[Any]:
    values = [value for part in lists for value in part]
    return np.array(values, dtype=dtype) if values else np.zeros(1, dtype)


def _describe(record: Any, mean: float, cv: float, distribution: str) -> None:
    """Write a duration into a record."""
    record["mean"], record["cv"], record["distribution"] = mean, cv, DISTRIBUTIONS.index(distribution)
    record["log_mean"], record["log_sd"] = log_moments(mean, cv)


class _Compiler:
    """Turns ids into row numbers; one method an array of the network."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        tables = {name: tuple(sorted(rows)) for name, rows in self._keyed().items()}
        self.names = Names(**tables)
        self.index = {name: {id_: row for row, id_ in enumerate(ids)} for name, ids in tables.items()}
        header = corridor.header
        self.start = datetime.combine(header.start, time())
        self.begin_h, self.end_h = -24.0 * header.warmup_days, 24.0 * header.days

    def _keyed(self) -> dict[str, Mapping[str, Row]]:
        fields = Names.__dataclass_fields__
        return {name: getattr(self.corridor, name) for name in fields}

    def rows(self, table: str) -> list[Any]:
        rows = getattr(self.corridor, table)
        return [rows[id_] for id_ in getattr(self.names, table)]

    def number(self, table: str, id_: str | None) -> int:
        return NONE if id_ is None else self.index[table][id_]

    def hours(self, moment: datetime) -> float:
        return (moment - self.start) / timedelta(hours=1)

    def months_h(self) -> NDArray[np.float64]:
        """Return the hours at which the months of the clock begin; the first and the last stand at its ends."""
        moment = self.start + timedelta(hours=self.begin_h)
        marks = [self.begin_h]
        while True:
            moment = datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1)
            hour = self.hours(moment)
            if hour >= self.end_h:
                return np.array([*marks, self.end_h])
            marks.append(hour)

    def month_numbers(self, months_h: NDArray[np.float64]) -> list[int]:
        return [(self.start + timedelta(hours=float(hour) + 1e-6)).month for hour in months_h[:-1]]

    def links(self) -> NDArray[Any]:
        table = np.zeros(2 * len(self.names.links), LINK)
        table["head"] = table["tail"] = NONE
        for row, link in enumerate(self.rows("links")):
            back_h = link.run_h if link.back_run_h is None else link.back_run_h
            back_paths = link.back_paths_per_day or link.paths_per_day
            for side, mean, paths in ((0, link.run_h, link.paths_per_day), (1, back_h, back_paths)):
                record = table[2 * row + side]
                record["hash"] = entity_hash("links", link.id)
                above = mean - link.min_run_h
                record["floor"] = link.min_run_h
                _describe(record, above, link.run_cv * mean / above if above > 0.0 else 0.0, link.run_dist)
                record["headway"] = 24.0 / paths if paths else 0.0
                record["free_h"] = record["due_h"] = -NEVER
        return table

    def zones(self) -> NDArray[Any]:
        table = np.zeros(max(1, len(self.names.zones)), ZONE)
        for name in ("head", "tail", "admit_head", "admit_tail"):
            table[name] = NONE
        for row, zone in enumerate(self.rows("zones")):
            table[row]["terminal"] = self.number("terminals", zone.terminal)
            table[row]["positions"] = zone.positions or 0
            table[row]["limit"] = UNLIMITED if zone.sidings is None else (zone.positions or 0) + zone.sidings
            table[row]["since"] = self.begin_h
        return table

    def terminals(self, check_lists: list[list[list[int]]]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        table = np.zeros(len(self.names.terminals), TERMINAL)
        for name in ("head", "tail", "first", "last", "leave_head", "leave_tail", "yard"):
            table[name] = NONE
        table["outer"], table["room"], table["since"] = 1, UNLIMITED, self.begin_h
        for row, zone in enumerate(self.rows("zones")):
            record = table[self.number("terminals", zone.terminal)]
            record["outer"] = 0
            if zone.kind == "yard":
                record["yard"] = row
                record["room"] = UNLIMITED if zone.capacity_teu is None else quarters(zone.capacity_teu)
        flat: list[int] = []
        for record, lists in zip(table, check_lists, strict=True):
            for name, checks in zip(("arrival", "departure", "hold"), lists, strict=True):
                record[name] = len(flat)
                flat.extend(checks)
            record["end"] = len(flat)
        return table, np.array([*flat, NONE], I8)

    def equipment(self) -> NDArray[Any]:
        table = np.zeros(max(1, len(self.names.equipment)), EQUIPMENT)
        table["head"] = table["tail"] = NONE
        for record, pool in zip(table, self.rows("equipment"), strict=False):
            record["hash"] = entity_hash("equipment", pool.id)
            record["terminal"] = self.number("terminals", pool.terminal)
            record["count"] = pool.count
            _describe(record, pool.move_min / 60.0, pool.move_cv, pool.move_dist)
        return table

    def checks(self) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        table = np.zeros(max(1, len(self.names.checks)), CHECK)
        table["head"] = table["tail"] = NONE
        concerns = np.ones((len(table), len(self.names.services)), np.bool_)
        for row, check in enumerate(self.rows("checks")):
            record = table[row]
            record["hash"] = entity_hash("checks", check.id)
            record["terminal"] = self.number("terminals", check.terminal)
            record["hold"] = check.kind == "hold"
            record["servers"] = UNLIMITED if check.servers is None else check.servers
            record["probability"] = check.probability
            _describe(record, check.time_h, check.time_cv, check.time_dist)
            record["classes"] = sum(1 << CLASSES.index(name) for name in check.classes)
            if check.services:
                concerns[row] = [service in check.services for service in self.names.services]
        return table, concerns

    def check_lists(self) -> tuple[list[list[list[int]]], list[list[int]]]:
        """Return the checks of each terminal (arrival, departure, hold) and of each place, in order."""
        terminals: list[list[list[int]]] = [[[], [], []] for _ in self.names.terminals]
        places: list[list[int]] = [[] for _ in self.names.places]
        kinds = ("arrival", "departure", "hold")
        for check in sorted(self.rows("checks"), key=lambda check: (check.order, check.id)):
            number = self.number("checks", check.id)
            if check.kind == "way":
                places[self.number("places", check.place)].append(number)
            else:
                terminals[self.number("terminals", check.terminal)][kinds.index(check.kind)].append(number)
        return terminals, places

    def path(self, service: Service) -> tuple[list[int], list[int]]:
        """Return the directed links of a service and the place before each."""
        place = self.corridor.terminals[service.from_terminal].place
        directed, places = [], []
        for id_ in service.path:
            link = self.corridor.links[id_]
            back = link.from_place != place
            directed.append(2 * self.number("links", id_) + back)
            places.append(self.number("places", place))
            place = link.from_place if back else link.to_place
        return directed, places

    def slots(self, service: Service) -> NDArray[np.float64]:
        """Return the times of the departures of a scheduled service that open within the clock, in hours."""
        end_h = self.end_h + service.load_h
        if service.rule == "interval":
            step = service.every_h or 24.0
            first = self.begin_h + service.offset_h
            return np.arange(first, end_h, step)
        if service.rule == "listed":
            listed = (self.hours(row.time) for row in self.corridor.departures if row.service == service.id)
            return np.array(sorted(hour for hour in listed if self.begin_h <= hour < end_h), F8)
        if service.rule == "filled":
            return np.zeros(0)
        times = [int(clock[:2]) + int(clock[3:]) / 60.0 for clock in sorted(service.times)]
        days = range(int(self.begin_h // 24), int(end_h // 24) + 1)
        runs = [day for day in days if not service.days or (self.start + timedelta(day)).isoweekday() in service.days]
        hours = (24.0 * np.array(runs, F8)[:, None] + times).ravel()
        return hours[hours < end_h]

    def services(self, starts: list[list[int]]) -> tuple[NDArray[Any], list[Any]]:
        table = np.zeros(len(self.names.services), SERVICE)
        for name in ("head", "tail"):
            table[name] = NONE
        paths, slots = [], []
        for row, service in enumerate(self.rows("services")):
            record = table[row]
            record["hash"] = entity_hash("services", service.id)
            record["origin"] = self.number("terminals", service.from_terminal)
            record["destination"] = self.number("terminals", service.to_terminal)
            record["from_zone"] = self.number("zones", service.from_zone)
            record["to_zone"] = self.number("zones", service.to_zone)
            record["rule"] = FILLED if service.rule == "filled" else SCHEDULED
            record["load_h"], record["minimum"] = service.load_h, int(np.ceil(service.min_teu * 4 - 1e-6))
            record["max_wait_h"] = NEVER if service.max_wait_h is None else service.max_wait_h
            record["share"], record["priority"], record["timer_h"] = (
                service.load_share,
                service.priority,
                NEVER,
            )
            paths.append(self.path(service))
            slots.append(self.slots(service))
        offsets = (_offsets([path for path, _ in paths]), _offsets(slots), _offsets(starts))
        for (first, end), offset in zip(
            (("path", "path_end"), ("slot", "slot_end"), ("start", "start_end")), offsets, strict=True
        ):
            table[first], table[end] = offset[:-1], offset[1:]
        flat = [
            _flat((path for path, _ in paths), I8),
            _flat((places for _, places in paths), I8),
            np.concatenate([np.zeros(0), *slots]) if any(map(len, slots)) else np.zeros(1),
            _flat(starts, I8),
        ]
        return table, flat

    def rotations(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int64], list[list[int]]]:
        """Return rotations (by fleet, then falling priority, then id), fleets, stops, and rotations by first service."""
        rows = self.rows("rotations")
        fleets = np.zeros(len(self.names.fleets), FLEET)
        fleets["head"] = fleets["tail"] = NONE
        for record, fleet in zip(fleets, self.rows("fleets"), strict=True):
            record["count"] = NONE if fleet.count is None else fleet.count
            record["capacity"] = quarters(fleet.capacity_teu)
        table = np.zeros(max(1, len(rows)), ROTATION)
        stops = [[self.number("services", service) for service in row.services] for row in rows]
        offset = _offsets(stops)
        starts: list[list[int]] = [[] for _ in self.names.services]
        order = sorted(range(len(rows)), key=lambda row: (-rows[row].priority, row))
        for row, rotation in enumerate(rows):
            table[row] = (
                self.number("fleets", rotation.fleet),
                offset[row],
                offset[row + 1],
                rotation.priority,
            )
        for row in order:
            starts[stops[row][0]].append(row)
        return table, fleets, _flat(stops, I8), starts

    def transfers(self) -> tuple[NDArray[np.int64], ...]:
        zones, classes = max(1, len(self.names.zones)), len(CLASSES)
        yard = {zone.id for zone in self.rows("zones") if zone.kind == "yard"}
        into, out = np.full((zones, classes), NONE, I8), np.full((zones, classes), NONE, I8)
        across = np.full((zones, zones, classes), NONE, I8)
        rows = self.rows_of_transfers()
        for number, row in enumerate(rows):
            start, end = self.number("zones", row.from_zone), self.number("zones", row.to_zone)
            for name in row.classes or CLASSES:
                kind = CLASSES.index(name)
                table, key = (
                    (into, (start, kind)) if row.to_zone in yard
                    else (out, (end, kind)) if row.from_zone in yard
                    else (across, (start, end, kind))
                )  # fmt: skip
                if table[key] == NONE:
                    table[key] = number
        steps = [[self.number("equipment", pool) for pool in row.steps] for row in rows]
        offset = _offsets(steps)
        return _flat(steps, I8), offset, into, out, across

    def rows_of_transfers(self) -> list[Any]:
        """Return the transfers that can work: none of their pools is empty."""
        pools = self.corridor.equipment
        rows = sorted(self.corridor.transfers.values(), key=lambda row: row.id)
        return [row for row in rows if all(pools[step].count > 0 for step in row.steps)]

    def flows(self) -> NDArray[Any]:
        table = np.zeros(max(1, len(self.names.flows)), FLOW)
        priorities = sorted({flow.priority for flow in self.rows("flows")}, reverse=True)
        for record, flow in zip(table, self.rows("flows"), strict=False):
            record["hash"] = entity_hash("flows", flow.id)
            record["origin"] = self.number("terminals", flow.from_terminal)
            record["destination"] = self.number("terminals", flow.to_terminal)
            record["line"] = priorities.index(flow.priority)
            record["cargo_class"] = CLASSES.index(flow.cargo_class)
        return table

    def network(self) -> Network:
        terminal_checks, place_checks = self.check_lists()
        rotation, fleet, stop, starts = self.rotations()
        service, (path, path_place, slot, start) = self.services(starts)
        terminal, check_list = self.terminals(terminal_checks)
        check, concerns = self.checks()
        step, step_end, into, out, across = self.transfers()
        flow = self.flows()
        lines = int(flow["line"].max()) + 1
        width = max((len(part) for part in place_checks), default=0) + 1
        way = np.full((max(1, len(place_checks)), width), NONE, I8)
        for row, checks in enumerate(place_checks):
            way[row, : len(checks)] = checks
        zone = self.zones()
        return Network(
            self.links(), terminal, zone, self.equipment(), check, service, fleet, rotation, flow, path, path_place, stop,
            start, slot, step, step_end, into, out, across, check_list, way, concerns,
            np.full((len(service), lines), NONE, I8), np.full((len(service), lines), NONE, I8),
            np.argsort(zone["terminal"], kind="stable").astype(I8),
        )  # fmt: skip

    def block(self, flow: Any, months_h: NDArray[np.float64]) -> Block:
        weights = np.array([flow.share_20ft, flow.share_40ft, flow.share_45ft])
        sizes = np.cumsum(weights) / weights.sum()
        mean_teu = float(weights @ [1.0, 2.0, 2.25] / weights.sum())
        months = self.month_numbers(months_h)
        season = np.array(flow.season or (1.0,) * 12)
        days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        index = season * 365.0 / (season @ days)
        per_hour = flow.teu_per_year / (flow.block_teu or mean_teu) / 8760.0
        listed = sorted((self.hours(row.time), row.containers) for row in self.corridor.arrivals if row.flow == flow.id)
        listed = [row for row in listed if self.begin_h <= row[0] < self.end_h]
        used = [row for row in self.rows("itineraries") if row.flow == flow.id and row.share > 0]
        shares = np.cumsum([row.share for row in used]) if used else np.ones(1)
        return Block(
            hash=entity_hash("flows", flow.id),
            rates=per_hour * np.array([index[month - 1] for month in months]),
            poisson=flow.arrival == "poisson",
            listed=flow.arrival == "listed",
            times=np.array([hour for hour, _ in listed], F8),
            numbers=np.array([number for _, number in listed], I8),
            quarters=quarters(flow.block_teu) if flow.block_teu else 0,
            sizes=sizes,
            itineraries=np.array([self.number("itineraries", row.id) for row in used] or [NONE], I8),
            shares=shares / shares[-1],
        )

    def shut(self, closure: Any, months_h: NDArray[np.float64]) -> Shut:
        targets = (("terminals", closure.terminal), ("zones", closure.zone), ("links", closure.link))
        kind = next(kind for kind, (_, id_) in enumerate(targets) if id_ is not None)
        once = closure.start is not None
        days, duration_h = closure.days_per_month or 0.0, closure.duration_h or 1.0
        rate = days / (duration_h * (365 / 12 - days))
        months = self.month_numbers(months_h)
        rates = [0.0 if once or (closure.months and month not in closure.months) else rate for month in months]
        return Shut(
            hash=entity_hash("closures", closure.id),
            kind=kind,
            target=self.number(*targets[kind]),
            start_h=self.hours(closure.start) if once else NEVER,
            end_h=self.hours(closure.end) if once else NEVER,
            rates=np.array(rates),
            mean_h=duration_h,
            cv=closure.duration_cv,
            distribution=DISTRIBUTIONS.index(closure.duration_dist),
        )


def compile_corridor(corridor: Corridor) -> Compiled:
    """Turn a corridor into arrays.

    The corridor is taken as checked. The arrays are a template: a replication works on a copy of the network.
    """
    compiler = _Compiler(corridor)
    months_h = compiler.months_h()
    itineraries = [[compiler.number("services", id_) for id_ in row.services] for row in compiler.rows("itineraries")]
    return Compiled(
        names=compiler.names,
        network=compiler.network(),
        blocks=tuple(compiler.block(flow, months_h) for flow in compiler.rows("flows")),
        shuts=tuple(compiler.shut(closure, months_h) for closure in compiler.rows("closures")),
        itinerary_services=_flat(itineraries, I8),
        itinerary_first=_offsets(itineraries),
        months_h=months_h,
        begin_h=compiler.begin_h,
        end_h=compiler.end_h,
    )
