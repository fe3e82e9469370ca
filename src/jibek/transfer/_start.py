"""Who carries what to begin with: sweeps, in which cranes that do not pass each other hardly wait."""

from __future__ import annotations

from itertools import islice

import numpy as np

from jibek.transfer._course import Floats, Ints, Tasks
from jibek.transfer._sweep import line, sweeps

_ROUNDS = 2
"""Rounds of annealing of each sweep: one up the yard, one down."""


def start(tasks: Tasks, places: Ints, at: Floats, cohort: Ints, seed: int) -> tuple[Ints, Floats]:
    """Let cranes sweep over each cohort of boxes: as if they were carried straight across, whichever crane lifts them.

    Parameters
    ----------
    tasks
        There is a crane that lifts each box.
    places
        Place of each box: it says how far it goes across.
    at
        Where trains begin (m).
    cohort
        By box: which are swept together.
    seed
        Of the sweeps.

    Returns
    -------
    cranes, begins
        By box: its crane, and when its turn comes in its cohort (s).
    """
    x = at[tasks.inbound] + tasks.along
    trolley, handling = tasks.cranes[:, 4].max(), tasks.cranes[:, 5:7].sum(axis=1).min()
    across = np.abs(tasks.y[tasks.outbound[places]] - tasks.y[tasks.inbound]) / trolley
    cranes, begins = np.zeros(len(x), dtype=np.int64), np.zeros(len(x))
    for g in np.unique(cohort):
        boxes = np.flatnonzero(cohort == g)
        boxes = boxes[np.argsort(x[boxes], kind="stable")]
        along = line(
            x[boxes].tolist(), (handling + across[boxes]).tolist(), [], tasks.cranes[:, 0].tolist(), [0.0] * len(tasks.cranes),
            tasks.gaps[:-1].tolist(), float(tasks.cranes[:, 2].max()),
        )._replace(turn=float(across[boxes].min()))  # fmt: skip
        *_, best = islice(sweeps(along, seed=seed), _ROUNDS)
        cranes[boxes], begins[boxes] = best.crane, best.start
    for b, lifts in enumerate(tasks.lifts):
        cranes[b] = min(np.flatnonzero(lifts), key=lambda k: abs(k - cranes[b]))
    return cranes, begins
