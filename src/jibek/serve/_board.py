"""The board of a plan: what is drawn of it. Times are seconds from the start of the job, positions metres along and across the yard."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Literal

from jibek.transfer import Job, Plan
from jibek.transfer import tables as t
from jibek.transfer._chart import Kind, kind_of
from jibek.transfer._check_cranes import Course, Leg, courses
from jibek.transfer._check_yard import Spot, Spots
from jibek.transfer._iso6346 import length_m
from jibek.web._document import Part

Pair = tuple[float, float]


class BoardTrack(Part):
    """A track under the cranes."""

    id: str
    gauge_mm: int
    y_m: float
    from_m: float
    to_m: float


class BoardWagon(Part):
    """A wagon: its middle from where its train begins, its slots as length in ft and centre from the middle."""

    id: str
    model: str
    power: bool
    length_m: float
    base_m: float
    tare_t: float
    position_m: float
    slots: list[Pair]


class BoardTrain(Part):
    """A train, where it begins along the yard, and when it is there; nulls: it does not stand anywhere in the plan."""

    id: str
    name: str
    role: Literal["inbound", "outbound"]
    group: str
    gauge: int
    track: str | None
    begin_m: float | None
    arrive_s: float | None
    leave_s: float | None
    due_s: float | None
    wagons: list[BoardWagon]


class BoardBox(Part):
    """A container, from which place to which: `wagon:slot`, or a slot of the yard; `left`: why no train takes it."""

    id: str
    size_type: str
    size_ft: int
    length_m: float
    height_m: float
    mass_t: float
    destination: str
    dg_class: str | None
    reefer: bool
    released_s: float | None
    from_place: str
    to_place: str | None
    left: str | None


class BoardSlot(Part):
    """A place in the yard."""

    id: str
    x_m: float
    y_m: float
    length_m: float
    levels: int
    power: bool


class BoardMove(Part):
    """What a crane does; `way_s`: when it goes with the box. Without a box it makes way, and picks and puts down nothing."""

    box: str | None
    kind: Kind
    begin_s: float
    pick_s: float | None
    way_s: Pair
    drop_s: float | None
    end_s: float
    from_place: str
    to_place: str
    from_m: Pair
    to_m: Pair


class BoardCrane(Part):
    """A crane; `path`: time, position along and across, straight in between; lifting and lowering take `pick_s` and `drop_s`."""

    id: str
    safety_m: float
    pick_s: float
    drop_s: float
    path: list[tuple[float, float, float]]
    moves: list[BoardMove]


class Board(Part):
    """A plan and its job, as they are drawn."""

    title: str
    start: str
    end_s: float
    tracks: list[BoardTrack]
    trains: list[BoardTrain]
    boxes: list[BoardBox]
    yard: list[BoardSlot]
    cranes: list[BoardCrane]


def board(job: Job, plan: Plan) -> dict[str, Any]:
    """Return what is drawn of a plan, a `Board`, for a JSON document.

    Parameters
    ----------
    job, plan
        The plan, valid for the job: `check_plan` says so.

    Examples
    --------
    >>> from jibek.transfer import generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1)
    >>> made = board(job, plan_by_rule(job))
    >>> len(made["boxes"]), [crane["id"] for crane in made["cranes"]]
    (20, ['C1', 'C2', 'C3'])
    """
    spots = Spots(job, plan)
    moves, stays = (move.end_s for move in plan.moves), (stay.until_s for stay in plan.parking)
    found = Board(
        title=job.header.title or job.header.id,
        start=job.header.start.isoformat(),
        end_s=_near(max((*moves, *stays), default=0.0)),
        tracks=[
            BoardTrack(id=one.id, gauge_mm=one.gauge_mm, y_m=one.y_m, from_m=one.from_m, to_m=one.to_m)
            for one in job.tracks.values()
        ],
        trains=[_train(job, train, spots.stays.get(train.id)) for train in job.trains.values()],
        boxes=list(_boxes(job, plan)),
        yard=[
            BoardSlot(
                id=one.id,
                x_m=one.x_m,
                y_m=one.y_m,
                length_m=length_m(one.length_ft),
                levels=one.levels,
                power=one.power,
            )
            for one in job.yard.values()
        ],
        cranes=[_crane(job, spots, course) for course in courses(job, plan, spots)],
    )
    return found.model_dump(mode="json")


def _near(value: float) -> float:
    """Round a time or position to hundredths: nobody sees more."""
    return round(value, 2)


def _train(job: Job, train: t.Train, stay: t.Parking | None) -> BoardTrain:
    rake = job.rakes[train.id]
    models = [job.models[wagon.model] for wagon in rake]
    ends = accumulate(model.length_m for model in models)
    due = next((one.due for one in job.departures.values() if one.train == train.id), None)
    return BoardTrain(
        id=train.id,
        name=train.name or train.id,
        role=train.role,
        group=train.group or train.id,
        gauge=models[0].gauge_mm,
        track=stay.track if stay else None,
        begin_m=_near(job.tracks[stay.track].from_m + stay.offset_m) if stay else None,
        arrive_s=_near(stay.from_s) if stay else None,
        leave_s=_near(stay.until_s) if stay else None,
        due_s=None if due is None else job.seconds(due),
        wagons=[
            BoardWagon(
                id=wagon.id,
                model=model.id,
                power=model.power,
                length_m=model.length_m,
                base_m=model.base_m,
                tare_t=model.tare_t,
                position_m=_near(end - model.length_m / 2),
                slots=[(slot.length_ft, slot.centre_m) for slot in model.places],
            )
            for wagon, model, end in zip(rake, models, ends, strict=True)
        ],
    )


def _boxes(job: Job, plan: Plan) -> Iterator[BoardBox]:
    loads = {load.box: f"{load.wagon}:{load.slot}" for load in plan.loads}
    left = {one.box: one.reason for one in plan.leftover}
    for box in job.boxes.values():
        yield BoardBox(
            id=box.id,
            size_type=box.size_type,
            size_ft=box.size.length_ft,
            length_m=box.size.length_m,
            height_m=box.size.height_mm / 1000,
            mass_t=box.mass_t,
            destination=box.destination,
            dg_class=box.dg_class,
            reefer=box.reefer,
            released_s=job.seconds(box.released) if box.released else None,
            from_place=f"{box.wagon}:{box.slot}",
            to_place=loads.get(box.id),
            left=left.get(box.id),
        )


def _crane(job: Job, spots: Spots, course: Course) -> BoardCrane:
    crane, y, path = course.crane, course.crane.y_m, [(0.0, course.crane.x_m, course.crane.y_m)]
    moves = []
    for leg in course.legs:
        to = _across(spots, leg, y)
        if leg.loaded or leg.move.box is None:
            moves.append(_move(job, leg, y, to))
        path += [(_near(leg.begin_s), _near(leg.from_m), y), (_near(leg.end_s), _near(leg.to_m), to)]
        y = to
    return BoardCrane(
        id=crane.id, safety_m=crane.safety_m, pick_s=crane.pick_s, drop_s=crane.drop_s, path=path, moves=moves
    )


def _across(spots: Spots, leg: Leg, y_m: float) -> float:
    """Say where the trolley is after a way; without a box to go to it stays."""
    spot = spots.find(leg.move.to_place if leg.loaded else leg.move.from_place)
    return spot.y_m if leg.move.box and isinstance(spot, Spot) else y_m


def _move(job: Job, leg: Leg, from_y: float, to_y: float) -> BoardMove:
    move = leg.move
    return BoardMove(
        box=move.box,
        kind=kind_of(job, leg),
        begin_s=_near(move.begin_s),
        pick_s=None if move.pick_s is None else _near(move.pick_s),
        way_s=(_near(leg.begin_s), _near(leg.end_s)),
        drop_s=None if move.drop_s is None else _near(move.drop_s),
        end_s=_near(move.end_s),
        from_place=move.from_place,
        to_place=move.to_place,
        from_m=(_near(leg.from_m), from_y),
        to_m=(_near(leg.to_m), to_y),
    )
