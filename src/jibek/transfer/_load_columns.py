"""A load plan by itself, wagon by wagon: columns are whole loadings of a wagon that keep all its rules, priced as they are needed.

Each box stands once, each wagon has one loading. The linear programme over all loadings knows which boxes may share a wagon, as the
matching of boxes and slots does not. For any worth pi of the boxes, their sum and the least of cost less worth of each wagon, at most
nothing, is a bound (Lagrange); each step prices at a worth between the best so far and that of the columns there are (Wentges 1997).
Boxes of dangerous goods that must stand apart and the mass of a train are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jibek.transfer import tables as t
from jibek.transfer._cheapest import Wagon, cheapest, wagon_of
from jibek.transfer._loading import overlap
from jibek.transfer._matching import Floats, Matching

Ints = NDArray[np.int64]
Column = tuple[tuple[int, int], ...]
"""A loading of a wagon: boxes and their places, by number."""

_MISSING_S = 1_000.0
"""What a box costs that no column takes."""

_OLD = 0.6
"""Share of the best worth of boxes in that with which loadings are priced."""


_NODES, _MOST_S = 200, 20.0
"""When loadings are chosen: nodes of the tree of HiGHS, and for safety seconds, with which plans depend on the machine."""


@dataclass(frozen=True)
class _Wagons:
    """Wagons of one model: by wagon its places, and for all its patterns (slots that do not overlap, from low to high), and the model."""

    places: Sequence[Sequence[int]]
    patterns: Ints
    model: Wagon


class Loadings:
    """The linear programme of loadings.

    Parameters
    ----------
    matching
        Boxes and places.
    cost_s
        Cost of each of its pairs.
    """

    def __init__(self, matching: Matching, cost_s: Floats) -> None:
        self.matching, self._cost_s = matching, cost_s
        self.cost = matching.table(cost_s).T.copy()
        self.mass = np.array([box.mass_t for box in matching.boxes])
        self.wagons = list(_wagons(matching))
        self.columns: list[Column] = []
        self._known: set[Column] = set()
        self._row = {place.wagon: len(matching.boxes) + n for n, place in enumerate(_first_places(matching))}
        self._solver = self._empty()
        self.bound_s, self.worth = 0.0, np.zeros(len(matching.boxes))

    def _empty(self) -> Any:
        """Make a programme in which each box is missing."""
        import highspy

        boxes, rows = len(self.matching.boxes), len(self.matching.boxes) + len(self._row)
        solver = highspy._core._Highs()  # highspy.Highs prints a line when it is made, which no option stops
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = boxes, rows
        lp.col_cost_, lp.col_lower_ = np.full(boxes, _MISSING_S), np.zeros(boxes)
        lp.col_upper_ = np.full(boxes, highspy.kHighsInf)
        lp.row_lower_ = np.concatenate([np.ones(boxes), np.full(rows - boxes, -highspy.kHighsInf)])
        lp.row_upper_ = np.ones(rows)
        lp.a_matrix_.start_ = np.arange(boxes + 1)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = np.arange(boxes, dtype=np.int32), np.ones(boxes)
        solver.passModel(lp)
        return solver

    def add(self, column: Column) -> bool:
        """Add a loading; return whether it is new."""
        if not column or column in self._known:
            return False
        self._known.add(column)
        self.columns.append(column)
        cost = sum(self.cost[p, b] for b, p in column)
        rows = [*(b for b, _ in column), self._row[self.matching.places[column[0][1]].wagon]]
        self._solver.addCol(float(cost), 0.0, np.inf, len(rows), np.array(rows, dtype=np.int32), np.ones(len(rows)))
        return True

    def steps(self) -> Iterator[float]:
        """Price loadings until none is missing; yield what the columns there are cost, while `bound_s` comes near to it."""
        self._price(self.matching.worth(self._cost_s))
        while True:
            self._solver.run()
            least = float(self._solver.getInfo().objective_function_value)
            yield least
            if least <= self.bound_s + 1e-6 * least:
                return
            here = np.asarray(self._solver.getSolution().row_dual)[: len(self.mass)]
            if not self._price(_OLD * self.worth + (1 - _OLD) * here) and not self._price(here):
                return

    def best(self) -> list[int]:
        """Choose loadings among those that there are; return the place of each box, empty if none is found for all of them."""
        import highspy

        solver, boxes = self._solver, len(self.mass)
        solver.setOptionValue("mip_max_nodes", _NODES)
        solver.setOptionValue("time_limit", _MOST_S)
        solver.changeColsBounds(boxes, np.arange(boxes, dtype=np.int32), np.zeros(boxes), np.zeros(boxes))
        columns = np.arange(boxes, boxes + len(self.columns), dtype=np.int32)
        solver.changeColsIntegrality(len(columns), columns, np.full(len(columns), highspy.HighsVarType.kInteger))
        solver.run()
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return []
        chosen = np.asarray(solver.getSolution().col_value)[boxes:]
        standing = (pair for column, share in zip(self.columns, chosen, strict=True) if share > 0.5 for pair in column)
        return [p for _, p in sorted(standing)]

    def _price(self, worth: Floats) -> bool:
        """Add the cheapest loading of each pattern of each wagon, at a worth of boxes; return whether one is new."""
        total, new = float(worth.sum()), False
        for wagons in self.wagons:
            for places in wagons.places:
                less = self.cost[places] - worth
                order = np.argsort(less, axis=1, kind="stable")
                values, chosen = cheapest(less, order, wagons.patterns, self.mass, wagons.model)
                total += min(0.0, float(values.min()))
                for pattern, boxes in zip(wagons.patterns[values < -1e-7], chosen[values < -1e-7], strict=True):
                    column = tuple((int(b), places[s]) for b, s in zip(boxes, pattern, strict=True) if s >= 0)
                    new = self.add(column) or new
        if total > self.bound_s:
            self.bound_s, self.worth = total, worth
        return new


def load_by_wagons(matching: Matching, cost_s: Floats) -> list[int]:
    """Find places of boxes that keep all rules, at little cost; empty if none are found, or dangerous goods would stand too near.

    Parameters
    ----------
    matching
        Boxes and places.
    cost_s
        Cost of each of its pairs.
    """
    loadings = Loadings(matching, cost_s)
    for _ in loadings.steps():
        pass
    places = loadings.best()
    return places if matching.keeps(places) else []


def _first_places(matching: Matching) -> list[Any]:
    return list({place.wagon: place for place in matching.places}.values())


def _wagons(matching: Matching) -> Iterator[_Wagons]:
    """Yield the wagons, model by model."""
    of_wagon: dict[str, list[int]] = {}
    for p, place in enumerate(matching.places):
        of_wagon.setdefault(place.wagon, []).append(p)
    models = {place.model.id: place.model for place in matching.places}
    for model in models.values():
        slots = model.places
        patterns = list(_patterns(slots))
        most = max(map(len, patterns))
        yield _Wagons(
            [places for places in of_wagon.values() if matching.places[places[0]].model.id == model.id],
            np.array([[*pattern, *[-1] * (most - len(pattern))] for pattern in patterns], dtype=np.int64),
            wagon_of(model, matching.rules[model.id]),
        )  # fmt: skip


def _patterns(slots: Sequence[t.Slot]) -> Iterator[list[int]]:
    """Yield each choice of slots that do not overlap, from low to high."""
    order = sorted(range(len(slots)), key=lambda n: slots[n].centre_m)
    found: list[list[int]] = [[]]
    for n in order:
        found += [[*some, n] for some in found if not any(overlap(slots[m], slots[n]) for m in some)]
    yield from found[1:]
