"""What a study reads of a point: named figures with units, one row a replication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from jibek.results._interval import Interval
from jibek.results._network import Network
from jibek.results._quantities import Quantities
from jibek.results._summary import Summary
from jibek.study._point import Point

Floats = NDArray[np.float64]

GROUPS = frozenset(("total", "flows", "terminals", "zones", "equipment", "checks", "links", "fleets", "events"))
"""Groups of a run's figures that are answers."""

UNITS = {
    "transit_days": "days",
    "stages_days": "days",
    "budget_days": "days",
    "round_trip_days": "days",
    "teu": "TEU",
    "containers": "containers",
    "cost_per_teu": "currency/TEU",
    "co2e_kg_per_teu": "kg/TEU",
    "kmh": "km/h",
    "lifts": "lifts",
    "utilisation": "share",
    "calls": "vehicles",
    "departures": "vehicles",
    "queue": "vehicles",
    "in_use": "vehicles",
    "h": "hours",
    "busy": "posts",
    "count": "units",
    "events": "events",
}
"""Units by the last words of a figure's name, the longest first."""


@dataclass(frozen=True, eq=False, repr=False)
class Answers(Quantities):
    """The figures of a point, each a mean with its 95 % interval over the replications.

    They are those of `Run.statistics` of `GROUPS`, by the same names, and `budget_days.<location>.<stage>`: mean days that a
    delivered container, of whatever flow, spends in a stage at a terminal, place or link; all of them add up to `total.transit_days.mean`.

    Parameters
    ----------
    point
        What was simulated.
    names
        Names of the figures.
    matrix
        One row a replication of the point, one column a figure; NaN: there is none.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import Point, at_home, evaluate
    >>> corridor = jibek.read("starter").with_clock(days=30)
    >>> points = [Point(corridor), Point(corridor, changes=("flows.*.teu_per_year*=1.2",))]
    >>> with at_home() as workers:
    ...     base, more = evaluate(points, workers)
    >>> base.unit("total.delivered_teu")
    'TEU'
    >>> more.difference(base, "total.delivered_teu").low > 0
    True
    """

    point: Point
    names: tuple[str, ...]
    matrix: Floats

    @cached_property
    def _held(self) -> tuple[dict[str, int], Floats]:
        return {name: column for column, name in enumerate(self.names)}, self.matrix

    def difference(self, other: Answers, quantity: str) -> Interval:
        """Return by how much a figure is above that of another point, taken replication by replication.

        Parameters
        ----------
        other
            Answers of a point with the same seed and replications.
        quantity
            Dotted name, or several joined by ` + `.

        Raises
        ------
        ValueError
            If the points do not share their random numbers.
        KeyError
            If there is no such figure.
        """
        if (self.point.seed, self.point.numbers) != (other.point.seed, other.point.numbers):
            raise ValueError("points are compared that have the same seed and replications")
        return Interval.of(self.values_of(quantity) - other.values_of(quantity))

    def with_more(self, more: Answers) -> Answers:
        """Return these answers with those of the replications that follow.

        Raises
        ------
        ValueError
            If those are not of the same point, or not the replications that follow.
        """
        mine, theirs = self.point.numbers, more.point.numbers
        if self.point.only(theirs) != more.point or theirs.start != mine.stop:
            raise ValueError("answers are joined that are of the same point, the later replications after the earlier")
        point = self.point.only(range(mine.start, theirs.stop))
        return Answers(point, self.names, np.concatenate((self.matrix, more.matrix)))

    def __repr__(self) -> str:
        return f"<Answers of {self.point}: {len(self.names)} figures, {self.replications} replications>"

    def unit(self, quantity: str) -> str:
        """Return the unit of a figure."""
        return unit(quantity)


def unit(quantity: str) -> str:
    """Return the unit of a figure by its name.

    Examples
    --------
    >>> unit("flows.west.transit_days.p90"), unit("total.delivered_teu"), unit("zones.berth.queue.max_day")
    ('days', 'TEU', 'vehicles')
    """
    group, _, rest = quantity.partition(".")
    figure = (rest if group == "total" else rest.partition(".")[2]) or group
    if group == "budget_days":
        figure = group
    words = figure.partition(".")[0].removesuffix("_forward").removesuffix("_back").split("_")
    endings = ("_".join(words[first:]) for first in range(len(words)))
    return next(UNITS[ending] for ending in endings if ending in UNITS)


def answers_of(network: Network, summary: Summary) -> Iterator[tuple[str, float]]:
    """Yield the answers of a replication."""
    yield from ((name, value) for name, value in summary.quantities.items() if name.partition(".")[0] in GROUPS)
    delivered = [summary.quantities[f"flows.{flow}.delivered_containers"] for flow in network.names.flows]
    whole = sum(delivered)
    spent: dict[tuple[str, str], float] = {}
    for (flow, location, stage), days in zip(network.cells, summary.budget, strict=True):
        spent[location, stage] = spent.get((location, stage), 0.0) + float(days) * delivered[flow]
    yield from (
        (f"budget_days.{place}.{stage}", days / whole if whole else np.nan) for (place, stage), days in spent.items()
    )
