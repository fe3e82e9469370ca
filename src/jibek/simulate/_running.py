"""Vehicles between loading and unloading: checks, leaving, admission, paths, links, positions."""

from __future__ import annotations

import numpy as np

from jibek.simulate import _draws as d
from jibek.simulate._events import (
    ADMIT,
    CHECK,
    PATH,
    POSITION,
    RUN,
    add_hours,
    append,
    ask_work,
    ask_zone,
    push,
    take_first,
)
from jibek.simulate._lifts import expect
from jibek.simulate._network import NONE
from jibek.simulate._source import inner
from jibek.simulate._world import (
    ADMITTING,
    ARRIVAL,
    ARRIVING,
    DEPARTURE,
    LEAVING,
    LOADING,
    QUEUEING,
    RUNNING,
    UNLOADING,
    WAY,
)


@inner
def closed(w, terminal, zone):
    """Whether a terminal, or its zone, is closed."""
    return w.terminal[terminal]["closed"] > 0 or (zone != NONE and w.zone[zone]["closed"] > 0)


@inner
def stand_in_position(w, vehicle, terminal):
    """Put a vehicle last among those in position at a terminal."""
    t = w.terminal[terminal]
    v = w.vehicle[vehicle]
    v["terminal"] = terminal
    v["before"], v["behind"] = t["last"], NONE
    if t["last"] == NONE:
        t["first"] = vehicle
    else:
        w.vehicle[t["last"]]["behind"] = vehicle
    t["last"] = vehicle


@inner
def quit_work(w, vehicle):
    """Take a vehicle off the list of those that are loaded or unloaded."""
    v = w.vehicle[vehicle]
    t = w.terminal[v["terminal"]]
    if v["before"] == NONE:
        t["first"] = v["behind"]
    else:
        w.vehicle[v["before"]]["behind"] = v["behind"]
    if v["behind"] == NONE:
        t["last"] = v["before"]
    else:
        w.vehicle[v["behind"]]["before"] = v["before"]


@inner
def count_zone(w, now, zone, taken, waiting):
    """Change the number of positions taken and of vehicles waiting for one."""
    z = w.zone[zone]
    add_hours(w, w.positions, zone, z["since"], now, z["taken"])
    add_hours(w, w.queue, zone, z["since"], now, z["waiting"])
    z["since"] = now
    z["taken"] += taken
    z["waiting"] += waiting


@inner
def give_up_position(w, now, vehicle):
    """Give back the position a vehicle holds, and its admission."""
    v = w.vehicle[vehicle]
    if v["zone"] != NONE:
        count_zone(w, now, v["zone"], -1, 0)
        ask_zone(w, POSITION, v["zone"])
        v["zone"] = NONE
    if v["admitted"] != NONE:
        w.zone[v["admitted"]]["admitted"] -= 1
        ask_zone(w, ADMIT, v["admitted"])
    v["admitted"], v["admitted_next"] = v["admitted_next"], NONE


@inner
def queue_for_position(w, now, vehicle, zone):
    """Put a vehicle in the queue for a position, behind those of its priority and above."""
    count_zone(w, now, zone, 0, 1)
    z = w.zone[zone]
    v = w.vehicle[vehicle]
    priority = w.service[v["service"]]["priority"]
    last, other = NONE, z["head"]
    while other != NONE and w.service[w.vehicle[other]["service"]]["priority"] >= priority:
        last, other = other, w.vehicle[other]["next"]
    v["next"] = other
    if last == NONE:
        z["head"] = vehicle
    else:
        w.vehicle[last]["next"] = vehicle
    if other == NONE:
        z["tail"] = vehicle
    ask_zone(w, POSITION, zone)


@inner
def give_positions(w, now, zone):
    """Give the free positions of a zone to those who wait."""
    z = w.zone[zone]
    while z["head"] != NONE and z["taken"] < z["positions"] and not closed(w, z["terminal"], zone):
        vehicle = take_first(z, w.vehicle)
        w.vehicle[vehicle]["zone"] = zone
        count_zone(w, now, zone, 1, -1)
        if w.vehicle[vehicle]["state"] == QUEUEING:
            berth(w, now, vehicle)
        else:
            begin_loading(w, now, vehicle)


@inner
def begin_loading(w, now, vehicle):
    """A vehicle that was called has its position, and loads."""
    v = w.vehicle[vehicle]
    s = w.service[v["service"]]
    v["state"], v["position_h"] = LOADING, now
    w.trip[v["trip_out"]]["position_h"] = now
    s["loading"] += 1
    stand_in_position(w, vehicle, s["origin"])
    ask_work(w, s["origin"])


@inner
def berth(w, now, vehicle):
    """A vehicle that arrived has its position, and is unloaded."""
    v = w.vehicle[vehicle]
    terminal = w.service[v["service"]]["destination"]
    v["state"] = UNLOADING
    w.trip[v["trip"]]["berthed_h"] = now
    stand_in_position(w, vehicle, terminal)
    expect(w, now, vehicle)
    ask_work(w, terminal)


@inner
def _check_at(w, vehicle):
    """Return the check that a vehicle has come to in its present phase, or `NONE`."""
    v = w.vehicle[vehicle]
    s = w.service[v["service"]]
    if v["phase"] == WAY:
        return w.way[w.path_place[v["link"]], v["check"]]
    if v["phase"] == DEPARTURE:
        t = w.terminal[s["origin"]]
        first, end = t["departure"], t["hold"]
    else:
        t = w.terminal[s["destination"]]
        first, end = t["arrival"], t["departure"]
    return w.check_list[first + v["check"]] if first + v["check"] < end else NONE


@inner
def _concerned(w, vehicle, check):
    """Whether a check concerns a vehicle, drawn where it concerns a share."""
    v = w.vehicle[vehicle]
    k = w.check[check]
    if not w.concerns[check, v["service"]] or (k["classes"] != 0 and k["classes"] & v["classes"] == 0):
        return False
    if k["probability"] >= 1.0:
        return True
    s = w.service[v["service"]]
    u, _ = d.uniforms(w.key, d.CHECKED, d.ONCE, s["hash"], w.trip[v["trip"]]["number"], k["hash"], d.ONCE)
    return u <= k["probability"]


@inner
def _open(w, check):
    k = w.check[check]
    return k["busy"] < k["servers"] and (k["terminal"] == NONE or w.terminal[k["terminal"]]["closed"] == 0)


@inner
def _begin_check(w, now, vehicle, check):
    v = w.vehicle[vehicle]
    k = w.check[check]
    s = w.service[v["service"]]
    number = w.trip[v["trip"]]["number"]
    hours = d.duration(
        w.key, d.CHECK_TIME, d.ONCE, s["hash"], number, k["hash"], k["distribution"], k["mean"], k["cv"],
        k["log_mean"], k["log_sd"],
    )  # fmt: skip
    k["busy"] += 1
    add_hours(w, w.posts, check, now, now + hours, 1.0)
    push(w, now + hours, CHECK, vehicle)


@inner
def serve_vehicles(w, now, check):
    """Give free posts of a check to vehicles that wait for it."""
    k = w.check[check]
    while k["head"] != NONE and _open(w, check):
        _begin_check(w, now, take_first(k, w.vehicle), check)


@inner
def begin_checks(w, now, vehicle, phase):
    """Bring a vehicle to the first check of a phase."""
    w.vehicle[vehicle]["phase"], w.vehicle[vehicle]["check"] = phase, 0
    go_through_checks(w, now, vehicle)


@inner
def end_check(w, now, vehicle):
    """A check of a vehicle is over: the post turns to the next, the vehicle to its next check."""
    check = w.vehicle[vehicle]["check_row"]
    w.check[check]["busy"] -= 1
    serve_vehicles(w, now, check)
    w.vehicle[vehicle]["check"] += 1
    go_through_checks(w, now, vehicle)


@inner
def go_through_checks(w, now, vehicle):
    """Bring a vehicle to the next check that concerns it, or let it go on."""
    v = w.vehicle[vehicle]
    while True:
        check = _check_at(w, vehicle)
        if check == NONE:
            break
        if _concerned(w, vehicle, check):
            v["check_row"] = check
            if _open(w, check):
                _begin_check(w, now, vehicle, check)
            else:
                append(w.check[check], w.vehicle, vehicle)
            return
        v["check"] += 1
    if v["phase"] == DEPARTURE:
        w.trip[v["trip"]]["cleared_h"] = now
        if w.service[v["service"]]["path_end"] - v["link"] > 1 or admit(w, vehicle):
            leave(w, now, vehicle)
    elif v["phase"] == WAY:
        w.leg[v["leg"]]["checked_h"] = now
        if v["link"] + 1 < w.service[v["service"]]["path_end"] or admit(w, vehicle):
            ask_path(w, now, vehicle)
    else:
        w.trip[v["trip"]]["passed_h"] = now
        zone = w.service[v["service"]]["to_zone"]
        if zone == NONE:
            berth(w, now, vehicle)
        else:
            v["state"] = QUEUEING
            queue_for_position(w, now, vehicle, zone)


@inner
def admit(w, vehicle):
    """Ask the zone a vehicle goes to for admission; tell whether it was given at once."""
    v = w.vehicle[vehicle]
    zone = w.service[v["service"]]["to_zone"]
    if zone == NONE:
        return True
    z = w.zone[zone]
    if z["admitted"] < z["limit"] and z["admit_head"] == NONE:
        z["admitted"] += 1
        v["admitted_next"] = zone
        return True
    v["state"], v["next"] = ADMITTING, NONE
    if z["admit_tail"] == NONE:
        z["admit_head"] = vehicle
    else:
        w.vehicle[z["admit_tail"]]["next"] = vehicle
    z["admit_tail"] = vehicle
    return False


@inner
def give_admissions(w, now, zone):
    """Admit those who wait for it, as long as there is room."""
    z = w.zone[zone]
    while z["admit_head"] != NONE and z["admitted"] < z["limit"]:
        vehicle = z["admit_head"]
        v = w.vehicle[vehicle]
        z["admit_head"] = v["next"]
        if v["next"] == NONE:
            z["admit_tail"] = NONE
        z["admitted"] += 1
        v["admitted_next"] = zone
        if v["phase"] == DEPARTURE:
            v["state"] = LEAVING
            leave(w, now, vehicle)
        else:
            v["state"] = RUNNING
            ask_path(w, now, vehicle)


@inner
def leave(w, now, vehicle):
    """Let a vehicle leave its position for its first link, as soon as terminal and zone are open."""
    v = w.vehicle[vehicle]
    s = w.service[v["service"]]
    t = w.terminal[s["origin"]]
    if closed(w, s["origin"], s["from_zone"]):
        v["next"] = NONE
        if t["leave_tail"] == NONE:
            t["leave_head"] = vehicle
        else:
            w.vehicle[t["leave_tail"]]["next"] = vehicle
        t["leave_tail"] = vehicle
        return
    w.trip[v["trip"]]["left_h"] = now
    give_up_position(w, now, vehicle)
    v["state"] = RUNNING
    begin_leg(w, now, vehicle)
    w.leg[v["leg"]]["checked_h"] = now
    ask_path(w, now, vehicle)


@inner
def let_leave(w, now, terminal):
    """Let those leave who waited for the terminal, or their zone, to open."""
    t = w.terminal[terminal]
    vehicle = t["leave_head"]
    t["leave_head"] = t["leave_tail"] = NONE
    while vehicle != NONE:
        following = w.vehicle[vehicle]["next"]
        leave(w, now, vehicle)
        vehicle = following


@inner
def begin_leg(w, now, vehicle):
    """Write down that a vehicle stands before its next link."""
    v = w.vehicle[vehicle]
    row = w.count[0]["legs"]
    w.count[0]["legs"] += 1
    v["leg"] = row
    leg = w.leg[row]
    leg["trip"], leg["link"], leg["back"] = v["trip"], w.path[v["link"]] >> 1, w.path[v["link"]] & 1
    leg["place_h"] = now
    leg["checked_h"] = leg["admitted_h"] = leg["enter_h"] = leg["exit_h"] = np.nan


@inner
def ask_path(w, now, vehicle):
    """Put a vehicle in the queue for a path on its next link."""
    leg = w.leg[w.vehicle[vehicle]["leg"]]
    leg["admitted_h"] = now
    row = w.path[w.vehicle[vehicle]["link"]]
    append(w.link[row], w.vehicle, vehicle)
    give_paths(w, now, row)


@inner
def give_paths(w, now, row):
    """Let vehicles enter a link in order, a headway apart, as long as it is open; look again when the next path is free."""
    k = w.link[row]
    while k["head"] != NONE and k["closed"] == 0 and k["free_h"] <= now:
        k["free_h"] = now + k["headway"]
        _enter(w, now, take_first(k, w.vehicle))
    if k["head"] != NONE and k["closed"] == 0 and k["due_h"] != k["free_h"]:
        k["due_h"] = k["free_h"]
        push(w, k["free_h"], PATH, row)


@inner
def _enter(w, now, vehicle):
    v = w.vehicle[vehicle]
    k = w.link[w.path[v["link"]]]
    s = w.service[v["service"]]
    w.leg[v["leg"]]["enter_h"] = now
    number = w.trip[v["trip"]]["number"]
    hours = k["floor"] + d.duration(
        w.key, d.RUN_TIME, v["link"] - s["path"], s["hash"], number, k["hash"], k["distribution"], k["mean"], k["cv"],
        k["log_mean"], k["log_sd"],
    )  # fmt: skip
    push(w, now + hours, RUN, vehicle)


@inner
def end_run(w, now, vehicle):
    """A vehicle has come to the end of its link."""
    v = w.vehicle[vehicle]
    w.leg[v["leg"]]["exit_h"] = now
    v["link"] += 1
    if v["link"] < w.service[v["service"]]["path_end"]:
        begin_leg(w, now, vehicle)
        begin_checks(w, now, vehicle, WAY)
        return
    w.trip[v["trip"]]["arrived_h"] = now
    v["state"] = ARRIVING
    v["head"], v["tail"] = v["out_head"], v["out_tail"]
    v["out_head"] = v["out_tail"] = NONE
    v["load_out"] = 0
    if v["admitted_next"] != NONE:
        v["admitted"], v["admitted_next"] = v["admitted_next"], NONE
    begin_checks(w, now, vehicle, ARRIVAL)
