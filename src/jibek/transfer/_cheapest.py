"""The cheapest loading of a wagon that keeps its rules, pattern of slots by pattern: compiled.

Boxes are tried in the order of their cost, slot by slot, and no further than a loading can still be the cheapest.
"""

from __future__ import annotations

import numba
import numpy as np

KINDS = (
    "wagon_gross",
    "axle_load",
    "bogie_difference",
    "end_difference",
    "pair_difference",
    "triple_difference",
    "triple_sum",
)
"""Rules of one wagon; that of a single box is kept by the pairs of the matching."""

_GROSS, _AXLE, _BOGIES, _ENDS, _PAIR, _TRIPLE, _TRIPLE_SUM = range(len(KINDS))

_ROUNDING_T = 1e-6
"""What a sum of masses may be over a limit by the rounding of numbers."""


@numba.njit(cache=True)
def cheapest(less, order, patterns, mass, centre, short, limits, rules):
    """Return for each pattern the least cost of a loading that breaks no rule, at most 0, and its boxes."""
    many, depth = patterns.shape
    values, chosen = np.zeros(many), np.full((many, depth), -1)
    boxes, spot = np.zeros(depth, dtype=np.int64), np.zeros(depth, dtype=np.int64)
    part, tons, rest = np.zeros(depth + 1), np.zeros(depth + 1), np.zeros(depth + 1)
    for n in range(many):
        pattern = patterns[n]
        number = 0
        while number < depth and pattern[number] >= 0:
            number += 1
        rest[number] = 0.0
        for d in range(number - 1, -1, -1):
            rest[d] = rest[d + 1] + less[pattern[d], order[pattern[d], 0]]
        d = 0
        spot[0] = -1
        while d >= 0:
            spot[d] += 1
            slot = pattern[d]
            if spot[d] >= less.shape[1]:
                d -= 1
                continue
            b = order[slot, spot[d]]
            value = part[d] + less[slot, b]
            if not value + rest[d + 1] < values[n] - 1e-9:
                d -= 1
                continue
            taken = False
            for e in range(d):
                taken = taken or boxes[e] == b
            if taken or tons[d] + mass[b] > limits[1] + _ROUNDING_T:
                continue
            boxes[d] = b
            part[d + 1], tons[d + 1] = value, tons[d] + mass[b]
            if d < number - 1:
                d += 1
                spot[d] = -1
            elif not _broken(boxes, pattern, number, mass, centre, short, limits, rules):
                values[n] = value
                for e in range(number):
                    chosen[n, e] = boxes[e]
    return values, chosen


@numba.njit(cache=True)
def _broken(boxes, pattern, number, mass, centre, short, limits, rules):
    """Whether boxes in the slots of a pattern, from low to high, break a rule of their wagon."""
    total, low, high, all_short = 0.0, limits[0] / 2, limits[0] / 2, True
    for d in range(number):
        m, share = mass[boxes[d]], centre[pattern[d]] / limits[2]
        total += m
        low += m * (0.5 - share)
        high += m * (0.5 + share)
        all_short = all_short and short[pattern[d]]
    if total > limits[1] + _ROUNDING_T or max(low, high) > limits[3] + _ROUNDING_T * limits[4]:
        return True
    first, last = mass[boxes[0]], mass[boxes[number - 1]]
    ends = abs(first - last)
    for n in range(len(rules)):
        kind, limit = int(rules[n, 0]), rules[n, 1] + _ROUNDING_T
        banded = number > 1 and rules[n, 2] < total <= rules[n, 3]
        if kind == _GROSS:
            wrong = total + limits[0] > limit
        elif kind == _AXLE:
            wrong = max(low, high) > limit
        elif kind == _BOGIES:
            wrong = abs(low - high) > limit
        elif kind == _ENDS:
            wrong = banded and not (all_short and number == 2) and ends > limit
        elif kind == _PAIR:
            wrong = banded and all_short and number == 2 and ends > limit
        elif not all_short or number != 3:
            wrong = False
        elif kind == _TRIPLE_SUM:
            wrong = 2 * max(first, last) + mass[boxes[1]] > limit
        else:
            middle = mass[boxes[1]]
            wrong = ends > limit or ends > min(abs(first - middle), abs(last - middle)) + _ROUNDING_T
        if wrong:
            return True
    return False
