"""When containers come, how long they are and how they travel (docs/simulation.md, section 1)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, count, takewhile

from against.second.calendar import Calendar, inverse
from against.second.draws import BLOCK_TIME, ITINERARY, SIZE, Draws, entity
from jibek.corridor import Corridor
from jibek.corridor.tables import Flow, Itinerary

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LENGTHS = (4, 8, 9)
"""Quarter TEU of 20, 40 and 45 ft."""


class Demand:
    """The blocks of one flow: time, itinerary and lengths of their containers."""

    def __init__(self, corridor: Corridor, flow: Flow, calendar: Calendar, draws: Draws) -> None:
        self.flow, self.calendar, self.draws = flow, calendar, draws
        self.entity = entity("flows", flow.id)
        self.arrivals = sorted(
            (calendar.hours(row.time), row.containers) for row in corridor.arrivals if row.flow == flow.id
        )
        own = (row for row in corridor.itineraries.values() if row.flow == flow.id and row.share > 0)
        self.itineraries = sorted(own, key=lambda row: row.id)
        self.shares = list(accumulate(row.share for row in self.itineraries))
        self.mix = list(accumulate((flow.share_20ft, flow.share_40ft, flow.share_45ft)))

    def blocks(self) -> Iterator[tuple[float, Itinerary, list[int]]]:
        """Yield the blocks in order of time."""
        number = 0
        for block, (time, containers) in enumerate(self._times()):
            lengths = self._lengths(number, containers)
            yield time, self._itinerary(block), lengths
            number += len(lengths)

    def _times(self) -> Iterator[tuple[float, int]]:
        """Yield the time of each block and its listed number of containers (else 0)."""
        begin, end = self.calendar.begin, self.calendar.end
        if self.flow.arrival == "listed":
            return (row for row in self.arrivals if begin <= row[0] < end)
        times = inverse(self._rates(), self._expected())
        return ((time, 0) for time in takewhile(lambda time: time < end, times))

    def _expected(self) -> Iterator[float]:
        """Yield the number of blocks expected when each block comes."""
        first = (self.draws.pair(BLOCK_TIME, self.entity, number)[0] for number in count())
        if self.flow.arrival == "regular":
            return (number + u for number, u in enumerate(first))
        return accumulate(-math.log(u) for u in first)

    def _rates(self) -> Iterator[tuple[float, float, float]]:
        weights = (self.flow.share_20ft, self.flow.share_40ft, self.flow.share_45ft)
        mean = sum(w * q for w, q in zip(weights, LENGTHS, strict=True)) / sum(weights) / 4
        rate = self.flow.teu_per_year / (self.flow.block_teu or mean) / 8760
        season = self.flow.season or (1.0,) * 12
        scale = 365 / sum(index * days for index, days in zip(season, DAYS, strict=True))
        for month, begin, end in self.calendar.months():
            if begin >= self.calendar.end or rate == 0:
                return
            yield begin, end, rate * scale * season[month - 1]

    def _length(self, number: int) -> int:
        u = self.draws.pair(SIZE, self.entity, number)[0]
        return LENGTHS[bisect_right(self.mix, u * self.mix[-1])]

    def _lengths(self, number: int, listed: int) -> list[int]:
        if listed or self.flow.block_teu is None:
            return [self._length(number + n) for n in range(listed or 1)]
        room, lengths = math.floor(4 * self.flow.block_teu), []
        while (length := self._length(number + len(lengths))) <= room:
            room -= length
            lengths.append(length)
        return lengths

    def _itinerary(self, block: int) -> Itinerary:
        u = self.draws.pair(ITINERARY, self.entity, block)[0]
        return self.itineraries[bisect_right(self.shares, u * self.shares[-1])]
