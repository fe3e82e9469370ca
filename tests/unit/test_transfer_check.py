"""The check of a plan: what it says a plan is worth, and that it names whatever is wrong. Times are worked out on paper."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from jibek.tables import PackageError
from jibek.transfer import Job, check_plan, generate
from jibek.transfer._check_cranes import courses, distance_faults
from jibek.transfer._check_loads import load_faults
from jibek.transfer._check_yard import Spots
from jibek.transfer._loading import wagon_fault
from jibek.transfer._plan import Plan
from jibek.transfer.tables import Load, Move, PlanHeader
from transfer_packages import A, B, small_job, small_plan


def test_two_moves_straight_across(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job")
    verdict = check_plan(job, small_plan(tmp_path / "plan", job))
    assert verdict.violations == ()
    assert verdict.value.order == (0, 0, 80, 0, 0)
    assert verdict.value.makespan_s == 80


HEADS = "crane,box,from_place,to_place,x_m,begin_s,pick_s,drop_s,end_s\n"
OTHER = f"C2,{B},i4:3,o4:3,,0,0,40,80\n"


def test_by_the_yard(tmp_path: Path) -> None:
    """To the yard: 20 m at 1 m/s, put down 50-90 s. Out of it: lifted 90-120 s, 20 m back, put down 140-180 s; due at 120 s."""
    departures = "id,train,due,weight,destinations\nd,out,2026-01-01T00:02,2,WEST"
    job = small_job(tmp_path / "job", departures=departures)
    moves = HEADS + f"C1,{A},i1:3,y1,,0,0,50,90\nC1,{A},y1,o1:3,,90,90,140,180\n" + OTHER
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,80\nout,t20,0,0,180"
    verdict = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, parking=parking))
    assert verdict.violations == ()
    assert verdict.value.order == (0, 2 * 60, 180, 1, 0)


def test_empty_travel_and_making_way(tmp_path: Path) -> None:
    """C2 goes empty from 70 to 90 m and back, at 2 m/s: 20 s; back it also takes its trolley from 10 m to 0, 10 s at 1 m/s."""
    job = small_job(tmp_path / "job")
    moves = HEADS + f"C1,{A},i1:3,o1:3,,0,0,40,80\nC2,,,,90,0,,,10\nC2,{B},i4:3,o4:3,,10,20,60,100"
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,80\nout,t20,0,0,100"
    verdict = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, parking=parking))
    assert verdict.violations == ()
    assert verdict.value.empty_travel_s == 20


def test_boxes_left_over_count(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job")
    plan = small_plan(
        tmp_path / "plan", job, loads=f"box,wagon,slot\n{A},o1,3", moves=HEADS + f"C1,{A},i1:3,o1:3,,0,0,40,80",
        leftover=f"box,reason\n{B},no room",
    )  # fmt: skip
    verdict = check_plan(job, plan)
    assert verdict.violations == ()
    assert verdict.value.left_over == 1


RELEASED = f"id,size_type,mass_t,destination,wagon,slot,released\n{A},42G1,20,WEST,i1,3,2026-01-01T00:01\n{B},42G1,10,WEST,i4,3,"
FIRST = f"C1,{A},i1:3,o1:3,,0,0,40,80\n"
LATER = "train,track,offset_m,from_s,until_s\nin,t35,0,0,400\nout,t20,0,0,400"
LOADS = "box,wagon,slot\n"


@pytest.mark.parametrize(
    ("tables", "job_tables", "expected"),
    [
        ({"moves": HEADS + f"C1,{A},i1:3,o1:3,,0,0,39,79\n" + OTHER}, {}, f"0.0 s, C1, {A}: needs 40.0 s to lift and to carry to o1:3"),
        ({"moves": HEADS + f"C1,{A},i1:3,o1:3,,0,0,40,79\n" + OTHER}, {}, "must end 40 s after it begins to put the box down"),
        (
            {"moves": HEADS + f"C1,{B},i4:3,o4:3,,0,10,50,90\n", "parking": LATER}, {},
            f"0.0 s, C1, {B}: needs 30.0 s to i4:3",
        ),
        ({"parking": LATER.replace("in,t35,0,0,400", "in,t35,0,0,29")}, {}, "train in is not there all the time from 0.0 to 30.0 s"),
        ({"parking": LATER.replace("out,t20,0,0,400", "out,t20,0,41,400")}, {}, "train out is not there all the time from 40.0 to 80.0 s"),
        ({"parking": LATER.replace("in,t35,0,0,400", "in,t35,0,0,400\nin,t35,0,0,400")}, {}, "train in is parked twice"),
        ({"parking": LATER.replace("in,t35", "in,t20")}, {}, "train in of 1435 mm stands on t20 of 1520 mm"),
        ({"parking": LATER.replace("in,t35", "in,t20")}, {}, "trains in and out stand on the same stretch of t20"),
        ({"parking": LATER.replace("out,t20,0", "out,t20,30")}, {}, "train out ends 110.00 m from the beginning of t20, which has 100 m"),
        (
            {}, {"trains": "id,role,arrival,group\nin,inbound,2026-01-01T00:01,g\nout,outbound,2026-01-01T00:00,g"},
            "train in stands before it arrives at 60 s",
        ),
        (
            {}, {"trains": "id,role,arrival,track,offset_m\nin,inbound,2026-01-01,t35,10\nout,outbound,2026-01-01,,"},
            "train in must stand at 10 m, not at 0 m",
        ),
        (
            {}, {"trains": "id,role,arrival,track\nin,inbound,2026-01-01,t36\nout,outbound,2026-01-01,",
                 "tracks": "id,gauge_mm,y_m,from_m,to_m\nt35,1435,0,0,100\nt36,1435,-5,0,100\nt20,1520,10,0,100"},
            "train in must stand on t36, not on t35",
        ),
        (
            {}, {"boxes": RELEASED},
            f"0.0 s, C1, {A}: is picked for a train before customs release it at 60 s",
        ),
        (
            {}, {"cranes": "id,x_m,from_m,to_m,gantry_empty_m_per_s,gantry_loaded_m_per_s,trolley_m_per_s,pick_s,drop_s,lift_t,safety_m\n"
                           "C1,10,0,100,2,1,1,30,40,15,25\nC2,70,0,100,2,1,1,30,40,41,25"},
            "weighs 20 t, the crane lifts 15 t",
        ),
        (
            {"moves": HEADS + f"C1,{A},i1:3,o3:3,,0,0,70,110\n" + OTHER, "loads": LOADS + f"{A},o3,3\n{B},o4,3", "parking": LATER}, {},
            "70.0 s, C1: comes as near as 20.00 m to C2",
        ),
        ({"moves": HEADS + FIRST + "C1,,,,110,80,,,130\n" + OTHER}, {}, "C1: goes to 110.0 m; it reaches from 0 to 100 m"),
        ({"moves": HEADS + FIRST + "C1,,,,30,80,,,85\n" + OTHER}, {}, "C1: needs 10.0 s to 30.0 m"),
        ({"moves": HEADS + FIRST + "C1,,,,20,70,,,85\n" + OTHER}, {}, "C1: begins a move before the one before it is done at 80.0 s"),
        ({"loads": LOADS + f"{A},o1,3\n{B},o1,3"}, {}, f"{B}: stands over {A} on wagon o1"),
        ({"loads": LOADS + f"{A},o1,3\n{B},o3,3"}, {}, f"{B}: is to stand at o3:3, and its moves leave it at o4:3"),
        ({"loads": LOADS + f"{A},o1,3"}, {}, f"{B}: must stand once, either in loads.csv or in leftover.csv"),
        ({"leftover": f"box,reason\n{B},why not"}, {}, f"{B}: must stand once, either in loads.csv or in leftover.csv"),
        ({"loads": LOADS + f"{A},o1,3\n{B},o4,3\n{B},o4,3"}, {}, f"{B}: stands twice in loads.csv"),
        ({"moves": HEADS + f"C1,{A},i2:3,o1:3,,0,5,45,85\n" + OTHER}, {}, f"C1, {A}: is to be picked at i2:3, and stands at i1:3"),
        ({"moves": HEADS + f"C1,{A},i1:3,o1:1,,0,0,40,80\n" + OTHER}, {}, "o1:1 takes 20 ft, the box has 40 ft"),
        ({"moves": HEADS + f"C1,{A},i1:3,y7,,0,0,40,80\n" + OTHER}, {}, "there is no yard slot 'y7'"),
        ({"moves": HEADS + f"C1,{A},i1:3,i1:3,,0,0,30,70\n" + OTHER}, {}, "is put on the inbound train in"),
        (
            {"moves": HEADS + FIRST + f"C1,{A},o1:3,y1,,80,80,130,170\n" + OTHER, "parking": LATER}, {},
            f"80.0 s, C1, {A}: is lifted from an outbound train",
        ),
        (
            {"moves": HEADS + f"C1,{A},i1:3,y1,,0,0,50,90\nC1,{A},y1,o1:3,,90,85,140,180\n" + OTHER, "parking": LATER}, {},
            f"85.0 s, C1, {A}: is picked before it has been put down at 90.0 s",
        ),
        (
            {}, {"departures": "id,train,due,destinations\nd,out,2026-01-01T00:05,EAST"},
            f"{A}: goes to WEST, which train out does not serve",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    tmp_path: Path, tables: dict[str, str], job_tables: dict[str, str], expected: str
) -> None:
    job = small_job(tmp_path / "job", **job_tables)
    violations = check_plan(job, small_plan(tmp_path / "plan", job, **tables)).violations
    assert any(expected in str(one) for one in violations), [str(one) for one in violations]


YARD = {"loads": LOADS, "leftover": f"box,reason\n{A},kept\n{B},kept", "parking": LATER}


def test_a_full_yard_slot(tmp_path: Path) -> None:
    """The crane is at 30 m, 5 m across at 90 s; it takes 20 s to the second box, and 40 s back with it."""
    job = small_job(tmp_path / "job")
    moves = HEADS + "C2,,,,95,0,,,12.5\n" + f"C1,{A},i1:3,y1,,0,0,50,90\nC1,{B},i4:3,y1,,90,110,180,220"
    violations = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, **YARD)).violations
    assert [str(one) for one in violations] == [f"180.0 s, C1, {B}: 2 boxes stand in y1, which has room for 1"]


def test_a_box_under_another(tmp_path: Path) -> None:
    """A is put into y2 first and B on it; A cannot be taken out."""
    job = small_job(tmp_path / "job", yard="id,x_m,y_m,length_ft,levels\ny2,40,5,40,2")
    moves = HEADS + (
        f"C2,,,,95,0,,,12.5\nC1,{A},i1:3,y2,,0,0,60,100\nC1,{B},i4:3,y2,,100,115,175,215\nC1,{A},y2,o1:3,,215,215,275,315"
    )
    plan = small_plan(
        tmp_path / "plan", job, moves=moves, loads=LOADS + f"{A},o1,3", leftover=f"box,reason\n{B},kept", parking=LATER
    )
    violations = check_plan(job, plan).violations
    assert [str(one) for one in violations] == [f"215.0 s, C1, {A}: stands in y2 under {B}"]


def test_two_cranes_at_one_yard_slot(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job", yard="id,x_m,y_m,length_ft,levels\ny2,40,5,40,2")
    moves = HEADS + f"C1,{A},i1:3,y2,,0,0,60,100\nC2,{B},i4:3,y2,,0,0,60,100"
    violations = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, **YARD)).violations
    assert any("two cranes work at y2 at the same time" in str(one) for one in violations)
    assert any("comes as near as 0.00 m to C2" in str(one) for one in violations)


def test_a_reefer_needs_power_in_the_yard(tmp_path: Path) -> None:
    boxes = f"id,size_type,mass_t,destination,wagon,slot,reefer\n{A},45R1,20,WEST,i1,3,true\n{B},42G1,10,WEST,i4,3,"
    job = small_job(tmp_path / "job", boxes=boxes)
    moves = HEADS + f"C1,{A},i1:3,y1,,0,0,50,90"
    violations = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, **YARD)).violations
    assert [str(one) for one in violations] == [f"50.0 s, C1, {A}: needs power, and y1 has none"]


def test_a_track_must_be_clear(tmp_path: Path) -> None:
    """One train after the other on a track that needs 60 s in between."""
    tracks = "id,gauge_mm,y_m,from_m,to_m,clear_s\nt35,1435,0,0,100,60\nt20,1520,10,0,100,"
    trains = "id,role,arrival\nin,inbound,2026-01-01\nmore,inbound,2026-01-01\nout,outbound,2026-01-01"
    wagons = "id,train,order,model\ni1,in,1,n40\ni4,in,4,n40\nm1,more,1,n40\no1,out,1,b40\no4,out,4,b40"
    job = small_job(tmp_path / "job", tracks=tracks, trains=trains, wagons=wagons)
    stays = "train,track,offset_m,from_s,until_s\nin,t35,0,0,80\nmore,t35,{},{},300\nout,t20,0,0,80"
    for offset, begin, clash in ((0, 140, False), (0, 139, True), (40, 100, False), (39, 100, True)):
        plan = small_plan(tmp_path / f"{offset}-{begin}", job, parking=stays.format(offset, begin))
        found = any("same stretch of t35" in str(one) for one in check_plan(job, plan).violations)
        assert found is clash


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"C1,{A},i1:3,o1:3,,0,,40,80", "moves.csv:2 pick_s: a move with a box needs it"),
        ("C1,,,,,0,,,80", "moves.csv:2 x_m: a move without a box needs it"),
        ("C1,,i1:3,,40,0,,,80", "moves.csv:2 from_place: a move without a box has none"),
        (f"C9,{A},i1:3,o1:3,,0,0,40,80", "moves.csv:2 crane: 'C9' is not in cranes.csv"),
        (f"C1,{A},i1:3,o1:3,,0,soon,40,80", "moves.csv:2 pick_s: 'soon' is not a number"),
    ],
)
def test_plans_that_cannot_be_read(tmp_path: Path, row: str, expected: str) -> None:
    job = small_job(tmp_path / "job")
    with pytest.raises(PackageError) as caught:
        small_plan(tmp_path / "plan", job, moves=HEADS + row)
    assert expected in str(caught.value)


def test_a_plan_of_another_job(tmp_path: Path) -> None:
    job = generate("pair", 20, seed=1)
    with pytest.raises(PackageError) as caught:
        small_plan(tmp_path, job, loads=LOADS, moves=HEADS, parking=LATER.splitlines()[0])
    assert "plan.toml:3 job: is a plan for the job 'small', not for 'pair-20-3-free-1'" in str(caught.value)


def test_distances_are_exact(tmp_path: Path) -> None:
    """Random empty runs of two cranes: what is found near is what dense sampling of the same runs finds near."""
    job = small_job(tmp_path / "job")
    rng = random.Random(4)
    found_near = 0
    for _ in range(300):
        runs = {"C1": [(0.0, 10.0)], "C2": [(0.0, 70.0)]}
        moves = []
        for crane, path in runs.items():
            for _ in range(4):
                time, x = path[-1]
                begin, to = time + rng.uniform(0, 20), rng.uniform(*((0, 60) if crane == "C1" else (40, 100)))
                end = begin + abs(to - x) / 2
                moves.append(Move(crane=crane, x_m=to, begin_s=begin, end_s=end))
                path += [(begin, x), (end, to)]
        plan = Plan.of(PlanHeader(id="p", schema_version=1, job="small"), {"moves": moves})
        faults = list(distance_faults(courses(job, plan, Spots(job, plan))))
        times = np.linspace(0, max(path[-1][0] for path in runs.values()), 20_001)
        left, right = (np.interp(times, *zip(*path, strict=True)) for path in runs.values())
        least = float((right - left).min())
        if abs(least - 25) > 0.05:
            assert bool(faults) is (least < 25)
            found_near += bool(faults)
    assert 50 < found_near < 295


def _rules(tmp_path: Path, row: str, masses: tuple[float, ...]) -> list[str]:
    """Load 20 ft boxes of these masses onto one wagon of a job that has one rule."""
    slots = "20@-7; 20@0; 20@7" if len(masses) == 3 else "20@-5; 20@5"
    models = f"id,gauge_mm,length_m,base_m,tare_t,payload_t,axle_load_t,slots\nn,1435,40,10,20,90,99,{slots}\nb,1520,40,10,20,90,99,{slots}"
    names = (A, B, "TKRU0000140")[: len(masses)]
    boxes = "id,size_type,mass_t,destination,wagon,slot\n" + "\n".join(
        f"{name},22G1,{mass},WEST,i1,{n}" for n, (name, mass) in enumerate(zip(names, masses, strict=True), 1)
    )
    job = small_job(
        tmp_path / "job", models=models, boxes=boxes, wagons="id,train,order,model\ni1,in,1,n\no1,out,1,b",
        rules=f"id,kind,length_ft,over_t,up_to_t,limit_t,source\nr,{row},s", sources="id,title,kind\ns,we think so,assumption",
    )  # fmt: skip
    loads = [Load(box=name, wagon="o1", slot=n) for n, name in enumerate(names, 1)]
    plan = Plan.of(PlanHeader(id="p", schema_version=1, job="small"), {"loads": loads})
    found = [str(one) for one in load_faults(job, plan)]
    model = job.models["b"]
    standing = [(job.boxes[one.box], model.places[one.slot - 1]) for one in loads]
    assert bool(wagon_fault(model, list(job.rules.values()), standing)) is bool(found)
    return found


@pytest.mark.parametrize(
    ("row", "masses", "right"),
    [
        ("box_mass,20,,,24", (24, 20), True),
        ("box_mass,20,,,24", (24.1, 20), False),
        ("box_mass,40,,,24", (24.1, 20), True),
        ("wagon_gross,,,,72", (26, 26), True),
        ("wagon_gross,,,,72", (26, 26.1), False),
        ("axle_load,,,,15", (20, 20), True),  # (20 + 40) / 4
        ("axle_load,,,,15", (20, 21), False),  # 10 + 21, over two axles 15.5
        ("bogie_difference,,,,10", (20, 10), True),  # as the centres are half the base from the middle, just the masses
        ("bogie_difference,,,,10", (20, 9.9), False),
        ("pair_difference,,,34,11", (22, 11), True),
        ("pair_difference,,,34,11", (22, 10.9), False),
        ("pair_difference,,34,,4", (20, 10), True),  # 30 t: the rule begins above 34 t
        ("pair_difference,,,34,4", (20, 15), True),  # 35 t: it ends there
        ("end_difference,,,,1", (20, 10), True),  # two boxes of 20 ft have rules of their own
        ("end_difference,,16,60,6", (16, 10, 10), True),
        ("end_difference,,16,60,6", (16.1, 10, 10), False),
        ("triple_difference,,,,10", (20, 5, 20), True),
        ("triple_difference,,,,10", (20, 10, 8), False),
        ("triple_difference,,,,10", (20, 18, 14), False),  # the nearest are the first two: they belong to the ends
        ("triple_sum,,,,72", (24, 24, 20), True),
        ("triple_sum,,,,72", (24.1, 24, 20), False),
    ],
)  # fmt: skip
def test_rules_of_wagons(tmp_path: Path, row: str, masses: tuple[float, ...], right: object) -> None:
    assert (_rules(tmp_path, row, masses) == []) is bool(right)


def _train(tmp_path: Path, row: str, boxes: tuple[str, str], wagons: tuple[int, int], power: str = "o9") -> list[str]:
    """Load two boxes onto wagons of a train of ten; one wagon has power."""
    header = "id,kind,classes,other_classes,limit_t,limit_wagons,source"
    models = "id,gauge_mm,length_m,base_m,tare_t,payload_t,axle_load_t,slots,power\n" + "".join(
        f"{name},{gauge},10,5,20,60,25,40@0,{power}\n" for name, gauge, power in (("n", 1435, ""), ("b", 1520, ""), ("p", 1520, "true"))
    )  # fmt: skip
    rake = "".join(f"\no{n},out,{n},{'p' if f'o{n}' == power else 'b'}" for n in range(1, 11))
    job = small_job(
        tmp_path / "job", models=models.replace("10,5", "13,5"), wagons="id,train,order,model\ni1,in,1,n\ni4,in,4,n" + rake,
        tracks="id,gauge_mm,y_m,from_m,to_m\nt35,1435,0,0,100\nt20,1520,10,0,200",
        boxes="id,size_type,mass_t,destination,wagon,slot,dg_class,reefer\n" + "\n".join(
            f"{name},45R1,20,WEST,{wagon},1,{what}" for name, wagon, what in zip((A, B), ("i1", "i4"), boxes, strict=True)
        ),
        rules=f"{header}\nr,{row},s", sources="id,title,kind\ns,we think so,assumption",
    )  # fmt: skip
    loads = [Load(box=name, wagon=f"o{n}", slot=1) for name, n in zip((A, B), wagons, strict=True)]
    plan = Plan.of(PlanHeader(id="p", schema_version=1, job="small"), {"loads": loads})
    return [str(one) for one in load_faults(job, plan)]


@pytest.mark.parametrize(
    ("row", "boxes", "wagons", "right"),
    [
        ("boxes_mass,,,40,", (",", ","), (1, 2), True),
        ("boxes_mass,,,39,", (",", ","), (1, 2), False),
        ("danger_from_ends,1,,,3", ("1.4,", "3,"), (4, 1), True),
        ("danger_from_ends,1,,,3", ("1.4,", "3,"), (7, 1), True),
        ("danger_from_ends,1,,,3", ("1.4,", "3,"), (8, 1), False),
        ("danger_from_ends,1.1,,,3", ("1.4,", "3,"), (8, 1), True),
        ("danger_apart,1,6.2 7 8 9,,3", ("1.4,", "9,"), (2, 6), True),
        ("danger_apart,1,6.2 7 8 9,,3", ("1.4,", "9,"), (2, 5), False),
        ("danger_apart,1,6.2 7 8 9,,3", ("8,", "1.1,"), (5, 2), False),
        ("danger_apart,1,6.2 7 8 9,,3", ("6.1,", "1.1,"), (5, 2), True),
        ("danger_apart,1,,,3", ("6.1,", "1.1,"), (5, 2), False),
        ("reefer_reach,,,,4", (",true", ","), (5, 1), True),
        ("reefer_reach,,,,4", (",true", ","), (4, 1), False),
    ],
)
def test_rules_of_trains(
    tmp_path: Path, row: str, boxes: tuple[str, str], wagons: tuple[int, int], right: object
) -> None:
    assert (_train(tmp_path, row, boxes, wagons) == []) is bool(right)


def test_payload_and_axles_by_moments(tmp_path: Path) -> None:
    """On a base of 10 m, 30 t at 5 m from the middle rest on one bogie: 10 + 30 t on two axles, 20 t each."""
    for limit, right in ((20, True), (19.9, False)):
        heads = "id,gauge_mm,length_m,base_m,tare_t,payload_t,axle_load_t,slots"
        models = f"{heads}\nn40,1435,20,10,20,60,25,20@5\nb40,1520,20,10,20,30,{limit},20@5"
        boxes = f"id,size_type,mass_t,destination,wagon,slot\n{A},22G1,30,WEST,i1,1"
        job: Job = small_job(tmp_path / str(limit), models=models, boxes=boxes)
        plan = Plan.of(PlanHeader(id="p", schema_version=1, job="small"), {"loads": [Load(box=A, wagon="o1", slot=1)]})
        assert ([str(one) for one in load_faults(job, plan)] == []) is bool(right)
