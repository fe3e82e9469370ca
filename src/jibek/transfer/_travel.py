"""The least loaded travel of boxes that are worked together, wherever their trains stand: branch and bound over offsets."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product

import numpy as np

from jibek.transfer import tables as t
from jibek.transfer._groups import groups, middles_m
from jibek.transfer._job import Job
from jibek.transfer._matching import LARGE, Floats, Matching

Span = tuple[float, float]

_NODES = 12
_ENOUGH = 5e-3
"""When the search ends: relaxations solved, and the share that is left between bound and best."""


@dataclass(frozen=True)
class Travel:
    """What carrying costs at least, in s, and how far from the first train the others begin when little is carried far."""

    least_s: float
    begins_m: Mapping[str, float]


class Yard:
    """How far boxes and places are apart, by where trains begin.

    Parameters
    ----------
    job
        Its tracks and cranes.
    matching
        Boxes and places.
    """

    def __init__(self, job: Job, matching: Matching) -> None:
        middles = dict(middles_m(job))
        boxes, places = matching.boxes, matching.places
        wagons = [job.wagons[box.wagon] for box in boxes]
        origin = [
            middles[w.id] + job.models[w.model].places[b.slot - 1].centre_m for w, b in zip(wagons, boxes, strict=True)
        ]
        inbound = [w.train for w in wagons]
        self.trains = list(dict.fromkeys([*inbound, *(place.train for place in places)]))
        number = {train: n for n, train in enumerate(self.trains)}
        pairs = matching.pairs
        self.lead_m = np.array([places[p].x_m - origin[b] for b, p in pairs])
        self.of = np.array([number[inbound[b]] for b, _ in pairs], dtype=np.int64)
        self.to = np.array([number[places[p].train] for _, p in pairs], dtype=np.int64)
        self.speed = max(crane.gantry_loaded_m_per_s for crane in job.cranes.values())
        trolley = max(crane.trolley_m_per_s for crane in job.cranes.values())
        self.across_s = np.array([[across_m(job, a, b) / trolley for b in self.trains] for a in self.trains])
        self.spans = [begins_m(job, train) for train in self.trains]

    def cost_s(self, spans: Sequence[Span]) -> Floats:
        """Return the least time of carrying, by pair, when each train begins somewhere in its span."""
        low, high = np.array(spans).T
        least = self.lead_m + low[self.to] - high[self.of]
        most = self.lead_m + high[self.to] - low[self.of]
        along = np.where(least > 0, least, np.where(most < 0, -most, 0.0))
        carried: Floats = np.maximum(along / self.speed, self.across_s[self.of, self.to])
        return carried


def begins_m(job: Job, train: str, on: str | None = None) -> Span:
    """Return between where a train may begin, on a track or on any it may stand on."""
    it, length = job.trains[train], job.length_m(train)
    spans = []
    for track in tracks_of(job, train):
        if on not in (None, track.id):
            continue
        if it.offset_m is not None:
            spans.append((track.from_m + it.offset_m,) * 2)
        elif track.to_m - track.from_m >= length - 1e-9:
            spans.append((track.from_m, max(track.from_m, track.to_m - length)))
    return min((low for low, _ in spans), default=0.0), max((high for _, high in spans), default=0.0)


def tracks_of(job: Job, train: str) -> list[t.Track]:
    """List the tracks on which a train may stand."""
    gauge, own = job.models[job.rakes[train][0].model].gauge_mm, job.trains[train].track
    return [track for track in job.tracks.values() if track.gauge_mm == gauge and own in (None, track.id)]


def across_m(job: Job, one: str, other: str) -> float:
    """Return how far across the yard two trains stand apart at least."""
    pairs = product(tracks_of(job, one), tracks_of(job, other))
    return min((abs(a.y_m - b.y_m) for a, b in pairs), default=0.0)


def parked_m(job: Job) -> dict[str, float]:
    """Say where trains begin, relative to others of their group, so that boxes are carried little; nothing of large groups."""
    found: dict[str, float] = {}
    for trains in groups(job).values():
        ids = {train.id for train in trains}
        outbound = [train.id for train in trains if train.role == "outbound"]
        ends = {end for one in job.departures.values() if one.train in ids for end in one.destinations}
        boxes = [box for box in job.boxes.values() if job.wagons[box.wagon].train in ids and box.destination in ends]
        matching = Matching(job, boxes, outbound)
        if boxes and matching.size <= LARGE:
            found |= least_travel(Yard(job, matching), matching).begins_m
    return found


def least_travel(yard: Yard, matching: Matching, left_over: int = 0) -> Travel:
    """Bound the time of carrying from below for all ways to park, and find a good one.

    Spans of where trains begin, from the first one's beginning, are halved, the widest first; the relaxed matching at the least
    distances within the spans bounds all of them.
    """
    first = yard.spans[0]
    root = [(0.0, 0.0), *((low - first[1], high - first[0]) for low, high in yard.spans[1:])]
    order = count()

    def node(spans: Sequence[Span]) -> tuple[float, int, Sequence[Span]]:
        return matching.bound(yard.cost_s(spans), left_over), next(order), spans

    best, at = np.inf, [(low + high) / 2 for low, high in root]
    open_nodes = [node(root)]
    for _ in range(_NODES):
        least, _, spans = open_nodes[0]
        middles = [(low + high) / 2 for low, high in spans]
        value = matching.bound(yard.cost_s([(x, x) for x in middles]), left_over)
        if value < best - 1e-9:
            best, at = value, middles
        widest = max(range(len(spans)), key=lambda n: spans[n][1] - spans[n][0])
        low, high = spans[widest]
        if best - least <= _ENOUGH * best or high - low < 1e-6:
            break
        heapq.heappop(open_nodes)
        for half in ((low, middles[widest]), (middles[widest], high)):
            heapq.heappush(open_nodes, node([*spans[:widest], half, *spans[widest + 1 :]]))
    return Travel(open_nodes[0][0], dict(zip(yard.trains, at, strict=True)))
