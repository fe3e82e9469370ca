"""The API of packages and cases: what is answered, and the status of what is refused."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI

from jibek.corridor import describe, read
from jibek.serve import _cases, _packages, _routes_packages
from jibek.serve._packages import Store
from jibek.serve._routes_packages import ZIP, router
from jibek.tables import PackageError
from transfer_packages import write_job
from zips import zipped


class Service:
    """The routes, asked without a network."""

    def __init__(self, data: Path) -> None:
        self.store = Store(data)
        self.app = FastAPI()
        self.app.include_router(router(self.store), prefix="/api")

    def ask(self, method: str, path: str, body: Any = b"", kind: str = "application/json") -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        heard: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            heard.append(message)

        place, _, query = path.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "query_string": query.encode(), "root_path": "",
            "path": unquote(f"/api{place}"), "headers": [(b"content-type", kind.encode())], "client": ("test", 1),
            "server": ("test", 80),
        }  # fmt: skip
        asyncio.run(self.app(scope, receive, send))
        return heard[0]["status"], b"".join(message.get("body", b"") for message in heard)

    def get(self, path: str) -> Any:
        """Return what is there."""
        status, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "data")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A service that keeps nothing that a test sends."""
    return Service(tmp_path_factory.mktemp("data"))


def test_packages_are_listed_and_looked_into(service: Service) -> None:
    assert [one["id"] for one in service.get("/packages")] == ["starter", "trans-caspian"]
    found = service.get("/packages/starter")
    assert [one["id"] for one in found["measures"]] == ["third-ferry", "second-berth", "growth"]
    assert (found["measures"][1]["cost_million"], found["measures"][1]["needs"]) == (40, ["third-ferry"])
    (storm,) = found["closures"]
    assert (storm["id"], storm["target"], storm["days_per_month"]) == ("storm", "links.sea", 3)
    assert storm["label"] == "Eastern shore - Western shore"
    assert {one["id"]: one["name"] for one in found["flows"]}["west"] == "Westbound"
    assert "fleets.ferries.count" in {one["change"] for one in found["levers"]}


def test_tables_are_described_and_read(service: Service) -> None:
    found = service.get("/packages/starter/tables")
    tables, header = found["tables"], found["header"]
    assert (header["file"], header["cells"]["days"]) == ("corridor.toml", str(read("starter").header.days))
    assert header["cells"].keys() == {one["name"] for one in header["columns"]}
    assert "schema_version" not in header["cells"]
    assert [one["name"] for one in tables] == [table.name for table in describe()]
    links = next(one for one in tables if one["name"] == "links")
    length = next(one for one in links["columns"] if one["name"] == "length_km")
    assert (links["rows"], length["unit"], length["type"], length["required"]) == (3, "km", "number", True)
    assert next(one for one in links["columns"] if one["name"] == "to_place")["reference"] == "places"
    cells = service.get("/packages/starter/tables/links")
    assert dict(zip(cells["columns"], cells["rows"][2], strict=True))["length_km"] == "470"
    assert service.get("/packages/starter/tables/arrivals")["rows"] == []


def test_a_zip_goes_round(service: Service) -> None:
    status, data = service.ask("GET", "/packages/starter/zip")
    assert (status, zipfile.is_zipfile(io.BytesIO(data))) == (200, True)
    status, body = service.ask("POST", "/packages", data, ZIP)
    assert status == 201
    assert service.get("/packages")[-1] == json.loads(body)
    assert service.ask("GET", f"/packages/{json.loads(body)['id']}/zip")[0] == 200


def test_tables_are_checked_and_edited(service: Service) -> None:
    places = service.get("/packages/starter/tables/places")
    places["rows"][1][places["columns"].index("lat")] = "91"
    status, body = service.ask("POST", "/packages/starter/check", {"tables": {"places": places}})
    said = {"table": "places", "row": "border", "line": 3, "column": "lat", "message": "must be at most 90, not '91'"}
    assert (status, json.loads(body)) == (200, {"problems": [said]})
    with pytest.raises(PackageError, match="must be at most 90"):
        service.ask("POST", "/packages/starter/edit", {"tables": {"places": places}})
    places["rows"][1][places["columns"].index("lat")] = "9"
    assert service.ask("POST", "/packages/starter/edit", {"tables": {"places": places}})[0] == 201


def test_a_case_is_read_and_kept(service: Service) -> None:
    status, body = service.ask("POST", "/packages/starter/case", {"changes": ["fleets.ferries.count*=2"], "days": 30})
    assert status == 200
    assert json.loads(body)["command"] == "jibek simulate starter --set 'fleets.ferries.count*=2' --days 30"
    case = {"package": "starter", "measures": ["growth"], "seed": 3}
    assert service.ask("PUT", "/cases/more%20traffic, 2%", case)[0] == 422
    assert service.ask("PUT", "/cases/more%20traffic, 2", case)[0] == 200
    (kept,) = service.get("/cases")
    assert (kept["name"], kept["case"]["measures"], kept["case"]["seed"]) == ("more traffic, 2", ["growth"], 3)
    assert service.ask("DELETE", "/cases/more%20traffic, 2")[0] == 204
    assert service.get("/cases") == []


def test_levers_are_found_by_words(service: Service) -> None:
    whole = service.get("/packages/trans-caspian")
    assert whole["lever_count"] > len(whole["levers"])
    found = service.get("/packages/trans-caspian/levers?search=volumes")
    assert {one["group"] for one in found["levers"]} == {"volumes"}
    assert found["lever_count"] >= len(found["levers"]) > 20
    assert service.get("/packages/starter/levers?search=nothing") == {"levers": [], "lever_count": 0}


def test_a_transfer_job_has_nothing_to_change(service: Service, tmp_path: Path) -> None:
    folder = write_job(tmp_path / "shift")
    kept = service.store.upload(zipped(files={path.name: path.read_text() for path in folder.iterdir()}))
    found = service.get(f"/packages/{kept.id}")
    assert (found["kind"], found["levers"], found["measures"]) == ("transfer", [], [])
    assert service.get(f"/packages/{kept.id}/tables/boxes")["rows"][0][0] == "CSQU3054383"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/packages/nothing", b"", 404),
        ("GET", "/packages/..", b"", 404),
        ("GET", "/packages/%2e%2e", b"", 404),
        ("GET", "/packages/..%2f..%2fetc", b"", 404),
        ("GET", "/packages/nothing/zip", b"", 404),
        ("GET", "/packages/nothing/tables", b"", 404),
        ("GET", "/packages/starter/tables/nothing", b"", 404),
        ("GET", "/packages/starter/tables/..", b"", 404),
        ("POST", "/packages/nothing/check", {"tables": {}}, 404),
        ("POST", "/packages/nothing/edit", {"tables": {}}, 404),
        ("POST", "/packages/nothing/case", {}, 404),
        ("POST", "/packages/starter/check", {"tables": {"links": {"columns": ["id"], "rows": [[1]]}}}, 422),
        ("POST", "/packages/starter/case", {"days": 0}, 422),
        ("POST", "/packages/starter/case", {"days": 10**30}, 422),
        ("POST", "/packages/starter/case", {"unknown": 1}, 422),
        ("PUT", "/cases/x", {"package": "nothing"}, 404),
        ("PUT", "/cases/..", {"package": "starter"}, 422),
        ("PUT", "/cases/%2e%2e%2fx", {"package": "starter"}, 404),
        ("PUT", "/cases/" + "x" * 81, {"package": "starter"}, 422),
        ("DELETE", "/cases/nothing", b"", 404),
    ],
)
def test_what_is_refused(method: str, path: str, body: Any, status: int, empty: Service) -> None:
    assert empty.ask(method, path, body)[0] == status


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"no zip", ZIP, 400),
        (b"", "application/json", 400),
        (zipped(), "text/plain", 400),
        (bytes(20_000_001), ZIP, 413),
    ],
)
def test_what_is_not_taken_as_a_zip(body: bytes, kind: str, status: int, empty: Service) -> None:
    assert empty.ask("POST", "/packages", body, kind)[0] == status


def test_there_is_an_end_to_what_is_kept(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_packages, "MOST_PACKAGES", 0)
    monkeypatch.setattr(_cases, "MOST_CASES", 0)
    assert service.ask("POST", "/packages", zipped(), ZIP)[0] == 429
    assert service.ask("PUT", "/cases/x", {"package": "starter"})[0] == 429


def test_there_is_an_end_to_what_waits(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_routes_packages, "MOST_WAITING", 0)
    for path, body, kind in (
        ("", zipped(), ZIP),
        ("/starter/check", {}, "application/json"),
        ("/starter/edit", {}, "application/json"),
    ):
        assert service.ask("POST", f"/packages{path}", body, kind)[0] == 429
    monkeypatch.undo()
    for _ in range(40):
        assert (
            service.ask("POST", "/packages/starter/check", {"tables": {"links": {"columns": ["id"], "rows": [["a"]]}}})[
                0
            ]
            == 200
        )
    with pytest.raises(PackageError):
        service.ask("POST", "/packages/starter/edit", {"header": {"days": "many"}})
    assert service.ask("POST", "/packages/starter/edit", {"header": {"days": "20"}})[0] == 201


def test_every_status_is_described(service: Service) -> None:
    paths = service.app.openapi()["paths"]
    assert set(paths["/api/packages"]["post"]["responses"]) == {"201", "400", "413", "422", "429"}
    assert paths["/api/packages"]["post"]["requestBody"]["content"].keys() == {ZIP}
    for path, methods in paths.items():
        for one in methods.values():
            assert ("{" in path) <= ("404" in one["responses"]), path


def test_what_a_case_changes_is_told_in_full(service: Service) -> None:
    status, body = service.ask("POST", "/packages/starter/case", {"measures": ["third-ferry"]})
    assert status == 200
    (changed,) = json.loads(body)["changed"]
    assert changed == {"target": "fleets.ferries.count", "before": "2", "after": "3"}
    assert read("starter").with_measures("third-ferry").fleets["ferries"].count == 3
