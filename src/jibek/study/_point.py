"""A point of a study: a corridor changed, and the random numbers it is simulated with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from jibek import __version__
from jibek.corridor import Corridor

_SHOWN = 6
"""Changes that the name of a point tells."""


@dataclass(frozen=True)
class Point:
    """A corridor with measures and changes, and the replications it is simulated in.

    Points of the same seed share their random numbers: replication 3 has the same storms and the same demand in all of them,
    so differences between points are taken replication by replication (`Answers.difference`).

    Parameters
    ----------
    corridor
        What the measures and changes are made to; the days it is simulated are those of its clock (`Corridor.with_clock`).
        Points that share it share one object, which is sent to each worker once.
    measures, changes
        Taken in this order, as `Corridor.with_measures` and `Corridor.with_changes` do.
    seed
        Seed of all random numbers, 0 to 2**32 - 1.
    numbers
        Numbers of the replications; `range(4)` are the first four.

    Examples
    --------
    >>> import jibek
    >>> point = Point(jibek.read("starter"), changes=("services.*.priority+=1",), numbers=range(2))
    >>> point.changed.changes
    ('services.*.priority+=1',)
    """

    corridor: Corridor
    measures: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    seed: int = 0
    numbers: range = range(4)

    @property
    def changed(self) -> Corridor:
        """The corridor as it is simulated.

        Raises
        ------
        ChangeError
            With every problem of the measures and changes.
        """
        return self.corridor.with_measures(*self.measures).with_changes(*self.changes)

    def only(self, numbers: range) -> Point:
        """Return the point with other replications."""
        return replace(self, numbers=numbers)

    @property
    def hash(self) -> str:
        """SHA-256 of all that decides what is simulated, and of the version of Jibek, as hexadecimal."""
        package = (self.corridor.hash, self.corridor.applied)
        parts = (*package, self.measures, self.changes, self.seed, list(self.numbers), __version__)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def __str__(self) -> str:
        parts = (*self.measures, *self.changes)
        more = f" and {len(parts) - _SHOWN} more changes" if len(parts) > _SHOWN else ""
        return (", ".join(parts[:_SHOWN]) or "as it is") + more


def made_from(corridor: Corridor) -> dict[str, Any]:
    """Return what a study was made from: version, package, measures, changes, clock."""
    header = corridor.header
    return {
        "jibek": __version__,
        "corridor": {"id": header.id, "title": header.title, "hash": corridor.hash},
        "measures": list(corridor.applied),
        "changes": list(corridor.changes),
        "start": header.start.isoformat(),
        "days": header.days,
        "warmup_days": header.warmup_days,
        "currency": header.currency,
    }


def repeated(point: Point) -> dict[str, Any]:
    """Return what repeats a simulated point: what it was made from, seed and number of replications."""
    return made_from(point.corridor) | {"seed": point.seed, "replications": len(point.numbers)}
