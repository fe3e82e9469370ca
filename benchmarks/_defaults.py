"""Studies with their defaults, as somebody asks for them who has read nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import jibek
from benchmarks._measure import Row, Size, clocked
from jibek.study import Workers, at_home, capacity, compare, uncertainty

ANSWERS = ("total.delivered_teu", "total.transit_days.p50", "total.transit_days.p90")


def defaults(size: Size) -> Iterator[Row]:
    """Time the studies of the reference that no other benchmark times."""
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    with at_home(2) as workers:
        for name, study in _studies(corridor, workers, size.paired).items():
            wall, cpu = clocked(study)
            taken = f"{wall:.0f} s ({cpu:.0f} s of the cores)"
            yield Row(
                f"{name} with its defaults, 2 cores", taken, "<= 300 s", wall <= 300, {"wall_s": wall, "cpu_s": cpu}
            )


def _studies(corridor: jibek.Corridor, workers: Workers, paired: int) -> dict[str, partial[object]]:
    """Return the studies; the defaults are those of ten paired runs."""
    cases = {"traffic": ("traffic-2025",)}
    return {
        "compare, two cases": partial(compare, corridor, cases, workers, replications=paired),
        "capacity": partial(capacity, corridor, workers, replications=min(6, paired)),
        "uncertainty": partial(uncertainty, corridor, ANSWERS, workers, samples=4 * paired),
    }
