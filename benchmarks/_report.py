"""Running benchmarks one after another: the table on the screen, the figures in a file."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._measure import ProcessError, Row, Size
from benchmarks.peers import versions

Benchmark = Callable[[Size, Path], Iterator[Row]]
PARTS = ("jibek", "numba", "numpy", "polars", "duckdb")


def report(benchmarks: Mapping[str, Benchmark], out: Path, size: Size | None = None) -> int:
    """Run benchmarks; interrupted, keep what has been measured. Return the exit code."""
    console = Console(stderr=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {"machine": machine(), "benchmarks": {name: [] for name in benchmarks}}
    code = 0
    try:
        for name, benchmark in benchmarks.items():
            with console.status(f"{name} ..."):
                for row in _rows(name, benchmark, size or Size(), out.parent):
                    document["benchmarks"][name].append(asdict(row))
                    _save(document, out)
                    console.print(f"{name}: {row.what}: {row.measured}")
    except KeyboardInterrupt:
        console.print("interrupted: what is measured is kept")
        code = 130
    document["machine"]["load_after"] = os.getloadavg()
    _save(document, out)
    Console().print(_table(document))
    console.print(f"written to {out}")
    return code


def _rows(name: str, benchmark: Benchmark, size: Size, folder: Path) -> Iterator[Row]:
    """Yield the rows of a benchmark; where a process of it fails, what it said, and no more."""
    try:
        yield from benchmark(size, folder)
    except ProcessError as error:
        yield Row(name, f"not measured further: {error}", reached=False)


def machine() -> dict[str, Any]:
    """Name the machine and what runs on it."""
    parts = {name: version(name) for name in PARTS} | versions()
    return {
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "versions": parts,
        "load_before": os.getloadavg(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _save(document: Mapping[str, Any], out: Path) -> None:
    draft = out.with_name(f".{out.name}")
    draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    draft.replace(out)


def _table(document: Mapping[str, Any]) -> Table:
    machine = document["machine"]
    title = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}"
    table = Table("what", "measured", "to reach", "reached", title=title, show_lines=True)
    words = {True: "yes", False: "NO", None: ""}
    for rows in document["benchmarks"].values():
        for row in rows:
            table.add_row(row["what"], row["measured"], row["target"], words[row["reached"]])
    return table
