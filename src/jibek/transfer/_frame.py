"""Which trains stand on which track, one after the other: the frame in which cranes are planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from jibek.transfer import tables as t
from jibek.transfer._groups import groups
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._travel import tracks_of

MOVE_S = 115.0
"""Time a crane takes for a box, about: what says whose turn comes when, to begin with."""


@dataclass(frozen=True)
class Berth:
    """A stretch of a track, and the trains that stand there one after the other."""

    track: t.Track
    from_m: float
    to_m: float
    trains: tuple[str, ...]

    def begins_m(self, job: Job, train: str) -> tuple[float, float]:
        """Return between where a train may begin."""
        offset = job.trains[train].offset_m
        if offset is not None:
            return self.track.from_m + offset, self.track.from_m + offset
        return self.from_m, max(self.from_m, self.to_m - job.length_m(train))


Frame = Sequence[Berth]

After = Literal["none", "third", "others"]
"""Who comes, where two trains stand side by side, when others have gone: nobody, a third one of their side, those of the other side."""


def frames(job: Job, plan: Plan, begins: Mapping[str, float]) -> Iterator[Frame]:
    """Yield frames for the trains that the rule's plan lets stand.

    Groups of trains come one after the other, each train to the track of its gauge that is free first. A single group stands as
    in the rule's plan, and besides with two trains of a side, those that are farthest apart, side by side on the track that is
    nearest to the other side, where trolleys have the shortest ways; and where a side has a third train, with that one there when both
    have gone.

    Parameters
    ----------
    job
        Checked.
    plan
        The rule's.
    begins
        Where trains begin, relative to others of their group.
    """
    of_rule: dict[str, list[str]] = defaultdict(list)
    for stay in sorted(plan.parking, key=lambda stay: stay.from_s):
        of_rule[stay.track].append(stay.train)
    if len(groups(job)) > 1:
        of_rule = _in_turn(job, {stay.train for stay in plan.parking}) or of_rule
    else:
        yield from filter(None, (_beside(job, of_rule, begins, after) for after in ("others", "third", "none")))
    yield [_whole(job, track, trains) for track, trains in of_rule.items()]


def _whole(job: Job, track: str, trains: Sequence[str]) -> Berth:
    it = job.tracks[track]
    return Berth(it, it.from_m, it.to_m, tuple(trains))


def _in_turn(job: Job, standing: set[str]) -> dict[str, list[str]]:
    """Let groups come in the order of their arrival, each train to the track that is free first; empty if one finds none."""
    frame: dict[str, list[str]] = {track: [] for track in job.tracks}
    free = dict.fromkeys(job.tracks, 0.0)
    cranes_s = 0.0
    for trains in groups(job).values():
        here = [train for train in trains if train.id in standing]
        chosen: dict[str, t.Track] = {}
        for train in sorted(here, key=lambda one: one.track is None):
            tracks = [one for one in tracks_of(job, train.id) if one.id not in {it.id for it in chosen.values()}]
            fitting = [one for one in tracks if _fits(job, train.id, one)]
            if not fitting:
                return {}
            chosen[train.id] = min(fitting, key=lambda one: free[one.id])
            frame[chosen[train.id].id].append(train.id)
        boxes = [box for box in job.boxes.values() if job.wagons[box.wagon].train in chosen]
        arrivals = [job.seconds(train.arrival) for train in here]
        begin = max([cranes_s, *arrivals, *(free[track.id] for track in chosen.values())])
        cranes_s = max([cranes_s, *arrivals]) + MOVE_S * len(boxes) / len(job.cranes)
        released = max((job.seconds(box.released) for box in boxes if box.released), default=0.0)
        leave = max(begin + MOVE_S * len(boxes) / len(job.cranes), released + MOVE_S)
        for track in chosen.values():
            free[track.id] = leave + track.clear_s
    return {track: trains for track, trains in frame.items() if trains}


def _fits(job: Job, train: str, track: t.Track) -> bool:
    return job.length_m(train) + (job.trains[train].offset_m or 0.0) <= track.to_m - track.from_m + 1e-9


def _beside(job: Job, of_rule: Mapping[str, Sequence[str]], begins: Mapping[str, float], after: After) -> Frame:
    """Put two trains of a side side by side, and perhaps some one after the other; empty if that cannot be, or brings no train nearer."""
    track_of = {train: job.tracks[track] for track, trains in of_rule.items() for train in trains}
    for role in ("inbound", "outbound"):
        trains = sorted((one for one in track_of if job.trains[one].role == role), key=lambda one: begins.get(one, 0.0))
        others = [train for train in track_of if train not in trains]
        apart = len({track_of[train].id for train in trains}) == len(trains)
        enough = len(trains) > 2 if after == "third" else len(others) > 1 if after == "others" else bool(others)
        if len(trains) < 2 or not apart or not enough:
            continue
        near, far = _nearest(track_of, trains, others), _nearest(track_of, others, trains)
        left, *middle, right = trains
        third = [middle.pop(len(middle) // 2)] if after == "third" else []
        spare = near[0].to_m - near[0].from_m - job.length_m(left) - job.length_m(right)
        on = dict(zip(middle, near[1:], strict=False)) | dict.fromkeys((left, right, *third), near[0])
        on |= {train: far[0] if after == "others" else track_of[train] for train in others}
        fixed = any(job.trains[train].offset_m is not None for train in (left, right))
        if spare < 0 or fixed or not all(_may(job, train, track) for train, track in on.items()):
            continue
        border = near[0].from_m + job.length_m(left) + spare / 2
        halves = [Berth(near[0], near[0].from_m, border, (left,)), Berth(near[0], border, near[0].to_m, (right,))]
        rest: dict[str, list[str]] = defaultdict(list)
        for train in (*third, *middle, *others):
            rest[on[train].id].append(train)
        return [*halves, *(_whole(job, track, its) for track, its in rest.items())]
    return []


def _nearest(track_of: Mapping[str, t.Track], trains: Sequence[str], others: Sequence[str]) -> list[t.Track]:
    """List the tracks of some trains, those nearest to others first."""
    return sorted(
        (track_of[train] for train in trains),
        key=lambda one: sum(abs(one.y_m - track_of[train].y_m) for train in others),
    )


def following(frame: Frame) -> Iterator[tuple[str, str, float]]:
    """Yield two trains of which the second can come when the first has gone, and how long the track must be clear between."""
    for n, berth in enumerate(frame):
        yield from ((one, other, berth.track.clear_s) for one, other in pairwise(berth.trains))
        for later in frame[n + 1 :]:
            if later.track.id == berth.track.id and later.from_m < berth.to_m and berth.from_m < later.to_m:
                yield berth.trains[-1], later.trains[0], berth.track.clear_s


def _may(job: Job, train: str, track: t.Track) -> bool:
    return any(one.id == track.id for one in tracks_of(job, train)) and _fits(job, train, track)
