"""What the check of a plan says: what is wrong with it, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jibek.tables import SHOWN, JibekError

TOLERANCE = 1e-6
"""Seconds, metres and tonnes by which a limit may be passed: the rounding of numbers."""


@dataclass(frozen=True)
class Violation:
    """One way in which a plan cannot be done, or must not.

    Parameters
    ----------
    message
        What is wrong.
    time_s
        When; None if it is not a matter of time.
    crane, box
        Which; empty if none is concerned.
    """

    message: str
    time_s: float | None = None
    crane: str = ""
    box: str = ""

    def __str__(self) -> str:
        when = "" if self.time_s is None else f"{self.time_s:.1f} s"
        head = ", ".join(filter(None, (when, self.crane, self.box)))
        return f"{head}: {self.message}" if head else self.message


@dataclass(frozen=True)
class Value:
    """What a plan is worth: all figures are the better the smaller, the first ones count first.

    Parameters
    ----------
    left_over
        Boxes that no outbound train takes.
    tardiness_s
        Time by which trains leave after they are due, times the weight of the departure.
    turnaround_s
        Time from the first arrival of a group of trains to the end of the last one's stay, summed over groups.
    double_handlings
        Moves beyond one for each box.
    empty_travel_s
        Time cranes go without a box.
    makespan_s
        When the last move is done; it does not count.
    """

    left_over: int
    tardiness_s: float
    turnaround_s: float
    double_handlings: int
    empty_travel_s: float
    makespan_s: float

    @property
    def order(self) -> tuple[float, ...]:
        """What plans are compared by."""
        return (self.left_over, self.tardiness_s, self.turnaround_s, self.double_handlings, self.empty_travel_s)

    def document(self) -> dict[str, Any]:
        """Return the value for a JSON document; `value_s` is the turnaround."""
        return {
            "value_s": self.turnaround_s,
            "left_over": self.left_over,
            "tardiness_s": self.tardiness_s,
            "double_handlings": self.double_handlings,
            "empty_travel_s": self.empty_travel_s,
            "makespan_s": self.makespan_s,
        }


@dataclass(frozen=True)
class Verdict:
    """The result of checking a plan.

    Parameters
    ----------
    value
        What the plan is worth, if it is valid.
    violations
        What is wrong with it; empty: it is valid.
    """

    value: Value
    violations: tuple[Violation, ...]


class PlanError(JibekError):
    """A plan cannot be done, or must not; `violations` lists every reason."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__(self.violations)

    def __str__(self) -> str:
        lines = [str(violation) for violation in self.violations[:SHOWN]]
        if len(self.violations) > SHOWN:
            lines.append(f"... and {len(self.violations) - SHOWN:,} more violations")
        return "\n".join(lines)
