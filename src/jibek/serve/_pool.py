"""Worker processes: begun, heard, ended. A worker that dies says so; whoever holds it begins another."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

from jibek.serve._desk import Begin, Order, Over, Ready, Told
from jibek.serve._worker import work


@dataclass(frozen=True)
class Died:
    """The process of a worker has ended."""

    code: int | None


Message = Ready | Told | Over | Died
_SPAWN = multiprocessing.get_context("spawn")


class Worker:
    """A process that does one job at a time.

    Parameters
    ----------
    begin
        What it is given.
    hear
        Called in the event loop with the worker and what it says.
    """

    def __init__(self, begin: Begin, hear: Callable[[Worker, Message], None]) -> None:
        self._pipe, there = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=work, args=(there, begin), name="jibek worker")
        with _deaf():
            self._process.start()
        there.close()
        self._hear = hear
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, daemon=True, name="jibek worker heard").start()
        self.ready = False
        self.job: Any = None
        """What it works on."""

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process.is_alive()

    def do(self, order: Order) -> None:
        """Give it a job."""
        with suppress(OSError):  # it has died, and will be heard to
            self._pipe.send(order)

    def stop(self) -> None:
        """Ask it to give up its job."""
        with suppress(OSError):
            self._pipe.send(None)

    def kill(self) -> None:
        """End its process."""
        self._process.kill()

    def join(self) -> None:
        """Wait for the end of its process."""
        self._process.join()

    def _listen(self) -> None:
        try:
            while True:
                self._say(self._pipe.recv())
        except (EOFError, OSError):
            self._process.join()
            self._say(Died(self._process.exitcode))

    def _say(self, message: Message) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._hear, self, message)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that are begun not hear Ctrl-C: the terminal tells all of them, and it is the server's to handle."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # it lets signals through when it begins
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
