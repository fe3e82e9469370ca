"""The linear programme of the bound, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from jibek.study._needs import Needs, Use
from jibek.study._windows import Window

MOST = 1e6
"""No demand is scaled further; what would is not bounded by what is modelled."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """A solution: how far demand is scaled, the TEU carried, and of each capacity what there is, what is used, and its dual price.

    `lifts` is the part of what is used that falls as its pool of equipment grows.
    """

    scale: float
    teu: float
    amount: Mapping[str, float]
    used: Mapping[str, float]
    lifts: Mapping[str, float]
    price: Mapping[str, float]

    def share(self, key: str) -> float:
        """Return the share of a capacity that is used."""
        return self.used[key] / self.amount[key] if self.amount[key] > 0.0 else float(self.used[key] > 0.0)


class Programme:
    """The programme of a corridor, for any window of its clock; each solution begins at the one before.

    The last variable is the scale of demand. A little effort is counted, so that nothing is used for nothing.
    """

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.keys = list(needs.capacities)
        rows = list(needs.capacities.values())
        demand = [{one.variable: 1.0} for one in needs.carried] + [use for use, _ in needs.parts]
        self.of = np.vstack([np.eye(len(needs.carried)), np.zeros((len(needs.parts), len(needs.carried)))])
        for row, (_, shares) in enumerate(needs.parts, len(needs.carried)):
            self.of[row, list(shares)] = list(shares.values())
        self.rows = _Rows(
            [*(use | {needs.width: 0.0} for use in demand), *(use for use, _ in needs.ties), *(row.use for row in rows)]
        )
        self.lifts = _Rows([row.lifts for row in rows])
        self.scales = np.flatnonzero(self.rows.index == needs.width)
        self.basis: Any = None
        self.known: dict[tuple[float, float], tuple[Floats, Floats]] = {}

    def largest(self, window: Window, flows: Collection[str]) -> Plan | None:
        """Scale the demand of some flows as far as all is carried, with that of the others as given; None: not even that."""
        teu, _ = self._given(window)
        grows = np.array([one.flow in flows for one in self.needs.carried], bool)
        top = np.where(grows, 0.0, teu)
        worth = np.append(np.zeros(self.needs.width), float(teu[grows].sum()) or 1.0)
        return self._solve(window, np.where(grows, -teu, 0.0), top, worth, exact=True)

    def carried(self, window: Window) -> Plan:
        """Carry as much as can be of the demand as given."""
        teu, _ = self._given(window)
        worth = np.zeros(self.needs.width + 1)
        worth[[one.variable for one in self.needs.carried]] = 1.0
        plan = self._solve(window, np.zeros(len(teu)), teu, worth, exact=False)
        if plan is None:
            raise AssertionError("to carry nothing is always possible")
        return plan

    def _given(self, window: Window) -> tuple[Floats, Floats]:
        """Return the demand for each itinerary and what there is of each capacity."""
        key = window.start_h, window.end_h
        if key not in self.known:
            teu = np.array([one.teu(window) for one in self.needs.carried])
            self.known[key] = teu, np.array([row.amount(window) for row in self.needs.capacities.values()])
        return self.known[key]

    def _solve(self, window: Window, scaled: Floats, fixed: Floats, worth: Floats, *, exact: bool) -> Plan | None:
        """Solve, with demand that grows (as coefficients of the scale) or is fixed, all of it to be carried or not."""
        _, amounts = self._given(window)
        ties = np.array([limit for _, limit in self.needs.ties])
        self.rows.value[self.scales] = self.of @ scaled
        top = np.concatenate([self.of @ fixed, ties, amounts])
        low = np.full(len(top), -np.inf)
        if exact:
            low[: len(fixed)] = fixed
        solver = highspy._core._Highs()  # highspy.Highs prints a line when it is made, which no option stops
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(self._model(low, top, worth))
        if self.basis is not None:
            solver.setBasis(self.basis)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        self.basis = solver.getBasis()
        return self._plan(solver.getSolution(), amounts)

    def _plan(self, solution: Any, amounts: Floats) -> Plan:
        values = np.maximum(solution.col_value, 0.0) + 0.0  # solvers may leave a little less, or -0.0
        first = len(self.rows) - len(amounts)
        parts = (amounts, self.rows.times(values)[first:], self.lifts.times(values), np.abs(solution.row_dual[first:]))
        named = (dict(zip(self.keys, part.tolist(), strict=True)) for part in parts)
        return Plan(float(values[-1]), float(sum(values[one.variable] for one in self.needs.carried)), *named)

    def _model(self, low: Floats, top: Floats, worth: Floats) -> highspy.HighsLp:
        cost = worth.copy()
        for variable, effort in self.needs.effort.items():
            cost[variable] -= effort
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(cost), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_, lp.col_lower_ = cost, np.zeros(len(cost))
        lp.col_upper_ = np.append(np.full(len(cost) - 1, highspy.kHighsInf), MOST)
        lp.row_lower_, lp.row_upper_ = low, top
        matrix = lp.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_, matrix.index_, matrix.value_ = self.rows.start, self.rows.index, self.rows.value
        return lp


class _Rows:
    """Needs as the rows of a sparse matrix."""

    def __init__(self, uses: Sequence[Use]) -> None:
        self.start = np.concatenate([[0], np.cumsum([len(use) for use in uses])]).astype(np.int32)
        self.index = np.array([variable for use in uses for variable in use], np.int32)
        self.value = np.array([need for use in uses for need in use.values()], np.float64)

    def __len__(self) -> int:
        return len(self.start) - 1

    def times(self, values: Floats) -> Floats:
        """Return what each row needs in all."""
        row = np.repeat(np.arange(len(self)), np.diff(self.start))
        found: Floats = np.bincount(row, self.value * values[self.index], len(self)).astype(np.float64)
        return found
