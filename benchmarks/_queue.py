"""The queue M/M/1 as a corridor package, beside simulators for such queues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import jibek
from benchmarks._measure import Row, Size, clocked, in_process, interleaved, one_core
from benchmarks._packages import single_queue
from benchmarks.peers import COMPILED, missing, versions

LOAD = 0.75
PLAIN_SHARE = 20
"""Peers in plain Python get so many times fewer customers; their time per customer does not depend on it."""


def queue(size: Size) -> Iterator[Row]:
    """Time customers a second, one core, waits averaged; Jibek with all its statistics."""
    corridor = single_queue(size.customers, load=LOAD)
    run = jibek.simulate(corridor, jobs=1, containers=False)
    counts = {"jibek": int(run.statistics["total.offered_containers"].mean)}
    work = partial(jibek.simulate, corridor, jobs=1, containers=False)
    contenders: dict[str, Callable[[], tuple[float, float]]] = {"jibek": partial(clocked, work)}
    for name in versions():
        counts[name] = size.customers // (1 if name in COMPILED else PLAIN_SHARE)
        contenders[name] = partial(in_process, "peers", name=name, customers=counts[name], load=LOAD, seed=0)
    with one_core():
        times = interleaved(contenders, size.repeats)
    rates = {name: counts[name] / one.median for name, one in times.items()}
    best = rates.get("cimba")
    target, reached = (">= the rate of cimba", rates["jibek"] >= best) if best else ("", None)
    for name, rate in rates.items():
        figures = {"customers": counts[name], "wall_s": times[name].wall, "cpu_s": times[name].cpu}
        what = f"M/M/1, {counts[name]:,} customers, {name}"
        factor = "" if name == "jibek" else f" (jibek: {rates['jibek'] / rate:.2g} times)"
        of_the_core = f"; {counts[name] / times[name].median_cpu:,.0f} a second of the core"
        own = (target, reached) if name == "jibek" else ("beside it", None)
        yield Row(what, f"{rate:,.0f} customers/s{factor}{of_the_core}", *own, figures)
    for name in missing():
        yield Row(f"M/M/1, {name}", "not measured: not installed", "beside it")
