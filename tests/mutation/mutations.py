"""The faults: what stands in a module of the simulator, and what is put in its place."""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """A fault; ``before`` stands once in the file of `jibek.simulate`, and ``after`` is put in its place."""

    name: str
    file: str
    before: str
    after: str
    breaks: str


MUTATIONS = (
    # Positions, sidings, the queues of vehicles, links, checks
    Mutation(
        "position-too-many", "_running.py",
        'z["taken"] < z["positions"]', 'z["taken"] <= z["positions"]',
        "A zone gives one position more than it has.",
    ),
    Mutation(
        "queue-turned", "_running.py",
        '["priority"] >= priority:', '["priority"] > priority:',
        "Vehicles of a priority take positions last come first served.",
    ),
    Mutation(
        "admission-overtakes", "_running.py",
        'z["admitted"] < z["limit"] and z["admit_head"] == NONE', 'z["admitted"] < z["limit"]',
        "A vehicle is admitted before those that wait for it.",
    ),
    Mutation(
        "admission-not-given-on", "_running.py",
        'ask_zone(w, ADMIT, v["admitted"])', "pass",
        "Nobody is admitted when a vehicle leaves a position.",
    ),
    Mutation(
        "admission-not-asked", "_running.py",
        'v["link"] + 1 < w.service', 'v["link"] < w.service',
        "Vehicles enter their last link without being admitted.",
    ),
    Mutation(
        "closed-zone-left", "_running.py",
        'if closed(w, s["origin"], s["from_zone"]):', 'if closed(w, s["origin"], NONE):',
        "Vehicles leave a zone that is closed.",
    ),
    Mutation(
        "check-of-the-others", "_running.py",
        'return u <= k["probability"]', 'return u > k["probability"]',
        "The vehicles not drawn are checked.",
    ),
    Mutation(
        "post-left-idle", "_running.py",
        'serve_vehicles(w, now, check)\n    w.vehicle', "w.vehicle",
        "A post that is free turns to nobody who waits.",
    ),
    Mutation(
        "check-in-closed-terminal", "_running.py",
        'return k["busy"] < k["servers"] and (k["terminal"] == NONE or w.terminal[k["terminal"]]["closed"] == 0)',
        'return k["busy"] < k["servers"]',
        "Checks begin while the terminal is closed.",
    ),
    Mutation(
        "half-a-headway", "_running.py",
        'now + k["headway"]', 'now + 0.5 * k["headway"]',
        "Twice as many vehicles enter a link as it has paths.",
    ),
    Mutation(
        "run-by-another-place", "_running.py",
        'v["link"] - s["path"]', 'v["link"]',
        "Running times are drawn with a wrong counter.",
    ),
    Mutation(
        "run-without-floor", "_running.py",
        'hours = k["floor"] + d.duration(', "hours = d.duration(",
        "Running times lack their least part.",
    ),
    # Calls, loading, leaving
    Mutation(
        "blind-to-what-comes", "_calls.py",
        's["coming"] + s["yard"] - s["claimed"]', 's["yard"] - s["claimed"]',
        "Containers on vehicles in position call nobody.",
    ),
    Mutation(
        "least-load-and-more", "_calls.py",
        'if unclaimed >= s["minimum"]:', 'if unclaimed > s["minimum"]:',
        "What makes up the least load exactly calls nobody.",
    ),
    Mutation(
        "wait-without-alarm", "_calls.py",
        "push(w, due, TIMER, service)", "pass",
        "Nobody looks when the longest wait is over.",
    ),
    Mutation(
        "claim-too-small", "_calls.py",
        '-= v["capacity"] - v["load_out"]', '-= v["capacity"]',
        "A vehicle that closes gives back more room than it claimed.",
    ),
    Mutation(
        "departure-used-twice", "_calls.py",
        's["open"] = 0\n', "pass\n",
        "A departure that was taken stays open.",
    ),
    Mutation(
        "departure-not-told", "_calls.py",
        'ask_call(w, service)\n    ask_work(w, s["origin"])', "ask_call(w, service)",
        "Vehicles in position are not looked at when a departure opens.",
    ),
    Mutation(
        "position-kept-for-nothing", "_calls.py",
        "if call(w, now, service) != vehicle:", "if call(w, now, service) == NONE:",
        "A vehicle keeps its position when another is called.",
    ),
    Mutation(
        "shortest-wait-first", "_calls.py",
        "waits < since", "waits > since",
        "A vehicle at home takes the service with the shortest wait.",
    ),
    Mutation(
        "loads-after-its-time", "_calls.py",
        '["state"] = CLOSING', '["state"] = LOADING',
        "A train whose departure has come goes on loading.",
    ),
    Mutation(
        "last-class-only", "_calls.py",
        'v["classes"] |= 1 <<', 'v["classes"] = 1 <<',
        "A vehicle has only the class of its last container for checks.",
    ),
    Mutation(
        "outsiders-first", "_calls.py",
        'if t["task"] == 0:\n        let_in', 'if t["task"] >= 0:\n        let_in',
        "Containers are let in before the vehicles are served.",
    ),
    # Yard, lifts, holds
    Mutation(
        "yard-never-full", "_lifts.py",
        'if t["used"] + quarters > t["room"]:', 'if t["used"] + quarters > t["room"] + 4:',
        "A yard lets in 1 TEU more than it has room for.",
    ),
    Mutation(
        "last-place-in-the-yard", "_lifts.py",
        't["used"] + box["quarters"] <= t["room"]', 't["used"] + box["quarters"] < t["room"]',
        "Vehicles never fill the last place of a yard.",
    ),
    Mutation(
        "crane-too-many", "_lifts.py",
        'w.equipment[pool]["busy"] < w.equipment[pool]["count"]', 'w.equipment[pool]["busy"] <= w.equipment[pool]["count"]',
        "A pool has one unit more than it has.",
    ),
    Mutation(
        "step-overtakes", "_lifts.py",
        'if free(w, following) and (following != pool or e["head"] == NONE):', "if free(w, following):",
        "A container whose next step takes the same machine goes before those that wait for it.",
    ),
    Mutation(
        "container-not-told", "_lifts.py",
        'ask_call(w, service)\n    ask_work(w, s["origin"])', "ask_call(w, service)",
        "Vehicles in position are not looked at when a container comes into the yard.",
    ),
    Mutation(
        "direct-before-those-in-line", "_lifts.py",
        'room(w, other) - s["yard"] >= quarters', "room(w, other) >= quarters",
        "A container is lifted directly to a vehicle that has no room beyond those waiting in the yard.",
    ),
    Mutation(
        "held-goes-directly", "_lifts.py",
        'if onward and box["held"] == 0:', "if onward:",
        "Containers to be held are lifted directly to the next vehicle.",
    ),
    Mutation(
        "boxes-lost", "_lifts.py",
        'w.container[v["out_tail"]]["next"] = c', 'v["out_head"] = c',
        "A vehicle forgets those aboard for each one set down on it.",
    ),
    Mutation(
        "place-not-given-back", "_lifts.py",
        'v["load"] -= box["quarters"]', "pass",
        "A container that comes off keeps its place on the vehicle.",
    ),
    Mutation(
        "step-by-hop-only", "_lifts.py",
        '* 16 + box["step"]', '* 16',
        "The steps of a lift draw the same times.",
    ),
    Mutation(
        "wait-without-end", "_lifts.py",
        "since = min(since,", "since = max(since,",
        "The longest wait is never over.",
    ),
    Mutation(
        "never-quite-full", "_lifts.py",
        "left < 4 or", "left < 3 or",
        "A vehicle with room for less than any container is not full.",
    ),
    Mutation(
        "leaves-light", "_lifts.py",
        '(full or idle or on_time) and enough', '(full or idle or on_time)',
        "A train leaves by the clock without its least load.",
    ),
    Mutation(
        "one-hold-is-enough", "_lifts.py",
        'box["held"] &= ~(1 << box["step"])', 'box["held"] = 0',
        "Of several holds only the first is done.",
    ),
    Mutation(
        "yard-of-the-warm-up", "_lifts.py",
        "if now >= 0.0:", "if True:",
        "The largest occupancy of a yard counts the warm-up.",
    ),
    Mutation(
        "exchange-too-many", "_lifts.py",
        "elif more > free_quarters:", "elif more >= free_quarters:",
        "More containers are exchanged than necessary.",
    ),
    # The loop, closures, events
    Mutation(
        "closures-do-not-overlap", "_loop.py",
        'w.terminal[target]["closed"] += change', 'w.terminal[target]["closed"] = max(0, change)',
        "A terminal opens at the first end of two closures.",
    ),
    Mutation(
        "zone-opens-to-nobody", "_loop.py",
        "ask_zone(w, POSITION, target)", "pass",
        "Positions of a zone that opens are not given.",
    ),
    Mutation(
        "closed-one-way", "_loop.py",
        "for row in (2 * target, 2 * target + 1):", "for row in (2 * target, 2 * target):",
        "A closed link is closed in one direction, twice.",
    ),
    Mutation(
        "kept-in-after-closure", "_loop.py",
        "serve_vehicles(w, now, check)\n    let_leave(w, now, terminal)", "serve_vehicles(w, now, check)",
        "Vehicles that waited for a terminal to open never leave.",
    ),
    Mutation(
        "past-the-end", "_loop.py",
        'now >= until', 'now > until',
        "The last moment of the clock still happens.",
    ),
    Mutation(
        "last-first", "_events.py",
        'above["what"] < what', 'above["what"] > what',
        "What falls on the same moment is not in the order in which it was set down.",
    ),
    Mutation(
        "later-first", "_events.py",
        'int(other["time"] < one["time"])', 'int(other["time"] > one["time"])',
        "The later of two events rises in the heap.",
    ),
    Mutation(
        "hours-on-one-day", "_events.py",
        "stop = min(end, begin + 24.0 * (day + 1))", "stop = end",
        "Hours that go over midnight are those of the first day.",
    ),
    Mutation(
        "one-task-for-two", "_events.py",
        "bit = 1 if kind == POSITION else 2", "bit = 1",
        "A zone asked for positions is not asked for admissions.",
    ),
    # Demand and draws
    Mutation(
        "poisson-by-the-other-side", "_demand.py",
        'f["mark"] - math.log(u)', 'f["mark"] - math.log(1.0 - u)',
        "Poisson arrivals are as likely, but not those stated.",
    ),
    Mutation(
        "block-never-full", "_demand.py",
        'load + size > f["limit"]', 'load + size >= f["limit"]',
        "A block lacks the container that fills it exactly.",
    ),
    Mutation(
        "sizes-by-block", "_demand.py",
        'd.SIZE, d.ONCE, f["hash"], f["number"],', 'd.SIZE, d.ONCE, f["hash"], f["block"],',
        "All containers of a block draw the same size.",
    ),
    Mutation(
        "itineraries-turned", "_demand.py",
        "while w.share[place] < u:", "while w.share[place] < 1.0 - u:",
        "Itineraries are as likely, but not those stated.",
    ),
    Mutation(
        "closing-before-opening", "_demand.py",
        "(row[0], row[3])", "(row[0], -row[3])",
        "At one moment what closes comes before what opens.",
    ),
    Mutation(
        "one-length-of-closures", "_demand.py",
        "spell += 1", "spell += 0",
        "All random closures of a place are as long as the first.",
    ),
    Mutation(
        "nine-rounds", "_draws.py",
        "for _ in range(10):", "for _ in range(9):",
        "Philox has nine rounds.",
    ),
    Mutation(
        "seed-twice", "_draws.py",
        "key[0], key[1])", "key[0], key[0])",
        "All replications draw the same.",
    ),
    Mutation(
        "gamma-not-lowered", "_draws.py",
        "w ** (1.0 / shape)", "w ** shape",
        "Gamma durations that vary much have a wrong shape.",
    ),
    Mutation(
        "log-mean-up", "_draws.py",
        "math.log(mean) - 0.5 * variance", "math.log(mean) + 0.5 * variance",
        "Lognormal durations have a wrong mean.",
    ),
    # The corridor as arrays
    Mutation(
        "lowest-priority-first", "_network.py",
        'for flow in self.rows("flows")}, reverse=True)', 'for flow in self.rows("flows")})',
        "Containers of low priority go first.",
    ),
    Mutation(
        "siding-too-many", "_network.py",
        "(zone.positions or 0) + zone.sidings", "(zone.positions or 0) + zone.sidings + 1",
        "A zone admits one vehicle more than it has positions and sidings.",
    ),
    Mutation(
        "least-load-cut", "_network.py",
        "np.ceil(service.min_teu * 4 - 1e-6)", "np.floor(service.min_teu * 4 + 1e-6)",
        "A least load is rounded down to a quarter TEU.",
    ),
    Mutation(
        "departures-end-early", "_network.py",
        "end_h = self.end_h + service.load_h", "end_h = self.end_h",
        "A departure after the end of the clock does not open before it.",
    ),
    Mutation(
        "month-late", "_network.py",
        "index[month - 1] for", "index[month % 12] for",
        "Demand has the season of the month after.",
    ),
    Mutation(
        "last-transfer", "_network.py",
        "if table[key] == NONE:", "if table[key] != number:",
        "Of several transfers the last is taken.",
    ),
    Mutation(
        "checks-by-id", "_network.py",
        "key=lambda check: (check.order, check.id)", "key=lambda check: check.id",
        "Checks are not done in their order.",
    ),
    Mutation(
        "vehicles-lost-in-growing", "_world.py",
        'table["next"][-1] = free', 'table["next"][-1] = NONE',
        "When the table of vehicles grows those unused are lost.",
    ),
    Mutation(
        "trip-forgotten-while-loading", "_clearing.py",
        'vehicles["trip"], vehicles["trip_out"])', 'vehicles["trip"])',
        "In parts, the trip of a vehicle that is loaded is given back with those that are over.",
    ),
    # Deadlocks
    Mutation(
        "admission-is-no-wait", "_deadlock.py",
        "(CALLED, QUEUEING, ADMITTING, UNLOADING))\n    if not", "(CALLED, QUEUEING, UNLOADING))\n    if not",
        "Who waits to be admitted is never named as stuck.",
    ),
    Mutation(
        "no-hope-of-a-position", "_deadlock.py",
        'self.position |= np.isin(zones, world.vehicle["zone"][self.alive])', "pass",
        "A vehicle that may go on is not seen to leave its position.",
    ),
    Mutation(
        "no-hope-of-room", "_deadlock.py",
        "self.room |= np.isin(np.arange(len(world.terminal)), origin[(self._line > 0) & self.served])", "pass",
        "A yard is not seen to be emptied by the services that are served.",
    ),
    Mutation(
        "hope-through-full-zones", "_deadlock.py",
        "arrives = (goal == NONE) | (self.admission[goal] & self.position[goal])", "arrives = goal == goal",
        "Containers are hoped for with vehicles that are never admitted.",
    ),
)  # fmt: skip
