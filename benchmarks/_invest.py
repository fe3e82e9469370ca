"""What the money is worth: 12 measures of the reference, 4,096 sets before prerequisites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import jibek
from benchmarks._measure import Row, Size, clocked
from jibek.study import Investment, at_home, invest

AS_THEY_ARE = ("btk-2024", "handover-2025")
"""Measures that stay completed; the other 12 are looked at as if all were planned."""

BUDGET = 1500.0
"""Millions; the second track alone is 1,160."""


def investment(size: Size) -> Iterator[Row]:
    """Time the choice among 12 measures, by throughput, where the bounds of all sets are solved, and by transit."""
    corridor = planned(min(12, size.changes)).with_clock(days=size.days, warmup_days=size.warmup_days)
    for objective in ("throughput", "transit"):
        found: list[Investment] = []
        wall, cpu = clocked(partial(_invest, corridor, objective, size, found))
        sure, sets = found[0].sure, found[0].screened
        what = f"invest by {objective}: {sets.sets:,} sets of {len(found[0].choices.open)} measures, 2 cores"
        end = (
            f"P(correct) {sure.confidence:g}, zone {sure.zone:.3g}"
            if sure.ended
            else f"no guarantee after {sure.replications}"
        )
        taken = f"{wall:.0f} s ({cpu:.0f} s of the cores); {end}, {sets.simulated} simulated"
        yield Row(what, taken, "<= 900 s, guarantee", wall <= 900 and sure.ended, {"wall_s": wall, "cpu_s": cpu})


def planned(most: int) -> jibek.Corridor:
    """Return the reference with so many of its projects planned."""
    corridor = jibek.read("trans-caspian")
    projects = [name for name, one in corridor.measures.items() if one.status != "scenario" and name not in AS_THEY_ARE]
    free = {name: corridor.measures[name].model_copy(update={"status": "planned"}) for name in projects[:most]}
    return replace(corridor, measures={**corridor.measures, **free})


def _invest(corridor: jibek.Corridor, objective: str, size: Size, found: list[Investment]) -> None:
    first = max(size.paired, 3)
    with at_home(2) as workers:
        found.append(invest(corridor, BUDGET, workers, objective=objective, replications=first, most=size.most))
