"""Processor time and memory by traffic and by years; each case in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import jibek
from benchmarks._measure import Row, Size, in_process, peak_mb
from benchmarks._packages import enlarged

REPEATS = 3
Case = dict[str, Any]


def scaling(size: Size) -> Iterator[Row]:
    """Fit time and memory to the number of containers."""
    traffic = [_case(size, traffic=factor, repeats=min(REPEATS, size.repeats)) for factor in size.traffic]
    factors = ", ".join(map(str, size.traffic))
    yield _linear(f"processor time by traffic, {factors} times", traffic, "seconds", "s")
    yield _linear(f"memory by traffic, {factors} times", traffic, "mb", "MB")
    years = list(_years(size, written=True))
    lengths = ", ".join(str(case["years"]) for case in years)
    yield _linear(f"processor time by years, {lengths}, tables written", years, "seconds", "s")
    least, *_, most = years
    reached = most["mb"] / least["mb"] <= most["containers"] / least["containers"]
    yield Row(
        "memory by years, tables written", _peaks(years), "linear in containers, or less", reached, {"cases": years}
    )
    alone = list(_years(size, written=False))
    yield _linear(f"processor time by years, {lengths}, statistics only", alone, "seconds", "s")
    constant = max(case["mb"] for case in alone) <= 1.1 * min(case["mb"] for case in alone)
    yield Row("memory by years, statistics only", _peaks(alone), "constant (within 10 %)", constant, {"cases": alone})


def _case(size: Size, *, traffic: int = 1, years: int = 1, written: bool = False, repeats: int = 1) -> Case:
    case: Case = {
        "days": size.days * years,
        "warmup_days": size.warmup_days,
        "traffic": traffic,
        "written": written,
        "repeats": repeats,
    }
    return case | {"years": years} | in_process("_scaling", **case)


def _years(size: Size, *, written: bool) -> Iterator[Case]:
    """Measure runs of more and more years, as far as memory suffices by the two before."""
    done: list[Case] = []
    for years in size.years:
        if len(done) >= 2 and _expected_mb(done, years) > _free_mb():
            return
        done.append(_case(size, years=years, written=written))
        yield done[-1]


def _expected_mb(done: Sequence[Case], years: int) -> float:
    slope, base = np.polyfit([case["years"] for case in done], [case["mb"] for case in done], 1)
    return float(1.1 * (slope * years + base))


def _free_mb() -> float:
    with open("/proc/meminfo", encoding="ascii") as lines:
        free = next(line.split()[1] for line in lines if line.startswith("MemAvailable"))
    return int(free) / 1e3


def _peaks(cases: Sequence[Case]) -> str:
    return ", ".join(f"{case['mb']:,.0f} MB for {case['years']}" for case in cases)


def _linear(what: str, cases: Sequence[Case], key: str, unit: str) -> Row:
    """Fit a straight line; reached if it explains 98 % and the last case costs no more than it by 20 %."""
    containers = np.array([case["containers"] for case in cases], dtype=float)
    values = np.array([case[key] for case in cases])
    slope, base = np.polyfit(containers, values, 1)
    explained = float(np.corrcoef(containers, values)[0, 1] ** 2) if values.std() else 1.0
    first = values[0] + (values[1] - values[0]) / (containers[1] - containers[0]) * (containers[-1] - containers[0])
    measured = ", ".join(f"{value:,.3g}" for value in values)
    line = f"{base:,.3g} {unit} + {slope * 1e6:,.3g} {unit} a million containers, R² {explained:.4f}"
    reached = bool(explained >= 0.98 and values[-1] <= 1.2 * first)
    return Row(what, f"{measured} {unit}: {line}", "linear in containers", reached, {"cases": list(cases)})


def measure(case: Case) -> dict[str, float]:
    """Run one case in this process, after a small one that loads the compiled code."""
    jibek.simulate(jibek.read("starter").with_clock(days=10), jobs=1, containers=False)
    corridor = enlarged(jibek.read("trans-caspian"), case["traffic"])
    corridor = corridor.with_clock(days=case["days"], warmup_days=case["warmup_days"])
    seconds = []
    for _ in range(case["repeats"]):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "run") if case["written"] else None
            begin = time.process_time()
            run = jibek.simulate(corridor, jobs=1, out=out, containers=case["written"])
            seconds.append(time.process_time() - begin)
            offered = run.statistics["total.offered_containers"].mean
    share = (case["days"] + case["warmup_days"]) / case["days"]
    return {"seconds": float(np.median(seconds)), "containers": offered * share, "mb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
