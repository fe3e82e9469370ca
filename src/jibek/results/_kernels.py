"""Passes over all containers of a replication, compiled; they hold no lock, so replications overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from jibek.simulate._source import cached, inner, outer

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, and keep the machine code."""
    return cast(Function, cached(outer(function)))


def part(function: Function) -> Function:
    """Compile a function that only compiled functions call."""
    return cast(Function, inner(function))


@compiled
def count_groups(groups: Any, size: int) -> Any:
    """Return where each group would begin if rows were sorted by group; groups below 0 are left out."""
    start = np.zeros(size + 1, np.int64)
    for row in range(groups.size):
        if groups[row] >= 0:
            start[groups[row] + 1] += 1
    for group in range(size):
        start[group + 1] += start[group]
    return start


@compiled
def sort_groups(groups: Any, start: Any) -> Any:
    """Return the rows sorted by group, rows of a group in their order."""
    order = np.empty(start[-1], np.int64)
    free = start[:-1].copy()
    for row in range(groups.size):
        group = groups[row]
        if group >= 0:
            order[free[group]] = row
            free[group] += 1
    return order


@part
def closed_until(time: float, line: int, first: Any, begin: Any, end: Any, before: Any) -> float:
    """Return the hours closed before a time, of one line of closed intervals that do not overlap."""
    low, high = first[line], first[line + 1]
    while low < high:
        middle = (low + high) // 2
        if begin[middle] <= time:
            low = middle + 1
        else:
            high = middle
    if low == first[line]:
        return 0.0
    last = low - 1
    return float(before[last] + min(time, end[last]) - begin[last])


@compiled
def closed_between(since: Any, until: Any, line: Any, first: Any, begin: Any, end: Any, before: Any) -> Any:
    """Return the closed part of each interval; 0 where its end has not come or its line is -1."""
    found = np.zeros(since.size)
    for row in range(since.size):
        if line[row] >= 0 and until[row] > since[row]:
            late = closed_until(until[row], line[row], first, begin, end, before)
            found[row] = late - closed_until(since[row], line[row], first, begin, end, before)
    return found


@compiled
def closed_waits(
    itinerary: Any, first_hop: Any, enter: Any, ride_start: Any, lines: Any, hops: Any, closures: Any
) -> Any:
    """Return the closed part of each hop's wait for its vehicle; a direct hop has none."""
    service, ready, load, direct = hops
    first, begin, end, before = closures
    found = np.zeros(service.size)
    for row in range(itinerary.size):
        count = ride_start[itinerary[row] + 1] - ride_start[itinerary[row]]
        for position in range(count):
            hop = first_hop[row] + position
            line = lines[service[hop]]
            since = enter[row] if position == 0 else ready[hop]
            if line >= 0 and not direct[hop] and load[hop] > since:
                late = closed_until(load[hop], line, first, begin, end, before)
                found[hop] = late - closed_until(since, line, first, begin, end, before)
    return found


@compiled
def follow(hours: float, containers: Any, hops: Any, rides: Any, month_of_day: Any, counts: Any, carried: Any) -> Any:
    """Check that the hops of each container follow in time, and count what entered, left and was carried.

    Returns
    -------
    tuple
        The first container whose hops do not follow, or that is lost (-1: none); transit time, itinerary and month of leaving of
        those delivered while counted.
    """
    flow, itinerary, number, quarters, first_hop, enter, leave = containers
    ride_start, flow_of, months = rides
    offered, delivered, inside, offered_by_month, delivered_by_month, loaded, numbers = counts
    transit_h = np.empty(itinerary.size)
    ways, left = np.empty(itinerary.size, np.int64), np.empty(itinerary.size, np.int64)
    done = 0
    for row in range(itinerary.size):
        way, load = itinerary[row], quarters[row]
        first, end = first_hop[row], first_hop[row] + ride_start[way + 1] - ride_start[way]
        if _is_broken(first, end, enter[row], leave[row], hops):
            return row, transit_h[:0], ways[:0], left[:0]
        _count(numbers, flow[row], number[row])
        _count_hops(hours, first, end, load, hops, loaded, carried)
        if 0.0 <= enter[row] < hours:
            _count(offered, way, load)
            _count(offered_by_month, flow_of[way] * months + month_of_day[int(enter[row] / 24.0)], load)
        if np.isnan(leave[row]):
            _count(inside, way, load)
        elif 0.0 <= leave[row] < hours:
            month = month_of_day[int(leave[row] / 24.0)]
            _count(delivered, way, load)
            _count(delivered_by_month, flow_of[way] * months + month, load)
            transit_h[done], ways[done], left[done] = leave[row] - enter[row], way, month
            done += 1
    return -1, transit_h[:done], ways[:done], left[:done]


@part
def _count(table: Any, row: int, quarters: int) -> None:
    """Count a container, and its length."""
    table[row, 0] += 1
    table[row, 1] += quarters


@part
def _is_broken(first: int, end: int, enter: float, leave: float, hops: Any) -> bool:
    """Whether the hops of a container do not follow each other, or it is lost."""
    _, trip, ready, load, aboard, unload, off, direct = hops
    done = enter
    for hop in range(first, end):
        since = unload[hop - 1] if direct[hop] else done
        if not ready[hop] >= since:
            if not np.isnan(ready[hop]) or not np.isnan(load[hop]):
                return True
        elif not np.isnan(load[hop]):
            if load[hop] < ready[hop] or aboard[hop] < load[hop]:
                return True
            if unload[hop] < aboard[hop] or off[hop] < unload[hop] or (trip[hop] < 0 and unload[hop] >= 0):
                return True
        done = off[hop]
    return not np.isnan(leave) and not leave >= done


@part
def _count_hops(hours: float, first: int, end: int, quarters: int, hops: Any, loaded: Any, carried: Any) -> None:
    """Count what a container was loaded and unloaded while counted, by service, and carried by trip."""
    service, trip, load, unload = hops[0], hops[1], hops[3], hops[5]
    for hop in range(first, end):
        if 0.0 <= load[hop] < hours:
            loaded[service[hop], 0] += quarters
        if 0.0 <= unload[hop] < hours:
            loaded[service[hop], 1] += quarters
        if trip[hop] >= 0:
            carried[trip[hop]] += 1


@compiled
def leg_hours(trip: Any, first_leg: Any, times: Any, closed: Any) -> Any:
    """Return the hours in the stages of each leg, legs sorted by trip."""
    place, checked, admitted, enter, leave = times
    admission_closed, path_closed = closed
    found = np.empty((trip.size, 5))
    free = first_leg[:-1].copy()
    for leg in range(trip.size):
        row = found[free[trip[leg]]]
        free[trip[leg]] += 1
        row[0] = checked[leg] - place[leg]
        row[1] = admitted[leg] - checked[leg] - admission_closed[leg]
        row[2] = enter[leg] - admitted[leg] - path_closed[leg]
        row[3] = admission_closed[leg] + path_closed[leg]
        row[4] = leave[leg] - enter[leg]
    return found


@compiled
def journeys(
    hours: float,
    containers: Any,
    hops: Any,
    trips: Any,
    legs: Any,
    ride_start: Any,
    ride_slot: Any,
) -> Any:
    """Add up what containers delivered while counted spent in every slot of their itineraries, in hours.

    Containers of a flow are in the order of their numbers, so most follow one that took the same trip: what
    is the same for all on a trip is added once for each run of containers.

    Returns
    -------
    tuple
        Hours by slot; direct transfers by ride, number and quarters; what the trips emitted for the
        quarters aboard, by ride.
    """
    itinerary, quarters, first_hop, enter, leave = containers
    trip_of, ready, load, aboard, unload, off, direct, wait_closed = hops
    closed, berthed, emitted = trips[0], trips[6], trips[9]
    spent = np.zeros(ride_slot[-1])
    straight = np.zeros((ride_slot.size - 1, 2), np.int64)
    grams = np.zeros(ride_slot.size - 1)
    pending = np.full(ride_slot.size - 1, -1, np.int64)
    waiting = np.zeros(ride_slot.size - 1, np.int64)
    for row in range(itinerary.size):
        if not 0.0 <= leave[row] < hours:
            continue
        hop = first_hop[row]
        last = ride_start[itinerary[row] + 1] - 1
        for ride in range(ride_start[itinerary[row]], last + 1):
            trip = trip_of[hop]
            slot, end = ride_slot[ride], ride_slot[ride + 1] - 6
            if direct[hop]:
                straight[ride, 0] += 1
                straight[ride, 1] += quarters[row]
            else:
                since = enter[row] if hop == first_hop[row] else ready[hop]
                spent[slot] += load[hop] - since - wait_closed[hop]
                spent[slot + 1] += wait_closed[hop]
                spent[slot + 2] += aboard[hop] - load[hop]
            spent[slot + 3] += closed[trip] - aboard[hop]
            spent[end + 3] += unload[hop] - berthed[trip]
            spent[end + 4] += off[hop] - unload[hop]
            if ride == last:
                spent[end + 5] += leave[row] - off[hop]
            elif not direct[hop + 1]:
                spent[end + 5] += ready[hop + 1] - off[hop]
            grams[ride] += emitted[trip] * quarters[row]
            if pending[ride] != trip:
                if pending[ride] >= 0:
                    _add_trip(pending[ride], waiting[ride], slot, spent, trips, legs)
                pending[ride], waiting[ride] = trip, 0
            waiting[ride] += 1
            hop += 1
    for ride in range(pending.size):
        if pending[ride] >= 0:
            _add_trip(pending[ride], waiting[ride], ride_slot[ride], spent, trips, legs)
    return spent, straight, grams


@part
def _add_trip(trip: int, count: int, slot: int, spent: Any, trips: Any, legs: Any) -> None:
    """Add what a trip meant for containers that made it from end to end."""
    closed, cleared, left, leave_closed, arrived, passed, berthed, berth_closed, first_leg, _ = trips
    spent[slot + 4] += count * (cleared[trip] - closed[trip])
    spent[slot + 5] += count * (left[trip] - cleared[trip] - leave_closed[trip])
    spent[slot + 6] += count * leave_closed[trip]
    slot += 7
    for leg in range(first_leg[trip], first_leg[trip + 1]):
        for stage in range(legs.shape[1]):
            spent[slot] += count * legs[leg, stage]
            slot += 1
    spent[slot] += count * (passed[trip] - arrived[trip])
    spent[slot + 1] += count * (berthed[trip] - passed[trip] - berth_closed[trip])
    spent[slot + 2] += count * berth_closed[trip]
