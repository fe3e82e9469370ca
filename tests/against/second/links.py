"""Links and their paths (docs/simulation.md, section 6)."""

from __future__ import annotations

from collections import deque
from math import inf

import simpy

from against.second.clock import Clock, Closable, happen
from against.second.draws import RUNNING, Draws, entity
from jibek.corridor.tables import Link


class Track(Closable):
    """A link with its two directions."""

    def __init__(self, row: Link, clock: Clock, draws: Draws) -> None:
        super().__init__(clock)
        self.row = row
        self.forward = Direction(self, row.run_h, row.paths_per_day, draws)
        back = row.run_h if row.back_run_h is None else row.back_run_h
        self.backward = Direction(self, back, row.back_paths_per_day or row.paths_per_day, draws)

    def on_opening(self) -> None:
        """Give paths again."""
        self.forward.dispatch()
        self.backward.dispatch()


class Direction:
    """One direction of a link: paths at least a headway apart, first come first served."""

    def __init__(self, track: Track, run_h: float, paths_per_day: float | None, draws: Draws) -> None:
        self.track, self.clock, self.draws = track, track.clock, draws
        self.entity = entity("links", track.row.id)
        self.run_h = run_h
        self.headway_h = 24 / paths_per_day if paths_per_day else 0.0
        self.next_h = -inf
        self.timed = False
        self.queue: deque[simpy.Event] = deque()

    def path(self) -> simpy.Event:
        """Return the event of entering the link."""
        event = self.clock.event()
        self.queue.append(event)
        self.dispatch()
        return event

    def dispatch(self) -> None:
        """Let enter whoever may."""
        now = self.clock.now
        while self.queue and not self.track.closed and now >= self.next_h:
            self.next_h = now + self.headway_h
            happen(self.queue.popleft())
        if self.queue and not self.track.closed and not self.timed:
            self.timed = True
            self.clock.call_at(self.next_h, self._come)

    def _come(self) -> None:
        self.timed = False
        self.dispatch()

    def running_h(self, service: int, trip: int, position: int) -> float:
        """Draw the running time of a trip."""
        row, floor = self.track.row, self.track.row.min_run_h
        above = self.run_h - floor
        cv = row.run_cv * self.run_h / above if above else 0.0
        return floor + self.draws.duration(row.run_dist, above, cv, RUNNING, service, trip, self.entity, position)
