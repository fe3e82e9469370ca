"""What does not depend on what happens: the containers of every flow and the times of every closure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate import _draws as d
from jibek.simulate._network import NONE, Block, Compiled, Shut, _record
from jibek.simulate._source import cached, outer

I2, I4, I8, F8 = np.int16, np.int32, np.int64, np.float64

# A container and a hop fill a cache line each.
CONTAINER = _record(
    next=I4, number=I4, flow=I4, itinerary=I4, first_hop=I4, hop=I4, last_hop=I4, source=I4, vehicle=I4, transfer=I4,
    held=I4, quarters=I2, step=I2, enter_h=F8, leave_h=F8,
)  # fmt: skip
HOP = _record(service=I4, container=I4, trip=I4, direct=I8, ready_h=F8, load_h=F8, aboard_h=F8, unload_h=F8, off_h=F8)
BLOCK = _record(time_h=F8, flow=I8, first=I8, end=I8)
TURN = _record(time_h=F8, kind=I8, target=I8, change=I8)


@cached
@outer
def block_times(key, flow, rates, months_h, poisson):
    """Return the times of a flow's blocks: where the expected number of blocks reaches each block's mark."""
    expected = 0.0
    for month in range(rates.size):
        expected += rates[month] * (months_h[month + 1] - months_h[month])
    times = np.empty(int(expected + 12.0 * math.sqrt(expected) + 50.0))
    month = 0
    done = 0.0
    mark = 0.0
    for block in range(times.size):
        u, _ = d.uniforms(key, d.ARRIVAL, d.ONCE, flow, block, d.ONCE, d.ONCE)
        mark = mark - math.log(u) if poisson else block + u
        while month < rates.size and done + rates[month] * (months_h[month + 1] - months_h[month]) <= mark:
            done += rates[month] * (months_h[month + 1] - months_h[month])
            month += 1
        if month == rates.size:
            return times[:block]
        times[block] = months_h[month] + (mark - done) / rates[month]
    return times


@cached
@outer
def container_sizes(key, flow, sizes, limit, numbers):
    """Return the lengths of a flow's containers in quarter TEU, and how many stand in each block.

    A block is filled up to ``limit``; where that is 0 it holds the given ``numbers``.
    """
    most = limit // 4 if limit > 0 else 0
    total = numbers.size * most if limit > 0 else numbers.sum()
    quarters = np.empty(total, np.int32)
    counts = np.empty(numbers.size, np.int64)
    n = 0
    for block in range(numbers.size):
        load = 0
        first = n
        while limit > 0 or n - first < numbers[block]:
            size = 8
            if sizes[0] > 0.0 or sizes[1] < 1.0:
                u, _ = d.uniforms(key, d.SIZE, d.ONCE, flow, n, d.ONCE, d.ONCE)
                size = 4 if u <= sizes[0] else (8 if u <= sizes[1] else 9)
            if limit > 0 and load + size > limit:
                break
            load += size
            quarters[n] = size
            n += 1
        counts[block] = n - first
    return quarters[:n], counts


@cached
@outer
def block_itineraries(key, flow, shares, blocks):
    """Return the itinerary of each block, as its place among those of the flow."""
    chosen = np.zeros(blocks, np.int64)
    if shares.size > 1:
        for block in range(blocks):
            u, _ = d.uniforms(key, d.ITINERARY, d.ONCE, flow, block, d.ONCE, d.ONCE)
            chosen[block] = np.searchsorted(shares, u)
    return chosen


@cached
@outer
def spells(key, closure, rates, months_h, mean_h, cv, log_mean, log_sd, distribution):
    """Return the begins and ends of the random closures within the clock."""
    starts = [0.0 for _ in range(0)]
    ends = [0.0 for _ in range(0)]
    now = months_h[0]
    month = 0
    spell = 0
    while month < rates.size:
        u, _ = d.uniforms(key, d.OPEN_TIME, d.ONCE, closure, spell, d.ONCE, d.ONCE)
        left = -math.log(u)
        while month < rates.size and rates[month] * (months_h[month + 1] - now) <= left:
            left -= rates[month] * (months_h[month + 1] - now)
            month += 1
            if month < rates.size:
                now = months_h[month]
        if month == rates.size:
            break
        start = now + left / rates[month]
        now = start + d.duration(
            key, d.CLOSED_TIME, d.ONCE, closure, spell, d.ONCE, distribution, mean_h, cv, log_mean, log_sd
        )
        starts.append(start)
        ends.append(now)
        while month < rates.size and months_h[month + 1] <= now:
            month += 1
        spell += 1
    return np.array(starts), np.array(ends)


def aligned(rows: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a table of zeros that begins with a cache line."""
    held = np.zeros(rows * dtype.itemsize + 64, np.uint8)
    start = -held.ctypes.data % 64
    return held[start : start + rows * dtype.itemsize].view(dtype)


@cached
@outer
def settle(containers, hops, row, hop, flow, times, counts, quarters, chosen, itinerary_first, services):
    """Write the containers of a flow and their hops, from given rows on; return the row after its last hop."""
    number = 0
    for block in range(times.size):
        first, end = itinerary_first[chosen[block]], itinerary_first[chosen[block] + 1]
        for _ in range(counts[block]):
            box = containers[row + number]
            box["next"], box["number"], box["flow"], box["itinerary"] = NONE, number, flow, chosen[block]
            box["quarters"], box["enter_h"], box["leave_h"] = quarters[number], times[block], np.nan
            box["first_hop"], box["hop"], box["last_hop"] = hop, hop, hop + end - first - 1
            for service in services[first:end]:
                ride = hops[hop]
                ride["container"], ride["service"], ride["trip"] = row + number, service, NONE
                ride["ready_h"] = ride["load_h"] = ride["aboard_h"] = ride["unload_h"] = ride["off_h"] = np.nan
                hop += 1
            number += 1
    return hop


def demand(compiled: Compiled, key: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return all containers of a replication (by flow and number), their hops, and their blocks by time."""
    flows = [_flow(compiled, block, key) for block in compiled.blocks]
    lengths = np.diff(compiled.itinerary_first)
    containers = aligned(sum(quarters.size for _, _, quarters, _ in flows), CONTAINER)
    hops = aligned(sum(int(lengths[chosen] @ counts) for _, counts, _, chosen in flows), HOP)
    rides = (compiled.itinerary_first, compiled.itinerary_services)
    blocks = []
    first = hop = 0
    for flow, (times, counts, quarters, chosen) in enumerate(flows):
        hop = settle(containers, hops, first, hop, flow, times, counts, quarters, chosen, *rides)
        ends = first + np.cumsum(counts)
        rows = np.zeros(times.size, BLOCK)
        rows["time_h"], rows["flow"], rows["first"], rows["end"] = times, flow, ends - counts, ends
        blocks.append(rows)
        first += quarters.size
    listed = np.concatenate(blocks)
    return containers, hops, listed[np.argsort(listed["time_h"], kind="stable")]


def _flow(compiled: Compiled, block: Block, key: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Return the times of the blocks of a flow, how many containers each has, their lengths, and the blocks' itineraries."""
    times = block.times if block.listed else block_times(key, block.hash, block.rates, compiled.months_h, block.poisson)
    numbers = block.numbers if block.listed else np.ones(times.size, I8)
    quarters, counts = container_sizes(key, block.hash, block.sizes, 0 if block.listed else block.quarters, numbers)
    return times, counts, quarters, block.itineraries[block_itineraries(key, block.hash, block.shares, times.size)]


def closed_times(compiled: Compiled, key: NDArray[np.int64]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the begins and ends of every closure, cut to the clock; spells too short for the clock's numbers are none."""
    times = [_times(shut, compiled, key) for shut in compiled.shuts]
    cut = []
    for starts, ends in times:
        inside = (starts < compiled.end_h) & (ends > compiled.begin_h) & (starts < ends)
        cut.append((np.maximum(starts[inside], compiled.begin_h), np.minimum(ends[inside], compiled.end_h)))
    return cut


def _times(shut: Shut, compiled: Compiled, key: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if shut.start_h < shut.end_h:
        return np.array([shut.start_h]), np.array([shut.end_h])
    return spells(  # type: ignore[no-any-return]
        key,
        shut.hash,
        shut.rates,
        compiled.months_h,
        shut.mean_h,
        shut.cv,
        *d.log_moments(shut.mean_h, shut.cv),
        shut.distribution,
    )


def turns(compiled: Compiled, closed: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> NDArray[Any]:
    """Return the moments at which something closes (change 1) or opens (change -1), by time; openings first."""
    rows = [
        (time, shut.kind, shut.target, change)
        for shut, (starts, ends) in zip(compiled.shuts, closed, strict=True)
        for times, change in ((starts, 1), (ends, -1))
        for time in times
    ]
    return np.array(sorted(rows, key=lambda row: (row[0], row[3])), dtype=TURN)
