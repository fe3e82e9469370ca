"""Carrying and ways to the next box together, when it is known where trains stand: a linear programme.

Each of n boxes is carried to a place, and to all but K of them a crane comes from the place of another box: each place that is used
is left at most once, each box come to at most once. That is a relaxation of every plan: a box by the yard is carried as far in all
at least; and of the ways to and from a yard slot, the one to where it is picked and the one from where it was put are together as
long as a way past it, so n - K ways remain.

A way takes what it takes across, or along where that is more: beyond a distance R. Ways up to R are columns of their own; longer
ones join a chain of boxes at the first one beyond R, and leave it where they end, which costs the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from jibek.transfer._groups import middles_m
from jibek.transfer._matching import Floats, Matching, Row
from jibek.transfer._travel import Yard


def least_with_links(matching: Matching, yard: Yard, number: int) -> float:
    """Return the least time of carrying so many boxes and of ways between them, of trains that stand where they must."""
    job = matching.job
    at = {train: low for train, (low, _) in zip(yard.trains, yard.spans, strict=True)}
    middles, index = dict(middles_m(job)), {train: n for n, train in enumerate(yard.trains)}
    wagons = [job.wagons[box.wagon] for box in matching.boxes]
    slots = [job.models[w.model].places[box.slot - 1] for w, box in zip(wagons, matching.boxes, strict=True)]
    boxes = np.array([at[w.train] + middles[w.id] + slot.centre_m for w, slot in zip(wagons, slots, strict=True)])
    places = np.array([at[place.train] + place.x_m for place in matching.places])
    across = yard.across_s[np.ix_([index[place.train] for place in matching.places], [index[w.train] for w in wagons])]
    speed = max(crane.gantry_empty_m_per_s for crane in job.cranes.values())
    model = _Model(matching, yard.cost_s(yard.spans))
    model.link(places, boxes, across, speed)
    return model.least(number, max(0, number - len(job.cranes)))


class _Model:
    """The programme as it is put together: columns with their costs; rows with what they may be at most, or must be."""

    def __init__(self, matching: Matching, cost_s: Floats) -> None:
        self.costs: list[float] = [float(cost) for cost in cost_s]
        self.rows: list[Row] = list(matching.proven)
        self.equal: list[Row] = []
        self.loads, self.links = list(range(len(self.costs))), list[int]()
        self.of_place: dict[int, list[int]] = defaultdict(list)
        for n, (_, p) in enumerate(matching.pairs):
            self.of_place[p].append(n)

    def _column(self, cost: float) -> int:
        self.costs.append(cost)
        return len(self.costs) - 1

    def link(self, places: Floats, boxes: Floats, across: Floats, speed: float) -> None:
        """Add ways from places to boxes."""
        away: dict[int, list[int]] = defaultdict(list)
        come: dict[int, list[int]] = defaultdict(list)
        reach = float(across.min()) * speed
        for p, b in zip(*np.nonzero(np.abs(places[:, None] - boxes[None, :]) < reach), strict=True):
            column = self._column(float(across[p, b]))
            away[p].append(column)
            come[b].append(column)
        for side in (1.0, -1.0):
            self._chain(side * places, side * boxes, reach, speed, away, come)
        self.links = [column for columns in away.values() for column in columns]
        for p, columns in away.items():
            loads = self.of_place[p]
            self.rows.append(([*columns, *loads], [1.0] * len(columns) + [-1.0] * len(loads), 0.0))
        self.rows += [(columns, [1.0] * len(columns), 1.0) for columns in come.values()]

    def _chain(
        self,
        places: Floats,
        boxes: Floats,
        reach: float,
        speed: float,
        away: dict[int, list[int]],
        come: dict[int, list[int]],
    ) -> None:
        """Add ways of more than a reach upwards: from a place to the first box beyond it, from box to box, and off at any."""
        order = np.argsort(boxes, kind="stable")
        rising = boxes[order]
        into: list[list[int]] = [[] for _ in order]
        for p, n in enumerate(np.searchsorted(rising, places + reach)):
            if n < len(order):
                column = self._column(float(rising[n] - places[p]) / speed)
                away[p].append(column)
                into[n].append(column)
        for n, b in enumerate(order):
            out = [self._column(0.0)]
            come[int(b)].append(out[0])
            if n + 1 < len(order):
                out.append(self._column(float(rising[n + 1] - rising[n]) / speed))
                into[n + 1].append(out[1])
            self.equal.append(([*into[n], *out], [1.0] * len(into[n]) + [-1.0] * len(out), 0.0))

    def least(self, loads: int, links: int) -> float:
        """Return the least cost with so many boxes carried and so many ways; 0 if that cannot be."""
        import highspy

        least: list[tuple[Sequence[int], int]] = [(self.loads, loads), (self.links, links)]
        rows = [*self.rows, *self.equal, *((columns, [1.0] * len(columns), 0.0) for columns, _ in least)]
        solver = highspy._core._Highs()  # highspy.Highs prints a line when it is made, which no option stops
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(rows)
        lp.col_cost_, lp.col_lower_ = np.array(self.costs), np.zeros(len(self.costs))
        lp.col_upper_ = np.full(len(self.costs), highspy.kHighsInf)
        lower = [-highspy.kHighsInf] * len(self.rows) + [0.0] * len(self.equal) + [float(number) for _, number in least]
        upper = [limit for _, _, limit in rows[: -len(least)]] + [highspy.kHighsInf] * len(least)
        lp.row_lower_, lp.row_upper_ = np.array(lower), np.array(upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(columns) for columns, _, _ in rows)])
        lp.a_matrix_.index_ = np.concatenate([columns for columns, _, _ in rows]).astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([factors for _, factors, _ in rows])
        solver.passModel(lp)
        solver.run()
        info = solver.getInfo()
        if info.dual_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return 0.0
        return float(info.objective_function_value)
