"""Checking a transfer job: references first, then what the rows mean together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import combinations, pairwise

from jibek.tables import Known, Problem, at, quoted, unresolved
from jibek.transfer import tables as t
from jibek.transfer._iso6346 import fault, length_m, size_type
from jibek.transfer._job import Job

_LONGEST = timedelta(days=366)


def check_job(job: Job) -> list[Problem]:
    """List all that is wrong with a job; empty if nothing is.

    Parameters
    ----------
    job
        In memory; `read_job` has checked it already.
    """
    return list(check_known(job, Known()))


def check_known(job: Job, known: Known) -> Iterator[Problem]:
    """List all that is wrong, as far as it does not depend on rows that could not be read."""
    yield from unresolved(job, known)
    for rule, whole in _RULES.items():
        if known.partial.isdisjoint(whole):
            yield from rule(job)


def something_is_there(job: Job) -> Iterator[Problem]:
    for name in ("trains", "wagons", "tracks", "cranes"):
        if not job.rows(name):
            yield Problem(f"{name}.csv", None, None, f"a job needs {name}, and there are none")


def times_are_on_the_clock(job: Job) -> Iterator[Problem]:
    start = job.header.start
    if not 1900 <= start.year <= 2200:
        yield Problem(job.schema.header_file, None, "start", "must be a moment between 1900 and 2200")
    columns = (("trains", "arrival"), ("departures", "due"), ("boxes", "released"))
    for table, column in columns:
        for row in job.rows(table):
            moment = getattr(row, column)
            if moment is None:
                continue
            if moment < start and column != "released":
                yield at(row, column, f"{moment} is before the job starts, {start}")
            if moment - start > _LONGEST:
                yield at(row, column, f"{moment} is more than a year after the job starts, {start}")


def slots_can_be_used(job: Job) -> Iterator[Problem]:
    for model in job.models.values():
        for text in model.slots:
            try:
                slot = t.Slot.parse(text)
            except ValueError as error:
                yield at(model, "slots", f"{quoted(text)} {error}")
                continue
            if abs(slot.centre_m) + length_m(slot.length_ft) / 2 > model.length_m / 2 + 0.5:
                yield at(model, "slots", f"{quoted(text)} reaches beyond the wagon of {model.length_m:g} m")
        if model.base_m > model.length_m:
            yield at(model, "base_m", f"{model.base_m:g} m is more than the length, {model.length_m:g} m")


def box_codes_are_right(job: Job) -> Iterator[Problem]:
    for box in job.boxes.values():
        if message := fault(box.id):
            yield at(box, "id", f"{quoted(box.id)} {message}")
        try:
            size = size_type(box.size_type)
        except ValueError as error:
            yield at(box, "size_type", f"{quoted(box.size_type)} {error}")
            continue
        if box.reefer and not size.refrigerated:
            yield at(box, "reefer", f"needs power, but its type group is {size.group}, not refrigerated")


def boxes_stand_on_their_wagons(job: Job) -> Iterator[Problem]:
    standing: dict[str, list[t.Box]] = defaultdict(list)
    for box in job.boxes.values():
        wagon = job.wagons.get(box.wagon)
        train = job.trains.get(wagon.train) if wagon else None
        if train is not None and train.role != "inbound":
            yield at(box, "wagon", f"{quoted(box.wagon)} is a wagon of {quoted(train.id)}, which is not inbound")
        model = _model(job, box.wagon)
        if model is None or _length_ft(box) is None:
            continue
        if box.slot > len(model.slots):
            yield at(
                box,
                "slot",
                f"wagons of model {quoted(model.id)} have {len(model.slots)} slots; there is no slot {box.slot}",
            )
        elif model.places[box.slot - 1].length_ft != _length_ft(box):
            slot = quoted(model.slots[box.slot - 1])
            yield at(box, "slot", f"slot {box.slot} is {slot}, and the box has {_length_ft(box)} ft")
        else:
            standing[box.wagon].append(box)
    for wagon_id, boxes in standing.items():
        places = _model(job, wagon_id).places  # type: ignore[union-attr]
        for one, other in combinations(boxes, 2):
            if _overlap(places[one.slot - 1], places[other.slot - 1]):
                yield at(
                    other, "slot", f"slot {other.slot} of {wagon_id} overlaps slot {one.slot}, where {one.id} stands"
                )


def boxes_can_be_carried(job: Job) -> Iterator[Problem]:
    """Refuse boxes that no wagon and no crane can take, whatever the plan."""
    lift = max((crane.lift_t for crane in job.cranes.values()), default=0.0)
    payloads = [_model(job, w.id) for w in job.wagons.values() if _role(job, w) == "outbound"]
    most = max((model.payload_t for model in payloads if model), default=0.0)
    for box in job.boxes.values():
        if most and box.mass_t > most:
            yield at(box, "mass_t", f"{box.mass_t:g} t is more than any outbound wagon takes, {most:g} t")
        if lift and box.mass_t > lift:
            yield at(box, "mass_t", f"{box.mass_t:g} t is more than any crane lifts, {lift:g} t")


def tracks_and_reaches_have_a_length(job: Job) -> Iterator[Problem]:
    rows: list[t.Track | t.Crane] = [*job.tracks.values(), *job.cranes.values()]
    for row in rows:
        if row.to_m <= row.from_m:
            yield at(row, "to_m", f"{row.to_m:g} m is not beyond from_m, {row.from_m:g} m")


def trains_are_made_up(job: Job) -> Iterator[Problem]:
    for train in job.trains.values():
        rake = [wagon for wagon in job.wagons.values() if wagon.train == train.id]
        if not rake:
            yield at(train, None, "has no wagons in wagons.csv")
        for order, times in Counter(wagon.order for wagon in rake).items():
            if times > 1:
                yield at(train, None, f"has {times} wagons of order {order}")
        models = [_model(job, wagon.id) for wagon in rake]
        gauges = sorted({model.gauge_mm for model in models if model})
        if len(gauges) > 1:
            yield at(train, None, f"has wagons of different gauges, {' and '.join(map(str, gauges))} mm")
        elif len(gauges) == 1 and None not in models:
            yield from _room(job, train, gauges[0], sum(model.length_m for model in models if model))


def _room(job: Job, train: t.Train, gauge: int, length: float) -> Iterator[Problem]:
    """Ask for a track on which a train can stand."""
    own = job.tracks.get(train.track) if train.track else None
    if own is not None and own.gauge_mm != gauge:
        yield at(train, "track", f"{quoted(own.id)} is of {own.gauge_mm} mm, the train of {gauge} mm")
        return
    tracks = [own] if own else [track for track in job.tracks.values() if track.gauge_mm == gauge and not train.track]
    longest = max((track.to_m - track.from_m for track in tracks), default=None)
    needed = length + (train.offset_m or 0.0)
    if longest is None and not train.track:
        yield at(train, None, f"there is no track of its gauge, {gauge} mm")
    elif longest is not None and needed > longest + 1e-9:
        what = f"its track, {longest:g} m" if own else f"every track of {gauge} mm; the longest has {longest:g} m"
        offset = f" from an offset of {train.offset_m:g} m" if train.offset_m else ""
        yield at(train, None, f"{length:g} m{offset} is longer than {what}")


def offsets_are_on_a_track(job: Job) -> Iterator[Problem]:
    for train in job.trains.values():
        if train.offset_m is not None and train.track is None:
            yield at(train, "offset_m", "an offset needs a track")


def departures_are_possible(job: Job) -> Iterator[Problem]:
    booked: dict[str, t.Departure] = {}
    for departure in job.departures.values():
        train = job.trains.get(departure.train)
        if departure.train in booked:
            yield at(
                departure,
                "train",
                f"{quoted(departure.train)} has the departure {quoted(booked[departure.train].id)} already",
            )
        booked[departure.train] = departure
        if train is None:
            continue
        if departure.due < train.arrival and job.header.now is None:  # a train may have become late since it was booked
            yield at(departure, "due", f"{departure.due} is before the train arrives, {train.arrival}")
        if train.role == "outbound" and not departure.destinations:
            yield at(departure, "destinations", "an outbound train must have a destination")


def outbound_trains_are_booked(job: Job) -> Iterator[Problem]:
    booked = {departure.train for departure in job.departures.values()}
    for train in job.trains.values():
        if train.role == "outbound" and train.id not in booked:
            yield at(train, None, "an outbound train must have a row in departures.csv")


def cranes_stand_apart(job: Job) -> Iterator[Problem]:
    for crane in job.cranes.values():
        if not crane.from_m <= crane.x_m <= crane.to_m:
            yield at(
                crane, "x_m", f"{crane.x_m:g} m is not between from_m and to_m, {crane.from_m:g} and {crane.to_m:g} m"
            )
    for left, right in pairwise(sorted(job.cranes.values(), key=lambda crane: crane.x_m)):
        safety = max(left.safety_m, right.safety_m)
        if right.x_m - left.x_m < safety:
            yield at(
                right, "x_m", f"stands {right.x_m - left.x_m:g} m from {left.id}; the safety distance is {safety:g} m"
            )


_IN_TONNES = {
    "box_mass", "boxes_mass", "wagon_gross", "axle_load", "bogie_difference", "end_difference", "pair_difference",
    "triple_difference", "triple_sum",
}  # fmt: skip
_OF_DANGER = {"danger_from_ends", "danger_apart"}
_BANDED = {"end_difference", "pair_difference"}


def rules_are_complete(job: Job) -> Iterator[Problem]:
    for rule in job.rules.values():
        wanted, other = ("limit_t", "limit_wagons") if rule.kind in _IN_TONNES else ("limit_wagons", "limit_t")
        used = {
            "length_ft": rule.kind == "box_mass",
            "over_t": rule.kind in _BANDED,
            "up_to_t": rule.kind in _BANDED,
            "classes": rule.kind in _OF_DANGER,
            "other_classes": rule.kind == "danger_apart",
            "gauge_mm": rule.kind != "danger_apart",
            "model": rule.kind in _IN_TONNES - {"boxes_mass"},
        }
        if getattr(rule, wanted) is None:
            yield at(rule, wanted, f"a rule of kind {rule.kind} needs it")
        if getattr(rule, other) is not None:
            yield at(rule, other, f"a rule of kind {rule.kind} does not use it; leave it blank")
        for column, fits in used.items():
            if not fits and getattr(rule, column):
                yield at(rule, column, f"a rule of kind {rule.kind} does not use it; leave it blank")
        if rule.kind in _OF_DANGER and not rule.classes:
            yield at(rule, "classes", f"a rule of kind {rule.kind} needs the classes concerned")
        if rule.up_to_t is not None and rule.up_to_t <= rule.over_t:
            yield at(rule, "up_to_t", f"{rule.up_to_t:g} t is not above over_t, {rule.over_t:g} t")
        if rule.source is None:
            yield at(rule, "source", "a rule must name its source, be it an assumption")


def begun_moves_are_complete(job: Job) -> Iterator[Problem]:
    now = job.header.now
    yield from incomplete(job.begun)
    for number, move in enumerate(job.begun, 1):
        if now is None or move.begin_s >= job.seconds(now):
            message = f"{move.begin_s:g} s is not before `now` in {job.schema.header_file}"
            yield Problem("begun.csv", None, "begin_s", message, row=str(number))


def incomplete(moves: Iterable[t.Move]) -> Iterator[Problem]:
    """Ask moves with a box for places and times, and those without for where the crane goes."""
    for number, move in enumerate(moves, 1):
        carries = {name: getattr(move, name) for name in ("from_place", "to_place", "pick_s", "drop_s")}
        wanted, unwanted = (carries, {"x_m": move.x_m}) if move.box else ({"x_m": move.x_m}, carries)
        kind, file = "with" if move.box else "without", f"{move.table}.csv"
        for column, value in wanted.items():
            if value in (None, ""):
                yield Problem(file, None, column, f"a move {kind} a box needs it", row=str(number))
        for column, value in unwanted.items():
            if value not in (None, ""):
                yield Problem(file, None, column, f"a move {kind} a box has none; leave it blank", row=str(number))


def outages_have_a_length(job: Job) -> Iterator[Problem]:
    for number, outage in enumerate(job.outages, 1):
        if outage.begin and outage.end and outage.end <= outage.begin:
            yield Problem(
                "outages.csv", None, "end", f"{outage.end} is not after begin, {outage.begin}", row=str(number)
            )


def _model(job: Job, wagon: str) -> t.Model | None:
    """Return the model of a wagon; None if it is not there or its slots cannot be read."""
    found = job.wagons.get(wagon)
    model = job.models.get(found.model) if found else None
    return model if model and all(map(_readable, model.slots)) else None


def _readable(text: str) -> bool:
    try:
        return bool(t.Slot.parse(text))
    except ValueError:
        return False


def _role(job: Job, wagon: t.Wagon) -> str:
    train = job.trains.get(wagon.train)
    return train.role if train else ""


def _length_ft(box: t.Box) -> int | None:
    try:
        return box.size.length_ft
    except ValueError:
        return None


def _overlap(one: t.Slot, other: t.Slot) -> bool:
    return abs(one.centre_m - other.centre_m) < (length_m(one.length_ft) + length_m(other.length_ft)) / 2 - 1e-6


_RULES: dict[Callable[[Job], Iterable[Problem]], tuple[str, ...]] = {
    something_is_there: ("trains", "wagons", "tracks", "cranes"),
    times_are_on_the_clock: ("header",),
    slots_can_be_used: (),
    box_codes_are_right: (),
    boxes_stand_on_their_wagons: (),
    boxes_can_be_carried: ("models", "wagons", "trains", "cranes"),
    tracks_and_reaches_have_a_length: (),
    trains_are_made_up: ("models", "wagons", "tracks"),
    offsets_are_on_a_track: (),
    departures_are_possible: (),
    outbound_trains_are_booked: ("departures",),
    cranes_stand_apart: (),
    rules_are_complete: (),
    begun_moves_are_complete: ("header",),
    outages_have_a_length: (),
}
"""Rules, each with the tables that must be whole (or `header`) for it to be asked."""
