"""Replications on two cores, and that they are the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import jibek
from benchmarks._measure import Row, Size, clocked, interleaved, ratio


def replications(size: Size) -> Iterator[Row]:
    """Time the same replications one after another and two at a time."""
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    run = partial(jibek.simulate, corridor, replications=size.replications, seed=1, containers=False)
    documents = [run(jobs=jobs).document() for jobs in (1, 2)]
    for document in documents:
        del document["runtime"]
    same = documents[0] == documents[1]
    times = interleaved(
        {name: partial(clocked, partial(run, jobs=jobs)) for name, jobs in (("one", 1), ("two", 2))}, size.repeats
    )
    factor = ratio(times["one"], times["two"])
    measured = f"{factor:.2f} times, results {'identical' if same else 'DIFFER'}"
    figures = {name: one.wall for name, one in times.items()} | {"identical": same}
    what = f"{size.replications} replications on 2 cores"
    yield Row(what, measured, ">= 1.85 times one core, identical", factor >= 1.85 and same, figures)
