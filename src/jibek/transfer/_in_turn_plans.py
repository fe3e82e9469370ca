"""Plans for boxes that are carried in turn: what serves days, and jobs for which the annealing of courses finds nothing.

The yard of a day is shared by groups of trains that come one after the other, and cranes often wait. There it is better to change
sequences, of which each is done as early as its ways are free, than courses that lack something nearly always.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from jibek.transfer import tables as t
from jibek.transfer._anneal import stretches
from jibek.transfer._course import empty_course
from jibek.transfer._in_turn import Log, Turns, Yard, empty_log, go
from jibek.transfer._in_turn_anneal import improve
from jibek.transfer._layout import Layout
from jibek.transfer._plan import Plan
from jibek.transfer._rails import Rails
from jibek.transfer._travel import tracks_of

_FIRST, _MOST, _PIECE = 20_000, 640_000, 4_000
"""Changes of the first round of annealing, of a round at most, and between two looks at the best."""

_HOT_S, _WARM_S, _COLD_S = 100.0, 20.0, 0.3
"""Temperatures: of a round from a start, of one from the best so far, at the end of a round."""


def plans_in_turn(layout: Layout, seed: int) -> Iterator[Plan]:
    """Yield plans, better and better by what annealing counts: the best so far of ever longer rounds; none if boxes find no order.

    Parameters
    ----------
    layout
        Where trains stand and boxes go to begin with.
    seed
        The same seed yields the same plans.
    """
    tasks, yard = layout.tasks, yard_of(layout)
    best: Turns | None = None
    found: Plan | None = None
    least = np.inf
    for number in count():
        again = best if number % 2 else None
        turns = again.copy() if again else first_turns(layout, yard, number // 2)
        log, trial, ending = empty_log(tasks, turns), empty_log(tasks, turns), turns.copy()
        pieces = min(_MOST, _FIRST << number // 2) // _PIECE
        hot = _WARM_S if again else _HOT_S
        for chance, *between in stretches(seed, number, pieces, hot, _COLD_S):
            cost = improve(tasks, yard, turns, ending, log, trial, chance, _PIECE, *between)
            if cost < least - 1e-6:
                least, best = cost, ending.copy()
                found = plan_of(layout, yard, best)
            if found is None:
                return
            yield found


def yard_of(layout: Layout) -> Yard:
    """Say where trains may stand."""
    job, tracks = layout.job, list(layout.job.tracks.values())
    lengths = [job.length_m(train) for train in layout.trains]
    may = [{track.id for track in tracks_of(job, train)} for train in layout.trains]
    offsets = [job.trains[train].offset_m for train in layout.trains]
    stands = [
        [
            track.id in may[n] and lengths[n] + (offsets[n] or 0.0) <= track.to_m - track.from_m + 1e-9
            for track in tracks
        ]
        for n in range(len(lengths))
    ]
    return Yard(
        np.array(lengths), np.array([job.seconds(job.trains[train].arrival) for train in layout.trains]), np.array(stands),
        np.array([np.nan if offset is None else offset for offset in offsets]), np.array([track.y_m for track in tracks]),
        np.array([track.from_m for track in tracks]), np.array([track.to_m for track in tracks]),
        np.array([track.clear_s for track in tracks]),
    )  # fmt: skip


def first_turns(layout: Layout, yard: Yard, seed: int = 0) -> Turns:
    """Begin as the layout does, boxes matched, each with a crane that reaches it; group by group, if it cannot be done else."""
    tasks = layout.tasks
    state = layout.start(seed)
    layout.fit(state, empty_course(tasks))
    layout.match(state)
    number = {track: n for n, track in enumerate(layout.job.tracks)}
    on = np.array([number[track.id] for track in layout.tracks])
    xs = state.at[tasks.inbound] + tasks.along, state.at[tasks.outbound[state.place]] + tasks.place_along[state.place]
    reaches = (np.minimum(*xs)[:, None] >= tasks.cranes[:, 7]) & (np.maximum(*xs)[:, None] <= tasks.cranes[:, 8])
    crane = state.crane.copy()
    for b, able in enumerate(tasks.lifts & reaches):
        crane[b] = min(np.flatnonzero(able), key=lambda k: abs(k - crane[b]), default=crane[b])
    turns = Turns(np.lexsort((state.spot, layout.turn)), crane, state.place, state.box, state.at, on)
    log = empty_log(tasks, turns)
    if go(tasks, yard, turns, log, log, 0, len(crane) + 1) < 0:
        turns.box_of[:] = np.lexsort((layout.turn, tasks.group[tasks.inbound]))
    return turns


def plan_of(layout: Layout, yard: Yard, turns: Turns) -> Plan:
    """Write down what is done in turn; trains stay until they are not needed any more."""
    job, matching, tracks = layout.job, layout.matching, list(layout.job.tracks.values())
    log = empty_log(layout.tasks, turns)
    go(layout.tasks, yard, turns, log, log, 0, len(turns.crane) + 1)
    goals = [(matching.boxes[b], matching.places[turns.place[b]]) for b in turns.box_of]
    last = len(goals)
    parking = [
        t.Parking(
            train=train, track=tracks[turns.on[i]].id, offset_m=float(turns.at[i]) - tracks[turns.on[i]].from_m,
            from_s=max(float(log.come[last, i]), yard.arrival[i]), until_s=max(float(log.until[last, i]), yard.arrival[i]),
        )
        for i, train in enumerate(layout.trains)
    ]  # fmt: skip
    header = t.PlanHeader(id=job.header.id, schema_version=1, job=job.header.id, method="search")
    loads = [t.Load(box=box.id, wagon=to.wagon, slot=to.number) for box, to in goals]
    moves = sorted(_moves(layout, turns, log), key=lambda move: move.begin_s)
    return Plan.of(header, {"loads": loads, "moves": moves, "parking": parking, "leftover": layout.left})


def _moves(layout: Layout, turns: Turns, log: Log) -> Iterator[t.Move]:
    """Yield what cranes do, turn by turn: the move with the box, and those of cranes that go aside."""
    cranes = Rails(tuple(layout.job.cranes.values())).cranes
    for n, b in enumerate(turns.box_of):
        box, to = layout.matching.boxes[b], layout.matching.places[turns.place[b]]
        for k in np.flatnonzero(log.points[n]):
            crane, time, x = cranes[k], log.time[n, k].tolist(), log.along[n, k].tolist()
            if k != turns.crane[b]:
                yield t.Move(crane=crane.id, x_m=x[1], begin_s=time[0], end_s=time[1])
                continue
            yield t.Move(
                crane=crane.id, box=box.id, from_place=f"{box.wagon}:{box.slot}", to_place=f"{to.wagon}:{to.number}",
                begin_s=time[0], pick_s=float(log.pick[n]), drop_s=time[3], end_s=time[3] + crane.drop_s,
            )  # fmt: skip
