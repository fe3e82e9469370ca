"""The event loop."""

from __future__ import annotations

import numpy as np

from jibek.simulate._calls import call, enlist, open_slot, timer, work
from jibek.simulate._events import (
    BLOCK,
    CALL,
    CHECK,
    FAR,
    HOLD,
    NEAR,
    PATH,
    POSITION,
    RUN,
    SLOT,
    STEP,
    TIMER,
    WORK,
    answer,
    append,
    ask_work,
    ask_zone,
    next_h,
    pop,
    push,
    turn_days,
)
from jibek.simulate._events import TURN as TURN_EVENT
from jibek.simulate._lifts import end_hold, end_step, let_in, serve_holds, use_yard
from jibek.simulate._network import TERMINAL_SHUT, ZONE_SHUT
from jibek.simulate._running import (
    count_zone,
    end_check,
    end_run,
    give_admissions,
    give_paths,
    give_positions,
    let_leave,
    serve_vehicles,
)
from jibek.simulate._source import cached, inner, outer

FIRST = np.int64(0)

# What the loop stopped for.
DONE, MORE_VEHICLES, MORE_EVENTS, MORE_LOG = range(4)


@inner
def begin(w):
    """Bring the finite fleets home and add the first events."""
    for fleet in range(w.fleet.size):
        for _ in range(max(0, w.fleet[fleet]["count"])):
            vehicle = w.count[0]["free"]
            w.count[0]["free"] = w.vehicle[vehicle]["next"]
            w.count[0]["unused"] -= 1
            enlist(w, vehicle, fleet)
            append(w.fleet[fleet], w.vehicle, vehicle)
    if w.count[0]["blocks"] > 0:
        push(w, w.block[0]["time_h"], BLOCK, FIRST)
    if w.turn.size > 0:
        push(w, w.turn[0]["time_h"], TURN_EVENT, FIRST)
    for service in range(w.service.size):
        s = w.service[service]
        if s["slot"] < s["slot_end"]:
            push(w, max(w.clock[0], w.slot[s["slot"]] - s["load_h"]), SLOT, service)


@inner
def _bring(w, now, row):
    """A block of containers enters."""
    block = w.block[row]
    origin = w.flow[block["flow"]]["origin"]
    for c in range(block["first"], block["end"]):
        w.hop[w.container[c]["hop"]]["ready_h"] = now
        append(w.terminal[origin], w.container, c)
    w.count[0]["entered"] += block["end"] - block["first"]
    let_in(w, now, origin)
    if row + 1 < w.count[0]["blocks"]:
        push(w, w.block[row + 1]["time_h"], BLOCK, row + 1)


@inner
def _turn(w, now, row):
    """Something closes or opens."""
    turn = w.turn[row]
    target, change = turn["target"], turn["change"]
    if row + 1 < w.turn.size:
        push(w, w.turn[row + 1]["time_h"], TURN_EVENT, row + 1)
    if turn["kind"] == TERMINAL_SHUT:
        w.terminal[target]["closed"] += change
        if w.terminal[target]["closed"] == 0:
            _open_terminal(w, now, target)
    elif turn["kind"] == ZONE_SHUT:
        w.zone[target]["closed"] += change
        if w.zone[target]["closed"] == 0:
            ask_work(w, w.zone[target]["terminal"])
            ask_zone(w, POSITION, target)
            let_leave(w, now, w.zone[target]["terminal"])
    else:
        for row in (2 * target, 2 * target + 1):
            w.link[row]["closed"] += change
            if w.link[row]["closed"] == 0:
                give_paths(w, now, row)


@inner
def _open_terminal(w, now, terminal):
    t = w.terminal[terminal]
    ask_work(w, terminal)
    for zone in range(w.zone.size):
        if w.zone[zone]["terminal"] == terminal:
            ask_zone(w, POSITION, zone)
    for place in range(t["arrival"], t["end"]):
        check = w.check_list[place]
        if w.check[check]["hold"] == 1:
            serve_holds(w, now, check)
        else:
            serve_vehicles(w, now, check)
    let_leave(w, now, terminal)


@inner
def _handle(w, now, kind, row):
    if kind == STEP:
        end_step(w, now, row)
    elif kind == RUN:
        end_run(w, now, row)
    elif kind == BLOCK:
        _bring(w, now, row)
    elif kind == CHECK:
        end_check(w, now, row)
    elif kind == PATH:
        give_paths(w, now, row)
    elif kind == TIMER:
        timer(w, now, row)
    elif kind == SLOT:
        open_slot(w, now, row)
    elif kind == HOLD:
        end_hold(w, now, row)
    else:
        _turn(w, now, row)


@inner
def _answer(w, now):
    kind, row = answer(w)
    if kind == WORK:
        work(w, now, row)
    elif kind == CALL:
        call(w, now, row)
    elif kind == POSITION:
        give_positions(w, now, row)
    else:
        give_admissions(w, now, row)


@inner
def _finish(w):
    """Add up time to the end of the clock."""
    end = w.clock[1]
    for zone in range(w.zone.size):
        count_zone(w, end, zone, 0, 0)
    for terminal in range(w.terminal.size):
        use_yard(w, end, terminal, 0)


@cached
@outer
def run(w, until, heap_margin):
    """Handle all events before a time (hours); return `DONE`, or what must grow before it is called again."""
    count = w.count[0]
    if count["begun"] == 0:
        count["begun"] = 1
        begin(w)
    most_pending = w.far.size - heap_margin
    most_trips, most_legs = w.trip.size - w.vehicle.size, w.leg.size - w.vehicle.size
    while True:
        if count["unused"] < w.terminal.size + 256:
            return MORE_VEHICLES
        if max(w.pending[NEAR]["size"], w.pending[FAR]["size"]) > most_pending:
            return MORE_EVENTS
        if count["trips"] > most_trips or count["legs"] > most_legs:
            return MORE_LOG
        if count["agenda"] < count["asked"]:
            _answer(w, count["now"])
            continue
        now = next_h(w)
        if now >= until:
            if until >= w.clock[1]:
                _finish(w)
            return DONE
        count["now"] = now
        count["events"] += 1
        turn_days(w, now)
        kind, row = pop(w)
        _handle(w, now, kind, row)
