"""What search finds is valid, never worse than the rule, never below the bound, and the same for the same seed."""

from __future__ import annotations

from itertools import islice

import pytest

from jibek.transfer import FAMILIES, bound, check_plan, generate, plan_by_rule, search

ROUNDS = 5
"""The rule's plan, its bound, and a few rounds of annealing."""


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_the_rule_is_not_below_the_bound(family: str, seed: int) -> None:
    job = generate(family, 24, seed=seed, cranes=1 + seed)  # type: ignore[arg-type]
    value = check_plan(job, plan_by_rule(job)).value
    assert bound(job, value.left_over).seconds <= value.turnaround_s + 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shares", [{}, {"held": 0.0}, {"held": 0.0, "danger": 0.2, "reefer": 0.3, "short": 0.8}])
@pytest.mark.parametrize("seed", [1, 2])
def test_plans_are_valid_and_between_bound_and_rule(family: str, shares: dict[str, float], seed: int) -> None:
    parking = "fixed" if seed % 2 else "free"
    job = generate(family, 30 + 3 * seed, seed=seed, cranes=1 + seed, parking=parking, **shares)  # type: ignore[arg-type]
    rule, *_, last = islice(search(job), ROUNDS)
    verdict = check_plan(job, last.plan)
    assert verdict.violations == ()
    assert verdict.value == last.value
    assert last.value.order <= rule.value.order
    assert last.bound.seconds <= last.value.turnaround_s + 1e-6


@pytest.mark.slow
def test_search_beats_the_rule_where_nothing_is_held() -> None:
    """On a pair without holds little search is enough for a tenth."""
    for seed in range(3):
        rule, *_, last = islice(search(generate("pair", 41, seed=seed, held=0.0)), ROUNDS + 2)
        assert last.value.turnaround_s < 0.9 * rule.value.turnaround_s


@pytest.mark.slow
def test_the_same_seed_finds_the_same_plan() -> None:
    job = generate("pair", 30, seed=2, held=0.0)
    one, other = ([*islice(search(job, seed=7), ROUNDS)][-1] for _ in range(2))
    assert one.plan == other.plan
    assert one.value == other.value
