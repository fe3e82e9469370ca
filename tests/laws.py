"""What every run must keep, stated over the time stamps of its containers, trips and legs, never over the engine's counters.

Each law is a function of a `History`; it fails by an assertion. Stamps that have not happened are infinite, so that one rule,
*stamps never fall*, also says that nothing happens without what comes before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise
from math import inf, isnan
from types import SimpleNamespace as Row
from typing import Any

import draws
from jibek.corridor import Corridor
from jibek.corridor.tables import Check
from jibek.simulate import Names, Replication

EPS = 1e-6
"""Slack, in hours, where a begin is an end less a duration."""

QUARTERS = 4
KINDS = {"arrival": "arrived_h", "departure": "closed_h"}
DONE = {"arrival": "passed_h", "departure": "cleared_h"}


class History:
    """A replication as objects that know each other.

    A trip has its ``service``, ``legs`` and ``hops``; a hop its ``trip``, ``container``, the hop ``before`` and ``after``; the
    trips of each vehicle stand in order.
    """

    def __init__(self, corridor: Corridor, names: Names, outcome: Replication, seed: int) -> None:
        self.corridor, self.outcome, self.key = corridor, outcome, (seed, outcome.number)
        self.trips, self.legs = _rows(outcome.trips), _rows(outcome.legs)
        self.hops, self.containers = _rows(outcome.hops), _rows(outcome.containers)
        for trip in self.trips:
            trip.service = corridor.services[names.services[trip.service]]
            trip.fleet = corridor.fleets[corridor.rotations[names.rotations[trip.rotation]].fleet]
            trip.capacity = int(int(QUARTERS * trip.fleet.capacity_teu + EPS) * trip.service.load_share + EPS)
            trip.legs, trip.hops = [], []
        for leg in self.legs:
            leg.trip, leg.link = self.trips[leg.trip], corridor.links[names.links[leg.link]]
            leg.trip.legs.append(leg)
        for box in self.containers:
            box.flow, box.hops = corridor.flows[names.flows[box.flow]], []
            box.itinerary = corridor.itineraries[names.itineraries[box.itinerary]]
        for hop in self.hops:
            hop.container, hop.service = self.containers[hop.container], corridor.services[names.services[hop.service]]
            hop.trip = None if hop.trip < 0 else self.trips[hop.trip]
            hop.before, hop.after = (hop.container.hops or [None])[-1], None
            if hop.before:
                hop.before.after = hop
            hop.container.hops.append(hop)
            if hop.trip:
                hop.trip.hops.append(hop)
        self.vehicles: dict[int, list[Row]] = defaultdict(list)
        for trip in self.trips:
            self.vehicles[trip.vehicle].append(trip)
        self._shut: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for row in _rows(outcome.closed):
            closure = corridor.closures[names.closures[row.closure]]
            for kind in ("terminal", "zone", "link"):
                self._shut[kind, getattr(closure, kind)].append((row.start_h, row.end_h))
        self.exchanges = {
            (trip.vehicle, hop.load_h)
            for before, trip, _ in self.in_turn()
            for hop in trip.hops
            if before and hop.load_h <= before.emptied_h
        }
        self.yards = {zone.terminal: zone for zone in corridor.zones.values() if zone.kind == "yard"}

    def shut(self, terminal: str, *zones: str | None) -> list[tuple[float, float]]:
        """Return when a terminal or one of its zones was closed."""
        return self._shut["terminal", terminal] + [
            spell for zone in zones if zone for spell in self._shut["zone", zone]
        ]

    def link_shut(self, link: str) -> list[tuple[float, float]]:
        """Return when a link was closed."""
        return self._shut["link", link]

    def kept(self, trip: Row, following: Row | None) -> bool:
        """Whether a vehicle stays in its position for its next trip, as those do that exchange containers."""
        return bool(
            following
            and following.service.from_zone == trip.service.to_zone
            and (following.called_h < trip.emptied_h or following.position_h == trip.emptied_h)
        )

    def in_turn(self) -> Iterable[tuple[Row | None, Row, Row | None]]:
        """Yield every trip with the trips of its vehicle before and after it."""
        for trips in self.vehicles.values():
            yield from zip([None, *trips], trips, [*trips[1:], None], strict=False)

    def wait(self, trip: Row, time: float) -> list[tuple[Any, float]]:
        """Return a step without a pool if a vehicle exchanges containers at a time."""
        return [(None, 0.0)] if (trip.vehicle, time) in self.exchanges else []

    def steps(self, hop: Row, begin: str, end: str) -> list[tuple[Any, float]]:
        """Return the pools of a container's lift between two zones during a hop, each with the hours of its step."""
        chains = sorted(self.corridor.transfers.values(), key=lambda row: row.id)
        cargo = hop.container.flow.cargo_class
        fits = [row for row in chains if (row.from_zone, row.to_zone) == (begin, end)]
        pools = [
            self.corridor.equipment[id_] for id_ in next(r for r in fits if not r.classes or cargo in r.classes).steps
        ]
        place = hop.container.hops.index(hop) * 16
        flow = draws.entity("flows", hop.container.flow.id)
        return [
            (
                pool,
                draws.duration(
                    self.key, draws.STEP_TIME, place + step, flow, hop.container.number, draws.entity("equipment", pool.id),
                    pool.move_dist, pool.move_min / 60, pool.move_cv,
                ),
            )
            for step, pool in enumerate(pools)
        ]  # fmt: skip

    @cached_property
    def lifts(self) -> list[tuple[float, float, list[tuple[Any, float]], list[tuple[float, float]]]]:
        """Every lift at a terminal with zones: its begin, its end, its steps, and when it might not begin.

        A step without a pool comes first where containers are exchanged, which may have to wait for their first unit.
        """
        found = []
        for hop in self.hops:
            here, there = hop.service.from_zone, hop.service.to_zone
            if here and not hop.direct and hop.load_h < inf:
                yard = self.yards[hop.service.from_terminal].id
                shut = self.shut(hop.service.from_terminal, here, yard)
                steps = self.steps(hop, yard, here)
                found.append((hop.load_h, hop.aboard_h, [*self.wait(hop.trip, hop.load_h), *steps], shut))
            if there and hop.unload_h < inf:
                direct = hop.after is not None and hop.after.direct
                goal = hop.after.service.from_zone if direct else self.yards[hop.service.to_terminal].id
                shut = self.shut(hop.service.to_terminal, there, goal)
                steps = self.steps(hop, there, goal)
                found.append((hop.unload_h, hop.off_h, [*self.wait(hop.trip, hop.unload_h), *steps], shut))
        return found

    def visits(self, check: Check) -> list[tuple[float, float, float]]:
        """Return begin of the phase, end of the phase and hours of each visit to a check that is the last of its phase."""
        found = [self._visit(check, *phase) for phase in self._phases(check)]
        return [visit for visit in found if visit]

    def _phases(self, check: Check) -> Iterable[tuple[float, float, Row]]:
        """Yield when a vehicle (or container) could go through checks of the kind at the spot, until when, and who."""
        if check.kind == "way":
            for leg in self.legs:
                first = leg.trip.legs[0] is leg
                here = leg.link.to_place if leg.back else leg.link.from_place
                if not first and here == check.place:
                    yield leg.place_h, leg.checked_h, leg.trip
        elif check.kind == "hold":
            for hop in self.hops:
                if hop.service.to_terminal == check.terminal and not (hop.after and hop.after.direct):
                    yield hop.off_h, hop.after.ready_h if hop.after else hop.container.leave_h, hop
        else:
            for trip in self.trips:
                at = trip.service.to_terminal if check.kind == "arrival" else trip.service.from_terminal
                if at == check.terminal:
                    yield getattr(trip, KINDS[check.kind]), getattr(trip, DONE[check.kind]), trip

    def _visit(self, check: Check, begin: float, end: float, who: Row) -> tuple[float, float, float] | None:
        applied = [one for one in self.checks_at(check) if begin < inf and self._applies(one, who)]
        if begin < inf and not applied:
            assert begin == end, "who is not checked goes on at once"
        if not applied or applied[-1] is not check:
            return None
        hours = [self._hours(one, who) for one in applied]
        assert end >= begin + sum(hours) - EPS, f"check {check.id} was shorter than drawn"
        return (begin if len(applied) == 1 else inf, end, hours[-1])

    def checks_at(self, check: Check) -> list[Check]:
        """Return the checks of the kind at the spot of a check, in the order in which they are done."""
        spot = (check.kind, check.place, check.terminal)
        alike = [one for one in self.corridor.checks.values() if (one.kind, one.place, one.terminal) == spot]
        return sorted(alike, key=lambda one: (one.order, one.id))

    def _word(self, check: Check, who: Row) -> tuple[int, int, int, int]:
        """Return occurrence and entity words of the draws of a check."""
        name = draws.entity("checks", check.id)
        if check.kind == "hold":
            box = who.container
            return box.hops.index(who), draws.entity("flows", box.flow.id), box.number, name
        return 0, draws.entity("services", who.service.id), who.number, name

    def _applies(self, check: Check, who: Row) -> bool:
        boxes = [who.container] if check.kind == "hold" else [hop.container for hop in who.hops]
        if check.services and who.service.id not in check.services:
            return False
        if check.classes and not any(box.flow.cargo_class in check.classes for box in boxes):
            return False
        purpose = draws.HELD if check.kind == "hold" else draws.CHECKED
        return draws.pair(self.key, purpose, *self._word(check, who))[0] <= check.probability

    def _hours(self, check: Check, who: Row) -> float:
        purpose = draws.HOLD_TIME if check.kind == "hold" else draws.CHECK_TIME
        return draws.duration(self.key, purpose, *self._word(check, who), check.time_dist, check.time_h, check.time_cv)


def _rows(table: Any) -> list[Row]:
    columns = {name: column.tolist() for name, column in table.items()}
    rows = [Row(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]
    for row in rows:
        vars(row).update({name: inf for name, value in vars(row).items() if isinstance(value, float) and isnan(value)})
    return rows


def _rise(*times: float) -> bool:
    return all(one <= other for one, other in pairwise(times))


def _most(spans: Iterable[tuple[float, float, float]]) -> float:
    """Return the largest sum of weights at any time; what ends gives room to what begins at the same moment."""
    turns = sorted(
        turn for begin, end, weight in spans for turn in ((begin, 1, weight), (end, 0, -weight)) if begin < inf
    )
    most = now = 0.0
    for _, _, weight in turns:
        now += weight
        most = max(most, now)
    return most


def _outside(time: float, spells: Iterable[tuple[float, float]], slack: float = 0.0) -> bool:
    return not any(begin + slack < time < end - slack for begin, end in spells)


def containers_are_kept(h: History) -> None:
    """Every container that entered is at one spot, and follows its itinerary."""
    end = 24.0 * h.corridor.header.days
    for box in h.containers:
        assert box.enter_h < end
        assert [hop.service.id for hop in box.hops] == list(box.itinerary.services)
        stamps = [
            time for hop in box.hops for time in (hop.ready_h, hop.load_h, hop.aboard_h, hop.unload_h, hop.off_h)
            if not hop.direct or time not in (hop.ready_h, hop.load_h, hop.aboard_h)
        ]  # fmt: skip
        assert _rise(box.enter_h, *stamps, box.leave_h), f"container {box.number} of {box.flow.id} jumps"
        assert box.hops[0].ready_h == box.enter_h
        for hop in box.hops:
            assert (hop.trip is not None) == (hop.load_h < inf), "a container in the yard is on no trip"
            assert hop.trip is None or hop.trip.service is hop.service
            if hop.direct:
                assert (hop.ready_h, hop.aboard_h) == (hop.before.unload_h, hop.before.off_h)
    for trip in h.trips:
        if trip.closed_h < inf:
            assert len(trip.hops) == trip.containers
            assert sum(hop.container.quarters for hop in trip.hops) == trip.quarters


def demand_is_as_stated(h: History) -> None:
    """Listed containers all come; blocks are filled until the next container does not fit; the volume is kept."""
    for flow in h.corridor.flows.values():
        boxes = [box for box in h.containers if box.flow is flow]
        assert [box.number for box in boxes] == list(range(len(boxes)))
        if flow.arrival == "listed":
            assert len(boxes) == sum(row.containers for row in h.corridor.arrivals if row.flow == flow.id)
        elif flow.block_teu:
            blocks: dict[float, list[int]] = defaultdict(list)
            for box in boxes:
                blocks[box.enter_h].append(box.quarters)
            for block, following in pairwise(blocks.values()):
                assert sum(block) <= QUARTERS * flow.block_teu < sum(block) + following[0]
        if flow.arrival == "regular" and not flow.season:
            mean = flow.share_20ft + 2 * flow.share_40ft + 2.25 * flow.share_45ft
            size = flow.block_teu or mean / (flow.share_20ft + flow.share_40ft + flow.share_45ft)
            days = h.corridor.header.days + h.corridor.header.warmup_days
            blocks_seen = len({box.enter_h for box in boxes})
            assert abs(blocks_seen - flow.teu_per_year * days / 365 / size) <= 1


def stamps_follow_each_other(h: History) -> None:
    """Trips, legs and the trips of a vehicle follow each other; containers are aboard before their vehicle closes."""
    for trip in h.trips:
        assert _rise(
            trip.called_h, trip.position_h, trip.closed_h, trip.cleared_h, trip.left_h, trip.arrived_h, trip.passed_h,
            trip.berthed_h, trip.emptied_h,
        )  # fmt: skip
        assert len(trip.legs) <= len(trip.service.path)
        assert [leg.link.id for leg in trip.legs] == list(trip.service.path[: len(trip.legs)])
        stamps = [t for leg in trip.legs for t in (leg.place_h, leg.checked_h, leg.admitted_h, leg.enter_h, leg.exit_h)]
        assert _rise(trip.left_h, *stamps)
        assert all(one.exit_h == other.place_h for one, other in pairwise(trip.legs))
        assert not trip.legs or trip.legs[0].place_h == trip.left_h
        assert trip.arrived_h == (trip.legs[-1].exit_h if len(trip.legs) == len(trip.service.path) else inf)
        for hop in trip.hops:
            assert trip.called_h <= hop.load_h
            assert trip.closed_h == inf or hop.aboard_h <= trip.closed_h
            assert trip.berthed_h <= hop.unload_h
            assert trip.emptied_h == inf or hop.unload_h <= trip.emptied_h
    for before, trip, _ in h.in_turn():
        if before:
            assert before.berthed_h <= trip.called_h
            assert before.emptied_h <= trip.position_h


def draws_are_kept(h: History) -> None:
    """Links take the drawn time, single steps too, longer chains at least the sum of theirs; holds are as drawn."""
    for leg in h.legs:
        if leg.exit_h == inf:
            continue
        link = leg.link
        mean = link.back_run_h if leg.back and link.back_run_h is not None else link.run_h
        above = mean - link.min_run_h
        words = draws.entity("services", leg.trip.service.id), leg.trip.number, draws.entity("links", link.id)
        cv = link.run_cv * mean / above if above > 0 else 0.0
        place = leg.trip.legs.index(leg)
        hours = link.min_run_h + draws.duration(h.key, draws.RUN_TIME, place, *words, link.run_dist, above, cv)
        assert abs(leg.enter_h + hours - leg.exit_h) < EPS
    for begin, end, steps, _ in h.lifts:
        hours = sum(step for _, step in steps)
        assert end >= begin + hours - EPS
        assert len(steps) > 1 or end == inf or abs(begin + hours - end) < EPS


def positions_suffice(h: History) -> None:
    """No zone handles more vehicles than it has positions, nor admits more than positions and sidings.

    A vehicle that is called the moment it is empty may have stood aside in between, which gives its admission back.
    """
    standing: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    admitted: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for before, trip, following in h.in_turn():
        gone = following.left_h if h.kept(trip, following) else trip.emptied_h
        if trip.service.to_zone:
            standing[trip.service.to_zone].append((trip.berthed_h, gone, 1))
            asked = trip.legs[-1].admitted_h if len(trip.legs) == len(trip.service.path) else inf
            aside = following is None or following.called_h == trip.emptied_h
            admitted[trip.service.to_zone].append((asked, trip.emptied_h if aside else gone, 1))
        if trip.service.from_zone and not (before and h.kept(before, trip)):
            standing[trip.service.from_zone].append((trip.position_h, trip.left_h, 1))
    for id_, spans in standing.items():
        assert _most(spans) <= h.corridor.zones[id_].positions
    for id_, spans in admitted.items():
        zone = h.corridor.zones[id_]
        assert zone.sidings is None or _most(spans) <= zone.positions + zone.sidings


def equipment_suffices(h: History) -> None:
    """No pool works with more units than it has: first and last steps of all chains, whose times the stamps give."""
    spans: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for begin, end, steps, _ in h.lifts:
        if steps[0][0]:
            spans[steps[0][0].id].append((begin, begin + steps[0][1] - EPS, 1))
        if len(steps) > 1:
            spans[steps[-1][0].id].append((end - steps[-1][1] + EPS, end, 1))
    for id_, busy in spans.items():
        assert _most(busy) <= h.corridor.equipment[id_].count


def yards_suffice(h: History) -> None:
    """Containers that came by vehicle, and at terminals where none enter these are all, never fill more than the yard."""
    spans: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for hop in h.hops:
        if hop.after and not hop.after.direct:
            spans[hop.service.to_terminal].append((hop.unload_h, hop.after.load_h, hop.container.quarters))
    for id_, stood in spans.items():
        yard = h.yards.get(id_)
        assert yard is None or yard.capacity_teu is None or _most(stood) <= QUARTERS * yard.capacity_teu


def loads_fit(h: History) -> None:
    """No vehicle ever carries more than it takes on the service it loads for."""
    for trips in h.vehicles.values():
        hops = [hop for trip in trips for hop in trip.hops]
        turns = sorted(turn for n, hop in enumerate(hops) for turn in ((hop.load_h, 1, n), (hop.unload_h, 0, n)))
        load = 0
        for time, loading, n in turns:
            load += hops[n].container.quarters * (1 if loading else -1)
            assert not loading or time == inf or load <= hops[n].trip.capacity


def paths_keep_their_distance(h: History) -> None:
    """Vehicles enter a link, in each direction, at least a headway apart and first come first served."""
    entries: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for leg in h.legs:
        entries[leg.link.id, leg.back].append(leg)
    for (id_, back), legs in entries.items():
        link = h.corridor.links[id_]
        paths = (link.back_paths_per_day or link.paths_per_day) if back else link.paths_per_day
        times = sorted(leg.enter_h for leg in legs if leg.enter_h < inf)
        assert not paths or all(other - one >= 24 / paths - EPS for one, other in pairwise(times))
        in_order([(leg.admitted_h, 0, leg.enter_h) for leg in legs], f"paths of {id_}")


def posts_suffice(h: History) -> None:
    """No check uses more posts than it has, begins while closed, or takes anyone before those who came earlier."""
    for check in h.corridor.checks.values():
        visits = [(begin, end - hours, end) for begin, end, hours in h.visits(check) if end < inf]
        posts = inf if check.servers is None else check.servers
        assert _most([(begun + EPS, end - EPS, 1) for _, begun, end in visits if end - begun > 2 * EPS]) <= posts
        spells = h.shut(check.terminal) if check.terminal else []
        assert all(_outside(begun, spells, EPS) for _, begun, _ in visits)
        in_order([(begin, 0, begun) for begin, begun, _ in visits if begin < inf], f"check {check.id}", EPS)


def nothing_begins_while_closed(h: History) -> None:
    """No lift begins, no position is given or left, no link entered, while what it needs is closed."""
    for begin, _, _, shut in h.lifts:
        assert _outside(begin, shut), "a lift began while closed"
    for before, trip, _ in h.in_turn():
        here, there = trip.service.from_terminal, trip.service.to_terminal
        assert _outside(trip.left_h, h.shut(here, trip.service.from_zone)), "left while closed"
        if trip.service.from_zone and not (before and h.kept(before, trip)):
            assert _outside(trip.position_h, h.shut(here, trip.service.from_zone)), "a position was given while closed"
        if trip.service.to_zone:
            assert _outside(trip.berthed_h, h.shut(there, trip.service.to_zone)), "a berth was given while closed"
    for leg in h.legs:
        assert _outside(leg.enter_h, h.link_shut(leg.link.id))


def in_order(queue: Iterable[tuple[float, float, float]], what: str, slack: float = 0.0) -> None:
    """Check a queue of (come, priority, served): nobody is served while one of at least their priority, come earlier, waits.

    Who came at the same moment may be served in any order; a higher priority is preferred whenever it waits.
    """
    rows = sorted((served, come, priority) for come, priority, served in queue if come < inf)
    for n, (served, come, priority) in enumerate(rows):
        if served == inf:
            break
        for later, earlier, rank in rows[n + 1 :]:
            waiting = earlier < served - slack < later - 2 * slack
            first = rank > priority or (rank == priority and earlier < come - slack)
            assert not (waiting and first), f"{what}: come at {come}, served at {served}, before {earlier} ({rank})"


def lines_are_served_in_order(h: History) -> None:
    """Containers leave the yard first come first served within their priority.

    Those that may have stood outside before they were let in are compared with their like only, those exchanged not at all.
    """
    lines: dict[tuple[str, int | None], list[tuple[float, float, float]]] = defaultdict(list)
    for hop in h.hops:
        if not hop.direct and hop.ready_h < inf:
            yard, priority = h.yards.get(hop.service.from_terminal), hop.container.flow.priority
            outside = yard and yard.capacity_teu is not None and hop.before is None
            if not hop.trip or not h.wait(hop.trip, hop.load_h):
                lines[hop.service.id, priority if outside else None].append((hop.ready_h, priority, hop.load_h))
    for (id_, _), line in lines.items():
        in_order(line, f"containers for {id_}")


def positions_are_given_in_order(h: History) -> None:
    """Vehicles take positions by priority of their service, then first come first served."""
    zones: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for before, trip, _ in h.in_turn():
        if trip.service.to_zone:
            zones[trip.service.to_zone].append((trip.passed_h, trip.service.priority, trip.berthed_h))
        if trip.service.from_zone and not (before and h.kept(before, trip)):
            zones[trip.service.from_zone].append((trip.called_h, trip.service.priority, trip.position_h))
    for id_, queue in zones.items():
        in_order(queue, f"positions of {id_}")


def admissions_are_given_in_order(h: History) -> None:
    """Vehicles on the way are admitted first come first served."""
    zones: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for trip in h.trips:
        if trip.service.to_zone and 1 < len(trip.legs) == len(trip.service.path):
            zones[trip.service.to_zone].append((trip.legs[-1].checked_h, 0, trip.legs[-1].admitted_h))
    for id_, queue in zones.items():
        in_order(queue, f"admissions of {id_}")


def unloading_reverses_nothing(h: History) -> None:
    """Containers are taken off in the order they were set aboard."""
    for trip in h.trips:
        hops = sorted((hop for hop in trip.hops if hop.aboard_h < inf), key=lambda hop: hop.aboard_h)
        for one, other in pairwise(hops):
            assert one.aboard_h == other.aboard_h or one.unload_h <= other.unload_h


LAWS: tuple[Callable[[History], None], ...] = (
    containers_are_kept,
    demand_is_as_stated,
    stamps_follow_each_other,
    draws_are_kept,
    positions_suffice,
    equipment_suffices,
    yards_suffice,
    loads_fit,
    paths_keep_their_distance,
    posts_suffice,
    nothing_begins_while_closed,
    lines_are_served_in_order,
    positions_are_given_in_order,
    admissions_are_given_in_order,
    unloading_reverses_nothing,
)
