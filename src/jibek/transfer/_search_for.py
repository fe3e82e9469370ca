"""Search for so long, and no longer: in a process of its own, which is ended whatever it is at."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from jibek.transfer._job import Job
from jibek.transfer._search import Found, first, search

_TICK_S = 0.2
"""How often the best plan is yielded while there is none better."""


@dataclass(frozen=True)
class _Compiling:
    """Numba begins to compile, or has ended."""

    begins: bool


def search_for(job: Job, seconds: float, *, seed: int = 0) -> Iterator[Found]:
    """Look for plans for some time: yield the rule's at once, then the best so far, several times a second.

    What `search` finds, in another process, so that neither a large programme nor compiled code is waited for: when the time is over, or
    the iterator is closed, that ends. Which plan is the last depends on the machine. The time in which the search is compiled,
    the first time after an installation, does not count. A script that asks must do so below `if __name__ == "__main__":`.

    Parameters
    ----------
    job
        Checked.
    seconds
        By the clock; the rule's plan and a bound are yielded in any case.
    seed
        Of the search.

    Raises
    ------
    RuntimeError
        If the process is ended by somebody else.

    Examples
    --------
    >>> from jibek.transfer import generate
    >>> [found.bound.name for found in search_for(generate("pair", 20, seed=1), 0.0)]
    ['count']
    """
    until = time.perf_counter() + seconds
    if seconds <= 0:
        yield first(job)
        return
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_search, args=(there,), daemon=True)
    with _no_interruption():
        process.start()
    there.close()
    threading.Thread(target=_ask, args=(here, job, seed), daemon=True).start()  # a large job waits until it is read
    try:
        found = first(job)
        yield found
        yield from _heard(here, found, until)
    finally:
        process.kill()
        process.join()
        here.close()


@contextmanager
def _no_interruption() -> Iterator[None]:
    """Let a process that is started not be interrupted by Ctrl-C, which is for its parent, where the system has signals."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _heard(pipe: Connection, found: Found, until: float) -> Iterator[Found]:
    """Yield the best plan so far until a time; while the search is compiled, the time does not go on."""
    compiling_since: float | None = None
    while not found.finished and (compiling_since or time.perf_counter()) < until:
        wait = until - time.perf_counter() if compiling_since is None else _TICK_S
        if pipe.poll(min(max(wait, 0.0), _TICK_S)):
            heard = _received(pipe)
            if isinstance(heard, Found):
                found = heard
            elif heard.begins:
                compiling_since = time.perf_counter()
            elif compiling_since is not None:
                until += time.perf_counter() - compiling_since
                compiling_since = None
        yield found


def _received(pipe: Connection) -> Found | _Compiling:
    try:
        heard: Found | _Compiling | Exception = pipe.recv()
    except EOFError:
        raise RuntimeError("the process that searched was ended from outside: was there too little memory?") from None
    if isinstance(heard, Exception):
        raise heard
    return heard


def _ask(pipe: Connection, job: Job, seed: int) -> None:
    with suppress(OSError):  # the time was over before
        pipe.send((job, seed))


def _search(pipe: Connection) -> None:
    """Send what is found; the process ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job, seed = pipe.recv()
    _tell_of_compiling(pipe)
    before = None
    try:
        for found in search(job, seed=seed):
            if found != before:
                pipe.send(found)
            before = found
    except Exception as error:  # it is raised again where the search was asked for
        pipe.send(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _tell_of_compiling(pipe: Connection) -> None:
    """Let Numba say when it compiles; a function within a function is compiled within it."""
    from numba.core import event

    class Listener(event.Listener):
        depth = 0

        def on_start(self, _: Any) -> None:
            self.depth += 1
            if self.depth == 1:
                pipe.send(_Compiling(begins=True))

        def on_end(self, _: Any) -> None:
            self.depth -= 1
            if not self.depth:
                pipe.send(_Compiling(begins=False))

    event.register("numba:compile", Listener())  # type: ignore[no-untyped-call]
