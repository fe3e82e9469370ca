"""The API of packages and cases: list, look into, check, edit, send, fetch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from jibek.corridor import Corridor
from jibek.results._names import names
from jibek.serve import _package_models as told
from jibek.serve._cases import TooManyCasesError, read_case
from jibek.serve._edits import fields
from jibek.serve._levers import matching, ranked, shown
from jibek.serve._models import Case, Problem, Problems
from jibek.serve._packages import FullError, Store, UnknownError
from jibek.serve._zip import TooLargeError, ZipError
from jibek.tables import Column, Package, cells, described

ZIP = "application/zip"
MOST_WAITING = 32
"""Packages and edits that are read, or wait to be."""
Words = Annotated[str, Query(max_length=200)]
CaseName = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^\w([\w .,:;()+&-]*[\w.)+])?$")]


class Turns:
    """What is sent is read one after another, as it takes time and memory; only so many wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._there = 0

    async def __aenter__(self) -> None:
        if self._there >= MOST_WAITING:
            raise HTTPException(429, f"{self._there} packages are waiting to be read; try again in a moment")
        self._there += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._there -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._turn.release()
        self._there -= 1


def router(store: Store) -> APIRouter:
    """Return the routes of packages and cases."""
    routes = APIRouter(dependencies=[Depends(_refused)])
    turns = Turns()
    _packages(routes, store, turns)
    _tables(routes, store, turns)
    _cases(routes, store)
    return routes


def _packages(routes: APIRouter, store: Store, turns: Turns) -> None:
    @lru_cache(maxsize=32)  # packages do not change
    def every(id: str) -> list[told.Lever]:
        held = store.held(id)
        return ranked(held) if isinstance(held, Corridor) else []

    @lru_cache(maxsize=32)
    def detail(id: str) -> dict[str, Any]:
        held = store.held(id)
        return _detail(held, every(id)) if isinstance(held, Corridor) else _NOTHING

    @routes.get("/packages", tags=["packages"])
    def list_packages() -> list[told.Package]:
        """List the packages: the one served, those that come with Jibek, then the others, the newest first."""
        return store.packages()

    @routes.post(
        "/packages", tags=["packages"], status_code=201, responses=_problems(400, 413, 422, 429), openapi_extra=_BODY
    )
    async def upload_package(request: Request) -> told.Package:
        """Send a package as a zip: `corridor.toml` or `job.toml`, and `NAME.csv` files."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != ZIP:
            raise HTTPException(400, f"send a zip, with the header Content-Type: {ZIP}")
        async with turns:
            return await run_in_threadpool(store.upload, await request.body())

    @routes.get("/packages/{id}", tags=["packages"], responses=_problems(404))
    def get_package(id: str) -> told.PackageDetail:
        """Say what is in a package, and what a what-if can change of it."""
        return told.PackageDetail(**store.package(id).model_dump(), **detail(id))

    @routes.get("/packages/{id}/levers", tags=["packages"], responses=_problems(404, 422))
    def find_levers(id: str, search: Words) -> told.Levers:
        """Find values that a what-if can change by all words of a search."""
        found = matching(every(id), search)
        return told.Levers(levers=shown(store.corridor(id), found), lever_count=len(found))

    @routes.get("/packages/{id}/zip", tags=["packages"], responses=_ZIP | _problems(404, 422), response_class=Response)
    def download_package(id: str) -> Response:
        """Fetch a package as a zip; the same package gives the same bytes."""
        name, data = store.zip(id)
        return Response(data, media_type=ZIP, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _tables(routes: APIRouter, store: Store, turns: Turns) -> None:
    @routes.get("/packages/{id}/tables", tags=["tables"], responses=_problems(404))
    def list_tables(id: str) -> told.Tables:
        """Describe the tables that a package may have, and say what its header holds."""
        held = store.held(id)
        return told.Tables(header=_header(held), tables=list(_described(held)))

    @routes.get("/packages/{id}/tables/{table}", tags=["tables"], response_model=told.Cells, responses=_problems(404))
    def get_table(id: str, table: str) -> Response:
        """Return a table as texts: the columns that are required or differ from the default somewhere."""
        held = store.held(id)
        if table not in held.schema.tables:
            raise HTTPException(404, f"there is no table {table[:100]!r}")
        columns, *rows = cells(held, table)
        return JSONResponse({"columns": columns, "rows": rows})

    @routes.post("/packages/{id}/check", tags=["tables"], responses=_problems(400, 404, 413, 422, 429))
    async def check_tables(id: str, edit: told.Edit) -> told.Checked:
        """Check a package parts of which are replaced; `line` 2 is the first row of a table."""
        async with turns:
            found = await run_in_threadpool(store.check, id, edit)
        return told.Checked(problems=[Problem.of(one) for one in found])

    @routes.post("/packages/{id}/edit", tags=["tables"], status_code=201, responses=_problems(400, 404, 413, 422, 429))
    async def edit_tables(id: str, edit: told.Edit) -> told.Package:
        """Make a new package, parts of which are replaced; `line` 2 of a problem is the first row of a table."""
        async with turns:
            return await run_in_threadpool(store.edit, id, edit)


def _header(held: Package) -> told.Header:
    known = fields(held)
    return told.Header(
        file=held.schema.header_file,
        columns=[_column(one) for one in known.values()],
        cells={name: one.cell(getattr(held.header, name)) for name, one in known.items()},
    )


def _described(held: Package) -> Iterator[told.Table]:
    for table in described(held.schema):
        yield told.Table(
            name=table.name, title=table.name.capitalize(), description=table.meaning, rows=len(held.rows(table.name)),
            columns=[_column(one) for one in table.columns],
        )  # fmt: skip


def _column(column: Column) -> told.Column:
    return told.Column(
        name=column.name, type=column.kind, unit=column.unit, required=column.required, description=column.meaning,
        reference=column.refers or None, choices=list(column.choices),
    )  # fmt: skip


def _cases(routes: APIRouter, store: Store) -> None:
    @routes.post("/packages/{id}/case", tags=["cases"], responses=_problems(400, 404, 413, 422))
    def read(id: str, case: told.CaseText) -> told.CaseRead:
        """Say what measures and changes do to a package, and how the command line writes them."""
        return read_case(store.corridor(id), case, store.path(id))

    @routes.get("/cases", tags=["cases"])
    def list_cases() -> list[told.NamedCase]:
        """List the cases that are kept, by name."""
        return store.cases.all()

    @routes.put("/cases/{name}", tags=["cases"], responses=_problems(400, 404, 413, 422, 429))
    def put_case(name: CaseName, case: Case) -> told.NamedCase:
        """Keep a case; one of the same name is replaced."""
        text = told.CaseText(**case.model_dump(exclude={"package", "seed"}))
        read_case(store.corridor(case.package), text, "")
        return store.cases.put(name, case)

    @routes.delete("/cases/{name}", tags=["cases"], status_code=204, responses=_problems(404, 422))
    def delete_case(name: CaseName) -> None:
        """Forget a case."""
        if not store.cases.delete(name):
            raise HTTPException(404, f"there is no case {name!r}")


def _refused() -> Iterator[None]:
    """Tell errors of the store as the protocol does."""
    try:
        yield
    except tuple(_STATUS) as error:
        raise HTTPException(_STATUS[type(error)], str(error)) from None


_STATUS: dict[type[Exception], int] = {
    UnknownError: 404,
    ZipError: 400,
    TooLargeError: 413,
    FullError: 429,
    TooManyCasesError: 429,
}


def _detail(corridor: Corridor, levers: list[told.Lever]) -> dict[str, Any]:
    """Return what a what-if can change of a corridor."""
    return {
        "currency": corridor.header.currency,
        "levers": shown(corridor, levers),
        "lever_count": len(levers),
        "measures": [
            told.Measure(
                id=one.id, title=one.title, status=one.status, cost_million=one.cost_million, changes=list(one.changes),
                needs=list(one.requires), excludes=list(one.excludes),
            )
            for one in corridor.measures.values()
        ],
        "closures": list(_closures(corridor)),
        "flows": [told.Flow(id=id, name=name) for id, name in names(corridor, "flows").items()],
    }  # fmt: skip


def _closures(corridor: Corridor) -> Iterator[told.Closure]:
    for one in corridor.closures.values():
        table, id = next(
            (f"{kind}s", place) for kind in ("terminal", "zone", "link") if (place := getattr(one, kind)) is not None
        )
        yield told.Closure(
            id=one.id, target=f"{table}.{id}", label=names(corridor, table)[id], start=_moment(one.start), end=_moment(one.end),
            months=list(one.months), days_per_month=one.days_per_month, duration_h=one.duration_h,
        )  # fmt: skip


def _moment(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


_NOTHING: dict[str, Any] = {
    "currency": None,
    "levers": [],
    "lever_count": 0,
    "measures": [],
    "closures": [],
    "flows": [],
}


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Problems, "description": _WHY[code]} for code in codes}


_WHY = {
    400: "What was sent cannot be read.",
    404: "There is no such thing.",
    413: "What was sent is too large.",
    422: "What was sent is wrong: every problem.",
    429: "As much is kept as may be.",
}
_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}, "description": "The zip."}}
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}
