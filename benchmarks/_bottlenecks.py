"""What limits the reference: the bound, and its bottlenecks by paired years."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import jibek
from benchmarks._measure import Row, Size, clocked, interleaved, of_tests
from jibek.study import Bottlenecks, at_home, bottlenecks, bound, capacity, raised

FIGURES = {
    "transit_days.mean": "mean transit",
    "transit_days.p50": "median transit",
    "transit_days.p90": "P90 transit",
    "delivered_teu": "TEU delivered",
}

STOPS = {
    "crane": "equipment.crane.move_min=30",
    "path": "links.bc.paths_per_day=1.5",
    "position": "zones.b-out.positions=1",
}


def limits(size: Size) -> Iterator[Row]:
    """Time the bound and the bottlenecks, and measure what common random numbers save."""
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    bound(corridor)
    times = interleaved({"bound": partial(clocked, partial(bound, corridor))}, size.repeats)["bound"]
    figures = {"wall_s": times.wall, "cpu_s": times.cpu}
    taken = f"{times.median:.2f} s ({times.median_cpu:.2f} s of the core)"
    yield Row("bound of trans-caspian, by month", taken, "<= 0.2 s", times.median <= 0.2, figures)
    yield _beside_capacity()
    found: list[Bottlenecks] = []
    tried = raised(corridor, size.changes)
    wall, cpu = clocked(lambda: found.append(_bottlenecks(corridor, tried, size.paired)))
    what = f"bottlenecks: {len(tried)} changes x {size.paired} paired runs of {size.days} days, 2 cores"
    yield Row(what, f"{wall:.0f} s ({cpu:.0f} s of the cores)", "<= 300 s", wall <= 300, {"wall_s": wall, "cpu_s": cpu})
    factors = {figure: found[0].variance_reduction(figure) for figure in FIGURES}
    named = ", ".join(f"{FIGURES[figure]} {factor or 0:.1f}" for figure, factor in factors.items())
    least = factors["transit_days.mean"] or 0.0
    yield Row(
        "variance of differences, cut by common random numbers (median)", named, ">= 10 times", least >= 10, factors
    )


def _beside_capacity() -> Row:
    """Compare the bound of a line without randomness with what it sustains, whatever stops it."""
    ratios = {}
    with TemporaryDirectory() as folder, at_home(2) as workers:
        line = of_tests("packages").line(Path(folder, "line"))
        for what, change in STOPS.items():
            found = capacity(line.with_changes(change), workers, replications=2)
            ratios[what] = found.volume_teu.mean / found.bound.volume_teu
    named = ", ".join(f"{what} {ratio:.3f}" for what, ratio in ratios.items())
    far = max(abs(ratio - 1) for ratio in ratios.values())
    return Row("capacity beside the bound, a line without randomness", named, "<= 10 % from it", far <= 0.1, ratios)


def _bottlenecks(corridor: jibek.Corridor, tried: list[str], replications: int) -> Bottlenecks:
    with at_home(2) as workers:
        return bottlenecks(corridor, workers, changes=tried, replications=replications)
