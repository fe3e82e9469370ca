"""Timing: contenders in turn, medians, one core, other processes; a measured row of the table."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Row:
    """A promise and what was measured; `reached` is None where nothing is promised or nothing was measured."""

    what: str
    measured: str
    target: str = ""
    reached: bool | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Size:
    """How much is measured; the defaults are what the table is about."""

    repeats: int = 5
    days: int = 365
    warmup_days: int = 60
    customers: int = 1_000_000
    pending: tuple[int, ...] = (10, 1_000, 100_000)
    traffic: tuple[int, ...] = (1, 2, 4, 8)
    years: tuple[int, ...] = (1, 5, 20)
    replications: int = 4
    compile_anew: bool = True
    seeds: int = 3
    search_s: float = 10.0
    pair_s: float = 30.0
    merge_s: float = 600.0
    day_s: float = 300.0
    changes: int = 25
    paired: int = 10
    most: int = 100
    sample: int = 1
    clients: int = 50
    load_s: float = 60.0
    boxes: int = 820
    played_s: float = 6.0


TINY = Size(
    repeats=1, days=3, warmup_days=2, customers=4000, pending=(10, 100), traffic=(1, 2), years=(1, 2),
    replications=2, compile_anew=False, seeds=1, search_s=0.5, pair_s=1.0, merge_s=2.0, day_s=1.0,
    changes=2, paired=2, most=4, sample=60, clients=4, load_s=1.0, boxes=40, played_s=1.0,
)  # fmt: skip


@dataclass(frozen=True)
class Times:
    """Seconds of the repeats of one contender: by the clock, and of the processors."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Median by the clock."""
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        """Median of the processors' time; on one core of a machine that does nothing else, the same."""
        return statistics.median(self.cpu)


def clocked(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds that something takes, by the clock and of the processors."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def interleaved(contenders: Mapping[str, Callable[[], tuple[float, float]]], repeats: int) -> dict[str, Times]:
    """Let contenders time themselves in turn, so that what disturbs the machine disturbs all of them."""
    times = {name: Times() for name in contenders}
    for _ in range(repeats):
        for name, contender in contenders.items():
            wall, cpu = contender()
            times[name].wall.append(wall)
            times[name].cpu.append(cpu)
    return times


def ratio(one: Times, other: Times) -> float:
    """Return the median of the ratios of two contenders' times, repeat by repeat."""
    return statistics.median(a / b for a, b in zip(one.wall, other.wall, strict=True))


def of_tests(module: str) -> Any:
    """Return a module that stands with the tests."""
    tests = str(ROOT / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    return import_module(module)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread, and threads it starts, on one core where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def on_one_core(contender: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Let a contender time itself on one core."""
    with one_core():
        return contender()


class ProcessError(Exception):
    """Another process did not come to a good end."""


@dataclass(frozen=True)
class Ended:
    """What another process took and said."""

    seconds: float
    cpu_s: float
    said: str
    complained: str


def process(command: Sequence[str], **environment: str) -> Ended:
    """Run another process to its end; `ProcessError` if it fails."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=os.environ | environment, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise ProcessError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ended(seconds, cpu_s, done.stdout, done.stderr)


def in_process(module: str, **case: Any) -> Any:
    """Run a module of the benchmarks on a case in a process of its own, and return the figures it prints."""
    return json.loads(process([sys.executable, "-m", f"benchmarks.{module}", json.dumps(case)]).said)


def peak_mb() -> float:
    """Return the most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
