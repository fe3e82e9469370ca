"""The simulation against queueing theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from jibek.simulate import replicate
from packages import queue


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting in M/M/c (Erlang 1917)."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


CASES = {
    "M/M/1": (1, "exponential", 1.0, 0.8 / 0.2),
    "M/M/3": (3, "exponential", 1.0, erlang_c(3, 2.4) / (3 - 2.4)),
    "M/D/1": (1, "fixed", 0.0, 0.8 / 0.2 / 2),
    "M/G/1 lognormal": (1, "lognormal", 0.5, 0.8 / 0.2 * (1 + 0.25) / 2),
    "M/G/1 gamma": (1, "gamma", 1.5, 0.8 / 0.2 * (1 + 2.25) / 2),
}


@pytest.mark.parametrize("case", CASES)
def test_mean_wait_agrees_with_theory(case, tmp_path):
    servers, dist, cv, wait_in_services = CASES[case]
    move_h = 0.1
    corridor = queue(
        tmp_path, rate_per_h=0.8 * servers / move_h, servers=servers, move_h=move_h, dist=dist, cv=cv, days=400
    )
    means = []
    for one in replicate(corridor, replications=20, seed=5, jobs=2):
        counted = one.containers["enter_h"] >= 0
        wait = (one.hops["unload_h"] - one.containers["enter_h"])[counted]
        means.append(np.nanmean(wait))
    low, high = stats.t.interval(0.999, len(means) - 1, np.mean(means), stats.sem(means))
    assert low <= wait_in_services * move_h <= high
    assert (high - low) / 2 < 0.08 * wait_in_services * move_h
