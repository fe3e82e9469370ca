"""The random numbers of docs/simulation.md written a second time, in plain Python integers and from the page alone."""

from __future__ import annotations

import hashlib
import math
from typing import Any

Key = tuple[int, int]
"""Seed and replication."""

STEP_TIME, RUN_TIME, CHECKED, CHECK_TIME, HELD, HOLD_TIME = 4, 5, 6, 7, 8, 9


def entity(table: str, id_: str) -> int:
    """Return the word that names an entity."""
    return int(hashlib.sha256(f"{table}:{id_}".encode()).hexdigest()[:8], 16)


SMALL = (32, (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85))
LARGE = (64, (0xD2E7470EE14C6C93, 0xCA5A826395121157), (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B))
"""Bits of a word, multipliers and steps of the key of Philox 4x32 and 4x64."""


def philox(counter: tuple[int, ...], key: tuple[int, ...], kind: tuple[Any, ...] = SMALL) -> tuple[int, int, int, int]:
    """Philox 4x32-10, or 4x64-10 (Salmon and others 2011): ten rounds of two multiplications."""
    bits, (m0, m1), (w0, w1) = kind
    low = 2**bits - 1
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        one, other = m0 * c0, m1 * c2
        c0, c1, c2, c3 = (other >> bits) ^ c1 ^ k0, other & low, (one >> bits) ^ c3 ^ k1, one & low
        k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    return c0, c1, c2, c3


def pair(key: Key, purpose: int, occurrence: int, a: int, b: int, c: int, draw: int = 0) -> tuple[float, float]:
    """Return the two numbers in (0, 1) of a block."""
    w0, w1, w2, w3 = philox((a, b, purpose << 24 | occurrence << 8 | draw, c), key)
    u, v = ((w0 << 32 | w1) >> 11) + 0.5, ((w2 << 32 | w3) >> 11) + 0.5
    return u / 2**53, v / 2**53


def duration(
    key: Key, purpose: int, occurrence: int, a: int, b: int, c: int, dist: str, mean: float, cv: float
) -> float:
    """Return a duration with a mean and a coefficient of variation."""

    def block(draw: int) -> tuple[float, float]:
        return pair(key, purpose, occurrence, a, b, c, draw)

    if mean == 0 or dist == "fixed":
        return mean
    u, v = block(0)
    if dist == "exponential":
        return -mean * math.log(u)
    if cv == 0:
        return mean
    if dist == "uniform":
        return max(0.0, mean * (1 + cv * math.sqrt(3) * (2 * u - 1)))
    if dist == "lognormal":
        variance = math.log(1 + cv**2)
        return math.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * _normal(u, v))
    shape = cv**-2
    d = (shape if shape >= 1 else shape + 1) - 1 / 3
    for draw in range(0, 200, 2):
        z = _normal(*block(draw))
        cube = (1 + z / math.sqrt(9 * d)) ** 3
        if cube > 0 and math.log(block(draw + 1)[0]) < z * z / 2 + d - d * cube + d * math.log(cube):
            break
    raised = 1.0 if shape >= 1 else block(draw + 2)[0] ** (1 / shape)
    return mean / shape * d * cube * raised


def _normal(u: float, v: float) -> float:
    return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)
