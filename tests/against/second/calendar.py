"""Hours of the corridor's clock against months, weekdays and times of the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from math import inf

from jibek.corridor import Corridor
from jibek.corridor.tables import Service

HOUR = timedelta(hours=1)


class Calendar:
    """The clock of a corridor: hours since its start."""

    def __init__(self, corridor: Corridor) -> None:
        self.start = datetime.combine(corridor.header.start, time())
        self.begin, self.end = -24.0 * corridor.header.warmup_days, 24.0 * corridor.header.days
        self.listed: dict[str, list[float]] = {}
        for departure in corridor.departures:
            self.listed.setdefault(departure.service, []).append(self.hours(departure.time))

    def hours(self, moment: datetime) -> float:
        """Return the hours from the start to a moment."""
        return (moment - self.start) / HOUR

    def months(self) -> Iterator[tuple[int, float, float]]:
        """Yield month, begin and end in hours, from the begin of the clock without end."""
        first = self.start + self.begin * HOUR
        year, month, begin = first.year, first.month, self.begin
        while year < 9999:
            later = (year + month // 12, month % 12 + 1)
            end = self.hours(datetime(*later, 1))
            yield month, begin, end
            (year, month), begin = later, end

    def departures(self, service: Service) -> Iterator[float]:
        """Yield the times of the departures that open before the end of the clock, in order."""
        for hour in self._departures(service):
            if hour - service.load_h >= self.end:
                return
            yield hour

    def _departures(self, service: Service) -> Iterator[float]:
        if service.rule == "interval":
            assert service.every_h is not None
            number = 0
            while True:
                yield self.begin + service.offset_h + number * service.every_h
                number += 1
        elif service.rule == "timetable":
            day, hour = self.start + self.begin * HOUR, self.begin
            times = sorted({int(text[:2]) + int(text[3:]) / 60 for text in service.times})
            while True:
                if not service.days or day.isoweekday() in service.days:
                    yield from (hour + time_h for time_h in times)
                day, hour = day + timedelta(days=1), hour + 24
        elif service.rule == "listed":
            yield from (hour for hour in sorted(self.listed.get(service.id, ())) if hour >= self.begin)


def inverse(pieces: Iterator[tuple[float, float, float]], values: Iterator[float]) -> Iterator[float]:
    """Yield when the integral of a rate reaches each of rising values.

    Parameters
    ----------
    pieces
        Begin, end and rate, without a gap.
    values
        Of the integral, rising.
    """
    begin, end, rate, done = -inf, -inf, 0.0, 0.0
    for value in values:
        while end == -inf or done + rate * (end - begin) <= value:
            if end != -inf:
                done += rate * (end - begin)
            piece = next(pieces, None)
            if piece is None:
                return
            begin, end, rate = piece
        yield begin + (value - done) / rate
