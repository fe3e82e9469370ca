"""What may stand on an outbound train: its wagons as they are loaded, box by box.

Used by the makers of plans. The check of a plan (`_check_plan`) has code of its own for the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from jibek.transfer import tables as t
from jibek.transfer._iso6346 import length_m
from jibek.transfer._job import Job

Standing = tuple[t.Box, t.Slot]
"""A box in a slot."""

_ROUNDING_T = 1e-6
"""What a sum of masses may be over a limit by the rounding of numbers."""


class Loading:
    """An outbound train while it is loaded.

    Parameters
    ----------
    job
        Whose rules hold.
    train
        The train.
    """

    def __init__(self, job: Job, train: str) -> None:
        self.rake = job.rakes[train]
        self.models = [job.models[wagon.model] for wagon in self.rake]
        self.standing: list[list[Standing]] = [[] for _ in self.rake]
        self._open: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for wagon, model in enumerate(self.models):
            for slot, place in enumerate(model.places, 1):
                self._open[place.length_ft].append((wagon, slot))
        self.mass_t = 0.0
        gauge = self.models[0].gauge_mm
        self._rules = [rule for rule in job.rules.values() if rule.gauge_mm in (None, gauge)]
        self._of_model = {
            model.id: [rule for rule in self._rules if rule.model in (None, model.id)] for model in self.models
        }

    def fits(self, box: t.Box, wagon: int, slot: int) -> bool:
        """Whether a box may be put into a slot: wagon counted from 0, slot from 1."""
        return not self.fault(box, wagon, slot)

    def fault(self, box: t.Box, wagon: int, slot: int) -> str:
        """Say why a box may not be put into a slot: `length`, `taken`, `payload`, `axle_load` or the id of a rule; empty if it may."""
        model, here = self.models[wagon], self.standing[wagon]
        place = model.places[slot - 1]
        if place.length_ft != box.size.length_ft:
            return "length"
        if any(overlap(place, other) for _, other in here):
            return "taken"
        fault = wagon_fault(model, self._of_model[model.id], [*here, (box, place)])
        return fault or next(self._train_faults(box, wagon), "")

    def first_fitting(self, box: t.Box) -> tuple[int, int] | None:
        """Return the first slot, by wagon and number, that a box may be put into."""
        return next((slot for slot in self._open[box.size.length_ft] if self.fits(box, *slot)), None)

    def put(self, box: t.Box, wagon: int, slot: int) -> None:
        """Put a box into a slot."""
        places = self.models[wagon].places
        here = places[slot - 1]
        self.standing[wagon].append((box, here))
        for number, other in enumerate(places, 1):
            if overlap(here, other) and (wagon, number) in self._open[other.length_ft]:
                self._open[other.length_ft].remove((wagon, number))
        self.mass_t += box.mass_t

    def _train_faults(self, box: t.Box, wagon: int) -> Iterator[str]:
        """Name the rules of the whole train that a box on a wagon would break."""
        return (rule.id for rule in self._rules if self._breaks(rule, box, wagon))

    def _breaks(self, rule: t.Rule, box: t.Box, wagon: int) -> bool:
        near = self._within(wagon, rule.limit_wagons or 0)
        match rule.kind:
            case "boxes_mass":
                return self.mass_t + box.mass_t > (rule.limit_t or 0.0) + _ROUNDING_T
            case "reefer_reach":
                return box.reefer and not any(self.models[n].power for n in near)
            case "danger_from_ends":
                return concerns(rule.classes, box) and min(wagon, len(self.rake) - 1 - wagon) < (rule.limit_wagons or 0)
            case "danger_apart":
                return any(kept_apart(rule, box, other) for n in near for other, _ in self.standing[n])
        return False

    def _within(self, wagon: int, wagons: int) -> range:
        return range(max(0, wagon - wagons), min(len(self.rake), wagon + wagons + 1))


def concerns(groups: Sequence[str], box: t.Box) -> bool:
    """Whether a box is of one of the classes or divisions."""
    return box.dg_class is not None and (box.dg_class in groups or box.dg_class.partition(".")[0] in groups)


def kept_apart(rule: t.Rule, one: t.Box, other: t.Box) -> bool:
    """Whether a rule keeps two boxes apart."""
    return _apart(rule, one, other) or _apart(rule, other, one)


def _apart(rule: t.Rule, one: t.Box, other: t.Box) -> bool:
    if not concerns(rule.classes, one) or other.dg_class is None:
        return False
    return not rule.other_classes or concerns(rule.other_classes, other)


def overlap(one: t.Slot, other: t.Slot) -> bool:
    """Whether two slots of a wagon cannot be used together."""
    return abs(one.centre_m - other.centre_m) < (length_m(one.length_ft) + length_m(other.length_ft)) / 2 - 1e-6


def bogie_loads_t(model: t.Model, standing: Iterable[Standing]) -> tuple[float, float]:
    """Return the mass on each half of the axles, the lower end first."""
    low = high = model.tare_t / 2
    for box, slot in standing:
        share = slot.centre_m / model.base_m
        low += box.mass_t * (0.5 - share)
        high += box.mass_t * (0.5 + share)
    return low, high


def wagon_fault(model: t.Model, rules: Iterable[t.Rule], standing: Sequence[Standing]) -> str:
    """Say what is wrong with a loaded wagon: `payload`, `axle_load` or the id of a rule; empty if nothing is."""
    total = sum(box.mass_t for box, _ in standing)
    if total > model.payload_t + _ROUNDING_T:
        return "payload"
    bogies = bogie_loads_t(model, standing)
    if max(bogies) > (model.axle_load_t + _ROUNDING_T) * model.axles / 2:
        return "axle_load"
    row = sorted(standing, key=lambda one: one[1].centre_m)
    boxes = [box for box, _ in row]
    short = all(box.size.length_ft == 20 for box in boxes)
    for rule in rules:
        if rule.limit_t is not None and _broken(rule, rule.limit_t + _ROUNDING_T, model, boxes, bogies, short=short):
            return rule.id
    return ""


def _broken(
    rule: t.Rule, limit: float, model: t.Model, boxes: Sequence[t.Box], bogies: tuple[float, float], *, short: bool
) -> bool:
    """Whether a rule of one wagon is broken; boxes stand in order, `short`: all of 20 ft."""
    masses = [box.mass_t for box in boxes]
    total = sum(masses)
    banded = len(masses) > 1 and rule.over_t < total and (rule.up_to_t is None or total <= rule.up_to_t)
    match rule.kind:
        case "box_mass":
            return any(box.mass_t > limit for box in boxes if rule.length_ft in (None, box.size.length_ft))
        case "wagon_gross":
            return total + model.tare_t > limit
        case "axle_load":
            return max(bogies) > limit * model.axles / 2
        case "bogie_difference":
            return abs(bogies[0] - bogies[1]) > limit
        case "end_difference":
            return banded and not (short and len(masses) == 2) and abs(masses[0] - masses[-1]) > limit
        case "pair_difference":
            return banded and short and len(masses) == 2 and abs(masses[0] - masses[1]) > limit
        case "triple_difference" | "triple_sum":
            return short and len(masses) == 3 and _triple_broken(rule.kind, limit, masses)
    return False


def _triple_broken(kind: str, limit: float, masses: Sequence[float]) -> bool:
    low, middle, high = masses
    if kind == "triple_sum":
        return 2 * max(low, high) + middle > limit
    ends = abs(low - high)
    return ends > limit or ends > min(abs(low - middle), abs(high - middle)) + _ROUNDING_T
