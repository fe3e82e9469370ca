"""Parts of a replication are simulated in one thread while another works on those before."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import polars as pl
import pytest

from jibek.corridor import read
from jibek.results import Run, RunError, simulate
from jibek.results import _writer as writer
from jibek.simulate import Deadlock, Replication, compile_corridor, replicate_into
from jibek.simulate import _replicate as engine
from jibek.simulate._world import World


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make parts of a few containers; no thread may be left."""
    monkeypatch.setattr(engine, "_CONTAINERS_A_PIECE", 20)
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each part of the first replication that has been simulated adds its thread."""
    threads: list[int] = []
    part = engine._part

    def told(world: World, number: int, closed: engine.Closed) -> Replication:
        if number == 0:
            threads.append(threading.get_ident())
        return part(world, number, closed)

    monkeypatch.setattr(engine, "_part", told)
    return threads


def wait_for_the_next(parts: Iterator[Replication], made: list[int]) -> None:
    """Take all parts, waiting after each of the first until the next has been simulated, too."""
    for number, _ in enumerate(parts, 1):
        if number > 4:
            continue
        deadline = time.monotonic() + 20
        while len(made) <= number:
            assert time.monotonic() < deadline
            time.sleep(0.001)


def worked_on(make, *, jobs: int = 2, replications: int = 1) -> list[int]:
    compiled = compile_corridor(read("starter").with_clock(days=40))
    return list(replicate_into(make, compiled, jobs=jobs, replications=replications))


def test_the_next_part_is_simulated_meanwhile(made: list[int]) -> None:
    worked_on(partial(wait_for_the_next, made=made))
    assert len(set(made)) == 2


def test_the_first_of_many_is_simulated_ahead(made: list[int]) -> None:
    first_is_done = threading.Event()

    def work(parts: Iterator[Replication]) -> int:
        part = next(parts)
        if part.number > 0:
            assert first_is_done.wait(20)
            return sum(1 for _ in parts)
        wait_for_the_next(chain((part,), parts), made)
        first_is_done.set()
        return 0

    worked_on(work, replications=2)


def test_one_thread_does_all(made: list[int]) -> None:
    [threads] = worked_on(lambda parts: {threading.get_ident() for _ in parts}, jobs=1)
    assert threads == set(made)


@pytest.mark.parametrize("replications", [1, 3])
def test_figures_are_those_of_one_thread(replications: int) -> None:
    corridor = read("starter").with_clock(days=40)
    one, two = (
        simulate(corridor, replications=replications, seed=1, jobs=jobs, containers=False).document() for jobs in (1, 3)
    )
    del one["runtime"], two["runtime"]
    assert one == two


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_fails_at_work_ends_all(jobs: int) -> None:
    def fail(parts: Iterator[Replication]) -> int:
        next(parts)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        worked_on(fail, jobs=jobs, replications=3)


@pytest.mark.parametrize("error", [Deadlock("none goes on"), KeyboardInterrupt()])
def test_what_fails_ahead_is_told(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    advance, calls = engine._advance, []

    def fail(*args: object) -> object:
        calls.append(args)
        if len(calls) == 30:
            raise error
        return advance(*args)

    monkeypatch.setattr(engine, "_advance", fail)
    with pytest.raises(type(error)):
        worked_on(lambda parts: sum(1 for _ in parts))


def test_an_interruption_ends_it_at_once() -> None:
    def interrupt(done: float, events: int) -> None:
        raise KeyboardInterrupt

    corridor = read("starter").with_clock(days=36_000)
    with pytest.raises(KeyboardInterrupt):
        simulate(corridor, replications=3, jobs=2, containers=False, progress=interrupt)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("full", ["000-003", "001-001"])
def test_a_disk_that_fills_up_while_parts_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    write, written = pl.LazyFrame.sink_parquet, []

    def fail(frame: pl.LazyFrame, path: Path, **options: object) -> None:
        if path.parent.name == "hops" and path.stem == full:
            path.symlink_to("/dev/full")
        write(frame, path)
        written.append(path.stem)

    monkeypatch.setattr(writer, "ROWS_A_FILE", 500)
    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fail)
    out = tmp_path / "run"
    with pytest.raises(RunError, match="cannot be written"):
        simulate(read("starter").with_clock(days=60), replications=2, jobs=1, out=out)
    assert "000-002" in written
    if full.startswith("000"):
        assert not out.exists()
    else:
        files = [file for file in out.rglob("*") if file.is_file()]
        assert not any("draft" in str(file) or file.stem.startswith("001") for file in files)
        assert Run.open(out).replications == 1
        assert Run.open(out).query("select count(distinct replication) as n from stages")["n"].to_list() == [1]


def test_an_interruption_leaves_nothing_half_written(tmp_path: Path) -> None:
    def interrupt(done: float, events: int) -> None:
        if done > 0.6:
            raise KeyboardInterrupt

    run = simulate(
        read("starter").with_clock(days=1000), replications=2, jobs=1, out=tmp_path / "run", progress=interrupt
    )
    assert run.manifest["interrupted"]
    assert run.table("containers")["replication"].unique().to_list() == [0]
    assert not list((tmp_path / "run").glob(".*"))
