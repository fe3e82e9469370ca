"""How long plans keep cranes busy, as the values of a terminal in a corridor package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, pstdev
from types import MappingProxyType

from jibek.corridor import Corridor
from jibek.tables import ChangeError, Problem, SourceRow, near, number_text, quoted
from jibek.transfer import tables as t
from jibek.transfer._groups import group_of
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan

KINDS = ("direct", "off", "on")
"""From train to train, off to the yard, on from the yard; from yard to yard counts as `on`."""


@dataclass(frozen=True)
class Worked:
    """How a plan was worked.

    Parameters
    ----------
    job
        Id of the job.
    cranes
        How many there are.
    worked_s
        Time in which trains stand to be worked.
    spells
        How many times without a gap that is.
    cycles_s
        Of each move with a box, by kind: from when its crane was done with the one before, and the trains were there, to its end.
    """

    job: str
    cranes: int
    worked_s: float
    spells: int
    cycles_s: dict[str, list[float]]

    @property
    def moves(self) -> int:
        """Moves with a box."""
        return sum(map(len, self.cycles_s.values()))

    @property
    def boxes(self) -> int:
        """Boxes moved to a train."""
        return len(self.cycles_s["direct"]) + len(self.cycles_s["on"])


def worked(job: Job, plan: Plan) -> Worked:
    """Measure how long a plan keeps cranes busy.

    Parameters
    ----------
    job
        Checked.
    plan
        Valid.

    Examples
    --------
    >>> from jibek.transfer import generate, plan_by_rule
    >>> job = generate("pair", 20, seed=1, held=0.0)
    >>> found = worked(job, plan_by_rule(job))
    >>> found.cranes, found.moves, found.boxes
    (3, 20, 20)
    """
    cycles: dict[str, list[float]] = {kind: [] for kind in KINDS}
    come = {stay.train: stay.from_s for stay in plan.parking}
    for crane in job.cranes:
        free = 0.0
        for move in sorted((one for one in plan.moves if one.crane == crane), key=lambda one: one.begin_s):
            if move.box is None:
                continue
            trains = [
                job.wagons[place.partition(":")[0]].train for place in (move.from_place, move.to_place) if ":" in place
            ]
            cycles[_kind(move)].append(move.end_s - max([free, *(come[train] for train in trains)]))
            free = move.end_s
    spells = list(_spells(job, plan))
    return Worked(job.header.id, len(job.cranes), sum(end - begin for begin, end in spells), len(spells), cycles)


def _kind(move: t.Move) -> str:
    if ":" in move.from_place:
        return "direct" if ":" in move.to_place else "off"
    return "on"


def _spells(job: Job, plan: Plan) -> Iterator[tuple[float, float]]:
    """Yield the times in which some group of trains is worked: from when its first train stands until its last one leaves."""
    stays: dict[str, list[t.Parking]] = defaultdict(list)
    for stay in plan.parking:
        stays[group_of(job.trains[stay.train])].append(stay)
    spans = sorted((min(one.from_s for one in here), max(one.until_s for one in here)) for here in stays.values())
    if not spans:
        return
    begin, end = spans[0]
    for low, high in spans[1:]:
        if low > end:
            yield begin, end
            begin = low
        end = max(end, high)
    yield begin, end


@dataclass(frozen=True)
class Times:
    """What one move keeps one crane busy for, over a set of plans.

    Parameters
    ----------
    cranes
        How many there are.
    move_min
        Mean time of a move, so that as many cranes take as long as planned: worked time x cranes / (moves + (cranes - 1) / 2 for
        each spell, whose last round is half full).
    move_cv
        Coefficient of variation of the cycles.
    kind_min
        Mean time by kind of move; none where no plan has such a move.
    direct_share
        Boxes that go straight from train to train.
    jobs
        Ids of the jobs.
    """

    cranes: int
    move_min: float
    move_cv: float
    kind_min: dict[str, float | None]
    direct_share: float
    jobs: tuple[str, ...]

    @classmethod
    def of(cls, plans: Sequence[Worked]) -> Times:
        """Sum up plans.

        Raises
        ------
        ChangeError
            If they have not the same number of cranes, or no moves.
        """
        cranes = {one.cranes for one in plans}
        cycles = [cycle for one in plans for kind in KINDS for cycle in one.cycles_s[kind]]
        if len(cranes) != 1 or not cycles:
            message = "all jobs must have the same number of cranes" if cycles else "no plan moves a box"
            raise ChangeError([Problem("JOB", None, None, message)])
        count = cranes.pop()
        moves = sum(one.moves + one.spells * (count - 1) / 2 for one in plans)
        move_s = sum(one.worked_s for one in plans) * count / moves
        scale = move_s / mean(cycles) / 60
        of_kind = {kind: [cycle for one in plans for cycle in one.cycles_s[kind]] for kind in KINDS}
        kind_min = {kind: mean(here) * scale if here else None for kind, here in of_kind.items()}
        direct = len(of_kind["direct"]) / sum(one.boxes for one in plans)
        jobs = tuple(one.job for one in plans)
        return cls(count, move_s / 60, pstdev(cycles) / mean(cycles), kind_min, direct, jobs)

    def box_min(self, direct_share: float) -> float | None:
        """Return the crane time of a box when such a share goes straight; None if no plan has the moves for it.

        Parameters
        ----------
        direct_share
            From 0 to 1.
        """
        wanted = (("direct", direct_share), ("off", 1 - direct_share), ("on", 1 - direct_share))
        parts = [(self.kind_min[kind], share) for kind, share in wanted if share > 0]
        return None if any(time is None for time, _ in parts) else sum((time or 0.0) * share for time, share in parts)

    def changes(self, corridor: Corridor, equipment: str) -> list[str]:
        """Say what is to be changed in a corridor so that a pool of cranes works as planned.

        Where plans have moves to and from the yard, which lies under the cranes, transfers of this pool between its zones and a
        yard become this one step.

        Parameters
        ----------
        corridor
            The corridor.
        equipment
            Id of the pool.

        Raises
        ------
        ChangeError
            If there is no such pool.
        """
        if equipment not in corridor.equipment:
            message = f"{quoted(equipment)} is not in equipment.csv{near(equipment, corridor.equipment)}"
            raise ChangeError([Problem("--equipment", None, None, message)])
        values = {"count": self.cranes, "move_min": round(self.move_min, 3), "move_cv": round(self.move_cv, 3)}
        changes = [f"equipment.{equipment}.{field}={number_text(float(value))}" for field, value in values.items()]
        if self.direct_share < 1:
            yards = {zone.id for zone in corridor.zones.values() if zone.kind == "yard"}
            for transfer in corridor.transfers.values():
                if (
                    equipment in transfer.steps
                    and yards & {transfer.from_zone, transfer.to_zone}
                    and len(transfer.steps) > 1
                ):
                    changes.append(f"transfers.{transfer.id}.steps={equipment}")
        return changes

    def into(self, corridor: Corridor, equipment: str) -> Corridor:
        """Return a corridor in which a pool of cranes works as planned, with the jobs as its source.

        How well the replaced values were known is not told any more.

        Parameters
        ----------
        corridor
            The corridor.
        equipment
            Id of the pool.

        Raises
        ------
        ChangeError
            If there is no such pool, or the values do not fit.
        """
        changes = self.changes(corridor, equipment)
        source = SourceRow(
            id=f"planned-{equipment}", kind="derived", title=f"Planned gauge transfers: crane time of {len(self.jobs)} jobs",
            note=f"{self.direct_share:.0%} of boxes straight from train to train; jobs {', '.join(self.jobs)}",
        )  # fmt: skip
        values = {change.partition("=")[0] for change in changes}
        known = {name: row for name, row in corridor.uncertainty.items() if row.relative or name not in values}
        sources = MappingProxyType({**corridor.sources, source.id: source})
        named = replace(corridor, sources=sources, uncertainty=MappingProxyType(known))
        rows = {tuple(change.partition("=")[0].split(".")[:2]) for change in changes}
        return named.with_changes(*changes, *(f"{table}.{row}.source={source.id}" for table, row in sorted(rows)))
