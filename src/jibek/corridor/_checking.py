"""Checking a corridor: references first, then what the rows mean together."""

from __future__ import annotations

from jibek.corridor import _check_demand, _check_network, _check_records, _check_rows
from jibek.corridor._corridor import Corridor
from jibek.corridor._view import Rules, View
from jibek.tables import Known, Problem, bounded_hints, unresolved

_RULES: Rules = _check_rows.RULES | _check_network.RULES | _check_demand.RULES | _check_records.RULES


def check(corridor: Corridor) -> list[Problem]:
    """List all that is wrong with a corridor; empty if nothing is.

    Parameters
    ----------
    corridor
        In memory; `read` and `with_changes` have checked it already.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.check(jibek.corridor.read("starter"))
    []
    """
    return check_known(corridor, Known())


@bounded_hints()
def check_known(corridor: Corridor, known: Known) -> list[Problem]:
    """List all that is wrong, as far as it does not depend on rows that could not be read."""
    problems = list(unresolved(corridor, known))
    view = View(corridor)
    for rule, whole in _RULES.items():
        if known.partial.isdisjoint(whole):
            problems += rule(view)
    return problems
