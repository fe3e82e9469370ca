"""Compare, bottlenecks and capacity on tiny corridors, and where theory knows the answer."""

from __future__ import annotations

import json
from math import log
from pathlib import Path

import pytest

import jibek
from jibek.study import (
    Bottlenecks,
    Point,
    PointError,
    Service,
    at_home,
    bottlenecks,
    bound,
    capacity,
    compare,
    evaluate,
    raised,
)
from jibek.study._effects import effects
from packages import PLACES, line, one_track, write_package

TERMINALS = "id, place\na, a\nb, b"
LINKS = "id, from_place, to_place, mode, length_km, run_h, paths_per_day\nab, a, b, road, 100, 5, 6"
SERVICES = "id, from_terminal, to_terminal, path, rule\ngo, a, b, ab, filled"


def road(folder: Path, *, days: int = 200, warmup_days: int = 20, **tables: str) -> jibek.Corridor:
    """Trucks of one container over a road of six paths a day; nothing is random but when containers come."""
    given = {
        "places": PLACES,
        "terminals": TERMINALS,
        "links": LINKS,
        "fleets": "id, mode, count, capacity_teu\ntrucks, road, , 2",
        "services": SERVICES,
        "rotations": "id, fleet, services\ngo, trucks, go",
        "flows": "id, from_terminal, to_terminal, teu_per_year\nflow, a, b, 2000",
        "itineraries": "id, flow, services\none, flow, go",
    }
    return write_package(folder, days=days, warmup_days=warmup_days, **(given | tables))


def test_what_is_sustained_is_near_the_bound_without_randomness(tmp_path: Path) -> None:
    """Six trucks of one container of 2 TEU a day: 4,380 TEU a year."""
    corridor = road(tmp_path)
    with at_home(1) as workers:
        found = capacity(corridor, workers, replications=2)
    assert found.bound.volume_teu == pytest.approx(6 * 2 * 365)
    assert found.volume_teu.mean == pytest.approx(6 * 2 * 365, rel=0.1)
    assert found.scale.mean is not None
    assert found.volume_at(found.scale.mean) == pytest.approx(found.volume_teu.mean)
    assert {reason.partition(":")[0] for reason in found.stopped_by} == {"does not keep up"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "volume"),
    [
        (["equipment.crane.move_min=30"], 8760 / (2 * 0.5) * 2),
        (["links.bc.paths_per_day=1.5"], 1.5 * 365 * 40),
        (["services.out.rule=interval", "services.out.every_h=12", "services.out.min_teu=0"], 2 * 365 * 40),
        (["zones.b-out.positions=1", "checks.brakes.time_h=14"], 8760 / (14 + 20 * 0.1) * 40),
    ],
)
def test_bound_and_capacity_agree_without_randomness(tmp_path: Path, changes: list[str], volume: float) -> None:
    """A crane, a path, a timetable and a track, each of which stops the line at a volume known in closed form."""
    checks = "id, kind, terminal, time_h\nbrakes, departure, b, 0"
    corridor = line(tmp_path, checks=checks).with_changes(*changes)
    with at_home(2) as workers:
        found = capacity(corridor, workers, replications=2)
    assert found.bound.volume_teu == pytest.approx(volume)
    assert found.volume_teu.mean == pytest.approx(volume, rel=0.1)


def test_one_flow_grows_beside_another(tmp_path: Path) -> None:
    corridor = road(
        tmp_path,
        flows="id, from_terminal, to_terminal, teu_per_year\nflow, a, b, 1000\nother, a, b, 2000",
        itineraries="id, flow, services\none, flow, go\ntwo, other, go",
    )
    with at_home(1) as workers:
        found = capacity(corridor, workers, flows=["flow"], replications=2)
    assert found.bound.scale == pytest.approx(2.38)
    assert found.scale.mean == pytest.approx(2.38, rel=0.1)


@pytest.mark.slow
def test_level_of_service_at_a_post(tmp_path: Path) -> None:
    """At an M/M/1 queue 90 % leave within ln 10 / (mu - lambda): with one truck in two hours and 12 h allowed, lambda is known."""
    corridor = road(
        tmp_path,
        days=3000,
        links="id, from_place, to_place, mode, length_km, run_h\nab, a, b, road, 100, 0",
        flows="id, from_terminal, to_terminal, teu_per_year, arrival\nflow, a, b, 4000, poisson",
        checks="id, kind, terminal, servers, time_h, time_dist\npost, arrival, b, 1, 2, exponential",
    )
    with at_home(2) as workers:
        found = capacity(corridor, workers, service=Service(p90_days=0.5), replications=6)
    rate = 1 / 2 - log(10) / 12
    volume, expected = found.volume_teu, rate * 8760 * 2
    assert set(found.stopped_by) == {"P90 transit: flow"}
    assert volume.mean == pytest.approx(expected, rel=0.04)
    assert found.bound.volume_teu == pytest.approx(8760 / 2 * 2)


def test_no_capacity_without_a_warm_up() -> None:
    with at_home(1) as workers, pytest.raises(jibek.ChangeError, match="warmup_days: must be above 0"):
        capacity(jibek.read("starter").with_clock(warmup_days=0), workers)


def test_bottlenecks_find_the_path(tmp_path: Path) -> None:
    """At 3,000 containers a year over six paths a day one path more brings 2 TEU a day; one post more, which are enough, nothing."""
    corridor = road(
        tmp_path,
        flows="id, from_terminal, to_terminal, teu_per_year\nflow, a, b, 6000",
        checks="id, kind, terminal, servers, time_h\npost, arrival, b, 3, 1",
    )
    with at_home(1) as workers:
        found = bottlenecks(corridor, workers, replications=3)
    first, second = found.effects
    assert first.change == "links.ab.paths_per_day+=1"
    assert first.effect["total.delivered_teu"].mean == pytest.approx(2 * 200, abs=3)
    assert second.change == "checks.post.servers+=1"
    assert second.effect["total.delivered_teu"].mean == 0.0
    moved = sum(days.mean or 0.0 for days in first.budget.values())
    assert moved == pytest.approx(first.effect["total.transit_days.mean"].mean)


def test_common_random_numbers_cut_variance(tmp_path: Path) -> None:
    corridor = road(
        tmp_path, links=LINKS.replace("paths_per_day\n", "paths_per_day, run_cv\n").replace(", 6", ", 6, 0.5"),
        flows="id, from_terminal, to_terminal, teu_per_year, arrival\nflow, a, b, 4000, poisson",
    )  # fmt: skip
    with at_home(1) as workers:
        found = bottlenecks(corridor, workers, changes=["links.ab.run_h*=0.9"], replications=8)
    assert (found.variance_reduction("transit_days.mean") or 0.0) > 10


def test_intervals_hold_together(tmp_path: Path) -> None:
    """The intervals of many cases are wider than that of one, by Student's t at 1 - 0.05 / n."""
    from scipy.stats import t

    corridor = road(tmp_path)
    with at_home(1) as workers:
        base, other = evaluate([Point(corridor), Point(corridor, changes=("links.ab.run_h*=1.5",))], workers)
    (alone,), many = (effects([other] * n, base, "total.transit_days.mean") for n in (1, 10))
    assert alone.half is not None
    assert many[0].half == pytest.approx(alone.half * t.ppf(1 - 0.0025, 3) / t.ppf(0.975, 3))


def test_compare(tmp_path: Path) -> None:
    corridor = road(tmp_path, measures="id, title, changes\nfast, Faster, links.ab.run_h=3")
    cases = {"faster": ["fast"], "slower": ["links.ab.run_h=10", "links.ab.paths_per_day=5"]}
    with at_home(1) as workers:
        found = compare(corridor, cases, workers, replications=2)
    differences = found.differences("total.transit_days.mean")
    assert differences["faster"].mean == pytest.approx(-2 / 24, rel=0.01)
    assert (differences["slower"].low or 0.0) > 0.0
    document = json.loads(json.dumps(found.document()))
    assert document["cases"]["faster"] == {"measures": ["fast"], "changes": []}
    assert (document["seed"], document["replications"], document["days"]) == (0, 2, 200)
    drawn = {name: make() for name, make in found.figures().items()}
    assert {name: len(figure.axes) for name, figure in drawn.items()} == {"transit": 1, "budget": 1, "differences": 3}
    lines = drawn["transit"].axes[0].get_legend_handles_labels()[1]
    assert lines == ["base", "faster", "slower"]


def test_every_wrong_case_is_named() -> None:
    cases = {
        "one": ["links.sea.run_h=30", "links.sea.run_h=40"],
        "two": ["links.see.run_h=3"],
        "three": ["no-measure"],
    }
    with at_home(1) as workers, pytest.raises(jibek.ChangeError) as caught:
        compare(jibek.read("starter"), cases, workers)
    lines = str(caught.value).splitlines()
    assert lines[0] == "one: links.sea.run_h=40: is set to 30 before"
    assert lines[1].startswith("two: links.see.run_h=3: 'see' is not in links.csv")
    assert lines[2].startswith("three: no-measure: is not in measures.csv")


STUCK, STUCK_TOO, CRANE = "zones.b-yard.capacity_teu=4", "zones.b-yard.capacity_teu=3", "equipment.crane.count+=1"


def test_what_cannot_be_simulated_does_not_end_the_study(tmp_path: Path) -> None:
    """A yard too small for the least load deadlocks; the others are what they are without it."""
    corridor = one_track(tmp_path, yard=100, rule="filled,8,")
    with at_home(1) as workers:
        tried = bottlenecks(corridor, workers, changes=[STUCK, CRANE], replications=2)
        alone = bottlenecks(corridor, workers, changes=[CRANE], replications=2)
        cases = compare(corridor, {"small": [STUCK], "crane": [CRANE]}, workers, replications=2)
    assert tried.effects == alone.effects
    assert tried.document()["failed"].keys() == {STUCK}
    assert alone.document()["failed"] == {}
    assert list(cases.cases) == ["crane"]
    assert cases.document()["failed"]["small"].startswith("deadlock: ")
    assert "full of containers for 'bc'" in cases.failed["small"]


def test_where_nothing_else_can_be_simulated_every_reason_is_told(tmp_path: Path) -> None:
    corridor = one_track(tmp_path, yard=100, rule="filled,8,")
    with at_home(1) as workers:
        with pytest.raises(jibek.JibekError) as caught:
            compare(corridor, {"small": [STUCK], "smaller": [STUCK_TOO]}, workers, replications=2)
        assert [one.partition(": deadlock")[0] for one in str(caught.value).splitlines() if "deadlock" in one] == [
            "small",
            "smaller",
        ]
        with pytest.raises(PointError, match="as it is: deadlock"):
            bottlenecks(corridor.with_changes(STUCK), workers, changes=[CRANE], replications=2)


def test_capacity_ends_where_the_corridor_deadlocks(tmp_path: Path) -> None:
    """A yard of two loads fills up at some demand; one smaller than a load at any."""
    corridor = one_track(tmp_path, yard=16, rule="filled,8,").with_clock(warmup_days=5)
    with at_home(1) as workers:
        found = capacity(corridor, workers, replications=2)
        with pytest.raises(jibek.JibekError, match=r"demand x .*: deadlock: "):
            capacity(corridor.with_changes(STUCK), workers, replications=2)
    document = json.loads(json.dumps(found.document()))
    assert "deadlock" in found.stopped_by
    assert min(found.failed) in {broke for _, broke in found.brackets}
    assert max(found.curve) < min(found.failed)
    assert all(why.startswith("deadlock: ") for why in document["failed"].values())


def test_effects_need_no_base_with_another_seed(tmp_path: Path) -> None:
    with at_home(1) as workers:
        found = bottlenecks(road(tmp_path), workers, changes=["links.ab.run_h*=0.9"], replications=2)
    without = Bottlenecks(found.base, None, found.answers)
    assert without.effects == found.effects
    assert set(without.document()["variance_reduction"].values()) == {None}


def test_raised_are_changes_that_can_be_made() -> None:
    corridor = jibek.read("trans-caspian")
    changes = raised(corridor)
    assert len(set(changes)) == len(changes) > 60
    assert corridor.with_changes(*changes).changes == tuple(changes)
    assert changes[0] == f"{bound(corridor).limits[0].name}+=1"
    assert len(raised(corridor, 25)) == 25


def test_a_full_yard_is_a_level_of_service(tmp_path: Path) -> None:
    """Containers stand a day in a yard of 50 TEU, which 25 TEU a day fill by half."""
    corridor = line(tmp_path, checks="id, kind, terminal, time_h\nstay, hold, b, 24").with_changes(
        "zones.b-yard.capacity_teu=50", "services.out.min_teu=0", "services.out.max_wait_h=0", "flows.flow.block_teu="
    )
    with at_home(1) as workers:
        found = capacity(corridor.with_clock(days=120), workers, service=Service(yard_share=0.5), replications=2)
    assert set(found.stopped_by) == {"yard: b"}
    assert found.volume_teu.mean == pytest.approx(25 * 365, rel=0.1)
