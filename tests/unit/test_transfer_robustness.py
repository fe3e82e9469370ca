"""Plans that are made with handling times that vary: cranes keep turns and distance, figures are those worked out on paper."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jibek.transfer import generate, plan_by_rule, robustness
from jibek.transfer._check_cranes import courses, distance_faults
from jibek.transfer._check_yard import Spots
from jibek.transfer._plan import Plan
from jibek.transfer._robustness import Robustness
from jibek.transfer._sequence import Shift
from transfer_packages import small_job, small_plan


def test_the_last_of_two_moves(tmp_path: Path) -> None:
    """10 s across and 70 s of handling times a factor U of 0.5 to 1.5 each; the larger of two: P95 at U = 0.5 + sqrt(0.95)."""
    job = small_job(tmp_path / "job")
    found = robustness(job, small_plan(tmp_path / "plan", job), spread=0.5, runs=4000, seed=3)
    low, high = found.p95_interval_s
    assert found.planned_s == 80
    assert low <= 10 + 70 * (0.5 + 0.95**0.5) <= high
    assert found.mean_s == pytest.approx(10 + 70 * (0.5 + 2 / 3), abs=1)
    assert found.longer == found.p95_s / 80 - 1


def test_without_spread_a_plan_takes_as_long_as_planned(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job")
    found = robustness(job, small_plan(tmp_path / "plan", job), spread=0, runs=20)
    assert set(found.turnarounds_s) == {80}


def test_ranks() -> None:
    found = Robustness(100, range(1, 401), [0.0] * 400)
    assert found.p95_s == 380
    assert found.p95_interval_s == (372, 389)


@pytest.mark.parametrize(("family", "size"), [("pair", 41), ("merge", 30)])
def test_cranes_keep_their_turns_and_their_distance(family: str, size: int) -> None:
    job = generate(family, size, seed=2)  # type: ignore[arg-type]
    plan = plan_by_rule(job)
    shift, rng = Shift(job, plan), random.Random(1)
    for _ in range(5):
        done = shift.run(shift.tasks, longer=[rng.uniform(0.8, 1.2) for _ in shift.tasks])
        made = Plan.of(plan.header, {"moves": shift.moves(done), "parking": shift.parking(done)})
        assert list(distance_faults(courses(job, made, Spots(job, made)))) == []
        for crane in job.cranes:
            turns = [[move.box for move in one.moves if move.crane == crane and move.box] for one in (plan, made)]
            assert turns[0] == turns[1]
