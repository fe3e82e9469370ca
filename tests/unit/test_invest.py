"""Choosing measures: where a road's paths say what is best, where all sets can be listed, and on systems with known means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import jibek
from jibek.corridor._checking import check
from jibek.study import at_home, invest
from jibek.study._invest_screen import bounds, pilots, predicted
from jibek.study._invest_select import Observe, enough, select
from jibek.study._invest_sets import choices, in_use
from packages import PLACES, one_track, write_package

MEASURES = """id, title, changes, cost_million, ready, status, requires, excludes
wide, Two paths, links.ab.paths_per_day+=2, 10, 2027-01-01, planned, ,
wider, Three paths, links.ab.paths_per_day+=3, 12, 2026-01-01, planned, , wide
widest, Four paths, links.ab.paths_per_day+=4, 15, 2026-01-01, planned, wide,
signs, Signs, links.ab.length_km=100, 1, , planned, ,
opened, One path, links.ab.paths_per_day+=1, 50, 2024-01-01, completed, ,
going, One path, links.ab.paths_per_day+=1, 70, 2028-01-01, under way, ,
world, Another year, flows.flow.teu_per_year*=2, , , scenario, ,"""


def road(folder: Path, measures: str = MEASURES) -> jibek.Corridor:
    """Trucks of one container over a road of four paths a day; far more containers come than go."""
    return write_package(
        folder,
        days=30,
        warmup_days=10,
        places=PLACES,
        terminals="id, place\na, a\nb, b",
        links="id, from_place, to_place, mode, length_km, run_h, paths_per_day\nab, a, b, road, 100, 5, 4",
        fleets="id, mode, count, capacity_teu\ntrucks, road, , 2",
        services="id, from_terminal, to_terminal, path, rule\ngo, a, b, ab, filled",
        rotations="id, fleet, services\ngo, trucks, go",
        flows="id, from_terminal, to_terminal, teu_per_year\nflow, a, b, 100000",
        itineraries="id, flow, services\none, flow, go",
        measures=measures,
    )


@pytest.mark.parametrize(
    ("budget", "best", "paths"),
    [(1.0, (), 0), (11, ("wide",), 2), (13, ("wider",), 3), (26, ("wide", "widest"), 6)],
)
def test_the_best_of_a_road_is_that_with_most_paths(
    tmp_path: Path, budget: float, best: tuple[str, ...], paths: int
) -> None:
    """Each path a day carries 2 TEU a day; four of them, and those of what is done and under way, are there."""
    with at_home(1) as workers:
        found = invest(road(tmp_path), budget, workers, replications=3)
    assert found.best.measures == best
    assert found.base.mean == pytest.approx(6 * 2 * 30, abs=4)
    assert found.best.effect.mean == pytest.approx(paths * 2 * 30, abs=4)
    assert found.sure.ended
    assert [row.measures for row in found.frontier] == [(), ("wide",), ("wider",), ("wide", "widest")]
    assert (found.choices.done, found.choices.under_way) == (("opened",), ("going",))
    for step, before in zip(found.steps[1:], found.steps, strict=False):
        assert step.so_far is not None
        assert before.so_far is not None
        assert step.so_far.cost_million == before.so_far.cost_million + step.cost_million


def test_what_comes_too_late_is_out(tmp_path: Path) -> None:
    """By the middle of 2026 only one widening is in use, another requires one that is not, and what is under way is not there."""
    found = choices(road(tmp_path), date(2026, 7, 1))
    assert found.open == ("wider", "signs")
    assert set(found.out) == {"wide", "widest", "going"}
    assert found.under_way == ()
    assert in_use(found.corridor, "widest") == date(2027, 1, 1)


ROWS = "\n".join(f"m{n}, Paths, links.ab.paths_per_day+={n + 1}, {7 * n + 3}, , planned, ," for n in range(5))


@pytest.mark.slow
def test_of_many_sets_the_best_is_found_and_the_bound_excludes_others(tmp_path: Path) -> None:
    """Of 32 sets the best within the budget is that with most paths, found by listing them all."""
    corridor = road(tmp_path, "id, title, changes, cost_million, ready, status, requires, excludes\n" + ROWS)
    with at_home(1) as workers:
        found = invest(corridor, 45, workers, replications=3)
        limits = np.array(list(chain.from_iterable(bounds(found.choices, workers))))
    listed = chain.from_iterable(combinations(range(5), many) for many in range(6))
    paths = max(sum(n + 1 for n in one) for one in listed if sum(7 * n + 3 for n in one) <= 45)
    assert sum(int(name[1]) + 1 for name in found.best.measures) == paths
    assert found.best.effect.mean == pytest.approx(paths * 2 * 30, abs=4)
    sets = found.choices.sets[:, None] >> np.arange(5) & 1
    assert limits == pytest.approx((4 + sets @ np.arange(1, 6)) * 2 * 30)
    counted = found.screened
    assert counted.simulated + counted.excluded_by_bound + counted.not_examined == counted.within_budget
    assert counted.excluded_by_bound > 0


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> jibek.Corridor:
    return road(
        tmp_path_factory.mktemp("five"), "id, title, changes, cost_million, ready, status, requires, excludes\n" + ROWS
    )


NAMES = [f"m{n}" for n in range(5)]
LINKS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]), max_size=4
)


@settings(max_examples=40, deadline=None)
@given(requires=LINKS, excludes=LINKS)
def test_sets_are_those_that_can_be_taken(
    five: jibek.Corridor, requires: list[tuple[str, str]], excludes: list[tuple[str, str]]
) -> None:
    """A set can be chosen if taking it takes nothing else, and nothing in it excludes another."""
    measures = {
        name: five.measures[name].model_copy(
            update={
                "requires": tuple(sorted({other for one, other in requires if one == name})),
                "excludes": tuple(sorted({other for one, other in excludes if one == name})),
            }
        )
        for name in NAMES
    }
    corridor = replace(five, measures=measures)
    assume(not check(corridor))
    found = choices(corridor)
    for names in chain.from_iterable(combinations(NAMES, many) for many in range(6)):
        try:
            can = set(corridor.with_measures(*names).applied) == set(names)
        except jibek.JibekError:
            can = False
        assert can == (found.set_of(names) in found.sets)
    for one, cost in zip(found.sets.tolist(), found.costs, strict=True):
        assert cost == sum(7 * int(name[1]) + 3 for name in found.names(one))


def test_measures_and_pairs_predict_all_sets_where_there_is_no_more(five: jibek.Corridor) -> None:
    """A figure made of terms of measures and pairs, one of which is required by another."""
    measures = dict(five.measures)
    measures["m1"] = measures["m1"].model_copy(update={"requires": ("m0",)})
    found = choices(replace(five, measures=measures))

    def figure(one: int) -> float:
        has = [one >> row & 1 for row in range(5)]
        return 10 + 3 * has[0] + 2 * has[1] - has[2] + 4 * has[3] + 5 * has[2] * has[3] - 2 * has[1] * has[4]

    years = np.array([-1.0, 0.5, 0.5])
    given_years = {one: figure(one) + years for one in pilots(found)}
    assert predicted(found, given_years) == pytest.approx([figure(one) for one in found.sets.tolist()])


@pytest.mark.parametrize(
    ("measures", "budget", "options", "message"),
    [
        (MEASURES, 0.5, {}, "below every cost.*signs 1, wide 10"),
        (MEASURES, 20, {"objective": "transits"}, "transits.*not known"),
        (MEASURES, 20, {"by": date(2020, 1, 1), "objective": "cost"}, "indifference zone"),
        (MEASURES.replace("planned", "scenario"), 20, {}, "no planned measure"),
        (MEASURES.replace(", 12, 2026", ", , 2026"), 20, {}, "wider.*cost_million"),
        (
            MEASURES.replace("planned, wide,", "planned, wide wider,"),
            20,
            {},
            "excludes",
        ),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, measures: str, budget: float, options: dict[str, object], message: str
) -> None:
    """Budget, objective, a figure that is nothing, nothing to choose, no cost, prerequisites that exclude each other."""
    with at_home(1) as workers, pytest.raises(jibek.JibekError, match=f"(?s){message}"):
        invest(road(tmp_path, measures), budget, workers, replications=3, **options)  # type: ignore[arg-type]


def _systems(means: list[float], seed: int, common: float = 2.0) -> Observe:
    random = np.random.default_rng(seed)

    def observe(left: list[int], start: int, stop: int) -> NDArray[np.float64]:
        shared = common * random.normal(size=(stop - start, 1))
        return np.array(means)[left] + shared + random.normal(size=(stop - start, len(left)))

    return observe


def test_equal_systems_end_at_once_and_the_first_is_taken() -> None:
    """Without variance between systems the first observations decide."""
    found = select(
        lambda left, start, stop: np.zeros((stop - start, len(left))), 3, first=5, zone=1.0, confidence=0.95, most=50
    )
    assert (found.best, found.lead, found.observations, found.ended) == (0, 0.0, 5, True)


@pytest.mark.parametrize(("behind", "noise", "taken"), [(0.1, 0.01, 0), (0.6, 0.01, 2), (0.1, 5.0, 2)])
def test_a_cheaper_system_is_enough_if_it_is_shown_to_be_within_the_zone(
    behind: float, noise: float, taken: int
) -> None:
    """One is far behind in any case; the other by less than the zone of 0.5, by more, or nobody knows."""
    values = np.random.default_rng(1).normal(size=(10, 3)) * noise + np.array([-behind, -3.0, 0.0])
    assert enough(values, 2, zone=0.5, error=0.05) == taken


def test_a_system_that_fails_later_is_dropped_and_the_next_is_found() -> None:
    """The best by far, were there not an observation of it that cannot be made."""
    systems = _systems([0.0, 0.5, 0.6], 2)

    def observe(left: list[int], start: int, stop: int) -> NDArray[np.float64]:
        values = systems(left, start, stop)
        if start > 0 and 2 in left:
            values[:, left.index(2)] = -np.inf
        return values

    found = select(observe, 3, first=5, zone=0.3, confidence=0.95, most=10_000)
    assert found.observations > 5
    assert (found.best, found.ended) == (1, True)


def _deadlocks(folder: Path, measures: str) -> jibek.Corridor:
    """Return a terminal that deadlocks with a yard of 4 TEU."""
    one_track(folder, yard=100, rule="filled,8,")
    (folder / "measures.csv").write_text(f"id,title,changes,cost_million,status\n{measures}")
    return jibek.read(folder)


SMALL = "small,Less yard,zones.b-yard.capacity_teu=4,1,planned\n"


def test_sets_that_deadlock_are_told_and_another_is_chosen(tmp_path: Path) -> None:
    corridor = _deadlocks(tmp_path, SMALL + "fast,Faster,links.ab.run_h=0.5,2,planned\n")
    with at_home(1) as workers:
        found = invest(corridor, 10, workers, objective="transit", replications=3)
    assert found.best.measures == ("fast",)
    assert set(found.failed) == {("small",), ("small", "fast")}
    assert found.sure.compared == 2


def test_where_every_set_deadlocks_the_reasons_are_told(tmp_path: Path) -> None:
    with at_home(1) as workers, pytest.raises(jibek.JibekError, match="small: deadlock: "):
        invest(_deadlocks(tmp_path, SMALL), 10, workers, objective="transit", replications=3)


def test_it_says_when_it_gives_up() -> None:
    """Two systems whose difference is far within the noise."""
    found = select(_systems([0.0, 0.0], 1), 2, first=5, zone=0.01, confidence=0.95, most=9)
    assert (found.observations, found.ended, found.left) == (9, False, (0, 1))


@pytest.mark.slow
def test_the_best_is_selected_as_often_as_stated() -> None:
    """The least favourable means: all others behind the best by just the zone; 300 selections at 90 %."""
    correct = sum(
        select(_systems([0.0, 0.0, 0.0, 0.5, 0.0], seed), 5, first=10, zone=0.5, confidence=0.9, most=10_000).best == 3
        for seed in range(300)
    )
    assert correct >= 300 * 0.9 - 3 * (300 * 0.9 * 0.1) ** 0.5
