"""Who simulates the points of a study: threads or processes at home, or the workers of a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from jibek.corridor import JibekError
from jibek.simulate import Stop
from jibek.study._task import begin

CONNECT_S = 10
"""How long a scheduler is waited for."""

NOBODY_S = 5
"""How long a cluster has no workers before that is told."""

_AHEAD = 1000
"""Tasks a scheduler is sent before the first has come back, at least: it may get more workers."""

MOST_THREADS = 2
"""Threads up to here, processes above: a replication holds Python's lock for a fifth of its time."""


@dataclass(frozen=True)
class Workers:
    """Where tasks are sent.

    Parameters
    ----------
    executor
        Takes them.
    count
        How many it works on at the same time.
    ahead
        Tasks that are sent before the first has come back.
    give_up
        Makes tasks under way end at once.
    killed
        What is raised for a task whose workers died.
    lost
        What is raised when nobody works any more.
    """

    executor: Executor
    count: int
    ahead: int
    give_up: Callable[[], None]
    killed: tuple[type[Exception], ...] = ()
    lost: tuple[type[Exception], ...] = ()


@contextmanager
def at_home(jobs: int | None = None) -> Iterator[Workers]:
    """Let this machine work.

    Parameters
    ----------
    jobs
        Replications at the same time; default: one a processor. Above two they are processes, which begin by importing the script that
        asks for them: it must do so below `if __name__ == "__main__":`.
    """
    jobs = jobs or os.cpu_count() or 1
    with _threads(jobs) if jobs <= MOST_THREADS else _processes(jobs) as workers:
        try:
            yield workers
        finally:
            workers.executor.shutdown(cancel_futures=True)


@contextmanager
def _threads(jobs: int) -> Iterator[Workers]:
    stop = threading.Event()
    with ThreadPoolExecutor(jobs, initializer=begin, initargs=(stop,)) as executor:
        yield Workers(executor, jobs, 2 * jobs, stop.set)


@contextmanager
def _processes(jobs: int) -> Iterator[Workers]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(jobs, context, initializer=_begin_process, initargs=(stop,)) as executor:
        yield Workers(executor, jobs, 2 * jobs, stop.set, lost=(BrokenProcessPool,))


def _begin_process(stop: Stop) -> None:
    """Prepare a worker process: an interruption is the parent's to handle, and it ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(stop)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def on_cluster(address: str, say: Callable[[str], None] | None = None) -> Iterator[Workers]:
    """Let the workers of a Dask cluster work; needs `jibek[cluster]` here and Jibek of the same version there.

    Parameters
    ----------
    address
        Of its scheduler, `tcp://host:8786`.
    say
        Called with a sentence when there have been no workers for some seconds: they are waited for.

    Raises
    ------
    JibekError
        If it cannot be reached, or Dask is not installed.
    """
    try:
        from distributed import Client, KilledWorker
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise JibekError("a cluster needs dask.distributed; install it with: pip install 'jibek[cluster]'") from None
    try:
        get_address_host_port(address)  # a client that never was complains when it is taken away
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # of type: tls without certificates
        raise JibekError(f"{address}: there is no Dask scheduler to be reached: {error}") from None
    with client, _watched(client, address, say) if say else nullcontext():
        count = sum(client.ncores().values()) or 1
        executor = client.get_executor(pure=False)
        ahead = max(_AHEAD, 2 * count)
        yield Workers(executor, count, ahead, lambda: None, killed=(KilledWorker,), lost=(CancelledError, OSError))


@contextmanager
def _watched(client: Any, address: str, say: Callable[[str], None]) -> Iterator[None]:
    """Tell when there are no workers, each time anew when there were some."""
    over = threading.Event()

    def watch() -> None:
        said = False
        while not over.wait(NOBODY_S):
            try:
                nobody = not client.ncores()
            except Exception:  # whatever a scheduler that has gone leads to; the study meets it itself
                return
            if nobody and not said and not over.is_set():
                say(
                    f"{address}: the scheduler is there, but it has no workers; they are waited for, Ctrl-C ends the study"
                )
            said = nobody

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()
