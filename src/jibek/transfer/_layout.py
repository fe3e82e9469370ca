"""From a job to what is annealed and back: where trains stand, what cranes could do, and the plan that comes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from jibek.transfer import tables as t
from jibek.transfer._anneal import DROP, END, LIFT, OVERLAP, PICK, Course, Flags, Floats, Ints, State, Tasks, empty_course, run
from jibek.transfer._groups import group_of, groups, middles_m
from jibek.transfer._job import Job
from jibek.transfer._loading import overlap
from jibek.transfer._matching import Matching, Share
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Rails
from jibek.transfer._travel import Yard, begins_m

_DEAR_S = (35.0, 60.0, 120.0, np.inf)
"""How long carrying a box may take: the first limit with which boxes can be matched is taken."""

_NEAR, _NEAR_M_PER_S = 16, 0.1
"""How many boxes are near a box, and how far apart are boxes whose turns come so long after each other."""

_MOVE_S = 115.0
"""Time a crane takes for a box, about: what says whose turn comes when, to begin with."""


@dataclass(frozen=True)
class Layout:
    """Trains on their tracks, and what cranes are to do.

    Parameters
    ----------
    job
        The job.
    matching, yard
        Boxes and places by number, as in the tasks, and how far apart they are.
    trains
        By number, as in the tasks.
    tracks
        The trains that stand on each track, one after the other.
    left
        Boxes that are left over.
    tasks
        What is annealed; `fit` says when trains that share a track can come.
    loaded, at
        Where the rule puts boxes; where trains begin, to begin with.
    """

    job: Job
    matching: Matching
    yard: Yard
    trains: Sequence[str]
    tracks: Mapping[str, Sequence[int]]
    left: Sequence[t.Leftover]
    tasks: Tasks
    loaded: Ints
    at: Floats

    def start(self, turn: int) -> State | None:
        """Begin with boxes in order, as many for each crane, where some have one more than others: they take turns.

        None if no crane can lift one of them.
        """
        cranes = _zones(self.tasks, self.at, turn)
        if cranes is None:
            return None
        state = _state(self.tasks, cranes, self.loaded, self.at)
        self.match(state)
        return state

    def match(self, state: State) -> None:
        """Find places with which the cranes are done earlier, if they carry the boxes they do; else nothing changes."""
        run(self.tasks, state, course := empty_course(self.tasks))
        cost = self.yard.cost_s([(x, x) for x in (state.at[self.trains.index(train)] for train in self.yard.trains)])
        shares = list(_shares(self.tasks, state, course))
        found = next(filter(None, (self.matching.best(cost, dear, shares) for dear in _DEAR_S)), None)
        if found:
            state.place[:], state.box[:] = found, -1
            state.box[found] = np.arange(len(found))

    def fit(self, state: State, course: Course) -> None:
        """Let each train come when the one before it on its track has gone in a state, and be gone before the next one comes."""
        tasks = self.tasks
        tasks.gone[:] = np.inf
        for _ in range(len(self.trains)):
            run(tasks, state, course)
            before = tasks.comes.copy()
            for track, trains in self.tracks.items():
                for one, other in pairwise(trains):
                    clear = self.job.tracks[track].clear_s
                    arrival = self.job.seconds(self.job.trains[self.trains[other]].arrival)
                    tasks.comes[other] = max(arrival, course.until[one] + clear)
                    tasks.gone[one] = tasks.comes[other] - clear
            if np.array_equal(before, tasks.comes):
                break

    def plan(self, state: State, course: Course) -> Plan:
        """Write down what cranes do in a state, and trains stay until they are not needed any more."""
        moves, loads = [], []
        for k, crane in enumerate(Rails(tuple(self.job.cranes.values())).cranes):
            for n, b in enumerate(state.order[k, : state.load[k]]):
                box, to = self.matching.boxes[b], self.matching.places[state.place[b]]
                leave, _, _, drop, end, pick = (float(time) for time in course.moves[k, n, : PICK + 1])
                loads.append(t.Load(box=box.id, wagon=to.wagon, slot=to.number))
                moves.append(
                    t.Move(
                        crane=crane.id, box=box.id, from_place=f"{box.wagon}:{box.slot}", to_place=f"{to.wagon}:{to.number}",
                        begin_s=leave, pick_s=pick, drop_s=drop, end_s=end,
                    )
                )  # fmt: skip
        parking = [
            t.Parking(
                train=self.trains[n], track=track, offset_m=float(state.at[n]) - self.job.tracks[track].from_m,
                from_s=float(self.tasks.comes[n]), until_s=float(course.until[n]),
            )
            for track, trains in self.tracks.items() for n in trains
        ]  # fmt: skip
        header = t.PlanHeader(id=self.job.header.id, schema_version=1, job=self.job.header.id, method="search")
        moves.sort(key=lambda move: move.begin_s)
        return Plan.of(header, {"loads": loads, "moves": moves, "parking": parking, "leftover": self.left})


def lay_out(job: Job, plan: Plan, begins: Mapping[str, float]) -> Layout | None:
    """Lay out a job for annealing; None if a box cannot go straight to its train.

    Parameters
    ----------
    job
        Checked.
    plan
        The rule's: trains stand on the tracks it chose, in that order, and boxes where it put them, if no better places are
        found.
    begins
        Where trains begin, relative to each other, so that boxes are carried little.
    """
    boxes = [job.boxes[load.box] for load in plan.loads]
    if not boxes:
        return None
    stays = sorted(plan.parking, key=lambda stay: stay.from_s)
    track_of = {stay.train: stay.track for stay in stays}
    matching = Matching(job, boxes, [train for train in track_of if job.trains[train].role == "outbound"])
    at = _begins(job, track_of, begins)
    yard = Yard(job, matching)
    number = {(place.wagon, place.number): n for n, place in enumerate(matching.places)}
    loaded = np.array([number[load.wagon, load.slot] for load in plan.loads])
    trains = list(track_of)
    begin = np.array([at[train] for train in trains])
    tasks = _tasks(job, matching, track_of, plan)
    tasks = tasks._replace(near=_near(tasks, begin))
    tracks: dict[str, list[int]] = defaultdict(list)
    for n, train in enumerate(trains):
        tracks[track_of[train]].append(n)
    return Layout(job, matching, yard, trains, tracks, plan.leftover, tasks, loaded, begin)



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


def _tasks(job: Job, matching: Matching, track_of: Mapping[str, str], plan: Plan) -> Tasks:
    middles, boxes, places = dict(middles_m(job)), matching.boxes, matching.places
    rails = Rails(tuple(job.cranes.values()))
    number = {train: n for n, train in enumerate(track_of)}
    wagons = [job.wagons[box.wagon] for box in boxes]
    slots = [job.models[w.model].places[box.slot - 1] for w, box in zip(wagons, boxes, strict=True)]
    first = np.array([next(n for n, one in enumerate(places) if one.wagon == place.wagon) for place in places])
    last = np.array([first[n] + sum(one.wagon == place.wagon for one in places) for n, place in enumerate(places)])
    table, bad = _tables(job, matching, first, last)
    may = np.zeros((len(boxes), len(places)), dtype=np.bool_)
    for b, p in matching.pairs:
        may[b, p] = not matching.fault(b, p)
    spans = [begins_m(job, train, track) for train, track in track_of.items()]
    turns = {group: n for n, group in enumerate(groups(job))}
    booked = {departure.train: departure for departure in job.departures.values()}
    comes = {stay.train: stay.from_s for stay in plan.parking}
    models = {model: n for n, model in enumerate(job.models)}
    inbound = np.array([number[w.train] for w in wagons])
    ready = np.array([job.seconds(box.released) if box.released else 0.0 for box in boxes])
    along = np.array([middles[w.id] + slot.centre_m for w, slot in zip(wagons, slots, strict=True)])
    return Tasks(
        along=along,
        inbound=inbound,
        ready=ready,
        near=np.zeros((len(boxes), 0), dtype=np.int64),
        may=may,
        lifts=np.array([[box.mass_t <= crane.lift_t for crane in rails.cranes] for box in boxes]),
        fixed=np.array([box.dg_class is not None for box in boxes]),
        place_along=np.array([place.x_m for place in places]),
        outbound=np.array([number[place.train] for place in places]),
        first=first,
        last=last,
        model=np.array([models[place.model.id] for place in places]),
        table=table,
        bad=bad,
        y=np.array([job.tracks[track].y_m for track in track_of.values()]),
        low=np.array([low for low, _ in spans]),
        high=np.array([high for _, high in spans]),
        comes=np.array([comes[train] for train in track_of]),
        gone=np.full(len(track_of), np.inf),
        group=np.array([turns[group_of(job.trains[train])] for train in track_of]),
        due=np.array([job.seconds(booked[train].due) if train in booked else np.inf for train in track_of]),
        weight=np.array([float(booked[train].weight) if train in booked else 0.0 for train in track_of]),
        cranes=np.array([
            (c.x_m, c.y_m, c.gantry_empty_m_per_s, c.gantry_loaded_m_per_s, c.trolley_m_per_s, c.pick_s, c.drop_s, *rails.reach_m(k))
            for k, c in enumerate(rails.cranes)
        ]),
        gaps=np.array([*rails.gaps_m, 0.0]),
        begin=np.array([min(job.seconds(train.arrival) for train in trains) for trains in groups(job).values()]),
    )  # fmt: skip


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


def _zones(tasks: Tasks, at: Floats, turn: int) -> Ints | None:
    """Give each crane as many boxes of each group, from left to right; those that have one more take turns."""
    boxes, cranes = len(tasks.along), len(tasks.cranes)
    group, x = tasks.group[tasks.inbound], at[tasks.inbound] + tasks.along
    sizes, counts = np.bincount(group), np.zeros(len(tasks.begin), dtype=np.int64)
    zones = np.zeros(boxes, dtype=np.int64)
    for b in np.argsort(x, kind="stable"):
        g, can = group[b], np.flatnonzero(tasks.lifts[b])
        if not len(can):
            return None
        more = [(k - turn - g) % cranes < sizes[g] % cranes for k in range(cranes)]
        zone = np.searchsorted(np.cumsum(sizes[g] // cranes + np.array(more)), counts[g], side="right")
        counts[g] += 1
        zones[b] = min(can, key=lambda k: abs(k - zone))
    return zones


def _state(tasks: Tasks, cranes: Ints, places: Ints, at: Floats) -> State:
    """Let cranes carry their boxes group by group, from left to right."""
    boxes, turn = len(cranes), _turns(tasks)
    order, load = np.zeros((len(tasks.cranes), boxes), dtype=np.int64), np.zeros(len(tasks.cranes), dtype=np.int64)
    for b in np.lexsort((at[tasks.inbound] + tasks.along, turn)):
        order[cranes[b], load[cranes[b]]] = b
        load[cranes[b]] += 1
    box = np.full(len(tasks.outbound), -1, dtype=np.int64)
    box[places] = np.arange(boxes)
    return State(order, load, cranes.copy(), np.zeros_like(cranes), np.zeros(boxes), places.copy(), box, at.copy())


def _shares(tasks: Tasks, state: State, course: Course) -> Iterator[Share]:
    """Say what each crane does for each group, and when it would be done with it if carrying took no time."""
    for k, load in enumerate(state.load):
        boxes, moves = state.order[k, :load], course.moves[k, :load]
        group = tasks.group[tasks.inbound[boxes]]
        for g in np.unique(group):
            of = moves[group == g]
            other_s = of[-1, END] - (of[:, DROP] - of[:, LIFT]).sum()
            yield Share(int(g), boxes[group == g].tolist(), float(other_s))


def _near(tasks: Tasks, at: Floats) -> Ints:
    """List the boxes that are nearest to each box in where and when, as trains stand to begin with."""
    x, turn = at[tasks.inbound] + tasks.along, _turns(tasks)
    far = np.abs(x[:, None] - x) + _NEAR_M_PER_S * np.abs(turn[:, None] - turn)
    np.fill_diagonal(far, np.inf)
    nearest: Ints = np.argsort(far, axis=1, kind="stable")[:, : max(1, min(_NEAR, len(x) - 1))]
    return nearest


def _turns(tasks: Tasks) -> Floats:
    """Say about when the turn of each box comes: groups one after the other, as they arrive, and not before it is released."""
    group, turns, time = tasks.group[tasks.inbound], np.zeros(len(tasks.begin)), 0.0
    for g, begin in enumerate(tasks.begin):
        turns[g] = max(time, begin)
        time = turns[g] + _MOVE_S * np.count_nonzero(group == g) / len(tasks.cranes)
    found: Floats = np.maximum(turns[group], tasks.ready)
    return found
