"""What a corridor's traffic needs at least, and what there is of it: the rows of the bound's linear programme.

Variables are the TEU carried by each itinerary, the TEU lifted directly at each change of vehicle, and the trips of each service
in each rotation. What they need is never more than what the simulation takes for them in the mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from jibek.corridor import Corridor
from jibek.corridor._view import LENGTH_TEU, mean_teu
from jibek.corridor.tables import Flow, Link
from jibek.simulate import CLASSES, compile_corridor
from jibek.simulate._network import FILLED, NONE
from jibek.study._windows import Closed, Window, fullest, spread

Use = dict[int, float]
"""What one unit of each variable needs."""

EFFORT = 1e-5
"""What a trip or a lift is worth, in TEU: just enough that none is made for nothing."""


@dataclass
class Capacity:
    """Something there is so much of, and what needs it.

    Attributes
    ----------
    name
        The value that says how much there is: `table.id.field`.
    units
        That value.
    unit_h
        Hours (days, departures) that one unit gives in a window.
    first, once
        What a clock that begins empty gives besides, each unit and in all: the first vehicle needs no path before it.
    use
        Need of the variables.
    lifts, pool
        The part of the need that falls as a pool of equipment grows, and the pool.
    """

    name: str
    units: float
    unit_h: Callable[[Window], float]
    first: float = 0.0
    once: float = 0.0
    use: Use = field(default_factory=dict)
    lifts: Use = field(default_factory=dict)
    pool: str | None = None

    def amount(self, window: Window) -> float:
        """Return what there is of it in a window."""
        return self.units * self.one(window) + self.once

    def one(self, window: Window) -> float:
        """Return what one unit gives in a window."""
        return self.unit_h(window) + self.first


@dataclass(frozen=True)
class Carried:
    """An itinerary with demand: its variable, its share of its flow, and how long its containers are."""

    variable: int
    flow: str
    row: int
    share: float
    mean_teu: float
    block_teu: float
    services: tuple[int, ...]
    cargo_class: int

    def teu(self, window: Window) -> float:
        """Return the TEU that come for it in a window."""
        return self.share * window.teu(self.row, self.mean_teu, self.block_teu)


class Needs:
    """The variables of a corridor, its capacities, and what ties variables to each other.

    Attributes
    ----------
    ties
        Needs that stay within a number.
    parts
        Needs that stay within shares of what is offered to itineraries, by number.

    Parameters
    ----------
    corridor
        Checked. Without a warm-up its clock begins empty; with one, the days that count are taken as steady: as much waits and is
        under way at their end as at their begin.
    """

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self.compiled = compile_corridor(corridor)
        self.names, self.network = self.compiled.names, self.compiled.network
        self.empty = corridor.header.warmup_days == 0
        self.width = 0
        self.capacities: dict[str, Capacity] = {}
        self.ties: list[tuple[Use, float]] = []
        self.parts: list[tuple[Use, dict[int, float]]] = []
        self.effort: Use = {}
        self.carried = list(self._itineraries())
        self.trips = self._rotations()
        self.standing: dict[int, Use] = {}
        self._services()

    def variable(self, effort: float = 0.0) -> int:
        """Return a new variable; of equal plans that of least effort is taken."""
        self.width += 1
        if effort:
            self.effort[self.width - 1] = effort
        return self.width - 1

    # Demand

    def _itineraries(self) -> Iterator[Carried]:
        compiled, corridor = self.compiled, self.corridor
        for row, block in enumerate(compiled.blocks):
            flow = corridor.flows[self.names.flows[row]]
            mean = mean_teu(flow)
            full = fullest(_lengths(flow), block.quarters) / 4 if block.quarters else mean
            shares = np.diff(block.shares, prepend=0.0)
            for itinerary, share in zip(block.itineraries, shares, strict=True):
                if itinerary != NONE and (block.listed or flow.teu_per_year > 0):
                    services = self._services_of(int(itinerary))
                    kind = CLASSES.index(flow.cargo_class)
                    yield Carried(self.variable(), flow.id, row, float(share), mean, full, services, kind)

    def _services_of(self, itinerary: int) -> tuple[int, ...]:
        first, end = self.compiled.itinerary_first[itinerary : itinerary + 2]
        return tuple(int(service) for service in self.compiled.itinerary_services[first:end])

    @cached_property
    def users(self) -> list[list[Carried]]:
        """Itineraries by service."""
        found: list[list[Carried]] = [[] for _ in self.names.services]
        for one in self.carried:
            for service in dict.fromkeys(one.services):
                found[service].append(one)
        return found

    # Vehicles

    def usable(self, fleet: Any, service: int) -> float:
        """Return the TEU that whole containers fill of a vehicle on a service."""
        room = int(fleet["capacity"] * self.network.service[service]["share"] + 1e-6)
        flows = dict.fromkeys(one.flow for one in self.users[service])
        return fullest((length for flow in flows for length in _lengths(self.corridor.flows[flow])), room) / 4

    def _rotations(self) -> list[list[tuple[int, int]]]:
        """Make the trips of each service, each with its fleet, and tie those of a rotation to each other."""
        trips: list[list[tuple[int, int]]] = [[] for _ in self.names.services]
        home: dict[int, Use] = {}
        for rotation in self.network.rotation[: len(self.names.rotations)]:
            stops = [int(service) for service in self.network.stop[rotation["stop"] : rotation["stop_end"]]]
            made = [self.variable(EFFORT) for _ in stops]
            for service, variable in zip(stops, made, strict=True):
                trips[service].append((variable, int(rotation["fleet"])))
            self.ties += [({later: 1.0, sooner: -1.0}, 0.0) for sooner, later in pairwise(made)]
            net = home.setdefault(int(rotation["fleet"]), {})
            net[made[0]] = net.get(made[0], 0.0) + 1.0
            net[made[-1]] = net.get(made[-1], 0.0) - 1.0
        for fleet, net in home.items():
            count = int(self.network.fleet[fleet]["count"])
            if count != NONE:
                self.ties.append((net, float(count * self.empty)))
        return trips

    def _services(self) -> None:
        """Write what trips need: room for the containers, departures, paths, posts, positions and the time of a vehicle."""
        for service, made in enumerate(self.trips):
            fleets = self.network.fleet
            full = {variable: self.usable(fleets[fleet], service) for variable, fleet in made}
            ride = {one.variable: float(one.services.count(service)) for one in self.users[service]}
            self.ties.append((ride | {variable: -teu for variable, teu in full.items()}, 0.0))
            self._departures(service)
            path_h, path_spread = self._path(service)
            checks_h, checks_spread = self._checks(service, max(full.values(), default=1.0))
            for variable, fleet in made:
                self.busy(fleet, {variable: path_h + checks_h}, path_spread + checks_spread)

    def busy(self, fleet: int, use: Use, first_h: float = 0.0) -> None:
        """Write the time that trips take of the vehicles of a fleet; one without a count has time enough."""
        count = int(self.network.fleet[fleet]["count"])
        if count != NONE:
            row = self.capacity(f"fleets.{self.names.fleets[fleet]}.count", count, ())
            add(row.use, use)
            row.first = max(row.first, self.empty * first_h)

    def capacity(
        self, name: str, units: float, closed: Closed, first_h: float = 0.0, *, key: str | None = None
    ) -> Capacity:
        """Return a capacity of hours by name; a first one is made of it.

        Parameters
        ----------
        name, units
            What says how much there is, and how much that is.
        closed
            What closes it.
        first_h
            Hours that one unit gives more when the clock begins empty: as the number of durations that end in a time is in
            the mean at most time / mean + cv^2 (Lorden 1970), the square of the spread.
        key
            By which it is found; default: its name.
        """
        key = key or name
        if key not in self.capacities:
            self.capacities[key] = Capacity(name, units, self._open(closed), first_h * self.empty)
        return self.capacities[key]

    def _departures(self, service: int) -> None:
        record = self.network.service[service]
        if record["rule"] == FILLED:
            return
        slots = self.network.slot[record["slot"] : record["slot_end"]]
        name = f"services.{self.names.services[service]}.departures"
        use = {variable: 1.0 for variable, _ in self.trips[service]}
        self.capacities[name] = Capacity(name, 1.0, lambda window: window.departures(slots), use=use)

    def _path(self, service: int) -> tuple[float, float]:
        """Write the paths that a trip takes; return its mean running time, and the square of its spread over the mean."""
        record = self.network.service[service]
        run_h, above = 0.0, 0.0
        for directed in self.network.path[record["path"] : record["path_end"]]:
            link = self.network.link[directed]
            run_h += link["floor"] + link["mean"]
            above += link["mean"] * spread(link["cv"], link["distribution"]) ** 2
            if link["headway"] > 0.0:
                row = self._link(int(directed), self.corridor.links[self.names.links[directed // 2]])
                for variable, _ in self.trips[service]:
                    row.use[variable] = row.use.get(variable, 0.0) + 1.0
        return run_h, above

    def _link(self, directed: int, link: Link) -> Capacity:
        back = bool(directed % 2)
        field = "back_paths_per_day" if back and link.back_paths_per_day else "paths_per_day"
        name, key = f"links.{link.id}.{field}", f"links.{link.id}.{directed % 2}"
        if key not in self.capacities:
            headway = float(self.network.link[directed]["headway"])
            closed = self.shuts(links=(directed // 2,), goes_on_h=headway)
            self.capacities[key] = Capacity(name, 24.0 / headway, self._open(closed, 24.0), once=float(self.empty))
        return self.capacities[key]

    def _open(self, closed: Closed, piece_h: float = 1.0) -> Callable[[Window], float]:
        """Return what counts the open hours of a window, or pieces of some hours of them."""
        empty = self.empty
        return lambda window: (window.open_h(closed) + (window.begins_open_h(closed) if empty else 0.0)) / piece_h

    def shuts(
        self,
        *,
        goes_on_h: float,
        links: tuple[int, ...] = (),
        zones: tuple[int, ...] = (),
        terminals: tuple[int, ...] = (),
    ) -> Closed:
        """Return the closures of links, zones or terminals; what is under way goes on so long."""
        targets = (terminals, zones, links)
        rows = enumerate(self.compiled.shuts)
        return tuple((row, goes_on_h) for row, shut in rows if shut.target in targets[shut.kind])

    # Checks

    def _checks(self, service: int, full_teu: float) -> tuple[float, float]:
        """Write the posts and positions that checks of a trip take; return their mean time, and its spread as that of `_path`."""
        record = self.network.service[service]
        network, hours, above = self.network, 0.0, 0.0
        here, there = network.terminal[record["origin"]], network.terminal[record["destination"]]
        leaving = network.check_list[here["departure"] : here["hold"]]
        coming = network.check_list[there["arrival"] : there["departure"]]
        places = network.path_place[record["path"] + 1 : record["path_end"]]
        passed = [check for place in places for check in network.way[place] if check != NONE]
        for kind, checks in (("departure", leaving), ("way", passed), ("arrival", coming)):
            for check in checks:
                if not network.concerns[check, service]:
                    continue
                post = network.check[check]
                time_h = float(post["mean"] * post["probability"])
                self.post(int(check), self._checked(service, post, full_teu))
                every = {variable: 1.0 for variable, _ in self.trips[service]} if concerns_all(post) else {}
                hours += time_h if every else 0.0
                above += float(post["mean"]) * (1.0 + spread(post["cv"], post["distribution"]) ** 2)
                if kind == "departure":
                    stands = {variable: time_h * many for variable, many in every.items()}
                    add(self.standing.setdefault(int(record["from_zone"]), {}), stands)
        return hours, above

    def _checked(self, service: int, check: Any, full_teu: float) -> Use:
        """Return how many vehicles are checked at least: all trips, or as many as the containers fill that cannot go unchecked."""
        if concerns_all(check) and check["probability"] >= 1.0:
            return {variable: 1.0 for variable, _ in self.trips[service]}
        found: Use = {}
        for one in self.users[service]:
            if concerns_all(check) or check["classes"] >> one.cargo_class & 1:
                many = one.services.count(service) / max(full_teu, 0.25)
                add(found, {variable: many * share for variable, share in self.held(one, check["probability"]).items()})
        return found

    def held(self, one: Carried, probability: float) -> Use:
        """Return the TEU of an itinerary that a check concerns: all but what goes unchecked, a share of what is offered.

        Where checks are too few, what they do not concern passes those that wait; so it is no share of what is carried.
        """
        found: Use = {one.variable: 1.0}
        if probability < 1.0:
            free = self.variable(-EFFORT)
            self.parts.append(({free: 1.0}, {self.carried.index(one): 1.0 - float(probability)}))
            self.ties.append(({free: 1.0, one.variable: -1.0}, 0.0))
            found[free] = -1.0
        return found

    def post(self, check: int, many: Use) -> None:
        """Write the time that checks take of their posts; where there is no limit, nothing."""
        post = self.network.check[check]
        name = self.names.checks[check]
        if self.corridor.checks[name].servers is None:
            return
        twice_h = float(post["mean"]) * spread(post["cv"], post["distribution"]) ** 2
        place = self.corridor.checks[name].kind == "way"
        closed = () if place else self.shuts(terminals=(int(post["terminal"]),), goes_on_h=post["mean"] + twice_h)
        row = self.capacity(f"checks.{name}.servers", int(post["servers"]), closed, twice_h)
        add(row.use, {variable: float(post["mean"]) * share for variable, share in many.items()})


def add(use: Use, more: Use) -> None:
    """Add needs to others."""
    for variable, many in more.items():
        use[variable] = use.get(variable, 0.0) + many


def concerns_all(check: Any) -> bool:
    """Whether a check concerns all cargo classes."""
    return bool(check["classes"] == 0)


def _lengths(flow: Flow) -> list[int]:
    """Return the lengths of a flow's containers in quarter TEU."""
    return [round(4 * teu) for column, teu in LENGTH_TEU.items() if getattr(flow, column) > 0]
