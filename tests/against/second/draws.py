"""Keyed random numbers (docs/simulation.md, "Random numbers"): Philox 4x32-10 of Salmon et al. (2011)."""

from __future__ import annotations

import hashlib
import math

WORD = 0xFFFFFFFF

BLOCK_TIME, ITINERARY, SIZE, STEP, RUNNING, CHECKED, CHECK_TIME, HELD, HOLD_TIME, OPEN_TIME, SPELL = range(1, 12)
"""Purposes of draws."""


def entity(table: str, name: str) -> int:
    """Return the number that stands for a row in the counter."""
    return int.from_bytes(hashlib.sha256(f"{table}:{name}".encode()).digest()[:4], "big")


def key_schedule(seed: int, replication: int) -> list[tuple[int, int]]:
    """Return the keys of the ten rounds."""
    return [((seed + n * 0x9E3779B9) & WORD, (replication + n * 0xBB67AE85) & WORD) for n in range(10)]


def philox(keys: list[tuple[int, int]], a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
    """Return the four words of a counter (a, b, c, d)."""
    for k, m in keys:
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32) ^ b ^ k, right & WORD, (left >> 32) ^ d ^ m, left & WORD
    return a, b, c, d


class Draws:
    """All random numbers of one replication."""

    def __init__(self, seed: int, replication: int) -> None:
        self.keys = key_schedule(seed, replication)

    def pair(self, purpose: int, a: int, b: int, c: int = 0, occurrence: int = 0, draw: int = 0) -> tuple[float, float]:
        """Return two numbers in (0, 1)."""
        w = philox(self.keys, a, b, purpose << 24 | occurrence << 8 | draw, c)
        return (((w[0] << 32 | w[1]) >> 11) + 0.5) / 2**53, (((w[2] << 32 | w[3]) >> 11) + 0.5) / 2**53

    def duration(
        self, dist: str, mean: float, cv: float, purpose: int, a: int, b: int, c: int = 0, occurrence: int = 0
    ) -> float:
        """Return a duration with a mean and a coefficient of variation."""
        if mean == 0 or dist == "fixed" or (cv == 0 and dist != "exponential"):
            return mean
        where = (purpose, a, b, c, occurrence)
        if dist == "gamma":
            return self._gamma(1 / cv**2, where) * mean * cv**2
        u, v = self.pair(*where)
        if dist == "exponential":
            return -mean * math.log(u)
        if dist == "uniform":
            return max(0.0, mean * (1 + cv * math.sqrt(3) * (2 * u - 1)))
        variance = math.log(1 + cv**2)
        return math.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * _normal(u, v))

    def _gamma(self, shape: float, where: tuple[int, int, int, int, int]) -> float:
        """Return a gamma variate of scale 1 (Marsaglia and Tsang 2000)."""
        d = (shape + 1 if shape < 1 else shape) - 1 / 3
        draw = 0
        while True:
            x = _normal(*self.pair(*where, draw))
            u = self.pair(*where, draw + 1)[0]
            draw += 2
            v = (1 + x / math.sqrt(9 * d)) ** 3
            if v > 0 and math.log(u) < x**2 / 2 + d - d * v + d * math.log(v):
                break
        if shape >= 1:
            return d * v
        return d * v * self.pair(*where, draw)[0] ** (1 / shape)


def _normal(u: float, v: float) -> float:
    return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)
