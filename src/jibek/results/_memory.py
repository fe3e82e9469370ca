"""Whether what a corridor brings can be held in memory, told before it is simulated."""

from __future__ import annotations

import os
import sys

import numpy as np

from jibek.corridor import JibekError
from jibek.simulate import Compiled, expected_containers

_CONTAINER, _RIDE, _VEHICLE = 150, 180, 400
"""Bytes that a container, a ride and a vehicle take: in the world, copied out of it, and summarised."""

_DAYS_HELD = 90.0
"""Days for which a replication is taken to hold a container, until it has left and its part is over."""


def memory_bytes() -> int:
    """Return the memory that this process may use: that of the machine, or less where a limit is set."""
    if sys.platform == "win32":
        return 2**63
    import resource

    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return min([machine, *(limit for limit in limits if limit != resource.RLIM_INFINITY)])


def refuse_too_much(compiled: Compiled, *, at_once: int) -> None:
    """Refuse a corridor whose replications would not fit into memory.

    Parameters
    ----------
    compiled
        The corridor.
    at_once
        Replications that are in memory at the same time.

    Raises
    ------
    JibekError
        With the largest flow, the numbers, and what to do.
    """
    days = (compiled.end_h - compiled.begin_h) / 24.0
    containers = expected_containers(compiled) * min(1.0, _DAYS_HELD / days)
    rides = [n * _services(compiled, flow) for flow, n in enumerate(containers)]
    names = compiled.names
    things = 2 * len(names.zones) + 2 * len(names.terminals) + len(names.equipment) + len(names.checks)
    vehicles = float(compiled.network.fleet["count"].clip(0).sum())
    one = _CONTAINER * sum(containers) + _RIDE * sum(rides) + _VEHICLE * vehicles + 16 * days * things
    if one * at_once <= memory_bytes():
        return
    largest = int(np.argmax(rides))
    raise JibekError(
        f"{sum(containers):,.0f} containers ({containers[largest]:,.0f} of flow {names.flows[largest]!r}), {vehicles:,.0f} vehicles "
        f"and {days:,.0f} days need about {one * at_once / 1e9:,.0f} GB, and there are {memory_bytes() / 1e9:,.0f} GB; "
        "simulate fewer days, less traffic or fewer replications at a time (jobs)"
    )


def _services(compiled: Compiled, flow: int) -> int:
    """Return the most services that an itinerary of a flow has."""
    lengths = np.diff(compiled.itinerary_first)
    return int(max((lengths[row] for row in compiled.blocks[flow].itineraries if row >= 0), default=1))
