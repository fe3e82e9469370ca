"""No bound is above what a plan is worth: plans found by trying everything, and by the rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations, product
from pathlib import Path

import pytest

from jibek.transfer import FAMILIES, Job, Plan, bound, check_plan, generate, plan_by_rule
from jibek.transfer import tables as t
from transfer_packages import TABLES, small_job

TINY = {
    "two apart": [("22G1", "i1", 1), ("42G1", "i4", 3)],
    "two on a wagon": [("22G1", "i2", 1), ("22G1", "i2", 2)],
    "three": [("22G1", "i1", 1), ("22G1", "i1", 2), ("42G1", "i4", 3)],
    "three far from the slots": [("42G1", "i2", 3), ("42G1", "i3", 3), ("42G1", "i4", 3)],
}
IDS = ("CSQU3054383", "TKRU0000010", "CSQU3054399")
PARKED = (
    "id,role,arrival,group,track,offset_m\nin,inbound,2026-01-01T00:00,g,t35,0\nout,outbound,2026-01-01T00:{},g,t20,0"
)


@pytest.mark.slow
@pytest.mark.parametrize("boxes", TINY)
@pytest.mark.parametrize("cranes", [1, 2])
@pytest.mark.parametrize("late", ["00", "02"])
def test_the_best_of_all_plans_is_not_below_the_bound(tmp_path: Path, boxes: str, cranes: int, late: str) -> None:
    """The bound is never above the best plan; for one crane, which waits for nobody, it is at most 15 % below it."""
    rows = [
        f"{name},{size},10,WEST,{wagon},{slot}" for name, (size, wagon, slot) in zip(IDS, TINY[boxes], strict=False)
    ]
    job = small_job(
        tmp_path, boxes="\n".join(["id,size_type,mass_t,destination,wagon,slot", *rows]), trains=PARKED.format(late),
        cranes="\n".join(TABLES["cranes"].splitlines()[: 1 + cranes]),
    )  # fmt: skip
    best = min(_worth(job))
    assert bound(job).seconds <= best + 1e-6
    assert cranes == 2 or bound(job).seconds >= 0.85 * best


def _worth(job: Job) -> Iterator[float]:
    """Yield the turnaround of plans that go straight and wait for nothing but trains, best ones first, up to the first valid one."""
    places = [
        (wagon.id, number, slot.length_ft)
        for wagon in job.rakes["out"]
        for number, slot in enumerate(job.models[wagon.model].places, 1)
    ]
    boxes = list(job.boxes.values())
    plans = []
    for chosen in permutations(places, len(boxes)):
        if any(length != box.size.length_ft for box, (_, _, length) in zip(boxes, chosen, strict=True)):
            continue
        for order in permutations(range(len(boxes))):
            for cuts in combinations(range(len(boxes) + 1), len(job.cranes) - 1):
                edges = [0, *cuts, len(boxes)]
                plans.append(_plan(job, boxes, chosen, [order[a:b] for a, b in pairwise(edges)]))
    for plan in sorted(plans, key=lambda one: max(move.end_s for move in one.moves)):
        verdict = check_plan(job, plan)
        if not verdict.violations:
            yield verdict.value.turnaround_s
            return


def _plan(
    job: Job, boxes: list[t.Box], chosen: tuple[tuple[str, int, int], ...], orders: list[tuple[int, ...]]
) -> Plan:
    """Let each crane carry its boxes one after the other, as soon as it can."""
    middle = {wagon.id: 20.0 * n + 10 for train in job.trains for n, wagon in enumerate(job.rakes[train])}
    centre = {model.id: [slot.centre_m for slot in model.places] for model in job.models.values()}
    comes = job.seconds(job.trains["out"].arrival)
    moves = []
    for crane, order in zip(job.cranes.values(), orders, strict=True):
        time, x, y = 0.0, crane.x_m, crane.y_m
        for b in order:
            box, (wagon, slot, _) = boxes[b], chosen[b]
            px = middle[box.wagon] + centre["n40"][box.slot - 1]
            qx = middle[wagon] + centre["b40"][slot - 1]
            pick = time + max(abs(px - x) / crane.gantry_empty_m_per_s, abs(0 - y) / crane.trolley_m_per_s)
            carried = max(abs(qx - px) / crane.gantry_loaded_m_per_s, 10 / crane.trolley_m_per_s)
            drop = max(pick + crane.pick_s + carried, comes)
            end = drop + crane.drop_s
            moves.append(
                t.Move(
                    crane=crane.id, box=box.id, from_place=f"{box.wagon}:{box.slot}", to_place=f"{wagon}:{slot}",
                    begin_s=time, pick_s=pick, drop_s=drop, end_s=end,
                )
            )  # fmt: skip
            time, x, y = end, qx, 10.0
    until = max(move.end_s for move in moves)
    parking = [
        t.Parking(train=train, track=track, offset_m=0.0, from_s=begin, until_s=until)
        for train, track, begin in (("in", "t35", 0.0), ("out", "t20", comes))
    ]
    loads = [t.Load(box=box.id, wagon=wagon, slot=slot) for box, (wagon, slot, _) in zip(boxes, chosen, strict=True)]
    header = t.PlanHeader(id="p", schema_version=1, job="small", method="tried")
    return Plan.of(header, {"loads": loads, "moves": moves, "parking": parking, "leftover": []})


@pytest.mark.parametrize(("family", "seed"), [*product(FAMILIES, range(3)), ("merge", 7)])
@pytest.mark.parametrize("parking", ["free", "fixed"])
def test_the_rule_is_not_below_the_bound(family: str, seed: int, parking: str) -> None:
    job = generate(family, 24, seed=seed, cranes=1 + seed % 4, parking=parking)  # type: ignore[arg-type]
    value = check_plan(job, plan_by_rule(job)).value
    least = bound(job, value.left_over)
    assert least.seconds <= value.turnaround_s + 1e-6
    assert least.tardiness_s <= value.tardiness_s + 1e-6
