"""The bound on corridors whose capacity is known in closed form."""

from __future__ import annotations

from pathlib import Path

import pytest

import jibek
from jibek.study import bound
from packages import line


def largest(corridor: jibek.Corridor) -> tuple[float, tuple[str, ...]]:
    found = bound(corridor)
    return found.volume_teu or 0.0, found.binding


def test_lifts(tmp_path: Path) -> None:
    """A container of 2 TEU takes two lifts of 0.1 h by the yard, and one of them if it may go directly."""
    corridor = line(tmp_path / "yard")
    volume, binding = largest(corridor)
    assert volume == pytest.approx(8760 / 0.2 * 2)
    assert binding == ("equipment.crane.count",)
    direct = "id, from_zone, to_zone, steps\noff, b-in, b-yard, crane\non, b-yard, b-out, crane\nx, b-in, b-out, crane"
    assert largest(line(tmp_path / "direct", transfers=direct))[0] == pytest.approx(8760 / 0.1 * 2)


def test_those_held_go_by_the_yard(tmp_path: Path) -> None:
    direct = "id, from_zone, to_zone, steps\noff, b-in, b-yard, crane\non, b-yard, b-out, crane\nx, b-in, b-out, crane"
    checks = "id, kind, terminal, time_h, probability, servers\nhold, hold, b, 0.05, 0.25, 1"
    volume, binding = largest(line(tmp_path, transfers=direct, checks=checks))
    assert volume == pytest.approx(8760 / (0.75 * 0.1 + 0.25 * 0.2) * 2)
    assert binding == ("equipment.crane.count",)


def test_paths(tmp_path: Path) -> None:
    corridor = line(tmp_path).with_changes("links.bc.paths_per_day=3")
    found = bound(corridor)
    assert found.volume_teu == pytest.approx(3 * 365 * 40)
    assert found.limits[0].name == "links.bc.paths_per_day"
    assert found.limits[0].teu_per_unit == pytest.approx(365 * 40)
    assert found.limits[0].utilisation == pytest.approx(10000 / (3 * 365 * 40))
    assert [month.scale for month in found.months] == pytest.approx([found.scale] * 12)


def test_whole_containers_fill_a_vehicle(tmp_path: Path) -> None:
    """A vehicle of 41 TEU takes twenty containers of 40 ft."""
    corridor = line(tmp_path).with_changes("links.bc.paths_per_day=3", "fleets.out.capacity_teu=41")
    assert largest(corridor)[0] == pytest.approx(3 * 365 * 40)


def test_round_trips(tmp_path: Path) -> None:
    """Four trains of 40 TEU, 10 h there and 14 h back."""
    given = line(
        tmp_path,
        services="""id, from_terminal, from_zone, to_terminal, to_zone, path, rule, min_teu, every_h
            in, a, , b, b-in, ab, filled, 40,
            out, b, b-out, c, , bc, filled, 40,
            home, c, , b, b-out, bc, interval, , 1""",
        rotations="id, fleet, services\nin, in, in\nout, out, out>home",
    )
    corridor = given.with_changes("fleets.out.count=4", "links.bc.back_run_h=14", "equipment.crane.count=3")
    found = bound(corridor)
    assert found.binding == ("fleets.out.count",)
    loading_h = 20 * 0.1 / 3  # all cranes lift its twenty containers
    assert found.volume_teu == pytest.approx(4 * 8760 / (24 + loading_h) * 40)


def test_posts_and_departures(tmp_path: Path) -> None:
    checks = "id, kind, terminal, time_h, servers\ncustoms, arrival, b, 5, 2"
    corridor = line(tmp_path / "post", checks=checks).with_changes("equipment.crane.count=3")
    volume, binding = largest(corridor)
    assert volume == pytest.approx(2 * 8760 / 5 * 40)
    assert binding == ("checks.customs.servers",)
    timed = line(tmp_path / "clock").with_changes("services.out.rule=interval", "services.out.every_h=8")
    assert largest(timed)[0] == pytest.approx(3 * 365 * 40)


def test_positions(tmp_path: Path) -> None:
    """A train stands while one crane lifts its twenty containers on, and for the check of its brakes."""
    checks = "id, kind, terminal, time_h\nbrakes, departure, b, 6"
    corridor = line(tmp_path, checks=checks).with_changes("zones.b-out.positions=1", "equipment.crane.count=2")
    found = bound(corridor)
    assert found.binding[0] == "zones.b-out.positions"
    assert found.volume_teu == pytest.approx(8760 / (6 + 20 * 0.1 / 2) * 40)
    priced = {limit.name: limit.teu_per_unit for limit in found.limits}
    more = bound(corridor.with_changes("equipment.crane.count=3"))
    step = 8760 * 40 / 7**2 * 20 * 0.1 / 2 / 2  # slope of the volume over the number of cranes
    assert priced["equipment.crane.count"] == pytest.approx(step)
    assert 0 < (more.volume_teu or 0) - (found.volume_teu or 0) < step


def test_open_days(tmp_path: Path) -> None:
    """Closed ten days of each month in spells of 100 h; a train that has left is not stopped, nor one path that was to come."""
    closures = "id, link, days_per_month, duration_h\nsnow, bc, 10, 100"
    corridor = line(tmp_path, closures=closures).with_changes("links.bc.paths_per_day=3")
    closed = 10 / (365 / 12) * (100 - 8) / 100
    assert largest(corridor)[0] == pytest.approx(3 * 365 * (1 - closed) * 40)
    dated = corridor.with_changes("closures.snow.days_per_month=0")
    assert largest(dated)[0] == pytest.approx(3 * 365 * 40)


def test_closed_by_date_once(tmp_path: Path) -> None:
    closures = """id, link, start, end
        one, bc, 2025-03-01, 2025-03-11
        two, bc, 2025-03-06, 2025-03-21"""
    found = bound(line(tmp_path, closures=closures).with_changes("links.bc.paths_per_day=6"))
    open_days = 365 - 20 + 4 / 24  # for four hours the path before the closure would have kept the next from leaving
    assert found.volume_teu == pytest.approx(6 * open_days * 40)
    scales = [month.scale or 0.0 for month in found.months]
    assert scales[2] / scales[0] == pytest.approx((11 + 4 / 24) / 31)


def test_one_flow_grows_beside_others(tmp_path: Path) -> None:
    corridor = line(
        tmp_path,
        flows="id, from_terminal, to_terminal, teu_per_year, block_teu\nflow, a, c, 10000, 40\nother, a, c, 20000, 40",
        itineraries="id, flow, services\none, flow, in>out\ntwo, other, in>out",
    ).with_changes("links.bc.paths_per_day=3")
    found = bound(corridor, ["flow"])
    assert found.volume_teu == pytest.approx(3 * 365 * 40)
    assert found.scale == pytest.approx((3 * 365 * 40 - 20000) / 10000)
    more = bound(corridor.with_changes("flows.other.teu_per_year=50000"), ["flow"])
    assert more.scale == 0.0
    assert more.as_given.volume_teu == pytest.approx(3 * 365 * 40)
    assert more.as_given.binding == ("links.bc.paths_per_day",)


def test_nothing_binds(tmp_path: Path) -> None:
    corridor = line(
        tmp_path,
        zones="id, terminal, kind",
        equipment="id, terminal, count, move_min",
        transfers="id, from_zone, to_zone, steps",
        services="""id, from_terminal, to_terminal, path, rule
            in, a, b, ab, filled
            out, b, c, bc, filled""",
    )
    found = bound(corridor)
    assert found.scale is None
    assert found.volume_teu is None
    assert found.binding == ()


def test_unknown_flow() -> None:
    with pytest.raises(jibek.ChangeError, match=r"--flow wset: is not in flows\.csv"):
        bound(jibek.read("starter"), ["wset"])


def test_figure() -> None:
    assert len(bound(jibek.read("starter")).figures()["bound"]().axes) == 2


def test_months_without_demand_have_no_scale(tmp_path: Path) -> None:
    flows = "id, from_terminal, to_terminal, arrival\nflow, a, c, listed"
    found = bound(line(tmp_path, flows=flows, arrivals="flow, time, containers\nflow, 2025-03-05, 100"))
    assert [month.scale is None for month in found.months] == [n != 2 for n in range(12)]
    assert found.as_given.offered_teu == pytest.approx(200)
