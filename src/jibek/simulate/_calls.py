"""Which vehicle loads for which service: calls, pools, closing, and what follows unloading."""

from __future__ import annotations

import numpy as np

from jibek.simulate._events import SLOT, TIMER, append, ask_call, ask_work, push, take_first
from jibek.simulate._lifts import (
    first_in_line,
    let_in,
    longest_wait_since,
    may_close,
    try_load,
    try_unload,
)
from jibek.simulate._network import FILLED, NEVER, NONE
from jibek.simulate._running import (
    begin_checks,
    begin_loading,
    give_up_position,
    queue_for_position,
    quit_work,
)
from jibek.simulate._source import inner
from jibek.simulate._world import CALLED, CLOSING, DEPARTURE, IDLE, LEAVING, LOADING, UNLOADING, UNUSED


@inner
def _calls(w, now, service):
    """Whether a service calls, and whether it would call a fleet without a count."""
    s = w.service[service]
    unclaimed = s["coming"] + s["yard"] - s["claimed"]
    if s["rule"] != FILLED:
        return s["open"] == 1, s["open"] == 1 and unclaimed > 0
    if unclaimed <= 0:
        return False, False
    if unclaimed >= s["minimum"]:
        return True, True
    due = longest_wait_since(w, service) + s["max_wait_h"]
    if now >= due:
        return True, True
    if due < s["timer_h"]:
        s["timer_h"] = due
        push(w, due, TIMER, service)
    return False, False


@inner
def _appear(w, rotation):
    """Make a vehicle of a fleet without a count."""
    vehicle = w.count[0]["free"]
    v = w.vehicle[vehicle]
    w.count[0]["free"] = v["next"]
    w.count[0]["unused"] -= 1
    enlist(w, vehicle, w.rotation[rotation]["fleet"])
    v["rotation"] = rotation
    return vehicle


@inner
def enlist(w, vehicle, fleet):
    """Let an unused row be a new vehicle of a fleet."""
    v = w.vehicle[vehicle]
    v["state"], v["fleet"], v["number"] = IDLE, fleet, w.count[0]["vehicles"]
    w.count[0]["vehicles"] += 1
    v["stage"], v["load"], v["load_out"] = 0, 0, 0
    v["lifts_on"] = v["lifts_off"] = v["classes"] = v["count_out"] = 0
    v["after"] = v["zone"] = v["admitted"] = v["admitted_next"] = v["trip"] = v["trip_out"] = NONE
    v["head"] = v["tail"] = v["out_head"] = v["out_tail"] = NONE


@inner
def call(w, now, service):
    """Let a service call a vehicle if it wants and finds one; return the vehicle or `NONE`."""
    s = w.service[service]
    finite, unlimited = _calls(w, now, service)
    if not finite:
        return NONE
    vehicle = NONE
    if s["head"] != NONE:
        vehicle = take_first(s, w.vehicle)
        w.vehicle[vehicle]["stage"] += 1
    for place in range(s["start"], s["start_end"]):
        if vehicle != NONE:
            break
        rotation = w.start[place]
        fleet = w.fleet[w.rotation[rotation]["fleet"]]
        if fleet["head"] != NONE:
            vehicle = take_first(fleet, w.vehicle)
            w.vehicle[vehicle]["rotation"], w.vehicle[vehicle]["stage"] = rotation, 0
        elif fleet["count"] == NONE and unlimited:
            vehicle = _appear(w, rotation)
    if vehicle == NONE:
        return NONE
    engage(w, now, vehicle, service)
    _go_to_load(w, now, vehicle, service)
    ask_call(w, service)
    return vehicle


@inner
def engage(w, now, vehicle, service):
    """Claim the room of a vehicle for a service and begin to write down its trip."""
    s = w.service[service]
    v = w.vehicle[vehicle]
    v["capacity"] = int(w.fleet[v["fleet"]]["capacity"] * s["share"] + 1e-6)
    s["claimed"] += v["capacity"]
    s["open"] = 0
    v["slot_h"], v["timer_h"], v["oldest_h"] = s["open_h"], NEVER, NEVER
    v["load_out"], v["count_out"] = 0, 0
    row = w.count[0]["trips"]
    w.count[0]["trips"] += 1
    v["trip_out"] = row
    trip = w.trip[row]
    trip["service"], trip["rotation"], trip["vehicle"], trip["number"] = (
        service,
        v["rotation"],
        v["number"],
        NONE,
    )
    trip["called_h"] = now
    trip["position_h"] = trip["closed_h"] = trip["cleared_h"] = trip["left_h"] = np.nan
    trip["arrived_h"] = trip["passed_h"] = trip["berthed_h"] = trip["emptied_h"] = np.nan


@inner
def _go_to_load(w, now, vehicle, service):
    """Bring a vehicle that was called to a position where it loads."""
    v = w.vehicle[vehicle]
    v["service"] = service
    zone = w.service[service]["from_zone"]
    if zone != v["zone"]:
        give_up_position(w, now, vehicle)
    if zone == v["zone"]:
        begin_loading(w, now, vehicle)
    else:
        v["state"] = CALLED
        queue_for_position(w, now, vehicle, zone)


@inner
def _set_alarms(w, now, vehicle):
    """Have the terminal looked at when the departure is due, or the longest wait is over."""
    v = w.vehicle[vehicle]
    s = w.service[v["service"]]
    due = NEVER
    if s["rule"] != FILLED:
        if now < v["slot_h"]:
            due = v["slot_h"]
        elif now < v["position_h"] + s["load_h"]:
            due = v["position_h"] + s["load_h"]
    if v["oldest_h"] + s["max_wait_h"] > now:
        due = min(due, v["oldest_h"] + s["max_wait_h"])
    if due < NEVER and (v["timer_h"] <= now or due < v["timer_h"]):
        v["timer_h"] = due
        push(w, due, TIMER, w.service.size + s["origin"])


@inner
def open_slot(w, now, service):
    """Open the next departure of a scheduled service."""
    s = w.service[service]
    s["open"], s["open_h"] = 1, w.slot[s["slot"]]
    s["slot"] += 1
    if s["slot"] < s["slot_end"]:
        push(w, max(now, w.slot[s["slot"]] - s["load_h"]), SLOT, service)
    ask_call(w, service)
    ask_work(w, s["origin"])


@inner
def work(w, now, terminal):
    """Go through the vehicles in position, in the order they took it: each begins what lifts it can."""
    t = w.terminal[terminal]
    if t["closed"] > 0:
        return
    vehicle = t["first"]
    while vehicle != NONE:
        behind = w.vehicle[vehicle]["behind"]
        zone = w.vehicle[vehicle]["zone"]
        if zone == NONE or w.zone[zone]["closed"] == 0:
            if w.vehicle[vehicle]["state"] == UNLOADING:
                _unload(w, now, vehicle)
            if w.vehicle[vehicle]["state"] == LOADING:
                _load(w, now, vehicle)
            elif w.vehicle[vehicle]["state"] == CLOSING and w.vehicle[vehicle]["lifts_on"] == 0:
                _close(w, now, vehicle)
        vehicle = behind
    if t["task"] == 0:
        let_in(w, now, terminal)


@inner
def _load(w, now, vehicle):
    service = w.vehicle[vehicle]["service"]
    while try_load(w, now, vehicle, service):
        pass
    if not may_close(w, now, vehicle):
        _set_alarms(w, now, vehicle)
    elif w.vehicle[vehicle]["lifts_on"] == 0:
        _close(w, now, vehicle)
    elif w.service[service]["rule"] != FILLED:
        w.vehicle[vehicle]["state"] = CLOSING


@inner
def _close(w, now, vehicle):
    """End the loading of a vehicle: it takes the number of its trip and begins its departure checks."""
    v = w.vehicle[vehicle]
    service = v["service"]
    s = w.service[service]
    s["claimed"] -= v["capacity"] - v["load_out"]
    s["loading"] -= 1
    quit_work(w, vehicle)
    v["trip"], v["trip_out"], v["state"], v["link"] = v["trip_out"], NONE, LEAVING, s["path"]
    trip = w.trip[v["trip"]]
    trip["number"], trip["closed_h"] = s["trips"], now
    trip["containers"], trip["quarters"] = v["count_out"], v["load_out"]
    v["classes"] = 0
    c = v["out_head"]
    while c != NONE:
        v["classes"] |= 1 << w.flow[w.container[c]["flow"]]["cargo_class"]
        c = w.container[c]["next"]
    s["trips"] += 1
    ask_call(w, service)
    begin_checks(w, now, vehicle, DEPARTURE)


@inner
def _unload(w, now, vehicle):
    v = w.vehicle[vehicle]
    while v["head"] != NONE:
        t = w.terminal[v["terminal"]]
        tight = v["zone"] != NONE and t["used"] + w.container[v["head"]]["quarters"] > t["room"]
        exchange = _stays_for(w, now, vehicle) if tight else NONE
        if not try_unload(w, now, vehicle, exchange):
            break
    if v["head"] == NONE and v["lifts_off"] == 0:
        _emptied(w, now, vehicle)


@inner
def _stays_for(w, now, vehicle):
    """Return the service for which a vehicle may exchange containers before it is empty, or `NONE`."""
    v = w.vehicle[vehicle]
    if v["after"] != NONE:
        return v["after"]
    stop = w.rotation[v["rotation"]]["stop"] + v["stage"] + 1
    best, stage = NONE, 0
    rotation = v["rotation"]
    if stop < w.rotation[rotation]["stop_end"]:
        best, stage = w.stop[stop], v["stage"] + 1
    elif w.fleet[v["fleet"]]["count"] != NONE:
        best, rotation = _best_at_home(w, now, v["fleet"], v["zone"])
    if best == NONE or not _keeps(w, best, v["zone"]):
        return NONE
    v["rotation"], v["stage"], v["after"] = rotation, stage, best
    engage(w, now, vehicle, best)
    return best


@inner
def _keeps(w, service, zone):
    """Whether a service takes a vehicle that is still to be unloaded in a zone."""
    s = w.service[service]
    return s["from_zone"] == zone and first_in_line(w, service) != NONE and (s["rule"] == FILLED or s["open"] == 1)


@inner
def _best_at_home(w, now, fleet, zone):
    """Return the first service, and the rotation, that a vehicle at home takes, among those with containers waiting."""
    best, chosen, since = NONE, NONE, 0.0
    for rotation in range(w.rotation.size):
        r = w.rotation[rotation]
        if r["fleet"] != fleet or r["stop"] == r["stop_end"]:
            continue
        service = w.stop[r["stop"]]
        if zone != NONE and not _keeps(w, service, zone):
            continue
        if zone == NONE and not _calls(w, now, service)[0]:
            continue
        waits = longest_wait_since(w, service)
        rank = 0 if chosen == NONE else r["priority"] - w.rotation[chosen]["priority"]
        if chosen == NONE or rank > 0 or (rank == 0 and waits < since):
            best, chosen, since = service, rotation, waits
    return best, chosen


@inner
def _emptied(w, now, vehicle):
    """A vehicle has been unloaded: it stays to load, stands aside, or vanishes."""
    v = w.vehicle[vehicle]
    w.trip[v["trip"]]["emptied_h"] = now
    quit_work(w, vehicle)
    if v["after"] != NONE:
        v["service"], v["after"] = v["after"], NONE
        begin_loading(w, now, vehicle)
        return
    fleet = w.fleet[v["fleet"]]
    stop = w.rotation[v["rotation"]]["stop"] + v["stage"] + 1
    if stop < w.rotation[v["rotation"]]["stop_end"]:
        stand_aside(w, now, vehicle, w.stop[stop])
    elif fleet["count"] != NONE:
        come_home(w, now, vehicle)
    else:
        give_up_position(w, now, vehicle)
        v["state"] = UNUSED
        w.count[0]["unused"] += 1
        v["next"], w.count[0]["free"] = w.count[0]["free"], vehicle


@inner
def stand_aside(w, now, vehicle, service):
    """Put a vehicle in the pool of its next service; it keeps its position only if it is called there at once."""
    v = w.vehicle[vehicle]
    v["state"] = IDLE
    append(w.service[service], w.vehicle, vehicle)
    if call(w, now, service) != vehicle:
        give_up_position(w, now, vehicle)


@inner
def come_home(w, now, vehicle):
    """Put a vehicle in the home of its fleet; it keeps its position only if it is called there at once."""
    v = w.vehicle[vehicle]
    v["state"] = IDLE
    append(w.fleet[v["fleet"]], w.vehicle, vehicle)
    service, _ = _best_at_home(w, now, v["fleet"], NONE)
    if service == NONE or call(w, now, service) != vehicle:
        give_up_position(w, now, vehicle)


@inner
def timer(w, now, row):
    """A longest wait or a departure has come due: of a service (by row) or at a terminal (rows after the services)."""
    if row >= w.service.size:
        ask_work(w, row - w.service.size)
        return
    w.service[row]["timer_h"] = NEVER
    ask_call(w, row)
