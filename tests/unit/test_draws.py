"""Random numbers: known answers, and agreement with independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import draws
from jibek.simulate import _draws as d
from jibek.simulate._source import outer

# What only compiled code calls, for Python to call.


@outer
def philox(*words):
    return d.philox(*words)


@outer
def uniforms(*words):
    return d.uniforms(*words)


@outer
def duration(*words):
    return d.duration(*words)


# Known answers of Random123 (kat_vectors): counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_known_answers(counter, key, expected):
    assert tuple(int(word) for word in philox(*counter, *key)) == expected


WORDS = st.integers(0, 2**32 - 1)
LARGE_WORDS = st.integers(0, 2**64 - 1)


@given(st.tuples(WORDS, WORDS, WORDS, WORDS), st.tuples(WORDS, WORDS))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_philox_is_that_of_plain_integers(counter, key):
    assert tuple(int(word) for word in philox(*counter, *key)) == draws.philox(counter, key)


@given(st.tuples(st.integers(0, 2**64 - 2), LARGE_WORDS, LARGE_WORDS, LARGE_WORDS), st.tuples(LARGE_WORDS, LARGE_WORDS))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_rounds_of_plain_integers_are_those_of_numpy(counter, key):
    """NumPy has Philox 4x64-10 only: the same rounds with words, multipliers and key steps of 64 bits; it counts before it draws."""
    numpys = np.random.Philox(counter=np.array(counter, np.uint64), key=np.array(key, np.uint64))
    following = (counter[0] + 1, *counter[1:])
    assert tuple(numpys.random_raw(4).tolist()) == draws.philox(following, key, draws.LARGE)


def sample(distribution: str, mean: float, cv: float, size: int) -> np.ndarray:
    key, number = np.array([7, 3]), d.DISTRIBUTIONS.index(distribution)
    moments = d.log_moments(mean, cv)
    return np.array([duration(key, d.STEP_TIME, 5, 11, n, 13, number, mean, cv, *moments) for n in range(size)])


def gamma(cv: float) -> object:
    return stats.gamma(1 / cv**2, scale=3 * cv**2)


def lognormal(cv: float) -> object:
    return stats.lognorm(np.log(1 + cv**2) ** 0.5, scale=3 / (1 + cv**2) ** 0.5)


def uniform(cv: float) -> object:
    return stats.uniform(3 * (1 - cv * 3**0.5), 6 * cv * 3**0.5)


@pytest.mark.parametrize(
    ("distribution", "cv", "law"),
    [
        ("exponential", 0.3, stats.expon(scale=3)),
        *(("uniform", cv, uniform(cv)) for cv in (0.1, 0.3, 0.57)),
        *(("lognormal", cv, lognormal(cv)) for cv in (0.1, 0.8, 2.5)),
        *(("gamma", cv, gamma(cv)) for cv in (0.1, 0.5, 1.0, 1.5, 4.0)),
    ],
)
def test_durations_follow_their_law(distribution, cv, law):
    assert stats.kstest(sample(distribution, 3.0, cv, 10_000), law.cdf).pvalue > 0.001


def test_a_wide_uniform_is_cut_at_nothing():
    cut = sample("uniform", 3.0, 1.0, 10_000)
    below = (3**0.5 - 1) / (2 * 3**0.5)
    assert cut.min() == 0
    assert stats.binomtest(int((cut == 0).sum()), cut.size, below).pvalue > 0.001
    assert stats.kstest(cut[cut > 0], stats.uniform(0, 3 * (1 + 3**0.5)).cdf).pvalue > 0.001


@pytest.mark.parametrize("distribution", d.DISTRIBUTIONS)
@pytest.mark.parametrize("cv", [0.0, 0.2, 1.0, 3.0])
def test_durations_are_those_of_plain_python(distribution, cv):
    plain = [draws.duration((7, 3), draws.STEP_TIME, 5, 11, n, 13, distribution, 3.0, cv) for n in range(300)]
    np.testing.assert_allclose(sample(distribution, 3.0, cv, 300), plain, rtol=1e-12)


def pairs(**changed: int) -> np.ndarray:
    """Return the first number of 10,000 draws, and of those whose key or counter is one further in one respect."""
    names = {"seed": 7, "replication": 3, "purpose": 4, "occurrence": 5, "a": 11, "b": 0, "c": 13, "draw": 0}

    def one(n: int, more: dict[str, int]) -> tuple[float, float]:
        words = {name: value + more.get(name, 0) for name, value in names.items()}
        key = np.array([words.pop("seed"), words.pop("replication")])
        words["b"] += 2 * n if "b" in changed else n
        return uniforms(key, *words.values())

    return np.array([[one(n, {})[0], one(n, changed)[0]] for n in range(10_000)])


@pytest.mark.parametrize("word", ["seed", "replication", "purpose", "occurrence", "a", "b", "c", "draw"])
def test_neighbouring_draws_are_independent(word):
    """Ten thousand pairs of neighbours fall evenly into 64 cells."""
    points = pairs(**{word: 1})
    cells = np.histogram2d(*points.T, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 0.001
    assert abs(stats.pearsonr(*points.T).statistic) < 0.04
    assert stats.kstest(points[:, 1], "uniform").pvalue > 0.001


def test_both_numbers_of_a_draw_are_even_and_independent():
    points = np.array([uniforms(np.array([7, 3]), 4, 5, 11, n, 13, 0) for n in range(10_000)])
    assert points.min() > 0
    assert points.max() < 1
    assert stats.chisquare(np.histogram2d(*points.T, bins=8, range=[[0, 1], [0, 1]])[0].ravel()).pvalue > 0.001
    assert all(stats.kstest(column, "uniform").pvalue > 0.001 for column in points.T)


def test_no_spread_is_the_mean():
    key = np.array([7, 3])
    for distribution in (d.FIXED, d.UNIFORM, d.LOGNORMAL, d.GAMMA):
        assert duration(key, d.STEP_TIME, 0, 1, 2, 3, distribution, 2.5, 0.0, 0.0, 0.0) == 2.5
