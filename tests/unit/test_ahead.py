"""Parts of a replication are simulated in one thread while another works on those before."""

import threading
import time
from collections.abc import Iterator

import pytest

from jibek.corridor import read
from jibek.results import simulate
from jibek.simulate import Deadlock, Replication, compile_corridor, replicate_into
from jibek.simulate import _replicate as engine


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make parts of a few containers; no thread may be left."""
    monkeypatch.setattr(engine, "_CONTAINERS_A_PIECE", 20)
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each part that has been simulated adds its thread."""
    threads: list[int] = []
    part = engine._part

    def told(*args: object) -> Replication:
        threads.append(threading.get_ident())
        return part(*args)

    monkeypatch.setattr(engine, "_part", told)
    return threads


def worked_on(make, *, jobs: int = 2, replications: int = 1) -> list[int]:
    compiled = compile_corridor(read("starter").with_clock(days=40))
    return list(replicate_into(make, compiled, in_parts=True, jobs=jobs, replications=replications))


def test_the_next_part_is_simulated_meanwhile(made: list[int]) -> None:
    def wait_for_the_next(parts: Iterator[Replication]) -> int:
        for number in range(1, 5):
            next(parts)
            deadline = time.monotonic() + 20
            while len(made) <= number:
                assert time.monotonic() < deadline
                time.sleep(0.001)
        return sum(1 for _ in parts)

    worked_on(wait_for_the_next)
    assert len(set(made)) == 2


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
