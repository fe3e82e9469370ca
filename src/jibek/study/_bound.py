"""What a corridor can carry at most, in mean values, and what stops it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jibek.corridor import ChangeError, Corridor, Problem
from jibek.study._lifting import Lifting
from jibek.study._needs import Needs
from jibek.study._point import made_from
from jibek.study._programme import MOST, Plan, Programme
from jibek.study._raising import capacity_title, raising
from jibek.study._windows import Window
from jibek.tables import near

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YEAR_H = 8760.0
BINDS = 0.1
"""A capacity binds if one unit more brings so many TEU a year."""


@dataclass(frozen=True)
class Limit:
    """A capacity: the share of it that demand as given needs, and what one unit more brings.

    Attributes
    ----------
    name
        What says how much there is of it, as a change would name it: `equipment.rmg.count`.
    utilisation
        Share used when all that can be is carried of the demand as given, over the days that count.
    teu_per_unit
        TEU a year that one unit more brings at the bound; 0 where it does not bind.
    months
        The same share, month by month.
    """

    name: str
    utilisation: float
    teu_per_unit: float
    months: tuple[float, ...]


@dataclass(frozen=True)
class Month:
    """A month of the days that count, taken by itself: how far its demand could be scaled, and what stops it."""

    month: str
    scale: float | None
    binding: tuple[str, ...]


@dataclass(frozen=True)
class AsGiven:
    """What can be carried of the demand as given, TEU a year; what stops it, if it is not all."""

    offered_teu: float
    volume_teu: float
    binding: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """What a corridor can carry at most.

    Attributes
    ----------
    flows
        Whose demand is scaled; that of the others is as given.
    scale
        How far at most; None: nothing that is modelled stops it.
    volume_teu
        Volume of all flows at that scale, TEU a year.
    as_given
        What can be carried of the demand as given.
    limits
        Capacities with a need, those used most first.
    months
        The months by themselves.
    seconds
        Time it took.
    """

    corridor: Corridor
    flows: tuple[str, ...]
    scale: float | None
    volume_teu: float | None
    as_given: AsGiven
    limits: tuple[Limit, ...]
    months: tuple[Month, ...]
    seconds: float

    @property
    def binding(self) -> tuple[str, ...]:
        """Capacities that stop demand from growing further."""
        return tuple(one.name for one in self.limits if one.teu_per_unit > BINDS)

    def title(self, capacity: str) -> str:
        """Return what a reader calls a capacity."""
        return capacity_title(self.corridor, capacity)

    def _raised(self, limit: Limit) -> dict[str, Any]:
        """Return how a capacity is raised, and the TEU a year that this brings."""
        how = raising(self.corridor, limit.name)
        return {"words": how.words, "change": how.change, "teu": how.units * limit.teu_per_unit}

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        names = ("scale", "volume_teu", "binding", "flows", "seconds")
        limits = [asdict(one) | {"title": self.title(one.name), "raised": self._raised(one)} for one in self.limits]
        lists = {"limits": limits, "months": [asdict(one) for one in self.months]}
        head = made_from(self.corridor) | {name: getattr(self, name) for name in names}
        return head | {"as_given": asdict(self.as_given)} | lists

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws what binds by month."""
        from jibek.study._pictures import bound_by_month

        return {"bound": partial(bound_by_month, self)}


def bound(corridor: Corridor, flows: Collection[str] = ()) -> Bound:
    """Bound what a corridor can carry, by a linear programme in mean values.

    Containers by itinerary need machines, positions, posts, yard room, departures, vehicles and paths, for their mean times, and
    only while these are open in the mean; they are lifted directly where they can be. The simulation carries no more in the mean of
    many replications. Whoever waits may do so for months. A clock without a warm-up begins empty; with one, the days that count
    are taken as steady: as much is under way, and waits downstream of what binds, at their end as at their begin.

    Parameters
    ----------
    corridor
        What is bounded.
    flows
        Whose demand is scaled, that of the others is as given; none named: all.

    Raises
    ------
    ChangeError
        If there is no such flow, or no demand to scale.

    Examples
    --------
    >>> import jibek
    >>> found = bound(jibek.read("starter"))
    >>> found.scale > 1, found.as_given.volume_teu == found.as_given.offered_teu
    (True, True)
    """
    begin = time.perf_counter()
    chosen = known_flows(corridor, flows)
    needs = Needs(corridor)
    Lifting(needs)
    programme = Programme(needs)
    window = Window(needs.compiled, 0.0, needs.compiled.end_h)
    per_year = YEAR_H / window.hours
    plan, given = programme.largest(window, chosen), programme.carried(window)
    stopped = plan is None or plan.scale < 0.999 * MOST
    months = _months(needs)
    return Bound(
        corridor=corridor,
        flows=chosen,
        scale=(plan.scale if plan else 0.0) if stopped else None,
        volume_teu=per_year * (plan or given).teu if stopped else None,
        as_given=AsGiven(
            per_year * sum(one.teu(window) for one in needs.carried),
            per_year * given.teu,
            tuple(_binding(_prices(needs, window, given))),
        ),
        limits=_limits(needs, given, [programme.carried(month) for month in months], _prices(needs, window, plan)),
        months=tuple(_month(needs, month, programme.largest(month, chosen)) for month in months),
        seconds=time.perf_counter() - begin,
    )


def known_flows(corridor: Corridor, flows: Collection[str]) -> tuple[str, ...]:
    """Return the flows that are named, or all; with any demand."""
    unknown = [
        Problem(f"--flow {name}", None, None, f"is not in flows.csv{near(name, corridor.flows)}")
        for name in flows
        if name not in corridor.flows
    ]
    if unknown:
        raise ChangeError(unknown)
    chosen = tuple(dict.fromkeys(flows)) or tuple(corridor.flows)
    listed = {arrival.flow for arrival in corridor.arrivals}
    if not any(corridor.flows[flow].teu_per_year > 0 or flow in listed for flow in chosen):
        raise ChangeError([Problem(", ".join(chosen) or "flows.csv", None, None, "has no demand to scale")])
    return chosen


def _months(needs: Needs) -> list[Window]:
    """Return the months of the days that count."""
    marks = [0.0, *(mark for mark in needs.compiled.months_h.tolist() if mark > 0.0)]
    return [Window(needs.compiled, start, end) for start, end in pairwise(marks)]


def _month(needs: Needs, window: Window, plan: Plan | None) -> Month:
    start = datetime.combine(needs.corridor.header.start, clock()) + timedelta(hours=window.start_h)
    scale = plan.scale if plan else 0.0
    binding = tuple(_binding(_prices(needs, window, plan)))
    return Month(f"{start:%Y-%m}", scale if scale < 0.999 * MOST else None, binding)


def _binding(prices: Mapping[str, float]) -> list[str]:
    return sorted((name for name, price in prices.items() if price > BINDS), key=lambda name: -prices[name])


def _prices(needs: Needs, window: Window, plan: Plan | None) -> dict[str, float]:
    """Return the TEU a year that one unit more of each capacity brings, all else as it is.

    One machine more of a pool gives its own hours, and lets vehicles leave their positions sooner.
    """
    found: dict[str, float] = defaultdict(float)
    if plan is None:
        return found
    for key, row in needs.capacities.items():
        price = plan.price[key] * YEAR_H / window.hours
        found[row.name] += price * row.one(window)
        if row.pool:
            found[row.pool] += price * plan.lifts[key] / needs.capacities[row.pool].units
    return found


def _limits(needs: Needs, given: Plan, months: Sequence[Plan], prices: Mapping[str, float]) -> tuple[Limit, ...]:
    rows: dict[str, list[str]] = defaultdict(list)
    for key, row in needs.capacities.items():
        if given.used[key] > 0.0 or prices.get(row.name, 0.0) > BINDS:
            rows[row.name].append(key)
    found = []
    for name, keys in rows.items():
        shares = [max(one.share(key) for key in keys) for one in (given, *months)]
        found.append(Limit(name, shares[0], prices.get(name, 0.0), tuple(shares[1:])))
    return tuple(sorted(found, key=lambda one: (-one.utilisation, one.name)))
