"""What terminals, equipment, vehicles and links did in a replication."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import union
from jibek.results._grouped import grouped
from jibek.results._network import Network
from jibek.results._sums import Carried, Sums, add
from jibek.results._waits import Waits
from jibek.simulate._replication import Replication, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Figures = Iterator[tuple[str, float]]


class Traffic:
    """Adds up what terminals, equipment, vehicles and links did in a replication.

    A trip is counted in the part in which its vehicle is emptied; in the last part those under way are.

    Parameters
    ----------
    network
        The corridor.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._sums: Sums = {}
        self._done = Carried(np.bool_)
        self._vehicles, self._beginners = _Former(network), _Former(network)
        self._waits = Waits(len(network.names.zones))

    def add(self, part: Replication) -> None:
        """Add a part of the replication."""
        network, trips, legs = self._network, part.trips, part.legs
        done = self._done.into(part)
        new = ~done if part.kept is None else ~done & ~np.isnan(trips["emptied_h"])
        self._done.on(part, done | new)
        counted_trips, counted_legs = _rows(trips, new), _rows(legs, new[legs["trip"]])
        former, same, _ = self._vehicles.before(counted_trips, part)
        self._waits.add(*_position_waits(network, counted_trips, _kept(network, counted_trips, former, same)))
        add(
            self._sums,
            {
                **_services(network, counted_trips),
                **_links(network, counted_legs, trips["quarters"]),
                **_fleets(network, counted_trips, former, same),
                **self._rounds(part, counted_trips),
            },
        )

    def _rounds(self, part: Replication, trips: Table) -> Sums:
        """Return number and sum of the times between departures with which a vehicle begins its rotation, by fleet."""
        network = self._network
        begins = _rows(trips, trips["service"] == network.first_service[trips["rotation"]])
        former, same, order = self._beginners.before(begins, part)
        took = begins["left_h"] - former["left_h"]
        chosen = order[(same & _within(network, begins["left_h"]) & ~np.isnan(took))[order]]
        fleet = network.fleet_of[begins["rotation"]]
        rounds = grouped(took[chosen], fleet[chosen], len(network.names.fleets))
        return {
            "rounds": np.array([one.size for one in rounds]),
            "rounds_h": np.array([one.sum() for one in rounds]),
        }

    def figures(self, last: Replication, loaded: Ints, offered: Ints) -> Figures:
        """Yield the figures of terminals, zones, equipment, checks, services, links, fleets and closures.

        Parameters
        ----------
        last
            The last part that was added.
        loaded
            Quarters loaded and unloaded while counted, by service.
        offered
            Number and quarters that entered while counted, by itinerary.
        """
        network, sums = self._network, self._sums
        yield from _terminal_figures(network, last, loaded, offered)
        yield from _zone_figures(network, last, self._waits)
        yield from _equipment(network, last)
        yield from _checks(network, last)
        yield from _service_figures(network, sums)
        yield from _link_figures(network, sums)
        yield from _fleet_figures(network, sums)
        yield from _closures(network, last)


_REMEMBERED = ("service", "rotation", "vehicle", "called_h", "left_h", "emptied_h")
"""What is asked of the trip before."""


class _Former:
    """The last trip of every vehicle in use, of those that have been counted."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._last: Table = {}

    def before(self, trips: Table, part: Replication) -> tuple[Table, Bools, Ints]:
        """Return the trip that its vehicle made before each trip, whether there is one, and the order of trips by vehicle."""
        known = len(self._last["vehicle"]) if self._last else 0
        table = {
            name: np.concatenate((self._last[name], trips[name])) if known else trips[name] for name in _REMEMBERED
        }
        order, same = _by_vehicle(self._network, table)
        if part.kept is not None:
            last = order[np.append(~same[1:], True)] if order.size else order
            last = last[np.isin(table["vehicle"][last], part.trips["vehicle"][part.kept])]
            self._last = _rows(table, last)
        rows, follows = np.empty_like(order), np.empty_like(same)
        rows[order], follows[order] = np.roll(order, 1), same
        return _rows(table, rows[known:]), follows[known:], order[order >= known] - known


def _rows(table: Table, rows: Bools | Ints) -> Table:
    """Return some rows of a table; the table itself where all are marked."""
    if rows.dtype == np.bool_ and rows.all():
        return table
    return {name: values[rows] for name, values in table.items()}


def counted(network: Network, replication: Replication, name: str) -> Floats:
    """Return the daily rows that count, as means over the day (lifts: numbers)."""
    header = network.corridor.header
    daily = replication.daily[name][header.warmup_days : header.warmup_days + header.days]
    return daily if name == "lifts" else daily / 24


def _within(network: Network, times: Floats) -> Bools:
    found: Bools = (times >= 0) & (times < network.hours)
    return found


def _share(part: float, whole: float | None) -> float:
    return part / whole if whole else float("nan")


def _terminal_figures(network: Network, replication: Replication, loaded: Ints, offered: Ints) -> Figures:
    size = len(network.names.terminals)
    on = np.bincount(network.from_terminal, loaded[:, 0], size) / 4
    off = np.bincount(network.to_terminal, loaded[:, 1], size) / 4
    origin = [network.from_terminal[rides[0]] for rides in network.rides_of]
    come = off + np.bincount(np.array(origin, dtype=np.int64), offered[:, 1], size) / 4
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


def _position_waits(network: Network, trips: Table, kept: Bools) -> tuple[Floats, Ints]:
    """Return the waits for positions, and the zones; what kept its position did not wait for it."""
    arrival = network.to_zone[trips["service"]]
    departure = np.where(kept, -1, network.from_zone[trips["service"]])
    berthed, called = _within(network, trips["berthed_h"]), _within(network, trips["position_h"])
    zone = np.concatenate((arrival[berthed], departure[called]))
    waits = np.concatenate(
        (
            (trips["berthed_h"] - trips["passed_h"])[berthed],
            (trips["position_h"] - trips["called_h"])[called],
        )
    )
    return waits, zone


def _zone_figures(network: Network, replication: Replication, waits: Waits) -> Figures:
    busy, queue = (counted(network, replication, name) for name in ("positions", "queue"))
    means, most = waits.figures()
    for row, name in enumerate(network.names.zones):
        positions = network.corridor.zones[name].positions
        if positions is None:
            continue
        prefix = f"zones.{name}"
        yield f"{prefix}.utilisation", _share(float(busy[:, row].mean()), positions)
        yield f"{prefix}.calls", float(waits.count[row])
        yield f"{prefix}.queue.mean", float(queue[:, row].mean())
        yield f"{prefix}.queue.max_day", float(queue[:, row].max(initial=0.0))
        yield f"{prefix}.wait_position_h.mean", float(means[row])
        yield f"{prefix}.wait_position_h.p90", float(most[row])


def _by_vehicle(network: Network, trips: Table) -> tuple[Ints, Bools]:
    """Return the trips sorted by vehicle and time, and which of them follow one of the same vehicle."""
    fleet, vehicle = network.fleet_of[trips["rotation"]], trips["vehicle"]
    order = np.lexsort((trips["called_h"], vehicle, fleet))
    same = np.zeros(order.size, dtype=bool)
    same[1:] = (np.diff(vehicle[order]) == 0) & (np.diff(fleet[order]) == 0)
    return order, same


def _kept(network: Network, trips: Table, former: Table, same: Bools) -> Bools:
    """Say which trips loaded in the position in which their vehicle had been unloaded."""
    kept: Bools = (
        same
        & (network.to_zone[former["service"]] == network.from_zone[trips["service"]])
        & (trips["position_h"] <= former["emptied_h"])
    )
    return kept


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


def _services(network: Network, trips: Table) -> Sums:
    """Return what is added up for the figures of services."""
    size = len(network.names.services)
    chosen = np.flatnonzero(_within(network, trips["left_h"]))
    service = trips["service"][chosen]
    fleet = network.fleet_of[trips["rotation"][chosen]]
    usable = np.floor(4 * network.capacity[fleet] * network.load_share[service] + 1e-9)
    containers, quarters, room = (
        np.bincount(service, part, size) for part in (trips["containers"][chosen], trips["quarters"][chosen], usable)
    )
    run = trips["arrived_h"][chosen] - trips["left_h"][chosen]
    arrived = ~np.isnan(run)
    return {
        "service_departures": np.bincount(service, minlength=size),
        "service_containers": containers,
        "service_quarters": quarters,
        "service_room": room,
        "service_arrivals": np.bincount(service[arrived], minlength=size),
        "service_run_h": np.bincount(service[arrived], run[arrived], size),
    }


def _service_figures(network: Network, sums: Sums) -> Figures:
    for row, name in enumerate(network.names.services):
        prefix = f"services.{name}"
        quarters = float(sums["service_quarters"][row])
        yield f"{prefix}.departures", float(sums["service_departures"][row])
        yield f"{prefix}.containers", float(sums["service_containers"][row])
        yield f"{prefix}.teu", quarters / 4
        yield f"{prefix}.load_factor", _share(quarters, float(sums["service_room"][row]))
        arrivals = float(sums["service_arrivals"][row])
        yield f"{prefix}.run_days.mean", _share(float(sums["service_run_h"][row] / 24), arrivals)


def _links(network: Network, legs: Table, quarters: Ints) -> Sums:
    """Return what is added up for the figures of links, by link and direction; the quarters are those of all trips."""
    chosen = np.flatnonzero(_within(network, legs["enter_h"]))
    side = 2 * legs["link"][chosen] + legs["back"][chosen]
    size = 2 * len(network.names.links)
    return {
        "link_departures": np.bincount(side, minlength=size),
        "link_quarters": np.bincount(side, quarters[legs["trip"][chosen]], size),
        "link_wait_h": np.bincount(side, (legs["enter_h"] - legs["admitted_h"])[chosen], size),
        "link_taken_h": _taken_h(network, legs),
    }


def _link_figures(network: Network, sums: Sums) -> Figures:
    teu = sums["link_quarters"] / 4
    taken = np.where(np.isnan(_apart_h(network)), np.nan, sums["link_taken_h"] / network.hours)
    for row, name in enumerate(network.names.links):
        here = slice(2 * row, 2 * row + 2)
        departures = sums["link_departures"][here]
        prefix = f"links.{name}"
        yield f"{prefix}.departures", float(departures.sum())
        for k, direction in enumerate(("forward", "back")):
            yield f"{prefix}.departures_{direction}", float(departures[k])
            yield f"{prefix}.teu_{direction}", float(teu[here][k])
            yield f"{prefix}.utilisation_{direction}", float(taken[here][k])
        yield f"{prefix}.wait_path_h.mean", _share(float(sums["link_wait_h"][here].sum()), float(departures.sum()))


def _apart_h(network: Network) -> Floats:
    """Return how far apart departures are, by link and direction; NaN: there are any number of paths."""
    links = [network.corridor.links[name] for name in network.names.links]
    paths = np.array([(one.paths_per_day, one.back_paths_per_day or one.paths_per_day) for one in links], dtype=float)
    apart: Floats = 24 / paths.ravel()
    return apart


def _taken_h(network: Network, legs: Table) -> Floats:
    """Return the hours for which paths are taken, by link and direction: a departure takes its path until the next may follow."""
    apart = _apart_h(network)
    entered = ~np.isnan(legs["enter_h"])
    side = (2 * legs["link"] + legs["back"])[entered]
    begin = legs["enter_h"][entered]
    taken = np.clip(begin + apart[side], 0, network.hours) - np.clip(begin, 0, network.hours)
    return np.asarray(np.bincount(side, taken, apart.size), dtype=np.float64)


def _fleets(network: Network, trips: Table, former: Table, same: Bools) -> Sums:
    """Return what is added up for the figures of fleets."""
    fleet = network.fleet_of[trips["rotation"]]
    size = len(network.names.fleets)
    return {
        "fleet_departures": np.bincount(fleet[_within(network, trips["left_h"])], minlength=size),
        "fleet_in_use": _in_use(network, trips, fleet, former, same),
    }


def _in_use(network: Network, trips: Table, fleet: Ints, former: Table, same: Bools) -> Floats:
    """Return the mean number of vehicles in use, by fleet: from the call for a trip until emptied.

    A vehicle may be called for its next trip while it is still being unloaded: it is in use once. The times of
    each vehicle are laid one after another, so that what overlaps is of the same vehicle.
    """
    until = np.where(np.isnan(trips["emptied_h"]), network.hours, trips["emptied_h"])
    since = np.where(same, np.fmax(trips["called_h"], former["emptied_h"]), trips["called_h"])
    begin, end = (np.clip(times, 0, network.hours) for times in (since, until))
    shift = network.hours * trips["vehicle"]
    found = np.zeros(len(network.names.fleets))
    for row in range(found.size):
        here = fleet == row
        starts, ends = union((begin + shift)[here], (end + shift)[here])
        found[row] = (ends - starts).sum() / network.hours
    return found


def _fleet_figures(network: Network, sums: Sums) -> Figures:
    for row, name in enumerate(network.names.fleets):
        count = network.corridor.fleets[name].count
        prefix = f"fleets.{name}"
        yield f"{prefix}.count", float("nan") if count is None else float(count)
        yield f"{prefix}.departures", float(sums["fleet_departures"][row])
        yield f"{prefix}.in_use", float(sums["fleet_in_use"][row])
        yield f"{prefix}.utilisation", _share(float(sums["fleet_in_use"][row]), count)
        round_h = _share(float(sums["rounds_h"][row]), float(sums["rounds"][row]))
        yield f"{prefix}.round_trip_days.mean", round_h / 24 if count else float("nan")


def _closures(network: Network, replication: Replication) -> Figures:
    closed = replication.closed
    for row, name in enumerate(network.names.closures):
        chosen = closed["closure"] == row
        begin, end = union(closed["start_h"][chosen], closed["end_h"][chosen])
        hours = np.clip(end, 0, network.hours) - np.clip(begin, 0, network.hours)
        yield f"closures.{name}.closed_days", float(hours.sum() / 24)
        yield f"closures.{name}.spells", float(_within(network, begin).sum())
