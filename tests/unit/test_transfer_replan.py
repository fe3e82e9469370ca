"""Planning the rest of a shift anew: small cases worked out on paper, and the check that knows what had begun."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from jibek.tables import ChangeError, write_package
from jibek.transfer import (
    Job,
    Plan,
    Replanned,
    check_job,
    check_plan,
    generate,
    plan_by_rule,
    read_job,
    replan,
    under_way,
)
from jibek.transfer.tables import Outage
from transfer_packages import TABLES, A, B, small_job, small_plan

LONG_RAILS = TABLES["cranes"].replace(",0,100,", ",-50,150,")


def later(job: Job, seconds: float) -> datetime:
    return job.header.start + timedelta(seconds=seconds)


def after(job: Job, plan: Plan, rounds: int) -> Replanned:
    *_, last = islice(replan(job, plan), rounds)
    return last


def test_the_other_crane_takes_over_and_pushes_the_broken_one_aside(tmp_path: Path) -> None:
    """C2 is free of B at 80 s at (70, 10), goes 60 m at 2 m/s to A at x = 10, and needs 80 s more: 190 s."""
    job = small_job(tmp_path / "job", cranes=LONG_RAILS)
    plan = small_plan(tmp_path / "plan", job)
    broken = under_way(job, plan, later(job, 0), outages=[Outage(crane="C1")])
    found = after(broken, plan, 5)
    verdict = check_plan(broken, found.plan)
    assert verdict.violations == ()
    assert verdict.value.turnaround_s == pytest.approx(190)
    aside = next(move for move in found.plan.moves if move.box is None)
    assert (aside.crane, aside.x_m) == ("C1", -15)
    assert (found.kept.begun, found.kept.due, found.kept.kept, found.kept.barred) == (0, 2, 1, 1)
    assert (found.kept.share, found.kept.share_of_possible) == (0.5, 1.0)


def test_what_no_crane_reaches_any_more_is_left_over(tmp_path: Path) -> None:
    """On rails of 100 m C1 cannot make room: C2 comes no nearer than 25 m to the end."""
    job = small_job(tmp_path / "job")
    plan = small_plan(tmp_path / "plan", job)
    broken = under_way(job, plan, later(job, 0), outages=[Outage(crane="C1")])
    found = next(replan(broken, plan))
    assert check_plan(broken, found.plan).violations == ()
    assert [(one.box, one.reason) for one in found.plan.leftover] == [(A, "crane C1 is down for good")]
    assert [load.box for load in found.plan.loads] == [B]


def test_a_short_outage_is_waited_for(tmp_path: Path) -> None:
    """Back at 60 s, C1 is done at 140 s; C2 would take until 190 s."""
    job = small_job(tmp_path / "job", cranes=LONG_RAILS)
    plan = small_plan(tmp_path / "plan", job)
    broken = under_way(job, plan, later(job, 0), outages=[Outage(crane="C1", end=later(job, 60))])
    found = after(broken, plan, 10)
    assert check_plan(broken, found.plan).violations == ()
    assert found.value.turnaround_s == pytest.approx(140)


def test_a_late_train_is_waited_for_over_the_boxes(tmp_path: Path) -> None:
    """It comes at 400 s, after it was due: boxes are lifted so as to be over it then, and put down by 440 s."""
    job = small_job(tmp_path / "job")
    plan = small_plan(tmp_path / "plan", job)
    changed = under_way(job, plan, later(job, 0), arrivals={"out": later(job, 400)})
    found = next(replan(changed, plan))
    verdict = check_plan(changed, found.plan)
    assert verdict.violations == ()
    assert [move.drop_s for move in found.plan.moves] == [400, 400]
    assert verdict.value.order[:3] == (0, 2 * 140, 440)
    assert found.kept.barred == 2
    write_package(changed, tmp_path / "changed")
    assert read_job(tmp_path / "changed") == changed


def test_what_has_begun_stays(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job")
    plan = small_plan(tmp_path / "plan", job)
    now = under_way(job, plan, later(job, 10), outages=[Outage(crane="C1"), Outage(crane="C2")])
    assert (now.trains["in"].track, now.trains["in"].offset_m) == ("t35", 0)
    assert check_job(now) == []
    found = next(replan(now, plan))
    assert found.plan.moves == plan.moves
    assert check_plan(now, found.plan).violations == ()
    assert found.kept.share == 1.0
    other = small_plan(tmp_path / "other", now, moves=moves_with("C1,{A},i1:3,o1:3,0,1,41,81"))
    assert {violation.message for violation in check_plan(now, other).violations} >= {
        "had begun, and is not in the plan as it was",
        "begins before now, 10.0 s, and is not one of the moves that had begun",
    }


def moves_with(first: str) -> str:
    return f"crane,box,from_place,to_place,begin_s,pick_s,drop_s,end_s\n{first.replace('{A}', A)}\nC2,{B},i4:3,o4:3,0,0,40,80"


@pytest.mark.parametrize(("seconds", "faults"), [(19, 0), (20, 1), (39, 1), (40, 0)])
def test_a_crane_that_is_down_begins_nothing(tmp_path: Path, seconds: int, faults: int) -> None:
    outages = "crane,begin,end\nC1,2026-01-01T00:00:20,2026-01-01T00:00:40"
    job = small_job(tmp_path / "job", outages=outages)
    first = f"C1,{{A}},i1:3,o1:3,{seconds},{seconds},{seconds + 40},{seconds + 80}"
    stays = f"train,track,offset_m,from_s,until_s\nin,t35,0,0,{seconds + 80}\nout,t20,0,0,{seconds + 80}"
    plan = small_plan(tmp_path / "plan", job, moves=moves_with(first), parking=stays)
    found = [violation.message for violation in check_plan(job, plan).violations]
    assert found == ["begins while the crane is down, from 20.0 s until 40.0 s"] * faults


def test_what_cannot_be_is_refused_all_at_once(tmp_path: Path) -> None:
    job = small_job(tmp_path / "job")
    plan = small_plan(tmp_path / "plan", job)
    now = under_way(job, plan, later(job, 50))
    with pytest.raises(ChangeError) as caught:
        under_way(
            now, plan, later(job, 40), outages=[Outage(crane="C3"), Outage(crane="C1", begin=later(job, 9), end=later(job, 9))],
            arrivals={"in": later(job, 90), "on": later(job, 90)},
        )  # fmt: skip
    assert [str(problem).partition(":")[0] for problem in caught.value.problems] == [
        "--at",
        "--down",
        "--down",
        "--late",
        "--late",
    ]


@pytest.mark.parametrize(("family", "size"), [("pair", 20), ("merge", 30), ("day", 60)])
def test_generated_shifts(family: str, size: int) -> None:
    """Wherever a shift stands, the rest can be planned, is valid, and keeps what is due."""
    job = generate(family, size, seed=1)  # type: ignore[arg-type]
    plan = plan_by_rule(job)
    until = max(move.end_s for move in plan.moves)
    for share in (0.1, 0.4, 0.8):
        now = later(job, share * until)
        come = {stay.train: stay.from_s for stay in plan.parking}
        late = {train: now + timedelta(minutes=20) for train, time in come.items() if time >= share * until}
        down = [Outage(crane="C2", begin=now, end=now + timedelta(minutes=30))]
        changed = under_way(job, plan, now, outages=down, arrivals=dict(list(late.items())[:2]))
        found = after(changed, plan, 3)
        assert check_job(changed) == []
        assert check_plan(changed, found.plan).violations == ()
        assert found.value.left_over == len(plan.leftover)
        assert found.kept.share_of_possible >= 0.9
        assert next(replan(changed, plan)).value.order >= found.value.order


def test_cranes_keep_their_moves_when_the_train_they_are_for_is_late() -> None:
    job = generate("pair", 20, seed=1, held=0.0)
    plan = plan_by_rule(job)
    changed = under_way(job, plan, later(job, 0), arrivals={"out-01A": later(job, 1200)})
    found = after(changed, plan, 20)
    assert found.kept.due > 10
    assert found.kept.share == 1.0


def test_a_crane_that_is_back_soon_makes_what_it_was_to_make() -> None:
    """Down for three minutes with half an hour to go: what it loses, others take from its later moves."""
    job = generate("pair", 41, seed=1, held=0.0)
    plan = plan_by_rule(job)
    now = later(job, 300)
    changed = under_way(job, plan, now, outages=[Outage(crane="C2", begin=now, end=now + timedelta(minutes=3))])
    found = after(changed, plan, 20)
    assert found.kept.barred > 0
    assert found.kept.share == 1.0
