"""Bounds of small jobs, worked out on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from jibek.transfer import bound, check_plan
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
