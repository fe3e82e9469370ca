"""Pending events, things to be asked at this moment, lists, and time added up by day."""

from __future__ import annotations

import math

import numpy as np

from jibek.simulate._network import FILLED, NEVER, NONE
from jibek.simulate._source import inner

# Kinds of events, each with the row it concerns.
BLOCK, SLOT, TIMER, STEP, CHECK, PATH, RUN, HOLD, TURN = np.arange(9)

# The heaps of pending events.
NEAR, FAR = np.arange(2)

# Kinds of questions.
WORK, CALL, POSITION, ADMIT = np.arange(4)

_ID_BITS = 28
_ID_MASK = (1 << _ID_BITS) - 1
_KIND_BITS = 4


@inner
def push(w, time, kind, row):
    """Add an event; events of the same time are handled in the order in which they were added.

    Most events make one new event, often a near one: it takes the place that `pop` left, and sinks a little. Arrivals and steps of
    equipment, half of all events and few at a time, have a heap of their own.
    """
    count = w.count[0]
    what = (count["sequence"] << (_ID_BITS + _KIND_BITS)) | (kind << _ID_BITS) | row
    count["sequence"] += 1
    if kind in (STEP, BLOCK):
        _put(w.near, w.pending[NEAR], time, what)
    else:
        _put(w.far, w.pending[FAR], time, what)


@inner
def _put(heap, pending, time, what):
    if pending["hole"] == 1:
        pending["hole"] = 0
        _sink(heap, pending["size"], time, what)
    else:
        pending["size"] += 1
        _rise(heap, pending["size"], time, what)


@inner
def next_h(w):
    """Return the time of the earliest event, having filled the holes; `NEVER`: there is none."""
    _fill(w.near, w.pending[NEAR])
    _fill(w.far, w.pending[FAR])
    return min(w.near[1]["time"], w.far[1]["time"])


@inner
def pop(w):
    """Take the earliest event, after `next_h`; return its kind and row."""
    near, far = w.near[1], w.far[1]
    what = near["what"]
    if near["time"] < far["time"] or (near["time"] == far["time"] and what < far["what"]):
        w.pending[NEAR]["hole"] = 1
    else:
        what = far["what"]
        w.pending[FAR]["hole"] = 1
    return (what >> _ID_BITS) & ((1 << _KIND_BITS) - 1), what & _ID_MASK


@inner
def _fill(heap, pending):
    """Fill the place at the top of a heap with the last event, if no new one has come into it; places behind the last hold `NEVER`."""
    if pending["hole"] == 1:
        pending["hole"] = 0
        last = heap[pending["size"]]
        pending["size"] -= 1
        time, what = last["time"], last["what"]
        last["time"] = NEVER
        if pending["size"] > 0:
            _sink(heap, pending["size"], time, what)


@inner
def _rise(heap, place, time, what):
    """Put an event into the last place of a heap, or above it if it comes before the events there."""
    while place > 1:
        above = heap[place >> 1]
        if above["time"] < time or (above["time"] == time and above["what"] < what):
            break
        heap[place]["time"], heap[place]["what"] = above["time"], above["what"]
        place >>= 1
    heap[place]["time"], heap[place]["what"] = time, what


@inner
def _sink(heap, size, time, what):
    """Put an event into the top of a heap, or below it if it comes after the events there."""
    place, child = 1, 2
    while child <= size:
        one, other = heap[child], heap[child + 1]
        child += int(other["time"] < one["time"])  # not a branch: it would be guessed wrong every second time
        if other["time"] == one["time"] and other["what"] < one["what"]:
            child += 1
        below = heap[child]
        if time < below["time"] or (time == below["time"] and what < below["what"]):
            break
        heap[place]["time"], heap[place]["what"] = below["time"], below["what"]
        place, child = child, 2 * child
    heap[place]["time"], heap[place]["what"] = time, what


@inner
def _ask(w, kind, row):
    count = w.count[0]
    w.agenda[count["asked"] & (w.agenda.size - 1)] = (kind << _ID_BITS) | row
    count["asked"] += 1


@inner
def ask_work(w, terminal):
    """Have the vehicles in position at a terminal looked at, once, before the next event."""
    if w.terminal[terminal]["task"] == 0:
        w.terminal[terminal]["task"] = 1
        _ask(w, WORK, terminal)


@inner
def ask_call(w, service):
    """Have it asked whether a service calls a vehicle; one that goes by the clock calls none but for an open departure."""
    s = w.service[service]
    if s["task"] == 0 and (s["rule"] == FILLED or s["open"] == 1):
        s["task"] = 1
        _ask(w, CALL, service)


@inner
def ask_zone(w, kind, zone):
    """Have free positions (`POSITION`) or admissions (`ADMIT`) of a zone given out."""
    bit = 1 if kind == POSITION else 2
    if w.zone[zone]["task"] & bit == 0:
        w.zone[zone]["task"] |= bit
        _ask(w, kind, zone)


@inner
def answer(w):
    """Remove the oldest question and return its kind and row."""
    count = w.count[0]
    what = w.agenda[count["agenda"] & (w.agenda.size - 1)]
    count["agenda"] += 1
    kind, row = what >> _ID_BITS, what & _ID_MASK
    if kind == WORK:
        w.terminal[row]["task"] = 0
    elif kind == CALL:
        w.service[row]["task"] = 0
    else:
        w.zone[row]["task"] &= 2 if kind == POSITION else 1
    return kind, row


@inner
def append(owner, table, row):
    """Put a row at the end of the list that its owner keeps."""
    table[row]["next"] = NONE
    if owner["tail"] == NONE:
        owner["head"] = row
    else:
        table[owner["tail"]]["next"] = row
    owner["tail"] = row


@inner
def take_first(owner, table):
    """Remove and return the first row of the list that its owner keeps."""
    row = owner["head"]
    owner["head"] = table[row]["next"]
    if owner["head"] == NONE:
        owner["tail"] = NONE
    return row


@inner
def turn_days(w, now):
    """Go on to the day of a moment."""
    count = w.count[0]
    while now >= count["midnight_h"]:
        count["today"] += 1
        count["midnight_h"] += 24.0


@inner
def add_hours(w, days, column, start, end, value):
    """Add a value times the hours from start to end to the days they fall into, mostly today."""
    count = w.count[0]
    if start >= count["midnight_h"] - 24.0 and end <= count["midnight_h"]:
        days[count["today"], column] += value * (end - start)
        return
    begin = w.clock[0]
    day = math.floor((start - begin) / 24.0)
    while start < end and day < days.shape[0]:
        stop = min(end, begin + 24.0 * (day + 1))
        days[day, column] += value * (stop - start)
        start = stop
        day += 1
