"""The board of a plan: what is drawn of it, against positions and times worked out on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jibek.serve._board import board
from jibek.transfer import check_plan, generate, plan_by_rule
from transfer_packages import A, B, small_job, small_plan

BY_THE_YARD = f"""crane,box,from_place,to_place,x_m,begin_s,pick_s,drop_s,end_s
C1,{A},i1:3,y1,,0,0,60,100
C1,{A},y1,o1:3,,100,100,150,190
C1,,,,10,190,,,190
C2,{B},i4:3,o4:3,,0,0,40,80"""


@pytest.fixture
def made(tmp_path: Path) -> dict[str, Any]:
    job = small_job(tmp_path / "job")
    parking = "train,track,offset_m,from_s,until_s\nin,t35,0,0,80\nout,t20,0,0,190"
    plan = small_plan(tmp_path / "plan", job, moves=BY_THE_YARD, parking=parking)
    assert not check_plan(job, plan).violations
    return board(job, plan)


def test_trains_stand_where_and_while_the_plan_says(made: dict[str, Any]) -> None:
    out = next(train for train in made["trains"] if train["id"] == "out")
    assert (out["track"], out["begin_m"], out["arrive_s"], out["leave_s"], out["due_s"]) == ("t20", 0, 0, 190, 300)
    assert [wagon["position_m"] for wagon in out["wagons"]] == [10, 30, 50, 70]
    assert made["end_s"] == 190


def test_a_box_goes_by_the_yard(made: dict[str, Any]) -> None:
    first, second, aside = made["cranes"][0]["moves"]
    assert [first["kind"], second["kind"], aside["kind"]] == ["in", "out", "aside"]
    assert (first["from_m"], first["to_m"]) == ([10, 0], [30, 5])
    assert first["way_s"] == [40, 60], "20 m at 1 m/s with a box, and it is over the slot at 60 s"
    assert (second["from_m"], second["to_m"]) == ([30, 5], [10, 10])


def test_a_crane_is_where_its_moves_take_it(made: dict[str, Any]) -> None:
    path = [tuple(point) for point in made["cranes"][0]["path"]]
    assert path[0] == (0, 10, 0)
    assert {(40, 10, 0), (60, 30, 5), (130, 30, 5), (150, 10, 10)} <= set(path)
    assert [time for time, _, _ in path] == sorted(time for time, _, _ in path)


def test_a_box_is_told_with_both_its_places(made: dict[str, Any]) -> None:
    box = next(box for box in made["boxes"] if box["id"] == A)
    assert (box["from_place"], box["to_place"], box["left"]) == ("i1:3", "o1:3", None)
    assert (box["size_ft"], box["length_m"], box["mass_t"]) == (40, 12.192, 20)


def test_every_box_of_a_rule_is_on_the_board() -> None:
    job = generate("merge", 30, seed=3)
    plan = plan_by_rule(job)
    made = board(job, plan)
    carried = [move["box"] for crane in made["cranes"] for move in crane["moves"] if move["box"]]
    assert sorted(carried) == sorted(move.box for move in plan.moves if move.box)
    assert {box["id"] for box in made["boxes"]} == set(job.boxes)
