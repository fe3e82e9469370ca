"""A load plan by itself: full trains, judged by the check."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, islice, permutations
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from jibek.transfer import Job, generate, plan_by_rule
from jibek.transfer._check_loads import load_faults
from jibek.transfer._course import State, empty_course, run
from jibek.transfer._generate import _standard
from jibek.transfer._layout import Layout, lay_out
from jibek.transfer._load_columns import Loadings, load_by_wagons
from jibek.transfer._load_search import Loaded, load
from jibek.transfer._loading import overlap, wagon_fault
from jibek.transfer._matching import Matching
from jibek.transfer._plan import Plan
from jibek.transfer._travel import Yard
from jibek.transfer.tables import Load, PlanHeader, Wagon
from transfer_packages import A, B, small_job


def loaded(job: Job, train: str, rounds: int) -> tuple[Loaded, Matching, Yard]:
    matching = Matching(job, list(job.boxes.values()), [train])
    yard = Yard(job, matching)
    cost = yard.cost_s([(0.0, 0.0)] * 2)
    *_, found = islice(load(matching, cost), rounds)
    return found, matching, yard


def faults(job: Job, found: Loaded) -> list[str]:
    loads = [Load(box=box, wagon=place.wagon, slot=place.number) for box, place in found.places.items()]
    plan = Plan.of(PlanHeader(id="p", schema_version=1, job=job.header.id), {"loads": loads})
    return [str(fault) for fault in load_faults(job, plan)]


def test_boxes_come_to_stand_abreast(tmp_path: Path) -> None:
    """Trains side by side: both boxes are carried 10 m across at 1 m/s, and no less is possible."""
    job = small_job(tmp_path)
    found, matching, yard = loaded(job, "out", 5)
    assert {box: place.wagon for box, place in found.places.items()} == {A: "o1", B: "o4"}
    assert (found.cost_s, found.broken) == (20, 0)
    assert matching.bound(yard.cost_s([(0.0, 0.0)] * 2)) == pytest.approx(20)


def test_a_full_train_keeps_all_rules() -> None:
    """Boxes of 40 and 20 ft that fill wagons to the last slot; the check finds no fault, and the bound is not passed."""
    job = generate("pair", 41, seed=1, held=0.0, danger=0.1)
    found, matching, yard = loaded(job, "out-01A", 12)
    assert found.broken == 0
    assert faults(job, found) == []
    assert len(found.places) == 41
    assert found.cost_s >= matching.bound(yard.cost_s([(0.0, 0.0)] * 2)) - 1e-6


def test_what_is_counted_as_broken_is_what_the_check_names() -> None:
    job = generate("pair", 30, seed=3, held=0.0, danger=0.0, reefer=0.0)
    matching = Matching(job, list(job.boxes.values()), ["out-01A"])
    first = next(load(matching, np.zeros(len(matching.pairs))))
    wagons = {fault.split(":")[0].removeprefix("wagon ").split(" ")[0] for fault in faults(job, first)}
    assert len(wagons) == first.broken


@pytest.mark.slow
def test_a_search_loads_the_trains_where_the_matching_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes of the rule's plan, to which the matching says no: they are carried less far then, and the check finds no fault."""
    job = generate("pair", 30, seed=1, held=0.0)
    layout = lay_out(job, plan_by_rule(job), {})[0]
    monkeypatch.setattr(Matching, "best", lambda *_: [])
    state = layout.start(0)

    def carrying(layout: Layout, state: State) -> Plan:
        run(layout.tasks, state, course := empty_course(layout.tasks))
        return layout.plan(state, course)

    before = carrying(layout, state)
    layout.match(state)
    after = carrying(layout, state)
    assert sum(move.drop_s - move.pick_s for move in after.moves) < sum(
        move.drop_s - move.pick_s for move in before.moves
    )
    assert [*load_faults(job, after)] == []


def test_boxes_that_do_not_fit_are_refused() -> None:
    job = generate("pair", 20, seed=1, held=0.0)
    outbound = [wagon.id for wagon in job.wagons.values() if wagon.train == "out-01A"]
    short = replace(job, wagons=MappingProxyType({k: w for k, w in job.wagons.items() if k not in outbound[3:]}))
    matching = Matching(short, list(short.boxes.values()), ["out-01A"])
    with pytest.raises(ValueError, match="no slot is left for"):
        next(load(matching, np.zeros(len(matching.pairs))))


@pytest.mark.slow
def test_a_train_loaded_wagon_by_wagon_keeps_all_rules_and_its_bound() -> None:
    """No other load plan is below the bound, which knows more than that of the matching; the check finds no fault."""
    job = generate("pair", 41, seed=1, held=0.0, danger=0.0)
    other, matching, yard = loaded(job, "out-01A", 5)
    cost = yard.cost_s([(0.0, 0.0)] * 2)
    loadings = Loadings(matching, cost)
    assert [*loadings.steps()][-1] == pytest.approx(loadings.bound_s, rel=1e-4)
    assert matching.bound(cost) - 1e-3 <= loadings.bound_s <= other.cost_s + 1e-6
    places = load_by_wagons(matching, cost)
    found = Loaded(0.0, 0, {box.id: matching.places[p] for box, p in zip(matching.boxes, places, strict=True)})
    assert faults(job, found) == []
    assert loadings.bound_s - 1e-6 <= sum(cost[matching.column[pair]] for pair in enumerate(places)) <= other.cost_s


def one_wagon() -> Matching:
    """Return the first six boxes of a pair, most of them short, and a wagon of 80 ft."""
    job = generate("pair", 8, seed=2, held=0.0, reefer=0.0, danger=0.0, short=0.6, long=0.0)
    standard = _standard()
    wagon = Wagon(id="o1", train="out-01A", order=1, model="13-6903")
    inbound = {wagon.id: wagon for wagon in job.wagons.values() if wagon.train == "in-01A"}
    job = replace(
        job,
        models=MappingProxyType({**job.models, "13-6903": standard.models["13-6903"]}),
        wagons=MappingProxyType({**inbound, wagon.id: wagon}),
        rules=standard.rules,
    )
    return Matching(job, list(job.boxes.values())[:6], ["out-01A"])


def test_the_cheapest_loading_is_that_of_all() -> None:
    """Compared with every way to put six boxes on a wagon of 80 ft, judged by the rules as the other makers of plans ask them."""
    matching = one_wagon()
    rng = np.random.default_rng(1)
    for _ in range(10):
        loadings = Loadings(matching, np.zeros(len(matching.pairs)))
        worth = rng.uniform(1, 10, len(matching.boxes))
        loadings._price(worth)
        places = matching.places
        rules = matching.rules[places[0].model.id]
        values = [
            -sum(worth[b] for b, _ in chosen)
            for number in range(1, 5)
            for some in combinations(places, number)
            for boxes in permutations(range(len(matching.boxes)), number)
            if (chosen := list(zip(boxes, some, strict=True)))
            and all((b, matching.number[p.wagon, p.number]) in matching.column for b, p in chosen)
            and not any(overlap(p.slot, q.slot) for p, q in combinations(some, 2))
            and not wagon_fault(places[0].model, rules, [(matching.boxes[b], p.slot) for b, p in chosen])
        ]
        assert loadings.bound_s == pytest.approx(worth.sum() + min(values))
