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


@compiled
def quantiles(values: Any, groups: Any, size: int, shares: Any) -> Any:
    """Return mean and quantiles of sorted values by group, interpolated linearly; NaN for an empty group."""
    start = count_groups(groups, size)
    found = np.full((size, 1 + shares.size), np.nan)
    free, held = start[:-1].copy(), np.empty(values.size)
    for row in range(values.size):
        held[free[groups[row]]] = values[row]
        free[groups[row]] += 1
    for group in range(size):
        first, count = start[group], start[group + 1] - start[group]
        if count == 0:
            continue
        total = 0.0
        for row in range(first, first + count):
            total += held[row]
        found[group, 0] = total / count
        for k in range(shares.size):
            where = shares[k] * (count - 1)
            below = min(int(where), count - 1)
            above = min(below + 1, count - 1)
            low, high = held[first + below], held[first + above]
            found[group, 1 + k] = low + (where - below) * (high - low)
    return found


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
def cohort(hours: float, itinerary: Any, quarters: Any, enter: Any, leave: Any, month_of_day: Any) -> Any:
    """Mark containers delivered while counted, and the months in which they enter and leave (-1: not)."""
    count = itinerary.size
    delivered = np.zeros(count, np.bool_)
    entered, left = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    for row in range(count):
        if 0.0 <= enter[row] < hours:
            entered[row] = month_of_day[int(enter[row] / 24.0)]
        if 0.0 <= leave[row] < hours:
            left[row] = month_of_day[int(leave[row] / 24.0)]
            delivered[row] = True
    return delivered, entered, left


@compiled
def tally(groups: Any, quarters: Any, size: int) -> Any:
    """Return number and quarters by group; groups below 0 are left out."""
    found = np.zeros((size, 2), np.int64)
    for row in range(groups.size):
        if groups[row] >= 0:
            found[groups[row], 0] += 1
            found[groups[row], 1] += quarters[row]
    return found


@compiled
def handled(hours: float, itinerary: Any, first_hop: Any, quarters: Any, ride_start: Any, hops: Any, size: int) -> Any:
    """Return quarters loaded and unloaded by service while counted."""
    service, load, unload = hops
    found = np.zeros((size, 2), np.int64)
    for row in range(itinerary.size):
        count = ride_start[itinerary[row] + 1] - ride_start[itinerary[row]]
        for hop in range(first_hop[row], first_hop[row] + count):
            if 0.0 <= load[hop] < hours:
                found[service[hop], 0] += quarters[row]
            if 0.0 <= unload[hop] < hours:
                found[service[hop], 1] += quarters[row]
    return found


@compiled
def first_broken(containers: Any, ride_start: Any, hops: Any) -> int:
    """Return the first container whose hops do not follow each other, or that is lost; -1: none."""
    itinerary, first_hop, enter, leave = containers
    trip, ready, load, aboard, unload, off, direct, carried = hops
    for row in range(itinerary.size):
        count = ride_start[itinerary[row] + 1] - ride_start[itinerary[row]]
        done = enter[row]
        for hop in range(first_hop[row], first_hop[row] + count):
            since = unload[hop - 1] if direct[hop] else done
            if not ready[hop] >= since:
                if not np.isnan(ready[hop]) or not np.isnan(load[hop]):
                    return row
            elif not np.isnan(load[hop]):
                if load[hop] < ready[hop] or aboard[hop] < load[hop]:
                    return row
                if unload[hop] < aboard[hop] or off[hop] < unload[hop] or (trip[hop] < 0 and unload[hop] >= 0):
                    return row
            if trip[hop] >= 0:
                carried[trip[hop]] += 1
            done = off[hop]
        if not np.isnan(leave[row]) and not leave[row] >= done:
            return row
    return -1


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
    delivered: Any,
    containers: Any,
    hops: Any,
    trips: Any,
    legs: Any,
    ride_start: Any,
    ride_slot: Any,
) -> Any:
    """Add up what delivered containers spent in every slot of their itineraries, in hours.

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
        if not delivered[row]:
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
