"""The tables of a transfer job and of a plan for it: one class a table, one annotated field a column.

This module is the only description of the columns; the readers, the checks and `docs/transfer-tables.md` are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from jibek.tables import (
    LISTED,
    SPACED,
    Gauge,
    Id,
    Moment,
    NotNegative,
    PackageHeader,
    Positive,
    Ref,
    Row,
    Schema,
    Source,
    SourceRow,
    Unit,
)
from jibek.transfer._iso6346 import SizeType, size_type

DangerClass = Literal[
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3",
    "5.1", "5.2", "6.1", "6.2", "7", "8", "9",
]  # fmt: skip
DangerGroup = Literal["1", "2", "4", "5", "6"] | DangerClass
"""A class, or all divisions of a class: `1` stands for 1.1 to 1.6."""


def _whole(value: Any) -> Any:
    """Read a text of digits as a number."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


Length = Literal[20, 40, 45]
LengthFt = Annotated[Length, BeforeValidator(_whole), Unit("ft")]
Metres = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False), Unit("m")]
Tonnes = Annotated[Positive, Unit("t")]
Speed = Annotated[float, Field(ge=0.01, le=100, allow_inf_nan=False), Unit("m/s")]
Seconds = Annotated[NotNegative, Unit("s")]
ShortTime = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False), Unit("s")]
Times = Annotated[int, Field(ge=0, le=10_000)]
Groups = Annotated[tuple[DangerGroup, ...], SPACED]


@dataclass(frozen=True)
class Slot:
    """A position on a wagon where one container can stand; slots that overlap cannot be used together.

    Parameters
    ----------
    length_ft
        Length of the containers it takes.
    centre_m
        Centre of the container from the middle of the wagon, along the yard.
    """

    length_ft: int
    centre_m: float

    @classmethod
    def parse(cls, text: str) -> Slot:
        """Read a slot such as `20@-6.13`; a ValueError says what is wrong."""
        length, mark, centre = text.partition("@")
        try:
            slot = cls(int(length), float(centre))
        except ValueError:
            slot = None
        if not mark or slot is None or slot.length_ft not in (20, 40, 45) or not abs(slot.centre_m) < 100:
            raise ValueError("is not a slot like 20@-6.13: length 20, 40 or 45, @, metres from the wagon's middle")
        return slot


class Model(Row):
    """A kind of wagon: what it carries, and where containers can stand on it."""

    table = "models"

    id: Id = Field(description="name of the model")
    gauge_mm: Gauge = Field(description="its gauge")
    length_m: Annotated[Positive, Unit("m")] = Field(description="length over couplers")
    base_m: Annotated[Positive, Unit("m")] = Field(description="distance of the centres of its two bogies")
    axles: Annotated[int, Field(ge=2, le=16)] = Field(default=4, description="axles, half of them under each end")
    tare_t: Tonnes = Field(description="mass of the empty wagon")
    payload_t: Tonnes = Field(description="greatest mass of its containers together")
    axle_load_t: Tonnes = Field(description="greatest mass on an axle")
    slots: Annotated[tuple[str, ...], LISTED] = Field(
        min_length=1,
        max_length=60,
        description="positions for containers, `length in ft@metres of its centre from the wagon's middle`: "
        "`20@-3.07; 20@3.07; 40@0`; numbered from 1; two that overlap cannot be used together",
    )
    power: bool = Field(default=False, description="whether it supplies reefers with power")
    source: Source

    @cached_property
    def places(self) -> tuple[Slot, ...]:
        """The slots, read; slot n is `places[n - 1]`."""
        return tuple(map(Slot.parse, self.slots))


class Train(Row):
    """A train that brings containers, or one that takes them."""

    table = "trains"

    id: Id = Field(description="name of the train")
    name: str = Field(default="", description="name to be shown")
    role: Literal["inbound", "outbound"] = Field(description="whether it brings containers or takes them")
    arrival: Moment = Field(description="when it can enter the yard")
    track: Annotated[Id | None, Ref("tracks")] = Field(
        default=None, description="track it must use; none: any of its gauge"
    )
    offset_m: Annotated[NotNegative | None, Unit("m")] = Field(
        default=None, description="how far from the track's beginning its first wagon must stand; none: free"
    )
    group: str = Field(
        default="", description="trains of the same group are worked together and have one turnaround; none: by itself"
    )


class Wagon(Row):
    """A wagon of a train."""

    table = "wagons"

    id: Id = Field(description="name or number of the wagon")
    train: Annotated[Id, Ref("trains")] = Field(description="train it runs in")
    order: int = Field(ge=1, le=10_000, description="place in the train, counted along the yard from its beginning")
    model: Annotated[Id, Ref("models")] = Field(description="what kind it is")


class Departure(Row):
    """A booked departure of a train."""

    table = "departures"

    id: Id = Field(description="name of the departure")
    train: Annotated[Id, Ref("trains")] = Field(description="train that is to leave; one departure a train")
    due: Moment = Field(description="when it must be ready")
    weight: Positive = Field(default=1.0, description="weight of its tardiness")
    destinations: Annotated[tuple[Id, ...], SPACED] = Field(
        default=(), description="destinations of the containers it takes; outbound trains must have one"
    )


class Box(Row):
    """A container to be transferred, and where it stands."""

    table = "boxes"

    id: Id = Field(description="container number, ISO 6346")
    size_type: str = Field(description="size-type code, ISO 6346, such as 22G1 or 45R1; 20, 40 and 45 ft are handled")
    mass_t: Tonnes = Field(description="gross mass")
    destination: Id = Field(description="where it goes; see `departures`")
    wagon: Annotated[Id, Ref("wagons")] = Field(description="wagon of an inbound train on which it comes")
    slot: int = Field(ge=1, le=60, description="slot of that wagon")
    dg_class: DangerClass | None = Field(
        default=None, description="class or division of dangerous goods; none: not dangerous"
    )
    reefer: bool = Field(default=False, description="whether it must have power")
    released: Moment | None = Field(
        default=None,
        description="when customs releases it; before, it may be put into the yard but not on a train; none: at once",
    )

    @cached_property
    def size(self) -> SizeType:
        """What its size-type code says."""
        return size_type(self.size_type)


class Track(Row):
    """The usable part of a track under the cranes."""

    table = "tracks"

    id: Id = Field(description="name of the track")
    gauge_mm: Gauge = Field(description="its gauge")
    y_m: Metres = Field(description="position across the yard")
    from_m: Metres = Field(description="where it begins, along the yard")
    to_m: Metres = Field(description="where it ends")
    clear_s: ShortTime = Field(
        default=0.0, description="time from a train's leaving to the next one's entering the same stretch"
    )
    source: Source


class Crane(Row):
    """A gantry crane over all tracks and the yard; cranes share their rails and cannot pass each other."""

    table = "cranes"

    id: Id = Field(description="name of the crane")
    x_m: Metres = Field(description="where its centre is at the start, along the yard")
    y_m: Metres = Field(default=0.0, description="where its trolley is at the start, across the yard")
    from_m: Metres = Field(description="least position of its centre")
    to_m: Metres = Field(description="greatest position of its centre")
    gantry_empty_m_per_s: Speed = Field(description="speed along the yard without a container")
    gantry_loaded_m_per_s: Speed = Field(description="speed along the yard with a container")
    trolley_m_per_s: Speed = Field(description="speed across the yard")
    pick_s: ShortTime = Field(description="time to lower the spreader, lock and lift")
    drop_s: ShortTime = Field(description="time to lower, unlock and lift the spreader")
    lift_t: Tonnes = Field(description="greatest mass of a container it lifts")
    safety_m: Annotated[NotNegative, Unit("m")] = Field(
        description="least distance of its centre from that of the next crane; of two neighbours the larger counts"
    )
    source: Source


class YardSlot(Row):
    """A place in the yard where containers of one length stand on each other."""

    table = "yard"

    id: Id = Field(description="name of the slot")
    x_m: Metres = Field(description="its centre along the yard")
    y_m: Metres = Field(description="its centre across the yard")
    length_ft: LengthFt = Field(description="length of the containers it takes")
    levels: int = Field(default=1, ge=1, le=10, description="containers that may stand on each other")
    power: bool = Field(default=False, description="whether it supplies reefers with power")
    source: Source


RuleKind = Literal[
    "box_mass", "boxes_mass", "wagon_gross", "axle_load", "bogie_difference", "end_difference", "pair_difference",
    "triple_difference", "triple_sum", "danger_from_ends", "danger_apart", "reefer_reach",
]  # fmt: skip


class Rule(Row):
    """A rule of loading; docs/transfer.md says what each kind asks."""

    table = "rules"

    id: Id = Field(description="name of the rule")
    kind: RuleKind = Field(description="what it asks")
    gauge_mm: Gauge | None = Field(default=None, description="only for wagons of this gauge; none: all")
    model: Annotated[Id | None, Ref("models")] = Field(
        default=None, description="only for wagons of this model; none: all"
    )
    length_ft: LengthFt | None = Field(default=None, description="only for containers of this length; none: all")
    over_t: Annotated[NotNegative, Unit("t")] = Field(
        default=0.0, description="only where the wagon's containers weigh more together"
    )
    up_to_t: Annotated[Positive | None, Unit("t")] = Field(default=None, description="and at most this; none: no limit")
    classes: Groups = Field(
        default=(), description="dangerous goods concerned: classes or divisions; `1` stands for 1.1 to 1.6"
    )
    other_classes: Groups = Field(
        default=(), description="dangerous goods that must be kept apart from them; none: all"
    )
    limit_t: Annotated[NotNegative | None, Unit("t")] = Field(
        default=None, description="greatest mass or difference of masses"
    )
    limit_wagons: Times | None = Field(default=None, description="number of wagons")
    source: Source


class Outage(Row):
    """A time in which a crane begins no move with a container; what it has begun it finishes, and it can be run aside."""

    table = "outages"
    keyed = False

    crane: Annotated[Id, Ref("cranes")] = Field(description="crane that is down")
    begin: Moment | None = Field(default=None, description="since when; none: since the start")
    end: Moment | None = Field(default=None, description="until when; none: for good")


class Load(Row):
    """Where a container stands when its outbound train leaves."""

    table = "loads"
    keyed = False

    box: Annotated[Id, Ref("boxes")] = Field(description="container")
    wagon: Annotated[Id, Ref("wagons")] = Field(description="wagon of an outbound train")
    slot: int = Field(ge=1, le=60, description="slot of that wagon")


class Move(Row):
    """A crane carries a container, or goes somewhere without one.

    With a container: the crane leaves where it is at `begin_s`, is over `from_place` at the latest at `pick_s`, lowers and lifts,
    waits there, goes so as to be over `to_place` at `drop_s`, lowers and lifts, and is free at `end_s`.
    """

    table = "moves"
    keyed = False

    crane: Annotated[Id, Ref("cranes")] = Field(description="crane that does it")
    box: Annotated[Id | None, Ref("boxes")] = Field(
        default=None, description="container; none: the crane goes empty to `x_m`"
    )
    from_place: str = Field(default="", description="`wagon:slot`, or a slot of the yard")
    to_place: str = Field(default="", description="`wagon:slot`, or a slot of the yard")
    x_m: Metres | None = Field(default=None, description="where a crane without a container goes")
    begin_s: Seconds = Field(description="when the crane begins to go to the container, or to `x_m`")
    pick_s: Seconds | None = Field(default=None, description="when it begins to lower for the container")
    drop_s: Seconds | None = Field(default=None, description="when it begins to lower the container")
    end_s: Seconds = Field(description="when it is done")


class Begun(Move):
    """A move that had begun when the shift was planned anew (`now`): it stands in the plan as it is here."""

    table = "begun"


class JobHeader(PackageHeader):
    """`job.toml`: what the job is, and when its clock starts."""

    start: Moment = Field(description="when the clock starts: plans count seconds from here")
    now: Moment | None = Field(
        default=None,
        description="how far the shift has gone: what had begun stands in `begun`, nothing else begins before; none: not begun",
    )
    licence: str = Field(default="", description="terms of use of the data")
    description: str = Field(default="", description="what it is about")


_OF_JOB = (Model, Train, Wagon, Departure, Box, Track, Crane, YardSlot, Rule, Outage, Begun, SourceRow)
JOB = Schema("job", JobHeader, {row.table: row for row in _OF_JOB})
"""The tables of a job."""


class Parking(Row):
    """Where a train stands, and when."""

    table = "parking"
    keyed = False

    train: Annotated[Id, Ref("trains")] = Field(description="train; each stands once")
    track: Annotated[Id, Ref("tracks")] = Field(description="track of its gauge")
    offset_m: Annotated[NotNegative, Unit("m")] = Field(description="from the track's beginning to the train's")
    from_s: Seconds = Field(description="when it has come")
    until_s: Seconds = Field(description="when it may leave")


class Leftover(Row):
    """A container that no outbound train takes, and why."""

    table = "leftover"
    keyed = False

    box: Annotated[Id, Ref("boxes")] = Field(description="container")
    reason: str = Field(description="why")


class PlanHeader(PackageHeader):
    """`plan.toml`: whose plan it is."""

    job: Id = Field(description="id of the job it is a plan for")
    method: str = Field(default="", description="how it was made")
    licence: str = Field(default="", description="terms of use of the data")


PLAN = Schema("plan", PlanHeader, {row.table: row for row in (Load, Move, Parking, Leftover)})
"""The tables of a plan."""
