"""The API of jobs: start, watch, cancel, fetch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from jibek.serve import _models as asked
from jibek.serve._held import Client, Held
from jibek.serve._jobs import Jobs, TooManyError, job_id
from jibek.serve._kinds import PAGE, REPORT, check, package_of
from jibek.serve._packages import Store
from jibek.web._report import filled

HEARTBEAT_S = 15.0
CLIENT = "jibek-client"
"""Cookie that tells pages at the same address apart."""


def router(store: Store, jobs: Jobs) -> APIRouter:
    """Return the routes of jobs."""
    routes = APIRouter(tags=["jobs"])

    def known(id: str) -> Held:
        held = jobs.get(id)
        if held is None:
            raise HTTPException(404, f"there is no job {id[:100]!r}")
        return held

    @routes.post("/jobs", status_code=202, response_model=asked.Job, responses=_ALREADY | _problems(404, 429))
    async def start_job(request: asked.Request, client: Asking) -> Response:
        """Start a job; one that has been asked for already is answered with 200 as it stands."""
        content = await run_in_threadpool(_content, store, request)
        id = job_id(request, content)
        if held := jobs.useful(id):
            held.clients.add(client)
            return _told(held, 200)
        await run_in_threadpool(check, store, request)
        if held := jobs.useful(id):  # asked for twice at the same time
            held.clients.add(client)
            return _told(held, 200)
        try:
            return _told(jobs.submit(id, request, content, client), 202)
        except TooManyError as error:
            raise HTTPException(429, str(error)) from None

    @routes.get("/jobs")
    async def list_jobs(skip: Skip = 0, most: Most = 100) -> list[asked.Listed]:
        """List jobs, the newest first, without what was asked and answered."""
        return [_listed(held) for held in islice(jobs, skip, skip + most)]

    @routes.get("/jobs/{id}", response_model=asked.Job, responses=_problems(404))
    async def get_job(id: str) -> Response:
        """Tell how a job stands, with its answer."""
        return _told(known(id), 200)

    @routes.delete("/jobs/{id}", status_code=204, responses=_problems(404))
    async def cancel_job(id: str, client: Asking) -> None:
        """Cancel a job, unless someone else wants it; one that is done stays."""
        jobs.cancel(known(id), client)

    @routes.get("/jobs/{id}/events", responses=_EVENTS | _problems(404), response_class=StreamingResponse)
    async def watch_job(id: str, last_event_id: LastEvent = "") -> Response:
        """Watch a job to its end: server-sent events named `job`, each with the job, and with its answer if that is new."""
        return StreamingResponse(_events(known(id), jobs, last_event_id), media_type="text/event-stream")

    @routes.get("/jobs/{id}/page", responses=_BINARY | _problems(404, 409), response_class=FileResponse)
    async def get_job_page(id: str) -> Response:
        """Fetch what the page shows of a simulation: map, movements, charts, as one compressed piece."""
        held = known(id)
        return _file(held, PAGE if REPORT in held.job.files else "")

    @routes.get("/jobs/{id}/files/{name:path}", responses=_BINARY | _problems(404, 409), response_class=FileResponse)
    async def get_job_file(id: str, name: str) -> Response:
        """Fetch a file of a job: Parquet tables, figures, report."""
        held = known(id)
        if name == REPORT and name in held.job.files and held.folder is not None:
            text = await run_in_threadpool(_report, held.folder)
            return Response(text, media_type="text/html", headers=_attached(REPORT))
        return _file(held, name if name in held.job.files else "")

    return routes


def _client(request: Request) -> Client:
    """Tell who asks."""
    return Client(request.client.host if request.client else "", request.cookies.get(CLIENT, ""))


Asking = Annotated[Client, Depends(_client)]
Skip = Annotated[int, Query(ge=0, le=100_000, description="how many of the newest are left out")]
Most = Annotated[int, Query(ge=1, le=1_000, description="how many are listed")]
LastEvent = Annotated[
    str, Header(max_length=100, description="id of the last event seen: its answer is not told again")
]


def _content(store: Store, request: asked.Request) -> str:
    """Return the content of the package that a job is about."""
    package = package_of(request)
    return store.content(package) if package else ""


def _told(held: Held, status: int) -> Response:
    return Response(held.told(), status, media_type="application/json")


def _listed(held: Held) -> asked.Listed:
    job = held.job
    return asked.Listed(
        id=job.id, kind=job.kind, package=package_of(job.request) or None, state=job.state, share=job.share, created=job.created,
        finished=job.finished, size_bytes=held.size,
    )  # fmt: skip


async def _events(held: Held, jobs: Jobs, had: str) -> AsyncIterator[bytes]:
    """Yield a job whenever it has changed, to its end; between, say that the server is still there."""
    seen = -1
    while not jobs.closing:
        changed = held.changed
        if held.version != seen:
            seen = held.version
            had, pieces = held.event(had)
            for piece in pieces:
                yield piece
        if held.over:
            return
        try:
            await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
        except TimeoutError:
            yield b": still here\n\n"


def _report(folder: Path) -> str:
    return filled((folder / PAGE).read_bytes())


def _file(held: Held, name: str) -> Response:
    """Return a file that a job has made; there is none without a name."""
    if not held.over:
        raise HTTPException(409, "the job is not done yet")
    if held.folder is None or not name:
        raise HTTPException(404, "the job has no such file")
    if not (held.folder / name).is_file():
        raise HTTPException(404, "the file is there no more; ask for the job again")
    return FileResponse(
        held.folder / name, media_type="application/octet-stream", headers=_attached(name.replace("/", "-"))
    )


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": asked.Problems, "description": _WHY[code]} for code in codes}


_WHY = {
    404: "There is no such thing.",
    409: "It is not done yet.",
    429: "There are too many unfinished jobs.",
}
_ALREADY: dict[int | str, dict[str, Any]] = {200: {"model": asked.Job, "description": "It has been asked for already."}}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events, to the job's end."}
}
_BINARY: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file."}
}
