"""Pending events, things to be asked at this moment, lists, and time added up by day."""

from __future__ import annotations

import math

import numpy as np
from jibek.simulate._network import NONE
from jibek.simulate._source import inner

# Kinds of events, each with the row it concerns.
BLOCK, SLOT, TIMER, STEP, CHECK, PATH, RUN, HOLD, TURN = np.arange(9)

# Kinds of questions.
WORK, CALL, POSITION, ADMIT = np.arange(4)

_ID_BITS = 28
_ID_MASK = (1 << _ID_BITS) - 1
_KIND_BITS = 4


@inner
def push(w, time, kind, row):
    """Add an event; events of the same time are handled in the order in which they were added."""
    count = w.count[0]
    what = (count["sequence"] << (_ID_BITS + _KIND_BITS)) | (kind << _ID_BITS) | row
    count["sequence"] += 1
    place = count["heap"]
    count["heap"] += 1
    while place > 0:
        parent = (place - 1) >> 1
        above = w.heap_time[parent]
        if above < time or (above == time and w.heap_what[parent] < what):
            break
        w.heap_time[place] = above
        w.heap_what[place] = w.heap_what[parent]
        place = parent
    w.heap_time[place] = time
    w.heap_what[place] = what


@inner
def pop(w):
    """Remove the earliest event and return its kind and row."""
    first = w.heap_what[0]
    count = w.count[0]
    count["heap"] -= 1
    size = count["heap"]
    time = w.heap_time[size]
    what = w.heap_what[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            w.heap_time[other] < w.heap_time[child]
            or (w.heap_time[other] == w.heap_time[child] and w.heap_what[other] < w.heap_what[child])
        ):
            child = other
        below = w.heap_time[child]
        if time < below or (time == below and what < w.heap_what[child]):
            break
        w.heap_time[place] = below
        w.heap_what[place] = w.heap_what[child]
        place = child
    w.heap_time[place] = time
    w.heap_what[place] = what
    return (first >> _ID_BITS) & ((1 << _KIND_BITS) - 1), first & _ID_MASK


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
    """Have it asked whether a service calls a vehicle."""
    if w.service[service]["task"] == 0:
        w.service[service]["task"] = 1
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
def day_of(hours):
    """Return the whole days in a number of hours."""
    day = int(hours / 24.0)
    return day - 1 if day * 24.0 > hours else day


@inner
def add_hours(days, column, start, end, value, begin):
    """Add a value times the hours from start to end to the days they fall into."""
    if value == 0 or end <= start:
        return
    day = math.floor((start - begin) / 24.0)
    while start < end and day < days.shape[0]:
        stop = min(end, begin + 24.0 * (day + 1))
        days[day, column] += value * (stop - start)
        start = stop
        day += 1
