"""A run compared with what was observed in reality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jibek.results._folder import RunError
from jibek.results._interval import Interval

if TYPE_CHECKING:
    from jibek.results._run import Run


@dataclass(frozen=True)
class Comparison:
    """An observation beside what was simulated.

    Attributes
    ----------
    id, quantity, observed, unit, period, note, source
        As in `observations.csv`.
    simulated
        Mean and interval of the same figure; without a mean if no replication has it.
    """

    id: str
    quantity: str
    observed: float
    unit: str
    period: str
    note: str
    source: str | None
    simulated: Interval

    @property
    def difference(self) -> float | None:
        """Simulated mean above the observed value, as a share of the latter; None if there is none."""
        if self.simulated.mean is None or self.observed == 0:
            return None
        return self.simulated.mean / self.observed - 1

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        one = self.simulated
        return {
            "id": self.id,
            "quantity": self.quantity,
            "observed": self.observed,
            "unit": self.unit,
            "period": self.period,
            "simulated": {"mean": one.mean, "low": one.low, "high": one.high},
            "difference": self.difference,
            "note": self.note,
            "source": self.source,
        }


def validate(run: Run) -> list[Comparison]:
    """Compare a run with the observations that were made with the same measures in force.

    Parameters
    ----------
    run
        Of a corridor with observations.

    Returns
    -------
    list of Comparison
        In the order of `observations.csv`.

    Raises
    ------
    RunError
        If an observation names a figure that there is not; all such are listed.
    """
    found, problems = [], []
    for row in run.corridor.observations.values():
        if set(row.measures) != set(run.measures):
            continue
        try:
            simulated = run.statistics[row.quantity]
        except KeyError as error:
            problems.append(f"observations.{row.id}.quantity: {error.args[0]}")
            continue
        found.append(Comparison(row.id, row.quantity, row.value, row.unit, row.period, row.note, row.source, simulated))
    if problems:
        raise RunError("\n".join(problems))
    return found
