"""What the planner of the gauge transfer reaches: the gap to the bound, and the rule beaten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import mean

from benchmarks._measure import Row, Size
from jibek.transfer import Found, Job, generate, search

JOBS: dict[str, dict[str, float]] = {"none held": {"held": 0.0}, "some held": {}}


def transfer(size: Size) -> Iterator[Row]:
    """Plan pairs of 41 and 55 boxes, merges of 123, and days: value, bound, value of the rule and time of each."""
    for what, shares in JOBS.items():
        jobs = [generate("pair", boxes, seed=seed, **shares) for boxes in (41, 55) for seed in range(1, size.seeds + 1)]
        yield _row(f"transfer, pairs of 41 and 55 boxes, {what}", jobs, size.search_s, promised=what == "none held")
    merges = [generate("merge", 123, seed=seed, held=0.0) for seed in range(1, size.seeds + 1)]
    yield _row("transfer, merges of 123 boxes, none held", merges, size.search_s, promised=False)
    yield _day([generate("day", 300, seed=seed) for seed in range(1, size.seeds + 1)], size.search_s)


def _day(jobs: list[Job], seconds: float) -> Row:
    """Plan days of 20 pairs on six tracks: tardiness and turnaround together are compared with their bounds."""
    plans = {job.header.id: _plan(job, seconds) for job in jobs}
    above = {
        name: (found.value.tardiness_s + found.value.turnaround_s) / (found.bound.tardiness_s + found.bound.seconds) - 1
        for name, (_, found, _) in plans.items()
    }
    figures = {
        name: found.value.document() | found.document() | {"rule_s": rule.value.turnaround_s, "above": above[name], "seconds": taken}
        for name, (rule, found, taken) in plans.items()
    }  # fmt: skip
    measured = f"{mean(above.values()):.1%} above the bounds on average, {max(above.values()):.1%} at most ({len(jobs)} x {seconds:g} s)"
    what = "transfer, days of 300 boxes on six tracks: tardiness and turnaround"
    return Row(what, measured, "<= 10 % above the bounds", max(above.values()) <= 0.1, figures)


def _row(what: str, jobs: list[Job], seconds: float, *, promised: bool) -> Row:
    plans = {job.header.id: _plan(job, seconds) for job in jobs}
    gaps = [found.gap for _, found, _ in plans.values() if found.gap is not None]
    better = [1 - found.value.turnaround_s / rule.value.turnaround_s for rule, found, _ in plans.values()]
    figures = {
        name: {
            "value_s": found.value.turnaround_s, "bound_s": found.bound.seconds, "bound_name": found.bound.name, "gap": found.gap,
            "rule_s": rule.value.turnaround_s, "tardiness_s": found.value.tardiness_s, "left_over": found.value.left_over, "seconds": taken,
        }
        for name, (rule, found, taken) in plans.items()
    }  # fmt: skip
    measured = f"gap {mean(gaps):.1%} on average, {max(gaps):.1%} at most; rule beaten by {mean(better):.0%} ({len(jobs)} x {seconds:g} s)"
    if not promised:
        return Row(what, measured, figures=figures)
    reached = mean(gaps) <= 0.01 and max(gaps) <= 0.02 and mean(better) >= 0.2
    return Row(what, measured, "<= 1 % on average, 2 % at most; by >= 20 %", reached, figures)


def _plan(job: Job, seconds: float) -> tuple[Found, Found, float]:
    """Return the rule's plan, the best one after some time, and how long that took; rounds are not cut short."""
    begin = time.perf_counter()
    plans = search(job)
    rule, found = next(plans), next(plans)  # the second has a bound
    while time.perf_counter() - begin < seconds and not found.finished:
        found = next(plans)
    return rule, found, time.perf_counter() - begin
