"""A job that the server holds: what is told of it, who waits for it, where its files are."""

from __future__ import annotations

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from jibek.serve._kinds import ANSWER
from jibek.serve._models import FINAL, Job


class Client(NamedTuple):
    """Who asks: the address, and what tells pages at the same address apart."""

    address: str
    page: str = ""


NOBODY = Client("")


class Answer(NamedTuple):
    """What has been found, as JSON, and what it is known by."""

    text: bytes
    id: str

    @classmethod
    def of(cls, text: bytes) -> Answer:
        """Return an answer, known by its content."""
        return cls(text, hashlib.blake2b(text, digest_size=8).hexdigest())


NOTHING = Answer(b"null", "")


class Held:
    """A job the server holds, and who waits for it.

    Parameters
    ----------
    job
        What is told of it; the answer is beside.
    client, content
        Who asked for it first; content of its package.
    """

    def __init__(self, job: Job, client: Client = NOBODY, content: str = "") -> None:
        self.job = job
        self.client = client
        self.content = content
        self.clients = {client}
        """Those who want it."""
        self.so_far = NOTHING
        """What has been found while it is not done."""
        self.folder: Path | None = None
        """Where its files are; None until it is done."""
        self.size = 0
        """Bytes of them."""
        self.version = 0
        self.changed = asyncio.Event()
        self.begun = 0.0

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.job.state in FINAL

    def change(self) -> None:
        """Let those who wait know."""
        self.version += 1
        self.changed.set()
        self.changed = asyncio.Event()

    @property
    def answer(self) -> Answer:
        """What it has found."""
        if self.folder is None:
            return self.so_far
        file = self.folder / ANSWER
        return _read(file, file.stat().st_mtime_ns)

    def told(self) -> bytes:
        """Return the whole job as JSON."""
        return self._head() + self.answer.text + b"}"

    def event(self, had: str) -> tuple[str, tuple[bytes, ...]]:
        """Return a server-sent event, in pieces, with the id it bears: its answer's; who had that already is not told it again."""
        answer = self.answer
        begin = b"retry: 500\nevent: job\nid: " + answer.id.encode() + b"\ndata: " + self._head()
        return answer.id, (begin, b"null" if answer.id == had else answer.text, b"}\n\n")

    def _head(self) -> bytes:
        return self.job.model_dump_json(exclude={"answer"}).encode()[:-1] + b',"answer":'


@lru_cache(maxsize=8)  # many may watch the same job, and it ends for all of them at once
def _read(file: Path, _changed_ns: int) -> Answer:
    return Answer.of(file.read_bytes())
