"""The service: the page at `/`, the API below `/api`, and how errors are told."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from jibek import __version__
from jibek._error import JibekError
from jibek.serve import _routes_jobs, _routes_packages
from jibek.serve._jobs import Jobs
from jibek.serve._models import Problem, Problems
from jibek.serve._packages import Store, UnknownError
from jibek.serve._routes_jobs import CLIENT
from jibek.serve._safety import page_policy
from jibek.tables import SHOWN, ProblemsError
from jibek.web._report import page

DESCRIPTION = """\
Packages of tables, cases made of them, and jobs that simulate and study them. A job is the hash of what is asked: the same request is the
same job, and its answer is kept. Errors are lists of problems. The page at `/` uses nothing else than this.
"""

WHY = {
    400: "The request is malformed, or names another host.",
    401: "The token is missing or wrong.",
    403: "It comes from another page.",
    413: "It is too large.",
    422: "What was sent is wrong: every problem.",
}


def application(store: Store, jobs: Jobs) -> FastAPI:
    """Return the service with its page; jobs are worked on while it is alive."""

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        jobs.start()
        try:
            yield
        finally:
            jobs.stop()

    app = described(store, jobs)
    app.router.lifespan_context = alive
    _show_page(app)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(UnknownError, _unknown)
    app.add_exception_handler(JibekError, _wrong)
    app.add_exception_handler(OSError, _unkept)
    app.add_exception_handler(Exception, _bug)
    return app


def described(store: Store, jobs: Jobs) -> FastAPI:
    """Return the API and its description."""
    app = FastAPI(
        title="Jibek", version=__version__, description=DESCRIPTION, openapi_url="/api/openapi.json", docs_url=None,
        redoc_url=None, separate_input_output_schemas=False,
        responses={code: {"model": Problems, "description": why} for code, why in WHY.items()},
    )  # fmt: skip
    app.include_router(_routes_packages.router(store), prefix="/api")
    app.include_router(_routes_jobs.router(store, jobs), prefix="/api")
    return app


def _show_page(app: FastAPI) -> None:
    text = page()
    policy = page_policy(text)

    @app.get("/", include_in_schema=False)
    async def show_page(request: Request) -> Response:
        shown = HTMLResponse(text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})
        if CLIENT not in request.cookies:
            shown.set_cookie(CLIENT, secrets.token_hex(8), httponly=True, samesite="strict")
        return shown


def _answer(status: int, problems: Iterable[Problem], headers: Any = None) -> JSONResponse:
    return JSONResponse({"problems": [problem.model_dump() for problem in problems]}, status, headers=headers)


async def _malformed(_: Request, error: Exception) -> Response:
    """Tell what of a request does not fit its description; what was sent is not repeated."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["type"] == "json_invalid" for one in found):
        return _answer(400, [Problem(message="the body is not JSON")])
    return _answer(422, [Problem(column=_place(one["loc"]), message=one["msg"]) for one in found[:SHOWN]])


def _place(parts: Iterable[Any]) -> str:
    return ".".join(str(part) for part in parts if part != "body")[:200]


async def _refused(_: Request, error: Exception) -> Response:
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    message = error.detail if isinstance(error, HTTPException) else ""
    return _answer(status, [Problem(message=str(message))], headers)


async def _wrong(_: Request, error: Exception) -> Response:
    problems = [Problem.of(one) for one in error.problems[:SHOWN]] if isinstance(error, ProblemsError) else []
    return _answer(422, problems or [Problem(message=str(error))])


async def _unknown(_: Request, error: Exception) -> Response:
    return _answer(404, [Problem(message=str(error))])


async def _unkept(_: Request, error: Exception) -> Response:
    """Tell that the data folder is full, gone or not to be written."""
    why = error.strerror if isinstance(error, OSError) else None
    return _answer(507, [Problem(message=f"the server's data folder cannot be used: {why or error}")])


async def _bug(_: Request, error: Exception) -> Response:
    return _answer(500, [Problem(message=f"a bug of Jibek's: {type(error).__name__}; its log has the rest")])
