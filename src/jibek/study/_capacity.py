"""How much a corridor sustains: demand raised until it no longer keeps up, or a level of service breaks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from jibek.corridor import ChangeError, Corridor, JibekError, Problem
from jibek.results._interval import Interval
from jibek.study._answers import Answers
from jibek.study._bound import Bound, bound, known_flows
from jibek.study._effects import interval_document
from jibek.study._evaluate import PointError, Progress, Rounds, outcomes
from jibek.study._point import Point, repeated
from jibek.study._workers import Workers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT_SHARE = 0.01
LEFT_LOADS = 3
"""What may be left over of what arrives in the days that count: a share, and loads of a vehicle."""

GRID = (0.5, 0.7, 0.85, 0.95, 1.05)
"""Where all replications are simulated first, in shares of the bound."""

HALVINGS = 3
FURTHEST = 16.0
QUANTILES = ("p10", "p50", "p90", "p95")


@dataclass(frozen=True)
class Service:
    """A level of service that must not break.

    Parameters
    ----------
    p90_days
        Days within which 90 % of the containers of the flows are delivered; None: whatever.
    yard_share
        Mean share of its room that a yard may be full; None: whatever.
    """

    p90_days: float | None = None
    yard_share: float | None = None


@dataclass(frozen=True)
class Capacity:
    """The largest volume that is sustained.

    Attributes
    ----------
    brackets
        For each replication the largest scale of the flows' demand at which all held, and the smallest at which something broke.
    stopped_by
        What broke first, and in how many replications.
    curve
        Scales at which all replications were simulated, with their answers.
    bound
        The bound, in mean values.
    failed
        Scales at which the corridor cannot be simulated, and why.
    """

    point: Point
    flows: tuple[str, ...]
    service: Service
    brackets: tuple[tuple[float, float], ...]
    stopped_by: Mapping[str, int]
    curve: Mapping[float, Answers]
    bound: Bound
    failed: Mapping[float, str] = field(default_factory=dict)

    @property
    def nothing_broke(self) -> bool:
        """Whether demand was raised as far as it is, and nothing broke."""
        return not self.stopped_by

    @property
    def scale(self) -> Interval:
        """The largest scale: in the middle of the brackets; from the 95 % interval of their lower ends to that of their upper ends."""
        held, broke = (Interval.of(ends) for ends in zip(*self.brackets, strict=True))
        if held.mean is None or broke.mean is None:
            return Interval(None)
        mean = (held.mean + broke.mean) / 2
        half = max(mean - (held.low or 0.0), (broke.high or 0.0) - mean)
        return Interval(mean, mean - half, mean + half).not_negative()

    @property
    def volume_teu(self) -> Interval:
        """Volume of all flows, TEU a year."""
        rest, grows = self._volumes()
        one = self.scale.scaled(grows)
        return Interval(*(None if part is None else part + rest for part in (one.mean, one.low, one.high)))

    def _volumes(self) -> tuple[float, float]:
        """Return the yearly volume of the flows that stay, and of those that grow."""
        grows = sum(self.bound.corridor.flows[flow].teu_per_year for flow in self.flows)
        return max(0.0, self.bound.as_given.offered_teu - grows), grows

    def volume_at(self, scale: float) -> float:
        """Return the volume of all flows at a scale, TEU a year."""
        rest, grows = self._volumes()
        return rest + scale * grows

    def document(self) -> dict[str, Any]:
        """Return it as plain values, fit for JSON."""
        head = repeated(self.point)
        names = ["total.offered_teu", "total.delivered_teu", *(f"total.transit_days.{one}" for one in QUANTILES)]
        points = [
            {"scale": scale, "volume_teu": self.volume_at(scale)}
            | {name.removeprefix("total."): interval_document(found[name]) for name in names}
            for scale, found in self.curve.items()
        ]
        return head | {
            "flows": self.flows,
            "service": {"p90_days": self.service.p90_days, "yard_share": self.service.yard_share},
            "scale": interval_document(self.scale),
            "volume_teu": interval_document(self.volume_teu),
            "brackets": self.brackets,
            "nothing_broke": self.nothing_broke,
            "stopped_by": dict(self.stopped_by),
            "bound": {name: getattr(self.bound, name) for name in ("scale", "volume_teu", "binding")},
            "curve": points,
            "failed": {f"{scale:.9g}": why for scale, why in self.failed.items()},
        }

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return what draws it: volume against quantiles of transit times, with the bound."""
        from jibek.study._pictures import volume_against_transit

        return {"capacity": partial(volume_against_transit, self)}


def capacity(
    corridor: Corridor,
    workers: Workers,
    *,
    flows: Collection[str] = (),
    service: Service | None = None,
    seed: int = 0,
    replications: int = 6,
    progress: Progress | None = None,
) -> Capacity:
    """Raise the demand of flows until the corridor no longer keeps up, or a level of service breaks.

    It keeps up if, of what arrives in the days that count for the flows that use a service, no more is left over than 1 % and
    three loads of the service's largest vehicle, nor 1 % of what arrives in all. Each replication is followed with its own random
    numbers: first on a common grid of scales, then by halving between the last that holds and the first that does not. So each has
    a root of its own, between two scales, and the interval is Student's (stochastic root finding on sample paths, as in retrospective
    approximation: Chen and Schmeiser 2001).

    Parameters
    ----------
    corridor
        With a warm-up: what is on its way must be so from the start.
    workers
        Who simulates.
    flows
        Whose demand is raised; none named: all but listed ones.
    service
        The level of service.
    seed, replications
        Seed of all random numbers, and how many replications.
    progress
        Called as replications come.

    Raises
    ------
    ChangeError
        If there is no such flow, none whose demand can be raised, or no warm-up.
    JibekError
        If the corridor can be simulated at no scale, with the reason at the least of them.
    """
    chosen = _growing(corridor, flows)
    limits = bound(corridor, chosen)
    search = _Search(corridor, workers, chosen, service or Service(), seed, replications, progress)
    search.grid(limits.scale)
    for _ in range(HALVINGS):
        search.halve()
    if not search.simulated:
        raise JibekError(f"demand x {min(search.failed):.3g}: {search.failed[min(search.failed)]}")
    reasons = [search.reasons[number] for number in range(replications)]
    stopped_by = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons) if reason}
    curve, failed = dict(sorted(search.curve.items())), dict(sorted(search.failed.items()))
    return Capacity(search.base, chosen, search.service, tuple(search.brackets), stopped_by, curve, limits, failed)


def _growing(corridor: Corridor, flows: Collection[str]) -> tuple[str, ...]:
    chosen = known_flows(corridor, flows)
    listed = [flow for flow in chosen if corridor.flows[flow].arrival == "listed"]
    problems = [
        Problem(f"--flow {flow}", None, None, "has listed arrivals, which cannot be raised")
        for flow in flows
        if flow in listed
    ]
    grows = tuple(flow for flow in chosen if flow not in listed and corridor.flows[flow].teu_per_year > 0)
    if not grows and not problems:
        problems.append(Problem("flows.csv", None, None, "no flow has a demand that can be raised"))
    if not corridor.header.warmup_days:
        message = "must be above 0: a clock that begins empty leaves over what is on its way; set it with --warmup-days"
        problems.append(Problem("corridor.toml", None, "warmup_days", message))
    if problems:
        raise ChangeError(problems)
    return grows


class _Search:
    """Brackets of the root of each replication: the last scale that holds, and the first that does not."""

    def __init__(
        self,
        corridor: Corridor,
        workers: Workers,
        flows: tuple[str, ...],
        service: Service,
        seed: int,
        replications: int,
        progress: Progress | None,
    ) -> None:
        self.corridor, self.workers, self.flows, self.service = corridor, workers, flows, service
        self.base = Point(corridor, seed=seed, numbers=range(replications))
        self.brackets = [(0.0, FURTHEST)] * replications
        self.reasons: dict[int, str] = dict.fromkeys(range(replications), "")
        self.curve: dict[float, Answers] = {}
        self.failed: dict[float, str] = {}
        self.simulated = False
        self.rounds = Rounds(progress, replications * (len(GRID) + HALVINGS))
        self.groups = _groups(corridor, flows)

    def grid(self, most: float | None) -> None:
        """Simulate all replications at scales up to a little above the bound, and further as long as one of them holds."""
        around = most if most else 1.0
        self._curve([share * around for share in GRID])
        scale = GRID[-1] * around
        while any(high >= FURTHEST for _, high in self.brackets) and scale < FURTHEST:
            scale = min(1.4 * scale, FURTHEST)
            self.rounds.whole += len(self.brackets)
            self._curve([scale])

    def _curve(self, scales: Sequence[float]) -> None:
        points = [self._point(scale, self.base.numbers) for scale in scales]
        for scale, outcome in zip(scales, self._evaluate(points), strict=True):
            if isinstance(outcome, Answers):
                self.curve[scale] = outcome
            for row in range(len(self.brackets)):
                self._learn(row, scale, outcome, row)

    def halve(self) -> None:
        """Simulate each replication in the middle of its bracket."""
        rows = [row for row, (_, high) in enumerate(self.brackets) if high < FURTHEST]
        scales = [sum(self.brackets[row]) / 2 for row in rows]
        points = [self._point(scale, range(row, row + 1)) for row, scale in zip(rows, scales, strict=True)]
        for row, scale, outcome in zip(rows, scales, self._evaluate(points), strict=True):
            self._learn(row, scale, outcome, 0)

    def _point(self, scale: float, numbers: range) -> Point:
        others = any(one.teu_per_year > 0 and one.id not in self.flows for one in self.corridor.flows.values())
        changes = tuple(f"flows.{flow}.teu_per_year*={scale:.9g}" for flow in (self.flows if others else ("*",)))
        return replace(self.base, changes=changes, numbers=numbers)

    def _evaluate(self, points: Sequence[Point]) -> list[Answers | PointError]:
        found = outcomes(points, self.workers, self.rounds.begin())
        return [outcome for _, outcome in sorted(found, key=itemgetter(0))]

    def _learn(self, row: int, scale: float, outcome: Answers | PointError, at: int) -> None:
        """Narrow the bracket of a replication; a corridor that deadlocks does not keep up."""
        low, high = self.brackets[row]
        if isinstance(outcome, PointError):
            broken = outcome.why.partition(":")[0]
            self.failed[scale] = outcome.why
        else:
            broken = self._broken(outcome, at)
            self.simulated = True
        if broken and scale < high:
            self.brackets[row], self.reasons[row] = (min(low, scale), scale), broken
        elif not broken and low < scale < high:
            self.brackets[row] = (scale, high)

    def _broken(self, answers: Answers, at: int) -> str:
        """Say what breaks first in a replication; nothing if all holds."""

        def figure(name: str) -> float:
            return float(answers.values_of(name)[at])

        behind: dict[str, float] = {}
        for name, flows, load_teu in self.groups:
            offered = sum(figure(f"flows.{flow}.offered_teu") for flow in flows)
            left = offered - sum(figure(f"flows.{flow}.delivered_teu") for flow in flows)
            behind[name] = (left - LEFT_SHARE * offered - LEFT_LOADS * load_teu) / max(offered, 1.0)
        worst = max(behind, key=behind.__getitem__)
        if behind[worst] > 0.0:
            return f"does not keep up: {worst}"
        if self.service.p90_days is not None:
            for flow in self.flows:
                if figure(f"flows.{flow}.transit_days.p90") > self.service.p90_days:
                    return f"P90 transit: {flow}"
        if self.service.yard_share is not None:
            for terminal in self.corridor.terminals:
                name = f"terminals.{terminal}.yard_utilisation"
                if name in answers and figure(name) > self.service.yard_share:
                    return f"yard: {terminal}"
        return ""


def _groups(corridor: Corridor, flows: tuple[str, ...]) -> list[tuple[str, list[str], float]]:
    """Return what must keep up: all flows, and those that use each service, with the load of its largest vehicle."""
    users: dict[str, dict[str, None]] = {}
    for itinerary in corridor.itineraries.values():
        for service in itinerary.services if itinerary.share > 0 else ():
            users.setdefault(service, {})[itinerary.flow] = None
    loads: dict[str, float] = {}
    for rotation in corridor.rotations.values():
        for service in rotation.services:
            loads[service] = max(loads.get(service, 0.0), corridor.fleets[rotation.fleet].capacity_teu)
    grown = [(service, list(named), loads.get(service, 0.0)) for service, named in users.items() if {*named} & {*flows}]
    return [*grown, ("all flows", list(corridor.flows), 0.0)]
