"""The fewest containers that a vehicle and a full yard can exchange (docs/simulation.md, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from against.second.records import Container


def fewest(
    arriving: Sequence[Container], line: Sequence[Container], free: float, room: float
) -> tuple[list[Container], list[Container]] | None:
    """Return the containers to come off and to go on whose places suffice for each other.

    Parameters
    ----------
    arriving, line
        Aboard and in the yard, in order.
    free, room
        Quarters free on the vehicle and in the yard.
    """
    off, on, coming = [arriving[0]], [], list(islice(arriving, 1, None))
    while True:
        balance = sum(one.quarters for one in off) - sum(one.quarters for one in on)
        if room < balance:
            if len(on) == len(line):
                return None
            on.append(line[len(on)])
        elif free + balance < 0:
            if not coming or coming[0].next is None:
                return None
            off.append(coming.pop(0))
        else:
            return off, on
