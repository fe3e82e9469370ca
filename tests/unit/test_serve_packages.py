"""The packages of the service: what is kept, what is refused and where it is wrong, and that nothing else stays behind."""

from __future__ import annotations

import csv
import io
import pickle
import shlex
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import jibek
from jibek.corridor import Corridor, PackageError, new, read
from jibek.serve import _packages, _zip
from jibek.serve._cases import read_case
from jibek.serve._formulas import executed
from jibek.serve._models import Case
from jibek.serve._package_models import CaseText, Cells, Edit
from jibek.serve._packages import FullError, Store, UnknownError
from jibek.serve._zip import TooLargeError, packed
from jibek.tables import cells
from spoilt import Spoilt, spoilt
from transfer_packages import write_job
from zips import STARTER, SpoiltZip, entry, spoilt_zips, zipped


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


def left(tmp_path: Path) -> list[str]:
    """Return what is in the data folder, besides its empty rooms."""
    data = tmp_path / "data"
    return sorted(
        str(path.relative_to(data)) for path in data.rglob("*") if path not in (data / "packages", data / "drafts")
    )


def table(corridor: Corridor, name: str) -> Cells:
    columns, *rows = cells(corridor, name)
    return Cells(columns=columns, rows=rows)


def typed(name: str, row: int, column: str, value: str, package: str = "starter") -> Edit:
    """Return a table with a value typed into a row, counted from 0."""
    found = table(read(package), name)
    found.rows[row][found.columns.index(column)] = value
    return Edit(tables={name: found})


def folder_zip(folder: Path) -> bytes:
    """Return a folder as a zip, as zip tools make it: under its name, with an entry for itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir(folder.name)
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}")
    return out.getvalue()


# Sent as a zip


def test_a_package_sent_is_kept_under_its_content(store: Store, tmp_path: Path) -> None:
    kept = store.upload(zipped())
    starter = read("starter")
    assert kept.id == starter.hash[:16]
    assert (kept.kind, kept.title, kept.days, kept.bundled) == ("corridor", starter.header.title, 365, False)
    assert store.corridor(kept.id) == starter
    assert store.content(kept.id) == starter.hash
    assert store.upload(zipped(folder="mine/")) == kept
    assert [one.id for one in store.packages()] == ["starter", "trans-caspian", kept.id]
    assert read(store.path(kept.id)) == starter
    assert all(name.startswith(f"packages/{kept.id}") for name in left(tmp_path))


def test_a_package_that_is_spoilt_does_not_hide_the_others(store: Store, tmp_path: Path) -> None:
    kept = store.upload(zipped())
    spoilt = tmp_path / "data" / "packages"
    (spoilt / "0123456789abcdef").mkdir()
    for id, text in (("1123456789abcdef", "id = "), ("2123456789abcdef", "days = 1"), ("3123456789abcdef", "\xff")):
        (spoilt / id).mkdir()
        (spoilt / id / "corridor.toml").write_text(text, "latin-1")
        with pytest.raises(PackageError, match="is spoilt"):
            store.package(id)
    assert [one.id for one in store.packages()] == ["starter", "trans-caspian", kept.id]


def test_a_folder_with_what_people_put_beside_tables(store: Store, tmp_path: Path) -> None:
    folder = shutil.copytree(jibek.corridor.bundled()["trans-caspian"], tmp_path / "corridor")
    for name in ("LICENSE", ".DS_Store", "datapackage.json"):
        (folder / name).write_text("x")
    assert (folder / "README.md").exists()
    assert store.corridor(store.upload(folder_zip(folder)).id) == read("trans-caspian")


def test_a_transfer_job_is_a_package(store: Store, tmp_path: Path) -> None:
    kept = store.upload(folder_zip(write_job(tmp_path / "shift")))
    assert (kept.kind, kept.title, kept.days) == ("transfer", "small", None)
    assert len(store.job(kept.id).boxes) == 2
    with pytest.raises(PackageError, match="is a transfer job; a corridor is needed"):
        store.corridor(kept.id)
    with pytest.raises(PackageError, match="is a corridor; a transfer job is needed"):
        store.job("starter")


@pytest.mark.parametrize("one", list(spoilt_zips()), ids=lambda one: one.name)
def test_a_zip_that_is_spoilt_leaves_nothing_behind(one: SpoiltZip, store: Store, tmp_path: Path) -> None:
    with pytest.raises(one.error) as caught:
        store.upload(one.make())
    assert one.said in str(caught.value)
    assert left(tmp_path) == []


def test_what_an_entry_says_of_its_size_is_not_relied_on(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_zip, "MOST_UNPACKED", 4_000)
    monkeypatch.setattr(_zip, "_refuse_bombs", lambda infos: None)
    with pytest.raises(TooLargeError, match="more than 4,000 bytes"):
        store.upload(zipped())
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "one", [one for one in spoilt() if not one.slow and "folder" not in one.name][3::9], ids=lambda one: one.name
)
def test_all_problems_of_a_package_sent_are_told(one: Spoilt, store: Store, tmp_path: Path) -> None:
    folder = new(tmp_path / "mine")
    one.mutate(folder)
    with pytest.raises(PackageError) as caught:
        store.upload(folder_zip(folder))
    lines = str(caught.value).splitlines()
    assert all(any(part in line for line in lines) for part in one.expected)
    assert left(tmp_path) == []


def test_very_long_tables_are_not_read(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_packages, "MOST_LINES", 50)
    with pytest.raises(PackageError, match="at most 50 are taken"):
        store.upload(zipped())
    assert left(tmp_path) == []


def test_two_send_the_same_at_once(store: Store, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        ids = {one.id for one in threads.map(store.upload, [zipped()] * 4)}
    assert len(ids) == 1
    assert [name for name in left(tmp_path) if "/" not in name.removeprefix("packages/")] == [f"packages/{ids.pop()}"]


def test_there_is_an_end_to_what_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_packages, "MOST_PACKAGES", 1)
    store.upload(zipped())
    assert store.upload(zipped()), "what is there already takes no room"
    with pytest.raises(FullError, match="1 packages are kept already"):
        store.edit("starter", typed("places", 0, "name", "Town"))


# Fetched as a zip


@pytest.mark.parametrize("name", ["starter", "trans-caspian"])
def test_a_package_fetched_is_the_same_when_sent_again(name: str, store: Store) -> None:
    file, data = store.zip(name)
    kept = store.upload(data)
    assert file == f"{name}.zip"
    assert store.corridor(kept.id) == read(name)
    assert store.zip(kept.id)[0] == f"{name}-{kept.id}.zip"
    assert Store(Path(store.path(kept.id)).parents[1]).zip(name) == (file, data)


def test_a_zip_depends_on_nothing_but_its_files() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(STARTER, "mine"))) as archive:
        infos = archive.infolist()
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert [info.filename for info in infos] == [f"mine/{name}" for name in STARTER]
        assert archive.read("mine/links.csv").decode() == STARTER["links.csv"]


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(A1)",
    "a; =1+1",
    'a;"=1+1',
    "＝1+1",
    "a\t=1",
    "a\n=1",
    "-",
    "- a",
]
PLAIN = ["-5", "+5", "-1.5e3", "43.3 76.9; -33.9 18.4", "a=b", "a - b", "a@b", "1=2", "a, -40 °C", "", "Xi'an"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_a_spreadsheet_executes_is_refused_where_it_is(cell: str, store: Store) -> None:
    edit = typed("places", 1, "name", cell)
    (problem,) = store.check("starter", edit)
    assert (problem.file, problem.line, problem.row, problem.column) == ("places.csv", 3, "border", "name")
    assert "would be executed by a spreadsheet" in problem.message
    files = STARTER | {"sources.csv": f'id,title\ninvented,"{cell.replace(chr(34), 2 * chr(34))}"\n'}
    with pytest.raises(PackageError, match=r"sources.csv:2 title: .* would be executed"):
        store.upload(zipped(files=files))


@pytest.mark.parametrize("cell", PLAIN)
def test_a_cell_that_only_looks_like_a_formula_is_taken(cell: str, store: Store) -> None:
    assert executed(cell) == ""
    assert store.check("starter", typed("places", 1, "name", cell)) == []


@pytest.mark.parametrize("name", ["starter", "trans-caspian"])
def test_no_bundled_package_holds_a_formula(name: str, store: Store) -> None:
    with zipfile.ZipFile(io.BytesIO(store.zip(name)[1])) as archive:
        texts = [archive.read(file).decode() for file in archive.namelist() if file.endswith(".csv")]
    assert len(texts) > 10
    assert not [
        cell for text in texts for line in csv.reader(io.StringIO(text)) for cell in line if cell[:1] in ("=", "+", "@")
    ]


def test_a_served_package_with_a_formula_does_not_go_out(tmp_path: Path) -> None:
    folder = jibek.corridor.write(read("starter").with_changes("places.city.name==1+1"), tmp_path / "mine")
    store = Store(tmp_path / "data", str(folder))
    with pytest.raises(PackageError, match=r"places.city.name: '=1\+1' would be executed"):
        store.zip("mine")


# Edited


def test_problems_are_told_at_the_row_whatever_line_it_begins_on(store: Store) -> None:
    places = table(read("starter"), "places")
    name, lat = (places.columns.index(column) for column in ("name", "lat"))
    places.rows[0][name] = "In\nland\r\ncity"
    places.rows[2][lat] = "north"
    links = table(read("starter"), "links")
    links.rows[1][links.columns.index("to_place")] = "moon"
    links.rows.append(["# no comment", *[""] * (len(links.columns) - 1)])
    links.rows.append(["short"])
    found = store.check("starter", Edit(tables={"links": links, "places": places}))
    assert [
        (one.file, one.line, one.row, one.column) for one in found if one.column in ("lat", "to_place", "id", None)
    ] == [
        ("places.csv", 4, places.rows[2][0], "lat"),
        ("links.csv", 3, "border-coast", "to_place"),
        ("links.csv", 5, "# no comment", "id"),
        ("links.csv", 5, "# no comment", "to_place"),
        ("links.csv", 6, "short", None),
    ]


def test_a_problem_of_another_table_is_told_there(store: Store) -> None:
    fleets = table(read("starter"), "fleets")
    gone = fleets.rows.pop(0)
    found = store.check("starter", Edit(tables={"fleets": fleets}))
    assert {(one.file, one.column) for one in found} == {("rotations.csv", "fleet")}
    rotations = [row.id for row in read("starter").rotations.values()]
    assert all(rotations[(one.line or 0) - 2] == one.row for one in found)
    assert all(repr(gone[0]) in one.message for one in found)


def test_an_edit_makes_another_package(store: Store) -> None:
    kept = store.edit("starter", typed("fleets", 0, "name", "Blue trains"))
    before, after = store.corridor("starter"), store.corridor(kept.id)
    assert kept.id not in ("starter", before.hash[:16])
    assert after == before.with_changes(f"fleets.{next(iter(before.fleets))}.name=Blue trains")
    again = store.edit(kept.id, Edit(tables={"fleets": table(before, "fleets")}))
    assert store.content(again.id) == before.hash


def test_a_table_without_rows_is_taken_out(store: Store) -> None:
    empty = {"observations": Cells(columns=[], rows=[]), "tariffs": Cells(columns=["id"], rows=[])}
    kept = store.edit("starter", Edit(tables=empty))
    assert not store.corridor(kept.id).observations
    assert not store.corridor(kept.id).tariffs


def test_an_edit_that_is_wrong_keeps_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"line: no table has this name; did you mean"):
        store.edit("starter", Edit(tables={"line": Cells(columns=["id"], rows=[["a"]])}))
    with pytest.raises(PackageError, match=r"links.csv:2 length_km: 'far' is not a number"):
        store.edit("starter", typed("links", 0, "length_km", "far"))
    assert left(tmp_path) == []


def test_the_header_is_edited_like_a_row(store: Store) -> None:
    text = {"title": 'Two "ferries"\n\x7f', "days": " 30 ", "start": "2026-03-01", "description": "", "currency": "EUR"}
    kept = store.edit("starter", Edit(header=text))
    before, after = store.corridor("starter"), store.corridor(kept.id)
    assert (kept.title, kept.days, after.header.start.isoformat()) == (text["title"], 30, "2026-03-01")
    assert (after.header.currency, after.header.description) == ("EUR", "")
    assert {name: after.rows(name) for name in before.schema.tables} == {
        name: before.rows(name) for name in before.schema.tables
    }


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("days", "many", "'many' is not a whole number"),
        ("days", "0", "must be at least 1"),
        ("warmup_days", "1e400", "is not a whole number"),
        ("start", "31.3.2025", "is not a date"),
        ("title", " ", "a value is required"),
        ("title", "x\0", "holds a NUL character"),
        ("tite", "x", "did you mean 'title'?"),
        ("schema_version", "1", "unknown key"),
        ('x = 1\ny"', "1", "unknown key"),
    ],
)
def test_a_wrong_field_of_the_header_is_told_by_its_name(field: str, text: str, said: str, store: Store) -> None:
    (problem,) = store.check("starter", Edit(header={field: text}))
    assert (problem.file, problem.column, problem.line) == ("corridor.toml", field, None)
    assert said in problem.message


def test_a_package_says_what_it_was_made_of(store: Store) -> None:
    edit = typed("fleets", 0, "name", "Blue trains")
    edit.tables["links"] = table(read("starter"), "links")
    edit.tables["tariffs"] = Cells(columns=[], rows=[])
    edit.header = {"title": "Blue", "days": "365"}
    kept = store.edit("starter", edit)
    tariffs = len(read("starter").tariffs)
    assert (kept.parent, kept.changed) == ("starter", {"corridor.toml": 1, "fleets": 1, "tariffs": tariffs})
    assert store.packages()[-1] == kept
    assert [one.parent for one in store.packages()[:2]] == [None, None]
    _, data = store.zip(kept.id)
    assert all("origin" not in one for one in zipfile.ZipFile(io.BytesIO(data)).namelist())
    assert store.edit("starter", Edit(tables={"links": edit.tables["links"]})) == store.package("starter")
    again = store.edit(kept.id, Edit(header={"title": "Bluer"}))
    assert (again.parent, again.changed) == (kept.id, {"corridor.toml": 1})


# Named


@pytest.mark.parametrize("id", ["nothing", "", ".", "..", "../packages", "/etc", "0" * 16, "a" * 5000, "\0"])
def test_unknown_packages_are_said_to_be_unknown(id: str, store: Store) -> None:
    for ask in (store.package, store.held, store.corridor, store.job, store.content, store.path, store.zip):
        with pytest.raises(UnknownError, match="there is no package"):
            ask(id)


def test_the_package_served_stays_as_it_was(tmp_path: Path) -> None:
    folder = new(tmp_path / "My own, v.2")
    store = Store(tmp_path / "data", str(folder))
    assert [one.id for one in store.packages()] == ["My-own-v.2", "starter", "trans-caspian"]
    content = store.content("My-own-v.2")
    (folder / "fleets.csv").write_text("id\n")
    for one in (store, pickle.loads(pickle.dumps(store))):
        assert one.content("My-own-v.2") == content
    assert store.path("My-own-v.2") == str(folder)


def test_what_cannot_be_read_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no such folder"):
        Store(tmp_path / "data", "startr")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackageError, match=r"there is no corridor.toml, nor a job.toml"):
        Store(tmp_path / "data", str(tmp_path / "empty"))


def test_a_bundled_package_is_served_by_its_name(tmp_path: Path) -> None:
    store = Store(tmp_path / "data", "starter")
    assert [(one.id, one.bundled) for one in store.packages()] == [("starter", True), ("trans-caspian", True)]


# Cases


def test_a_case_says_what_it_changes_and_how_it_is_written() -> None:
    starter = read("starter")
    case = CaseText(
        measures=["growth"], changes=["places.city.name=it's $HOME `x`", "fleets.ferries.count += 1"], days=30
    )
    found = read_case(starter, case, "my corridor")
    words = shlex.split(found.command)
    assert words == [
        "jibek", "simulate", "my corridor", "--with", "growth", "--set", "places.city.name=it's $HOME `x`",
        "--set", "fleets.ferries.count+=1", "--days", "30",
    ]  # fmt: skip
    told = {one.target: (one.before, one.after) for one in found.changed}
    assert told["fleets.ferries.count"] == ("2", "3")
    assert told["flows.west.teu_per_year"] == ("26000", "31200")
    assert told["days"] == ("365", "30")
    assert len(told) == 2 + len(starter.flows) + 1


def test_named_cases_survive(store: Store, tmp_path: Path) -> None:
    case = Case(package="starter", changes=["fleets.ferries.count=4"])
    for name in ("zwei", "Eins", "zwei"):
        saved = store.cases.put(name, case)
    assert Store(tmp_path / "data").cases.all()[-1] == saved
    assert [one.name for one in store.cases.all()] == ["Eins", "zwei"]
    assert store.cases.delete("zwei")
    assert not store.cases.delete("zwei")
    assert left(tmp_path) == ["cases.json"]


def test_a_spoilt_file_of_cases_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "data" / "cases.json").write_text("{")
    with pytest.raises(PackageError, match=r"cases.json: cannot be read; mend it or remove it"):
        store.cases.all()


def test_lines_are_those_of_the_file_that_was_sent(store: Store) -> None:
    files = STARTER | {"fleets.csv": "# one\n# two\n" + STARTER["fleets.csv"].replace("rail", "rial", 1)}
    with pytest.raises(PackageError, match=r"fleets.csv:4 mode: 'rial' is none of"):
        store.upload(zipped(files=files))
    assert store.upload(zipped(entry("README.txt", "x")))
