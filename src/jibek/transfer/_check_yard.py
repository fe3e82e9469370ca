"""Checking where trains stand and what cranes, boxes and yard slots are asked to do, by replaying the moves.

Shares no code with the makers of plans.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from jibek.transfer import tables as t
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._verdict import TOLERANCE, Violation


@dataclass(frozen=True)
class Spot:
    """A place where a box may stand.

    Parameters
    ----------
    x_m, y_m
        Its centre.
    length_ft
        Length of the boxes it takes.
    parking
        Stay of its train; None for a slot of the yard.
    yard
        Slot of the yard; None for a slot of a wagon.
    """

    x_m: float
    y_m: float
    length_ft: int
    parking: t.Parking | None = None
    yard: t.YardSlot | None = None


class Spots:
    """All places of a plan, found by the text of a move.

    Parameters
    ----------
    job, plan
        Trains stand where the plan says.
    """

    def __init__(self, job: Job, plan: Plan) -> None:
        self.job = job
        self.stays = {stay.train: stay for stay in reversed(plan.parking)}

    def find(self, place: str) -> Spot | str:
        """Find a place; a text says why there is none."""
        wagon_id, colon, number = place.partition(":")
        if not colon:
            slot = self.job.yard.get(place)
            return Spot(slot.x_m, slot.y_m, slot.length_ft, yard=slot) if slot else f"there is no yard slot {place!r}"
        wagon = self.job.wagons.get(wagon_id)
        if wagon is None or not number.isdecimal():
            return f"{place!r} is not a slot of a wagon"
        slots = self.job.models[wagon.model].places
        if not 1 <= int(number) <= len(slots):
            return f"wagon {wagon_id} has no slot {number}"
        stay = self.stays.get(wagon.train)
        if stay is None:
            return f"train {wagon.train} has no place in parking.csv"
        track = self.job.tracks[stay.track]
        ahead = sum(
            self.job.models[one.model].length_m for one in self.job.rakes[wagon.train] if one.order < wagon.order
        )
        middle = track.from_m + stay.offset_m + ahead + self.job.models[wagon.model].length_m / 2
        chosen = slots[int(number) - 1]
        return Spot(middle + chosen.centre_m, track.y_m, chosen.length_ft, parking=stay)


def parking_faults(job: Job, plan: Plan) -> Iterator[Violation]:
    """List what is wrong with where trains stand."""
    seen: set[str] = set()
    for stay in plan.parking:
        if stay.train in seen:
            yield Violation(f"train {stay.train} is parked twice", stay.from_s)
        seen.add(stay.train)
        yield from _stay_faults(job, stay)
    for one, other in combinations(plan.parking, 2):
        if one.track == other.track and one.train != other.train:
            yield from _clash(job, one, other)


def _length_m(job: Job, train: str) -> float:
    return sum(job.models[wagon.model].length_m for wagon in job.rakes[train])


def _stay_faults(job: Job, stay: t.Parking) -> Iterator[Violation]:
    train, track = job.trains[stay.train], job.tracks[stay.track]
    gauge = job.models[job.rakes[train.id][0].model].gauge_mm
    length, room = _length_m(job, train.id), track.to_m - track.from_m
    if gauge != track.gauge_mm:
        yield Violation(f"train {train.id} of {gauge} mm stands on {track.id} of {track.gauge_mm} mm", stay.from_s)
    if stay.offset_m + length > room + TOLERANCE:
        message = f"train {train.id} ends {stay.offset_m + length:.2f} m from the beginning of {track.id}"
        yield Violation(f"{message}, which has {room:g} m", stay.from_s)
    if train.track is not None and train.track != stay.track:
        yield Violation(f"train {train.id} must stand on {train.track}, not on {stay.track}", stay.from_s)
    if train.offset_m is not None and abs(train.offset_m - stay.offset_m) > TOLERANCE:
        yield Violation(f"train {train.id} must stand at {train.offset_m:g} m, not at {stay.offset_m:g} m", stay.from_s)
    arrival = job.seconds(train.arrival)
    if stay.from_s < arrival - TOLERANCE:
        yield Violation(f"train {train.id} stands before it arrives at {arrival:g} s", stay.from_s)
    if stay.until_s < stay.from_s:
        yield Violation(f"train {train.id} leaves at {stay.until_s:g} s, before it has come", stay.from_s)


def _clash(job: Job, one: t.Parking, other: t.Parking) -> Iterator[Violation]:
    first, second = sorted((one, other), key=lambda stay: stay.from_s)
    clear = job.tracks[one.track].clear_s
    apart = (
        first.offset_m + _length_m(job, first.train) <= second.offset_m + TOLERANCE
        or second.offset_m + _length_m(job, second.train) <= first.offset_m + TOLERANCE
    )
    if not apart and second.from_s < first.until_s + clear - TOLERANCE:
        message = f"trains {first.train} and {second.train} stand on the same stretch of {one.track}"
        yield Violation(f"{message} (after the first leaves, {clear:g} s must pass)", second.from_s)


def box_faults(job: Job, plan: Plan, spots: Spots) -> Iterator[Violation]:
    """Follow each box through its moves."""
    carried: dict[str, list[t.Move]] = defaultdict(list)
    for move in plan.moves:
        if move.box is not None:
            carried[move.box].append(move)
    loads: dict[str, str] = {}
    for load in plan.loads:
        if load.box in loads:
            yield Violation("stands twice in loads.csv", box=load.box)
        loads[load.box] = f"{load.wagon}:{load.slot}"
    left = [one.box for one in plan.leftover]
    for box in job.boxes.values():
        moves = sorted(carried[box.id], key=lambda move: move.pick_s or 0.0)
        yield from _journey(job, box, moves)
        for move in moves:
            yield from _stops(job, box, move, spots)
        place = moves[-1].to_place if moves else f"{box.wagon}:{box.slot}"
        if (box.id in loads) == (box.id in left) or left.count(box.id) > 1:
            yield Violation("must stand once, either in loads.csv or in leftover.csv", box=box.id)
        elif box.id in loads and loads[box.id] != place:
            yield Violation(f"is to stand at {loads[box.id]}, and its moves leave it at {place}", box=box.id)
        elif box.id in left and ":" in place and moves:
            yield Violation(f"is called left over, and its moves leave it at {place}", box=box.id)


def _journey(job: Job, box: t.Box, moves: Sequence[t.Move]) -> Iterator[Violation]:
    """Ask that each move begins where and after the one before it ended."""
    place, since = f"{box.wagon}:{box.slot}", 0.0
    for move in moves:
        pick = move.pick_s or 0.0
        if move.from_place != place:
            yield Violation(f"is to be picked at {move.from_place}, and stands at {place}", pick, move.crane, box.id)
        if pick < since - TOLERANCE:
            yield Violation(f"is picked before it has been put down at {since:.1f} s", pick, move.crane, box.id)
        place, since = move.to_place, move.end_s


def _stops(job: Job, box: t.Box, move: t.Move, spots: Spots) -> Iterator[Violation]:
    """Ask that trains are there, and that the box may be where it is put."""
    crane = job.cranes[move.crane]
    pick, drop = move.pick_s or 0.0, move.drop_s or 0.0
    origin, target = spots.find(move.from_place), spots.find(move.to_place)
    for place, spot, begin, end in (
        (move.from_place, origin, pick, pick + crane.pick_s),
        (move.to_place, target, drop, move.end_s),
    ):
        if isinstance(spot, str):
            yield Violation(spot, begin, move.crane, box.id)
            continue
        stay = spot.parking
        if stay and not (stay.from_s - TOLERANCE <= begin and end <= stay.until_s + TOLERANCE):
            message = f"train {stay.train} is not there all the time from {begin:.1f} to {end:.1f} s"
            yield Violation(message, begin, move.crane, box.id)
        if spot.length_ft != box.size.length_ft:
            yield Violation(
                f"{place} takes {spot.length_ft} ft, the box has {box.size.length_ft} ft", begin, move.crane, box.id
            )
    if box.mass_t > crane.lift_t:
        yield Violation(f"weighs {box.mass_t:g} t, the crane lifts {crane.lift_t:g} t", pick, move.crane, box.id)
    if isinstance(origin, Spot) and origin.parking and job.trains[origin.parking.train].role == "outbound":
        yield Violation("is lifted from an outbound train", pick, move.crane, box.id)
    if isinstance(target, Spot) and target.parking:
        yield from _on_train(job, box, move, job.trains[target.parking.train])
    if isinstance(target, Spot) and target.yard and box.reefer and not target.yard.power:
        yield Violation(f"needs power, and {move.to_place} has none", drop, move.crane, box.id)


def _on_train(job: Job, box: t.Box, move: t.Move, train: t.Train) -> Iterator[Violation]:
    if train.role != "outbound":
        yield Violation(f"is put on the inbound train {train.id}", move.drop_s, move.crane, box.id)
    if box.released is not None:
        released = job.seconds(box.released)
        if (move.pick_s or 0.0) < released - TOLERANCE:
            message = f"is picked for a train before customs release it at {released:.0f} s"
            yield Violation(message, move.pick_s, move.crane, box.id)


def stack_faults(job: Job, plan: Plan) -> Iterator[Violation]:
    """Replay each slot of the yard: what is put on what, and taken from where."""
    events: dict[str, list[tuple[float, float, str, t.Move]]] = defaultdict(list)
    for move in plan.moves:
        if move.box is None:
            continue
        if move.from_place in job.yard:
            begin = move.pick_s or 0.0
            events[move.from_place].append((begin, begin + job.cranes[move.crane].pick_s, "pick", move))
        if move.to_place in job.yard:
            events[move.to_place].append((move.drop_s or 0.0, move.end_s, "drop", move))
    for name, here in events.items():
        stack: list[str] = []
        busy = 0.0
        for begin, end, what, move in sorted(here, key=lambda event: event[:2]):
            box = move.box or ""
            if begin < busy - TOLERANCE:
                yield Violation(f"two cranes work at {name} at the same time", begin, move.crane, box)
            busy = end
            if what == "drop":
                stack.append(box)
                if len(stack) > job.yard[name].levels:
                    message = f"{len(stack)} boxes stand in {name}, which has room for {job.yard[name].levels}"
                    yield Violation(message, begin, move.crane, box)
            elif box in stack:
                if stack[-1] != box:
                    yield Violation(f"stands in {name} under {stack[-1]}", begin, move.crane, box)
                stack.remove(box)
