"""The simulation against queueing theory, and the formulas against each other."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from scipy import integrate, stats

from jibek.verify import CASES, confidence, verify
from jibek.verify import _theory as theory

QUICK = [case for case in CASES if case.name in ("filled-or-late", "interval")]
MOST_HALF_WIDTH = 0.011
"""Half an interval as a share of theory: then a formula wrong by 2 % escapes only if the mean is off by 0.9 %, three standard errors."""


def wrong_formulas_are_caught(verdicts):
    return all(
        not replace(verdict, theory=verdict.theory * factor).agrees for verdict in verdicts for factor in (0.98, 1.02)
    )


@pytest.fixture(scope="module")
def proof():
    return verify(jobs=2)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_theory_and_simulation_agree_and_2_percent_are_caught(case, proof):
    verdicts = [verdict for verdict in proof.verdicts if verdict.case == case.name]
    assert [verdict.quantity for verdict in verdicts] == [quantity.name for quantity in case.quantities]
    assert all(verdict.agrees for verdict in verdicts)
    assert wrong_formulas_are_caught(verdicts)
    assert all(verdict.high - verdict.low <= 2 * MOST_HALF_WIDTH * verdict.theory for verdict in verdicts)


def test_the_quick_cases_agree_and_2_percent_are_caught():
    proof = verify(cases=QUICK)
    assert proof.agrees
    assert wrong_formulas_are_caught(proof.verdicts)


def test_a_wrong_simulation_is_caught():
    """A vehicle that leaves with 7 of 8 containers, a departure every 1.96 instead of 2 hours."""
    changes = {"filled-or-late": "services.run.min_teu=7", "interval": "services.run.every_h=1.96"}
    for case in QUICK:
        wrong = replace(case, theory=lambda _, case=case: case.quantities)
        vars(wrong)["corridor"] = case.corridor.with_changes(changes[case.name])
        assert not verify(cases=[wrong]).agrees


def test_every_case_is_seen_in_one_way_and_all_numbers_are_finite():
    for case in CASES:
        assert len({isinstance(quantity.seen, str) for quantity in case.quantities}) == 1
        assert all(0 < quantity.theory < math.inf for quantity in case.quantities)


def test_all_intervals_together_hold_with_99_percent():
    assert (1 - confidence()) * sum(len(case.quantities) for case in CASES) == pytest.approx(0.01)


def test_the_page_names_every_case():
    page = (Path(__file__).parents[2] / "docs" / "verification.md").read_text()
    for case in CASES:
        assert f"| `{case.name}` | {case.title} | {case.formula} | {case.source} |" in page


def test_erlang_c_is_the_birth_death_process_with_many_places():
    states = theory.birth_death([2.4] * 400, [min(n, 3) for n in range(1, 401)])
    assert theory.erlang_c(3, 2.4) == pytest.approx(1 - sum(states[:3]), rel=1e-12)


def test_waits_of_md1_have_the_mean_of_pollaczek_and_khinchine():
    mean, _ = integrate.quad(lambda t: theory.md1_waits_longer(0.6, 1.0, t), 0, 12, limit=400)
    assert mean == pytest.approx(theory.pollaczek_khinchine(0.6, 1.0, 0.0), rel=1e-4)


def test_waits_for_a_full_batch_have_their_mean():
    mean, _ = integrate.quad(lambda t: theory.filled_waits_longer(2.0, 5, t), 0, 40)
    assert mean == pytest.approx(4 / (2 * 2.0), rel=1e-9)
    assert theory.at_least(4, 3.0) == pytest.approx(stats.erlang.cdf(3.0, 4), rel=1e-12)


def test_two_exponential_times():
    expected, _ = integrate.quad(lambda t: stats.expon.pdf(t, scale=0.5) * stats.expon.sf(1.0 - t), 0, 1)
    assert theory.sum_of_two_longer(2.0, 1.0, 1.0) == pytest.approx(expected + math.exp(-2.0), rel=1e-9)


def test_priorities_keep_the_mean_work():
    """Kleinrock's conservation law: the waits weighted by load are those without priorities."""
    rates = [0.3, 0.2, 0.1]
    waits = theory.priority_waits(rates, 1.0)
    fifo = theory.pollaczek_khinchine(0.6, 1.0, 1.0)
    assert sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) == pytest.approx(0.6 * fifo)


def test_limits():
    mm1 = 0.5 / 0.5
    assert theory.batch_wait([(0.5, 1)], 1.0) == pytest.approx(mm1)
    assert theory.pollaczek_khinchine(0.5, 1.0, 1.0) == pytest.approx(mm1)
    assert theory.closed_mm1(0.5, 1.0, 0.0, 1.0) == pytest.approx(mm1)
    assert theory.closed_mm1(0.5, 1.0, 1e-3, 1e3) == pytest.approx(mm1, rel=1e-4)
    at_once = 1e5  # lifts an hour: what is left of the wait is the time until the terminal opens
    assert theory.closed_mm1(0.5, at_once, 0.5, 2.0) / 0.5 == pytest.approx(
        theory.renewal_wait(0.2, 0.5, 1.0), rel=1e-3
    )
    assert theory.filled_or_late(2.0, 5, 1e3) == pytest.approx((1.0, 5.0))
    assert theory.filled_or_late(2.0, 5, 0.0) == pytest.approx((0.0, 1.0))
    assert theory.interval_wait(50.0, 2.0) == pytest.approx(1.0, rel=1e-6)
    assert theory.interval_wait(1e-6, 2.0) == pytest.approx(0.0, abs=1e-5)
