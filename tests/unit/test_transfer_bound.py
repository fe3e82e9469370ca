"""Bounds of small jobs, worked out on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from jibek.transfer import bound, check_plan
from jibek.transfer._bound_across import Across
from jibek.transfer._bound_boxes import Boxes
from jibek.transfer._bound_shared import Task, crane_use, least_sum
from jibek.transfer._matching import Matching
from jibek.transfer._travel import Yard, least_travel
from transfer_packages import TABLES, A, B, small_job, small_plan

BOXES = "id,size_type,mass_t,destination,wagon,slot,released"


def test_two_boxes_and_two_cranes_take_a_move_each(tmp_path: Path) -> None:
    """30 s to lift, 10 m across at 1 m/s, 40 s to put down: the plan does it, and nothing can be faster."""
    job = small_job(tmp_path / "job")
    assert check_plan(job, small_plan(tmp_path / "plan", job)).value.turnaround_s == 80
    assert bound(job).seconds == pytest.approx(80)


def test_one_crane_goes_back_between_two_boxes(tmp_path: Path) -> None:
    """Two moves of 80 s and 10 s to come back; that a box may be handed over does not help a single crane."""
    cranes = "\n".join(TABLES["cranes"].splitlines()[:2])
    assert bound(small_job(tmp_path, cranes=cranes)).seconds == pytest.approx(170)


def test_a_box_handed_over_makes_a_plan_shorter_and_the_bound_allows_for_it(tmp_path: Path) -> None:
    """Three boxes, two cranes: straight, one crane needs 2 x 80 + 10 s. Handing one over, each moves 80 and 75 s, and 5 s between.

    So it is no bound of plans with a yard that one crane brings half of the boxes, rounded up, straight.
    """
    c = "CSQU3054399"
    job = small_job(
        tmp_path / "job", boxes=f"{BOXES}\n{A},22G1,20,WEST,i2,1,\n{B},22G1,10,WEST,i3,1,\n{c},22G1,10,WEST,i2,2,",
        yard="id,x_m,y_m,length_ft,levels\ny1,35,5,20,1",
        cranes=TABLES["cranes"].replace("C1,10", "C1,35").replace("C2,70", "C2,45").replace("41,25", "41,10"),
    )  # fmt: skip
    moves = f"""crane,box,from_place,to_place,begin_s,pick_s,drop_s,end_s
C1,{c},i2:2,y1,0,0,35,75
C1,{A},i2:1,o2:1,75,80,120,160
C2,{B},i3:1,o3:1,0,0,40,80
C2,{c},y1,o2:2,80,85,120,160"""
    loads = f"box,wagon,slot\n{A},o2,1\n{B},o3,1\n{c},o2,2"
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,160\nout,t20,0,0,160"
    verdict = check_plan(job, small_plan(tmp_path / "plan", job, moves=moves, loads=loads, parking=parking))
    assert verdict.violations == ()
    assert verdict.value.turnaround_s == bound(job).seconds == pytest.approx(160)


def test_a_held_box_is_lifted_after_its_release(tmp_path: Path) -> None:
    """After 600 s: 30 s to lift, 5 m at least from the yard to the train, 40 s to put down."""
    boxes = f"{BOXES}\n{A},42G1,20,WEST,i1,3,2026-01-01T00:10\n{B},42G1,10,WEST,i4,3,"
    found = bound(small_job(tmp_path, boxes=boxes))
    assert (found.name, found.seconds) == ("release", pytest.approx(675))


def test_boxes_of_a_late_train_are_handled_after_it_has_come(tmp_path: Path) -> None:
    """The outbound train comes after 600 s: 40 s later the first box can stand on it; the turnaround begins at 0 s."""
    trains = "id,role,arrival,group\nin,inbound,2026-01-01T00:00,g\nout,outbound,2026-01-01T00:10,g"
    departures = TABLES["departures"].replace("00:05", "00:15")
    found = bound(small_job(tmp_path, trains=trains, departures=departures))
    assert (found.name, found.seconds) == ("arrival", pytest.approx(640))


def test_all_boxes_left_over_leave_no_bound(tmp_path: Path) -> None:
    assert bound(small_job(tmp_path), left_over=2).seconds == 0


def test_carrying_along_the_yard_is_bounded_wherever_trains_stand(tmp_path: Path) -> None:
    """The only slot of 40 ft is two wagons of 20 m behind, and the train perhaps 20 m: 40 s or 60 s at 1 m/s."""
    trains = "id,role,arrival,group,track,offset_m\nin,inbound,2026-01-01T00:00,g,t35,0\nout,outbound,2026-01-01T00:00,g,t20,{}"
    models = """id,gauge_mm,length_m,base_m,tare_t,payload_t,axle_load_t,slots
n40,1435,20,10,20,60,25,20@-5; 20@5; 40@0
b40,1520,20,10,20,60,25,20@-5; 20@5; 40@0
b20,1520,20,10,20,60,25,20@0"""
    wagons = "id,train,order,model\ni1,in,1,n40\no1,out,1,b20\no2,out,2,b20\no3,out,3,b40"
    boxes = f"{BOXES}\n{A},42G1,20,WEST,i1,3,"
    for offset, seconds in (("0", 40.0), ("20", 60.0)):
        job = small_job(tmp_path / offset, trains=trains.format(offset), models=models, wagons=wagons, boxes=boxes)
        matching = Matching(job, list(job.boxes.values()), ["out"])
        assert least_travel(Yard(job, matching), matching).least_s == pytest.approx(seconds)


def test_a_crane_that_carries_far_comes_back_as_far(tmp_path: Path) -> None:
    """Boxes at 10 and 30 m go to slots at 70 and 90 m: 120 s at 1 m/s, and from 70 to 30 m at 2 m/s back in 20 s; a plan does that."""
    stand = "2026-01-01T00:00,g"
    models = TABLES["models"] + "\nb20,1520,20,10,20,60,25,20@0"
    wagons = "\n".join(
        ["id,train,order,model", *(f"i{n},in,{n},n40" for n in (1, 2)), *(f"o{n},out,{n},b20" for n in (1, 2, 3))]
    )
    job = small_job(
        tmp_path / "job", models=models, wagons=f"{wagons}\no4,out,4,b40\no5,out,5,b40",
        trains=f"id,role,arrival,group,track,offset_m\nin,inbound,{stand},t35,0\nout,outbound,{stand},t20,0",
        boxes=f"{BOXES}\n{A},42G1,20,WEST,i1,3,\n{B},42G1,10,WEST,i2,3,",
        cranes="\n".join(TABLES["cranes"].splitlines()[:2]),
    )  # fmt: skip
    moves = f"crane,box,from_place,to_place,begin_s,pick_s,drop_s,end_s\nC1,{A},i1:3,o4:3,0,0,90,130\nC1,{B},i2:3,o5:3,130,150,240,280"
    loads = f"box,wagon,slot\n{A},o4,3\n{B},o5,3"
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,280\nout,t20,0,0,280"
    plan = small_plan(tmp_path / "plan", job, moves=moves, loads=loads, parking=parking)
    assert check_plan(job, plan).value.turnaround_s == bound(job).seconds == pytest.approx(280)


def test_boxes_that_one_crane_lifts_are_not_shared(tmp_path: Path) -> None:
    """Only C2 lifts 20 t: it lifts, carries to the yard at least, puts down, comes back and does it again: 2 x 75 + 5 s."""
    cranes = TABLES["cranes"].replace("30,40,41,25\nC2", "30,40,5,25\nC2")
    found = Boxes(job := small_job(tmp_path, cranes=cranes), list(job.boxes.values()), 0)
    assert found.reach_s == pytest.approx(155)


def test_where_rails_end_only_the_crane_next_to_the_end_can_lift(tmp_path: Path) -> None:
    """Boxes at 10 m and 15 m of rails that begin at 0 m, cranes 25 m apart: C2 never comes nearer than 25 m."""
    stand = "2026-01-01T00:00,g"
    trains = f"id,role,arrival,group,track,offset_m\nin,inbound,{stand},t35,0\nout,outbound,{stand},,"
    boxes = f"{BOXES}\n{A},22G1,20,WEST,i1,1,\n{B},22G1,10,WEST,i1,2,"
    found = Boxes(job := small_job(tmp_path, trains=trains, boxes=boxes), list(job.boxes.values()), 0)
    assert found.reach_s == pytest.approx(155)


def test_boxes_nearer_than_cranes_may_come_are_lifted_one_at_a_time(tmp_path: Path) -> None:
    """Three boxes within 20 m: 30 s each to lift, and the last one 5 m to the yard at least and 40 s to put down."""
    boxes = f"{BOXES}\n{A},22G1,20,WEST,i1,1,\n{B},22G1,10,WEST,i1,2,\nCSQU3054399,22G1,10,WEST,i2,1,"
    found = Boxes(job := small_job(tmp_path, boxes=boxes), list(job.boxes.values()), 0)
    assert found.window_s == pytest.approx(3 * 30 + 5 + 40)


def test_trains_too_long_for_one_track_do_not_all_stand_on_the_nearest(tmp_path: Path) -> None:
    """Of two trains to two trains, 9 boxes each way, two share a track only if the others do not: 9 boxes go 10 m further.

    One crane: 36 x 10 m up and 18 x 10 m more for one of the trains, the same back but for the last way.
    """
    trains = "id,role,arrival,group\n" + "\n".join(
        f"{one},{role}bound,2026-01-01T00:00,g" for one, role in TRAINS.items()
    )
    wagons = "id,train,order,model\n" + "\n".join(f"{train}{n},{train},{n},n40" for train in "ab" for n in range(1, 10))
    wagons += "\n" + "\n".join(f"{train}{n},{train},{n},b40" for train in "cd" for n in range(1, 10))
    tracks = TABLES["tracks"].replace("100", "200") + "\nt36,1435,-10,0,200\nt21,1520,20,0,200"
    job = small_job(
        tmp_path, trains=trains, wagons=wagons, tracks=tracks, boxes=f"{BOXES}\n{A},42G1,20,WEST,a1,3,",
        departures="id,train,due,weight,destinations\nd,c,2026-01-01T00:05,2,WEST\ne,d,2026-01-01T00:05,2,EAST",
    )  # fmt: skip
    across = Across(job, [(one, (other,)) for one in "ab" for other in "cd" for _ in range(9)])
    assert across.least(1, 0, 1000.0, 1.0).both_s == pytest.approx(2 * (36 * 10 + 18 * 10) - 20)
    assert across.least(1, 0, 1.0, 1.0).both_s == pytest.approx(2 * 36 * 10 - 10 + (9 - 1))


TRAINS = {"a": "in", "b": "in", "c": "out", "d": "out"}


def test_trains_wait_for_the_same_track() -> None:
    """Two tasks of 100 s on a resource at once: one ends at 100 s, the other at 200 s; alone they would end at 100 s each."""
    tasks = [Task("one", 0.0, 0.0, 100.0, 100.0) for _ in range(2)]
    assert least_sum(tasks, [crane_use(tasks)]) == pytest.approx(300, rel=0.02)


def test_a_departure_that_cannot_be_made_is_late(tmp_path: Path) -> None:
    """Both boxes are on their train after 80 s, if it is due after 60 s it is 20 s late, with weight 2."""
    job = small_job(tmp_path, departures=TABLES["departures"].replace("00:05", "00:01"))
    assert bound(job).tardiness_s == pytest.approx(40)
