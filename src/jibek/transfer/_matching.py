"""Which box goes into which slot of an outbound train: the model that bounds and plans share, solved by HiGHS.

Variables say that a box stands in a slot that its length, destination and place in the train allow. Rows: each box stands
once; slots that overlap are not used together; payloads and the mass of a train are kept. Every plan keeps these rows, so the
least cost of the relaxed model is a bound of every plan's. To load trains, two boxes do not share a wagon if that breaks a
rule, no more than two share one, and what other rules forbid (dangerous goods apart) is asked of a solution, and cut off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.transfer import tables as t
from jibek.transfer._cheapest import bad_pairs, wagon_of
from jibek.transfer._groups import middles_m
from jibek.transfer._iso6346 import length_m
from jibek.transfer._job import Job
from jibek.transfer._loading import concerns, kept_apart, overlap, wagon_fault

Floats = NDArray[np.float64]
Row = tuple[list[int], list[float], float]
"""Columns, their coefficients, and what their sum may be at most."""

LARGE = 120_000
"""Pairs of boxes and places from which on plans are made without a matching: one would take minutes."""

_CUTS = 10
"""How often a solution that breaks a rule is cut off before it is given up."""

_CARRIED = 0.03
"""What a second of carrying costs, besides that cranes are done later."""

_NODES, _SHARE, _MOST_S = 20, 0.003, 20.0
"""When HiGHS stops: nodes of its tree, the share of the cost that is left between its bound and its best; and for safety
after so long, with which plans depend on the machine."""


@dataclass(frozen=True)
class Place:
    """A slot of an outbound wagon: `number` of the slot from 1, `order` of the wagon from 0, `x_m` from the train's beginning."""

    train: str
    wagon: str
    order: int
    model: t.Model
    number: int
    slot: t.Slot
    x_m: float


@dataclass(frozen=True)
class Share:
    """What a crane does for a cohort of boxes: those it carries, by number, and when it would be done if that took no time."""

    cohort: int
    boxes: Sequence[int]
    other_s: float


class Matching:
    """Boxes and the places they may have.

    Parameters
    ----------
    job
        Whose rules hold.
    boxes
        To be matched.
    trains
        Outbound trains that may take them.
    """

    def __init__(self, job: Job, boxes: Sequence[t.Box], trains: Sequence[str]) -> None:
        self.job, self.boxes = job, boxes
        self.places = list(_places(job, trains))
        self.number = {(place.wagon, place.number): n for n, place in enumerate(self.places)}
        self.rules = {
            model.id: [
                r for r in job.rules.values() if r.gauge_mm in (None, model.gauge_mm) and r.model in (None, model.id)
            ]
            for model in {place.model.id: place.model for place in self.places}.values()
        }
        serving = defaultdict(set)
        for departure in job.departures.values():
            for destination in departure.destinations:
                serving[destination].add(departure.train)
        self.may = self._allowed(serving)
        self._wagons: dict[str, list[int]] = defaultdict(list)
        for p, place in enumerate(self.places):
            self._wagons[place.wagon].append(p)
        self._mass_t = np.array([box.mass_t for box in boxes])
        self._faults: dict[tuple[str, int, int], NDArray[np.bool_]] = {}
        self._conflicts: list[Row] = []
        self._relaxed: dict[int, Any] = {}
        self._given_up = False

    def _allowed(self, serving: Mapping[str, set[str]]) -> NDArray[np.bool_]:
        """Say which places each box may have: of all wagons of a model alike, or wagon by wagon where it depends on what is near."""
        alike: dict[tuple[str, int], dict[str, dict[str, list[int]]]] = {}
        for p, place in enumerate(self.places):
            models = alike.setdefault((place.train, place.slot.length_ft), {})
            models.setdefault(place.model.id, {}).setdefault(place.wagon, []).append(p)
        found = np.zeros((len(self.boxes), len(self.places)), dtype=np.bool_)
        for b, box in enumerate(self.boxes):
            for train in serving[box.destination]:
                for wagons in alike.get((train, box.size.length_ft), {}).values():
                    near = bool(box.dg_class or box.reefer)
                    for places in wagons.values() if near else [list(chain.from_iterable(wagons.values()))]:
                        found[b, places] = self._alone(box, self.places[places[0]])
        return found

    @cached_property
    def size(self) -> int:
        """Number of `pairs`, which need not be listed for it."""
        return int(np.count_nonzero(self.may))

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Boxes and places they may have, by number."""
        b, p = np.nonzero(self.may)
        return list(zip(b.tolist(), p.tolist(), strict=True))

    @cached_property
    def column(self) -> dict[tuple[int, int], int]:
        """The number of each of `pairs`."""
        return {pair: n for n, pair in enumerate(self.pairs)}

    @cached_property
    def of_place(self) -> Mapping[int, list[int]]:
        """Boxes that may have each place."""
        found: dict[int, list[int]] = defaultdict(list)
        for b, p in self.pairs:
            found[p].append(b)
        return found

    @cached_property
    def proven(self) -> list[Row]:
        """Rows that every plan keeps."""
        return [*self._box_rows(), *self._overlap_rows(), *self._mass_rows()]

    def table(self, cost_s: Floats) -> Floats:
        """Return costs by box and place; infinite where that may not be."""
        found = np.full(self.may.shape, np.inf)
        found[self.may] = cost_s
        return found

    def bound(self, cost_s: Floats, left_over: int = 0) -> float:
        """Return the least cost of a relaxation: no plan that leaves so many boxes over has less.

        Parameters
        ----------
        cost_s
            Cost of each of `pairs`, not negative.
        left_over
            How many boxes need not be matched.
        """
        boxes = len(self.boxes) - left_over
        if boxes not in self._relaxed:
            every = np.ones(len(self.pairs), dtype=np.bool_)
            self._relaxed[boxes] = self._model(cost_s, self.proven, boxes, every)
        solver = self._relaxed[boxes]  # it begins where it ended before, which is near
        solver.changeColsCost(len(self.pairs), np.arange(len(self.pairs), dtype=np.int32), cost_s)
        return _run(solver)[0]

    def worth(self, cost_s: Floats) -> Floats:
        """Return what each box adds to the least cost of the relaxation, in which all are matched."""
        self.bound(cost_s)
        dual = np.asarray(self._relaxed[len(self.boxes)].getSolution().row_dual)
        worth: Floats = dual[: len(self.boxes)] + dual[-1]
        return worth

    def keeps(self, places: Sequence[int]) -> bool:
        """Whether boxes, each in its place, keep all rules."""
        chosen = list(enumerate(places))
        here = {self.column[pair] for pair in chosen}
        kept = all(
            sum(factor for n, factor in zip(columns, factors, strict=True) if n in here) <= most
            for columns, factors, most in self.proven
        )
        return len(places) == len(self.boxes) and kept and not list(self._cuts(chosen))

    def best(self, cost_s: Floats, dear_s: float, shares: Sequence[Share]) -> list[int]:
        """Find places that keep all rules, and with which the last crane of each cohort is done early.

        Parameters
        ----------
        cost_s
            Time of carrying of each of `pairs`.
        dear_s
            What a pair may cost at most.
        shares
            Of cranes and cohorts.

        Returns
        -------
        list
            The place of each box, by number, the same for equal arguments; empty if none was found: with all pairs, for good.
        """
        if self._given_up:
            return []
        self._conflicts = self._conflicts or list(self._conflict_rows())
        ends = 1 + max(share.cohort for share in shares)
        objective = np.concatenate([_CARRIED * cost_s, np.ones(ends)])
        balance = list(self._share_rows(cost_s, shares))
        for _ in range(_CUTS):
            cheap = cost_s <= dear_s
            _, values = _run(
                self._model(objective, [*self.proven, *self._conflicts, *balance], len(self.boxes), cheap, ends)
            )
            if not len(values):
                break
            chosen = np.flatnonzero(cheap)[values[: np.count_nonzero(cheap)] > 0.5]
            cuts = list(self._cuts([self.pairs[n] for n in chosen]))
            if not cuts:
                return [p for _, p in sorted(self.pairs[n] for n in chosen)]
            self._conflicts += cuts
        self._given_up = dear_s == np.inf
        return []

    def _share_rows(self, cost_s: Floats, shares: Sequence[Share]) -> Iterator[Row]:
        """A cohort is done when its last crane is: a column for each cohort, after those of the pairs."""
        of_box: dict[int, list[int]] = defaultdict(list)
        for n, (b, _) in enumerate(self.pairs):
            of_box[b].append(n)
        for share in shares:
            columns = [n for b in share.boxes for n in of_box[b]]
            yield [*columns, len(self.pairs) + share.cohort], [*cost_s[columns], -1.0], -share.other_s

    def fault(self, b: int, p: int) -> str:
        """Say what is wrong with a wagon on which a box stands alone; empty if nothing is."""
        place = self.places[p]
        return wagon_fault(place.model, self.rules[place.model.id], [(self.boxes[b], place.slot)])

    def _alone(self, box: t.Box, place: Place) -> bool:
        """Whether a box may have a place whatever stands beside it."""
        if place.slot.length_ft != box.size.length_ft or box.mass_t > place.model.payload_t + 1e-6:
            return False
        rake = self.job.rakes[place.train]
        for rule in self.rules[place.model.id]:
            limit = rule.limit_t or 0.0
            if rule.kind == "box_mass" and rule.length_ft in (None, box.size.length_ft) and box.mass_t > limit + 1e-6:
                return False
            reach = rule.limit_wagons or 0
            if rule.kind == "danger_from_ends" and concerns(rule.classes, box):
                if min(place.order, len(rake) - 1 - place.order) < reach:
                    return False
            elif rule.kind == "reefer_reach" and box.reefer:
                near = rake[max(0, place.order - reach) : place.order + reach + 1]
                if not any(self.job.models[wagon.model].power for wagon in near):
                    return False
        return True

    def _box_rows(self) -> Iterator[Row]:
        of_box: dict[int, list[int]] = defaultdict(list)
        for n, (b, _) in enumerate(self.pairs):
            of_box[b].append(n)
        for columns in of_box.values():
            yield columns, [1.0] * len(columns), 1.0

    def _overlap_rows(self) -> Iterator[Row]:
        """Slots that cover the same point of a wagon: the points where one of them begins are enough."""
        for places in self._wagons.values():
            for p in places:
                first = self.places[p].slot
                together = [
                    q
                    for q in places
                    if q == p or (overlap(first, self.places[q].slot) and self._begin(q) <= self._begin(p) + 1e-6)
                ]
                columns = [self.column[b, q] for q in together for b in self.of_place[q]]
                yield columns, [1.0] * len(columns), 1.0

    def _begin(self, place: int) -> float:
        slot = self.places[place].slot
        return slot.centre_m - length_m(slot.length_ft) / 2

    def _mass_rows(self) -> Iterator[Row]:
        of_train: dict[str, list[int]] = defaultdict(list)
        for places in self._wagons.values():
            model = self.places[places[0]].model
            gross = [r.limit_t - model.tare_t for r in self.rules[model.id] if r.kind == "wagon_gross" and r.limit_t]
            columns = [self.column[b, p] for p in places for b in self.of_place[p]]
            of_train[self.places[places[0]].train] += columns
            yield columns, self._masses(columns), min([model.payload_t, *gross]) + 1e-6
        for train, columns in of_train.items():
            gauge = self.job.models[self.job.rakes[train][0].model].gauge_mm
            for rule in self.job.rules.values():
                if rule.kind == "boxes_mass" and rule.gauge_mm in (None, gauge):
                    yield columns, self._masses(columns), (rule.limit_t or 0.0) + 1e-6

    def _masses(self, columns: Sequence[int]) -> list[float]:
        return [self.boxes[self.pairs[n][0]].mass_t for n in columns]

    def _conflict_rows(self) -> Iterator[Row]:
        """Boxes that may not share a wagon by two, and no more than two on a wagon: what three may do is left out."""
        for places in self._wagons.values():
            columns = [self.column[b, p] for p in places for b in self.of_place[p]]
            yield columns, [1.0] * len(columns), 2.0
            slots = [self.places[p].slot for p in places]
            for m, n in combinations(range(len(places)), 2):
                if overlap(slots[m], slots[n]):
                    continue
                p, q = places[m], places[n]
                bad = self.together(p, q)
                for b in self.of_place[p]:
                    others = [self.column[c, q] for c in self.of_place[q] if c != b and bad[b, c]]
                    if others:
                        yield [self.column[b, p], *others], [1.0] * (1 + len(others)), 1.0

    def together(self, p: int, q: int) -> NDArray[np.bool_]:
        """Say of each two boxes whether they alone, in two slots of a model, break a rule."""
        one, other = self.places[p], self.places[q]
        key = (one.model.id, one.number, other.number)
        if key not in self._faults:
            low, high = sorted((one, other), key=lambda place: place.slot.centre_m)
            lengths = np.array([box.size.length_ft for box in self.boxes])
            ones, others = (np.flatnonzero(lengths == place.slot.length_ft) for place in (low, high))
            slots = np.array([low.number - 1, high.number - 1])
            bad = bad_pairs(slots, ones, others, self._mass_t, wagon_of(one.model, self.rules[one.model.id]))
            self._faults[key] = bad if low is one else bad.T.copy()
        return self._faults[key]

    def _cuts(self, chosen: Sequence[tuple[int, int]]) -> Iterator[Row]:
        """Cut off what breaks a rule: wagons as they are loaded, and boxes too near to each other."""
        loaded: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for b, p in chosen:
            loaded[self.places[p].wagon].append((b, p))
        for pairs in loaded.values():
            model = self.places[pairs[0][1]].model
            if wagon_fault(model, self.rules[model.id], [(self.boxes[b], self.places[p].slot) for b, p in pairs]):
                yield [self.column[pair] for pair in pairs], [1.0] * len(pairs), len(pairs) - 1.0
        dangerous = [(b, p) for b, p in chosen if self.boxes[b].dg_class]
        for (b, p), (c, q) in combinations(dangerous, 2):
            if self.places[p].train == self.places[q].train:
                reach = self._reach(b, c, self.places[p])
                if abs(self.places[p].order - self.places[q].order) <= reach:
                    yield from self._apart(b, c, reach)

    def _reach(self, b: int, c: int, place: Place) -> int:
        """Return how many wagons apart two boxes must not be; -1 if they may share one."""
        rules = [rule for rule in self.rules[place.model.id] if rule.kind == "danger_apart"]
        return max(
            (rule.limit_wagons or 0 for rule in rules if kept_apart(rule, self.boxes[b], self.boxes[c])), default=-1
        )

    def _apart(self, b: int, c: int, reach: int) -> Iterator[Row]:
        """Keep two boxes apart: where one is on a wagon, the other is not near it, wagon by wagon."""
        for places in self._wagons.values():
            here = self.places[places[0]]
            ones = [self.column[b, p] for p in places if (b, p) in self.column]
            others = [
                self.column[c, q]
                for q, place in enumerate(self.places)
                if place.train == here.train and abs(place.order - here.order) <= reach and (c, q) in self.column
            ]
            if ones and others:
                yield [*ones, *others], [1.0] * (len(ones) + len(others)), 1.0

    def _model(self, cost_s: Floats, rows: Sequence[Row], boxes: int, cheap: NDArray[np.bool_], ends: int = 0) -> Any:
        """Make a model that matches so many boxes; only cheap pairs have columns; with ends, whose columns follow, it is integral."""
        import highspy

        solver = highspy._core._Highs()  # highspy.Highs prints a line when it is made, which no option stops
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_max_nodes", _NODES)
        solver.setOptionValue("mip_rel_gap", _SHARE)
        solver.setOptionValue("time_limit", _MOST_S)
        pairs = len(self.pairs)
        kept = [*rows, (list(range(pairs)), [1.0] * pairs, float(pairs))]
        index = np.concatenate([row[0] for row in kept]).astype(np.int64)
        columns = _columns(cheap, ends)
        number = np.full(pairs + ends, -1)
        number[columns] = np.arange(len(columns))
        inside = number[index] >= 0
        row_ends = np.cumsum([0] + [len(row[0]) for row in kept])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(columns), len(kept)
        lp.col_cost_, lp.col_lower_ = cost_s[columns], np.zeros(len(columns))
        lp.col_upper_ = np.where(columns < pairs, 1.0, highspy.kHighsInf)
        lp.row_lower_ = np.array([-highspy.kHighsInf] * len(rows) + [float(boxes)])
        lp.row_upper_ = np.array([limit for _, _, limit in kept])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(inside)])[row_ends]
        lp.a_matrix_.index_ = number[index[inside]].astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([row[1] for row in kept])[inside]
        if ends:
            kinds = (highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous)
            lp.integrality_ = [kinds[int(column >= pairs)] for column in columns]
        solver.passModel(lp)
        return solver


def _columns(cheap: NDArray[np.bool_], ends: int) -> NDArray[np.int64]:
    """List the columns of a model: cheap pairs, and ends."""
    return np.concatenate([np.flatnonzero(cheap), np.arange(len(cheap), len(cheap) + ends)])


def _run(solver: Any) -> tuple[float, Floats]:
    """Return the least cost of a model, and its columns; none if that cannot be."""
    import highspy

    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return 0.0, np.zeros(0)
    return float(info.objective_function_value), np.asarray(solver.getSolution().col_value)


def _places(job: Job, trains: Sequence[str]) -> Iterator[Place]:
    middles = dict(middles_m(job))
    for train in trains:
        for order, wagon in enumerate(job.rakes[train]):
            model = job.models[wagon.model]
            for number, slot in enumerate(model.places, 1):
                yield Place(train, wagon.id, order, model, number, slot, middles[wagon.id] + slot.centre_m)
