"""Keyed random draws: Philox 4x32-10 and the distributions made from it.

A draw is a pure function of its key and counter (Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as
1, 2, 3*, SC 2011), so no draw depends on how many others were made.
"""

from __future__ import annotations

import math

import numpy as np

from jibek.simulate._source import inlined, inner

# Purposes of a draw, the first part of the counter; see docs/simulation.md.
(
    ARRIVAL,
    ITINERARY,
    SIZE,
    STEP_TIME,
    RUN_TIME,
    CHECKED,
    CHECK_TIME,
    HELD,
    HOLD_TIME,
    OPEN_TIME,
    CLOSED_TIME,
) = np.arange(1, 12)

ONCE = np.int64(0)
"""The occurrence, entity word or block of a draw that has no other."""

DISTRIBUTIONS = ("fixed", "exponential", "uniform", "lognormal", "gamma")
FIXED, EXPONENTIAL, UNIFORM, LOGNORMAL, GAMMA = np.arange(5)

_MULTIPLY_0 = np.uint64(0xD2511F53)
_MULTIPLY_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint32(0x9E3779B9)
_WEYL_1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return the four 32-bit words of Philox 4x32-10 for a counter of four and a key of two words."""
    x0, x1, x2, x3 = np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
    key0, key1 = np.uint32(k0), np.uint32(k1)
    for _ in range(10):
        product0 = _MULTIPLY_0 * np.uint64(x0)
        product1 = _MULTIPLY_1 * np.uint64(x2)
        y0 = np.uint32(product1 >> _HALF) ^ x1 ^ key0
        y2 = np.uint32(product0 >> _HALF) ^ x3 ^ key1
        x1 = np.uint32(product1 & _LOW)
        x3 = np.uint32(product0 & _LOW)
        x0, x2 = y0, y2
        key0 = np.uint32((np.uint64(key0) + np.uint64(_WEYL_0)) & _LOW)
        key1 = np.uint32((np.uint64(key1) + np.uint64(_WEYL_1)) & _LOW)
    return x0, x1, x2, x3


@inlined
def uniforms(key, purpose, occurrence, a, b, c, draw):
    """Return two numbers in (0, 1) for a purpose, an occurrence and three entity words."""
    word = (purpose << 24) | ((occurrence & 0xFFFF) << 8) | (draw & 0xFF)
    w0, w1, w2, w3 = philox(a, b, word, c, key[0], key[1])
    return _fraction(w0, w1), _fraction(w2, w3)


@inlined
def _fraction(high, low):
    """Return the number in (0, 1) that two words make."""
    word = (np.uint64(high) << _HALF) | np.uint64(low)
    return (np.float64(word >> np.uint64(11)) + 0.5) / 9007199254740992.0


@inner
def draw_ahead(key, purpose, a, first, found):
    """Write the first of the two numbers of draws for following second entity words; made in a row they are vectorised."""
    key0, key1 = key[0], key[1]
    for place in range(found.size):
        w0, w1, _, _ = philox(a, first + place, purpose << 24, ONCE, key0, key1)
        found[place] = _fraction(w0, w1)


@inner
def _standard_gamma(key, purpose, occurrence, a, b, c, shape):
    raised = shape if shape >= 1.0 else shape + 1.0
    d = raised - 1.0 / 3.0
    slope = 1.0 / math.sqrt(9.0 * d)
    draw = ONCE
    value = d
    while draw < 200:
        u, v = uniforms(key, purpose, occurrence, a, b, c, draw)
        accept, _ = uniforms(key, purpose, occurrence, a, b, c, draw + 1)
        draw += 2
        z = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
        cube = (1.0 + slope * z) ** 3
        if cube > 0.0 and math.log(accept) < 0.5 * z * z + d - d * cube + d * math.log(cube):
            value = d * cube
            break
    if shape < 1.0:
        w, _ = uniforms(key, purpose, occurrence, a, b, c, draw)
        value *= w ** (1.0 / shape)
    return value


def log_moments(mean: float, cv: float) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm of a lognormal duration; 0 where there is none."""
    if mean <= 0.0 or cv <= 0.0:
        return 0.0, 0.0
    variance = math.log(1.0 + cv * cv)
    return math.log(mean) - 0.5 * variance, math.sqrt(variance)


@inner
def duration(key, purpose, occurrence, a, b, c, distribution, mean, cv, log_mean, log_sd):
    """Return a duration with the given mean and coefficient of variation, and the `log_moments` that follow from them."""
    if mean <= 0.0 or distribution == FIXED or (cv <= 0.0 and distribution != EXPONENTIAL):
        return mean
    if distribution == GAMMA:
        shape = 1.0 / (cv * cv)
        return mean / shape * _standard_gamma(key, purpose, occurrence, a, b, c, shape)
    u, v = uniforms(key, purpose, occurrence, a, b, c, ONCE)
    if distribution == EXPONENTIAL:
        return -mean * math.log(u)
    if distribution == UNIFORM:
        return max(0.0, mean * (1.0 + cv * math.sqrt(3.0) * (2.0 * u - 1.0)))
    z = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
    return math.exp(log_mean + log_sd * z)
