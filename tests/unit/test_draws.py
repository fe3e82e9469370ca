"""Random numbers: known answers, and agreement with independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from jibek.simulate import _draws as d

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
    assert tuple(int(word) for word in d.philox(*counter, *key)) == expected


@pytest.mark.parametrize(
    ("distribution", "cv", "law"),
    [
        (d.EXPONENTIAL, 1.0, stats.expon(scale=3.0)),
        (d.UNIFORM, 0.3, stats.uniform(3.0 * (1 - 0.3 * 3**0.5), 2 * 3.0 * 0.3 * 3**0.5)),
        (d.LOGNORMAL, 0.8, stats.lognorm(np.log(1.64) ** 0.5, scale=3.0 / 1.64**0.5)),
        (d.GAMMA, 0.5, stats.gamma(4.0, scale=0.75)),
        (d.GAMMA, 1.5, stats.gamma(1 / 2.25, scale=3.0 * 2.25)),
    ],
)
def test_durations_follow_their_law(distribution, cv, law):
    key = np.array([7, 3])
    sample = [d.duration(key, d.STEP_TIME, 5, 11, number, 13, distribution, 3.0, cv) for number in range(4000)]
    assert stats.kstest(sample, law.cdf).pvalue > 0.001


def test_no_spread_is_the_mean():
    key = np.array([7, 3])
    for distribution in (d.FIXED, d.UNIFORM, d.LOGNORMAL, d.GAMMA):
        assert d.duration(key, d.STEP_TIME, 0, 1, 2, 3, distribution, 2.5, 0.0) == 2.5
