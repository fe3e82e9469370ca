"""The simulation a second time, in SimPy, written from docs/simulation.md: plain, slow, and independent of the engine.

`run_in_simpy` runs a corridor; `tables` gives what came of it in the layout of the engine's results.
"""

from __future__ import annotations

from against.second.model import Model
from against.second.tables import tables
from jibek.corridor import Corridor

__all__ = ["Model", "run_in_simpy", "tables"]


def run_in_simpy(corridor: Corridor, *, seed: int = 0, replication: int = 0) -> Model:
    """Simulate one replication of a corridor to the end of its clock.

    Parameters
    ----------
    corridor
        A checked corridor; `with_clock` sets the days.
    seed, replication
        Key of the random numbers.
    """
    model = Model(corridor, seed, replication)
    model.run()
    return model
