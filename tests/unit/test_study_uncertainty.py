"""What comes from not knowing and what from chance: against closed forms, SciPy and a corridor whose answer is known."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import sobol_indices

import jibek
from commands import call
from jibek.corridor import provenance
from jibek.study import at_home, uncertainty
from jibek.study._indices import sobol
from jibek.study._inputs import Drawer, Input, inputs_of
from packages import PLACES, write_package


def ishigami(x: np.ndarray) -> np.ndarray:
    one, two, three = np.pi * (2 * x - 1).T
    return np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)


def test_indices_are_those_of_ishigamis_function() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 4096, 3))
    mixed = np.array([ishigami(np.where(np.arange(3) == k, other, one)) for k in range(3)])
    found = sobol(ishigami(one), ishigami(other), mixed)
    for index, first, total in zip(found, (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), strict=True):
        assert index.first.low < first < index.first.high
        assert index.total.low < total < index.total.high
        assert index.total.high - index.total.low < 0.1
    scipys = sobol_indices(
        func={"f_A": ishigami(one)[None], "f_B": ishigami(other)[None], "f_AB": mixed[:, None]}, n=4096
    )
    assert [index.first.mean for index in found] == pytest.approx(scipys.first_order.ravel())
    assert [index.total.mean for index in found] == pytest.approx(scipys.total_order.ravel())


def test_of_a_figure_that_does_not_vary_no_share_is_known(tmp_path: Path) -> None:
    folder = jibek.corridor.write(small(tmp_path / "package"), tmp_path / "listed")
    (folder / "flows.csv").write_text("id,from_terminal,to_terminal,arrival\neast,one,two,listed\n")
    (folder / "arrivals.csv").write_text("flow,time,containers\neast,2025-01-03T00:00,3\n")
    words = (
        "uncertainty",
        str(folder),
        "--samples",
        "4",
        "--inputs",
        "1",
        "--figure",
        "total.offered_containers",
        "--jobs",
        "1",
    )
    code, out, err = call(*words)
    assert (code, err) == (0, "")
    assert "nan" not in out
    spread = json.loads(call(*words, "--json")[1], parse_constant=pytest.fail)["answers"]["total.offered_containers"]
    assert (spread["mean"], spread["sd"], spread["not_knowing"]) == (3, 0, None)
    assert spread["indices"]["chance"]["total"]["mean"] is None
    assert set(spread["correlation"].values()) == {0}


@pytest.mark.parametrize(("low", "typical", "high"), [(1, 3, 8), (1, 3, 3), (3, 3, 8), (-2, 0, 2), (0.9, 1, 1.001)])
def test_draws_are_triangular_with_the_tails_that_the_package_says(low: float, typical: float, high: float) -> None:
    one = Input("checks.x.time_h", low, typical, high, relative=False, assumed=False, rows=("x",))
    draws = np.array([one.at(share) for share in (np.arange(100_000) + 0.5) / 100_000])
    assert (np.diff(draws) >= 0).all()
    if low < typical:
        assert (draws < low).mean() == pytest.approx(0.05, abs=1e-4)
    if typical < high:
        assert (draws > high).mean() == pytest.approx(0.05, abs=1e-4)
    least, most = one.at(0.0), one.at(1.0)
    assert draws.mean() == pytest.approx((least + typical + most) / 3, abs=1e-3 * (most - least))


def test_inputs_are_drawn_within_what_a_package_may_hold() -> None:
    corridor = jibek.read("trans-caspian")
    inputs = inputs_of(corridor)
    own = next(one for one in inputs if one.id == "equipment.keg-rmg.move_min")
    common = next(one for one in inputs if one.id == "equipment.*.move_min")
    assert own.rows == ("keg-rmg",)
    assert "keg-rmg" not in common.rows
    assert len(common.rows) > 10
    assert {one.id for one in inputs if one.assumed}
    drawer, rng = Drawer(corridor, inputs), np.random.default_rng(0)
    for _ in range(5):
        changed = corridor.with_changes(*drawer.changes(rng.random(len(inputs))))
        assert changed != corridor
        assert all(link.min_run_h <= link.run_h for link in changed.links.values())


def small(folder: Path) -> jibek.Corridor:
    """A corridor in which a container takes a running time and the time of a check; neither is well known."""
    return write_package(
        folder,
        days=30,
        places=PLACES,
        links="id, from_place, to_place, mode, gauge_mm, length_km, run_h\na-b, a, b, rail, 1435, 100, 48",
        terminals="id, place\none, a\ntwo, b",
        checks="id, kind, terminal, time_h, time_cv, time_dist\ncustoms, arrival, two, 24, 0, fixed",
        fleets="id, mode, gauge_mm, capacity_teu\ntrains, rail, 1435, 40",
        services="id, from_terminal, to_terminal, path, rule, min_teu\nout, one, two, a-b, filled, 1",
        rotations="id, fleet, services\nround, trains, out",
        flows="id, from_terminal, to_terminal, teu_per_year, block_teu\neast, one, two, 2000, 20",
        itineraries="id, flow, services\nway, east, out",
        uncertainty="id, low, typical, high\nlinks.a-b.run_h, 24, 48, 72\nchecks.customs.time_h, 18, 24, 30\n"
        "links.a-b.length_km, 90, 100, 110",
    )


@pytest.mark.slow
def test_what_is_not_known_is_told_from_chance(tmp_path: Path) -> None:
    """The transit time is the sum of two times drawn apart; the variances of the triangles are 16 to 1, chance does nothing."""
    name = "total.transit_days.mean"
    with at_home() as workers:
        found = uncertainty(small(tmp_path / "package"), [name], workers, samples=48, most=2)
    spread = found.spreads[name]
    assert found.chosen == ("links.a-b.run_h", "checks.customs.time_h")
    assert list(spread.indices) == ["chance", *found.chosen, "all other inputs"]
    for factor, share in (
        ("chance", 0),
        ("links.a-b.run_h", 16 / 17),
        ("checks.customs.time_h", 1 / 17),
        ("all other inputs", 0),
    ):
        index = spread.indices[factor]
        assert index.total.low - 1e-9 <= share <= index.total.high + 1e-9, factor
        assert index.first.low - 1e-9 <= share <= index.first.high + 1e-9, factor
    assert spread.not_knowing > 0.99
    side = 24 / (1 - math.sqrt(0.1))
    assert spread.sd == pytest.approx(math.hypot(side, side / 4) / math.sqrt(6) / 24, rel=0.05)
    assert spread.mean == pytest.approx(3.0, rel=0.02)
    assert found.to_measure[0][0] == "links.a-b.run_h"


@pytest.mark.slow
def test_what_is_chance_is_told_from_not_knowing(tmp_path: Path) -> None:
    corridor = small(tmp_path / "package").with_changes(
        "checks.customs.time_cv=2", "checks.customs.time_dist=lognormal"
    )
    known = tmp_path / "known"
    jibek.corridor.write(corridor, known)
    (known / "uncertainty.csv").write_text(
        "id,low,typical,high\nlinks.a-b.length_km,90,100,110\nflows.east.t_per_teu,9,10,11\n"
    )
    name = "total.transit_days.mean"
    with at_home() as workers:
        found = uncertainty(jibek.read(known), [name], workers, samples=32, most=1)
    chance = found.spreads[name].indices["chance"]
    assert found.spreads[name].not_knowing < 0.3
    assert chance.total.low < 1 < chance.total.high
    assert found.spreads[name].indices["all other inputs"].total.mean == 0


def test_assumed_values_without_a_range_are_named() -> None:
    corridor = jibek.read("starter").with_clock(days=10, warmup_days=0)
    with at_home() as workers:
        found = uncertainty(corridor, ["events"], workers, samples=4, most=1)
    assert found.document()["without_range"] == list(provenance(corridor).without_range)


def test_the_command_shows_and_keeps_what_was_found(tmp_path: Path) -> None:
    words = [
        "uncertainty",
        "starter",
        "--days",
        "10",
        "--samples",
        "8",
        "--inputs",
        "1",
        "--figure",
        "total.delivered_teu",
    ]
    code, out, err = call(*words, "--out", str(tmp_path / "found"))
    assert code == 0, err
    assert "How far the answers are known" in out
    assert "Measure first: " in out
    assert (tmp_path / "found/figures/uncertainty.png").stat().st_size > 10_000
    _, again, _ = call(*words, "--json", "--jobs", "1")
    kept = json.loads((tmp_path / "found/uncertainty.json").read_text())
    said = json.loads(again)
    assert kept.pop("seconds") > 0
    assert said.pop("seconds") > 0
    assert said == kept


def test_an_unknown_figure_is_refused() -> None:
    code, _, err = call("uncertainty", "starter", "--figure", "total.transit_days.p91")
    assert code == 2
    assert "there is no figure 'total.transit_days.p91'" in err


def test_a_package_that_knows_everything_is_refused(tmp_path: Path) -> None:
    small(tmp_path / "package")
    (tmp_path / "package/uncertainty.csv").unlink()
    with at_home() as workers, pytest.raises(jibek.JibekError, match=r"uncertainty\.csv says of no value"):
        uncertainty(jibek.read(tmp_path / "package"), ["events"], workers, samples=4, most=1)
