"""Other simulators, each in its fastest form: a queue M/M/1, its mean wait.

A peer takes a number of customers, the load (services take 1 in the mean) and a seed, and returns the mean wait in services;
nagasim, which reports what is asked for, its mean time in the system less the service. Those that are not installed are
left out and named.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NAMES = ("cimba", "simpy", "salabim", "ciw", "nagasim")

COMPILED = {"cimba"}
"""Peers whose models are compiled."""


def versions() -> dict[str, str]:
    """Return the versions of the peers that are installed."""
    found = {}
    for name in NAMES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name in NAMES if name not in versions()]
