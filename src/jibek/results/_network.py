"""A corridor as the statistics look at it: rows by number, and the slots of every itinerary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor
from jibek.simulate._replication import Names

STAGES = (
    "waiting_for_vehicle",
    "transfer",
    "loading",
    "check",
    "waiting_for_position",
    "waiting_for_path",
    "moving",
    "unloading",
    "hold",
    "closed",
)
"""Stages of a container, in the order in which they are shown."""

DEPART = ("waiting_for_vehicle", "closed", "transfer", "loading", "check", "waiting_for_position", "closed")
LEG = ("check", "waiting_for_position", "waiting_for_path", "closed", "moving")
ARRIVE = ("check", "waiting_for_position", "closed", "unloading", "transfer", "hold")
"""Slots of a ride: these before it, these for each link, these after it."""

Ints = NDArray[np.int64]


class Network:
    """Rows of a corridor by the numbers that a replication uses.

    Parameters
    ----------
    corridor
        The corridor simulated.
    names
        Ids behind the numbers.
    """

    def __init__(self, corridor: Corridor, names: Names) -> None:
        self.corridor = corridor
        self.names = names
        number = {
            table: {name: row for row, name in enumerate(getattr(names, table))}
            for table in ("terminals", "zones", "links", "services", "fleets", "flows")
        }
        services = [corridor.services[name] for name in names.services]
        self.from_terminal = _ints(number["terminals"][one.from_terminal] for one in services)
        self.to_terminal = _ints(number["terminals"][one.to_terminal] for one in services)
        self.from_zone = _ints(number["zones"].get(one.from_zone or "", -1) for one in services)
        self.to_zone = _ints(number["zones"].get(one.to_zone or "", -1) for one in services)
        self.links_of = [[number["links"][link] for link in one.path] for one in services]
        rotations = [corridor.rotations[name] for name in names.rotations]
        self.fleet_of = _ints(number["fleets"][one.fleet] for one in rotations)
        self.first_service = _ints(number["services"][one.services[0]] for one in rotations)
        self.capacity = np.array([corridor.fleets[name].capacity_teu for name in names.fleets])
        self.load_share = np.array([one.load_share for one in services])
        itineraries = [corridor.itineraries[name] for name in names.itineraries]
        self.flow_of = _ints(number["flows"][one.flow] for one in itineraries)
        self.rides_of = [[number["services"][name] for name in one.services] for one in itineraries]
        self.t_per_teu = np.array([corridor.flows[name].t_per_teu for name in names.flows])

    @cached_property
    def grams_per_t(self) -> NDArray[np.float64]:
        """What carrying a tonne along the path of a service emits, by service and fleet."""
        emissions = self.corridor.emissions.values()
        by_fleet = {one.fleet: one.g_per_tkm for one in emissions if one.fleet is not None}
        by_mode = {one.mode: one.g_per_tkm for one in emissions if one.mode is not None}
        found = np.zeros((len(self.names.services), len(self.names.fleets)))
        for service, links in enumerate(self.links_of):
            modes = [self.corridor.links[name].mode for name in self.link_ids(service)]
            km = self.link_km[links]
            usual = sum(length * by_mode.get(mode, 0.0) for length, mode in zip(km, modes, strict=True))
            for fleet, name in enumerate(self.names.fleets):
                found[service, fleet] = km.sum() * by_fleet[name] if name in by_fleet else usual
        return found

    @property
    def hours(self) -> float:
        """Length of the time that counts."""
        return 24.0 * self.corridor.header.days

    @cached_property
    def ride_start(self) -> Ints:
        """First ride of each itinerary in the list of all rides; one more at the end."""
        return starts(map(len, self.rides_of))

    @cached_property
    def ride_slot(self) -> Ints:
        """First slot of each ride; one more at the end."""
        size = len(DEPART) + len(ARRIVE)
        return starts(size + len(LEG) * len(self.links_of[s]) for rides in self.rides_of for s in rides)

    def _slots(self, service: int) -> Iterator[tuple[str, str]]:
        """Yield stage and location of the slots of a ride."""
        origin, goal = (self.names.terminals[of[service]] for of in (self.from_terminal, self.to_terminal))
        yield from ((stage, origin) for stage in DEPART)
        for leg, (link, place) in enumerate(zip(self.link_ids(service), self._places(service), strict=True)):
            yield from ((stage, place if leg else origin) for stage in LEG[:-1])
            yield LEG[-1], link
        yield from ((stage, goal) for stage in ARRIVE)

    def _places(self, service: int) -> Iterator[str]:
        """Yield the place before each link of a path."""
        here = self.corridor.terminals[self.names.terminals[self.from_terminal[service]]].place
        for name in self.link_ids(service):
            link = self.corridor.links[name]
            yield here
            here = link.to_place if link.from_place == here else link.from_place

    @cached_property
    def _slot_kind(self) -> tuple[list[tuple[str, str]], list[Ints]]:
        """Return the kinds of slots, stage and location, and those of the slots of each service."""
        number: dict[tuple[str, str], int] = {}
        kinds = [
            _ints(number.setdefault(kind, len(number)) for kind in self._slots(service))
            for service in range(len(self.names.services))
        ]
        return list(number), kinds

    @cached_property
    def moving(self) -> NDArray[np.bool_]:
        """Which slots are spent in motion."""
        kinds, of_service = self._slot_kind
        moving = np.array([stage == "moving" for stage, _ in kinds], dtype=bool)
        return np.concatenate([np.zeros(0, bool), *(moving[of_service[s]] for rides in self.rides_of for s in rides)])

    @cached_property
    def _cells(self) -> tuple[Ints, Ints, Ints]:
        """Return flow and kind of slot of each cell of the time budget, by their first slots, and the cell of each slot."""
        kinds, of_service = self._slot_kind
        group = np.concatenate(
            [
                np.zeros(0, np.int64),
                *(
                    flow * len(kinds) + of_service[service]
                    for flow, rides in zip(self.flow_of, self.rides_of, strict=True)
                    for service in rides
                ),
            ]
        )
        groups, first, cell = np.unique(group, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        flow, kind = np.divmod(groups[order], max(len(kinds), 1))
        return flow, kind, rank[cell]

    @cached_property
    def cells(self) -> list[tuple[int, str, str]]:
        """Cells of the time budget: flow, location and stage."""
        kinds = self._slot_kind[0]
        flows, of_cell, _ = self._cells
        return [(flow, *kinds[kind][::-1]) for flow, kind in zip(flows.tolist(), of_cell.tolist(), strict=True)]

    @property
    def cell(self) -> Ints:
        """The cell of each slot."""
        return self._cells[2]

    @property
    def flow_of_cell(self) -> Ints:
        """The flow of each cell."""
        return self._cells[0]

    @cached_property
    def stage_of_cell(self) -> Ints:
        """The stage of each cell, as its place among `STAGES`."""
        return _ints(STAGES.index(stage) for stage, _ in self._slot_kind[0])[self._cells[1]]

    def link_ids(self, service: int) -> list[str]:
        """Return the links of a path by id."""
        return [self.names.links[link] for link in self.links_of[service]]

    def backward(self, service: int) -> list[bool]:
        """Say of each link of a path whether it is run from `to_place` to `from_place`."""
        pairs = zip(self.link_ids(service), self._places(service), strict=True)
        return [self.corridor.links[link].from_place != place for link, place in pairs]

    @cached_property
    def link_km(self) -> NDArray[np.float64]:
        """Length of each link."""
        return np.array([self.corridor.links[name].length_km for name in self.names.links])

    @cached_property
    def link_ends(self) -> Ints:
        """Return the places where each link begins and ends, in two rows."""
        number = {name: row for row, name in enumerate(self.names.places)}
        links = [self.corridor.links[name] for name in self.names.links]
        begin, end = (_ints(number[getattr(one, key)] for one in links) for key in ("from_place", "to_place"))
        return np.stack((begin, end))

    @cached_property
    def ride_km(self) -> NDArray[np.float64]:
        """Length of each ride's path."""
        km = [float(self.link_km[links].sum()) for links in self.links_of]
        return np.array([km[service] for rides in self.rides_of for service in rides])

    @cached_property
    def months(self) -> tuple[list[str], Ints]:
        """Return the calendar months counted, `2023-01`, and the number of the month of each day."""
        header = self.corridor.header
        days = [month_of(header.start, day) for day in range(header.days)]
        labels = sorted(set(days))
        return labels, _ints(map({label: n for n, label in enumerate(labels)}.__getitem__, days))


def month_of(start: date, day: int) -> str:
    """Return the month of a day counted from the start, `2023-01`."""
    return (start + timedelta(days=day)).strftime("%Y-%m")


def names_of(corridor: Corridor) -> Names:
    """Return the ids behind the row numbers of a replication of a corridor."""
    tables: Mapping[str, Sequence[str]] = {
        table: tuple(sorted(getattr(corridor, table))) for table in Names.__dataclass_fields__
    }
    return Names(**tables)  # type: ignore[arg-type]


def starts(sizes: Iterable[int]) -> Ints:
    """Return where each of several runs of given sizes begins, and where the last ends."""
    return np.concatenate(([0], np.cumsum(list(sizes), dtype=np.int64))).astype(np.int64)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
