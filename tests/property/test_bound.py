"""No simulation carries more than the bound: corridors drawn at random, and the reference."""

from __future__ import annotations

import numpy as np
import pytest

import jibek
from corridors import corridor
from jibek.simulate import Deadlock, replicate
from jibek.study import bound


def carried(given: jibek.Corridor, replications: int) -> list[float]:
    """Return the TEU delivered in the days that count, replication by replication."""
    found = []
    for one in replicate(given, replications=replications, seed=3):
        there = one.containers["leave_h"] >= 0.0
        found.append(float(one.containers["quarters"][there].sum() / 4))
    return found


def most(given: jibek.Corridor) -> float:
    return bound(given).as_given.volume_teu * given.header.days / 365


def drawn(seed: int, *, tight: bool, exact: bool) -> jibek.Corridor | None:
    """Return a corridor whose clock begins empty, if it has demand then."""
    try:
        return corridor(seed, tight=tight, exact=exact).with_clock(warmup_days=0)
    except jibek.ChangeError:
        return None


@pytest.mark.parametrize("tight", [False, True])
@pytest.mark.parametrize("seeds", [range(12), pytest.param(range(12, 100), marks=pytest.mark.slow)])
def test_never_more_without_randomness(tight: bool, seeds: range) -> None:  # noqa: FBT001
    checked = 0
    for seed in seeds:
        given = drawn(seed, tight=tight, exact=True)
        if given is None:
            continue
        try:
            (teu,) = carried(given, 1)
        except Deadlock:
            continue
        assert teu <= most(given) + 1e-6, seed
        checked += 1
    assert checked > len(seeds) // 4


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 5])
def test_no_more_in_the_mean(times: int) -> None:
    """With randomness, the mean is not above the bound by more than four standard errors."""
    for seed in range(110):
        given = drawn(seed, tight=seed % 2 == 1, exact=False)
        if given is None:
            continue
        given = given.with_changes(f"flows.*.teu_per_year*={times}")
        try:
            teu = np.array(carried(given, 6))
        except Deadlock:
            continue
        assert teu.mean() <= most(given) + 4 * teu.std(ddof=1) / np.sqrt(6) + 1e-6, seed


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 1.6])
def test_the_reference_carries_no_more(times: float) -> None:
    given = jibek.read("trans-caspian").with_changes(f"flows.*.teu_per_year*={times}")
    (teu,) = carried(given, 1)
    found = bound(given)
    assert teu <= found.as_given.volume_teu * 1.005  # a single year: demand that comes by chance
    assert found.volume_teu is not None
    assert found.as_given.volume_teu < found.as_given.offered_teu or found.volume_teu > found.as_given.volume_teu


def test_one_unit_more_brings_no_more_than_its_price() -> None:
    """The volume is a concave function of each capacity, of which the price is the slope; without a price it brings nothing."""
    priced = 0
    for seed in range(25):
        given = corridor(seed, tight=seed % 2 == 1).with_clock(warmup_days=4)
        found = bound(given)
        limits = [limit for limit in found.limits if found.scale and not limit.name.endswith((".departures", "_teu"))]
        for limit in limits[:2]:
            more = bound(given.with_changes(f"{limit.name}+=1"))
            if more.volume_teu is None or found.volume_teu is None:
                continue
            gain = more.volume_teu - found.volume_teu
            assert -0.1 <= gain <= limit.teu_per_unit * 1.0001 + 0.1, (seed, limit)
            priced += limit.teu_per_unit > 0
    assert priced > 5
