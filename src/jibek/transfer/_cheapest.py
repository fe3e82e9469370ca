"""The cheapest loading of a wagon that keeps its rules, pattern of slots by pattern, and which two boxes do not: compiled.

Boxes are tried in the order of their cost, slot by slot, and no further than a loading can still be the cheapest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from jibek.transfer import tables as t

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

Floats = NDArray[np.float64]


class Wagon(NamedTuple):
    """A model as loadings are judged: by slot its centre and whether it is of 20 ft; limits; rules with their bands."""

    centre: Floats
    short: NDArray[np.bool_]
    limits: Floats
    rules: Floats


def wagon_of(model: t.Model, rules: Iterable[t.Rule]) -> Wagon:
    """Write a model and the rules that concern it as arrays."""
    axles = model.axles / 2
    rows = [
        (
            float(KINDS.index(rule.kind)), (rule.limit_t or 0.0) * (axles if rule.kind == "axle_load" else 1.0),
            rule.over_t, np.inf if rule.up_to_t is None else rule.up_to_t,
        )
        for rule in rules if rule.kind in KINDS and rule.limit_t is not None
    ]  # fmt: skip
    return Wagon(
        np.array([slot.centre_m for slot in model.places]), np.array([slot.length_ft == 20 for slot in model.places]),
        np.array([model.tare_t, model.payload_t, model.base_m, model.axle_load_t * axles, axles]),
        np.array(rows, dtype=np.float64).reshape(-1, 4),
    )  # fmt: skip


_GROSS, _AXLE, _BOGIES, _ENDS, _PAIR, _TRIPLE, _TRIPLE_SUM = range(len(KINDS))

_ROUNDING_T = 1e-6
"""What a sum of masses may be over a limit by the rounding of numbers."""


@numba.njit(cache=True)
def cheapest(less, order, patterns, mass, wagon):
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
            if taken or tons[d] + mass[b] > wagon.limits[1] + _ROUNDING_T:
                continue
            boxes[d] = b
            part[d + 1], tons[d + 1] = value, tons[d] + mass[b]
            if d < number - 1:
                d += 1
                spot[d] = -1
            elif not _broken(boxes, pattern, number, mass, wagon):
                values[n] = value
                for e in range(number):
                    chosen[n, e] = boxes[e]
    return values, chosen


@numba.njit(cache=True)
def bad_pairs(slots, one, other, mass, wagon):
    """Say of each two boxes, of some for the lower and of some for the higher of two slots, whether they alone break a rule."""
    bad = np.zeros((len(mass), len(mass)), dtype=np.bool_)
    boxes = np.zeros(2, dtype=np.int64)
    for b in one:
        for c in other:
            boxes[0], boxes[1] = b, c
            bad[b, c] = _broken(boxes, slots, 2, mass, wagon)
    return bad


@numba.njit(cache=True)
def _broken(boxes, pattern, number, mass, wagon):
    """Whether boxes in the slots of a pattern, from low to high, break a rule of their wagon."""
    centre, short, limits, rules = wagon
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
