"""What does not depend on what happens: the containers of every flow and the times of every closure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.simulate import _draws as d
from jibek.simulate._network import NEVER, NONE, Block, Compiled, Shut, _flat, _offsets, _record
from jibek.simulate._source import cached, inner, outer

I2, I4, I8, F8 = np.int16, np.int32, np.int64, np.float64

# What a flow brings, and how far it has come: its next block, with the time of it, and its next container.
DEMAND = _record(
    hash=I8, poisson=I8, listed=I8, first_listed=I8, end_listed=I8, limit=I8, upto_20ft=F8, upto_40ft=F8, first_share=I8,
    end_share=I8, most_hops=I8, begun=I8, block=I8, number=I8, month=I8, done=F8, mark=F8, time_h=F8,
)  # fmt: skip

# A container and a hop fill a cache line each.
CONTAINER = _record(
    next=I4, number=I4, flow=I4, itinerary=I4, first_hop=I4, hop=I4, last_hop=I4, source=I4, vehicle=I4, transfer=I4,
    held=I4, quarters=I2, step=I2, enter_h=F8, leave_h=F8,
)  # fmt: skip
HOP = _record(service=I4, container=I4, trip=I4, direct=I8, ready_h=F8, load_h=F8, aboard_h=F8, unload_h=F8, off_h=F8)
BLOCK = _record(time_h=F8, flow=I8, first=I8, end=I8)
TURN = _record(time_h=F8, kind=I8, target=I8, change=I8)

# So many blocks of a flow are drawn ahead, in one go.
AHEAD = 64

# What `bring` stopped for.
DONE, MORE_CONTAINERS, MORE_BLOCKS = range(3)


@inner
def _next_block(w, flow, ahead):
    """Go on to the next block of a flow: it comes where the expected number of blocks reaches its mark; `NEVER`: there is none."""
    f = w.demand[flow]
    if f["listed"] == 1:
        place = f["first_listed"] + f["block"]
        f["time_h"] = w.listed_h[place] if place < f["end_listed"] else NEVER
        return
    place = f["block"] % AHEAD
    if place == 0:
        d.draw_ahead(w.key, d.ARRIVAL, f["hash"], f["block"], ahead[flow])
    u = ahead[flow, place]
    f["mark"] = f["mark"] - math.log(u) if f["poisson"] == 1 else f["block"] + u
    f["time_h"] = NEVER
    while f["month"] < w.rate.shape[1]:
        rate, begin = w.rate[flow, f["month"]], w.month_h[f["month"]]
        whole = rate * (w.month_h[f["month"] + 1] - begin)
        if f["done"] + whole > f["mark"]:
            f["time_h"] = begin + (f["mark"] - f["done"]) / rate
            break
        f["done"] += whole
        f["month"] += 1


@inner
def _size(w, f):
    """Return the length of the next container of a flow, quarter TEU."""
    if f["upto_20ft"] <= 0.0 and f["upto_40ft"] >= 1.0:
        return 8
    u, _ = d.uniforms(w.key, d.SIZE, d.ONCE, f["hash"], f["number"], d.ONCE, d.ONCE)
    return 4 if u <= f["upto_20ft"] else (8 if u <= f["upto_40ft"] else 9)


@inner
def _itinerary(w, f):
    """Return the place of a block's itinerary among those of its flow."""
    place = f["first_share"]
    if f["end_share"] - place > 1:
        u, _ = d.uniforms(w.key, d.ITINERARY, d.ONCE, f["hash"], f["block"], d.ONCE, d.ONCE)
        while w.share[place] < u:
            place += 1
    return w.shared[place]


@inner
def _write_container(w, flow, itinerary, quarters):
    """Write the next container of a flow and its hops behind those that are there."""
    f, count = w.demand[flow], w.count[0]
    row, hop = count["containers"], count["hops"]
    box = w.container[row]
    box["next"], box["number"], box["flow"], box["itinerary"] = NONE, f["number"], flow, itinerary
    box["quarters"], box["enter_h"], box["leave_h"] = quarters, f["time_h"], np.nan
    first, end = w.itinerary_first[itinerary], w.itinerary_first[itinerary + 1]
    box["first_hop"], box["hop"], box["last_hop"] = hop, hop, hop + end - first - 1
    for place in range(first, end):
        ride = w.hop[hop]
        ride["container"], ride["service"], ride["trip"] = row, w.itinerary_service[place], NONE
        ride["ready_h"] = ride["load_h"] = ride["aboard_h"] = ride["unload_h"] = ride["off_h"] = np.nan
        hop += 1
    count["containers"], count["hops"] = row + 1, hop
    f["number"] += 1


@inner
def _write_block(w, flow):
    """Write the next block of a flow: filled up to its limit, or of a listed number of containers, or of one."""
    f, count = w.demand[flow], w.count[0]
    block = w.block[count["blocks"]]
    block["time_h"], block["flow"], block["first"] = f["time_h"], flow, count["containers"]
    itinerary = _itinerary(w, f)
    load = 0
    number = w.listed_number[f["first_listed"] + f["block"]] if f["listed"] == 1 else 1
    while f["limit"] > 0 or number > 0:
        size = _size(w, f)
        if f["limit"] > 0 and load + size > f["limit"]:
            break
        _write_container(w, flow, itinerary, size)
        load += size
        number -= 1
    block["end"] = count["containers"]
    count["blocks"] += 1


@inner
def _fits(w, flow):
    """Whether the tables have room for the next block of a flow."""
    f, count = w.demand[flow], w.count[0]
    most = f["limit"] // 4 if f["limit"] > 0 else 1
    if f["listed"] == 1:
        most = w.listed_number[f["first_listed"] + f["block"]]
    rows, hops = count["containers"] + most, count["hops"] + most * f["most_hops"]
    return rows <= w.container.size and hops <= w.hop.size


@cached
@outer
def bring(w, until, ahead):
    """Write the containers of all blocks before a time, flow by flow; return `DONE`, or what must grow before it is called again.

    ``ahead`` is that of the world, as an array, which has rows that are arrays.
    """
    for flow in range(w.demand.size):
        f = w.demand[flow]
        if f["begun"] == 0:
            f["begun"] = 1
            _next_block(w, flow, ahead)
        while f["time_h"] < until:
            if w.count[0]["blocks"] + 1 == w.block.size:  # the last row is for the block that follows
                return MORE_BLOCKS
            if not _fits(w, flow):
                return MORE_CONTAINERS
            _write_block(w, flow)
            f["block"] += 1
            _next_block(w, flow, ahead)
    return DONE


@cached
@outer
def spells(found, key, closure, rates, months_h, mean_h, cv, log_mean, log_sd, distribution):
    """Write begins and ends of the random closures within the clock, as far as there is room; return how many there are."""
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
        if spell < len(found):
            found[spell, 0], found[spell, 1] = start, now
        while month < rates.size and months_h[month + 1] <= now:
            month += 1
        spell += 1
    return spell


def aligned(rows: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a table of zeros that begins with a cache line."""
    held = np.zeros(rows * dtype.itemsize + 64, np.uint8)
    start = -held.ctypes.data % 64
    return held[start : start + rows * dtype.itemsize].view(dtype)


def demand(compiled: Compiled) -> dict[str, NDArray[Any]]:
    """Return the tables of a world that describe its demand; no container has been brought."""
    table = np.zeros(len(compiled.blocks), DEMAND)
    listed = [block.times if block.listed else block.times[:0] for block in compiled.blocks]
    numbers = [block.numbers if block.listed else block.numbers[:0] for block in compiled.blocks]
    shares = [block.shares for block in compiled.blocks]
    lengths = np.diff(compiled.itinerary_first)
    for record, block in zip(table, compiled.blocks, strict=True):
        record["hash"], record["poisson"], record["listed"] = block.hash, block.poisson, block.listed
        record["limit"] = 0 if block.listed else block.quarters
        record["upto_20ft"], record["upto_40ft"] = block.sizes[:2]
        record["most_hops"] = lengths[block.itineraries].max(initial=0)
    for parts, name in ((listed, "listed"), (shares, "share")):
        offsets = _offsets(parts)
        table[f"first_{name}"], table[f"end_{name}"] = offsets[:-1], offsets[1:]
    rates = [block.rates for block in compiled.blocks]
    return {
        "demand": table,
        "rate": np.array(rates).reshape(len(rates), compiled.months_h.size - 1),
        "month_h": compiled.months_h,
        "listed_h": _flat(listed, F8),
        "listed_number": _flat(numbers, I8),
        "share": _flat(shares, F8),
        "shared": _flat((block.itineraries for block in compiled.blocks), I8),
        "itinerary_first": compiled.itinerary_first,
        "itinerary_service": compiled.itinerary_services,
    }


def expected_containers(compiled: Compiled) -> NDArray[np.float64]:
    """Return how many containers each flow is expected to bring."""
    return np.array([_expected(block, np.diff(compiled.months_h)) for block in compiled.blocks])


def _expected(block: Block, months_h: NDArray[np.float64]) -> float:
    if block.listed:
        return float(block.numbers.sum())
    mean = float(np.diff(block.sizes, prepend=0.0) @ [4, 8, 9])
    return float(block.rates @ months_h) * (block.quarters / mean if block.quarters else 1.0)


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
    moments = d.log_moments(shut.mean_h, shut.cv)
    found = np.empty((64, 2))
    while True:
        count = spells(
            found, key, shut.hash, shut.rates, compiled.months_h, shut.mean_h, shut.cv, *moments, shut.distribution
        )
        if count <= len(found):
            return found[:count, 0], found[:count, 1]
        found = np.empty((count, 2))


def turns(compiled: Compiled, closed: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> NDArray[Any]:
    """Return the moments at which something closes (change 1) or opens (change -1), by time; openings first."""
    rows = [
        (time, shut.kind, shut.target, change)
        for shut, (starts, ends) in zip(compiled.shuts, closed, strict=True)
        for times, change in ((starts, 1), (ends, -1))
        for time in times
    ]
    return np.array(sorted(rows, key=lambda row: (row[0], row[3])), dtype=TURN)
