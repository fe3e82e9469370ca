"""A search ends when its time is over, whatever it is at; time in which it is compiled does not count."""

from __future__ import annotations

import multiprocessing
import time

import pytest

from jibek.transfer import bound, check_plan, generate, search_for
from jibek.transfer._search import first
from jibek.transfer._search_for import _Compiling, _heard

LATE_S = 1.0


def test_a_large_job_takes_no_longer_than_it_may() -> None:
    """Matching the boxes of this job takes half a minute."""
    job = generate("merge", 300, seed=1)
    begin = time.perf_counter()
    *_, found = search_for(job, 2.0)
    assert time.perf_counter() - begin < 2.0 + LATE_S
    assert not check_plan(job, found.plan).violations
    assert 0 < found.bound.seconds <= found.value.turnaround_s


def test_who_asks_for_no_more_ends_the_search() -> None:
    plans = search_for(generate("pair", 20, seed=1), 60.0)
    next(plans)
    plans.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("family", ["pair", "merge", "split", "day"])
def test_what_is_proven_at_once_is_not_above_what_is_proven_later(family: str) -> None:
    job = generate(family, 24, seed=2)  # type: ignore[arg-type]
    quick, whole = bound(job, quick=True), bound(job)
    assert quick.seconds <= whole.seconds + 1e-6
    assert quick.tardiness_s <= whole.tardiness_s + 1e-6


def test_time_in_which_the_search_is_compiled_does_not_count() -> None:
    here, there = multiprocessing.Pipe(duplex=False)
    found, begin = first(generate("pair", 4, seed=1)), time.perf_counter()
    plans = _heard(here, found, begin + 0.5)
    there.send(_Compiling(begins=True))
    while time.perf_counter() < begin + 1.0:
        next(plans)
    there.send(_Compiling(begins=False))
    assert [*plans][-1] == found
    assert time.perf_counter() >= begin + 1.4


def test_an_error_of_the_search_is_raised_where_it_was_asked_for() -> None:
    here, there = multiprocessing.Pipe(duplex=False)
    plans = _heard(here, first(generate("pair", 4, seed=1)), time.perf_counter() + 5.0)
    there.send(MemoryError("no room"))
    with pytest.raises(MemoryError, match="no room"):
        next(plans)
    there.close()
    plans = _heard(here, first(generate("pair", 4, seed=1)), time.perf_counter() + 5.0)
    with pytest.raises(RuntimeError, match="ended from outside"):
        next(plans)
