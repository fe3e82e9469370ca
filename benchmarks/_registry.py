"""All benchmarks by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from benchmarks._bottlenecks import limits
from benchmarks._defaults import defaults
from benchmarks._frames import frames
from benchmarks._invest import investment
from benchmarks._measure import Row, Size
from benchmarks._pending import pending
from benchmarks._published import against_rule, published
from benchmarks._qcsp import qcsp
from benchmarks._queue import queue
from benchmarks._reference import reference
from benchmarks._replications import replications
from benchmarks._scaling import scaling
from benchmarks._serve import serve
from benchmarks._shift import shift
from benchmarks._startup import startup
from benchmarks._study import study
from benchmarks._transfer import transfer
from benchmarks._writing import writing

BENCHMARKS: dict[str, Callable[[Size, Path], Iterator[Row]]] = {
    "frames": lambda size, _: frames(size),
    "limits": lambda size, _: limits(size),
    "reference": lambda size, _: reference(size),
    "mm1": lambda size, _: queue(size),
    "pending": pending,
    "scaling": lambda size, _: scaling(size),
    "replications": lambda size, _: replications(size),
    "serve": lambda size, _: serve(size),
    "startup": lambda size, _: startup(size),
    "study": lambda size, _: chain(study(size), defaults(size), investment(size)),
    "published": published,
    "qcsp": qcsp,
    "transfer": lambda size, _: chain(transfer(size), [against_rule()], shift(size)),
    "writing": lambda size, _: writing(size),
}
"""Each yields its rows as they are measured; pictures go into the folder."""

ASIDE = ("published", "qcsp")
"""Those that take long and write into tables that are kept: run when they are named."""
