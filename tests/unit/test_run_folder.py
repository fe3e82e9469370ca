import hashlib
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from jibek.corridor import Corridor, read
from jibek.results import Run, RunError, simulate
from jibek.results._folder import Folder
from jibek.results._network import names_of
from jibek.simulate._replication import Replication
from replications import starter_year, two_containers


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return read("starter")


@pytest.fixture(scope="module")
def traffic() -> list[Replication]:
    return [starter_year(number) for number in range(2)]


@pytest.fixture(scope="module")
def run(corridor: Corridor, traffic: list[Replication], tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "run"
    return Run.collect(corridor, names_of(corridor), traffic, seed=7, out=folder)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_manifest(run: Run, corridor: Corridor) -> None:
    assert run.folder is not None
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert manifest["format"] == 1
    assert manifest["corridor"] == {"id": "starter", "title": corridor.header.title, "hash": corridor.hash}
    assert (manifest["seed"], manifest["replications"], manifest["interrupted"]) == (7, 2, False)
    assert manifest["tables"][:4] == ["containers", "hops", "trips", "legs"]
    assert manifest == run.manifest


def test_a_run_opened_is_the_same(run: Run) -> None:
    assert run.folder is not None
    opened = Run.open(run.folder)
    assert opened.corridor == run.corridor
    first, second = run.document(), opened.document()
    assert first.pop("runtime")["seconds"] > 0
    assert second.pop("runtime")["seconds"] is None
    assert json.dumps(first) == json.dumps(second)


def test_same_bytes(run: Run, corridor: Corridor, traffic: list[Replication], tmp_path: Path) -> None:
    again = Run.collect(corridor, names_of(corridor), reversed(traffic), seed=7, out=tmp_path / "again")
    assert run.folder is not None
    assert again.folder is not None
    assert digests(run.folder) == digests(again.folder)
    assert again.document()["flows"] == run.document()["flows"]


def test_interrupted(corridor: Corridor, tmp_path: Path) -> None:
    def series() -> Iterator[Replication]:
        yield two_containers(corridor)
        raise KeyboardInterrupt

    run = Run.collect(corridor, names_of(corridor), series(), seed=0, out=tmp_path / "run")
    assert run.replications == 1
    opened = Run.open(tmp_path / "run")
    assert opened.manifest["interrupted"]
    assert opened.statistics["flows.west.delivered_teu"].mean == 3


def test_interrupted_too_early(corridor: Corridor, tmp_path: Path) -> None:
    def series() -> Iterator[Replication]:
        raise KeyboardInterrupt
        yield two_containers(corridor)

    with pytest.raises(KeyboardInterrupt):
        Run.collect(corridor, names_of(corridor), series(), seed=0, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("containers", [False, True])
def test_some_replications_are_followed(corridor: Corridor, tmp_path: Path, containers: bool) -> None:  # noqa: FBT001
    short = corridor.with_clock(days=20)
    whole, some = (
        simulate(short, replications=3, out=tmp_path / str(followed), containers=containers, followed=followed)
        for followed in (None, 2)
    )
    for name in ("trips", "legs", "hops") if containers else ("trips", "legs"):
        table = some.table(name)
        assert sorted(table["replication"].unique()) == [0, 1]
        assert table.equals(whole.table(name).filter(pl.col("replication") < 2))
    assert some.document()["total"] == whole.document()["total"]
    assert some.table("daily").equals(whole.table("daily"))


def test_a_run_is_told_of_replication_by_replication(corridor: Corridor, tmp_path: Path) -> None:
    short = corridor.with_clock(days=20)
    told: list[dict[str, Any]] = []
    run = simulate(
        short,
        replications=3,
        out=tmp_path / "run",
        containers=False,
        so_far=lambda so_far: told.append(so_far.document()),
    )
    first, second, third = told
    assert [one["replications"] for one in told] == [1, 2, 3]
    assert first["intervals"] is None
    assert second["total"] == simulate(short, replications=2, containers=False).document()["total"] != first["total"]
    assert third["total"] == run.document()["total"]


@pytest.mark.parametrize("table", ["hops", "months"])
def test_nothing_half_written(corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    write = pl.LazyFrame.sink_parquet

    def fail(frame: pl.LazyFrame, path: Path, **options: object) -> None:
        write(frame, path)
        if path.parent.name == table:
            raise OSError("the disk is full")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fail)
    with pytest.raises(OSError, match="full"):
        Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=0, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("table", ["hops", "months"])
def test_a_full_disk(corridor: Corridor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    write = pl.LazyFrame.sink_parquet

    def fail(frame: pl.LazyFrame, path: Path, **options: object) -> None:
        if path.parent.name == table:
            path.symlink_to("/dev/full")
        write(frame, path)

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fail)
    with pytest.raises(RunError, match="cannot be written"):
        Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=0, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_is_kept_until_the_next_has_something(corridor: Corridor, tmp_path: Path) -> None:
    def series() -> Iterator[Replication]:
        raise KeyboardInterrupt
        yield two_containers(corridor)

    folder = tmp_path / "run"
    Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=3, out=folder)
    before = digests(folder)
    with pytest.raises(KeyboardInterrupt):
        Run.collect(corridor, names_of(corridor), series(), seed=4, out=folder, overwrite=True)
    assert digests(folder) == before


def test_only_what_a_run_writes_makes_way(corridor: Corridor, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    series = [two_containers(corridor)]
    Run.collect(corridor, names_of(corridor), series, seed=3, out=folder)
    mine = [folder / "letter.txt", folder / "containers" / "mine.txt", folder / "corridor" / "notes.md"]
    (folder / "figures").mkdir()
    old = [folder / "figures" / "yard.png", folder / "trips" / "001.parquet", folder / ".jibek-draft" / "trips"]
    for file in [*mine, *old]:
        file.parent.mkdir(exist_ok=True)
        file.write_text("dear")
    Run.collect(corridor, names_of(corridor), series, seed=4, out=folder, overwrite=True)
    assert all(file.read_text() == "dear" for file in mine)
    assert not any(file.exists() for file in old)
    assert Run.open(folder).table("trips").height > 0


@pytest.mark.parametrize("manifest", ['{"name": "my app"}', "[1]", "none", '{"format": 1, "corridor": "a"}'])
def test_a_manifest_of_something_else_is_no_run(corridor: Corridor, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "containers").mkdir()
    (tmp_path / "containers" / "App.tsx").write_text("dear")
    with pytest.raises(RunError, match="is not a run"):
        Run.collect(corridor, names_of(corridor), [], seed=0, out=tmp_path, overwrite=True)
    assert (tmp_path / "containers" / "App.tsx").read_text() == "dear"


@pytest.mark.parametrize("name", ["r[1]", "r*", "r?", "a'b", "r{1}"])
def test_names_of_folders_are_no_patterns(corridor: Corridor, tmp_path: Path, name: str) -> None:
    for folder, count in ((tmp_path / "r1", 2), (tmp_path / name, 1)):
        series = [two_containers(corridor, number=number) for number in range(count)]
        Run.collect(corridor, names_of(corridor), series, seed=0, out=folder)
    run = Run.open(tmp_path / name)
    assert run.statistics.replications == 1
    assert run.query("select distinct replication from trips").height == 1


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_one_run_at_a_time(corridor: Corridor, tmp_path: Path) -> None:
    first = Folder(tmp_path / "run", corridor)
    with pytest.raises(RunError, match="being written"):
        Folder(tmp_path / "run", corridor, overwrite=True)
    first.close()
    Folder(tmp_path / "run", corridor).close()
    assert not (tmp_path / "run").exists()


def test_other_folders_are_left_alone(corridor: Corridor, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    series = [two_containers(corridor)]
    with pytest.raises(RunError, match="is not a run"):
        Run.collect(corridor, names_of(corridor), series, seed=0, out=tmp_path, overwrite=True)
    Run.collect(corridor, names_of(corridor), series, seed=0, out=tmp_path / "run")
    with pytest.raises(RunError, match="a run is there already"):
        Run.collect(corridor, names_of(corridor), series, seed=0, out=tmp_path / "run")
    run = Run.collect(corridor, names_of(corridor), series, seed=1, out=tmp_path / "run", overwrite=True)
    assert Run.open(tmp_path / "run").seed == run.seed == 1
    with pytest.raises(RunError, match="there is no run"):
        Run.open(tmp_path)


def test_stages_add_up(run: Run) -> None:
    wrong = run.query(
        """
        with spent as (
            select replication, container, sum(hours) as hours, min(enter_h) as enter_h, max(leave_h) as leave_h
            from stages group by all
        )
        select count(*) as n, count(*) filter (where abs(s.hours - (c.leave_h - c.enter_h)) > 1e-6
            or s.enter_h != c.enter_h or s.leave_h != c.leave_h) as wrong
        from spent s join containers c using (replication, container)
        """
    )
    assert wrong["n"][0] == sum(run.table("containers").height for _ in (0,))
    assert wrong["wrong"][0] == 0


def test_stages_are_those_of_the_budget(run: Run) -> None:
    mean = run.query(
        """
        with done as (select * from containers where leave_h >= 0 and leave_h < 8760 and replication = 0),
        count as (select flow, count(*) as n from done group by flow)
        select stage, flow, (sum(hours) - sum(closed_h)) / 24 / any_value(n) as days
        from stages join done using (replication, container, flow) join count using (flow) group by all
        """
    )
    for stage, flow, days in mean.iter_rows():
        assert days == pytest.approx(run.statistics.values_of(f"flows.{flow}.stages_days.{stage}")[0], abs=1e-9)


def test_views(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = run.query("select kind, count(*) as n from calls group by kind order by kind")
    assert calls["n"].to_list() == [run.table("trips").height] * 2
    flows = run.query("select * from flows where replication = 1 order by id")
    assert flows["delivered_teu"].to_list() == [
        run.statistics.values_of(f"flows.{name}.delivered_teu")[1] for name in ("east", "west")
    ]
    assert run.query("select * from zones")["queue_mean"].null_count() == 0
    assert run.folder is not None
    monkeypatch.chdir(run.folder)
    with duckdb.connect() as connection:
        connection.execute(Path("views.sql").read_text())
        count = connection.execute("select count(*) from hops").fetchone()
    assert count == (run.table("hops").height,)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("copy trips to 'out.csv'", "single SELECT"),
        ("select 1; select 2", "single SELECT"),
        ("drop view trips", "single SELECT"),
        ("select * from read_csv('/etc/passwd')", "Permission"),
        ("select nothing from trips", "nothing"),
        ("selct 1", "syntax error"),
    ],
)
def test_questions_refused(run: Run, sql: str, said: str) -> None:
    with pytest.raises(RunError, match=said):
        run.query(sql)


def test_answers_keep_their_types(run: Run) -> None:
    answer = run.query("select 1 as a, 'x' as b, null::double as c, true as d union all select 2, null, 1.5, false")
    assert answer.rows() == [(1, "x", None, True), (2, None, 1.5, False)]
    assert run.query("select service from trips where false").height == 0


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("1::hugeint", 1),
        ("sum(n) from range(10) r(n)", 45),
        ("2::hugeint ** 100", 2.0**100),
        ("1::uhugeint", 1),
        ("1.5::decimal(38, 3)", 1.5),
        ("date '2025-01-01'", "2025-01-01"),
        ("date 'infinity'", "infinity"),
        ("timestamp '2025-01-01 01:02:03'", "2025-01-01 01:02:03"),
        ("timestamp '-infinity'", "-infinity"),
        ("timestamptz 'infinity'", "infinity"),
        ("interval 3 days", "3 days"),
        ("map {1: 2}", "{1=2}"),
        ("'x'::enum('x', 'y')", "x"),
        ("[1, 2]", [1, 2]),
        ("'a'::blob", "a"),
        ("null", None),
    ],
)
def test_answers_of_any_type(run: Run, sql: str, value: object) -> None:
    assert run.query(f"select {sql}").rows() == [(value,)]


def test_columns_of_one_name(run: Run) -> None:
    assert run.query('select 1 as a, 2 as a, 3 as "b""", 4 as A order by a -- end').row(0) == (1, 2, 3, 4)


def test_answers_too_large(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jibek.results._query.MOST_ROWS", 3)
    assert run.query("select * from range(3) order by 1 desc")["range"].to_list() == [2, 1, 0]
    with pytest.raises(RunError, match="more than 3 rows"):
        run.query("select * from range(2000000000)")


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_question_is_interrupted(run: Run) -> None:
    run.query("select 1 as one")  # what is needed once is there
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run.query("select sum(a.range * b.range) from range(100000) a, range(10000000) b")


def test_without_a_folder(corridor: Corridor, traffic: list[Replication]) -> None:
    run = Run.collect(corridor, names_of(corridor), traffic, seed=7)
    assert run.folder is None
    assert run.statistics.replications == 2
    assert run.query("select distinct replication from containers")["replication"].to_list() == [0]
    assert run.query("select distinct replication from quantities order by 1")["replication"].to_list() == [0, 1]


def test_figures_alone(corridor: Corridor, traffic: list[Replication]) -> None:
    run = Run.collect(corridor, names_of(corridor), reversed(traffic), seed=7, containers=False)
    assert run.statistics["total.delivered_teu"].low is not None
    assert run.table("quantities")["replication"].is_sorted()
    with pytest.raises(RunError, match="not kept"):
        run.query("select 1")


def test_document(run: Run) -> None:
    document = run.document()
    json.dumps(document, allow_nan=False)
    assert {"offered_teu", "delivered_teu", "transit_days"} <= set(document["flows"]["west"])
    assert {"mean", "p50", "p90"} <= set(document["flows"]["west"]["transit_days"])
    assert "utilisation" in document["terminals"]["harbour"]["zones"]["hb-berth"]
    assert {"departures", "teu", "load_factor"} <= set(document["services"]["ferry-west"])
    assert document["runtime"]["events"] > 0
    low, high = document["intervals"]["flows"]["west"]["offered_teu"]
    assert low <= document["flows"]["west"]["offered_teu"] <= high
    assert "<td>west</td>" in run._repr_html_()
    assert "2 replications" in repr(run)
