"""A load plan by itself: boxes to slots so that little is carried far and no rule is broken, by simulated annealing.

It is for trains so full that hardly any way to load them keeps all rules, where the matching of `_matching` finds none.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from jibek.transfer import tables as t
from jibek.transfer._groups import positions_m
from jibek.transfer._iso6346 import length_m
from jibek.transfer._loading import kept_apart, overlap, wagon_fault
from jibek.transfer._matching import Floats, Matching, Place

_BROKEN_S = 300.0
"""What a broken rule costs."""

_HOT_S, _COLD_S = 10.0, 0.3
"""Temperatures at the begin and at the end of a round."""

_FIRST, _PIECE = 50_000, 5_000
"""Changes of the first round, each of the next has twice as many; changes between two looks at the best."""

_NEAR, _FAR = 0.5, 24
"""How often what stands in a place is put not far away, and how many places of its length that is at most."""


@dataclass(frozen=True)
class Loaded:
    """A load plan: the time of carrying, how many rules are broken, and the place of each box."""

    cost_s: float
    broken: int
    places: Mapping[str, Place]


def load(matching: Matching, cost_s: Floats, *, seed: int = 0) -> Iterator[Loaded]:
    """Look for load plans, better and better ones: the best so far now and then; whoever asks stops it.

    What stands between the ends of a slot changes places with what stands between the ends of another of the same length on the
    same train, so a long container with two short ones too. Worse plans are accepted by Metropolis' rule.

    Parameters
    ----------
    matching
        Boxes and places.
    cost_s
        Cost of each of its pairs.
    seed
        The same seed finds the same plans in the same order.

    Raises
    ------
    ValueError
        If the boxes do not fit by length when they are put down one after the other.
    """
    rng = random.Random(f"load {seed}")  # noqa: S311
    trains = _Trains(matching, cost_s)
    best, rounds = trains.loaded(), _FIRST
    while True:
        for n in range(rounds):
            trains.change(rng, _HOT_S * (_COLD_S / _HOT_S) ** (n / rounds))
            if (trains.broken, trains.cost_s + 1e-6) < (best.broken, best.cost_s):
                best = trains.loaded()
            if n % _PIECE == 0:
                yield best
        rounds *= 2


class _Trains:
    """Outbound trains while boxes on them change places."""

    def __init__(self, matching: Matching, cost_s: Floats) -> None:
        self.job, self.boxes, self.places = matching.job, matching.boxes, matching.places
        self.cost = matching.table(cost_s).tolist()
        self.on_wagon: dict[str, list[int]] = defaultdict(list)
        self.alike: dict[tuple[str, int], list[int]] = defaultdict(list)
        for p, place in enumerate(self.places):
            self.on_wagon[place.wagon].append(p)
            self.alike[place.train, place.slot.length_ft].append(p)
        self.turn = {p: n for places in self.alike.values() for n, p in enumerate(places)}
        self.within = [self._within(p) for p in range(len(self.places))]
        self.rules = {place.model.id: self._rules(place) for place in self.places}
        self.known: dict[tuple[str, tuple[tuple[int, int], ...]], int] = {}
        self.box: list[int | None] = [None] * len(self.places)
        self._put_down()
        self.faults = {wagon: self._fault(wagon) for wagon in self.on_wagon}
        self.near = self._too_near()
        self.broken = sum(self.faults.values()) + self.near
        self.cost_s = sum(self.cost[b][p] for p, b in enumerate(self.box) if b is not None)

    def _rules(self, place: Place) -> list[t.Rule]:
        model = place.model
        known = self.job.rules.values()
        return [rule for rule in known if rule.gauge_mm in (None, model.gauge_mm) and rule.model in (None, model.id)]

    def _within(self, p: int) -> dict[tuple[int, float], int]:
        """List the places between the ends of a place, itself too, by length and distance from its centre."""
        slot, found = self.places[p].slot, {}
        for q in self.on_wagon[self.places[p].wagon]:
            other = self.places[q].slot
            away = other.centre_m - slot.centre_m
            if abs(away) + length_m(other.length_ft) / 2 <= length_m(slot.length_ft) / 2 + 0.1:
                found[other.length_ft, round(away, 2)] = q
        return found

    def _put_down(self) -> None:
        """Put boxes down in the order in which they stand, each into the first slot that is free."""
        at_m = positions_m(self.job)
        for b in sorted(range(len(self.boxes)), key=lambda b: at_m[self.boxes[b].id]):
            free = (p for p in range(len(self.places)) if self.cost[b][p] < math.inf and self._free(p))
            p = next(free, None)
            if p is None:
                raise ValueError(f"no slot is left for {self.boxes[b].id}")
            self.box[p] = b

    def _free(self, p: int) -> bool:
        place = self.places[p]
        taken = (q for q in self.on_wagon[place.wagon] if self.box[q] is not None)
        return not any(q == p or overlap(place.slot, self.places[q].slot) for q in taken)

    def _fault(self, wagon: str) -> int:
        """Count the overlaps on a wagon, and whether a rule is broken."""
        places = self.on_wagon[wagon]
        model = self.places[places[0]].model
        key = (model.id, tuple((self.places[p].number, b) for p in places if (b := self.box[p]) is not None))
        if key not in self.known:
            standing = [(self.boxes[b], model.places[number - 1]) for number, b in key[1]]
            slots = [slot for _, slot in standing]
            over = sum(overlap(one, other) for one, other in combinations(slots, 2))
            self.known[key] = over + bool(wagon_fault(model, self.rules[model.id], standing))
        return self.known[key]

    def _too_near(self) -> int:
        """Count the pairs of dangerous boxes that a rule keeps apart and that are too near."""
        found = [
            (self.boxes[b], self.places[p]) for p, b in enumerate(self.box) if b is not None and self.boxes[b].dg_class
        ]
        return sum(
            one[1].train == other[1].train
            and abs(one[1].order - other[1].order) <= (rule.limit_wagons or 0)
            and kept_apart(rule, one[0], other[0])
            for one, other in combinations(found, 2)
            for rule in self.rules[one[1].model.id]
            if rule.kind == "danger_apart"
        )

    def loaded(self) -> Loaded:
        """Return what stands where."""
        places = {self.boxes[b].id: self.places[p] for p, b in enumerate(self.box) if b is not None}
        return Loaded(self.cost_s, self.broken, places)

    def change(self, rng: random.Random, heat: float) -> None:
        """Let what stands in two places near each other change places, if that may be."""
        p = rng.randrange(len(self.places))
        places = self.alike[self.places[p].train, self.places[p].slot.length_ft]
        n = self.turn[p] + rng.randint(-_FAR, _FAR) if rng.random() < _NEAR else rng.randrange(len(places))
        if not 0 <= n < len(places):
            return
        pairs = self._swapped(p, places[n])
        if not pairs:
            return
        more = sum(self._more(a, b) + self._more(b, a) for a, b in pairs)
        if more == math.inf or more > _BROKEN_S * self.broken + 10 * heat:
            return
        self._swap(pairs)
        wagons = {self.places[p].wagon, self.places[places[n]].wagon}
        faults = {wagon: self._fault(wagon) for wagon in wagons}
        dangerous = any(
            b is not None and self.boxes[b].dg_class for pair in pairs for b in (self.box[pair[0]], self.box[pair[1]])
        )
        near = self._too_near() if dangerous else self.near
        broken = sum(faults.values()) - sum(self.faults[wagon] for wagon in wagons) + near - self.near
        worse = more + _BROKEN_S * broken
        if worse > 0 and rng.random() >= math.exp(-worse / heat):
            self._swap(pairs)
            return
        self.faults |= faults
        self.near = near
        self.broken += broken
        self.cost_s += more

    def _swapped(self, p: int, q: int) -> list[tuple[int, int]]:
        """Pair the places between the ends of two places in which a box stands; none if they cannot be exchanged."""
        one, other = self.within[p], self.within[q]
        if p == q or (
            self.places[p].wagon == self.places[q].wagon and overlap(self.places[p].slot, self.places[q].slot)
        ):
            return []
        wanted = [key for key in {*one, *other} if self._holds(one, key) or self._holds(other, key)]
        return [(one[key], other[key]) for key in wanted] if all(key in one and key in other for key in wanted) else []

    def _holds(self, within: Mapping[tuple[int, float], int], key: tuple[int, float]) -> bool:
        return key in within and self.box[within[key]] is not None

    def _more(self, p: int, q: int) -> float:
        """Return what it costs more that the box of a place stands in another."""
        b = self.box[p]
        return 0.0 if b is None else self.cost[b][q] - self.cost[b][p]

    def _swap(self, pairs: list[tuple[int, int]]) -> None:
        for p, q in pairs:
            self.box[p], self.box[q] = self.box[q], self.box[p]
