"""What a sweep costs beside its simulations, at home and on a Dask cluster of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import jibek
from benchmarks._measure import Row, Size, clocked, interleaved, ratio
from jibek.results._network import Network
from jibek.results._summary import Summariser
from jibek.simulate import compile_corridor, replication_in_parts
from jibek.study import Point, StudyFile, at_home, evaluate, on_cluster, points_of, sweep

REPLICATIONS, TASKS = 4, 300


def study(size: Size) -> Iterator[Row]:
    """Time a sweep against the same simulations one after another, and small tasks on a cluster against the same at home."""
    yield _at_home(size)
    yield _on_cluster(TASKS if size.repeats > 1 else 10, size.repeats)


def _at_home(size: Size) -> Row:
    axis = {"name": "volume", "change": "flows.*.teu_per_year*={}", "values": [0.9, 1.0]}
    file = StudyFile.model_validate({"package": "trans-caspian", "axes": [axis], "replications": REPLICATIONS})
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    points = [placed.point for placed in points_of(file, corridor)]

    def simulate() -> None:
        for point in points:
            changed = point.changed
            compiled = compile_corridor(changed)
            summarise = Summariser(Network(changed, compiled.names))
            for number in point.numbers:
                summarise.of(replication_in_parts(compiled, seed=point.seed, number=number, stop=threading.Event()))

    def swept() -> None:
        with tempfile.TemporaryDirectory() as folder, at_home(1) as workers:
            sweep(file, corridor, folder, workers)

    simulate()
    times = interleaved({"sweep": partial(clocked, swept), "simulate": partial(clocked, simulate)}, size.repeats)
    over = 100 * (ratio(times["sweep"], times["simulate"]) - 1)
    cpu = 100 * (times["sweep"].median_cpu / times["simulate"].median_cpu - 1)
    what = f"sweep of {len(points)} points x {REPLICATIONS} years, one worker: more than the simulations by themselves"
    figures = {name: {"wall": one.wall, "cpu": one.cpu} for name, one in times.items()}
    return Row(what, f"{over:+.1f} % by the clock, {cpu:+.1f} % of the core", "<= 5 %", over <= 5, figures)


def _on_cluster(tasks: int, repeats: int) -> Row:
    corridor = jibek.read("starter").with_clock(days=1, warmup_days=0)
    points = [Point(corridor, numbers=range(number, number + 1)) for number in range(tasks)]
    with _cluster() as address, on_cluster(address) as away, at_home(1) as home:
        ways = {"cluster": partial(evaluate, points, away), "home": partial(evaluate, points, home)}
        for way in ways.values():
            way()
        times = interleaved({name: partial(clocked, way) for name, way in ways.items()}, repeats)
    pairs = zip(times["cluster"].wall, times["home"].wall, strict=True)
    extra_ms = sorted(1000 * (one - other) / tasks for one, other in pairs)[repeats // 2]
    figures = {name: one.wall for name, one in times.items()} | {"tasks": tasks}
    return Row(
        f"{tasks} small tasks on Dask, one worker", f"{extra_ms:.1f} ms a task", "<= 15 ms", extra_ms <= 15, figures
    )


@contextmanager
def _cluster() -> Iterator[str]:
    """Run a scheduler and a worker, each a process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    words = {
        "scheduler": ["--host", "127.0.0.1", "--port", str(port)],
        "worker": [address, "--nthreads", "1", "--no-nanny"],
    }
    started = [_start(name, more) for name, more in words.items()]
    try:
        _wait(address)
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(name: str, words: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *words, "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
