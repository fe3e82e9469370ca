"""Quay-crane scheduling with the planner's crane core, beside published values: `benchmarks/qcsp/`.

Values are those of a check of its own, which knows nothing of sweeps. Bounds are computed from the instance.
"""

from __future__ import annotations

import csv
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path
from statistics import mean

from benchmarks._measure import Row, Size
from jibek.transfer._sweep import line, sweeps

HERE = Path(__file__).with_name("qcsp")


@dataclass(frozen=True)
class Instance:
    """Tasks at bays, cranes from left to right; `before` counts tasks from 0."""

    id: str
    family: str
    bays: Sequence[int]
    times: Sequence[int]
    before: Sequence[tuple[int, int]]
    first_bays: Sequence[int]
    ready: Sequence[int]
    apart: int
    bay_time: int
    best_known: float
    scale: float

    def gap(self, one: int, other: int) -> int:
        """Return how many bays two cranes stay apart."""
        return self.apart * abs(one - other)


@dataclass(frozen=True)
class Reached:
    """What was reached in so much time of the processor, in the units of the published value."""

    id: str
    family: str
    value: float
    bound: float
    best_known: float
    seconds: float
    allowed_s: float
    date: str

    @property
    def gap(self) -> float:
        """By what share the value is above the best known."""
        return self.value / self.best_known - 1


def instances() -> list[Instance]:
    """Read all instances."""
    with (HERE / "best_known.csv").open(encoding="utf-8", newline="") as source:
        published = {row["id"]: row for row in csv.DictReader(source)}
    with (HERE / "instances.jsonl").open(encoding="utf-8") as lines:
        read = [json.loads(text) for text in lines]
    return [
        Instance(
            one["id"], one["set"].split(":")[0].split("-")[0] if one["set"].startswith("KP") else one["set"].split(":")[0],
            one["l"], one["p"], [(a - 1, b - 1) for a, b in one["phi"]], one["l0"], one["r"], one["s"] + 1, one["t"],
            float(published[one["id"]]["best_known"]), float(published[one["id"]]["value_scale"]),
        )
        for one in read
    ]  # fmt: skip


def makespan(of: Instance, crane: Sequence[int], start: Sequence[float]) -> float:
    """Check a schedule and return when it is done.

    Two tasks of different cranes that are too near to each other are done one after the other, with time for the first crane to get
    out of the way and for the second to come (Bierwirth and Meisel 2009). Where a crane is at first counts as a task without work.
    """
    cranes = len(of.first_bays)
    tasks = [(start[i], start[i] + of.times[i], of.bays[i], crane[i]) for i in range(len(of.times))]
    tasks += [(of.ready[v], of.ready[v], of.first_bays[v], v) for v in range(cranes)]
    for one, other in combinations(sorted(tasks), 2):
        near = of.bay_time * _way(of, one, other)
        if near and other[0] < one[1] + near - 1e-6:
            raise ValueError(f"{of.id}: cranes are in each other's way at {other[0]}")
    for a, b in of.before:
        if start[b] < start[a] + of.times[a] - 1e-6:
            raise ValueError(f"{of.id}: task {b} is done before task {a}")
    for v in range(cranes):
        own = sorted(task for task in tasks if task[3] == v)
        if any(b[0] < a[1] + of.bay_time * abs(b[2] - a[2]) - 1e-6 for a, b in pairwise(own)):
            raise ValueError(f"{of.id}: crane {v} is in two places at once")
    return max(end for _, end, _, _ in tasks)


def _way(of: Instance, one: tuple[float, float, int, int], other: tuple[float, float, int, int]) -> int:
    """Return how many bays must be gone between two tasks of different cranes; 0 if both can be done at once."""
    left, right = (one, other) if one[3] < other[3] else (other, one)
    return max(0, left[2] + of.gap(left[3], right[3]) - right[2]) if left[3] != right[3] else 0


def least(of: Instance) -> int:
    """Bound the makespan: the work shared by all cranes, and bays so near to each other that one crane works there at a time."""
    shared = math.ceil(sum(of.times) / len(of.first_bays))
    windows = [
        sum(time for time, bay in zip(of.times, of.bays, strict=True) if first <= bay < first + of.apart)
        for first in set(of.bays)
    ]
    return max(shared, *windows) if len(of.first_bays) > 1 else shared


def solve(of: Instance, allowed_s: float) -> Reached:
    """Look for a sweep until the time of the processor is over, or none can be better."""
    way = line(
        of.bays, of.times, of.before, of.first_bays, of.ready, [of.apart] * (len(of.first_bays) - 1), 1 / of.bay_time
    )
    bound, begin = least(of), time.process_time()
    for best in sweeps(way):
        seconds = time.process_time() - begin
        if seconds > allowed_s or best.seconds <= bound + 1e-6:
            break
    value = makespan(of, best.crane.tolist(), best.start.tolist())
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Reached(
        of.id, of.family, value * of.scale, bound * of.scale, of.best_known, round(seconds, 2), allowed_s, now
    )


def qcsp(size: Size, folder: Path) -> Iterator[Row]:
    """Solve instances that have not been solved with as much time, and compare what is known of all that are asked for."""
    home = folder / "qcsp"
    home.mkdir(parents=True, exist_ok=True)
    found = _read(home)
    chosen = instances()[:: size.sample]
    for n, one in enumerate(chosen, 1):
        if one.id not in found or found[one.id].allowed_s < size.search_s:
            after = solve(one, size.search_s)
            before = found.get(one.id, after)
            found[one.id] = (
                after if after.value <= before.value else Reached(**asdict(before) | {"allowed_s": size.search_s})
            )
            _write(found, home)
            print(
                f"{n} of {len(chosen)}: {one.id}: {after.value:g}, best known {one.best_known:g}",
                file=sys.stderr,
                flush=True,
            )
    families: dict[str, list[Reached]] = defaultdict(list)
    for one in chosen:
        families[one.family].append(found[one.id])
    for family, ones in families.items():
        yield _row(f"quay cranes, {family}", ones, promised=False)
    yield _row("quay cranes, all", [found[one.id] for one in chosen], promised=True)


def _read(home: Path) -> dict[str, Reached]:
    file = home / "values.csv"
    if not file.exists():
        return {}
    kinds = {"str": str, "float": float}
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return {
        row["id"]: Reached(**{one.name: kinds[str(one.type)](row[one.name]) for one in fields(Reached)}) for row in rows
    }


def _write(found: Mapping[str, Reached], home: Path) -> None:
    draft = home / ".values.csv"
    with draft.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, [one.name for one in fields(Reached)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(found[one.id]) for one in instances() if one.id in found)
    draft.replace(home / "values.csv")


def _row(what: str, ones: Sequence[Reached], *, promised: bool) -> Row:
    gaps = [one.gap for one in ones]
    near = sum(gap <= 0.01 for gap in gaps) / len(gaps)
    wrong = sum(one.bound > one.value for one in ones)
    seconds = [one.seconds for one in ones]
    above = mean(one.value / one.bound - 1 for one in ones)
    measured = (
        f"{len(ones)} instances: {mean(gaps):.2%} above best known on average, {max(gaps):.2%} at most, {near:.0%} within 1 %; "
        f"{above:.1%} above the bound; {mean(seconds):.1f} s on average, {max(seconds):.1f} s at most"
    )
    figures = {one.id: asdict(one) for one in ones}
    if not promised:
        return Row(what, measured, figures=figures)
    reached = mean(gaps) <= 0.003 and near >= 0.95 and not wrong
    return Row(
        what, measured, "<= 0.3 % on average, 95 % within 1 %, 60 s each, no bound above a value", reached, figures
    )
