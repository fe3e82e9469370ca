"""From a job to what is annealed and back: where trains stand, what cranes could do, and the plan that comes of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from jibek.transfer import tables as t
from jibek.transfer._course import (
    DROP,
    END,
    LIFT,
    OVERLAP,
    PICK,
    Course,
    Flags,
    Floats,
    Ints,
    State,
    Tasks,
    empty_course,
    run,
)
from jibek.transfer._frame import MOVE_S, Frame, following, frames
from jibek.transfer._groups import group_of, groups, middles_m
from jibek.transfer._job import Job
from jibek.transfer._load_columns import load_by_wagons
from jibek.transfer._load_search import load
from jibek.transfer._loading import overlap
from jibek.transfer._matching import LARGE, Matching, Share
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Rails
from jibek.transfer._start import start

_DEAR_S = (35.0, 60.0, 120.0, np.inf)
"""How long carrying a box may take: the first limit with which boxes can be matched is taken."""

_LOOKS = 11
"""How often the search for a load plan is asked for its best, 5,000 changes each time."""

_NEAR, _NEAR_M_PER_S = 16, 0.1
"""How many boxes are near a box, and how far apart are boxes whose turns come so long after each other."""


Following = tuple[int, int, float]


@dataclass(frozen=True)
class Layout:
    """Trains on their tracks, and what cranes are to do.

    Parameters
    ----------
    job
        The job.
    matching
        Boxes and places by number, as in the tasks.
    trains
        By number, as in the tasks.
    tracks
        On which they stand.
    follows
        Two trains of which the second comes when the first has gone, and how long the track must be clear between.
    left
        Boxes that are left over.
    tasks
        What is annealed; `fit` says when trains that share a track can come.
    loaded, at, turn
        Where the rule puts boxes; where trains begin, and about when it is a box's turn, to begin with.
    cohort
        By box: a number that boxes have in common whose trains are there at the same time.
    """

    job: Job
    matching: Matching
    trains: Sequence[str]
    tracks: Sequence[t.Track]
    follows: Sequence[Following]
    left: Sequence[t.Leftover]
    tasks: Tasks
    loaded: Ints
    at: Floats
    turn: Floats
    cohort: Ints

    def start(self, seed: int) -> State:
        """Begin with cranes that sweep over the boxes of each cohort."""
        tasks, places = self.tasks, self.loaded
        boxes = len(places)
        cranes, begins = start(tasks, places, self.at, self.cohort, seed)
        order, load = np.zeros((len(tasks.cranes), boxes), dtype=np.int64), np.zeros(len(tasks.cranes), dtype=np.int64)
        for b in np.lexsort((begins, self.turn)):
            order[cranes[b], load[cranes[b]]] = b
            load[cranes[b]] += 1
        box = np.full(len(tasks.outbound), -1, dtype=np.int64)
        box[places] = np.arange(boxes)
        return State(order, load, cranes, np.zeros_like(cranes), np.zeros(boxes), places.copy(), box, self.at.copy())

    def match(self, state: State) -> None:
        """Find places with which the cranes are done earlier, if they carry the boxes they do; else, or if the job is large, all stays."""
        if self.matching.size > LARGE:
            return
        run(self.tasks, state, course := empty_course(self.tasks))
        shares = list(self._shares(state, course))
        carrying = self._carrying_s(state)
        found = next(filter(None, (self.matching.best(carrying, dear, shares) for dear in _DEAR_S)), None)
        found = found or self._loaded(state, carrying)
        if found:
            state.place[:], state.box[:] = found, -1
            state.box[found] = np.arange(len(found))

    def _shares(self, state: State, course: Course) -> Iterator[Share]:
        """Say what each crane does for each cohort, and when it would be done with it if carrying took no time."""
        for k, number in enumerate(state.load):
            boxes, moves = state.order[k, :number], course.moves[k, :number]
            cohort = self.cohort[boxes]
            for g in np.unique(cohort):
                of = moves[cohort == g]
                other_s = of[-1, END] - (of[:, DROP] - of[:, LIFT]).sum()
                yield Share(int(g), boxes[cohort == g].tolist(), float(other_s))

    def _loaded(self, state: State, carrying_s: Floats) -> list[int]:
        """Load wagon by wagon, or search, where the matching finds nothing, as for full trains; empty if nothing is better."""
        if by_wagons := load_by_wagons(self.matching, carrying_s):
            return by_wagons
        try:
            *_, found = islice(load(self.matching, carrying_s), _LOOKS)
        except ValueError:  # boxes do not fit one after the other
            return []
        now_s = sum(carrying_s[self.matching.column[pair]] for pair in enumerate(state.place.tolist()))
        if found.broken or found.cost_s >= now_s:
            return []
        places = (found.places[box.id] for box in self.matching.boxes)
        return [self.matching.number[place.wagon, place.number] for place in places]

    def _carrying_s(self, state: State) -> Floats:
        """Return how long carrying takes, by pair of box and place, where trains stand in a state."""
        tasks, (b, q) = self.tasks, np.array(self.matching.pairs).T
        i, o = tasks.inbound[b], tasks.outbound[q]
        along = np.abs(state.at[o] + tasks.place_along[q] - state.at[i] - tasks.along[b])
        crane = tasks.cranes.max(axis=0)
        carrying: Floats = np.maximum(along / crane[3], np.abs(tasks.y[o] - tasks.y[i]) / crane[4])
        return carrying

    def fit(self, state: State, course: Course) -> None:
        """Let each train come when the one before it on its track has gone in a state, and be gone before the next one comes."""
        tasks = self.tasks
        for _ in range(len(self.trains)):
            run(tasks, state, course)
            before = tasks.comes.copy()
            for one, other, clear in self.follows:
                arrival = self.job.seconds(self.job.trains[self.trains[other]].arrival)
                ready = [course.until[first] + gap for first, second, gap in self.follows if second == other]
                tasks.comes[other] = max(arrival, *ready)
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
                train=train, track=self.tracks[n].id, offset_m=float(state.at[n]) - self.tracks[n].from_m,
                from_s=float(self.tasks.comes[n]), until_s=float(course.until[n]),
            )
            for n, train in enumerate(self.trains)
        ]  # fmt: skip
        header = t.PlanHeader(id=self.job.header.id, schema_version=1, job=self.job.header.id, method="search")
        moves.sort(key=lambda move: move.begin_s)
        return Plan.of(header, {"loads": loads, "moves": moves, "parking": parking, "leftover": self.left})


def lay_out(job: Job, plan: Plan, begins: Mapping[str, float]) -> list[Layout]:
    """Lay out a job for annealing, in each frame that there is; none if nothing is loaded.

    Parameters
    ----------
    job
        Checked.
    plan
        The rule's: what it leaves over stays there, and boxes stand where it puts them, if no better places are found.
    begins
        Where trains begin, relative to each other, so that boxes are carried little.
    """
    boxes = [job.boxes[row.box] for row in plan.loads]
    if not boxes:
        return []
    trains = [stay.train for stay in plan.parking]
    matching = Matching(job, boxes, [train for train in trains if job.trains[train].role == "outbound"])
    loaded = np.array([matching.number[row.wagon, row.slot] for row in plan.loads])
    pairing = _tables(job, matching)
    layouts = []
    for frame in frames(job, plan, begins):
        at = _begins(job, frame, begins)
        begin = np.array([at[train] for train in trains])
        tasks = _tasks(job, matching, frame, trains, pairing)
        tracks = {train: berth.track for berth in frame for train in berth.trains}
        follows = [(trains.index(one), trains.index(other), clear) for one, other, clear in following(frame)]
        turn = _turns(tasks, follows, loaded)
        tasks = tasks._replace(near=_near(tasks, begin, turn), followed=_followed(tasks, follows))
        cohort = _cohorts(tasks, follows, loaded)
        on = [tracks[train] for train in trains]
        layouts.append(Layout(job, matching, trains, on, follows, plan.leftover, tasks, loaded, begin, turn, cohort))
    return layouts


def _begins(job: Job, frame: Frame, begins: Mapping[str, float]) -> dict[str, float]:
    """Say where trains begin: each group is moved to the middle of where the cranes are, as far as tracks allow."""
    at: dict[str, float] = {}
    berths = {train: berth for berth in frame for train in berth.trains}
    centre = sum(crane.x_m for crane in job.cranes.values()) / len(job.cranes)
    for trains in groups(job).values():
        here = [train.id for train in trains if train.id in berths]
        spans = {train: berths[train].begins_m(job, train) for train in here}
        wish = {train: begins.get(train, 0.0) for train in here}
        ends = [x + job.length_m(train) for train, x in wish.items()]
        low = max((spans[train][0] - wish[train] for train in here), default=0.0)
        high = min((spans[train][1] - wish[train] for train in here), default=0.0)
        shift = min(max(centre - (min(wish.values()) + max(ends)) / 2, low), high) if here else 0.0
        at |= {train: min(max(wish[train] + shift, spans[train][0]), spans[train][1]) for train in here}
    return at


@dataclass(frozen=True)
class _Pairing:
    """The first and last place of each place's wagon, and which boxes two places may hold together."""

    first: Ints
    last: Ints
    table: Ints
    bad: Flags
    may: Flags


def _tables(job: Job, matching: Matching) -> _Pairing:
    """Say of two places of a wagon that they overlap, or in which table it stands which boxes may not share them."""
    places, boxes = matching.places, len(matching.boxes)
    wagons = [place.wagon for place in places]
    many = Counter(wagons)
    first = np.array(
        [n for wagon, n in {wagon: wagons.index(wagon) for wagon in many}.items() for _ in range(many[wagon])]
    )
    last = first + np.array([many[wagon] for wagon in wagons])
    table = np.full((len(first), int((last - first).max())), OVERLAP, dtype=np.int64)
    tables: dict[int, int] = {}
    bad: list[Flags] = []
    for p in range(len(first)):
        for q in range(p + 1, last[p]):
            if overlap(places[p].slot, places[q].slot):
                continue
            faults = matching.together(p, q)
            if id(faults) not in tables:
                tables[id(faults)] = len(bad)
                bad.append(faults)
            table[p, q - first[p]] = tables[id(faults)]
    tables_of = np.array(bad) if bad else np.zeros((1, boxes, boxes), dtype=np.bool_)
    return _Pairing(first, last, table, tables_of, _may(matching))


def _may(matching: Matching) -> Flags:
    """Say of each box and place whether it may stand there alone; slots of the same number are alike on wagons of a model."""
    may: Flags = matching.may.copy()
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for p, place in enumerate(matching.places):
        alike[place.model.id, place.number].append(p)
    for places in alike.values():
        for b in np.flatnonzero(may[:, places].any(axis=1)).tolist():
            may[b, places] &= not matching.fault(b, places[0])
    return may


def _tasks(job: Job, matching: Matching, frame: Frame, names: Sequence[str], pairing: _Pairing) -> Tasks:
    middles, boxes, places = dict(middles_m(job)), matching.boxes, matching.places
    rails = Rails(tuple(job.cranes.values()))
    berths = {train: berth for berth in frame for train in berth.trains}
    trains = [job.trains[name] for name in names]
    number = {train.id: n for n, train in enumerate(trains)}
    wagons = [job.wagons[box.wagon] for box in boxes]
    slots = [job.models[w.model].places[box.slot - 1] for w, box in zip(wagons, boxes, strict=True)]
    spans = [berths[name].begins_m(job, name) for name in names]
    turns = {group: n for n, group in enumerate(groups(job))}
    booked = {departure.train: departure for departure in job.departures.values()}
    models = {model: n for n, model in enumerate(job.models)}
    return Tasks(
        along=np.array([middles[w.id] + slot.centre_m for w, slot in zip(wagons, slots, strict=True)]),
        inbound=np.array([number[w.train] for w in wagons]),
        ready=np.array([job.seconds(box.released) if box.released else 0.0 for box in boxes]),
        near=np.zeros((len(boxes), 0), dtype=np.int64),
        may=pairing.may,
        lifts=np.array([[box.mass_t <= crane.lift_t for crane in rails.cranes] for box in boxes]),
        fixed=np.array([box.dg_class is not None for box in boxes]),
        place_along=np.array([place.x_m for place in places]),
        outbound=np.array([number[place.train] for place in places]),
        first=pairing.first,
        last=pairing.last,
        model=np.array([models[place.model.id] for place in places]),
        table=pairing.table,
        bad=pairing.bad,
        y=np.array([berths[name].track.y_m for name in names]),
        low=np.array([low for low, _ in spans]),
        high=np.array([high for _, high in spans]),
        comes=np.array([job.seconds(train.arrival) for train in trains]),
        gone=np.full(len(trains), np.inf),
        followed=np.zeros(len(trains), dtype=np.bool_),
        group=np.array([turns[group_of(train)] for train in trains]),
        due=np.array([job.seconds(booked[train.id].due) if train.id in booked else np.inf for train in trains]),
        weight=np.array([float(booked[train.id].weight) if train.id in booked else 0.0 for train in trains]),
        cranes=np.array([
            (c.x_m, c.y_m, c.gantry_empty_m_per_s, c.gantry_loaded_m_per_s, c.trolley_m_per_s, c.pick_s, c.drop_s, *rails.reach_m(k))
            for k, c in enumerate(rails.cranes)
        ]),
        gaps=np.array([*rails.gaps_m, 0.0]),
        begin=np.array([min(job.seconds(train.arrival) for train in its) for its in groups(job).values()]),
    )  # fmt: skip


def _near(tasks: Tasks, at: Floats, turn: Floats) -> Ints:
    """List the boxes that are nearest to each box in where and when, as trains stand to begin with."""
    x = at[tasks.inbound] + tasks.along
    far = np.abs(x[:, None] - x) + _NEAR_M_PER_S * np.abs(turn[:, None] - turn)
    np.fill_diagonal(far, np.inf)
    nearest: Ints = np.argsort(far, axis=1, kind="stable")[:, : max(1, min(_NEAR, len(x) - 1))]
    return nearest


def _followed(tasks: Tasks, follows: Sequence[Following]) -> Flags:
    """Say for which trains another one of their group waits."""
    followed = np.zeros(len(tasks.y), dtype=np.bool_)
    for one, other, _ in follows:
        followed[one] |= tasks.group[one] == tasks.group[other]
    return followed


def _ranks(tasks: Tasks, follows: Sequence[Following], *, alike: bool) -> Ints:
    """Say how many trains come one after the other before each one, of all or only of its group."""
    rank = np.zeros(len(tasks.y), dtype=np.int64)
    for _ in rank:
        for one, other, _ in follows:
            if not alike or tasks.group[one] == tasks.group[other]:
                rank[other] = max(rank[other], rank[one] + 1)
    return rank


def _cohorts(tasks: Tasks, follows: Sequence[Following], places: Ints) -> Ints:
    """Number boxes by their group, and by how many trains of it come before those that bring and take them."""
    rank = _ranks(tasks, follows, alike=True)
    one, other = tasks.inbound, tasks.outbound[places]
    keys = np.column_stack([tasks.group[one], rank[one], rank[other]])
    cohorts: Ints = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    return cohorts


def _turns(tasks: Tasks, follows: Sequence[Following], places: Ints) -> Floats:
    """Say about when the turn of each box comes: when cranes have done with groups before, its trains have come, it is released."""
    trains, cranes = len(tasks.y), len(tasks.cranes)
    one, other = tasks.inbound, tasks.outbound[places]
    rank, last = _ranks(tasks, follows, alike=False), np.zeros(trains)
    count = np.bincount(one, minlength=trains) + np.bincount(other, minlength=trains)
    np.maximum.at(last, one, tasks.ready)
    turn, leave, time = tasks.comes.copy(), np.zeros(trains), 0.0
    for g, begin in enumerate(tasks.begin):
        its = np.flatnonzero(tasks.group == g)
        time = max(time, begin)
        for train in its[np.argsort(rank[its], kind="stable")]:
            free = max((leave[first] + clear for first, second, clear in follows if second == train), default=0.0)
            turn[train] = max(turn[train], time, free)
            leave[train] = max(turn[train] + MOVE_S / cranes * count[train], last[its].max())
        time += MOVE_S / cranes * float((tasks.group[one] == g).sum())
    found: Floats = np.maximum(np.maximum(turn[one], turn[other]), tasks.ready)
    return found
