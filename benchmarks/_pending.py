"""What an event costs by the number of events that are pending."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import jibek
from benchmarks._measure import Row, Size, clocked, interleaved, one_core
from benchmarks._packages import many_under_way
from jibek.simulate import replicate


def pending(size: Size, folder: Path) -> Iterator[Row]:
    """Time the engine alone; draw the curve."""
    corridors = {together: many_under_way(size.customers, together=together) for together in size.pending}
    events = {together: _run(corridor) for together, corridor in corridors.items()}
    with one_core():
        contenders = {
            str(together): partial(clocked, partial(_run, corridor)) for together, corridor in corridors.items()
        }
        times = interleaved(contenders, size.repeats)
    cost_ns = {
        together: statistics.median(times[str(together)].wall) / events[together] * 1e9 for together in size.pending
    }
    picture = folder / "pending.png"
    _draw(cost_ns, picture)
    few, many = min(size.pending), max(size.pending)
    growth, allowed = cost_ns[many] / cost_ns[few], math.log(many) / math.log(few)
    curve = ", ".join(f"{cost:.0f} ns at {together:,}" for together, cost in cost_ns.items())
    yield Row(
        "an event, by events pending",
        f"{curve}: {growth:.1f} times (curve: {picture})",
        f"<= {allowed:.1f} times, as the logarithm",
        growth <= allowed,
        {"ns_per_event": {str(together): cost for together, cost in cost_ns.items()}},
    )


def _run(corridor: jibek.Corridor) -> int:
    return next(iter(replicate(corridor))).events


def _draw(cost_ns: Mapping[int, float], picture: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    counts = sorted(cost_ns)
    first = counts[0]
    axes.plot(counts, [cost_ns[count] for count in counts], marker="o", label="measured")
    logarithm = [cost_ns[first] * math.log(count) / math.log(first) for count in counts]
    axes.plot(counts, logarithm, linestyle="--", color="grey", label="as the logarithm")
    axes.set(xscale="log", xlabel="events pending", ylabel="ns an event")
    axes.set_ylim(bottom=0)
    axes.legend()
    figure.savefig(picture, dpi=120)
