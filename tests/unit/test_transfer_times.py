"""Crane times of plans in a corridor: figures worked out on paper, and a simulated dry port that takes as long as the planned one."""

from __future__ import annotations

from pathlib import Path

import pytest

import jibek
from jibek.results import simulate
from jibek.tables import ChangeError
from jibek.transfer import Times, generate, plan_by_rule, worked
from packages import write_package
from transfer_packages import A, B, small_job, small_plan

CORRIDOR = {
    "places": "id, lat, lon\na, 0, 0\nb, 0, 1\nc, 0, 2",
    "links": """id, from_place, to_place, mode, gauge_mm, length_km, run_h
        ab, a, b, rail, 1435, 100, 2
        bc, b, c, rail, 1520, 100, 2""",
    "terminals": "id, place\na, a\nb, b\nc, c",
    "zones": """id, terminal, kind, gauge_mm, positions, sidings, capacity_teu
        b35, b, track, 1435, 1, 9,
        b20, b, track, 1520, 3, ,
        yard, b, yard, , , , 1000""",
    "equipment": "id, terminal, count, move_min, move_cv, source\ncrane, b, 1, 9, 0, old\ntractor, b, 9, 9, 0, old",
    "transfers": """id, from_zone, to_zone, steps, source
        straight, b35, b20, crane, old
        off, b35, yard, crane>tractor, old
        on, yard, b20, tractor>crane, old""",
    "fleets": """id, mode, gauge_mm, capacity_teu, count
        west, rail, 1435, {teu},
        east, rail, 1520, {teu}, 9""",
    "services": """id, from_terminal, from_zone, to_terminal, to_zone, path, rule, every_h, load_h, min_teu, max_wait_h
        in, a, , b, b35, ab, filled, , , {teu}, 100
        out, b, b20, c, , bc, interval, 24, 24, 0,
        back, c, , b, b20, bc, interval, 24, 1, 0,""",
    "rotations": "id, fleet, services\nin, west, in\nout, east, out>back",
    "flows": """id, from_terminal, to_terminal, arrival, share_20ft, share_40ft
        f, a, c, listed, 0, 1""",
    "arrivals": "flow, time, containers{arrivals}",
    "itineraries": "id, flow, services, share\ni, f, in>out, 1",
    "uncertainty": "id, low, typical, high, source\nequipment.crane.move_min, 8, 9, 10, old",
    "sources": "id, title, kind\nold, old, assumption",
}


def corridor(folder: Path, boxes: int) -> jibek.Corridor:
    """Write a dry port to which a train of so many 40 ft boxes comes each day at ten; one that is to take them stands there."""
    arrivals = "".join(f"\nf, 2025-01-{day:02}T08:00, {boxes}" for day in range(2, 20))
    tables = {name: text.format(teu=2 * boxes, arrivals=arrivals) for name, text in CORRIDOR.items()}
    return write_package(folder, days=20, **tables)


def train_h(run: jibek.Run) -> float:
    """Return how long trains stand to be unloaded, on average."""
    answer = run.query("SELECT avg(done_h - position_h) FROM calls WHERE zone = 'b35' AND kind = 'unloading'")
    return float(answer.item())


def test_by_kind_and_by_share(tmp_path: Path) -> None:
    """A goes by the yard: 90 s off, 90 to 180 s on; B straight, 80 s: trains stand 180 s, the two cranes make three moves."""
    job = small_job(tmp_path / "job")
    moves = (
        "crane,box,from_place,to_place,begin_s,pick_s,drop_s,end_s\n"
        f"C1,{A},i1:3,y1,0,0,50,90\nC1,{A},y1,o1:3,90,90,140,180\nC2,{B},i4:3,o4:3,0,0,40,80\n"
    )
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,90\nout,t20,0,0,180"
    found = worked(job, small_plan(tmp_path / "plan", job, moves=moves, parking=parking))
    assert (found.worked_s, found.spells, found.boxes) == (180, 1, 2)
    assert found.cycles_s == {"direct": [80], "off": [90], "on": [90]}
    times = Times.of([found])
    move_min = 180 * 2 / (3 + 0.5) / 60
    assert times.move_min == pytest.approx(move_min)
    assert times.direct_share == 0.5
    scale = move_min / (260 / 3)
    assert times.box_min(0.25) == pytest.approx(scale * (0.25 * 80 + 0.75 * 180))
    changes = times.changes(corridor(tmp_path / "corridor", 5), "crane")
    assert changes == [
        "equipment.crane.count=2",
        f"equipment.crane.move_min={round(move_min, 3)}",
        f"equipment.crane.move_cv={round(times.move_cv, 3)}",
        "transfers.off.steps=crane",
        "transfers.on.steps=crane",
    ]


def test_values_name_the_jobs_as_their_source(tmp_path: Path) -> None:
    job = generate("pair", 20, seed=1, held=0.0)
    times = Times.of([worked(job, plan_by_rule(job))])
    assert times.box_min(0.5) is None
    changed = times.into(corridor(tmp_path / "corridor", 20), "crane")
    crane = changed.equipment["crane"]
    assert (crane.count, crane.move_min) == (3, round(times.move_min, 3))
    assert changed.sources[crane.source or ""].note.endswith("jobs pair-20-3-free-1")
    assert changed.transfers["off"].source == "old"
    assert not changed.uncertainty


def test_what_does_not_fit(tmp_path: Path) -> None:
    plans = [worked(job, plan_by_rule(job)) for job in (generate("pair", 5, seed=1, cranes=k) for k in (1, 2))]
    with pytest.raises(ChangeError, match="the same number of cranes"):
        Times.of(plans)
    with pytest.raises(ChangeError, match=r"'crana' is not in equipment.csv; did you mean 'crane'"):
        Times.of(plans[:1]).changes(corridor(tmp_path / "corridor", 5), "crana")


@pytest.mark.parametrize(("boxes", "cranes"), [(40, 3), (41, 3), (20, 2)])
def test_a_simulated_train_takes_as_long_as_the_planned_one(tmp_path: Path, boxes: int, cranes: int) -> None:
    """Within 5 %: the last round of cranes is full or not, and times of single moves are drawn."""
    job = generate("pair", boxes, seed=1, cranes=cranes, held=0.0)
    plan = plan_by_rule(job)
    found = worked(job, plan)
    changed = Times.of([found]).into(corridor(tmp_path / "corridor", boxes), "crane")
    run = simulate(changed, replications=1, jobs=1)
    assert train_h(run) == pytest.approx(found.worked_s / 3600, rel=0.05)
