"""Containers at a terminal: the yard, its lines, chains of equipment, holds, loading and unloading."""

from __future__ import annotations

import numpy as np

from jibek.simulate import _draws as d
from jibek.simulate._events import HOLD, STEP, add_hours, append, ask_call, ask_work, push, take_first
from jibek.simulate._network import FILLED, NONE
from jibek.simulate._source import inner
from jibek.simulate._world import LOADING

# What a lift is for.
INTO_YARD, FROM_YARD, ACROSS = np.arange(3)

# The longest container, quarter TEU.
LONGEST = 9


@inner
def use_yard(w, now, terminal, quarters):
    """Take (or, negative, give back) room in the yard."""
    t = w.terminal[terminal]
    add_hours(w, w.yard, terminal, t["since"], now, t["used"] / 4.0)
    t["since"] = now
    if now >= 0.0:  # also what has stood there since the warm-up
        w.yard_max[terminal] = max(w.yard_max[terminal], max(t["used"], t["used"] + quarters) / 4.0)
    t["used"] += quarters


@inner
def first_in_line(w, service):
    """Return the container in the yard that the service takes next, or `NONE`."""
    for line in range(w.line_head.shape[1]):
        if w.line_head[service, line] != NONE:
            return w.line_head[service, line]
    return NONE


@inner
def longest_wait_since(w, service):
    """Return since when the longest-waiting container in the yard has waited for the service; 1e300 without one."""
    since = 1e300
    for line in range(w.line_head.shape[1]):
        c = w.line_head[service, line]
        if c != NONE:
            since = min(since, w.hop[w.container[c]["hop"]]["ready_h"])
    return since


@inner
def stand_in_line(w, now, c):
    """Let a container in the yard wait for the service of its hop."""
    box = w.container[c]
    service = w.hop[box["hop"]]["service"]
    line = w.flow[box["flow"]]["line"]
    box["next"] = NONE
    if w.line_head[service, line] == NONE:
        w.line_head[service, line] = c
    else:
        w.container[w.line_tail[service, line]]["next"] = c
    w.line_tail[service, line] = c
    s = w.service[service]
    s["yard"] += box["quarters"]
    ask_call(w, service)
    ask_work(w, s["origin"])


@inner
def leave_line(w, now, c):
    """Take the first container of its line out of the yard."""
    box = w.container[c]
    service = w.hop[box["hop"]]["service"]
    line = w.flow[box["flow"]]["line"]
    w.line_head[service, line] = box["next"]
    if box["next"] == NONE:
        w.line_tail[service, line] = NONE
    s = w.service[service]
    s["yard"] -= box["quarters"]
    t = w.terminal[s["origin"]]
    if t["used"] + LONGEST > t["room"] or s["loading"] > 1:
        ask_work(w, s["origin"])  # a vehicle looked at before may have found no room, or a container too long for it
    use_yard(w, now, s["origin"], -box["quarters"])


@inner
def let_in(w, now, terminal):
    """Let containers that stand outside enter the yard as long as there is room."""
    t = w.terminal[terminal]
    while t["head"] != NONE:
        quarters = w.container[t["head"]]["quarters"]
        if t["used"] + quarters > t["room"]:
            break
        c = take_first(t, w.container)
        use_yard(w, now, terminal, quarters)
        stand_in_line(w, now, c)


@inner
def room(w, vehicle):
    """Return the room that is left on a vehicle for the service it was called for, quarter TEU."""
    return w.vehicle[vehicle]["capacity"] - w.vehicle[vehicle]["load"]


@inner
def begin_step(w, now, c, pool):
    """Let a unit of the pool, which must be free, work on a container."""
    e = w.equipment[pool]
    box = w.container[c]
    flow = w.flow[box["flow"]]["hash"]
    occurrence = (box["hop"] - box["first_hop"]) * 16 + box["step"]
    hours = d.duration(
        w.key, d.STEP_TIME, occurrence, flow, box["number"], e["hash"], e["distribution"], e["mean"], e["cv"],
        e["log_mean"], e["log_sd"],
    )  # fmt: skip
    e["busy"] += 1
    add_hours(w, w.busy, pool, now, now + hours, 1.0)
    push(w, now + hours, STEP, c)


@inner
def first_pool(w, transfer):
    """Return the pool of the first step of a transfer."""
    return w.step[w.step_end[transfer]]


@inner
def free(w, pool):
    """Whether the pool has a unit free."""
    return w.equipment[pool]["busy"] < w.equipment[pool]["count"]


@inner
def lift(w, now, c, transfer, kind, terminal):
    """Set a container in motion: its first step begins now, or as soon as a unit is free."""
    box = w.container[c]
    box["transfer"] = transfer * 3 + kind
    box["step"] = 0
    w.count[0]["lifting"] += 1
    w.lifts[w.count[0]["today"], terminal] += 1
    pool = first_pool(w, transfer)
    if free(w, pool):
        begin_step(w, now, c, pool)
    else:
        append(w.equipment[pool], w.container, c)


@inner
def put_aboard(w, c, vehicle):
    """Let a container stand on the vehicle it was lifted to."""
    v = w.vehicle[vehicle]
    box = w.container[c]
    box["next"] = NONE
    if v["out_tail"] == NONE:
        v["out_head"] = c
    else:
        w.container[v["out_tail"]]["next"] = c
    v["out_tail"] = c
    v["count_out"] += 1
    v["oldest_h"] = min(v["oldest_h"], w.hop[box["hop"]]["ready_h"])


@inner
def reserve(w, now, c, vehicle, service):
    """Give a container its place on a vehicle loading for the service."""
    v = w.vehicle[vehicle]
    quarters = w.container[c]["quarters"]
    v["load"] += quarters
    v["load_out"] += quarters
    w.service[service]["claimed"] -= quarters
    w.container[c]["vehicle"] = vehicle


@inner
def load(w, now, c, vehicle, service):
    """Send the next container in line from the yard to a vehicle; at an outer terminal it is there at once."""
    hop = w.hop[w.container[c]["hop"]]
    leave_line(w, now, c)
    reserve(w, now, c, vehicle, service)
    hop["load_h"] = now
    hop["trip"] = w.vehicle[vehicle]["trip_out"]
    s = w.service[service]
    if s["from_zone"] == NONE:
        hop["aboard_h"] = now
        put_aboard(w, c, vehicle)
        return
    w.vehicle[vehicle]["lifts_on"] += 1
    transfer = w.from_yard[s["from_zone"], w.flow[w.container[c]["flow"]]["cargo_class"]]
    lift(w, now, c, transfer, FROM_YARD, s["origin"])


@inner
def yard_closed(w, terminal):
    """Whether the yard of a terminal is closed as a zone."""
    yard = w.terminal[terminal]["yard"]
    return yard != NONE and w.zone[yard]["closed"] > 0


@inner
def try_load(w, now, vehicle, service):
    """Begin to load the next container in line, if it fits and equipment is free; tell whether it was done."""
    c = first_in_line(w, service)
    if c == NONE or w.container[c]["quarters"] > room(w, vehicle):
        return False
    zone = w.service[service]["from_zone"]
    if zone != NONE:
        transfer = w.from_yard[zone, w.flow[w.container[c]["flow"]]["cargo_class"]]
        if yard_closed(w, w.service[service]["origin"]) or not free(w, first_pool(w, transfer)):
            return False
    load(w, now, c, vehicle, service)
    return True


@inner
def _take_off(w, now, c, vehicle):
    """Take the first container off a vehicle."""
    v = w.vehicle[vehicle]
    box = w.container[c]
    v["head"] = box["next"]
    if box["next"] == NONE:
        v["tail"] = NONE
    v["load"] -= box["quarters"]
    box["source"] = vehicle
    w.hop[box["hop"]]["unload_h"] = now


@inner
def _loading_beside(w, vehicle, c, service):
    """Return the first vehicle in position that can take the container directly, or `NONE`."""
    quarters = w.container[c]["quarters"]
    s = w.service[service]
    if s["loading"] == 0 or w.zone[s["from_zone"]]["closed"] > 0:
        return NONE
    other = w.terminal[s["origin"]]["first"]
    while other != NONE:
        o = w.vehicle[other]
        if o["state"] == LOADING and o["service"] == service and room(w, other) - s["yard"] >= quarters:
            return other
        other = o["behind"]
    return NONE


@inner
def _to_vehicle(w, now, c, vehicle, other, service, transfer):
    """Lift a container directly from one vehicle to another."""
    box = w.container[c]
    _take_off(w, now, c, vehicle)
    w.vehicle[vehicle]["lifts_off"] += 1
    w.service[service]["coming"] -= box["quarters"]
    reserve(w, now, c, other, service)
    w.vehicle[other]["lifts_on"] += 1
    following = w.hop[box["hop"] + 1]
    following["ready_h"] = now
    following["load_h"] = now
    following["direct"] = 1
    following["trip"] = w.vehicle[other]["trip_out"]
    lift(w, now, c, transfer, ACROSS, w.service[service]["origin"])


@inner
def _to_yard(w, now, c, vehicle, zone, terminal):
    """Lift a container from a vehicle to the yard, or out of the terminal if this is its destination."""
    box = w.container[c]
    _take_off(w, now, c, vehicle)
    if box["hop"] < box["last_hop"]:
        use_yard(w, now, terminal, box["quarters"])
    if zone == NONE:
        set_down(w, now, c)
        return
    w.vehicle[vehicle]["lifts_off"] += 1
    lift(w, now, c, w.into_yard[zone, w.flow[box["flow"]]["cargo_class"]], INTO_YARD, terminal)


@inner
def try_unload(w, now, vehicle, exchange):
    """Begin to unload the first container of a vehicle, if it can go anywhere; tell whether anything was done.

    ``exchange`` is the service that the vehicle stays for, if it may exchange containers with a full yard, or `NONE`.
    """
    v = w.vehicle[vehicle]
    c = v["head"]
    box = w.container[c]
    zone = v["zone"]
    if zone == NONE:
        _to_yard(w, now, c, vehicle, zone, v["terminal"])
        return True
    cargo = w.flow[box["flow"]]["cargo_class"]
    onward = box["hop"] < box["last_hop"]
    if onward and box["held"] == 0:
        service = w.hop[box["hop"] + 1]["service"]
        transfer = w.across[zone, w.service[service]["from_zone"], cargo]
        if transfer != NONE:
            other = _loading_beside(w, vehicle, c, service)
            if other != NONE:
                if not free(w, first_pool(w, transfer)):
                    return False
                _to_vehicle(w, now, c, vehicle, other, service, transfer)
                return True
    if yard_closed(w, v["terminal"]):
        return False
    pool = first_pool(w, w.into_yard[zone, cargo])
    t = w.terminal[v["terminal"]]
    if not onward or t["used"] + box["quarters"] <= t["room"]:
        if not free(w, pool):
            return False
        _to_yard(w, now, c, vehicle, zone, v["terminal"])
        return True
    return exchange != NONE and _exchange(w, now, vehicle, exchange, free(w, pool))


@inner
def _exchange(w, now, vehicle, service, unit):
    """Load the next in line beside, or in exchange for, what the full yard has no room for."""
    other = first_in_line(w, service)
    if other == NONE:
        return False
    v, t = w.vehicle[vehicle], w.terminal[w.vehicle[vehicle]["terminal"]]
    left, free_quarters = room(w, vehicle), t["room"] - t["used"]
    if w.container[other]["quarters"] <= left:
        return try_load(w, now, vehicle, service)
    if not unit:
        return False
    size = w.container[v["head"]]["quarters"]
    other = _bring_forward(w, service, size - free_quarters, size + left)
    off, on = (1, 1) if other != NONE else _even_exchange(w, v["head"], service, free_quarters, left)
    quarters = 0
    for _ in range(off):
        c = v["head"]
        quarters += w.container[c]["quarters"]
        _take_off(w, now, c, vehicle)
        v["lifts_off"] += 1
        lift(w, now, c, w.into_yard[v["zone"], w.flow[w.container[c]["flow"]]["cargo_class"]], INTO_YARD, v["terminal"])
    for _ in range(on):
        load(w, now, other if other != NONE else first_in_line(w, service), vehicle, service)
    use_yard(w, now, v["terminal"], quarters)
    return off > 0


@inner
def _bring_forward(w, service, least, most):
    """Return the next container in line of a length between two, having put it first in its line, or `NONE`."""
    for line in range(w.line_head.shape[1]):
        before, c = NONE, w.line_head[service, line]
        while c != NONE:
            box = w.container[c]
            following = box["next"]
            if least <= box["quarters"] <= most:
                if before != NONE:
                    w.container[before]["next"], box["next"] = following, w.line_head[service, line]
                    w.line_head[service, line] = c
                    if following == NONE:
                        w.line_tail[service, line] = before
                return c
            before, c = c, following
    return NONE


@inner
def _even_exchange(w, c, service, free_quarters, left):
    """Return the fewest containers off a vehicle (from `c`) and on from the line whose places suffice for each other.

    ``free_quarters`` is the room in the yard, ``left`` that on the vehicle; 0, 0 if no exchange comes out even.
    """
    other = first_in_line(w, service)
    off, on, more = 0, 0, 0
    while True:
        if off == 0 or more < -left:
            if c == NONE or w.container[c]["hop"] == w.container[c]["last_hop"]:
                return 0, 0
            off += 1
            more += w.container[c]["quarters"]
            c = w.container[c]["next"]
        elif more > free_quarters:
            if other == NONE:
                return 0, 0
            on += 1
            more -= w.container[other]["quarters"]
            other = _next_in_line(w, service, other)
        else:
            return off, on


@inner
def _next_in_line(w, service, c):
    """Return the container that the service takes after another in the yard, or `NONE`."""
    following, line = w.container[c]["next"], w.flow[w.container[c]["flow"]]["line"] + 1
    while following == NONE and line < w.line_head.shape[1]:
        following = w.line_head[service, line]
        line += 1
    return following


@inner
def end_step(w, now, c):
    """A unit has finished its step: it turns to the next in its queue, the container to the next step."""
    box = w.container[c]
    transfer, kind = box["transfer"] // 3, box["transfer"] % 3
    first = w.step_end[transfer]
    pool = w.step[first + box["step"]]
    e = w.equipment[pool]
    e["busy"] -= 1
    if box["step"] == 0 and kind != FROM_YARD:
        w.vehicle[box["source"]]["lifts_off"] -= 1
    box["step"] += 1
    if first + box["step"] < w.step_end[transfer + 1]:
        following = w.step[first + box["step"]]
        if free(w, following) and (following != pool or e["head"] == NONE):
            begin_step(w, now, c, following)
        else:
            append(w.equipment[following], w.container, c)
    else:
        w.count[0]["lifting"] -= 1
        if kind == INTO_YARD:
            set_down(w, now, c)
        else:
            _lifted_aboard(w, now, c, kind)
    if e["head"] != NONE and e["busy"] < e["count"]:
        begin_step(w, now, take_first(e, w.container), pool)
    ask_work(w, e["terminal"])


@inner
def _lifted_aboard(w, now, c, kind):
    box = w.container[c]
    if kind == ACROSS:
        w.hop[box["hop"]]["off_h"] = now
        box["hop"] += 1
    w.hop[box["hop"]]["aboard_h"] = now
    w.vehicle[box["vehicle"]]["lifts_on"] -= 1
    put_aboard(w, c, box["vehicle"])


@inner
def set_down(w, now, c):
    """A container is off its vehicle: it is held, waits for its next service, or has arrived."""
    box = w.container[c]
    w.hop[box["hop"]]["off_h"] = now
    if box["held"] != 0:
        w.count[0]["holding"] += 1
        hold(w, now, c)
    else:
        _ready(w, now, c, False)


@inner
def _ready(w, now, c, held):
    box = w.container[c]
    if box["hop"] == box["last_hop"]:
        box["leave_h"] = now
        w.count[0]["left"] += 1
        return
    box["hop"] += 1
    hop = w.hop[box["hop"]]
    hop["ready_h"] = now
    if not held:
        w.service[hop["service"]]["coming"] -= box["quarters"]
    stand_in_line(w, now, c)


@inner
def hold(w, now, c):
    """Bring a container to the first hold that still applies, or let it go on."""
    box = w.container[c]
    terminal = w.service[w.hop[box["hop"]]["service"]]["destination"]
    first = w.terminal[terminal]["hold"]
    for place in range(w.terminal[terminal]["end"] - first):
        if box["held"] >> place & 1:
            check = w.check_list[first + place]
            k = w.check[check]
            box["step"] = place
            if k["busy"] < k["servers"] and w.terminal[terminal]["closed"] == 0:
                begin_hold(w, now, c, check)
            else:
                append(k, w.container, c)
            return
    w.count[0]["holding"] -= 1
    _ready(w, now, c, True)


@inner
def begin_hold(w, now, c, check):
    """Begin a hold at a free post."""
    k = w.check[check]
    box = w.container[c]
    flow = w.flow[box["flow"]]["hash"]
    hours = d.duration(
        w.key, d.HOLD_TIME, box["hop"] - box["first_hop"], flow, box["number"], k["hash"],
        k["distribution"], k["mean"], k["cv"], k["log_mean"], k["log_sd"],
    )  # fmt: skip
    k["busy"] += 1
    add_hours(w, w.posts, check, now, now + hours, 1.0)
    push(w, now + hours, HOLD, c)


@inner
def end_hold(w, now, c):
    """A hold is over: the post turns to the next, the container to its next hold."""
    box = w.container[c]
    terminal = w.service[w.hop[box["hop"]]["service"]]["destination"]
    check = w.check_list[w.terminal[terminal]["hold"] + box["step"]]
    w.check[check]["busy"] -= 1
    serve_holds(w, now, check)
    box["held"] &= ~(1 << box["step"])
    hold(w, now, c)


@inner
def serve_holds(w, now, check):
    """Give free posts to containers that wait to be held."""
    k = w.check[check]
    while k["head"] != NONE and k["busy"] < k["servers"] and w.terminal[k["terminal"]]["closed"] == 0:
        begin_hold(w, now, take_first(k, w.container), check)


@inner
def expect(w, now, vehicle):
    """Announce the containers of a vehicle in position to their next services, and draw who is held."""
    c = w.vehicle[vehicle]["head"]
    while c != NONE:
        box = w.container[c]
        box["held"] = _holds(w, c)
        if box["held"] == 0 and box["hop"] < box["last_hop"]:
            service = w.hop[box["hop"] + 1]["service"]
            w.service[service]["coming"] += box["quarters"]
            ask_call(w, service)
        c = box["next"]


@inner
def _holds(w, c):
    """Return which holds of the terminal a container is drawn for, one bit each."""
    box = w.container[c]
    flow = w.flow[box["flow"]]
    service = w.hop[box["hop"]]["service"]
    terminal = w.terminal[w.service[service]["destination"]]
    held = 0
    for place in range(terminal["end"] - terminal["hold"]):
        check = w.check_list[terminal["hold"] + place]
        k = w.check[check]
        mask = k["classes"]
        if not w.concerns[check, service] or (mask != 0 and mask >> flow["cargo_class"] & 1 == 0):
            continue
        hop = box["hop"] - box["first_hop"]
        u, _ = d.uniforms(w.key, d.HELD, hop, flow["hash"], box["number"], k["hash"], d.ONCE)
        if u <= k["probability"]:
            held |= 1 << place
    return held


@inner
def may_close(w, now, vehicle):
    """Whether a vehicle that loads closes as soon as no lift to it is under way; see docs/simulation.md, section 4."""
    v = w.vehicle[vehicle]
    s = w.service[v["service"]]
    left = room(w, vehicle)
    c = first_in_line(w, v["service"])
    full = left < 4 or (c != NONE and w.container[c]["quarters"] > left)
    idle = s["coming"] + s["yard"] == 0
    enough = v["load_out"] >= s["minimum"] or now >= v["oldest_h"] + s["max_wait_h"]
    if s["rule"] == FILLED:
        return full or (idle and v["count_out"] > 0 and enough)
    on_time = v["position_h"] <= v["slot_h"] or now >= v["position_h"] + s["load_h"]
    return now >= v["slot_h"] and (full or idle or on_time) and enough
