"""Where trains stand, by the dispatcher's rule: at the beginning of the track of their gauge that is free first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from jibek.transfer import tables as t
from jibek.transfer._groups import middles_m
from jibek.transfer._job import Job
from jibek.transfer._rails import Point


class Stands:
    """Trains on tracks, as they are called and leave.

    Parameters
    ----------
    job
        Whose trains and tracks.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._middle = dict(middles_m(job))
        self._on: dict[str, t.Track] = {}
        self._from: dict[str, float] = {}
        self._until: dict[str, float] = {}
        self._last: dict[str, float] = defaultdict(float)
        self._free: dict[str, float | None] = dict.fromkeys(job.tracks, 0.0)
        """When each track is free; None while a train stands there of which it is not known when it leaves."""

    def call(self, trains: Sequence[t.Train]) -> bool:
        """Call trains to tracks, if there is one for each of them whose last train has been done with."""
        chosen: dict[str, t.Track] = {}
        for train in sorted(trains, key=lambda one: one.track is None):
            track = self._track(train, {track.id for track in chosen.values()})
            if track is None:
                return False
            chosen[train.id] = track
        for train in trains:
            track = chosen[train.id]
            clear = self._free[track.id] or 0.0
            self._on[train.id] = track
            self._from[train.id] = max(self.job.seconds(train.arrival), clear)
            self._free[track.id] = None
        return True

    def _track(self, train: t.Train, taken: set[str]) -> t.Track | None:
        models = [self.job.models[wagon.model] for wagon in self.job.rakes[train.id]]
        length = sum(model.length_m for model in models) + (train.offset_m or 0.0)
        free = [
            (time, track)
            for track in self.job.tracks.values()
            if track.gauge_mm == models[0].gauge_mm
            and train.track in (None, track.id)
            and track.to_m - track.from_m >= length - 1e-9
            and track.id not in taken
            and (time := self._free[track.id]) is not None
        ]
        return min(free, key=lambda one: one[0])[1] if free else None

    def here(self, train: str) -> bool:
        """Whether a train has been called."""
        return train in self._on

    def from_s(self, train: str) -> float:
        """When a train that has been called has come."""
        return self._from[train]

    def touch(self, train: str, time_s: float) -> None:
        """Note that a train is needed until a time."""
        self._last[train] = max(self._last[train], time_s)

    def leave(self, train: str) -> None:
        """Let a train leave when it is not needed any more, and its track fall free."""
        if train not in self._until:
            self._until[train] = max(self._from[train], self._last[train])
            track = self._on[train]
            self._free[track.id] = self._until[train] + track.clear_s

    def point(self, wagon: str, slot: int) -> Point:
        """Return the centre of a slot of a train that has been called."""
        train = self.job.wagons[wagon].train
        track, offset = self._on[train], self.job.trains[train].offset_m or 0.0
        place = self.job.models[self.job.wagons[wagon].model].places[slot - 1]
        return track.from_m + offset + self._middle[wagon] + place.centre_m, track.y_m

    def parking(self) -> list[t.Parking]:
        """Return where trains stand, as rows of a plan."""
        return [
            t.Parking(
                train=train, track=track.id, offset_m=self.job.trains[train].offset_m or 0.0,
                from_s=self._from[train], until_s=self._until.get(train, max(self._from[train], self._last[train])),
            )
            for train, track in self._on.items()
        ]  # fmt: skip
