"""Between the server and its workers: what they tell each other, and what a job is given."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jibek.serve._models import Problem
from jibek.serve._packages import Store

TELL_S = 0.8
"""How often the share done is told, at most."""


class Stopped(Exception):  # noqa: N818 - no error
    """The job shall end: it is no longer wanted."""


@dataclass(frozen=True)
class Begin:
    """What a worker is given when it begins: the packages, where drafts are, its memory."""

    packages: Store
    drafts: Path
    memory_bytes: int


@dataclass(frozen=True)
class Order:
    """A job to be done: the request as JSON, its package and the content this has, and the folder to write to."""

    request: str
    package: str
    content: str
    folder: Path


@dataclass(frozen=True)
class Told:
    """How far a job is, and what it has found so far, as JSON, if that is new."""

    share: float
    answer: bytes | None = None
    replications: int | None = None


@dataclass(frozen=True)
class Over:
    """A job is over: what is in its folder, or why it could not be done."""

    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Ready:
    """The worker is warm."""


class Desk:
    """What a job is given in this process.

    Parameters
    ----------
    packages
        Where packages come from.
    folder
        Where it writes to.
    pipe
        Where it is told how far it is.
    stop
        Is set when the job is no longer wanted.
    """

    def __init__(self, packages: Store, folder: Path, pipe: Connection, stop: threading.Event) -> None:
        self.packages = packages
        self.folder = folder
        self._pipe = pipe
        self._stop = stop
        self._share = 0.0
        self._told = 0.0
        self.last: bytes = b"{}"
        """What has been found so far, as JSON."""

    def tell(self, share: float) -> None:
        """Say how far the job is.

        Raises
        ------
        Stopped
            If it is no longer wanted.
        """
        if self._stop.is_set():
            raise Stopped
        self._share = share
        if time.monotonic() - self._told >= TELL_S:
            self._send(Told(share))

    def answer(self, document: Mapping[str, Any], replications: int | None = None) -> None:
        """Say what has been found so far."""
        self.last = json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
        self._send(Told(self._share, self.last, replications))

    def _send(self, told: Told) -> None:
        self._told = time.monotonic()
        self._pipe.send(told)
