"""Points of a study: the same answers whoever works, and what happens when one fails."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

import jibek
from jibek.study import Answers, Point, PointError, at_home, evaluate, outcomes, refuse_unknown
from packages import PLACES, write_package

CHANGES = ((), ("flows.east.teu_per_year*=2",), ("checks.customs.servers+=1",))


@pytest.fixture(scope="module")
def corridor(tmp_path_factory: pytest.TempPathFactory) -> jibek.Corridor:
    return write_package(
        tmp_path_factory.mktemp("study") / "package",
        days=20,
        warmup_days=5,
        places=PLACES,
        links="id, from_place, to_place, mode, gauge_mm, length_km, run_h, run_cv\na-b, a, b, rail, 1435, 100, 5, 0.5",
        terminals="id, place\none, a\ntwo, b",
        checks="id, kind, terminal, servers, time_h, time_cv\ncustoms, arrival, two, 1, 6, 1",
        fleets="id, mode, gauge_mm, capacity_teu\ntrains, rail, 1435, 40",
        services="id, from_terminal, to_terminal, path, rule, min_teu\nout, one, two, a-b, filled, 10",
        rotations="id, fleet, services\nround, trains, out",
        flows="id, from_terminal, to_terminal, teu_per_year, arrival, block_teu\neast, one, two, 20000, poisson, 20",
        itineraries="id, flow, services\nway, east, out",
    )


@pytest.fixture(scope="module")
def points(corridor: jibek.Corridor) -> list[Point]:
    return [Point(corridor, changes=changes, seed=3, numbers=range(3)) for changes in CHANGES]


@pytest.fixture(scope="module")
def found(points: list[Point]) -> list[Answers]:
    with at_home(2) as workers:
        return evaluate(points, workers)


def same(one: list[Answers], other: list[Answers]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a.names == b.names and np.array_equal(a.matrix, b.matrix, equal_nan=True) for a, b in pairs)


def test_answers_are_the_figures_of_a_run(points: list[Point], found: list[Answers]) -> None:
    run = jibek.simulate(points[1].changed, replications=3, seed=3, containers=False).statistics
    shared = [name for name in found[1] if not name.startswith("budget_days.")]
    assert "flows.east.transit_days.p90" in shared
    for name in shared:
        assert np.array_equal(found[1].values_of(name), run.values_of(name), equal_nan=True), name


def test_answers_do_not_depend_on_who_works(points: list[Point], found: list[Answers]) -> None:
    with at_home(1) as workers:
        assert same(evaluate(points, workers), found)


def test_the_budget_adds_up_to_the_transit_time(found: list[Answers]) -> None:
    for answers in found:
        cells = [name for name in answers if name.startswith("budget_days.")]
        assert sum(answers.values_of(name) for name in cells) == pytest.approx(
            answers.values_of("total.transit_days.mean")
        )


def test_every_figure_has_a_unit(found: list[Answers]) -> None:
    assert {found[0].unit(name) for name in found[0]} >= {"TEU", "days", "share", "vehicles", "hours", "events"}
    assert found[0].unit("links.a-b.teu_back") == "TEU"


def test_a_second_post_takes_its_queue_out_of_the_transit_time(found: list[Answers]) -> None:
    base, _, post = found
    gain = post.difference(base, "total.transit_days.mean")
    assert gain.mean is not None
    assert gain.mean < 0
    checked = post.difference(base, "budget_days.two.check")
    assert gain.mean == pytest.approx(checked.mean, rel=0.05)  # the boxes delivered are not quite the same


def test_points_of_other_random_numbers_are_not_compared(points: list[Point], found: list[Answers]) -> None:
    with at_home(1) as workers:
        (other,) = evaluate([points[0].only(range(2))], workers)
    with pytest.raises(ValueError, match="same seed and replications"):
        other.difference(found[0], "events")


def test_more_replications_are_added(points: list[Point], found: list[Answers]) -> None:
    with at_home(1) as workers:
        first, rest = evaluate([points[0].only(range(1)), points[0].only(range(1, 3))], workers)
    assert same([first.with_more(rest)], found[:1])
    with pytest.raises(ValueError, match="the later replications after the earlier"):
        rest.with_more(first)


def test_a_point_that_fails_leaves_the_others_alone(points: list[Point], found: list[Answers]) -> None:
    bad = Point(points[0].corridor, changes=("checks.customs.time_h=-1",), numbers=range(3))
    told: list[tuple[int, int]] = []
    with at_home(2) as workers:
        came = dict(outcomes([points[0], bad, points[2]], workers, lambda done, whole: told.append((done, whole))))
        with pytest.raises(PointError, match=r"customs\.time_h=-1"):
            evaluate([bad], workers)
    assert isinstance(came.pop(1), PointError)
    assert same([came[0], came[2]], [found[0], found[2]])  # type: ignore[list-item]
    assert told[-1] == (9, 9)
    assert told == sorted(told)


def test_an_interruption_gives_up_what_is_under_way(corridor: jibek.Corridor) -> None:
    long = corridor.with_clock(days=36_000)
    with at_home(2) as workers:
        coming = outcomes([Point(corridor, numbers=range(1)), Point(long)], workers)
        number, _ = next(coming)
        assert number == 0
        begin = time.monotonic()
        coming.close()
    assert time.monotonic() - begin < 5


def test_the_hash_of_a_point_tells_all_that_decides(points: list[Point], tmp_path: Path) -> None:
    one = points[0]
    others = [
        points[1],
        one.only(range(4)),
        Point(one.corridor, seed=4, numbers=range(3)),
        Point(one.corridor.with_clock(days=21), seed=3, numbers=range(3)),
    ]
    assert len({point.hash for point in (one, *others)}) == 5
    jibek.corridor.write(one.corridor, tmp_path / "again")
    again = jibek.read(tmp_path / "again")
    assert Point(again, seed=3, numbers=range(3)).hash == one.hash


def test_figures_are_known_where_nothing_that_is_listed_comes_on_the_first_day(
    corridor: jibek.Corridor, tmp_path: Path
) -> None:
    folder = jibek.corridor.write(corridor, tmp_path / "listed")
    (folder / "flows.csv").write_text("id,from_terminal,to_terminal,arrival\neast,one,two,listed\n")
    (folder / "services.csv").write_text("id,from_terminal,to_terminal,path,rule\nout,one,two,a-b,listed\n")
    (folder / "arrivals.csv").write_text("flow,time,containers\neast,2025-01-03T00:00,3\n")
    (folder / "departures.csv").write_text("service,time\nout,2025-01-04T00:00\n")
    with at_home(1) as workers:
        refuse_unknown(["total.delivered_teu"], jibek.read(folder), workers)
        with pytest.raises(jibek.JibekError, match=r"there is no figure 'total\.delivered'"):
            refuse_unknown(["total.delivered"], jibek.read(folder), workers)
