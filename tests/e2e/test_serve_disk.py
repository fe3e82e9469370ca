"""`jibek serve` where its disk is full: what is refused, that nothing half written stays, and that it goes on when there is room."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jibek import read
from jibek.tables import texts
from serving import JIBEK, SHORT, Answer, Server, serving
from zips import zipped

pytestmark = pytest.mark.slow

ROOM = 12_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose data folder is a small disk of its own, seen through its process."""
    if sys.platform != "linux" or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("a disk of a few megabytes needs Linux, and leave to mount one (unshare -rm)")
    folder = tmp_path_factory.mktemp("disk")
    command = shlex.join((*JIBEK, "serve", "--port", "0", "--data", str(folder)))
    script = f"mount -t tmpfs -o size={ROOM} none {folder} && exec {command}"
    with serving(folder, program=("unshare", "-rm", "sh", "-c", script)) as running:
        running.data = Path(f"/proc/{running.process.pid}/root{folder}")
        settled(running, 0)
        yield running


def settled(server: Server, seed: int) -> dict[str, Any]:
    return server.wait(server.start(kind="simulate", case={**SHORT, "seed": seed}, replications=2)["id"])


def fill(server: Server, *, left: int) -> None:
    """Let a file take all room but some."""
    with (server.data / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65_536))
    with (server.data / "filler").open("r+b") as file:
        file.truncate((server.data / "filler").stat().st_size - left)


def kept(server: Server) -> list[str]:
    """Return what there is, without what the test itself has put there; once drafts are gone."""
    end = time.monotonic() + 10
    while server.left() and time.monotonic() < end:
        time.sleep(0.05)
    return sorted(path.relative_to(server.data).as_posix() for path in server.data.rglob("*") if path.name != "filler")


@pytest.mark.parametrize("left", [0, 8_192])
def test_a_full_disk(left: int, server: Server) -> None:
    before, seed = kept(server), 100 + left
    (known,) = server.ask("GET", "/api/jobs?most=1").json
    fill(server, left=left)
    try:
        failed = settled(server, seed)
        assert failed["state"] == "failed"
        assert "No space left on device" in failed["problems"][0]["message"]
        for answer in sent(server, f"full-{left}"):
            assert answer.status == 507, answer.body
            assert "No space left on device" in answer.problems
        assert kept(server) == before
        assert server.job(known["id"])["state"] == "done"
    finally:
        (server.data / "filler").unlink()
    assert settled(server, seed)["state"] == "done"
    assert [answer.status for answer in sent(server, f"full-{left}")] == [201, 201, 200]


def sent(server: Server, title: str) -> list[Answer]:
    """Send a zip, an edit and a case, each of more than the test leaves room for."""
    corridor = read("starter").with_changes("places.city.name=" + title * 10_000)
    return [
        server.ask("POST", "/api/packages", zipped(files=texts(corridor)), Content_Type="application/zip"),
        server.ask("POST", "/api/packages/starter/edit", {"header": {"title": title, "description": "x" * 40_000}}),
        server.ask("PUT", f"/api/cases/{title}", {**SHORT, "changes": ["fleets.ferries.count=4"] * 500}),
    ]
