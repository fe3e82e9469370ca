"""Points simulated, whoever works, and their answers put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from datetime import time as clock
from functools import partial
from itertools import islice
from queue import SimpleQueue

import numpy as np

from jibek.corridor import Corridor, JibekError
from jibek.study._answers import Answers
from jibek.study._point import Point
from jibek.study._task import Part, carry_out, names_in, order, packed
from jibek.study._workers import Workers

Progress = Callable[[int, int], None]
"""Called with the replications done and those there are."""

_TASKS_A_WORKER = 50
"""Tasks that a worker gets at least, where there are so many replications: then all end at nearly the same time."""


class Rounds:
    """Progress of a study that evaluates in several rounds.

    Attributes
    ----------
    whole
        Replications that all rounds are expected to take; what is done beyond raises it.
    """

    def __init__(self, progress: Progress | None, whole: int = 0) -> None:
        self.whole = whole
        self._progress, self._done = progress, 0

    def begin(self, more: int = 0) -> Progress:
        """Begin a round, of at least so many replications; return what it tells how far it is."""
        before = self._done
        self.whole = max(self.whole, before + more)

        def tell(done: int, _: int) -> None:
            self._done = before + done
            self.whole = max(self.whole, self._done)
            if self._progress is not None:
                self._progress(self._done, self.whole)

        return tell


class PointError(JibekError):
    """A point cannot be simulated; the text names it."""

    def __init__(self, point: Point, why: str) -> None:
        super().__init__(f"{point}: {why}")
        self.point, self.why = point, why


def evaluate(points: Sequence[Point], workers: Workers, progress: Progress | None = None) -> list[Answers]:
    """Simulate points; return their answers in the same order.

    Parameters
    ----------
    points
        What to simulate.
    workers
        Who does it; the answers do not depend on it.
    progress
        Called as replications come.

    Raises
    ------
    PointError
        If one of them cannot be simulated.

    Examples
    --------
    >>> import jibek
    >>> from jibek.study import Point, at_home
    >>> with at_home() as workers:
    ...     (answers,) = evaluate([Point(jibek.read("starter").with_clock(days=10), numbers=range(2))], workers)
    >>> answers.replications
    2
    """
    found: dict[int, Answers] = {}
    for number, outcome in outcomes(points, workers, progress):
        if isinstance(outcome, PointError):
            raise outcome
        found[number] = outcome
    return [found[number] for number in range(len(points))]


def beside(
    base: Point, others: Sequence[Point], workers: Workers, progress: Progress | None = None
) -> tuple[Answers, list[Answers | PointError]]:
    """Simulate points beside a base; return its answers, and in their order those of the others or why they cannot be simulated.

    Parameters
    ----------
    base
        Without it the others say nothing.
    others, workers, progress
        As in `evaluate`.

    Raises
    ------
    PointError
        As soon as the base cannot be simulated; the others are given up.
    """
    found: dict[int, Answers | PointError] = {}
    for number, outcome in outcomes([base, *others], workers, progress):
        if number > 0:
            found[number] = outcome
        elif isinstance(outcome, PointError):
            raise outcome
        else:
            answers = outcome
    return answers, [found[number] for number in range(1, len(others) + 1)]


def outcomes(
    points: Sequence[Point], workers: Workers, progress: Progress | None = None
) -> Iterator[tuple[int, Answers | PointError]]:
    """Simulate points; yield each with its number as soon as its last replication has come, or why it cannot be simulated.

    When it is interrupted, or no more is asked of it, tasks under way are given up.

    Parameters
    ----------
    points, workers, progress
        As in `evaluate`.
    """
    desk = _Desk(points, workers)
    whole = sum(len(point.numbers) for point in points)
    try:
        while desk.send():
            number, outcome = desk.receive()
            if progress is not None:
                progress(whole - desk.left, whole)
            if outcome is not None:
                yield number, outcome
    except workers.lost as error:
        raise JibekError(
            f"the workers are gone, perhaps for want of memory, or the cluster has ended; begin again, with fewer at a time: {error!r}"
        ) from None
    finally:
        desk.clear()


def refuse_unknown(figures: Sequence[str], corridor: Corridor, workers: Workers) -> None:
    """Look for figures in the answers of a single day, before all days are simulated.

    Raises
    ------
    JibekError
        With every figure that there is not.
    """
    (answers,) = evaluate([Point(_single_day(corridor), numbers=range(1))], workers)
    unknown = []
    for name in figures:
        try:
            answers.values_of(name)
        except KeyError as error:
            unknown.append(str(error.args[0]))
    if unknown:
        raise JibekError("\n".join(unknown))


def _single_day(corridor: Corridor) -> Corridor:
    """Return the corridor with a clock of one day, on which something comes of all that is listed, whenever that is."""
    header = corridor.header.model_copy(update={"days": 1, "warmup_days": 0})
    at_once = {"time": datetime.combine(header.start, clock())}
    arrivals = {one.flow: one.model_copy(update=at_once) for one in corridor.arrivals}
    departures = {one.service: one.model_copy(update=at_once) for one in corridor.departures}
    return replace(corridor, header=header, arrivals=(*arrivals.values(),), departures=(*departures.values(),))


@dataclass(frozen=True)
class _Piece:
    """Some replications of a point: one task."""

    point: int
    numbers: range


class _Desk:
    """Sends tasks to workers, never many more than they work on, and puts together what comes back."""

    def __init__(self, points: Sequence[Point], workers: Workers) -> None:
        self._points = points
        self._workers = workers
        self._packages = {
            id(corridor): packed(corridor) for corridor in {id(p.corridor): p.corridor for p in points}.values()
        }
        self._to_send = self._pieces()
        self._sent: set[Future[Part]] = set()
        self._back: SimpleQueue[tuple[_Piece, Future[Part]]] = SimpleQueue()
        self._parts: dict[int, dict[int, Part]] = {}
        self._failed: set[int] = set()
        self.left = sum(len(point.numbers) for point in points)
        """Replications that have not come."""

    def _pieces(self) -> Iterator[_Piece]:
        """Yield the tasks, point by point; those of a point that has failed are left out."""
        size = max(1, sum(len(point.numbers) for point in self._points) // (_TASKS_A_WORKER * self._workers.count))
        for place, point in enumerate(self._points):
            for first in range(0, len(point.numbers), size):
                if place not in self._failed:
                    yield _Piece(place, point.numbers[first : first + size])

    def send(self) -> bool:
        """Send what workers can take; return whether anything is to come back."""
        for piece in islice(self._to_send, self._workers.ahead - len(self._sent)):
            point = self._points[piece.point]
            task = order(point, self._packages[id(point.corridor)], piece.numbers)
            future = self._workers.executor.submit(carry_out, task)
            self._sent.add(future)
            future.add_done_callback(partial(self._came, piece))
        return bool(self._sent)

    def _came(self, piece: _Piece, future: Future[Part]) -> None:
        self._back.put((piece, future))

    def receive(self) -> tuple[int, Answers | PointError | None]:
        """Wait for a task; return its point with its answers if it is complete, or why it cannot be."""
        piece, future = self._back.get()
        self._sent.discard(future)
        if piece.point in self._failed:
            return piece.point, None
        parts = self._parts.setdefault(piece.point, {})
        try:
            parts[piece.numbers.start] = future.result()
        except self._workers.killed:
            return piece.point, self._fail(
                piece.point, "the workers that simulated it died, perhaps for want of memory"
            )
        except JibekError as error:
            return piece.point, self._fail(piece.point, str(error))
        self.left -= len(piece.numbers)
        return piece.point, self._complete(piece.point)

    def _fail(self, place: int, why: str) -> PointError:
        point, parts = self._points[place], self._parts.pop(place)
        self._failed.add(place)
        self.left -= len(point.numbers) - sum(len(values) for _, values in parts.values())
        return PointError(point, why)

    def _complete(self, place: int) -> Answers | None:
        """Return the answers of a point of which all replications have come."""
        point, parts = self._points[place], self._parts[place]
        if sum(len(values) for _, values in parts.values()) < len(point.numbers):
            return None
        del self._parts[place]
        in_order = [part for _, part in sorted(parts.items())]
        return Answers(point, names_in(in_order[0][0]), np.concatenate([values for _, values in in_order]))

    def clear(self) -> None:
        """Give up what has not come back."""
        if self._sent:
            self._workers.give_up()
        for future in self._sent:
            future.cancel()
