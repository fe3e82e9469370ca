"""Containers, their hops, trips and legs: what moves, and what is written down of it."""

from __future__ import annotations

from collections import deque
from math import inf, nan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from against.second.checks import Check
    from against.second.services import Fleet, Rotation, Service
    from against.second.zones import Zone
    from jibek.corridor.tables import Itinerary

Line = tuple[int, float, int]
"""Where a container stands in a line: by priority (higher first), time, order of coming."""


class Hop:
    """One container on one service."""

    __slots__ = ("aboard_h", "direct", "load_h", "off_h", "ready_h", "service", "trip", "unload_h")

    def __init__(self, service: Service) -> None:
        self.service = service
        self.trip: Trip | None = None
        self.ready_h = self.load_h = self.aboard_h = self.unload_h = self.off_h = nan
        self.direct = 0


class Container:
    """A load unit on its way."""

    __slots__ = ("enter_h", "flow", "holds", "hop", "hops", "itinerary", "leave_h", "number", "place", "quarters")

    def __init__(
        self, flow: Flow, number: int, quarters: int, itinerary: Itinerary, services: list[Service], now: float
    ) -> None:
        self.flow, self.number, self.quarters, self.itinerary = flow, number, quarters, itinerary
        self.hops = [Hop(service) for service in services]
        self.hop = 0
        self.holds: list[Check] = []
        self.enter_h, self.leave_h = now, nan
        self.place: Line = (0, inf, 0)

    @property
    def here(self) -> Hop:
        """The hop that it is on, or waits for."""
        return self.hops[self.hop]

    @property
    def next(self) -> Service | None:
        """The service after the one that it is on."""
        return self.hops[self.hop + 1].service if self.hop + 1 < len(self.hops) else None


class Flow:
    """What a container needs to know of its flow."""

    __slots__ = ("cargo_class", "entity", "id", "priority")

    def __init__(self, name: str, entity: int, priority: int, cargo_class: str) -> None:
        self.id, self.entity, self.priority, self.cargo_class = name, entity, priority, cargo_class


class Leg:
    """One trip on one link."""

    __slots__ = ("admitted_h", "back", "checked_h", "enter_h", "exit_h", "link", "place_h", "trip")

    def __init__(self, trip: Trip, link: str, back: int, now: float) -> None:
        self.trip, self.link, self.back, self.place_h = trip, link, back, now
        self.checked_h = self.admitted_h = self.enter_h = self.exit_h = nan


class Trip:
    """One run of a vehicle on a service, from the call to the last container off."""

    __slots__ = (
        "arrived_h", "berthed_h", "called_h", "cleared_h", "closed_h", "containers", "emptied_h", "left_h", "legs",
        "number", "passed_h", "position_h", "quarters", "rotation", "service",
    )  # fmt: skip

    def __init__(self, service: Service, rotation: Rotation, now: float) -> None:
        self.service, self.rotation, self.number = service, rotation, -1
        self.called_h = now
        self.position_h = self.closed_h = self.cleared_h = self.left_h = nan
        self.arrived_h = self.passed_h = self.berthed_h = self.emptied_h = nan
        self.containers = self.quarters = 0
        self.legs: list[Leg] = []


class Vehicle:
    """A train, a vessel, a truck platoon.

    Attributes
    ----------
    stage
        Which service of its rotation it runs, or waits for.
    trip, brought
        The trip that it loads for or runs, and the one that brought it: they differ while it exchanges.
    aboard
        Containers in the order of loading.
    arriving
        Containers still to be lifted off.
    load
        Quarters reserved, outbound.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.rotation: Rotation | None = None
        self.stage = -1
        self.zone: Zone | None = None
        self.trip: Trip | None = None
        self.brought: Trip | None = None
        self.aboard: list[Container] = []
        self.arriving: deque[Container] = deque()
        self.room = 0
        self.lifts_on = self.lifts_off = 0
        self.oldest = inf
        self.alarm = -inf
        self.departure = inf
        self.unloading = self.staying = self.loading = self.closing = False
