"""The reference year, box by box, and the same corridor in SimPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jibek
from benchmarks import _second as second
from benchmarks._measure import CORES, Row, Size, clocked, interleaved, on_one_core, one_core, ratio

LOADED = {
    "horgos-altynkol-1435": "forward",
    "horgos-altynkol-1520": "back",
    "alashankou-dostyk-1435": "forward",
    "alashankou-dostyk-1520": "back",
}
"""Where and which way loaded trains run over the border, as its statistics count them."""


def reference(size: Size) -> Iterator[Row]:
    """Time the year with all statistics; every container's stages are recorded, nothing is written."""
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    found = jibek.simulate(corridor, jobs=1, containers=False).document()
    contenders = {
        "one": partial(on_one_core, partial(clocked, _simulate(corridor))),
        "all": partial(clocked, partial(jibek.simulate, corridor, containers=False)),
    }
    times, by_default = interleaved(contenders, size.repeats).values()
    events = found["runtime"]["events"]
    trains = sum(found["links"][link][f"departures_{way}"] for link, way in LOADED.items())
    feu = found["total"]["offered_teu"] / 2
    figures = {"wall_s": times.wall, "cpu_s": times.cpu, "events": events, "trains": trains, "feu": feu}
    what = f"{corridor.header.days} days of trans-caspian ({trains:,.0f} trains, {feu:,.0f} FEU), one core"
    yield Row(
        what, f"{times.median:.2f} s ({times.median_cpu:.2f} s of the core)", "<= 1.0 s", times.median <= 1.0, figures
    )
    whole = f"{by_default.median:.2f} s ({by_default.median_cpu:.2f} s of the cores)"
    figures = {"wall_s": by_default.wall, "cpu_s": by_default.cpu}
    yield Row(f"the same as it runs by default, {CORES} cores", whole, "beside it", None, figures)
    rate = events / times.median
    yield Row(
        "the year, one core, events",
        f"{rate / 1e6:.2f} million/s",
        ">= 2 million/s",
        rate >= 2e6,
        {"events_per_s": rate},
    )
    yield _beside_simpy(corridor, size.repeats)


def _simulate(corridor: jibek.Corridor) -> Callable[[], Any]:
    return partial(jibek.simulate, corridor, jobs=1, containers=False)


def _beside_simpy(corridor: jibek.Corridor, repeats: int) -> Row:
    what, target = "the same corridor on the same days in SimPy", ">= 60 times the time"
    try:
        second.simulate(corridor.with_clock(days=1, warmup_days=0))
    except ModuleNotFoundError as error:
        return Row(what, f"not measured: there is no {error.name}", target)
    with one_core():
        times = interleaved(
            {
                "jibek": partial(clocked, _simulate(corridor)),
                "simpy": partial(clocked, partial(second.simulate, corridor)),
            },
            repeats,
        )
    factor = ratio(times["simpy"], times["jibek"])
    figures = {name: {"wall_s": one.wall, "cpu_s": one.cpu} for name, one in times.items()}
    return Row(what, f"{factor:.0f} times the time ({times['simpy'].median:.0f} s)", target, factor >= 60, figures)
