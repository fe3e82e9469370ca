"""From a job to what is annealed and back: where trains stand, what cranes could do, and the plan that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jibek.transfer import tables as t
from jibek.transfer._anneal import OVERLAP, Course, Flags, Floats, Ints, State, Tasks
from jibek.transfer._groups import group_of, groups, middles_m
from jibek.transfer._job import Job
from jibek.transfer._loading import overlap
from jibek.transfer._matching import Matching, Place
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Rails
from jibek.transfer._travel import Yard, begins_m

_DEAR_S = (45.0, 70.0, 120.0, np.inf)
"""How long carrying a box may take: the first limit with which boxes can be matched is taken."""


@dataclass(frozen=True)
class Layout:
    """Trains that stand on tracks of their own, and what cranes are to do.

    Parameters
    ----------
    job
        The job.
    boxes, places
        By number, as in the tasks.
    parking
        Where trains stand; until when does not count.
    tasks
        What is annealed.
    start
        To begin with: boxes in order, as many for each crane.
    """

    job: Job
    boxes: Sequence[t.Box]
    places: Sequence[Place]
    parking: Mapping[str, t.Parking]
    tasks: Tasks
    start: State

    def plan(self, state: State, course: Course) -> Plan:
        """Write down what cranes do in a state, and trains stay until they are not needed any more."""
        cranes = Rails(tuple(self.job.cranes.values())).cranes
        until = {train: stay.from_s for train, stay in self.parking.items()}
        moves, loads = [], []
        for k, crane in enumerate(cranes):
            for b in state.order[k, : state.load[k]]:
                box, to = self.boxes[b], self.places[state.place[b]]
                loads.append(t.Load(box=box.id, wagon=to.wagon, slot=to.number))
                pick, end = float(course.pick[b]), float(course.end[b])
                moves.append(
                    t.Move(
                        crane=crane.id, box=box.id, from_place=f"{box.wagon}:{box.slot}", to_place=f"{to.wagon}:{to.number}",
                        begin_s=float(course.leave[b]), pick_s=pick, drop_s=float(course.drop[b]), end_s=end,
                    )
                )  # fmt: skip
                for train, time in ((self.job.wagons[box.wagon].train, pick + crane.pick_s), (to.train, end)):
                    until[train] = max(until[train], time)
        parking = [stay.model_copy(update={"until_s": until[train]}) for train, stay in self.parking.items()]
        header = t.PlanHeader(id=self.job.header.id, schema_version=1, job=self.job.header.id, method="search")
        moves.sort(key=lambda move: move.begin_s)
        return Plan.of(header, {"loads": loads, "moves": moves, "parking": parking, "leftover": []})


def lay_out(job: Job, plan: Plan, begins: Mapping[str, float]) -> Layout | None:
    """Lay out a job for annealing; None if trains share tracks, or a box cannot go straight to its train.

    Parameters
    ----------
    job
        Checked.
    plan
        The rule's: trains stand on the tracks it chose, and boxes where it put them, if no better places are found.
    begins
        Where trains begin, relative to each other, so that boxes are carried little.
    """
    tracks = {stay.train: stay.track for stay in plan.parking}
    if plan.leftover or len(set(tracks.values())) < len(tracks) or not job.boxes:
        return None
    boxes = list(job.boxes.values())
    matching = Matching(job, boxes, [one for one in tracks if job.trains[one].role == "outbound"])
    at = _begins(job, tracks, begins)
    yard = Yard(job, matching)
    cost = yard.cost_s([(at[train],) * 2 for train in yard.trains])
    found = next((one for dear in _DEAR_S if (one := matching.best(cost, dear)).places), None)
    chosen = (
        {box: matching.places.index(place) for box, place in found.places.items()} if found else _loaded(matching, plan)
    )
    tasks = _tasks(job, matching, tracks, at)
    start = _start(tasks, [chosen[box.id] for box in boxes])
    parking = {
        train: t.Parking(
            train=train, track=track, offset_m=at[train] - job.tracks[track].from_m,
            from_s=job.seconds(job.trains[train].arrival), until_s=0.0,
        )
        for train, track in tracks.items()
    }  # fmt: skip
    return Layout(job, boxes, matching.places, parking, tasks, start) if start else None


def _loaded(matching: Matching, plan: Plan) -> dict[str, int]:
    number = {(place.wagon, place.number): n for n, place in enumerate(matching.places)}
    return {load.box: number[load.wagon, load.slot] for load in plan.loads}


def _begins(job: Job, tracks: Mapping[str, str], begins: Mapping[str, float]) -> dict[str, float]:
    """Say where trains begin: each group is moved to the middle of where the cranes are, as far as tracks allow."""
    at: dict[str, float] = {}
    centre = sum(crane.x_m for crane in job.cranes.values()) / len(job.cranes)
    for trains in groups(job).values():
        here = [train.id for train in trains if train.id in tracks]
        spans = {train: begins_m(job, train, tracks[train]) for train in here}
        wish = {train: begins.get(train, 0.0) for train in here}
        ends = [x + sum(job.models[w.model].length_m for w in job.rakes[train]) for train, x in wish.items()]
        low = max((spans[train][0] - wish[train] for train in here), default=0.0)
        high = min((spans[train][1] - wish[train] for train in here), default=0.0)
        shift = min(max(centre - (min(wish.values()) + max(ends)) / 2, low), high) if here else 0.0
        at |= {train: min(max(wish[train] + shift, spans[train][0]), spans[train][1]) for train in here}
    return at


def _tasks(job: Job, matching: Matching, tracks: Mapping[str, str], at: Mapping[str, float]) -> Tasks:
    middles, boxes, places = dict(middles_m(job)), matching.boxes, matching.places
    rails = Rails(tuple(job.cranes.values()))
    wagons = [job.wagons[box.wagon] for box in boxes]
    slots = [job.models[w.model].places[box.slot - 1] for w, box in zip(wagons, boxes, strict=True)]
    px = np.array([at[w.train] + middles[w.id] + slot.centre_m for w, slot in zip(wagons, slots, strict=True)])
    qx = np.array([at[place.train] + place.x_m for place in places])
    names = list(dict.fromkeys(place.train for place in places))
    arrival = {train.id: job.seconds(train.arrival) for train in job.trains.values()}
    turns = {group: n for n, group in enumerate(groups(job))}
    due = [
        (names.index(one.train), job.seconds(one.due), float(one.weight))
        for one in job.departures.values() if one.train in names
    ]  # fmt: skip
    first = np.array([next(n for n, one in enumerate(places) if one.wagon == place.wagon) for place in places])
    last = np.array([first[n] + sum(one.wagon == place.wagon for one in places) for n, place in enumerate(places)])
    table, bad = _tables(job, matching, first, last)
    may = np.zeros((len(boxes), len(places)), dtype=np.bool_)
    for b, p in matching.pairs:
        may[b, p] = not matching.fault(b, p)
    held = [job.seconds(box.released) if box.released else 0.0 for box in boxes]
    ready = [max(arrival[w.train], release) for w, release in zip(wagons, held, strict=True)]
    return Tasks(
        px=px,
        py=np.array([job.tracks[tracks[w.train]].y_m for w in wagons]),
        ready=np.array(ready),
        group=np.array([turns[group_of(job.trains[w.train])] for w in wagons]),
        may=may,
        lifts=_lifts(rails, boxes, px),
        reaches=np.array([[rails.reaches(k, x) for x in qx] for k in range(len(rails.cranes))]),
        fixed=np.array([box.dg_class is not None for box in boxes]),
        qx=qx,
        qy=np.array([job.tracks[tracks[place.train]].y_m for place in places]),
        come=np.array([arrival[place.train] for place in places]),
        train=np.array([names.index(place.train) for place in places]),
        first=first,
        last=last,
        table=table,
        bad=bad,
        cranes=np.array([
            (c.x_m, c.y_m, c.gantry_empty_m_per_s, c.gantry_loaded_m_per_s, c.trolley_m_per_s, c.pick_s, c.drop_s)
            for c in rails.cranes
        ]),
        gaps=np.array([*rails.gaps_m, 0.0]),
        begin=np.array([min(arrival[train.id] for train in trains) for trains in groups(job).values()]),
        of_due=np.array([n for n, _, _ in due], dtype=np.int64),
        due=np.array([time for _, time, _ in due]),
        weight=np.array([weight for _, _, weight in due]),
    )  # fmt: skip


def _lifts(rails: Rails, boxes: Sequence[t.Box], px: Floats) -> Flags:
    """Say which crane can lift a box where it stands."""
    return np.array([
        [box.mass_t <= crane.lift_t and rails.reaches(k, x) for k, crane in enumerate(rails.cranes)]
        for box, x in zip(boxes, px, strict=True)
    ])  # fmt: skip


def _tables(job: Job, matching: Matching, first: Ints, last: Ints) -> tuple[Ints, Flags]:
    """Say of two places of a wagon that they overlap, or in which table it stands which boxes may not share them."""
    wide = int((last - first).max())
    table = np.full((len(first), wide), OVERLAP, dtype=np.int64)
    tables: dict[int, int] = {}
    bad: list[Flags] = []
    for p in range(len(first)):
        for q in range(p + 1, last[p]):
            if overlap(matching.places[p].slot, matching.places[q].slot):
                continue
            faults = matching.together(p, q)
            if id(faults) not in tables:
                tables[id(faults)] = len(bad)
                bad.append(faults)
            table[p, q - first[p]] = tables[id(faults)]
    return table, np.array(bad) if bad else np.zeros((1, len(matching.boxes), len(matching.boxes)), dtype=np.bool_)


def _start(tasks: Tasks, places: Sequence[int]) -> State | None:
    """Give each crane as many boxes, from left to right; None if no crane can carry one of them."""
    boxes, cranes = len(tasks.px), len(tasks.cranes)
    order, count = np.zeros((cranes, boxes), dtype=np.int64), np.zeros(cranes, dtype=np.int64)
    for n, b in enumerate(np.argsort(tasks.px, kind="stable")):
        can = np.flatnonzero(tasks.lifts[b])
        if not len(can):
            return None
        k = min(can, key=lambda k: abs(k - n * cranes // boxes))
        order[k, count[k]] = b
        count[k] += 1
    box = np.full(len(tasks.qx), -1, dtype=np.int64)
    for b, p in enumerate(places):
        box[p] = b
    return State(order, count, np.zeros(boxes), np.array(places, dtype=np.int64), box)
