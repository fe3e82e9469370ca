"""What a worker does: some replications of a point, reduced to answers."""

from __future__ import annotations

import pickle
import threading
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from jibek import __version__
from jibek.corridor import Corridor, JibekError
from jibek.results._network import Network
from jibek.results._summary import Summariser
from jibek.simulate import Compiled, Stop, compile_corridor, replication_in_parts
from jibek.study._answers import answers_of
from jibek.study._point import Point

Floats = NDArray[np.float64]

Order = tuple[bytes, tuple[str, ...], tuple[str, ...], int, range, str]
"""Packed corridor, measures, changes, seed, numbers, version."""

Part = tuple[bytes, Floats]
"""Names of the answers, packed, and their values, one row a replication."""

_mine = threading.local()


def begin(stop: Stop) -> None:
    """Prepare the thread, or the process, of a worker: its tasks are given up when `stop` is set."""
    _mine.stop = stop


def order(point: Point, package: bytes, numbers: range) -> Order:
    """Write down a task: some replications of a point whose corridor has been packed."""
    return package, point.measures, point.changes, point.seed, numbers, __version__


def carry_out(what: Order) -> Part:
    """Simulate, and reduce each replication to its answers.

    Raises
    ------
    ChangeError, Deadlock
        If the point cannot be simulated.
    KeyboardInterrupt
        If the worker shall stop.
    """
    package, measures, changes, seed, numbers, version = what
    if version != __version__:
        raise JibekError(
            f"a worker has Jibek {__version__}, and {version} is needed; install the same version everywhere"
        )
    compiled, network, summarise = _prepared(package, measures, changes)
    stop = getattr(_mine, "stop", None) or threading.Event()
    rows, names = [], b""
    for number in numbers:
        _, summary = summarise.of(replication_in_parts(compiled, seed=seed, number=number, stop=stop))
        found = dict(answers_of(network, summary))
        names = names or packed(tuple(found))
        rows.append(np.fromiter(found.values(), np.float64, len(found)))
    return names, np.array(rows)


def packed(what: Corridor | tuple[str, ...]) -> bytes:
    """Return something small enough to be sent with every task."""
    return zlib.compress(pickle.dumps(what), 1)


@lru_cache(maxsize=8)
def names_in(pack: bytes) -> tuple[str, ...]:
    """Return the names in a pack."""
    names: tuple[str, ...] = pickle.loads(zlib.decompress(pack))  # noqa: S301 - made by a worker of this study
    return names


@lru_cache(maxsize=2)
def unpacked(package: bytes) -> Corridor:
    """Return the corridor in a pack."""
    corridor: Corridor = pickle.loads(zlib.decompress(package))  # noqa: S301 - made by the study
    return corridor


@lru_cache(maxsize=4)
def _prepared(
    package: bytes, measures: tuple[str, ...], changes: tuple[str, ...]
) -> tuple[Compiled, Network, Summariser]:
    """Compile a point; the replications that follow find it ready."""
    corridor = Point(unpacked(package), measures, changes).changed
    compiled = compile_corridor(corridor)
    network = Network(corridor, compiled.names)
    return compiled, network, Summariser(network)
