"""`jibek serve` as a process: jobs from start to files, what is refused, restarts, crashes, cancellation."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import fmean
from typing import Any

import polars as pl
import pytest

from commands import call
from jibek import read
from jibek.tables import texts
from serving import JIBEK, SHORT, Server, below, serving

pytestmark = pytest.mark.slow

LONG = {"package": "trans-caspian", "days": 20_000, "warmup_days": 0}
"""A case that takes longer than any test."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def simulated(server: Server) -> dict[str, Any]:
    return server.wait(server.start(kind="simulate", case=SHORT, replications=3)["id"])


def nothing_left(server: Server) -> None:
    """Expect no drafts, once those who were asked to stop have."""
    end = time.monotonic() + 10
    while server.left() and time.monotonic() < end:
        time.sleep(0.05)
    assert server.left() == []


def test_a_simulation_is_that_of_the_command_line(simulated: dict[str, Any]) -> None:
    code, out, _ = call("simulate", "starter", "--days", "3", "--warmup-days", "0", "--replications", "3", "--json")
    expected, told = json.loads(out), dict(simulated["answer"])
    assert code == 0
    assert simulated["state"] == "done"
    values = told.pop("values")["total.delivered_teu"]
    assert len(values) == 3
    assert fmean(values) == pytest.approx(expected["total"]["delivered_teu"])
    for document in (expected, told):
        del document["runtime"]
    assert told == expected


def test_the_same_request_is_not_done_again(server: Server, simulated: dict[str, Any]) -> None:
    answer = server.ask("POST", "/api/jobs", simulated["request"])
    assert answer.status == 200
    assert answer.json == simulated
    listed = server.ask("GET", "/api/jobs?most=1000").json
    (one,) = [one for one in listed if one["id"] == simulated["id"]]
    assert (one["kind"], one["package"], one["state"]) == ("simulate", "starter", "done")
    assert one["size_bytes"] > 10_000
    assert {"request", "answer"}.isdisjoint(one)
    assert server.ask("GET", "/api/jobs?most=1&skip=1").json == listed[1:2]


def test_answers_narrow(server: Server) -> None:
    job = server.start(kind="simulate", case={**SHORT, "days": 60, "seed": 1}, replications=5)
    seen = list(server.events(job["id"]))
    assert seen[0]["state"] in ("queued", "running")
    assert [one["state"] for one in seen[-1:]] == ["done"]
    counts = [one["replications"] for one in seen if one["answer"]]
    assert counts == sorted(counts)
    assert counts[-1] == 5
    assert {one["answer"]["replications"] == one["replications"] for one in seen if one["answer"]} == {True}
    assert {len(json.dumps(one["answer"])) < 5_000 for one in seen if one["answer"] and one["replications"] < 5} == {
        True
    }
    whole = server.job(job["id"])
    assert [one["answer"] for one in seen if one["answer"]][-1] == whole["answer"]
    assert list(server.events(job["id"])) == [whole]
    assert whole["answer"]["flows"]


def test_who_connects_again_is_not_told_again(server: Server, simulated: dict[str, Any]) -> None:
    where = f"/api/jobs/{simulated['id']}/events"
    first = server.ask("GET", where).body
    id = re.search(rb"^id: ([0-9a-f]{16})$", first, re.MULTILINE)
    assert id is not None
    again = server.ask("GET", where, Last_Event_ID=id[1].decode()).body
    assert len(first) > len(again) + 10_000
    told = json.loads(again.partition(b"data: ")[2])
    assert (told["state"], told["answer"]) == ("done", None)
    assert json.loads(server.ask("GET", where, Last_Event_ID="another").body.partition(b"data: ")[2]) == simulated


def test_files_of_a_simulation(server: Server, simulated: dict[str, Any]) -> None:
    where = f"/api/jobs/{simulated['id']}"
    assert gzip.decompress(server.ask("GET", f"{where}/page").body)
    figures = server.ask("GET", f"{where}/files/figures.json")
    assert figures.json["total"] == simulated["answer"]["total"]
    legs = pl.read_parquet(io.BytesIO(server.ask("GET", f"{where}/files/run/legs/000-000.parquet").body))
    assert legs.height > 0
    report = server.ask("GET", f"{where}/files/report.html")
    assert report.body.startswith(b"<!doctype html>")
    assert report.headers["content-disposition"].startswith("attachment")
    assert "run/legs/001-000.parquet" not in simulated["files"]
    assert "run/containers/000-000.parquet" not in simulated["files"]


@pytest.mark.parametrize(
    "name",
    [
        "job.json",
        "answer.json",
        "../jobs",
        "..%2f..%2fetc%2fpasswd",
        "%2fetc/passwd",
        "run/",
        "run/legs/..%2f..%2f..%2fjob.json",
        "a%00b",
    ],
)
def test_no_other_files(server: Server, simulated: dict[str, Any], name: str) -> None:
    answer = server.ask("GET", f"/api/jobs/{simulated['id']}/files/{name}")
    assert answer.status == 404, answer.body
    assert answer.json["problems"]


def test_studies_are_those_of_the_command_line(server: Server) -> None:
    words = ("starter", "--days", "20", "--warmup-days", "0", "--json")
    asked: dict[tuple[str, ...], dict[str, Any]] = {
        ("bound",): {},
        ("bottlenecks", "--most", "2", "--replications", "2"): {"most": 2, "replications": 2},
        ("compare", "--case", "slow=links.*.run_h*=2", "--replications", "2"): {
            "cases": {"slow": ["links.*.run_h*=2"]}, "replications": 2,
        },
        ("invest", "--budget", "20", "--objective", "transit", "--replications", "3"): {
            "budget": 20, "objective": "transit", "replications": 3,
        },
    }  # fmt: skip
    jobs = {
        command: server.start(kind=command[0], case={**SHORT, "days": 20}, **more)["id"]
        for command, more in asked.items()
    }
    for (name, *options), id in jobs.items():
        code, out, err = call(name, *words, *options)
        assert code == 0, err
        told, expected = server.wait(id)["answer"], json.loads(out)
        for document in (told, expected):
            document.pop("seconds", None)
        assert told == expected, name


def test_a_plan(server: Server) -> None:
    asked = {"kind": "plan", "generate": {"family": "pair", "size": 20, "seed": 1}, "time_limit_s": 0}
    job = server.wait(server.start(**asked)["id"])
    assert job["state"] == "done", job["problems"]
    assert job["answer"]["left_over"] == 0
    assert job["answer"]["value_s"] >= job["answer"]["bound_s"] > 0
    assert {"job/job.toml", "plan/moves.csv"} <= set(job["files"])


def test_a_plan_of_too_few_boxes(server: Server) -> None:
    asked = {"kind": "plan", "generate": {"family": "day", "size": 1, "seed": 1}, "time_limit_s": 0}
    answer = server.ask("POST", "/api/jobs", asked)
    assert answer.status == 422
    assert [one["message"] for one in answer.json["problems"]] == [
        "1 boxes are too few: the family day has 20 inbound trains"
    ]


def test_all_that_is_wrong_with_a_study_is_told_before_it_begins(server: Server) -> None:
    cases = {"a": ["no.such.thing=1", "nor this"], "b": ["growth", "fleets.ferries.count=-1"], "c": ["growth"]}
    answer = server.ask("POST", "/api/jobs", {"kind": "compare", "case": SHORT, "cases": cases})
    assert answer.status == 422
    assert {one["table"].partition(":")[0] for one in answer.json["problems"]} == {"a", "b"}
    answer = server.ask("POST", "/api/jobs", {"kind": "invest", "case": SHORT, "budget": 1})
    assert answer.status == 422
    assert "is below every cost" in answer.problems
    cases["base"] = cases.pop("c")
    answer = server.ask("POST", "/api/jobs", {"kind": "compare", "case": SHORT, "cases": cases})
    assert (answer.status, "is the name of the corridor as it is" in answer.problems) == (422, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 200_000, 400),
        (b'{"kind":' * 20_000, 400),
        (b'{"kind": "bound", "case": {"package": "starter", "seed": ' + b"9" * 5_000 + b"}}", 400),
        (b"null", 422),
        ({}, 422),
        ({"kind": "other"}, 422),
        ({"kind": "simulate", "case": {"package": "starter"}, "more": 1}, 422),
        ({"kind": "simulate", "case": {"package": "starter"}, "replications": 10**30}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "days": -1}}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "seed": 2**32}}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "changes": ["x"] * 501}}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "changes": ["equipment.crane.count=1e999"]}}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "changes": ["no.such.thing=1"]}}, 422),
        ({"kind": "simulate", "case": {"package": "starter", "measures": ["no-such-measure"]}}, 422),
        ({"kind": "simulate", "case": {"package": "../../etc"}}, 422),
        ({"kind": "simulate", "case": {"package": "no-such-package"}}, 404),
        ({"kind": "invest", "case": {"package": "starter"}, "budget": float("inf")}, 422),
        ({"kind": "invest", "case": {"package": "starter"}, "budget": float("nan")}, 422),
        ({"kind": "plan"}, 422),
        ({"kind": "plan", "package": "starter"}, 422),
        ({"kind": "compare", "case": {"package": "starter"}, "cases": {"a.b": ["x"]}}, 422),
        ({"kind": "compare", "case": {"package": "starter"}, "cases": {}}, 422),
        (b" " * 1_000_001, 413),
    ],
)  # fmt: skip
def test_malformed_requests(server: Server, body: Any, status: int) -> None:
    before = server.ask("GET", "/api/jobs").json
    answer = server.ask("POST", "/api/jobs", body)
    assert answer.status == status, answer.body[:500]
    for problem in answer.json["problems"]:
        assert problem["message"]
        assert len(problem["message"]) < 1_000
    assert answer.json["problems"]
    assert server.ask("GET", "/api/jobs").json == before
    nothing_left(server)


def test_other_content_types(server: Server) -> None:
    body = json.dumps({"kind": "bound", "case": SHORT}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert server.ask("POST", "/api/jobs", body, Content_Type=kind).status == 422


def test_what_is_not_there(server: Server) -> None:
    for method, path, status in (
        ("GET", "/api/jobs/0123456789abcdef", 404),
        ("GET", "/api/jobs/0123456789abcdef/events", 404),
        ("DELETE", "/api/jobs/0123456789abcdef", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/docs", 404),
        ("PUT", "/api/jobs", 405),
    ):
        answer = server.ask(method, path)
        assert answer.status == status
        assert answer.json["problems"]


def test_strangers(server: Server) -> None:
    assert server.ask("GET", "/api/jobs", Host="evil.example").status == 400
    body = {"kind": "bound", "case": SHORT}
    assert server.ask("POST", "/api/jobs", body, Origin="http://evil.example").status == 403
    assert server.ask("POST", "/api/jobs", body, Sec_Fetch_Site="cross-site").status == 403


def test_answers_do_not_wait_for_one_another(server: Server) -> None:
    """An answer is sent in parts; a second part that waits until the first is confirmed comes 40 ms later, each time."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    seconds = []
    for _ in range(20):
        begin = time.perf_counter()
        connection.request("GET", "/api/cases")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - begin)
    connection.close()
    assert min(seconds[1:]) < 0.03


def test_the_page(server: Server) -> None:
    answer = server.ask("GET", "/")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "HttpOnly" in answer.headers["set-cookie"]


def test_a_cancelled_job_frees_what_it_held(server: Server) -> None:
    job = server.start(kind="simulate", case=LONG, replications=40)
    server.wait(job["id"], "running")
    workers = server.workers()
    assert server.ask("GET", f"/api/jobs/{job['id']}/page").status == 409
    assert server.ask("DELETE", f"/api/jobs/{job['id']}").status == 204
    assert server.job(job["id"])["state"] == "cancelled"
    assert [one["state"] for one in server.events(job["id"])] == ["cancelled"]
    nothing_left(server)
    after = server.start(kind="simulate", case={**SHORT, "seed": 2}, replications=1)
    assert server.wait(after["id"])["state"] == "done"
    assert server.workers() == workers


def test_fifty_cancelled_jobs_leave_nothing(server: Server) -> None:
    """No folder, no process, no open file, and no more memory than a few of them."""

    def cancel(seeds: range) -> None:
        for seed in seeds:
            job = server.start(kind="simulate", case={**LONG, "seed": 1_000 + seed}, replications=3)
            if seed % 3:  # the others are cancelled while they wait, or begin
                server.wait(job["id"], "running")
            assert server.ask("DELETE", f"/api/jobs/{job['id']}").status == 204
        nothing_left(server)

    def held() -> tuple[dict[int, int], int]:
        workers = server.workers()
        files = {pid: len(os.listdir(f"/proc/{pid}/fd")) for pid in (server.process.pid, *workers)}
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in workers]
        return files, sum(pages) * os.sysconf("SC_PAGE_SIZE")

    cancel(range(25))  # what threads hold once, they hold by then
    files, room = held()
    cancel(range(25, 75))
    after, more = held()
    assert after.keys() == files.keys()
    assert all(count - files[pid] < 10 for pid, count in after.items()), (files, after)
    assert more - room < 500_000_000


def test_a_worker_that_is_killed(server: Server) -> None:
    job = server.start(kind="simulate", case=LONG, replications=39)
    server.wait(job["id"], "running")
    os.kill(at_work(server, job["id"]), signal.SIGKILL)
    failed = server.wait(job["id"])
    assert failed["state"] == "failed"
    assert "died" in failed["problems"][0]["message"]
    nothing_left(server)
    after = [server.start(kind="simulate", case={**SHORT, "seed": seed}, replications=1) for seed in (3, 4, 5)]
    assert {server.wait(one["id"])["state"] for one in after} == {"done"}


def at_work(server: Server, id: str) -> int:
    """Return the process that has the folder of a job open."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for pid in server.workers():
            with suppress(OSError):
                if any(id in os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()):
                    return pid
    raise AssertionError(f"nobody works on {id}")


def test_more_memory_than_there_is(server: Server) -> None:
    case = {"package": "trans-caspian", "changes": ["flows.*.teu_per_year*=200"], "days": 90, "warmup_days": 0}
    failed = server.wait(server.start(kind="simulate", case=case, replications=1, containers=True)["id"])
    assert failed["state"] == "failed"
    assert re.search(r"need about \d+ GB, and there are \d+ GB", failed["problems"][0]["message"])
    nothing_left(server)


def test_too_many_jobs(server: Server) -> None:
    asked = [{"kind": "simulate", "case": {**LONG, "seed": seed}, "replications": 40} for seed in range(9)]
    answers = [server.ask("POST", "/api/jobs", one) for one in asked]
    assert [one.status for one in answers] == [202] * 8 + [429]
    assert "cancel" in answers[-1].problems
    for one in answers[:8]:
        server.ask("DELETE", f"/api/jobs/{one.json['id']}")
    nothing_left(server)


def test_two_clients_want_the_same(server: Server) -> None:
    one, two = "jibek-client=1", "jibek-client=2"
    body = {"kind": "simulate", "case": {**LONG, "seed": 99}, "replications": 40}
    ids = [server.ask("POST", "/api/jobs", body, Cookie=who).json["id"] for who in (one, two)]
    assert ids[0] == ids[1]
    server.ask("DELETE", f"/api/jobs/{ids[0]}", Cookie=one)
    assert server.job(ids[0])["state"] in ("queued", "running")
    server.ask("DELETE", f"/api/jobs/{ids[0]}", Cookie=two)
    assert server.job(ids[0])["state"] == "cancelled"


def test_two_hundred_watch_a_job_and_half_of_them_leave(server: Server) -> None:
    job = server.start(kind="simulate", case={**LONG, "seed": 7}, replications=40)
    server.wait(job["id"], "running")
    files = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    request = f"GET /api/jobs/{job['id']}/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    watching = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(200)]
    for one in watching:
        one.sendall(request)
    for one in watching:
        assert one.recv(100).startswith(b"HTTP/1.1 200")
    for one in watching[::2]:
        one.close()
    server.ask("DELETE", f"/api/jobs/{job['id']}")
    for one in watching[1::2]:
        with one, one.makefile("rb") as told:
            assert b'"state":"cancelled"' in told.read()
    end = time.monotonic() + 10
    while len(os.listdir(f"/proc/{server.process.pid}/fd")) > files and time.monotonic() < end:
        time.sleep(0.05)
    assert len(os.listdir(f"/proc/{server.process.pid}/fd")) <= files


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        done = first.wait(first.start(kind="simulate", case=SHORT, replications=2)["id"])
        half = first.start(kind="simulate", case=LONG, replications=40)
        first.wait(half["id"], "running")
        events = first.events(half["id"])
        next(events)
        workers = first.workers()
        first.process.kill()
        first.process.wait()
        assert gone(workers)
        events.close()
    with serving(tmp_path) as second:
        assert second.left() == [] or all("tmp" in name for name in second.left())  # what warms the workers
        assert second.job(done["id"]) == done
        assert second.ask("GET", f"/api/jobs/{half['id']}").status == 404
        assert second.ask("POST", "/api/jobs", done["request"]).status == 200
        assert second.ask("GET", f"/api/jobs/{done['id']}/page").status == 200


def test_a_data_folder_that_is_spoilt(tmp_path: Path) -> None:
    spoilt = tmp_path / "packages" / "0123456789abcdef"
    spoilt.mkdir(parents=True)
    (spoilt / "corridor.toml").write_text(texts(read("starter"))["corridor.toml"], encoding="utf-8")
    with serving(tmp_path) as server:
        assert server.wait(server.start(kind="bound", case=SHORT)["id"])["state"] == "done"
        assert server.ask("POST", "/api/jobs", {"kind": "bound", "case": {"package": spoilt.name}}).status == 422
        (tmp_path / "cases.json").mkdir()
        refused = server.ask("PUT", "/api/cases/mine", SHORT)
        assert (refused.status, "data folder cannot be used" in refused.problems) == (507, True)


def test_an_interruption_ends_it_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        job = server.start(kind="simulate", case=LONG, replications=40)
        server.wait(job["id"], "running")
        events = server.events(job["id"])
        next(events)
        processes = below(server.process.pid)
        begin = time.monotonic()
        assert server.interrupt() == 0
        assert time.monotonic() - begin < 5
        assert server.process.communicate() == ("", "")
        assert gone(processes)
        events.close()
        assert server.left() == []
        assert list((tmp_path / "jobs").iterdir()) == []


def gone(processes: list[int]) -> bool:
    """Whether processes end, within a while."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}").exists() for pid in processes):
            return True
        time.sleep(0.05)
    return False


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*JIBEK, "serve", "--port", str(port), "--data", str(tmp_path)], capture_output=True, text=True, timeout=60
        )
    assert ended.returncode == 2
    assert str(port) in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


IMPATIENT = """
import sys
from pathlib import Path
from jibek.serve import _server
_server.HEAD_S = 1.0
_server.serve(port=0, data=Path(sys.argv[1]))
"""


def test_slow_clients(tmp_path: Path) -> None:
    """Half a head is not waited for without end, drop by drop neither; a slow body is, and a connection that is kept."""
    head = b"POST /api/packages/starter/case HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    with serving(tmp_path, program=(sys.executable, "-c", IMPATIENT, str(tmp_path))) as server:
        files = len(os.listdir(f"/proc/{server.process.pid}/fd"))
        slow = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(50)]
        for one in slow[:40]:
            one.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        kept = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        for _ in range(2):
            kept.sendall(head)
            for part in (b"{", b"}"):
                time.sleep(0.7)
                kept.sendall(part)
            answer = b""
            while not answer.endswith(b"}"):
                answer += kept.recv(100_000)
            assert answer.startswith(b"HTTP/1.1 200")
        kept.sendall(b"GET")  # begins another, and goes no further
        for one in (*slow, kept):
            with one, suppress(ConnectionResetError):
                assert one.recv(100) == b""
        end = time.monotonic() + 10
        while len(os.listdir(f"/proc/{server.process.pid}/fd")) > files + 10 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(os.listdir(f"/proc/{server.process.pid}/fd")) <= files + 10  # workers may have begun meanwhile


NO_JOBS = """
import sys
from pathlib import Path
from jibek.serve._jobs import Limits
from jibek.serve._server import serve
serve(port=0, data=Path(sys.argv[1]), limits=Limits(unfinished=0))
"""
"""A server that takes no jobs: those that fit the description may take hours."""


def test_schemathesis(tmp_path: Path) -> None:
    """Requests made from the API's description, and spoilt ones, get answers that it describes; zips have tests of their own."""
    with serving(tmp_path, program=(sys.executable, "-c", NO_JOBS, str(tmp_path))) as server:
        upload = server.ask("GET", "/api/openapi.json").json["paths"]["/api/packages"]["post"]["operationId"]
        command = (
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file", str(Path(__file__).with_name("schemathesis.toml")),
            "run", f"http://127.0.0.1:{server.port}/api/openapi.json", "--phases", "coverage,fuzzing", "--max-examples", "5",
            "--seed", "1", "--no-color", "--exclude-path-regex", "/events$", "--exclude-operation-id", upload,
        )  # fmt: skip
        ended = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=tmp_path)
        said = "\n".join(line[:300] for line in ended.stdout.splitlines())
        assert ended.returncode == 0, said
        nothing_left(server)
