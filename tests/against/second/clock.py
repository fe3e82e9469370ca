"""The clock of the model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from heapq import heappush

import simpy
from simpy.events import NORMAL, URGENT


class Clock(simpy.Environment):
    """SimPy's environment, in which all that follows from an event comes before what falls on the same moment by chance."""

    def __init__(self, begin: float) -> None:
        super().__init__(begin)
        self.tasks: set[Callable[[], None]] = set()

    def schedule(self, event: simpy.Event, priority: int = URGENT, delay: float = 0) -> None:
        """Schedule an event; what is triggered, unlike a timeout, is urgent."""
        super().schedule(event, priority, delay)

    def at(self, time: float) -> simpy.Event:
        """Return an event that happens at a time, exactly (a timeout of `time - now` would round), or now if it is past."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        heappush(self._queue, (max(time, self.now), NORMAL, next(self._eid), event))
        return event

    def soon(self, task: Callable[[], None]) -> None:
        """Do a task after what has been set for this moment already; it is done once if it has been set before."""
        if task in self.tasks:
            return
        self.tasks.add(task)
        event = self.event()
        event.callbacks.append(lambda _: self._do(task))
        event.succeed()

    def _do(self, task: Callable[[], None]) -> None:
        self.tasks.discard(task)
        task()

    def begin(self, process: Generator[simpy.Event, None, None]) -> None:
        """Begin a process at once, not after what has been set for this moment already."""
        first = next(process, None)
        if first is not None:
            self.process(_go_on(first, process))

    def call_at(self, time: float, action: Callable[[], None]) -> None:
        """Do something at a time."""
        self.at(time).callbacks.append(lambda _: action())


def _go_on(first: simpy.Event, process: Generator[simpy.Event, None, None]) -> Generator[simpy.Event, None, None]:
    yield first
    yield from process


def happen(event: simpy.Event) -> None:
    """Let an event happen at once: who waits for it goes on before whoever let it happen."""
    event._ok, event._value = True, None
    callbacks, event.callbacks = event.callbacks, None
    for callback in callbacks:
        callback(event)


class Units:
    """Like units, first come first served; a `simpy.Resource` would hand a unit on only after what else is done in the moment."""

    def __init__(self, clock: Clock, count: float) -> None:
        self.clock = clock
        self.count = self.free = count
        self.queue: deque[simpy.Event] = deque()

    def request(self) -> simpy.Event | None:
        """Take a unit, or return the event of being given one."""
        if self.free > 0:
            self.free -= 1
            return None
        event = self.clock.event()
        self.queue.append(event)
        return event

    def give_back(self) -> None:
        """Hand a unit on, or let it be free."""
        if self.queue:
            self.queue.popleft().succeed()
        else:
            self.free += 1


class Closable:
    """What closures can close: they may overlap."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.closures = 0
        self._opened = clock.event()

    @property
    def closed(self) -> bool:
        """Whether a closure is in force."""
        return self.closures > 0

    def opened(self) -> simpy.Event:
        """Return the event of opening again."""
        return self._opened

    def close(self) -> None:
        """Begin a closure."""
        self.closures += 1

    def open(self) -> None:
        """End a closure."""
        self.closures -= 1
        if not self.closures:
            event, self._opened = self._opened, self.clock.event()
            happen(event)
            self.on_opening()

    def on_opening(self) -> None:
        """Do what has waited."""
