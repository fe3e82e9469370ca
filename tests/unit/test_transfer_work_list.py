"""Work lists and the chart of the cranes show the moves of a plan, all of them and in order."""

from __future__ import annotations

from pathlib import Path

from jibek.transfer import check_plan, plan_by_rule
from jibek.transfer.pictures import crane_chart, save, train_diagram, work_list, work_list_text
from transfer_packages import A, B, small_job, small_plan

HEADS = "crane,box,from_place,to_place,x_m,begin_s,pick_s,drop_s,end_s\n"
MOVES = (
    HEADS + f"C1,{A},y1,o1:3,,90,90,140,180\nC1,{A},i1:3,y1,,0,0,50,90\nC2,,,,90,0,,,10\nC2,{B},i4:3,o4:3,,10,20,60,100"
)
BOXES = f"id,size_type,mass_t,destination,wagon,slot,released,dg_class\n{A},42G1,20,WEST,i1,3,2026-01-01T00:01,3\n{B},42G1,10,WEST,i4,3,,"


def test_a_work_list_is_in_order_and_says_all(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job", boxes=BOXES)
    plan = small_plan(tmp_path / "plan", job, moves=MOVES)
    held = "dangerous, class 3; into the yard, customs until 00:01"
    assert work_list(job, plan, "C1") == [
        ("1", "00:00:00", "00:00:00", "00:00:50", "00:01:30", A, "42G1", "20.0", "t35 i1:3", "y1", held),
        ("2", "00:01:30", "00:01:30", "00:02:20", "00:03:00", A, "42G1", "20.0", "y1", "t20 o1:3", "dangerous, class 3; out of the yard"),
    ]  # fmt: skip
    assert work_list(job, plan, "C2")[0][8:] == ("", "90.0 m", "make way without a box")
    assert work_list_text(job, plan, "C2").count("[ ]") == 2


def test_the_chart_tells_the_kinds_of_moves_apart(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job", boxes=BOXES)
    figure = crane_chart(job, small_plan(tmp_path / "plan", job, moves=MOVES))
    labels = {str(text.get_text()) for text in figure.legends[0].get_texts()}
    assert labels == {"from train to train (1)", "into the yard (1)", "out of the yard (1)", "making way (1)"}
    (into,) = (
        one for one in figure.axes[0].collections if len(one.get_segments()) == 1 and one.get_segments()[0][0][1] == 10
    )
    assert [[round(float(value), 6) for value in point] for point in into.get_segments()[0]] == [
        [0.5, 10],
        [round(50 / 60, 6), 30],
    ]


def test_a_job_without_boxes_has_a_plan_without_moves(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job", boxes="")
    plan = plan_by_rule(job)
    assert (plan.moves, check_plan(job, plan).value.order) == ((), (0, 0, 0, 0, 0))
    assert len(list(save(job, plan, tmp_path / "shown"))) == 1 + len(job.trains) + 2 * len(job.cranes)


def test_a_train_is_drawn_to_scale(tmp_path: Path) -> None:
    """The wagons of 20 m stand from 0, 20, 40 and 60 m; a box of 12.192 m has its middle at 10 m."""
    job = small_job(tmp_path / "job", boxes=BOXES)
    figure = train_diagram(job, "in", {A: ("i1", 3)}, "as it comes")
    shapes = [(round(one.get_x(), 3), round(one.get_width(), 3)) for one in figure.axes[0].patches]
    assert shapes == [(0.4, 19.2), (3.904, 12.192), (20.4, 19.2), (40.4, 19.2), (60.4, 19.2)]
    assert "4 wagons, 80 m; boxes: 1, 20 t" in figure.get_suptitle()
