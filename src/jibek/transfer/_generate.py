"""Jobs made by a seed: the train sets that are common where gauges meet."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeVar

from jibek.tables import Known, Problem, Row, SourceRow, read_package, unresolved
from jibek.transfer import tables as t
from jibek.transfer._iso6346 import check_digit
from jibek.transfer._job import Job

Family = Literal["pair", "merge", "split", "day"]
FAMILIES: tuple[Family, ...] = ("pair", "merge", "split", "day")

START = datetime(2026, 1, 1)
NARROW, BROAD = 1435, 1520
_PAIRS = 20
_TRACKS_A_DAY = 3
_MOVE_S = 200.0
"""Time a crane takes for a box, about; due times and the spread of a day's arrivals come from it."""

_LATE_S, _CLEAR_S = 600.0, 600.0
"""How far trains of a group may come one after the other; time from one train to the next on a track, in a day."""

_MOST_CRANES = 10

_MOST_BOXES = 62
"""How many boxes an outbound train of a split has at most: as many as the longest trains seen have, below the 1300 t of the rules."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

T = TypeVar("T")


@dataclass(frozen=True)
class Mix:
    """Shares of the boxes of a job.

    Parameters
    ----------
    short, long
        Of 20 ft, and of 45 ft; the rest has 40 ft.
    empty, danger, reefer, held
        Empty, with dangerous goods, in need of power, held by customs.
    """

    short: float
    long: float
    empty: float
    danger: float
    reefer: float
    held: float

    @classmethod
    def drawn(cls, rng: random.Random) -> Mix:
        """Draw shares within the usual limits."""
        limits = {"short": (0.1, 0.3), "long": (0, 0.06), "empty": (0, 0.2), "danger": (0, 0.05), "reefer": (0, 0.1)}
        drawn = {name: rng.uniform(*between) for name, between in limits.items()}
        return cls(**drawn, held=rng.uniform(0, 0.15))


@dataclass(frozen=True)
class _Group:
    """Trains worked together: so many boxes on each inbound train, to so many outbound trains."""

    gauge: int
    inbound: tuple[int, ...]
    outbound: int

    @property
    def other_gauge(self) -> int:
        return NARROW + BROAD - self.gauge


@dataclass
class _Draft:
    """The rows of a job that is being made."""

    rng: random.Random
    trains: list[t.Train] = field(default_factory=list)
    wagons: list[t.Wagon] = field(default_factory=list)
    departures: list[t.Departure] = field(default_factory=list)
    boxes: list[t.Box] = field(default_factory=list)

    def add_train(self, train: t.Train, models: Sequence[str]) -> None:
        self.trains.append(train)
        self.wagons += [
            t.Wagon(id=f"{train.id}-{n:02}", train=train.id, order=n, model=model) for n, model in enumerate(models, 1)
        ]


def generate(
    family: Family,
    size: int,
    *,
    seed: int,
    cranes: int = 3,
    parking: Literal["free", "fixed"] = "free",
    **shares: float,
) -> Job:
    """Make a job.

    Parameters
    ----------
    family
        `pair`: one train of 1435 mm to one of 1520 mm. `merge`: two trains to one, or, with more than 82 boxes, three to
        two. `split`: two trains of 1520 mm to three of 1435 mm; more, if those would have more than 62 boxes. `day`: 20
        pairs, every other one from 1520 to 1435 mm, on three tracks of each gauge.
    size
        Number of boxes.
    seed
        The same arguments give the same job.
    cranes
        Number of cranes.
    parking
        Whether trains may stand anywhere, or must stand at the beginning of a given track.
    **shares
        Shares of boxes, see `Mix`; those not given are drawn by the seed.

    Raises
    ------
    ValueError
        If there are fewer boxes than inbound trains, more than trains have letters, or not 1 to 10 cranes.

    Examples
    --------
    >>> job = generate("merge", 123, seed=1)
    >>> len(job.trains), len(job.boxes), job == generate("merge", 123, seed=1)
    (5, 123, True)
    """
    groups = _groups(family, size)
    inbound = sum(len(group.inbound) for group in groups)
    if size < inbound:
        raise ValueError(f"{size} boxes are too few: the family {family} has {inbound} inbound trains")
    if max(group.outbound for group in groups) > len(_LETTERS):
        raise ValueError(f"{size} boxes are too many: a split has at most {len(_LETTERS) * _MOST_BOXES}")
    if not 1 <= cranes <= _MOST_CRANES:
        raise ValueError(f"from 1 to {_MOST_CRANES} cranes are possible, not {cranes}")
    rng = random.Random(f"{family} {size} {seed}")  # noqa: S311
    mix = replace(Mix.drawn(rng), **shares)
    draft = _Draft(rng)
    for number, (group, begin_s) in enumerate(zip(groups, _begins(groups, cranes, rng), strict=True), 1):
        _add_group(draft, group, number, begin_s, cranes, mix)
    header = t.JobHeader(
        id=f"{family}-{size}-{cranes}-{parking}-{seed}", title=f"{family}, {size} boxes, {cranes} cranes, seed {seed}",
        schema_version=1, start=START, licence="MIT",
    )  # fmt: skip
    return _in_a_yard(header, draft, groups, cranes, fixed=parking == "fixed")


def _in_a_yard(header: t.JobHeader, draft: _Draft, groups: Sequence[_Group], cranes: int, *, fixed: bool) -> Job:
    """Lay out a yard for trains, long enough for the longest of them."""
    standard = _standard()
    longest = max(_length_m(draft, train, standard) for train in draft.trains)
    length_m = max(850.0, 10 * math.ceil((longest + 60) / 10))
    tracks = _tracks(groups, length_m)
    used = {wagon.model for wagon in draft.wagons}
    rows: dict[str, Sequence[Row]] = {
        "models": [model for name, model in standard.models.items() if name in used],
        "trains": list(_fixed(draft, tracks, standard)) if fixed else draft.trains,
        "wagons": draft.wagons,
        "departures": draft.departures,
        "boxes": draft.boxes,
        "tracks": tracks,
        "cranes": _cranes(standard.cranes["C"], cranes, length_m),
        "yard": list(_yard(length_m)),
        "rules": [rule for rule in standard.rules.values() if rule.model is None or rule.model in used],
    }
    return Job.of(header, rows | {"sources": _named_sources(standard, rows)})


def _standard() -> Job:
    """Read the wagons, rules and sources that jobs are made of."""

    def check(job: Job, known: Known) -> Iterator[Problem]:
        return unresolved(job, known)

    return read_package(Job, Path(str(files("jibek"))) / "transfer" / "standard", check)


def _named_sources(standard: Job, rows: dict[str, Sequence[Row]]) -> list[SourceRow]:
    named = {getattr(row, "source", None) for table in rows.values() for row in table}
    return [source for source in standard.sources.values() if source.id in named]


def _groups(family: Family, size: int) -> list[_Group]:
    if family == "pair":
        return [_Group(NARROW, (size,), 1)]
    if family == "merge":
        return [_Group(NARROW, _parts(size, 2), 1) if size <= 82 else _Group(NARROW, _parts(size, 3), 2)]
    if family == "split":
        trains = max(3, math.ceil(size / _MOST_BOXES))
        return [_Group(BROAD, _parts(size, trains * 2 // 3), trains)]
    gauges = (NARROW, BROAD)
    return [_Group(gauges[n % 2], (part,), 1) for n, part in enumerate(_parts(size, _PAIRS))]


def _parts(size: int, number: int) -> tuple[int, ...]:
    """Split a number as evenly as it goes, larger parts first."""
    return tuple(size // number + (n < size % number) for n in range(number))


def _begins(groups: Sequence[_Group], cranes: int, rng: random.Random) -> list[float]:
    """Draw when groups arrive: cranes and tracks are to be in use three quarters of the time."""
    if len(groups) == 1:
        return [0.0]
    work = _MOVE_S * sum(sum(group.inbound) for group in groups) / cranes
    stays = (work + len(groups) * (_LATE_S + _CLEAR_S)) / _TRACKS_A_DAY
    spread = max(work, stays) / 0.75
    return [0.0, *sorted(rng.uniform(0, spread) for _ in groups[1:])]


def _add_group(draft: _Draft, group: _Group, number: int, begin_s: float, cranes: int, mix: Mix) -> None:
    rng, label, size = draft.rng, f"{number:02}", sum(group.inbound)
    lengths = iter(_lengths(size, mix, rng))
    seats: list[_Seat] = []
    for letter, part in zip(_LETTERS, group.inbound, strict=False):
        units = _shuffled(_units(group.gauge, [next(lengths) for _ in range(part)]), rng)
        train = t.Train(id=f"in-{label}{letter}", role="inbound", arrival=_arrival(begin_s, rng), group=label)
        draft.add_train(train, [model for model, _ in units])
        seats += [
            _Seat(f"{train.id}-{place:02}", slot, length)
            for place, (_, slots) in enumerate(units, 1)
            for slot, length in slots
        ]
    ends = [f"D{label}{letter}" for letter in _LETTERS[: group.outbound]]
    goals = _shuffled([ends[n % len(ends)] for n in range(size)], rng)
    boxes = list(_boxes(draft, seats, goals, begin_s, mix))
    draft.boxes += boxes
    for letter, end in zip(_LETTERS, ends, strict=False):
        train = t.Train(id=f"out-{label}{letter}", role="outbound", arrival=_arrival(begin_s, rng), group=label)
        draft.add_train(train, _outbound(group.other_gauge, [box for box in boxes if box.destination == end], rng))
        due = _moment(begin_s + 1800 + _MOVE_S * size / cranes * rng.uniform(1.2, 1.8))
        weight = rng.choice((1, 1, 2, 3))
        booked = t.Departure(id=f"dep-{label}{letter}", train=train.id, due=due, weight=weight, destinations=(end,))
        draft.departures.append(booked)


@dataclass(frozen=True)
class _Seat:
    """A slot of an inbound wagon, and the length of the box on it."""

    wagon: str
    slot: int
    length_ft: int


def _arrival(begin_s: float, rng: random.Random) -> datetime:
    """Draw when a train comes; the first group is there when the job starts."""
    return _moment(begin_s + rng.uniform(0, _LATE_S) if begin_s else 0.0)


def _moment(seconds: float) -> datetime:
    return START + timedelta(minutes=round(seconds / 60))


def _shuffled(things: Sequence[T], rng: random.Random) -> list[T]:
    return rng.sample(list(things), len(things))


def _lengths(size: int, mix: Mix, rng: random.Random) -> list[int]:
    short, long = round(mix.short * size), round(mix.long * size)
    return _shuffled([20] * short + [45] * long + [40] * (size - short - long), rng)


_UNITS: dict[int, dict[int, list[tuple[str, tuple[int, ...]]]]] = {
    NARROW: {20: [("X6K", (1, 2)), ("X6K", (1,))], 40: [("X6K", (3,))], 45: [("NX70A", (4,))]},
    BROAD: {
        20: [("13-9004", (1, 3)), ("13-9004", (2,))],
        40: [("13-6903", (5, 6)), ("13-N455", (3,))],
        45: [("13-470", (7,))],
    },
}
"""By gauge and length of the boxes: wagons and the slots of them that are used, the larger wagon first."""


def _units(gauge: int, lengths: Sequence[int]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Put boxes on wagons: the model of each wagon, and its slots in use with the lengths of the boxes."""
    units = []
    for length, choices in _UNITS[gauge].items():
        left = sum(one == length for one in lengths)
        for model, slots in choices:
            wagons, left = divmod(left, len(slots))
            units += [(model, [(slot, length) for slot in slots])] * wagons
    return units


def _outbound(gauge: int, boxes: Sequence[t.Box], rng: random.Random) -> list[str]:
    """Make up a train for boxes, with some room to spare, and with power every nine wagons if one of them needs it."""
    lengths = [box.size.length_ft for box in boxes]
    models = [model for model, _ in _units(gauge, lengths)]
    spare = [choices[0][0] for length, choices in _UNITS[gauge].items() if length != 45 or 45 in lengths]
    models = _shuffled(models + spare * (2 + len(models) // 20), rng)
    if any(box.reefer for box in boxes):
        powered = "X6K-G" if gauge == NARROW else "13-9004-G"
        for place in range(min(4, len(models)), len(models) + len(models) // 8 + 1, 9):
            models.insert(place, powered)
    return models


_TARES_T = {20: 2.25, 40: 3.9, 45: 4.8}
_LOADED_T = {20: (6.0, 24.0, 15.0), 40: (9.0, 25.0, 18.0), 45: (10.0, 27.0, 18.0)}
"""Gross masses: least, greatest, most frequent."""

_PLAIN = {20: ("22G1", "22U1"), 40: ("42G1", "45G1"), 45: ("L5G1",)}
_COLD = {20: "22R1", 40: "45R1"}
_DANGER: tuple[t.DangerClass, ...] = ("1.4", "2.1", "3", "3", "4.1", "6.1", "8", "9", "9")
_OWNERS = ("CSQU", "JBKU", "KZTU", "TCLU", "RZDU")


def _boxes(draft: _Draft, seats: Sequence[_Seat], goals: Sequence[str], begin_s: float, mix: Mix) -> Iterator[t.Box]:
    rng = draft.rng
    cold = set(_some(mix.reefer, [n for n, seat in enumerate(seats) if seat.length_ft in _COLD], len(seats), rng))
    rest = [n for n in range(len(seats)) if n not in cold]
    empty = set(_some(mix.empty, rest, len(seats), rng))
    danger = set(_some(mix.danger, [n for n in rest if n not in empty], len(seats), rng))
    held = set(_some(mix.held, range(len(seats)), len(seats), rng))
    for n, (seat, goal) in enumerate(zip(seats, goals, strict=True)):
        length = seat.length_ft
        prefix = f"{rng.choice(_OWNERS)}{100_000 + len(draft.boxes) + n:06}"
        yield t.Box(
            id=f"{prefix}{check_digit(prefix)}",
            size_type=_COLD[length] if n in cold else rng.choice(_PLAIN[length]),
            mass_t=_TARES_T[length] if n in empty else round(rng.triangular(*_LOADED_T[length]), 2),
            destination=goal,
            wagon=seat.wagon,
            slot=seat.slot,
            dg_class=rng.choice(_DANGER) if n in danger else None,
            reefer=n in cold,
            released=_moment(begin_s + rng.uniform(1200, 5400)) if n in held else None,
        )


def _some(share: float, among: Sequence[int], of: int, rng: random.Random) -> list[int]:
    """Choose a share of so many, among those that may be; a broken number is rounded at random, right on average."""
    return rng.sample(among, min(len(among), int(share * of + rng.random())))


def _length_m(draft: _Draft, train: t.Train, standard: Job) -> float:
    return sum(standard.models[wagon.model].length_m for wagon in draft.wagons if wagon.train == train.id)


_APART_M = 5.0
_LANE_M = 8.0
"""Distances across the yard: between tracks, and from a track to the lane of yard slots."""


def _tracks(groups: Sequence[_Group], length_m: float) -> list[t.Track]:
    """Lay the tracks of 1435 mm, the lane of the yard and the tracks of 1520 mm side by side."""
    if len(groups) > 1:
        numbers = {NARROW: _TRACKS_A_DAY, BROAD: _TRACKS_A_DAY}
    else:
        numbers = {groups[0].gauge: len(groups[0].inbound), groups[0].other_gauge: groups[0].outbound}
    below = [-_LANE_M - _APART_M * n for n in reversed(range(numbers[NARROW]))]
    above = [_LANE_M + _APART_M * n for n in range(numbers[BROAD])]
    return [
        t.Track(
            id=f"{letter}{n}", gauge_mm=gauge, y_m=y, from_m=0, to_m=length_m, clear_s=_CLEAR_S if len(groups) > 1 else 0, source="yard"
        )
        for letter, gauge, ys in (("N", NARROW, below), ("B", BROAD, above))
        for n, y in enumerate(ys, 1)
    ]  # fmt: skip


def _fixed(draft: _Draft, tracks: Sequence[t.Track], standard: Job) -> Iterator[t.Train]:
    """Give each train the next track of its gauge in turn."""
    turn = {NARROW: 0, BROAD: 0}
    models = {wagon.train: wagon.model for wagon in draft.wagons}
    for train in draft.trains:
        gauge = standard.models[models[train.id]].gauge_mm
        own = [track for track in tracks if track.gauge_mm == gauge]
        yield train.model_copy(update={"track": own[turn[gauge] % len(own)].id, "offset_m": 0.0})
        turn[gauge] += 1


def _cranes(pattern: t.Crane, number: int, length_m: float) -> list[t.Crane]:
    """Spread cranes evenly over the yard."""
    return [
        pattern.model_copy(
            update={"id": f"C{n + 1}", "x_m": (n + 0.5) * length_m / number, "from_m": 0.0, "to_m": length_m}
        )
        for n in range(number)
    ]


_BLOCK_M = 42.0
_BLOCK: tuple[tuple[float, t.Length], ...] = ((7.5, 45), (21.5, 40), (31.5, 20), (38.0, 20))
"""A stretch of the lane: centres of its slots and their lengths."""


def _yard(length_m: float) -> Iterator[t.YardSlot]:
    for block in range(int(length_m // _BLOCK_M)):
        for n, (x, length) in enumerate(_BLOCK, 1):
            yield t.YardSlot(
                id=f"Y{block + 1:02}{n}", x_m=block * _BLOCK_M + x, y_m=0, length_ft=length, levels=2,
                power=block % 2 == 0, source="yard",
            )  # fmt: skip
