"""The dispatcher's rule always finds a plan that the check finds valid; two codes for the rules of loading agree."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jibek.transfer import FAMILIES, Job, check_job, check_plan, generate, plan_by_rule
from jibek.transfer._check_loads import load_faults
from jibek.transfer._loading import Loading
from jibek.transfer._plan import Plan
from jibek.transfer.tables import Load, PlanHeader

SHARES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([0.0, 0.3, 1.0]) for name in ("held", "reefer", "danger", "empty", "short")}
)


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    return generate(
        draw(st.sampled_from(FAMILIES)),
        draw(st.integers(20, 45)),
        seed=draw(st.integers(0, 10_000)),
        cranes=draw(st.integers(1, 5)),
        parking=draw(st.sampled_from(["free", "fixed"])),
        **draw(SHARES),
    )


def _valid(job: Job) -> Plan:
    assert check_job(job) == []
    plan = plan_by_rule(job)
    assert [str(one) for one in check_plan(job, plan).violations] == []
    assert len(plan.loads) + len(plan.leftover) == len(job.boxes)
    assert all(one.reason for one in plan.leftover)
    return plan


@settings(max_examples=25, deadline=None)
@given(jobs())
def test_plans_by_rule_are_valid(job: Job) -> None:
    _valid(job)


def _without(job: Job, table: str, names: Iterable[str]) -> Job:
    kept = {name: row for name, row in getattr(job, table).items() if name not in set(names)}
    return replace(job, **{table: MappingProxyType(kept)})


@settings(max_examples=15, deadline=None)
@given(jobs(), st.data())
def test_plans_for_jobs_that_cannot_be_done_whole_are_valid(job: Job, data: st.DataObject) -> None:
    """The yard is missing, trains are not grouped, some come late, a crane reaches part of the yard, another is weak."""
    if data.draw(st.booleans()):
        job = _without(job, "yard", job.yard)
    if data.draw(st.booleans()):
        trains = {}
        for name, train in job.trains.items():
            late = timedelta(minutes=data.draw(st.integers(0, 90))) if train.role == "inbound" else timedelta()
            trains[name] = train.model_copy(update={"group": "", "arrival": train.arrival + late})
        job = replace(job, trains=MappingProxyType(trains))
    if data.draw(st.booleans()) and len(job.cranes) > 1:
        cranes = dict(job.cranes)
        crane = cranes["C1"]
        cranes["C1"] = crane.model_copy(update={"to_m": crane.x_m + 10})
        cranes["C2"] = cranes["C2"].model_copy(update={"lift_t": 15.0})
        job = replace(job, cranes=MappingProxyType(cranes))
    plan = _valid(job)
    assert {load.box for load in plan.loads}.isdisjoint(one.box for one in plan.leftover)


@settings(max_examples=10, deadline=None)
@given(jobs(), st.data())
def test_a_plan_that_is_tampered_with_is_not_valid(job: Job, data: st.DataObject) -> None:
    plan = plan_by_rule(job)
    place = data.draw(st.integers(0, len(plan.moves) - 1))
    move = plan.moves[place]
    stay = data.draw(st.sampled_from([one for one in plan.parking if one.until_s > one.from_s]))
    late = stay.model_copy(update={"until_s": stay.until_s - 1})
    spoilt = [
        replace(plan, moves=plan.moves[:place] + plan.moves[place + 1 :]) if move.box else None,
        replace(plan, moves=(*plan.moves, move.model_copy(update={"begin_s": move.begin_s + 1}))),
        replace(
            plan,
            moves=tuple(one.model_copy(update={"end_s": one.end_s - 1}) if one is move else one for one in plan.moves),
        ),
        replace(plan, parking=tuple(late if one is stay else one for one in plan.parking)),
        replace(plan, loads=plan.loads[1:]),
        replace(plan, loads=(*plan.loads[1:], plan.loads[0].model_copy(update={"box": plan.loads[-1].box}))),
    ]
    for one in filter(None, spoilt):
        assert check_plan(job, one).violations


@pytest.mark.parametrize("family", FAMILIES)
def test_the_rule_is_deterministic(family: str) -> None:
    job = generate(family, 25, seed=3)  # type: ignore[arg-type]
    assert plan_by_rule(job) == plan_by_rule(generate(family, 25, seed=3))  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["pair", "split"]))
def test_two_codes_for_the_rules_of_loading_agree(seed: int, family: str) -> None:
    """Boxes are tried at random slots; what `Loading` lets stand, and only that, the check lets stand too."""
    job = generate(family, 40, seed=seed, danger=0.4, reefer=0.4, short=0.5)  # type: ignore[arg-type]
    rng = random.Random(seed)
    train = next(one.id for one in job.trains.values() if one.role == "outbound")
    loading = Loading(job, train)
    served = {end for one in job.departures.values() if one.train == train for end in one.destinations}
    loads: list[Load] = []
    header = PlanHeader(id="p", schema_version=1, job=job.header.id)
    for box in (one for one in job.boxes.values() if one.destination in served):
        for _ in range(3):
            n = rng.randrange(len(loading.rake))
            slot = rng.randrange(len(loading.models[n].slots)) + 1
            load = Load(box=box.id, wagon=loading.rake[n].id, slot=slot)
            faults = list(load_faults(job, Plan.of(header, {"loads": [*loads, load]})))
            assert loading.fits(box, n, slot) is (not faults), [str(one) for one in faults]
            if not faults:
                loading.put(box, n, slot)
                loads.append(load)
                break
    assert loads


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("size", "cranes"), [(20, 2), (41, 3), (55, 4), (62, 2), (123, 3), (300, 4)])
def test_every_published_family_and_size(family: str, size: int, cranes: int) -> None:
    for parking in ("free", "fixed"):
        _valid(generate(family, size, seed=size + cranes, cranes=cranes, parking=parking))  # type: ignore[arg-type]
