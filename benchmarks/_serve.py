"""What those who use `jibek serve` wait for: the first answer of a what-if, and any answer while many ask at once."""

from __future__ import annotations

import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks._measure import ProcessError, Row, Size

CYCLE = 50
"""Requests of a client of which one starts a simulation; the others read."""


def serve(size: Size) -> Iterator[Row]:
    """Time the first answers of the reference year, then let many clients ask a server."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as port, closing(Client(port, "127.0.0.1")) as client:
        yield first_answer(client, size)
        yield load(client, port, size)


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve from a folder, in a process of its own; gives the port."""
    command = [str(Path(sys.executable).with_name("jibek")), "serve", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://[^/ ]+:(\d+)/", line)
        if found is None:
            raise ProcessError(f"{' '.join(command)}: {line}")
        yield int(found[1])
    finally:
        process.terminate()
        process.communicate()


def first_answer(client: Client, size: Size) -> Row:
    """Time from the request of a what-if to its first figures, and to those of ten replications."""
    case = {"package": "trans-caspian", "days": size.days, "warmup_days": size.warmup_days}
    case["changes"] = ["equipment.*.count+=1"]
    client.settled({**case, "days": 1, "seed": 999})
    waits = [_wait(client, {**case, "seed": seed}, size.replications) for seed in range(2 * size.repeats)]
    medians = Wait(*map(statistics.median, zip(*waits, strict=True)))
    firsts = [one.first_s for one in waits]
    return Row(
        f"serve: first answer of {size.days} days of trans-caspian, from the request on",
        f"{medians.first_s:.2f} s ({min(firsts):.2f} to {max(firsts):.2f}): accepted and begun after {1e3 * medians.begun_s:.0f} ms, "
        f"then the first replication, told in {medians.first_bytes / 1e3:.1f} kB; all {size.replications} {medians.whole_s:.2f} s",
        "<= 1.5 s",
        medians.first_s <= 1.5,
        {"waits": [one._asdict() for one in waits]},
    )


class Wait(NamedTuple):
    """Seconds from the request until the job was accepted and begun, until its first figures, until its last; size of the first."""

    begun_s: float
    first_s: float
    whole_s: float
    first_bytes: float


def _wait(client: Client, case: dict[str, Any], replications: int) -> Wait:
    begin = time.perf_counter()
    job = client.start(case, replications)
    begun, answers = 0.0, []
    for event in client.events(job["id"]):
        begun = begun or time.perf_counter() - begin
        if event["answer"]:
            answers.append((time.perf_counter() - begin, len(json.dumps(event["answer"]))))
    return Wait(begun, answers[0][0], answers[-1][0], answers[0][1])


def load(known: Client, port: int, size: Size) -> Row:
    """Let clients ask as quickly as they are answered, each from an address of its own."""
    job = known.settled({"package": "starter", "days": 30})
    seen = [Seen() for _ in range(size.clients)]
    end = time.perf_counter() + size.load_s
    threads = [
        threading.Thread(target=_ask, args=(port, job, number, end, seen[number])) for number in range(size.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = sorted(one for client in seen for one in client.seconds)
    errors = [error for client in seen for error in client.errors]
    median, p99 = (spent[int(share * (len(spent) - 1))] for share in (0.5, 0.99))
    waits = [one for client in seen for one in client.waits]
    return Row(
        f"serve: {size.clients} clients for {size.load_s:g} s on the loopback",
        f"{len(errors)} errors, {len(spent) / size.load_s:,.0f} requests/s, "
        f"median {1e3 * median:.0f} ms, 99 % within {1e3 * p99:.0f} ms; beside them {len(waits)} simulations",
        "no error",
        not errors,
        {"requests": len(spent), "simulations_s": waits, "median_s": median, "p99_s": p99, "errors": errors[:20]},
    )


@dataclass
class Seen:
    """What a client has seen: seconds of what it read, and of simulations from request to end."""

    seconds: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _ask(port: int, job: str, number: int, end: float, seen: Seen) -> None:
    """Ask for page, packages, jobs and files in turn, and for a simulation of a few days now and then."""
    with closing(Client(port, f"127.0.1.{number + 1}")) as client:
        _ask_on(client, job, number, end, seen)


def _ask_on(client: Client, job: str, number: int, end: float, seen: Seen) -> None:
    reads = ("/", "/api/packages", f"/api/jobs/{job}", f"/api/jobs/{job}/page", "/api/packages/starter", "/api/cases")
    count = number
    while time.perf_counter() < end:
        count += 1
        begin = time.perf_counter()
        try:
            if count % CYCLE:
                client.get(reads[count % len(reads)])
                seen.seconds.append(time.perf_counter() - begin)
            else:
                client.settled({"package": "starter", "days": 5, "warmup_days": 0, "seed": 100_000 * number + count})
                seen.waits.append(time.perf_counter() - begin)
        except (OSError, http.client.HTTPException, AskError) as error:
            seen.errors.append(repr(error))


class AskError(Exception):
    """An answer is not what it should be."""


class Client:
    """Asks over one connection that is kept, from an address of its own."""

    def __init__(self, port: int, address: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def get(self, path: str) -> bytes:
        """Fetch something."""
        return self._ask("GET", path)

    def start(self, case: dict[str, Any], replications: int) -> Any:
        """Start a simulation."""
        asked = {"kind": "simulate", "case": case, "replications": replications}
        return json.loads(self._ask("POST", "/api/jobs", json.dumps(asked)))

    def events(self, job: str) -> Iterator[Any]:
        """Watch a job to its end."""
        self._connection.request("GET", f"/api/jobs/{job}/events")
        for line in self._connection.getresponse():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def settled(self, case: dict[str, Any]) -> str:
        """Simulate a case, once the server's workers are ready; return the job's id."""
        job = self.start(case, 2)
        last = list(self.events(job["id"]))[-1]
        if last["state"] != "done":
            raise AskError(str(last["problems"]))
        return str(job["id"])

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        self._connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status >= 400:
            raise AskError(f"{method} {path}: {answer.status} {read[:200]!r}")
        return read
