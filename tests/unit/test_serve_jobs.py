"""The jobs of a server, with workers that do what the test says; who is let in; the types of the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from commands import call
from jibek.serve import _jobs, _pool
from jibek.serve._desk import Order, Over, Ready, Told
from jibek.serve._held import Client, Held
from jibek.serve._jobs import Jobs, Limits, TooManyError, job_id
from jibek.serve._models import Case, Invest, Job, Problem, Simulate
from jibek.serve._packages import Store
from jibek.serve._safety import CLOSED, COOKIE, Guard, page_policy
from jibek.serve._types import typescript

ROOT = Path(__file__).parents[2]
ME, YOU = Client("127.0.0.1", "a"), Client("127.0.0.1", "b")


class Worker:
    """A worker that does nothing by itself."""

    made: ClassVar[list[Worker]] = []

    def __init__(self, begin: object, hear: Callable[[Any, Any], None]) -> None:
        self.say = lambda message: hear(self, message)
        self.ready, self.alive, self.job = False, True, None
        self.done: list[str] = []
        self.order: Order | None = None
        Worker.made.append(self)

    def do(self, order: Order) -> None:
        self.order = order
        self.done.append("do")

    def stop(self) -> None:
        self.done.append("stop")

    def kill(self) -> None:
        self.done.append("kill")
        if self.alive:
            self.alive = False
            self.say(_pool.Died(-9))

    def join(self) -> None:
        pass


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jobs, "Worker", Worker)
    monkeypatch.setattr(Worker, "made", [])
    monkeypatch.setattr(_jobs, "GRACE_S", 0.01)


def simulate(seed: int = 0) -> Simulate:
    return Simulate(kind="simulate", case=Case(package="starter", seed=seed), replications=2)


def invest(seed: int = 0) -> Invest:
    return Invest(kind="invest", case=Case(package="starter", seed=seed), budget=1)


def with_jobs(folder: Path, test: Callable[[Jobs], Awaitable[None]], **limits: Any) -> None:
    """Run a test in an event loop, with jobs whose workers are ready."""

    async def run() -> None:
        jobs = Jobs(folder, Store(folder), Limits(**limits))
        jobs.start()
        for worker in Worker.made:
            worker.say(Ready())
        try:
            await test(jobs)
        finally:
            jobs.stop()

    asyncio.run(run())


def submit(jobs: Jobs, request: Simulate | Invest, client: Client = ME) -> Held:
    return jobs.submit(job_id(request, "content"), request, "content", client)


def drafts(folder: Path) -> list[Path]:
    return list((folder / "drafts").iterdir())


def test_the_same_request_is_the_same_job(monkeypatch: pytest.MonkeyPatch) -> None:
    one = job_id(simulate(), "content")
    assert one == job_id(simulate(), "content") != job_id(simulate(1), "content")
    assert one != job_id(simulate(), "other content")
    monkeypatch.setattr(_jobs, "__version__", "99")
    assert one != job_id(simulate(), "content")


def test_a_job_is_kept_and_found_again(tmp_path: Path) -> None:
    async def first(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        worker = next(one for one in Worker.made if one.order)
        assert worker.order is not None
        worker.say(Told(0.5, b'{"total":1}', 1))
        assert json.loads(held.told())["answer"] == {"total": 1}
        (worker.order.folder / "answer.json").write_bytes(b'{"total":2}')
        (worker.order.folder / "page.bin").write_bytes(b"page")
        worker.say(Over(files=("answer.json", "page.bin")))
        told = json.loads(held.told())
        assert (told["state"], told["share"], told["answer"], told["files"]) == (
            "done",
            1,
            {"total": 2},
            ["report.html"],
        )
        assert not drafts(tmp_path)
        assert jobs.useful(held.job.id) is held
        assert Job.model_validate_json(held.told()).answer == {"total": 2}

    async def second(jobs: Jobs) -> None:
        (held,) = jobs
        assert json.loads(held.told())["answer"] == {"total": 2}

    with_jobs(tmp_path, first)
    (tmp_path / "drafts" / "of-a-server-that-was-killed").mkdir()
    (tmp_path / "jobs" / "no job").mkdir()
    with_jobs(tmp_path, second)
    assert not drafts(tmp_path)


def test_a_job_that_cannot_be_kept(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        (tmp_path / "jobs" / held.job.id).write_text("in its place")
        next(one for one in Worker.made if one.order).say(Over(files=()))
        assert held.job.state == "failed"
        assert "cannot be kept" in held.job.problems[0].message
        assert not drafts(tmp_path)

    with_jobs(tmp_path, test)


@pytest.mark.parametrize("spoilt", ["job.json", "answer.json"])
def test_a_job_that_is_spoilt_is_done_again(spoilt: str, tmp_path: Path) -> None:
    async def done(jobs: Jobs) -> None:
        assert not list(jobs)
        held = submit(jobs, simulate())
        worker = next(one for one in Worker.made if one.order)
        assert worker.order is not None
        (worker.order.folder / "answer.json").write_bytes(b"{}")
        worker.say(Over(files=("answer.json",)))
        assert (held.job.state, held.job.problems) == ("done", [])
        assert jobs.useful(held.job.id) is held
        assert held.folder is not None
        (held.folder / spoilt).unlink()
        assert (jobs.useful(held.job.id) is None) == (spoilt == "answer.json")

    with_jobs(tmp_path, done)
    Worker.made.clear()
    with_jobs(tmp_path, done)


def test_a_data_folder_that_is_gone(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        (tmp_path / "drafts").rmdir()
        held = submit(jobs, simulate())
        assert held.job.state == "failed"
        assert "cannot be begun" in held.job.problems[0].message
        (tmp_path / "drafts").mkdir()
        assert submit(jobs, simulate()).job.state == "running"
        (tmp_path / "drafts").rename(tmp_path / "elsewhere")

    with_jobs(tmp_path, test)


def test_one_worker_is_kept_for_what_is_soon_done(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        studies = [submit(jobs, invest(seed)) for seed in range(2)]
        what_if = submit(jobs, simulate())
        assert [one.job.state for one in (*studies, what_if)] == ["running", "queued", "running"]
        busy = next(one for one in Worker.made if one.job.held is studies[0])  # type: ignore[attr-defined]
        busy.say(Over(problems=(Problem(message="no"),)))
        assert [one.job.state for one in studies] == ["failed", "running"]

    with_jobs(tmp_path, test, workers=2)


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        (worker,) = Worker.made
        worker.alive = False
        worker.say(_pool.Died(-9))
        assert held.job.state == "failed"
        assert "died (-9)" in held.job.problems[0].message
        assert not drafts(tmp_path)
        again = submit(jobs, simulate())
        assert again.job.state == "queued"
        await asyncio.sleep(0.01)
        _, new = Worker.made
        new.say(Ready())
        assert again.job.state == "running"

    with_jobs(tmp_path, test, workers=1)


def test_a_job_ends_when_nobody_wants_it(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        held.clients.add(YOU)
        (worker,) = Worker.made
        jobs.cancel(held, ME)
        assert held.job.state == "running"
        jobs.cancel(held, YOU)
        assert held.job.state == "cancelled"
        assert worker.done == ["do", "stop"]
        await asyncio.sleep(0.05)
        assert worker.done == ["do", "stop", "kill"]
        assert not drafts(tmp_path)

    with_jobs(tmp_path, test, workers=1)


def test_a_worker_that_stops_when_asked_is_kept(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        (worker,) = Worker.made
        jobs.cancel(held, ME)
        worker.say(Over())
        await asyncio.sleep(0.05)
        assert worker.done == ["do", "stop"]
        assert held.job.state == "cancelled"
        assert not drafts(tmp_path)
        assert submit(jobs, simulate(1)).job.state == "running"

    with_jobs(tmp_path, test, workers=1)


def test_a_queued_job_is_cancelled(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        running, queued = submit(jobs, simulate(0)), submit(jobs, simulate(1))
        jobs.cancel(queued, ME)
        Worker.made[0].say(Over(problems=(Problem(message="no"),)))
        assert (running.job.state, queued.job.state) == ("failed", "cancelled")
        assert Worker.made[0].job is None

    with_jobs(tmp_path, test, workers=1)


def test_a_job_that_takes_too_long(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        await asyncio.sleep(0.1)
        assert held.job.state == "failed"
        assert "longer than" in held.job.problems[0].message
        assert Worker.made[0].done == ["do", "stop", "kill"]

    with_jobs(tmp_path, test, workers=1, time_s=0.01)


def test_jobs_are_limited(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        for seed in range(2):
            submit(jobs, simulate(seed))
        with pytest.raises(TooManyError, match="you have 2 jobs"):
            submit(jobs, simulate(2))
        submit(jobs, simulate(2), Client("192.0.2.1"))
        with pytest.raises(TooManyError, match="3 jobs are waiting"):
            submit(jobs, simulate(3), Client("192.0.2.2"))

    with_jobs(tmp_path, test, of_client=2, unfinished=3)


@pytest.mark.parametrize("limits", [{"kept_bytes": 25_000}, {"kept": 2}])
def test_the_oldest_make_way(limits: dict[str, int], tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        (worker,) = Worker.made
        ids = []
        for seed in range(3):
            ids.append(submit(jobs, simulate(seed)).job.id)
            assert worker.order is not None
            (worker.order.folder / "answer.json").write_bytes(b"{}" + b" " * 10_000)
            worker.say(Over(files=("answer.json",)))
        assert [one.job.id for one in jobs] == [ids[2], ids[1]]
        assert {path.name for path in (tmp_path / "jobs").iterdir()} == set(ids[1:])

    with_jobs(tmp_path, test, workers=1, **limits)
    Worker.made.clear()

    async def later(jobs: Jobs) -> None:
        assert len(list(jobs)) == 1

    with_jobs(tmp_path, later, kept=1)


def test_an_answer_is_told_once(tmp_path: Path) -> None:
    """To each who watches; how far the job is goes out without it."""

    def said(held: Held, had: str) -> tuple[str, Any]:
        id, pieces = held.event(had)
        return id, json.loads(b"".join(pieces).partition(b"data: ")[2])["answer"]

    async def test(jobs: Jobs) -> None:
        held = submit(jobs, simulate())
        (worker,) = Worker.made
        assert said(held, "") == ("", None)
        worker.say(Told(0.3, b'{"total":1}', 1))
        one, answer = said(held, "")
        assert answer == {"total": 1}
        worker.say(Told(0.4))
        assert said(held, one) == (one, None)
        worker.say(Told(0.5, b'{"total":2}', 2))
        two, answer = said(held, one)
        assert answer == {"total": 2}
        assert worker.order is not None
        (worker.order.folder / "answer.json").write_bytes(b'{"total":2}')
        worker.say(Over(files=("answer.json",)))
        assert said(held, two) == (two, None)
        assert said(held, "") == (two, {"total": 2})

    with_jobs(tmp_path, test, workers=1)


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, Store(tmp_path), Limits())
    code, _, err = call("serve", "--port", "0", "--data", str(tmp_path))
    assert code == 2
    assert "another server uses this folder" in err
    jobs.stop()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "0.0.0.0"), "a token is needed"),
        (("--host", "::"), "a token is needed"),
        (("--host", "no.such.host.invalid", "--token", "secret"), "no.such.host.invalid"),
        (("--token", ""), "--token: is empty"),
        (("no-such-package",), "no-such-package"),
    ],
)
def test_serve_refuses(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    code, out, err = call("serve", "--port", "0", "--data", str(tmp_path / "data"), *words)
    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_types_of_the_page() -> None:
    assert (ROOT / "web" / "src" / "data" / "api.ts").read_text(encoding="utf-8") == typescript()


async def inner(scope: Any, receive: Any, send: Any) -> None:
    body = (await receive())["body"] if scope["method"] == "POST" else b""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-body", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": b""})


def let_in(
    method: str = "GET",
    path: str = "/api/jobs",
    *,
    token: str | None = None,
    query: str = "",
    body: bytes = b"",
    unread: list[bytes] | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Return what a guarded service answers."""
    sent: list[Any] = []
    lines = {"host": "localhost:8765"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http", "method": method, "path": path, "scheme": "http", "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in lines.items()],
    }  # fmt: skip
    parts = [body[:10], body[10:]]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Guard(inner, host="127.0.0.1", token=token)(scope, receive, send))
    if unread is not None:
        unread[:] = parts
    told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1"]
)
def test_other_names_are_refused(host: str) -> None:
    status, _, body = let_in(host=host)
    assert status == 400
    assert b"Host" in body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8765", "[::1]:8765"])
def test_own_names_are_let_in(host: str) -> None:
    assert let_in(host=host)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
    ],
)
def test_other_pages_change_nothing(headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert let_in(method, **headers)[0] == 403
    assert let_in("GET", **headers)[0] == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_own_page_may_behind_a_proxy_too(scheme: str) -> None:
    origin = f"{scheme}://localhost:8765"
    assert let_in("POST", origin=origin, sec_fetch_site="same-origin", body=b"x" * 100)[1]["x-body"] == "100"


def test_large_bodies_are_refused() -> None:
    assert let_in("POST", body=b" " * 1_000_001)[0] == 413
    assert let_in("POST", content_length="99999999999999999999999")[0] == 413
    assert let_in("POST", "/api/packages", body=b" " * 1_000_001)[0] == 200
    assert let_in("POST", "/api/packages/starter/edit", body=b" " * 20_000_001)[0] == 413


def test_a_body_that_is_too_large_is_read_to_its_end() -> None:
    """Who is still sending when the connection is closed does not hear why."""
    there: list[bytes] = []
    assert let_in("POST", body=b" " * 30_000_000, unread=there, content_length="30000000")[0] == 413
    assert there == []
    assert (
        let_in("POST", body=b" " * 30_000_000, unread=there, content_length="30000000", expect="100-continue")[0] == 413
    )
    assert there != []


@pytest.mark.parametrize("kind", ["check", "edit"])
def test_tables_of_too_many_cells_are_refused(kind: str) -> None:
    body = b"[" + b"[],," * 400_000 + b"]"
    assert let_in("POST", f"/api/packages/starter/{kind}", body=body[:900_000])[0] == 200
    assert let_in("POST", f"/api/packages/starter/{kind}", body=body.ljust(10_000_000, b","))[0] == 413
    assert let_in("POST", "/api/packages", body=body.ljust(10_000_000, b","))[0] == 200


def test_only_so_many_large_bodies_are_taken_at_once() -> None:
    """Those that are small, or come later, are."""
    waiting: list[int] = []

    async def test() -> None:
        go = asyncio.Event()

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            waiting.append(len((await receive())["body"]))
            await go.wait()
            await inner(scope, receive, send)

        guard = Guard(slow, host="127.0.0.1", token=None)

        async def ask(size: int, headers: dict[str, str]) -> int:
            sent: list[Any] = []
            scope = {
                "type": "http", "method": "POST", "path": "/api/packages", "scheme": "http", "query_string": b"",
                "headers": [(name.encode(), text.encode()) for name, text in ({"host": "localhost"} | headers).items()],
            }  # fmt: skip

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b" " * size, "more_body": False}

            async def send(message: Any) -> None:
                sent.append(message)

            await guard(scope, receive, send)
            return int(sent[0]["status"])

        large = {"content-length": "2000000"}
        tasks = [asyncio.create_task(ask(2_000_000, large)) for _ in range(7)]
        tasks.append(asyncio.create_task(ask(2_000_000, {"transfer-encoding": "chunked"})))
        tasks.append(asyncio.create_task(ask(10, {"content-length": "10"})))
        while len(waiting) < 9:
            await asyncio.sleep(0)
        assert await ask(2_000_000, large) == 429
        go.set()
        assert await asyncio.gather(*tasks) == [200] * 9
        assert await ask(2_000_000, large) == 200

    asyncio.run(test())


def test_a_token_is_asked_for() -> None:
    for headers in (
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic secret"},
        {"cookie": f"{COOKIE}=secret"},
        {"cookie": f'{COOKIE}="é"'},
        {"authorization": "Bearer é"},
    ):
        status, told, _ = let_in(token="secret", **headers)
        assert (status, told["www-authenticate"]) == (401, "Bearer")
    assert let_in(token="secret", authorization="Bearer secret")[0] == 200
    assert let_in(token="sécret", authorization="Bearer sécret")[0] == 200
    assert let_in("GET", "/", token="secret")[0] == 200
    assert let_in("GET", "/api/jobs", token="secret", query="token=wrong")[0] == 401


def test_a_token_in_the_address_becomes_a_cookie() -> None:
    status, told, _ = let_in("GET", "/", token="secret", query="token=secret&case=a%26b")
    assert (status, told["location"]) == (303, "/?case=a%26b")
    cookie, *attributes = told["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict"} <= set(attributes)
    assert "secret" not in cookie
    assert let_in(token="secret", cookie=cookie)[0] == 200
    assert let_in("GET", "//evil.example/", token="secret", query="token=secret")[1]["location"].startswith(
        "/evil.example"
    )


def test_headers_of_all_answers() -> None:
    for _, told, _ in (let_in(), let_in(host="evil.example")):
        assert told["content-security-policy"] == CLOSED
        assert told["x-content-type-options"] == "nosniff"
        assert told["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in told


def test_the_policy_names_what_the_page_has() -> None:
    policy = page_policy("<style>a{}</style><script type=module>1</script><script id=run></script>")
    script, style = (
        next(part for part in policy.split("; ") if part.startswith(name)) for name in ("script-src ", "style-src ")
    )
    assert script.split()[1] == "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"  # of "1"
    assert "unsafe" not in script + style
