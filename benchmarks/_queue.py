"""The queue M/M/1 as a corridor package, beside simulators for such queues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import jibek
from benchmarks._measure import CORES, Row, Size, clocked, in_process, interleaved, on_one_core
from benchmarks._packages import single_queue
from benchmarks.peers import COMPILED, missing, versions

LOAD = 0.75
PLAIN_SHARE = 20
"""Peers in plain Python get so many times fewer customers; their time per customer does not depend on it."""

ALONE, BY_DEFAULT = "jibek, one core", f"jibek as it runs by default, {CORES} cores"


def queue(size: Size) -> Iterator[Row]:
    """Time customers a second, waits averaged; Jibek with all its statistics. A run of a peer works on one core."""
    corridor = single_queue(size.customers, load=LOAD)
    work = partial(jibek.simulate, corridor, containers=False)
    counts = dict.fromkeys((ALONE, BY_DEFAULT), int(work().statistics["total.offered_containers"].mean))
    contenders: dict[str, Callable[[], tuple[float, float]]] = {
        ALONE: partial(on_one_core, partial(clocked, partial(work, jobs=1))),
        BY_DEFAULT: partial(clocked, work),
    }
    for name in versions():
        counts[name] = size.customers // (1 if name in COMPILED else PLAIN_SHARE)
        contenders[name] = partial(
            on_one_core, partial(in_process, "peers", name=name, customers=counts[name], load=LOAD, seed=0)
        )
    times = interleaved(contenders, size.repeats)
    rates = {name: counts[name] / one.median for name, one in times.items()}
    best = rates.get("cimba")
    for name, rate in rates.items():
        figures = {"customers": counts[name], "wall_s": times[name].wall, "cpu_s": times[name].cpu}
        of_the_core = f"; {counts[name] / times[name].median_cpu:,.0f} a second of a core"
        measured, target, reached = f"{rate:,.0f} customers/s", "beside it", None
        if name not in (ALONE, BY_DEFAULT):
            measured += (
                f" (jibek: {rates[ALONE] / rate:.2g} times on one core, {rates[BY_DEFAULT] / rate:.2g} on {CORES})"
            )
        elif best:
            target, reached = ">= the rate of cimba", rate >= best
        yield Row(f"M/M/1, {counts[name]:,} customers, {name}", measured + of_the_core, target, reached, figures)
    for name in missing():
        yield Row(f"M/M/1, {name}", "not measured: not installed", "beside it")
