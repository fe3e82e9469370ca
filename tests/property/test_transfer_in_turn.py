"""Boxes carried in turn: what is tried from a turn on comes to the same as all done anew, and what comes of it can be done."""

from itertools import islice

import numpy as np
import pytest

from jibek.transfer import check_plan, generate, plan_by_rule
from jibek.transfer._in_turn import empty_log, go, worth
from jibek.transfer._in_turn_anneal import improve
from jibek.transfer._in_turn_plans import first_turns, plans_in_turn, yard_of
from jibek.transfer._layout import lay_out
from jibek.transfer._travel import parked_m

pytestmark = pytest.mark.slow

DAY = generate("day", 60, seed=1)
CROWDED = generate("day", 60, seed=2, parking="fixed", held=0.0)


@pytest.mark.parametrize("job", [DAY, CROWDED], ids=["free", "fixed"])
def test_changes_tried_from_a_turn_on_come_to_the_same_as_all_done_anew(job):
    layout = lay_out(job, plan_by_rule(job), parked_m(job))[0]
    yard = yard_of(layout)
    turns = first_turns(layout, yard)
    log, trial, best = empty_log(layout.tasks, turns), empty_log(layout.tasks, turns), turns.copy()
    for seed in range(20):
        least = improve(layout.tasks, yard, turns, best, log, trial, seed, 200, 100.0, 50.0)
        anew = empty_log(layout.tasks, turns)
        assert go(layout.tasks, yard, turns, anew, anew, 0, len(turns.crane) + 1) == len(turns.crane)
        for array, again in ((log.free, anew.free), (log.until[-1], anew.until[-1]), (log.pick, anew.pick)):
            assert np.array_equal(array, again)
        best_anew = empty_log(layout.tasks, best)
        same = go(layout.tasks, yard, best, best_anew, best_anew, 0, len(turns.crane) + 1)
        assert worth(layout.tasks, yard, best_anew, best_anew, same) == pytest.approx(least)


@pytest.mark.parametrize("job", [DAY, CROWDED], ids=["free", "fixed"])
def test_plans_can_be_done_and_are_better_than_the_rules(job):
    rule = plan_by_rule(job)
    layout = lay_out(job, rule, parked_m(job))[0]
    plans = list(islice(plans_in_turn(layout, 0), 4))
    verdicts = [check_plan(job, plan) for plan in plans]
    assert not any(verdict.violations for verdict in verdicts)
    assert verdicts[-1].value.order < check_plan(job, rule).value.order
    assert plans == list(islice(plans_in_turn(layout, 0), 4))
