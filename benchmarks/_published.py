"""The published jobs of the gauge transfer: made anew from a table, the best plan of each kept, and what no plan is below.

`benchmarks/transfer/jobs.csv` says how to make each job, with a hash of its files; `values.csv` what the best plan known is worth;
`plans/` holds that plan. What is written is only what the check has said.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks._measure import Row, Size
from jibek.transfer import (
    Job,
    Plan,
    bound,
    check_plan,
    generate,
    plan_by_rule,
    read_plan,
    search_for,
    write_package,
)

HERE = Path(__file__).with_name("transfer")
_SHARES = ("held", "danger", "reefer", "short")
_WHOLE = zipfile.ZipInfo().date_time
"""The date of files in a zip, so that the same plan is the same file."""


@dataclass(frozen=True)
class Recipe:
    """How a job is made: arguments of `generate`, and the hash of its files."""

    job: str
    family: str
    size: int
    seed: int
    cranes: int
    parking: str
    shares: Mapping[str, float]
    sha256: str

    def make(self) -> Job:
        """Make the job anew."""
        return generate(
            self.family, self.size, seed=self.seed, cranes=self.cranes, parking=self.parking, **self.shares  # type: ignore[arg-type]
        )  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What is known of a job: the best plan, its bound, what the rule is worth, and when, with what, this was found."""

    job: str
    value_s: float
    tardiness_s: float
    left_over: int
    double_handlings: int
    empty_travel_s: float
    bound_s: float
    bound_name: str
    rule_s: float
    rule_tardiness_s: float
    rule_left_over: int
    date: str
    version: str

    @property
    def gap(self) -> float:
        """By what share the turnaround is above its bound."""
        return self.value_s / self.bound_s - 1

    @property
    def order(self) -> tuple[float, ...]:
        """What plans are compared by."""
        return (self.left_over, self.tardiness_s, self.value_s, self.double_handlings, self.empty_travel_s)


def recipes() -> list[Recipe]:
    """Read the table of jobs."""
    with (HERE / "jobs.csv").open(encoding="utf-8", newline="") as source:
        return [
            Recipe(
                row["job"], row["family"], int(row["size"]), int(row["seed"]), int(row["cranes"]), row["parking"],
                {name: float(row[name]) for name in _SHARES if row[name]}, row["sha256"],
            )
            for row in csv.DictReader(source)
        ]  # fmt: skip


def digest(job: Job) -> str:
    """Return the SHA-256 of the files of a job, in the order of their names."""
    found = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        for file in sorted(write_package(job, Path(folder) / "job").iterdir()):
            found.update(file.name.encode() + b"\n" + file.read_bytes())
    return found.hexdigest()


def known(folder: Path = HERE) -> dict[str, Known]:
    """Read what is known of jobs."""
    file = folder / "values.csv"
    if not file.exists():
        return {}
    kinds = {"str": str, "int": int, "float": float}
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return {
        row["job"]: Known(**{one.name: kinds[str(one.type)](row[one.name]) for one in fields(Known)})  # type: ignore[arg-type]
        for row in rows
    }


def best_plan(job: Job, folder: Path = HERE) -> Plan:
    """Read the best plan that is known."""
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(_zip(job, folder)) as source:
            source.extractall(place)
        return read_plan(place, job)


def published(size: Size, folder: Path) -> Iterator[Row]:
    """Improve the plans of the published jobs, those looked at longest ago first, small ones first; say what is known of each family."""
    home = folder / "transfer"
    home.mkdir(parents=True, exist_ok=True)
    found = known(home)
    chosen = recipes()[:: size.sample]
    for recipe in sorted(chosen, key=lambda one: (found[one.job].date if one.job in found else "", one.size)):
        found[recipe.job] = _improve(recipe, found.get(recipe.job), size.search_s, home)
        _write(found, home)
    families: dict[str, list[Known]] = defaultdict(list)
    for recipe in chosen:
        families[recipe.family].append(found[recipe.job])
    for family, ones in families.items():
        yield _row(family, ones)


def _improve(recipe: Recipe, before: Known | None, seconds: float, home: Path) -> Known:
    """Look for a better plan of a job; keep what is better of it and of what is known."""
    job = recipe.make()
    if digest(job) != recipe.sha256:
        raise SystemExit(
            f"the job {recipe.job} is not what it was: its files have another hash than benchmarks/transfer/jobs.csv says"
        )
    rule = check_plan(job, plan_by_rule(job)).value
    *_, found = search_for(job, seconds)
    plan = found.plan
    after = _known(job, plan, rule)
    if before and before.order <= after.order:
        plan = best_plan(job, home)
        after = _known(job, plan, rule)
        after = Known(**asdict(after) | {"version": before.version})
    _pack(job, plan, home)
    print(
        f"{recipe.job}: {after.value_s:.0f} s, bound {after.bound_s:.0f} s ({after.bound_name}), rule {after.rule_s:.0f} s",
        flush=True,
    )
    return after


def _known(job: Job, plan: Plan, rule: Any) -> Known:
    verdict = check_plan(job, plan)
    if verdict.violations:
        raise SystemExit(f"the plan of {job.header.id} is not valid: {verdict.violations[0]}")
    value = verdict.value
    least = bound(job, value.left_over)
    return Known(
        job=job.header.id, value_s=round(value.turnaround_s, 3), tardiness_s=round(value.tardiness_s, 3), left_over=value.left_over,
        double_handlings=value.double_handlings, empty_travel_s=round(value.empty_travel_s, 3),
        bound_s=round(least.seconds, 3), bound_name=least.name, rule_s=round(rule.turnaround_s, 3),
        rule_tardiness_s=round(rule.tardiness_s, 3), rule_left_over=rule.left_over,
        date=datetime.now(UTC).isoformat(timespec="seconds"), version=version("jibek"),
    )  # fmt: skip


def _zip(job: Job, folder: Path) -> Path:
    return folder / "plans" / f"{job.header.id}.zip"


def _pack(job: Job, plan: Plan, folder: Path) -> None:
    """Write a plan as a zip, the same bytes for the same plan."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(write_package(plan, Path(place) / "plan").iterdir()):
            target.writestr(zipfile.ZipInfo(file.name, _WHOLE), file.read_bytes(), zipfile.ZIP_DEFLATED)
    _zip(job, folder).parent.mkdir(exist_ok=True)
    _zip(job, folder).write_bytes(packed.getvalue())


def _write(found: Mapping[str, Known], home: Path) -> None:
    """Write the table of what is known, in the order of the jobs; a run that is cut off leaves the one before."""
    draft = home / ".values.csv"
    names = [one.name for one in fields(Known)]
    with draft.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, [*names, "gap"], lineterminator="\n")
        writer.writeheader()
        for recipe in recipes():
            if recipe.job in found:
                one = found[recipe.job]
                writer.writerow(asdict(one) | {"gap": f"{one.gap:.4f}" if one.bound_s else ""})
    shutil.move(draft, home / "values.csv")


def _row(family: str, ones: Sequence[Known]) -> Row:
    gaps = [one.gap for one in ones if one.bound_s]
    whole = [one for one in ones if one.left_over == one.rule_left_over]
    better = [1 - one.value_s / one.rule_s for one in whole]
    worse = sum(one < 0 for one in better)
    gap = f"gap {mean(gaps):.1%} on average, {max(gaps):.1%} at most"
    measured = f"{len(ones)} jobs: {gap}; rule beaten by {mean(better):.0%}, worse than it {worse} times"
    figures = {one.job: asdict(one) for one in ones}
    reached = mean(better) >= 0.2 and not worse
    return Row(
        f"published jobs, {family}", measured, "rule beaten by >= 20 % on average, never worse", reached, figures
    )


def against_rule() -> Row:
    """Compare the best plans known of all published jobs with the dispatcher's rule; those that leave as many boxes over."""
    ones = [one for one in known().values() if one.left_over == one.rule_left_over]
    better = {one.job: 1 - one.value_s / one.rule_s for one in ones}
    higher = sum(one.value_s > one.rule_s + 1e-3 for one in ones)
    return Row(
        "published jobs, whole set: turnaround against the dispatcher's rule",
        f"{mean(better.values()):.1%} lower on average, higher {higher} times ({len(ones)} jobs)",
        ">= 20 % lower on average, never higher", mean(better.values()) >= 0.2 and not higher, better,
    )  # fmt: skip
