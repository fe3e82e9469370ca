"""The second model of the corridor, written in SimPy from the contract; it stands with the tests, which compare the two."""

from __future__ import annotations

import jibek
from benchmarks._measure import of_tests


def simulate(corridor: jibek.Corridor) -> None:
    """Run the second model to the end of the clock; it writes down the same times, and makes no statistics of them.

    Raises
    ------
    ModuleNotFoundError
        If SimPy, or the model, is not there.
    """
    of_tests("against.second.model").Model(corridor, 0, 0).run()
