"""What containers need at terminals at least: machines, the positions of their vehicles, posts that hold them, room in the yard."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

from jibek.simulate._network import NONE, UNLIMITED
from jibek.study._needs import EFFORT, Capacity, Carried, Needs, Use, add, concerns_all
from jibek.study._windows import spread


class Lifting:
    """Adds to the needs of a corridor those of its terminals.

    Parameters
    ----------
    needs
        With its vehicles and checks.
    """

    def __init__(self, needs: Needs) -> None:
        self.needs, self.network, self.names = needs, needs.network, needs.names
        self.counts: dict[int, int] = {}
        for one in needs.carried:
            self._itinerary(one)
        covered = {row.name for row in needs.capacities.values()}
        for zone, use in needs.standing.items():
            if zone != NONE and f"zones.{self.names.zones[zone]}.positions" not in covered:
                add(self._zone(zone, None).use, use)

    def _itinerary(self, one: Carried) -> None:
        """Write the lifts of an itinerary; outer terminals have no zones, and take none."""
        services = self.network.service
        first, last = one.services[0], one.services[-1]
        if services[first]["from_zone"] != NONE:
            out = self.network.from_yard[services[first]["from_zone"], one.cargo_class]
            self._lift(one, {one.variable: 1.0}, out, on=first)
        for came, goes in pairwise(one.services):
            self._hold(one, came, stays=True)
            if services[came]["to_zone"] != NONE:
                self._change(one, came, goes)
        self._hold(one, last, stays=False)
        if services[last]["to_zone"] != NONE:
            into = self.network.into_yard[services[last]["to_zone"], one.cargo_class]
            self._lift(one, {one.variable: 1.0}, into, off=last)

    def _change(self, one: Carried, came: int, goes: int) -> None:
        """Write a change of vehicle: by the yard, in two lifts, or directly, in one; those to be held go by the yard."""
        off, on = self.network.service[came]["to_zone"], self.network.service[goes]["from_zone"]
        across = int(self.network.across[off, on, one.cargo_class])
        yard: Use = {one.variable: 1.0}
        if across != NONE:
            direct = self.needs.variable(-EFFORT)
            not_held = 1.0
            for check in self._holds(one, came):
                not_held *= 1.0 - float(self.network.check[check]["probability"])
            self.needs.parts.append(({direct: 1.0}, {self.needs.carried.index(one): not_held}))
            self.needs.ties.append(({direct: 1.0, one.variable: -1.0}, 0.0))
            yard[direct] = -1.0
            self._lift(one, {direct: 1.0}, across, off=came, on=goes)
        self._lift(one, yard, self.network.into_yard[off, one.cargo_class], off=came)
        self._lift(one, yard, self.network.from_yard[on, one.cargo_class], on=goes)

    def _lift(self, one: Carried, many: Use, transfer: int, *, off: int | None = None, on: int | None = None) -> None:
        """Write the lifts of so many TEU off a service, onto one or both; where no transfer works there are none."""
        if transfer == NONE:
            self.needs.ties.append((many, 0.0))
            return
        steps = self.network.step[self.network.step_end[transfer] : self.network.step_end[transfer + 1]]
        for number, pool in enumerate(map(int, steps)):
            hours = float(self.network.equipment[pool]["mean"]) / one.mean_teu
            use = {variable: hours * teu for variable, teu in many.items()}
            add(self._pool(pool).use, use)
            if on is not None:
                self._stand(on, int(self.network.service[on]["from_zone"]), pool, use)
            if off is not None and number == 0:
                self._stand(off, int(self.network.service[off]["to_zone"]), pool, use)
        if on is None and off is not None:
            chain_h = float(self.network.equipment[steps]["mean"].sum())
            in_chain = {variable: chain_h * teu for variable, teu in many.items()}
            self._room_for(in_chain, int(self.network.service[off]["to_zone"]))

    # Machines

    def _pool(self, pool: int) -> Capacity:
        machine, count = self.network.equipment[pool], int(self.network.equipment[pool]["count"])
        squared = spread(machine["cv"], machine["distribution"]) ** 2
        zones, in_chain = self._served[pool]
        goes_on_h = float(machine["mean"]) * (1.0 + squared + in_chain / count)
        closed = self.needs.shuts(terminals=(int(machine["terminal"]),), zones=zones, goes_on_h=goes_on_h)
        name = f"equipment.{self.names.equipment[pool]}.count"
        return self.needs.capacity(name, count, closed, float(machine["mean"]) * squared)

    @cached_property
    def _served(self) -> list[tuple[tuple[int, ...], float]]:
        """For each pool: zones that all its transfers touch, and how many containers may be in chains begun on the way to it."""
        zone_row = {id_: row for row, id_ in enumerate(self.names.zones)}
        pool_row = {id_: row for row, id_ in enumerate(self.names.equipment)}
        touched: list[set[int]] = [set(range(len(zone_row))) for _ in pool_row]
        in_chain = [0.0 for _ in pool_row]
        for transfer in self.needs.corridor.transfers.values():
            ends = {zone_row[transfer.from_zone], zone_row[transfer.to_zone]}
            for number, step in enumerate(transfer.steps):
                touched[pool_row[step]] &= ends
                in_chain[pool_row[step]] += sum(map(self._containers, ends)) if number else 0.0
        return [(tuple(zones), many) for zones, many in zip(touched, in_chain, strict=True)]

    # Positions

    def _containers(self, zone: int) -> float:
        """Return how many containers fit on the vehicles in a zone's positions."""
        ends = zip(self.network.service["from_zone"], self.network.service["to_zone"], self.needs.trips, strict=True)
        fleets = [fleet for begin, end, made in ends if zone in (begin, end) for _, fleet in made]
        most = max((int(self.network.fleet[fleet]["capacity"]) for fleet in fleets), default=0)
        return float(self.network.zone[zone]["positions"] * most / 4)

    def _stand(self, service: int, zone: int, pool: int, use: Use) -> None:
        """Write the time that vehicles of a service stand in a zone while all units of a pool lift.

        There is one capacity for each pool of a zone: lifts of different pools may go on together. So the time of a
        fleet counts those of one pool of the zone.
        """
        row = self._zone(zone, pool)
        if not row.use:
            add(row.use, self.needs.standing.get(zone, {}))
        lifts = {variable: hours / int(self.network.equipment[pool]["count"]) for variable, hours in use.items()}
        add(row.use, lifts)
        add(row.lifts, lifts)
        fleets = {fleet for _, fleet in self.needs.trips[service]}
        if len(fleets) == 1 and self.counts.setdefault(zone, pool) == pool:
            self.needs.busy(fleets.pop(), lifts)

    def _zone(self, zone: int, pool: int | None) -> Capacity:
        name = f"zones.{self.names.zones[zone]}.positions"
        key = name if pool is None else f"{name}.{pool}"
        if key in self.needs.capacities:
            return self.needs.capacities[key]
        record = self.network.zone[zone]
        visit_h = self._checks_h(int(record["terminal"]))
        if pool is not None:
            machine = self.network.equipment[pool]
            lifts = self._containers(zone) / record["positions"] / machine["count"]
            visit_h += float(lifts * machine["mean"]) * (1.0 + spread(machine["cv"], machine["distribution"]) ** 2)
        closed = self.needs.shuts(terminals=(int(record["terminal"]),), zones=(zone,), goes_on_h=visit_h)
        row = self.needs.capacity(name, int(record["positions"]), closed, visit_h, key=key)
        row.pool = None if pool is None else f"equipment.{self.names.equipment[pool]}.count"
        return row

    def _checks_h(self, terminal: int) -> float:
        """Return how long the checks of a terminal may still take in the mean."""
        checks = self.network.check[: len(self.names.checks)]
        here = [check for check in checks if check["terminal"] == terminal and not check["hold"]]
        return sum(float(one["mean"]) * (1.0 + spread(one["cv"], one["distribution"]) ** 2) for one in here)

    # Holds and the yard

    def _holds(self, one: Carried, service: int) -> list[int]:
        """Return the checks that may hold containers of an itinerary when they come with a service."""
        terminal = self.network.terminal[self.network.service[service]["destination"]]
        found = []
        for row in self.network.check_list[terminal["hold"] : terminal["end"]]:
            check = self.network.check[row]
            classed = concerns_all(check) or check["classes"] >> one.cargo_class & 1
            if classed and self.network.concerns[row, service]:
                found.append(int(row))
        return found

    def _hold(self, one: Carried, service: int, *, stays: bool) -> None:
        """Write the posts that hold containers, and their room in the yard if they stay."""
        for row in self._holds(one, service):
            check: Any = self.network.check[row]
            held = self.needs.held(one, check["probability"])
            self.needs.post(row, {variable: teu / one.mean_teu for variable, teu in held.items()})
            if stays:
                use = {variable: float(check["mean"]) * teu for variable, teu in held.items()}
                self._room_for(use, int(self.network.service[service]["to_zone"]))

    def _room_for(self, use: Use, zone: int) -> None:
        """Write the room that containers take in the yard, in TEU for so many hours."""
        if zone == NONE:
            return
        yard = int(self.network.terminal[self.network.zone[zone]["terminal"]]["yard"])
        room = int(self.network.terminal[self.network.zone[zone]["terminal"]]["room"])
        if yard != NONE and room != UNLIMITED:
            name = f"zones.{self.names.zones[yard]}.capacity_teu"
            add(self.needs.capacity(name, room / 4, ()).use, use)
