"""Flows that a corridor does not carry: of which more and more is inside."""

from __future__ import annotations

from dataclasses import dataclass

from jibek.corridor import Corridor
from jibek.results._names import usual
from jibek.results._statistics import Statistics

SLACK_DAYS = 7
"""Days of a flow's demand by which what is inside may have grown, for chance and season."""

LONG_DAYS = 21
"""Time on the way allowed to a flow of which nothing was delivered."""


@dataclass(frozen=True)
class Behind:
    """A flow that did not keep up.

    Attributes
    ----------
    flow
        Which.
    begin_teu, end_teu
        Inside at the start and at the end of the time that counts.
    terminal
        Where, on its way, the TEU in the yard grew most; None if they grew nowhere.
    """

    flow: str
    begin_teu: float
    end_teu: float
    terminal: str | None


def behind(statistics: Statistics, corridor: Corridor) -> list[Behind]:
    """Return the flows of which much more is inside at the end than at the start, the worst first.

    What is inside at the start follows from what is offered, delivered and inside at the end. A corridor that
    begins empty fills up: what is on the way at the pace of the fastest tenth is not held against it.

    Parameters
    ----------
    statistics, corridor
        Of the run.
    """
    found = []
    for flow in corridor.flows.values():
        offered, delivered, end = (
            statistics[f"flows.{flow.id}.{name}_teu"].mean or 0.0 for name in ("offered", "delivered", "inside")
        )
        daily, begin = offered / corridor.header.days, end + delivered - offered
        fast = statistics[f"flows.{flow.id}.transit_days.p10"].mean
        usual_teu = daily * (LONG_DAYS if fast is None else fast)
        grown = end - max(begin, usual_teu)
        if grown > max(SLACK_DAYS * daily, 3 * (flow.block_teu or 1.0)):
            found.append((grown, flow.id, begin, end))
    found.sort(reverse=True)
    return [Behind(flow, begin, end, _fullest(statistics, corridor, flow)) for _, flow, begin, end in found]


def _fullest(statistics: Statistics, corridor: Corridor, flow: str) -> str | None:
    """Return the terminal on a flow's way in whose yard the TEU grew most."""
    terminals = [corridor.services[name].from_terminal for name in usual(corridor, flow).services]
    grown = {}
    for terminal in terminals:
        yard = statistics.daily("yard", terminal)["mean"]
        grown[terminal] = yard[-1] - yard[corridor.header.warmup_days]
    most = max(grown, key=lambda one: grown[one])
    return most if grown[most] > 0 else None
