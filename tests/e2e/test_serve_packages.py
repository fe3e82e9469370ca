"""Packages at a running server: what is spoilt leaves nothing behind, what is served stays, a case is its command line."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jibek.corridor import new
from serving import Server, serving
from zips import spoilt_zips, zipped

pytestmark = pytest.mark.slow

ZIP = "application/zip"
MY_CASE = {
    "measures": ["growth"],
    "changes": ["places.city.name=it's $HOME", "fleets.ferries.count+=1"],
    "days": 3,
    "warmup_days": 0,
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(tmp_path_factory.mktemp("corridors") / "my corridor")


@pytest.fixture(scope="module")
def server(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data"), str(served)) as running:
        yield running


def kept(server: Server) -> list[str]:
    return sorted(path.name for room in ("packages", "drafts") for path in (server.data / room).iterdir())


def simulated(server: Server, **case: Any) -> dict[str, Any]:
    job = server.wait(server.start(kind="simulate", case=case, replications=1)["id"])
    assert job["state"] == "done", job["problems"]
    return dict(job["answer"])


def test_spoilt_zips_are_refused_and_leave_nothing(server: Server) -> None:
    before = kept(server)
    for one in spoilt_zips():
        if len(data := one.make()) > 20_000_000:
            continue  # the server hangs up before all of it has been sent
        answer = server.ask("POST", "/api/packages", data, Content_Type=ZIP)
        assert answer.status in (400, 413, 422), one.name
        assert answer.json["problems"], one.name
        assert kept(server) == before, one.name


def test_a_package_sent_is_simulated_and_fetched(server: Server) -> None:
    answer = server.ask("POST", "/api/packages", zipped(), Content_Type=ZIP)
    assert answer.status == 201
    id = answer.json["id"]
    found = simulated(server, package=id, days=3, warmup_days=0)
    expected = simulated(server, package="starter", days=3, warmup_days=0)
    assert found["total"] == expected["total"]
    again = server.ask("POST", "/api/packages", server.ask("GET", f"/api/packages/{id}/zip").body, Content_Type=ZIP)
    assert again.json["id"] == id


def test_a_case_is_its_command_line(server: Server) -> None:
    package = server.ask("GET", "/api/packages").json[0]["id"]
    assert package == "my-corridor"
    command = server.ask("POST", f"/api/packages/{package}/case", MY_CASE).json["command"]
    assert command.startswith("jibek ")
    line = f"{shlex.quote(sys.executable)} -m {command} --json"
    ended = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    expected, found = json.loads(ended.stdout), simulated(server, package=package, **MY_CASE)
    assert expected["changes"][-2:] == ["places.city.name=it's $HOME", "fleets.ferries.count+=1"]
    for document in (expected, found):
        del document["runtime"]
    del found["values"]
    assert found == expected


def test_what_is_served_stays_though_its_folder_changes(server: Server, served: Path) -> None:
    """Workers, too, have it as it was read when the server began; it comes last, for the folder is spoilt after it."""
    (served / "fleets.csv").write_text("spoilt\n")
    assert simulated(server, package="my-corridor", days=3, warmup_days=0, seed=7)["total"]["delivered_teu"] >= 0
    assert server.ask("POST", "/api/packages/my-corridor/check", {"tables": {}}).json == {"problems": []}
