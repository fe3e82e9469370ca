"""Sweeps are schedules that can be done, and among all ways to share small tasks the best."""

from __future__ import annotations

from itertools import accumulate, islice, product

import numpy as np
import pytest
from benchmarks._qcsp import Instance, least, makespan
from hypothesis import given, settings
from hypothesis import strategies as st

from jibek.transfer._sweep import Line, line, sweeps, timetable


@st.composite
def _instances(draw: st.DrawFn) -> Instance:
    bays = sorted(draw(st.lists(st.integers(1, 12), min_size=1, max_size=7)))
    times = draw(st.lists(st.integers(1, 60), min_size=len(bays), max_size=len(bays)))
    before = [
        (a, b)
        for a in range(len(bays))
        for b in range(a + 1, len(bays))
        if bays[a] == bays[b] and draw(st.booleans())
    ]  # fmt: skip
    cranes, apart = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    first = list(accumulate([1, *(apart + draw(st.integers(0, 2)) for _ in range(cranes - 1))]))
    return Instance("one", "tried", bays, times, before, first, [0] * cranes, apart, draw(st.integers(1, 3)), 1.0, 1.0)


def _line(of: Instance) -> Line:
    gaps = [of.apart] * (len(of.first_bays) - 1)
    return line(of.bays, of.times, of.before, of.first_bays, of.ready, gaps, 1 / of.bay_time)


@settings(max_examples=60, deadline=None)
@given(_instances(), st.randoms(use_true_random=False))
def test_every_way_to_share_tasks_can_be_done(of, random):
    """Whoever does what, so long as tasks of one bay follow each other from the right: the check, which knows no sweeps, agrees."""
    crane = np.array([random.randrange(len(of.first_bays)) for _ in of.bays])
    for i in range(1, len(crane)):
        if of.bays[i] == of.bays[i - 1]:
            crane[i] = min(crane[i], crane[i - 1])
    start, seconds = timetable(_line(of), crane)
    assert makespan(of, crane.tolist(), start.tolist()) == pytest.approx(seconds)
    assert least(of) <= seconds + 1e-9


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(_instances())
def test_annealing_finds_the_best_of_small_sweeps(of):
    best = min(
        timetable(way, np.array(crane))[1]
        for way in (_line(of), _line(of).mirrored()[0])
        for crane in product(range(len(of.first_bays)), repeat=len(of.bays))
        if all(crane[first] >= crane[i] for i, row in enumerate(way.before) for first in row if first >= 0)
    )
    found = list(islice(sweeps(_line(of)), 4))[-1]
    assert found.seconds == pytest.approx(best)
    assert makespan(of, found.crane.tolist(), found.start.tolist()) == pytest.approx(best)


def test_cranes_in_each_others_way_are_not_passed():
    """Two tasks two bays apart, cranes that stay three apart: not at once, and the first crane needs a time to get away."""
    of = Instance("one", "tried", [4, 6], [10, 10], [], [1, 6], [0, 0], 3, 1, 1.0, 1.0)
    with pytest.raises(ValueError, match="in each other's way"):
        makespan(of, [0, 1], [3, 0])
    with pytest.raises(ValueError, match="in each other's way"):
        makespan(of, [0, 1], [10, 0])
    assert makespan(of, [0, 1], [11, 0]) == 21


def test_a_crane_is_not_in_two_places_and_order_is_kept():
    of = Instance("one", "tried", [4, 6], [10, 10], [(0, 1)], [4], [0], 1, 1, 1.0, 1.0)
    with pytest.raises(ValueError, match="two places"):
        makespan(of, [0, 0], [0, 10])
    with pytest.raises(ValueError, match="before task 0"):
        makespan(of, [0, 0], [12, 2])
    assert makespan(of, [0, 0], [0, 12]) == 22


def test_the_same_seed_finds_the_same_sweep():
    of = Instance(
        "one", "tried", list(range(1, 13)), [5, 9, 2, 8, 4, 7, 1, 6, 3, 9, 5, 8], [], [1, 4], [0, 0], 2, 1, 1.0, 1.0
    )
    one, other = (list(islice(sweeps(_line(of), seed=3), 3))[-1] for _ in range(2))
    assert one.crane.tolist() == other.crane.tolist()
    assert one.seconds == other.seconds
