"""Replications made by hand or at random, as an engine could have left them."""

from __future__ import annotations

import functools

import numpy as np

from jibek.corridor import Corridor, read
from jibek.results._network import Network, names_of
from jibek.simulate._replication import Replication

LENGTHS = {"share_20ft": 4, "share_40ft": 8, "share_45ft": 9}

HOPS = ("trip", "ready_h", "load_h", "aboard_h", "unload_h", "off_h", "direct")
TRIPS = (
    "called_h",
    "position_h",
    "closed_h",
    "cleared_h",
    "left_h",
    "arrived_h",
    "passed_h",
    "berthed_h",
    "emptied_h",
)
LEGS = ("place_h", "checked_h", "admitted_h", "enter_h", "exit_h")
WHOLE = {
    "flow", "itinerary", "number", "quarters", "first_hop", "container", "service", "trip", "direct",
    "rotation", "vehicle", "containers", "link", "back", "closure",
}  # fmt: skip


def table(rows: list[dict[str, float]], columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Make columns from rows."""
    return {
        name: np.array([row[name] for row in rows], dtype=np.int64 if name in WHOLE else np.float64) for name in columns
    }


def replication(
    corridor: Corridor,
    *,
    containers: list[dict[str, float]],
    hops: list[dict[str, float]],
    trips: list[dict[str, float]],
    legs: list[dict[str, float]],
    closed: list[dict[str, float]] | None = None,
    daily: dict[str, np.ndarray] | None = None,
    number: int = 0,
) -> Replication:
    """Make a replication from rows; what is not said of the days is 0."""
    names = names_of(corridor)
    days = corridor.header.warmup_days + corridor.header.days
    sizes = {
        "positions": names.zones, "queue": names.zones, "yard": names.terminals, "lifts": names.terminals,
        "equipment": names.equipment, "posts": names.checks,
    }  # fmt: skip
    empty = {name: np.zeros((days, len(ids))) for name, ids in sizes.items()}
    return Replication(
        number=number,
        events=1000,
        containers=table(containers, ("flow", "itinerary", "number", "quarters", "first_hop", "enter_h", "leave_h")),
        hops=table(hops, ("container", "service", *HOPS)),
        trips=table(trips, ("service", "rotation", "vehicle", "number", *TRIPS, "containers", "quarters"))
        | {"number": np.array([row["number"] for row in trips], dtype=np.int64)},
        legs=table(legs, ("trip", "link", "back", *LEGS)),
        closed=table(closed or [], ("closure", "start_h", "end_h")),
        daily=empty | (daily or {}),
        yard_max=np.zeros(len(names.terminals)),
    )


class Traffic:
    """Blocks that travel alone: a train for each, every wait and ride drawn at random.

    Parameters
    ----------
    corridor
        Where they travel.
    seed
        Of the draws.
    """

    def __init__(self, corridor: Corridor, seed: int) -> None:
        self.corridor = corridor
        self.network = Network(corridor, names_of(corridor))
        self.random = np.random.default_rng(seed)
        self.end = 24.0 * corridor.header.days
        self.containers: dict[str, list[np.ndarray]] = {}
        self.hops: dict[str, list[np.ndarray]] = {}
        self.trips: list[dict[str, float]] = []
        self.legs: list[tuple[float, ...]] = []
        self.hop_count = 0
        self.row = 0
        names = self.network.names
        self.rotation = {
            service: names.rotations.index(rotation.id)
            for rotation in corridor.rotations.values()
            for service in rotation.services
        }

    def make(self, number: int = 0) -> Replication:
        """Let all flows come, and return what they leave."""
        for flow, name in enumerate(self.network.names.flows):
            self._flow(flow, name)
        names, header = self.network.names, self.corridor.header
        days = header.warmup_days + header.days
        sizes = [len(part) for part in (names.zones, names.zones, names.terminals, names.terminals,
                                        names.equipment, names.checks)]  # fmt: skip
        daily = {
            key: self.random.uniform(0, 24, (days, size))
            for key, size in zip(("positions", "queue", "yard", "lifts", "equipment", "posts"), sizes, strict=True)
        }
        trips = {key: np.array([row[key] for row in self.trips]) for key in self.trips[0]}
        legs = np.array(self.legs).T
        return Replication(
            number=number,
            events=10 * self.hop_count,
            containers={key: np.concatenate(parts) for key, parts in self.containers.items()},
            hops={key: np.concatenate(parts) for key, parts in self.hops.items()},
            trips=trips,
            legs=dict(zip(("trip", "link", "back"), legs[:3].astype(np.int64), strict=True))
            | dict(zip(LEGS, legs[3:], strict=True)),
            closed=self._closed(),
            daily=daily,
            yard_max=self.random.uniform(0, 100, len(names.terminals)),
        )

    def _closed(self) -> dict[str, np.ndarray]:
        count = len(self.network.names.closures)
        closure = np.repeat(np.arange(count), 20)
        start = self.random.uniform(-24.0 * self.corridor.header.warmup_days, self.end, closure.size)
        return {
            "closure": closure,
            "start_h": start,
            "end_h": start + self.random.exponential(60, closure.size),
        }

    def _flow(self, flow: int, name: str) -> None:
        row = self.corridor.flows[name]
        itineraries = [
            (number, self.corridor.itineraries[one].share)
            for number, one in enumerate(self.network.names.itineraries)
            if self.corridor.itineraries[one].flow == name
        ]
        shares = np.array([share for _, share in itineraries])
        block = int(row.block_teu or 2)
        begin = -24.0 * self.corridor.header.warmup_days
        blocks = round(row.teu_per_year / block * (self.end - begin) / 8760)
        weights = np.array([getattr(row, key) for key in LENGTHS])
        done = 0
        for time in np.sort(self.random.uniform(begin, self.end, blocks)):
            itinerary = itineraries[self.random.choice(len(shares), p=shares / shares.sum())][0]
            quarters = self.random.choice(list(LENGTHS.values()), max(1, block // 2), p=weights / weights.sum())
            self._block(flow, itinerary, done, time, quarters)
            done += quarters.size

    def _block(self, flow: int, itinerary: int, done: int, time: float, quarters: np.ndarray) -> None:
        count = quarters.size
        rides = self.network.rides_of[itinerary]
        hop = self.hop_count + len(rides) * np.arange(count)
        ready, direct = np.full(count, time), np.zeros(count, dtype=bool)
        before: tuple[np.ndarray, np.ndarray] | None = None
        columns: dict[str, list[np.ndarray]] = {}
        for service in rides:
            trip, times = self._trip(service, float(ready.max()), quarters)
            if before is not None:
                direct = self.random.random(count) < 0.5
            load = ready + self.random.exponential(20, count)
            aboard = load + self.random.exponential(0.5, count)
            if before is not None:
                ready = np.where(direct, before[0], ready)
                load, aboard = np.where(direct, before[0], load), np.where(direct, before[1], aboard)
            times = self._run(trip, service, times, float(aboard.max()))
            unload = times["berthed_h"] + self.random.exponential(2, count)
            off = unload + self.random.exponential(0.3, count)
            self.trips[trip]["emptied_h"] = float(off.max())
            held = off + np.where(self.random.random(count) < 0.05, 30.0, 0.0)
            part = {"container": self.row + np.arange(count), "service": np.full(count, service),
                    "trip": np.full(count, trip), "ready_h": ready, "load_h": load, "aboard_h": aboard,
                    "unload_h": unload, "off_h": off, "direct": direct.astype(np.int8)}  # fmt: skip
            for key, values in part.items():
                columns.setdefault(key, []).append(values)
            ready, before = held, (unload, off)
        for key, parts in columns.items():
            self.hops.setdefault(key, []).append(np.column_stack(parts).ravel())
        part = {"flow": np.full(count, flow), "itinerary": np.full(count, itinerary),
                "number": done + np.arange(count), "quarters": quarters, "first_hop": hop,
                "enter_h": np.full(count, time), "leave_h": ready}  # fmt: skip
        for key, values in part.items():
            self.containers.setdefault(key, []).append(values)
        self.hop_count += count * len(rides)
        self.row += count

    def _trip(self, service: int, time: float, quarters: np.ndarray) -> tuple[int, dict[str, float]]:
        name = self.network.names.services[service]
        called = time + self.random.exponential(3)
        row = dict.fromkeys(TRIPS, np.nan) | {
            "service": service, "rotation": self.rotation[name], "vehicle": int(self.random.integers(10)),
            "number": len(self.trips), "called_h": called, "position_h": called + self.random.exponential(2),
            "containers": quarters.size, "quarters": int(quarters.sum()),
        }  # fmt: skip
        self.trips.append(row)
        return len(self.trips) - 1, row

    def _run(self, trip: int, service: int, row: dict[str, float], aboard: float) -> dict[str, float]:
        draw = self.random.exponential
        row["closed_h"] = max(aboard, row["position_h"]) + draw(1)
        row["cleared_h"] = row["closed_h"] + draw(3)
        row["left_h"] = now = row["cleared_h"] + draw(2)
        links = self.network.links_of[service]
        for leg, (link, back) in enumerate(zip(links, self.network.backward(service), strict=True)):
            place = now
            checked = place + (draw(5) if leg else 0.0)
            admitted = checked + (draw(1) if leg and leg == len(links) - 1 else 0.0)
            enter = admitted + draw(2)
            now = enter + self.network.link_km[link] / 40
            self.legs.append((trip, link, back, place, checked, admitted, enter, now))
        row["arrived_h"] = now
        row["passed_h"] = now + draw(2)
        row["berthed_h"] = row["passed_h"] + draw(3)
        return row


def two_containers(corridor: Corridor, *, number: int = 0, late: float = 0.0) -> Replication:
    """Two containers of the starter corridor, from the city to the other shore, with times that can be added by hand.

    The first is lifted from train to train at the dry port, the second is brought to the yard and held. The sea is closed
    from 165 to 175 h. All that happens after the ferry has left is `late`.
    """
    names = names_of(corridor)
    services = [names.services.index(name) for name in ("city-out", "steppe-west", "ferry-west")]
    rotations = [names.rotations.index(name) for name in ("city-trains", "steppe", "crossing")]
    links = [names.links.index(name) for name in ("city-border", "border-coast", "sea")]
    end = 204.0 + late
    times = (
        {"called_h": 0, "position_h": 0, "closed_h": 12, "cleared_h": 12, "left_h": 12,
         "arrived_h": 30, "passed_h": 33, "berthed_h": 34, "emptied_h": 37},
        {"called_h": 20, "position_h": 21, "closed_h": 60, "cleared_h": 60, "left_h": 60,
         "arrived_h": 141, "passed_h": 141, "berthed_h": 145, "emptied_h": 148},
        {"called_h": 140, "position_h": 149, "closed_h": 160, "cleared_h": 162, "left_h": 162,
         "arrived_h": end, "passed_h": end, "berthed_h": end, "emptied_h": end},
    )  # fmt: skip
    trips = [
        {"service": services[n], "rotation": rotations[n], "vehicle": n, "number": 0, "containers": 2, "quarters": 12}
        | row
        for n, row in enumerate(times)
    ]
    legs = [
        {"trip": n, "link": links[n], "back": 0} | dict(zip(LEGS, row, strict=True))
        for n, row in enumerate(((12, 12, 12, 14, 30), (60, 60, 60, 61, 141), (162, 162, 162, 180, end)))
    ]
    first = ((0, 10, 10, 35, 35.5, 0), (35, 35, 35.5, 146, 147, 1), (147, 150, 151, end, end, 0))
    second = ((0, 10, 10, 36, 37, 0), (49, 50, 51, 147, 148, 0), (148, 151, 152, end, end, 0))
    hops = [
        {"container": box, "service": services[n], "trip": n} | dict(zip(HOPS[1:], row, strict=True))
        for box, rows in enumerate((first, second))
        for n, row in enumerate(rows)
    ]
    flow, itinerary = names.flows.index("west"), names.itineraries.index("west-usual")
    containers = [
        {"flow": flow, "itinerary": itinerary, "number": box, "quarters": quarters, "first_hop": 3 * box,
         "enter_h": 0.0, "leave_h": end}
        for box, quarters in enumerate((4, 8))
    ]  # fmt: skip
    closed = [{"closure": names.closures.index("storm"), "start_h": 165, "end_h": 175}]
    return replication(corridor, containers=containers, hops=hops, trips=trips, legs=legs, closed=closed, number=number)


@functools.cache
def starter_year(number: int) -> Replication:
    """Return a year of random traffic on the starter corridor; all tests share it, so none may change it."""
    return Traffic(read("starter"), number).make(number)
