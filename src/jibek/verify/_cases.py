"""The cases: each a package in `cases/`, its numbers read from there, and what theory says of it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from jibek.corridor import Corridor
from jibek.simulate import Replication
from jibek.verify import _theory as theory
from jibek.verify._quantity import Case, Quantity, longer, mean

YEAR_H = 8760.0
MONTH_DAYS = 365 / 12
PK = "W = λm²(1 + c²) / 2(1 - ρ)"


def _rate(corridor: Corridor, flow: str = "flow") -> float:
    """Return the containers of 20 ft, or the blocks, of a flow an hour."""
    row = corridor.flows[flow]
    return row.teu_per_year / (row.block_teu or 1.0) / YEAR_H


def _move_h(corridor: Corridor, pool: str = "crane") -> float:
    return corridor.equipment[pool].move_min / 60


def mm1(corridor: Corridor) -> list[Quantity]:
    rate, service = _rate(corridor), corridor.checks["post"].time_h
    stay = 1 / (1 / service - rate)
    return [
        Quantity("mean time at the check", "days", stay / 24, "flows.flow.stages_days.check"),
        Quantity("90 % within", "days", stay * math.log(10) / 24, "flows.flow.transit_days.p90"),
        Quantity("share of time busy", "", rate * service, "checks.post.utilisation"),
    ]


def mm2(corridor: Corridor) -> list[Quantity]:
    servers, service = corridor.equipment["crane"].count, _move_h(corridor)
    load = _rate(corridor) * service
    waits, leaving = theory.erlang_c(servers, load), (servers - load) / service
    return [
        Quantity("share that waits", "", waits, longer("hops", "aboard_h", "unload_h", 0.0)),
        Quantity("mean wait", "h", waits / leaving, mean("hops", "aboard_h", "unload_h")),
        Quantity("share over 0.05 h", "", waits * math.exp(-leaving * 0.05), longer("hops", "aboard_h", "unload_h", 0.05)),
    ]  # fmt: skip


def md1(corridor: Corridor) -> list[Quantity]:
    rate, headway = _rate(corridor), 24 / (corridor.links["ab"].paths_per_day or math.nan)
    wait, tail = theory.pollaczek_khinchine(rate, headway, 0.0), theory.md1_waits_longer(rate, headway, 0.15)
    return [
        Quantity("mean wait", "h", wait, mean("legs", "admitted_h", "enter_h")),
        Quantity("share over 0.15 h", "", tail, longer("legs", "admitted_h", "enter_h", 0.15)),
    ]


def mg1_lognormal(corridor: Corridor) -> list[Quantity]:
    rate, service, cv = _rate(corridor), _move_h(corridor), corridor.equipment["crane"].move_cv
    return [
        Quantity("share that waits", "", rate * service, longer("hops", "aboard_h", "unload_h", 0.0)),
        Quantity("mean wait", "h", theory.pollaczek_khinchine(rate, service, cv), mean("hops", "aboard_h", "unload_h")),
    ]


def mg1_gamma(corridor: Corridor) -> list[Quantity]:
    hold = corridor.checks["hold"]
    wait = theory.pollaczek_khinchine(_rate(corridor), hold.time_h, hold.time_cv)

    def stay(one: Replication) -> float:
        off = one.hops["off_h"]
        return float(np.nanmean((one.containers["leave_h"] - off)[off >= 0]))

    return [Quantity("mean wait and hold", "h", wait + hold.time_h, stay)]


def mg1_uniform(corridor: Corridor) -> list[Quantity]:
    rate, service, cv = _rate(corridor), _move_h(corridor), corridor.equipment["crane"].move_cv
    return [
        Quantity("share that waits", "", rate * service, longer("trips", "passed_h", "berthed_h", 0.0)),
        Quantity("mean wait", "h", theory.pollaczek_khinchine(rate, service, cv), mean("trips", "passed_h", "berthed_h")),
    ]  # fmt: skip


def priority(corridor: Corridor) -> list[Quantity]:
    flows = ("first", "last")
    waits = theory.priority_waits([_rate(corridor, flow) for flow in flows], _move_h(corridor))
    return [
        Quantity(f"mean wait, {flow}", "days", wait / 24, f"flows.{flow}.stages_days.waiting_for_vehicle")
        for flow, wait in zip(flows, waits, strict=True)
    ]


def batches(corridor: Corridor) -> list[Quantity]:
    blocks = [(_rate(corridor, flow), size) for flow, size in {"small": 2, "large": 6}.items()]
    return [
        Quantity("mean wait", "h", theory.batch_wait(blocks, _move_h(corridor)), mean("hops", "aboard_h", "unload_h"))
    ]


def _mean_load(one: Replication) -> float:
    return float(one.trips["containers"][one.trips["closed_h"] >= 0].mean())


def tandem(corridor: Corridor) -> list[Quantity]:
    rate = _rate(corridor)
    crane, stacker = (1 / _move_h(corridor, pool) - rate for pool in ("crane", "stacker"))
    later = 1 / (rate + crane) + 1 / stacker
    return [
        Quantity("first lift to set down", "h", later, mean("hops", "unload_h", "off_h")),
        Quantity("mean in all", "h", 1 / crane + 1 / stacker, mean("hops", "aboard_h", "off_h")),
        Quantity("share over 0.3 h in all", "", theory.sum_of_two_longer(crane, stacker, 0.3), longer("hops", "aboard_h", "off_h", 0.3)),
    ]  # fmt: skip


def yard(corridor: Corridor) -> list[Quantity]:
    room, days = int(corridor.zones["yard"].capacity_teu or 0), corridor.header.days
    bring, fetch = (1 / _move_h(corridor, pool) for pool in ("in", "out"))
    states = theory.birth_death([bring] * (room + 1), [fetch] * (room + 1))
    # In state n one container is in the last lift, n - 1 stand in the yard, and one is in the first lift if there is room.
    used = sum(p * (max(n - 1, 0) + (n <= room)) for n, p in enumerate(states))
    pool, terminal = sorted(corridor.equipment).index("in"), sorted(corridor.terminals).index("b")
    return [
        Quantity("containers fetched", "1/h", (1 - states[0]) * fetch, _an_hour(corridor, "load_h", "fetch")),
        Quantity("share of time blocked", "", states[-1], lambda one: 1 - _by_day(one, "equipment", pool, days)),
        Quantity("TEU in the yard", "", used, lambda one: _by_day(one, "yard", terminal, days)),
    ]


def _an_hour(corridor: Corridor, moment: str, service: str) -> Callable[[Replication], float]:
    """Return what counts the containers of a service that come to a moment, an hour."""
    row, whole = sorted(corridor.services).index(service), 24 * corridor.header.days
    return lambda one: np.count_nonzero((one.hops["service"] == row) & (one.hops[moment] >= 0)) / whole


def _by_day(one: Replication, what: str, column: int, days: int) -> float:
    """Return the mean of a thing that is counted by day."""
    return float(one.daily[what][-days:, column].mean() / 24)


def fleet(corridor: Corridor) -> list[Quantity]:
    trucks, cranes = corridor.fleets["truck"].count or 0, corridor.equipment["crane"].count
    link, service = corridor.links["ab"], _move_h(corridor)
    away = link.run_h + (link.back_run_h or 0.0)
    working = [min(n + 1, cranes) / service for n in range(trucks)]
    states = theory.birth_death([(trucks - n) / away for n in range(trucks)], working)
    done = sum(p * rate for p, rate in zip(states[1:], working, strict=True))
    there = sum(p * n for n, p in enumerate(states))
    out = sorted(corridor.services).index("out")
    return [
        Quantity("containers lifted", "1/h", done, _an_hour(corridor, "off_h", "out")),
        Quantity("mean wait and lift", "h", there / done, mean("trips", "berthed_h", "emptied_h", service=out)),
    ]


def closures(corridor: Corridor) -> list[Quantity]:
    storm = corridor.closures["storm"]
    closed = (storm.days_per_month or 0.0) / MONTH_DAYS
    wait = theory.renewal_wait(closed, storm.duration_h or 0.0, storm.duration_cv)
    return [
        Quantity("days closed", "days", closed * corridor.header.days, "closures.storm.closed_days"),
        Quantity("mean wait", "days", wait / 24, "flows.flow.stages_days.closed"),
    ]


def closures_mm1(corridor: Corridor) -> list[Quantity]:
    storm, rate, service = corridor.closures["storm"], _rate(corridor), _move_h(corridor)
    opening = 1 / (storm.duration_h or math.nan)
    closed = (storm.days_per_month or 0.0) / MONTH_DAYS
    number = theory.closed_mm1(rate, 1 / service, opening * closed / (1 - closed), opening)
    return [Quantity("mean wait", "h", number / rate - service, mean("hops", "aboard_h", "unload_h"))]


def filled(corridor: Corridor) -> list[Quantity]:
    rate, batch = _rate(corridor), int(corridor.services["run"].min_teu)
    late = theory.root(lambda h: theory.filled_waits_longer(rate, batch, h) - 0.1, 0.0, batch / rate * 10)
    return [
        Quantity("mean wait", "days", (batch - 1) / (2 * rate) / 24, "flows.flow.stages_days.waiting_for_vehicle"),
        Quantity("90 % within", "days", late / 24, "flows.flow.transit_days.p90"),
        Quantity("departures", "", rate / batch * 24 * corridor.header.days, "services.run.departures"),
    ]


def filled_or_late(corridor: Corridor) -> list[Quantity]:
    run = corridor.services["run"]
    wait, number = theory.filled_or_late(_rate(corridor), int(run.min_teu), run.max_wait_h or math.inf)
    return [
        Quantity("containers a departure", "", number, _mean_load),
        Quantity("mean wait", "h", wait, mean("hops", "ready_h", "load_h")),
    ]


def interval(corridor: Corridor) -> list[Quantity]:
    wait = theory.interval_wait(_rate(corridor), corridor.services["run"].every_h or math.nan)
    return [Quantity("mean wait", "h", wait, mean("hops", "ready_h", "load_h"))]


CASES = (
    Case("mm1", "M/M/1: trucks at a customs post", "T = 1 / (μ - λ), exponential", "Erlang 1917", mm1),
    Case("mm2", "M/M/2: containers at two cranes", "Erlang's C, W = C / (cμ - λ)", "Erlang 1917", mm2),
    Case("md1", "M/D/1: trucks waiting for a path", "W = ρD / 2(1 - ρ); distribution", "Erlang 1909, Crommelin 1932", md1),
    Case("mg1-lognormal", "M/G/1: containers at a crane, lognormal", PK, "Pollaczek 1930, Khinchine 1932", mg1_lognormal),
    Case("mg1-gamma", "M/G/1: containers held at a post, gamma", PK, "Pollaczek 1930, Khinchine 1932", mg1_gamma),
    Case("mg1-uniform", "M/G/1: trucks waiting for a position, uniform", PK, "Pollaczek 1930, Khinchine 1932", mg1_uniform),
    Case("priority", "M/M/1 with priorities: containers at a crane", "Wk = λm² / (1 - σk-1)(1 - σk)", "Cobham 1954", priority),
    Case("batches", "M[X]/M/1: blocks of two and of six", "W = λE[X² + X]m² / 2(1 - ρ) + E[X² - X]m / 2E[X]", "Burke 1975", batches),
    Case("tandem", "Jackson network: a crane, then a stacker", "T = Σ 1 / (μk - λ), independent", "Jackson 1957, Reich 1963", tandem),
    Case("yard", "M/M/1/K: a yard that blocks the ship", "pn = p0 (λ/μ)ⁿ, n ≤ K", "Feller 1968", yard),
    Case("fleet", "Machine repair: five trucks, two cranes", "p(n+1) μ min(n+1, c) = p(n) (N - n) / Z", "Palm 1947; Baskett 1975", fleet),
    Case("closures", "Alternating renewal: a terminal that closes", "W = p D(1 + c²) / 2", "Cox 1962", closures),
    Case("closures-mm1", "M/M/1 that closes, work under way finished", "balance equations", "Neuts 1981", closures_mm1),
    Case("filled", "Batch departures: trains that leave when full", "W = (b - 1) / 2λ, Erlang mixture", "Feller 1968", filled),
    Case("filled-or-late", "Batch departures with a longest wait", "renewal-reward", "Ross 1996", filled_or_late),
    Case("interval", "Departures every two hours, open until taken", "Markov chain of departures", "docs/verification.md", interval),
)  # fmt: skip
