"""Simulate a corridor and make a run of it."""

from __future__ import annotations

import os
from collections.abc import Callable

from jibek.corridor import Corridor
from jibek.results._collection import Collection
from jibek.results._memory import refuse_too_much
from jibek.results._run import Run
from jibek.simulate import Progress, compile_corridor, replicate_into


def simulate(
    corridor: Corridor,
    *,
    replications: int = 1,
    seed: int = 0,
    jobs: int | None = None,
    out: str | os.PathLike[str] | None = None,
    containers: bool = True,
    overwrite: bool = False,
    followed: int | None = None,
    progress: Progress | None = None,
    so_far: Callable[[Run], None] | None = None,
) -> Run:
    """Simulate a corridor container by container.

    Parameters
    ----------
    corridor
        What to simulate, from `jibek.read`.
    replications
        How often, each time with other random numbers; intervals need at least two.
    seed
        Seed of all random numbers, 0 to 2**32 - 1; the same seed gives the same run.
    jobs
        Replications that run at the same time; where they are fewer, the next part of one is simulated while the part before
        is summarised. Default: one a processor. The outcome does not depend on it.
    out
        Folder to write the tables to.
    containers
        Whether to keep the tables of single containers.
    overwrite
        Whether to replace a run that is in the folder.
    followed
        Replications whose tables of single things, trips and legs too, are written to the folder; None: all.
    progress
        Called with the share done and the events so far.
    so_far
        Called after each replication with the run of those that have come.

    Returns
    -------
    Run
        Its figures, tables and pictures.

    Raises
    ------
    JibekError
        If it does not fit into memory.
    Deadlock
        If vehicles wait for each other without end.

    Examples
    --------
    >>> import jibek
    >>> run = jibek.simulate(jibek.read("starter").with_clock(days=30), replications=2, seed=1)
    >>> run.replications
    2
    """
    jobs = jobs or os.cpu_count() or 1
    compiled = compile_corridor(corridor)
    refuse_too_much(compiled, at_once=min(jobs, replications))
    collection = Collection(
        corridor, compiled.names, seed, out=out, containers=containers, overwrite=overwrite, followed=followed
    )
    series = replicate_into(
        collection.summarise, compiled, replications=replications, seed=seed, jobs=jobs, progress=progress
    )
    return Run.of(collection, series, so_far)
