"""Where trains stand and when, before cranes are planned."""

from __future__ import annotations

import numpy as np
import pytest

from jibek.transfer import generate, plan_by_rule
from jibek.transfer._course import empty_course, run
from jibek.transfer._frame import following, frames
from jibek.transfer._layout import lay_out

BEGINS = {"in-01A": 300.0, "in-01B": 0.0, "in-01C": 600.0}


def test_trains_of_the_other_side_may_come_to_the_nearest_track_one_after_the_other() -> None:
    job = generate("merge", 90, seed=1, held=0.0)
    frame = next(frames(job, plan_by_rule(job), BEGINS))
    assert {berth.trains: berth.track.y_m for berth in frame} == {
        ("in-01B",): -8.0, ("in-01C",): -8.0, ("in-01A",): -13.0, ("out-01A", "out-01B"): 8.0,
    }  # fmt: skip
    assert set(following(frame)) == {("out-01A", "out-01B", 0.0)}


def test_a_third_train_may_come_to_the_nearest_track_when_two_side_by_side_have_gone() -> None:
    job = generate("merge", 90, seed=1, held=0.0)
    _, frame, *_ = frames(job, plan_by_rule(job), BEGINS)
    assert {berth.trains: berth.track.y_m for berth in frame} == {
        ("in-01B",): -8.0, ("in-01C",): -8.0, ("in-01A",): -8.0, ("out-01A",): 8.0, ("out-01B",): 13.0,
    }  # fmt: skip
    assert set(following(frame)) == {("in-01B", "in-01A", 0.0), ("in-01C", "in-01A", 0.0)}


@pytest.mark.slow
def test_a_train_that_comes_later_is_emptied_by_all_cranes_then() -> None:
    """To begin with it comes when the last box of the others has been lifted, and its boxes are shared."""
    job = generate("merge", 90, seed=1, held=0.0)
    layout = lay_out(job, plan_by_rule(job), {})[1]
    tasks, state = layout.tasks, layout.start(0)
    layout.fit(state, course := empty_course(tasks))
    run(tasks, state, course)
    (other,) = {other for _, other, _ in layout.follows}
    assert tasks.comes[other] == pytest.approx(max(course.until[one] for one, _, _ in layout.follows))
    assert np.bincount(state.crane[tasks.inbound == other], minlength=3).min() >= 7
    assert len(set(layout.cohort.tolist())) == 2
