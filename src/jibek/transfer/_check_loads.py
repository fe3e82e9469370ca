"""Checking loaded trains: slots, masses and the rules of the job. Shares no code with the makers of plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from jibek.transfer import tables as t
from jibek.transfer._iso6346 import length_m
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._verdict import TOLERANCE, Violation


@dataclass(frozen=True)
class _Stowed:
    """A box in a slot of a wagon, which is the n-th of its train, from 0."""

    box: t.Box
    slot: t.Slot
    n: int


def load_faults(job: Job, plan: Plan) -> Iterator[Violation]:
    """List what is wrong with how outbound trains are loaded."""
    places = {wagon.id: n for rake in job.rakes.values() for n, wagon in enumerate(rake)}
    wagons: dict[str, list[_Stowed]] = defaultdict(list)
    trains: dict[str, list[_Stowed]] = defaultdict(list)
    for load in plan.loads:
        wagon, box = job.wagons[load.wagon], job.boxes[load.box]
        slots = job.models[wagon.model].places
        if load.slot > len(slots):
            yield Violation(f"wagon {wagon.id} has no slot {load.slot}", box=box.id)
            continue
        stowed = _Stowed(box, slots[load.slot - 1], places[wagon.id])
        wagons[wagon.id].append(stowed)
        trains[wagon.train].append(stowed)
    for name, here in wagons.items():
        yield from _wagon(job, job.wagons[name], sorted(here, key=lambda one: one.slot.centre_m))
    for name, here in trains.items():
        yield from _train(job, name, here)


def _wagon(job: Job, wagon: t.Wagon, row: Sequence[_Stowed]) -> Iterator[Violation]:
    model = job.models[wagon.model]
    for one, other in combinations(row, 2):
        reach = (length_m(one.slot.length_ft) + length_m(other.slot.length_ft)) / 2
        if other.slot.centre_m - one.slot.centre_m < reach - TOLERANCE:
            yield Violation(f"stands over {one.box.id} on wagon {wagon.id}", box=other.box.id)
    for one in row:
        if one.slot.length_ft != one.box.size.length_ft:
            yield Violation(
                f"has {one.box.size.length_ft} ft, its slot on {wagon.id} {one.slot.length_ft} ft", box=one.box.id
            )
    masses = [one.box.mass_t for one in row]
    ends = _ends_t(model, row)
    if sum(masses) > model.payload_t + TOLERANCE:
        yield Violation(f"wagon {wagon.id} carries {sum(masses):.2f} t; its payload is {model.payload_t:g} t")
    axles = max(ends) / (model.axles / 2)
    if axles > model.axle_load_t + TOLERANCE:
        yield Violation(f"wagon {wagon.id} has an axle load of {axles:.2f} t; {model.axle_load_t:g} t are allowed")
    for rule in job.rules.values():
        if rule.gauge_mm in (None, model.gauge_mm) and rule.model in (None, model.id) and rule.limit_t is not None:
            found = _measured(rule, model, row, ends)
            if found is not None and found > rule.limit_t + TOLERANCE:
                yield Violation(
                    f"wagon {wagon.id}: {found:.2f} t, where rule {rule.id} ({rule.kind}) allows {rule.limit_t:g} t"
                )
    if len(row) == 3 and all(one.box.size.length_ft == 20 for one in row):
        yield from _middle(job, wagon, model, masses)


def _ends_t(model: t.Model, row: Sequence[_Stowed]) -> tuple[float, float]:
    """Return what rests on each bogie, from the balance of moments about the other one."""
    half = model.base_m / 2
    low = sum(one.box.mass_t * (half - one.slot.centre_m) for one in row) / model.base_m
    high = sum(one.box.mass_t * (half + one.slot.centre_m) for one in row) / model.base_m
    return low + model.tare_t / 2, high + model.tare_t / 2


def _measured(rule: t.Rule, model: t.Model, row: Sequence[_Stowed], ends: tuple[float, float]) -> float | None:
    """Return the mass that a rule limits; None if it does not concern the wagon."""
    masses = [one.box.mass_t for one in row]
    total = sum(masses)
    shorts = len(row) if all(one.box.size.length_ft == 20 for one in row) else 0
    within = total > rule.over_t and (rule.up_to_t is None or total <= rule.up_to_t)
    if rule.kind == "box_mass":
        named = [one.box.mass_t for one in row if rule.length_ft is None or one.box.size.length_ft == rule.length_ft]
        return max(named, default=None)
    if rule.kind == "wagon_gross":
        return total + model.tare_t
    if rule.kind == "axle_load":
        return 2 * max(ends) / model.axles
    if rule.kind == "bogie_difference":
        return abs(ends[1] - ends[0])
    if rule.kind == "end_difference" and len(row) >= 2 and shorts != 2 and within:
        return abs(masses[-1] - masses[0])
    if rule.kind == "pair_difference" and shorts == 2 and within:
        return abs(masses[1] - masses[0])
    if rule.kind == "triple_difference" and shorts == 3:
        return abs(masses[2] - masses[0])
    if rule.kind == "triple_sum" and shorts == 3:
        return 2 * max(masses[0], masses[2]) + masses[1]
    return None


def _middle(job: Job, wagon: t.Wagon, model: t.Model, masses: Sequence[float]) -> Iterator[Violation]:
    """Ask that of three 20 ft boxes those of the nearest masses stand at the ends, where a rule wants it."""
    for rule in job.rules.values():
        applies = rule.gauge_mm in (None, model.gauge_mm) and rule.model in (None, model.id)
        if rule.kind == "triple_difference" and applies:
            nearest = min(abs(masses[1] - masses[0]), abs(masses[2] - masses[1]))
            if abs(masses[2] - masses[0]) > nearest + TOLERANCE:
                yield Violation(
                    f"wagon {wagon.id}: the two boxes of the nearest masses do not stand at the ends (rule {rule.id})"
                )


def _train(job: Job, name: str, here: Sequence[_Stowed]) -> Iterator[Violation]:
    rake = job.rakes[name]
    gauge = job.models[rake[0].model].gauge_mm
    served = {end for one in job.departures.values() if one.train == name for end in one.destinations}
    for one in here:
        if one.box.destination not in served:
            yield Violation(f"goes to {one.box.destination}, which train {name} does not serve", box=one.box.id)
    for rule in job.rules.values():
        if rule.gauge_mm not in (None, gauge):
            continue
        total = sum(one.box.mass_t for one in here)
        if rule.kind == "boxes_mass" and rule.limit_t is not None and total > rule.limit_t + TOLERANCE:
            yield Violation(
                f"boxes of train {name} weigh {total:.2f} t, where rule {rule.id} allows {rule.limit_t:g} t"
            )
        if rule.limit_wagons is None:
            continue
        if rule.kind == "danger_from_ends":
            yield from _from_ends(rule, rule.limit_wagons, len(rake), here)
        if rule.kind == "danger_apart":
            yield from _apart(rule, rule.limit_wagons, here)
        if rule.kind == "reefer_reach":
            powered = [n for n, wagon in enumerate(rake) if job.models[wagon.model].power]
            yield from _powered(rule, rule.limit_wagons, powered, here)


def _named(groups: Sequence[str], box: t.Box) -> bool:
    return box.dg_class is not None and any(box.dg_class == one or box.dg_class.startswith(f"{one}.") for one in groups)


def _from_ends(rule: t.Rule, limit: int, wagons: int, here: Sequence[_Stowed]) -> Iterator[Violation]:
    for one in here:
        cover = min(one.n, wagons - 1 - one.n)
        if _named(rule.classes, one.box) and cover < limit:
            message = (
                f"class {one.box.dg_class} has {cover} wagons to the end of the train; rule {rule.id} asks for {limit}"
            )
            yield Violation(message, box=one.box.id)


def _apart(rule: t.Rule, limit: int, here: Sequence[_Stowed]) -> Iterator[Violation]:
    dangerous = [one for one in here if one.box.dg_class]
    for one, other in combinations(dangerous, 2):
        pairs = ((one.box, other.box), (other.box, one.box))
        concerned = any(
            _named(rule.classes, a) and (not rule.other_classes or _named(rule.other_classes, b)) for a, b in pairs
        )
        between = abs(one.n - other.n) - 1
        if concerned and between < limit:
            message = (
                f"class {one.box.dg_class} has {max(between, 0)} wagons to {other.box.id} of class {other.box.dg_class}"
            )
            yield Violation(f"{message}; rule {rule.id} asks for {limit}", box=one.box.id)


def _powered(rule: t.Rule, limit: int, powered: Sequence[int], here: Sequence[_Stowed]) -> Iterator[Violation]:
    for one in here:
        if one.box.reefer and all(abs(one.n - n) > limit for n in powered):
            yield Violation(f"needs power, and no wagon within {limit} supplies it (rule {rule.id})", box=one.box.id)
