"""The jobs of a server: queued, given to workers, watched, limited, kept when they are done."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import time
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jibek import __version__
from jibek._error import JibekError
from jibek.results._folder import RunError, locked
from jibek.results._memory import memory_bytes
from jibek.serve._desk import Begin, Order, Over, Ready, Told
from jibek.serve._held import NOTHING, Answer, Client, Held
from jibek.serve._kept import Kept
from jibek.serve._kinds import ANSWER, package_of
from jibek.serve._models import Bound, Job, Problem, Request, Simulate, State
from jibek.serve._packages import Store
from jibek.serve._pool import Died, Message, Worker

GRACE_S = 2.0
"""How long a worker is given to end a job that is no longer wanted, before it is ended itself."""
FAILED_KEPT = 100
"""Jobs that failed or were cancelled, and are still told of."""
AGAIN_S = 5.0
"""When a worker is begun again that could not begin."""


@dataclass(frozen=True)
class Limits:
    """What jobs may take.

    Attributes
    ----------
    workers
        Worker processes; all but one may be busy with studies and plans.
    time_s
        Time of a job, from when a worker has it.
    memory_bytes
        Memory of a worker process.
    of_client
        Jobs of one client that are not done.
    unfinished
        Jobs of all that are not done.
    kept, kept_bytes
        Jobs that are done, and room for their files; the oldest make way.
    """

    workers: int = 2
    time_s: float = 3600.0
    memory_bytes: int = field(default_factory=lambda: max(memory_bytes() // 2, 2_000_000_000))
    of_client: int = 8
    unfinished: int = 64
    kept: int = 1_000
    kept_bytes: int = 20_000_000_000


class TooManyError(JibekError):
    """There are as many unfinished jobs as there may be."""


class Jobs:
    """The jobs of a server. All is done in its event loop.

    Parameters
    ----------
    data
        The data folder; no other server may use it.
    packages
        What jobs are about.
    limits
        What jobs may take.

    Raises
    ------
    JibekError
        If another server uses the folder.
    """

    def __init__(self, data: Path, packages: Store, limits: Limits) -> None:
        self.limits = limits
        self._kept = Kept(data / "jobs", limits.kept, limits.kept_bytes)
        self._drafts = data / "drafts"
        self._drafts.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = locked(data)
        except RunError:
            raise JibekError(
                f"{data}: another server uses this folder; end it, or choose another with --data"
            ) from None
        self._begin = Begin(packages, self._drafts, limits.memory_bytes)
        self._held: dict[str, Held] = {}
        self._queue: deque[Held] = deque()
        self._workers: list[Worker] = []
        self.closing = False
        """Whether the server ends."""

    def start(self) -> None:
        """Remove what another server left half done, find what is done, begin the workers."""
        self._clear()
        self._held = {held.job.id: held for held in self._kept.find()}
        self._make_room()
        self._workers = [Worker(self._begin, self._hear)]  # the others when it is ready: what it compiles they find

    def close(self) -> None:
        """Let those who watch jobs go."""
        self.closing = True
        for held in self._held.values():
            held.change()

    def stop(self) -> None:
        """End the workers, and remove what is half done."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.join()
        self._clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _clear(self) -> None:
        """Remove what is half done."""
        for draft in self._drafts.glob("*"):
            shutil.rmtree(draft, ignore_errors=True)

    def __iter__(self) -> Iterator[Held]:
        """Go through the jobs, the newest first."""
        return iter(sorted(self._held.values(), key=lambda held: held.job.created, reverse=True))

    def get(self, id: str) -> Held | None:
        """Return a job, if there is one."""
        return self._held.get(id)

    def useful(self, id: str) -> Held | None:
        """Return a job if it is done, or will be."""
        held = self._held.get(id)
        if held is None or held.job.state in ("failed", "cancelled"):
            return None
        return held if held.folder is None or (held.folder / ANSWER).is_file() else None

    def submit(self, id: str, request: Request, content: str, client: Client) -> Held:
        """Queue a job.

        Raises
        ------
        TooManyError
            If there are too many already.
        """
        unfinished = [held for held in self._held.values() if not held.over]
        if sum(held.client.address == client.address for held in unfinished) >= self.limits.of_client:
            raise TooManyError(f"you have {self.limits.of_client} jobs under way; wait for one, or cancel it")
        if len(unfinished) >= self.limits.unfinished:
            raise TooManyError(f"{len(unfinished)} jobs are waiting; try again later")
        job = Job(id=id, kind=request.kind, request=request, state="queued", created=datetime.now(UTC))
        held = self._held[id] = Held(job, client, content)
        self._queue.append(held)
        self._forget()
        self._dispatch()
        return held

    def _forget(self) -> None:
        """Forget what came to nothing, but for the newest."""
        for held in [one for one in self if one.over and one.folder is None][FAILED_KEPT:]:
            del self._held[held.job.id]

    def cancel(self, held: Held, client: Client) -> None:
        """Let a client want a job no longer; when nobody does, it ends."""
        held.clients.discard(client)
        if not held.over and not held.clients:
            self._end(held, "cancelled")

    def _end(self, held: Held, state: State, *problems: Problem) -> None:
        """End a job that is not done; its worker is asked to stop, then made to."""
        job = held.job
        job.state, job.problems, job.left_s, job.finished = state, list(problems), None, datetime.now(UTC)
        held.so_far = NOTHING
        held.change()
        if held in self._queue:
            self._queue.remove(held)
        for worker in self._workers:
            if worker.job is not None and worker.job.held is held:
                worker.stop()
                worker.job.timer.cancel()
                worker.job.timer = asyncio.get_running_loop().call_later(GRACE_S, worker.kill)

    def _dispatch(self) -> None:
        """Give jobs to workers that are free; one worker is kept for what is soon done."""
        free = [worker for worker in self._workers if worker.ready and worker.alive and worker.job is None]
        long = sum(worker.job is not None and not _short(worker.job.held) for worker in self._workers)
        for held in list(self._queue):
            if not free:
                return
            if not _short(held):
                if long >= max(1, self.limits.workers - 1):
                    continue
                long += 1
            self._queue.remove(held)
            folder = self._drafts / f"{held.job.id}-{uuid.uuid4().hex}"
            try:
                folder.mkdir()
            except OSError as error:
                self._end(held, "failed", Problem(message=f"it cannot be begun: {error.strerror or error}"))
            else:
                self._give(held, folder, free.pop())

    def _give(self, held: Held, folder: Path, worker: Worker) -> None:
        request = held.job.request
        timer = asyncio.get_running_loop().call_later(self.limits.time_s, self._too_long, held)
        worker.job = _UnderWay(held, folder, timer)
        worker.do(Order(request.model_dump_json(), package_of(request), held.content, folder))
        held.job.state, held.begun = "running", time.monotonic()
        held.change()

    def _too_long(self, held: Held) -> None:
        self._end(
            held, "failed", Problem(message=f"took longer than the {self.limits.time_s:,.0f} s that a job may take")
        )

    def _hear(self, worker: Worker, message: Message) -> None:
        """Hear a worker."""
        if isinstance(message, Told):
            _told(worker.job.held, message)
            return
        under_way, worker.job = worker.job, None
        if under_way is not None:
            under_way.timer.cancel()
            self._settle(under_way, message)
        if isinstance(message, Died):
            asyncio.get_running_loop().call_later(0.0 if worker.ready else AGAIN_S, self._replace, worker)
        elif isinstance(message, Ready):
            worker.ready = True
            while len(self._workers) < self.limits.workers:
                self._workers.append(Worker(self._begin, self._hear))
        self._dispatch()

    def _replace(self, worker: Worker) -> None:
        """Begin a worker in place of one that has died."""
        if worker in self._workers:
            self._workers[self._workers.index(worker)] = Worker(self._begin, self._hear)

    def _settle(self, under_way: _UnderWay, message: Message) -> None:
        """Keep what a job has made, or say why it has not; nothing else of it stays."""
        held = under_way.held
        if held.over:
            pass
        elif isinstance(message, Over) and not message.problems:
            try:
                self._kept.keep(held, under_way.folder, message.files)
            except OSError as error:
                self._end(held, "failed", Problem(message=f"it cannot be kept: {error.strerror or error}"))
            else:
                held.change()
                self._make_room()
        elif isinstance(message, Over):
            self._end(held, "failed", *message.problems)
        else:
            code = message.code if isinstance(message, Died) else None
            self._end(
                held, "failed", Problem(message=f"its process died ({code}), perhaps for want of memory; try again")
            )
        shutil.rmtree(under_way.folder, ignore_errors=True)

    def _make_room(self) -> None:
        for held in self._kept.make_room(self):
            del self._held[held.job.id]


@dataclass
class _UnderWay:
    """A job that a worker has: its folder, and when it is made to end."""

    held: Held
    folder: Path
    timer: asyncio.TimerHandle


def job_id(request: Request, content: str) -> str:
    """Return the id of a job: the same request of the same package content and version is the same job."""
    text = json.dumps([request.model_dump(mode="json"), content, __version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _short(held: Held) -> bool:
    return isinstance(held.job.request, Simulate | Bound)


def _told(held: Held, told: Told) -> None:
    """Take up how far a job is; a share alone is not told too often."""
    if held.over:
        return
    seconds = time.monotonic() - held.begun
    held.job.share = told.share
    held.job.left_s = seconds * (1 - told.share) / told.share if told.share > 0 else None
    if told.answer is not None:
        held.so_far, held.job.replications = Answer.of(told.answer), told.replications
    held.change()
