"""A server of its own in a process of its own, asked over the loopback."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JIBEK = (sys.executable, "-m", "jibek")
SHORT = {"package": "starter", "days": 3, "warmup_days": 0}
DONE = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problems(self) -> str:
        return " ".join(str(one) for one in self.json["problems"])


class Server:
    """A server that runs: `jibek serve WORDS`, or another program that serves from the same folder."""

    def __init__(self, data: Path, *words: str, program: tuple[str, ...] = ()) -> None:
        self.data = data
        self.process = subprocess.Popen(
            program or (*JIBEK, "serve", "--port", "0", "--data", str(data), *words),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://[^/ ]+:(\d+)/", line)
        if found is None:
            raise AssertionError(f"{line}{self.process.communicate()[1]}")
        self.port = int(found[1])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask once; a body that is no bytes goes as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def start(self, **request: Any) -> dict[str, Any]:
        """Start a job."""
        answer = self.ask("POST", "/api/jobs", request)
        assert answer.status in (200, 202), answer.body
        return dict(answer.json)

    def job(self, id: str) -> dict[str, Any]:
        """Return a job as it stands."""
        return dict(self.ask("GET", f"/api/jobs/{id}").json)

    def wait(self, id: str, *states: str, seconds: float = 120) -> dict[str, Any]:
        """Wait for a state of a job, its last if none is named."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            job = self.job(id)
            if job["state"] in (states or DONE):
                return job
            assert job["state"] not in DONE, job
            time.sleep(0.05)
        raise AssertionError(f"the job is not {states or DONE} after {seconds} s: {job}")

    def events(self, id: str) -> Generator[dict[str, Any], None, None]:
        """Watch a job to the end of its events."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/api/jobs/{id}/events")
        answer = connection.getresponse()
        try:
            assert answer.getheader("content-type", "").startswith("text/event-stream")
            for line in answer:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            answer.close()
            connection.close()

    def workers(self) -> list[int]:
        """Return the processes below the server that are workers."""
        return [pid for pid in below(self.process.pid) if b"spawn_main" in command(pid)]

    def left(self) -> list[str]:
        """Return what is in the data folder, without what is kept on purpose."""
        walked = os.walk(self.data / "drafts")  # which passes over what is removed meanwhile
        return [
            os.path.relpath(Path(folder, name), self.data)
            for folder, *names in walked
            for name in (*names[0], *names[1])
        ]

    def interrupt(self) -> int:
        """End it as Ctrl-C does, with all that it has begun; return its exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=20)


@contextmanager
def serving(data: Path, *words: str, program: tuple[str, ...] = ()) -> Iterator[Server]:
    """Serve, and end the server in the end, however it went."""
    server = Server(data, *words, program=program)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()


def below(pid: int) -> list[int]:
    """Return the processes that a process has begun, and those that they have."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = children.get(pid, [])
    return [*found, *(one for child in found for one in below(child))]


def command(pid: int) -> bytes:
    """Return the command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
