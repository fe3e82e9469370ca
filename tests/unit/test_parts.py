"""A replication in parts, which are forgotten, is the replication in one."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from corridors import corridor as random_corridor
from jibek.corridor import Corridor, read
from jibek.results import Run, simulate
from jibek.results import _transit as transit
from jibek.results import _waits as waits
from jibek.results import _writer as writer
from jibek.results._network import Network, names_of
from jibek.results._sample import Sample
from jibek.results._summary import Summariser
from jibek.results._tables import LARGE
from jibek.simulate import Deadlock, Replication, compile_corridor, replicate, replicate_into
from jibek.simulate import _replicate as engine

CORRIDORS = [
    (seed, tight, exact) for seed in range(6) for tight, exact in ((False, False), (True, False), (False, True))
]
TIMES = ("service", "ready_h", "load_h", "aboard_h", "unload_h", "off_h", "direct")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts of a few containers, and put all but a few values into files."""
    monkeypatch.setattr(engine, "_CONTAINERS_A_PIECE", 20)
    monkeypatch.setattr(transit, "HELD", 100)
    monkeypatch.setattr(waits, "HELD", 50)


def parts_of(corridor: Corridor, seed: int) -> list[Replication]:
    return next(replicate_into(list, compile_corridor(corridor), seed=seed))


def told(replication: Replication) -> np.ndarray:
    """Return what is told of each hop, one a row: flow, number and place in the itinerary first; the times of its trip last."""
    boxes, hops, trips = replication.containers, replication.hops, replication.trips
    box, trip = hops["container"], hops["trip"]
    place = np.arange(box.size) - boxes["first_hop"][box]
    stay = [boxes[name][box] for name in ("quarters", "itinerary", "enter_h", "leave_h")]
    ride = [np.where(trip >= 0, trips[name][trip], -1.0) for name in trips]
    return np.column_stack(
        (boxes["flow"][box], boxes["number"][box], place, *stay, *(hops[name] for name in TIMES), *ride)
    )


def test_every_container_is_told_once_and_alike(small_parts: None) -> None:
    corridor = read("starter").with_clock(days=40)
    [whole] = replicate(corridor, seed=2)
    parts = parts_of(corridor, 2)
    assert len(parts) > 10
    joined = np.concatenate([told(part) for part in parts])
    order = np.lexsort(joined[:, 2::-1].T)
    np.testing.assert_equal(joined[order], told(whole))


@pytest.mark.parametrize(("seed", "tight", "exact"), CORRIDORS)
def test_figures_are_those_of_the_whole(small_parts: None, seed: int, tight: bool, exact: bool) -> None:  # noqa: FBT001
    corridor = random_corridor(seed, tight=tight, exact=exact)
    summarise = Summariser(Network(corridor, names_of(corridor)))
    try:
        whole = summarise(next(replicate(corridor, seed=seed)))
    except Deadlock as dead:
        with pytest.raises(Deadlock, match=f"^{re.escape(str(dead))}$"):
            parts_of(corridor, seed)
        return
    _, summed = next(replicate_into(summarise.of, compile_corridor(corridor), seed=seed))
    assert summed.quantities == pytest.approx(whole.quantities, rel=1e-9, abs=1e-12, nan_ok=True)
    np.testing.assert_allclose(summed.months, whole.months, rtol=1e-9)
    np.testing.assert_allclose(summed.budget, whole.budget, rtol=1e-9, atol=1e-12)


def rows_of(run: Run, table: str) -> pl.DataFrame:
    """Return a table with the containers named by flow and number, in an order that does not depend on how it was written."""
    rows = run.table(table)
    if table == "hops":
        names = run.table("containers").select("replication", "container", "flow", "number")
        rows = rows.join(names, on=("replication", "container"), validate="m:1")
    keys = {
        "containers": ("flow", "number"),
        "hops": ("flow", "number", "seq"),
        "trips": ("trip",),
        "legs": ("trip", "seq"),
    }
    return rows.drop("container", strict=False).sort("replication", *keys[table])


@pytest.mark.parametrize("containers", [True, False])
@pytest.mark.parametrize("seed", [None, 2, 3])
def test_what_is_written_part_by_part_is_the_whole(
    small_parts: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    seed: int | None,
    containers: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(writer, "ROWS_A_FILE", 50)
    corridor = read("starter").with_clock(days=30) if seed is None else random_corridor(seed, tight=True)
    whole = Run.collect(
        corridor, names_of(corridor), replicate(corridor, replications=2, seed=4), seed=4, out=tmp_path / "a"
    )
    run = simulate(corridor, replications=2, seed=4, out=tmp_path / "run", containers=containers)
    tables = ("containers", "hops", "trips", "legs") if containers else ("trips", "legs")
    for table in tables:
        assert len(list((tmp_path / "run" / table).iterdir())) >= 4
        assert len(list((tmp_path / "a" / table).iterdir())) == 2
        assert_frame_equal(rows_of(run, table), rows_of(whole, table), check_exact=True)
    assert [name for name in run.manifest["tables"] if name in LARGE] == list(tables)
    assert Run.open(tmp_path / "run").statistics["total.transit_days.p90"].mean == pytest.approx(
        whole.statistics["total.transit_days.p90"].mean, rel=1e-12
    )


def test_numbers_are_given_in_order(small_parts: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(writer, "ROWS_A_FILE", 500)
    run = simulate(read("starter").with_clock(days=60), seed=4, out=tmp_path / "run")
    containers = run.table("containers")["container"]
    assert containers.to_list() == list(range(containers.len()))
    assert (
        run.table("hops")
        .select("container", "seq")
        .equals(run.table("hops").select("container", "seq").sort("container", "seq"))
    )
    trips = run.table("trips").sort("trip")
    assert trips["trip"].to_list() == list(range(trips.height))
    assert trips["called_h"].is_sorted()


def test_what_is_held_does_not_grow_with_the_days(small_parts: None) -> None:
    def most(days: int) -> int:
        def rows(parts):
            return max(part.containers["flow"].size + part.trips["service"].size for part in parts)

        compiled = compile_corridor(read("starter").with_clock(days=days))
        return next(replicate_into(rows, compiled, seed=1))

    assert most(400) < 2 * most(50)


def test_parts_in_threads_are_those_of_one() -> None:
    corridor = read("starter").with_clock(days=20)
    one, two = (simulate(corridor, replications=4, seed=1, jobs=jobs, containers=False).document() for jobs in (1, 2))
    for document in (one, two):
        del document["runtime"]
    assert one == two


@pytest.mark.parametrize("values", ["spread", "equal", "mostly nothing"])
def test_quantiles_of_a_file_are_those_of_numpy(values: str) -> None:
    random = np.random.default_rng(1)
    sample, told = Sample(5), []
    for _ in range(10):
        size = random.integers(0, 500)
        hours = {
            "spread": random.lognormal(5, 1, size),
            "equal": np.full(size, 7.25),
            "mostly nothing": np.where(random.random(size) < 0.7, 0, random.exponential(3, size)),
        }[values]
        told.append((hours, random.integers(0, 4, size)))
        sample.add(*told[-1])
    hours, group = (np.concatenate(part) for part in zip(*told, strict=True))
    shares = np.array([0, 0.1, 0.5, 0.95, 1])
    unions = (np.arange(5), np.array([0, 0, 1, 1, 2]), np.zeros(5, np.int64))
    for union, (low, high, fraction) in zip(unions, sample.around(unions, shares), strict=True):
        for row, one in enumerate(low + fraction * (high - low)):
            here = hours[union[group] == row]
            expected = np.quantile(here, shares) if here.size else np.full(shares.size, np.nan)
            np.testing.assert_allclose(one, expected, rtol=1e-14)
