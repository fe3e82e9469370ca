"""Checking a plan for a shift that has gone on: what had begun stands as it was, nothing else begins before now or in an outage.

Shares no code with the makers of plans.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from jibek.transfer import tables as t
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._verdict import TOLERANCE, Violation


def shift_faults(job: Job, plan: Plan) -> Iterator[Violation]:
    """List what a plan changes of the past, and what it asks of cranes that are down."""
    begun = Counter(tuple(dict(move).values()) for move in job.begun)
    now = job.seconds(job.header.now) if job.header.now else 0.0
    downs: dict[str, list[t.Outage]] = defaultdict(list)
    for outage in job.outages:
        downs[outage.crane].append(outage)
    for move in plan.moves:
        key = tuple(dict(move).values())
        if begun[key]:
            begun[key] -= 1
            continue
        if move.begin_s < now - TOLERANCE:
            message = f"begins before now, {now:.1f} s, and is not one of the moves that had begun"
            yield Violation(message, move.begin_s, move.crane, move.box or "")
        for outage in downs[move.crane] if move.box else ():
            yield from _asked_of(job, outage, move)
    for move in job.begun:
        key = tuple(dict(move).values())
        if begun[key]:
            begun[key] -= 1
            yield Violation("had begun, and is not in the plan as it was", move.begin_s, move.crane, move.box or "")


def _asked_of(job: Job, outage: t.Outage, move: t.Move) -> Iterator[Violation]:
    begin = job.seconds(outage.begin) if outage.begin else 0.0
    end = job.seconds(outage.end) if outage.end else None
    if begin - TOLERANCE < move.begin_s and (end is None or move.begin_s < end - TOLERANCE):
        until = "for good" if end is None else f"until {end:.1f} s"
        yield Violation(
            f"begins while the crane is down, from {begin:.1f} s {until}", move.begin_s, move.crane, move.box or ""
        )
