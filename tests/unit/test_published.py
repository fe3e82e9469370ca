"""The published jobs are made anew byte by byte, and their values are what the check and the bound say."""

from __future__ import annotations

import pytest
from benchmarks._published import best_plan, digest, known, recipes

from jibek.transfer import bound, check_plan, plan_by_rule

SAMPLE = recipes()[::23]


def test_there_are_many_jobs_of_all_families() -> None:
    jobs = recipes()
    assert len({one.job for one in jobs}) == len(jobs) >= 120
    assert {one.family for one in jobs} == {"pair", "merge", "split", "day"}
    assert known().keys() == {one.job for one in jobs}


@pytest.mark.parametrize("recipe", SAMPLE, ids=lambda one: one.job)
def test_a_job_and_its_values_are_what_is_published(recipe) -> None:
    job, one = recipe.make(), known()[recipe.job]
    assert (job.header.id, digest(job)) == (recipe.job, recipe.sha256)
    verdict = check_plan(job, best_plan(job))
    assert not verdict.violations
    value = verdict.value
    assert (value.left_over, value.double_handlings) == (one.left_over, one.double_handlings)
    assert (value.turnaround_s, value.tardiness_s) == pytest.approx((one.value_s, one.tardiness_s), abs=1e-3)
    rule = check_plan(job, plan_by_rule(job)).value
    assert (rule.turnaround_s, rule.tardiness_s) == pytest.approx((one.rule_s, one.rule_tardiness_s), abs=1e-3)
    assert value.order <= rule.order


def test_no_bound_is_above_a_published_value() -> None:
    for one in known().values():
        assert one.bound_s <= one.value_s + 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("first", range(3))
def test_no_bound_is_above_the_value_of_the_best_plan(first: int) -> None:
    for recipe in [one for one in recipes() if one.size < 300][first::9]:
        job, one = recipe.make(), known()[recipe.job]
        least = bound(job, one.left_over)
        assert least.seconds <= one.value_s + 1e-3
        assert least.tardiness_s <= one.tardiness_s + 1e-3
