"""What terminals, equipment, vehicles and links did in a replication."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import Closed, union
from jibek.results._network import Network
from jibek.simulate._replication import Replication, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Figures = Iterator[tuple[str, float]]


def traffic(network: Network, replication: Replication, loaded: Ints, closed: Closed) -> Figures:
    """Yield the figures of terminals, zones, equipment, checks, services, links, fleets and closures.

    Parameters
    ----------
    network
        The corridor.
    replication
        What the replication left.
    loaded
        Quarters loaded and unloaded while counted, by service.
    closed
        Closed parts of the waits.
    """
    yield from _terminals(network, replication, loaded)
    yield from _zones(network, replication)
    yield from _equipment(network, replication)
    yield from _checks(network, replication)
    yield from _services(network, replication)
    yield from _links(network, replication, closed)
    yield from _fleets(network, replication)
    yield from _closures(network, replication)


def counted(network: Network, replication: Replication, name: str) -> Floats:
    """Return the daily rows that count, as means over the day (lifts: numbers)."""
    header = network.corridor.header
    daily = replication.daily[name][header.warmup_days : header.warmup_days + header.days]
    return daily if name == "lifts" else daily / 24


def _within(network: Network, times: Floats) -> Bools:
    found: Bools = (times >= 0) & (times < network.hours)
    return found


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _share(part: float, whole: float | None) -> float:
    return part / whole if whole else float("nan")


def _terminals(network: Network, replication: Replication, loaded: Ints) -> Figures:
    containers = replication.containers
    size = len(network.names.terminals)
    on = np.bincount(network.from_terminal, loaded[:, 0], size) / 4
    off = np.bincount(network.to_terminal, loaded[:, 1], size) / 4
    origin = [network.from_terminal[rides[0]] for rides in network.rides_of]
    entered = np.bincount(
        containers["itinerary"], containers["quarters"] * _within(network, containers["enter_h"]), len(origin)
    )
    come = off + np.bincount(np.array(origin, dtype=np.int64), entered, size) / 4
    yard, lifts = (counted(network, replication, name) for name in ("yard", "lifts"))
    room = {zone.terminal: zone.capacity_teu for zone in network.corridor.zones.values() if zone.kind == "yard"}
    for row, name in enumerate(network.names.terminals):
        prefix = f"terminals.{name}"
        yield f"{prefix}.teu", float(come[row])
        yield f"{prefix}.loaded_teu", float(on[row])
        yield f"{prefix}.unloaded_teu", float(off[row])
        yield f"{prefix}.lifts", float(lifts[:, row].sum())
        yield f"{prefix}.yard_teu.mean", float(yard[:, row].mean())
        yield f"{prefix}.yard_teu.max", float(replication.yard_max[row])
        yield f"{prefix}.yard_utilisation", _share(float(yard[:, row].mean()), room.get(name))


def _zones(network: Network, replication: Replication) -> Figures:
    trips = replication.trips
    busy, queue = (counted(network, replication, name) for name in ("positions", "queue"))
    arrival = network.to_zone[trips["service"]]
    departure = network.from_zone[trips["service"]]
    departure = np.where(_kept(network, trips), -1, departure)
    berthed, called = _within(network, trips["berthed_h"]), _within(network, trips["position_h"])
    zone = np.concatenate((arrival[berthed], departure[called]))
    waits = np.concatenate(
        (
            (trips["berthed_h"] - trips["passed_h"])[berthed],
            (trips["position_h"] - trips["called_h"])[called],
        )
    )
    by_zone = _grouped(waits, zone, len(network.names.zones))
    for row, name in enumerate(network.names.zones):
        positions = network.corridor.zones[name].positions
        if positions is None:
            continue
        prefix = f"zones.{name}"
        wait = by_zone[row]
        yield f"{prefix}.utilisation", _share(float(busy[:, row].mean()), positions)
        yield f"{prefix}.calls", float(wait.size)
        yield f"{prefix}.queue.mean", float(queue[:, row].mean())
        yield f"{prefix}.queue.max_day", float(queue[:, row].max(initial=0.0))
        yield f"{prefix}.wait_position_h.mean", _mean(wait)
        yield f"{prefix}.wait_position_h.p90", float(np.quantile(wait, 0.9)) if wait.size else float("nan")


def _grouped(values: Floats, groups: Ints, size: int) -> list[Floats]:
    """Return values by group; groups below 0 are left out."""
    chosen = groups >= 0
    values, groups = values[chosen], groups[chosen]
    order = np.argsort(groups, kind="stable")
    return np.split(values[order], np.cumsum(np.bincount(groups, minlength=size))[:-1])


def _by_vehicle(network: Network, trips: Table) -> tuple[Ints, Bools]:
    """Return the trips sorted by vehicle and time, and which of them follow one of the same vehicle."""
    fleet, vehicle = network.fleet_of[trips["rotation"]], trips["vehicle"]
    order = np.lexsort((trips["called_h"], vehicle, fleet))
    same = np.zeros(order.size, dtype=bool)
    same[1:] = (np.diff(vehicle[order]) == 0) & (np.diff(fleet[order]) == 0)
    return order, same


def _kept(network: Network, trips: Table) -> Bools:
    """Say which trips loaded in the position in which their vehicle had been unloaded."""
    order, same = _by_vehicle(network, trips)
    service = trips["service"][order]
    kept = np.zeros(order.size, dtype=bool)
    kept[1:] = (
        same[1:]
        & (network.to_zone[service[:-1]] == network.from_zone[service[1:]])
        & (trips["position_h"][order][1:] <= trips["emptied_h"][order][:-1])
    )
    found = np.empty_like(kept)
    found[order] = kept
    return found


def _equipment(network: Network, replication: Replication) -> Figures:
    busy = counted(network, replication, "equipment")
    for row, name in enumerate(network.names.equipment):
        count = network.corridor.equipment[name].count
        yield f"equipment.{name}.utilisation", _share(float(busy[:, row].mean()), count)
        yield f"equipment.{name}.count", float(count)


def _checks(network: Network, replication: Replication) -> Figures:
    busy = counted(network, replication, "posts")
    for row, name in enumerate(network.names.checks):
        servers = network.corridor.checks[name].servers
        yield f"checks.{name}.busy", float(busy[:, row].mean())
        yield f"checks.{name}.utilisation", _share(float(busy[:, row].mean()), servers)


def _services(network: Network, replication: Replication) -> Figures:
    trips = replication.trips
    size = len(network.names.services)
    chosen = np.flatnonzero(_within(network, trips["left_h"]))
    service = trips["service"][chosen]
    fleet = network.fleet_of[trips["rotation"][chosen]]
    usable = np.floor(4 * network.capacity[fleet] * network.load_share[service] + 1e-9)
    departures = np.bincount(service, minlength=size)
    containers, quarters, room = (
        np.bincount(service, part, size) for part in (trips["containers"][chosen], trips["quarters"][chosen], usable)
    )
    run = trips["arrived_h"][chosen] - trips["left_h"][chosen]
    arrived = ~np.isnan(run)
    arrivals = np.bincount(service[arrived], minlength=size)
    hours = np.bincount(service[arrived], run[arrived], size)
    for row, name in enumerate(network.names.services):
        prefix = f"services.{name}"
        yield f"{prefix}.departures", float(departures[row])
        yield f"{prefix}.containers", float(containers[row])
        yield f"{prefix}.teu", float(quarters[row] / 4)
        yield f"{prefix}.load_factor", _share(float(quarters[row]), float(room[row]))
        yield f"{prefix}.run_days.mean", _share(float(hours[row] / 24), float(arrivals[row]))


def _links(network: Network, replication: Replication, closed: Closed) -> Figures:
    legs, trips = replication.legs, replication.trips
    chosen = np.flatnonzero(_within(network, legs["enter_h"]))
    side = 2 * legs["link"][chosen] + legs["back"][chosen]
    size = 2 * len(network.names.links)
    departures = np.bincount(side, minlength=size)
    teu = np.bincount(side, trips["quarters"][legs["trip"][chosen]], size) / 4
    wait = np.bincount(side, (legs["enter_h"] - legs["admitted_h"])[chosen], size)
    taken = _paths_taken(network, legs)
    for row, name in enumerate(network.names.links):
        here = slice(2 * row, 2 * row + 2)
        prefix = f"links.{name}"
        yield f"{prefix}.departures", float(departures[here].sum())
        for k, direction in enumerate(("forward", "back")):
            count = float(departures[here][k])
            yield f"{prefix}.departures_{direction}", count
            yield f"{prefix}.teu_{direction}", float(teu[here][k])
            yield f"{prefix}.utilisation_{direction}", float(taken[here][k])
        yield f"{prefix}.wait_path_h.mean", _share(float(wait[here].sum()), float(departures[here].sum()))


def _paths_taken(network: Network, legs: Table) -> Floats:
    """Return the share of the time for which paths are taken, by link and direction; NaN: there are any number.

    Departures are at least 24 / `paths_per_day` apart: each takes its path for so long.
    """
    links = [network.corridor.links[name] for name in network.names.links]
    paths = np.array([(one.paths_per_day, one.back_paths_per_day or one.paths_per_day) for one in links], dtype=float)
    apart = 24 / paths.ravel()
    entered = ~np.isnan(legs["enter_h"])
    side = (2 * legs["link"] + legs["back"])[entered]
    begin = legs["enter_h"][entered]
    taken = np.clip(begin + apart[side], 0, network.hours) - np.clip(begin, 0, network.hours)
    found: Floats = np.where(np.isnan(apart), np.nan, np.bincount(side, taken, apart.size) / network.hours)
    return found


def _fleets(network: Network, replication: Replication) -> Figures:
    trips = replication.trips
    fleet = network.fleet_of[trips["rotation"]]
    size = len(network.names.fleets)
    in_use = _in_use(network, trips, fleet)
    departures = np.bincount(fleet[_within(network, trips["left_h"])], minlength=size)
    rounds = _rounds(network, trips)
    for row, name in enumerate(network.names.fleets):
        count = network.corridor.fleets[name].count
        prefix = f"fleets.{name}"
        yield f"{prefix}.count", float("nan") if count is None else float(count)
        yield f"{prefix}.departures", float(departures[row])
        yield f"{prefix}.in_use", float(in_use[row])
        yield f"{prefix}.utilisation", _share(float(in_use[row]), count)
        yield f"{prefix}.round_trip_days.mean", _mean(rounds[row]) / 24 if count else float("nan")


def _in_use(network: Network, trips: Table, fleet: Ints) -> Floats:
    """Return the mean number of vehicles in use, by fleet: from the call for a trip until emptied.

    A vehicle may be called for its next trip while it is still being unloaded: it is in use once. The times of
    each vehicle are laid one after another, so that what overlaps is of the same vehicle.
    """
    until = np.where(np.isnan(trips["emptied_h"]), network.hours, trips["emptied_h"])
    begin, end = (np.clip(times, 0, network.hours) for times in (trips["called_h"], until))
    shift = network.hours * trips["vehicle"]
    found = np.zeros(len(network.names.fleets))
    for row in range(found.size):
        here = fleet == row
        starts, ends = union((begin + shift)[here], (end + shift)[here])
        found[row] = (ends - starts).sum() / network.hours
    return found


def _rounds(network: Network, trips: Table) -> list[Floats]:
    """Return the times between departures of a vehicle with which it begins its rotation, by fleet."""
    begins = np.flatnonzero(trips["service"] == network.first_service[trips["rotation"]])
    table = {name: trips[name][begins] for name in ("rotation", "vehicle", "called_h", "left_h")}
    order, same = _by_vehicle(network, table)
    left = table["left_h"][order]
    took = np.diff(left, prepend=np.nan)
    chosen = same & _within(network, left) & ~np.isnan(took)
    fleet = network.fleet_of[table["rotation"][order]]
    return _grouped(took[chosen], fleet[chosen], len(network.names.fleets))


def _closures(network: Network, replication: Replication) -> Figures:
    closed = replication.closed
    for row, name in enumerate(network.names.closures):
        chosen = closed["closure"] == row
        begin, end = union(closed["start_h"][chosen], closed["end_h"][chosen])
        hours = np.clip(end, 0, network.hours) - np.clip(begin, 0, network.hours)
        yield f"closures.{name}.closed_days", float(hours.sum() / 24)
        yield f"closures.{name}.spells", float(_within(network, begin).sum())
