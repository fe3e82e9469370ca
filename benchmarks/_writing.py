"""Writing a year with the stages of every container."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import jibek
from benchmarks._measure import CORES, Row, Size, clocked, interleaved


def writing(size: Size) -> Iterator[Row]:
    """Time a run that is written beside one of which only statistics are kept; count the rows of `stages`."""
    corridor = jibek.read("trans-caspian").with_clock(days=size.days, warmup_days=size.warmup_days)
    with tempfile.TemporaryDirectory() as folder:
        goal = Path(folder, "run")

        def written() -> jibek.Run:
            return jibek.simulate(corridor, out=goal, overwrite=True)

        run = written()
        rows = int(run.query("select count(*) as n from stages")["n"][0])
        used = sum(file.stat().st_size for file in goal.rglob("*.parquet"))
        plainly = partial(jibek.simulate, corridor, containers=False)
        contenders = {"plain": partial(clocked, plainly), "written": partial(clocked, written)}
        times = interleaved(contenders, size.repeats)
    plain, more = times["plain"], times["written"]
    share = statistics.median(b / a - 1 for a, b in zip(plain.wall, more.wall, strict=True))
    figures = {"plain_s": plain.wall, "written_s": more.wall, "plain_cpu_s": plain.cpu, "written_cpu_s": more.cpu}
    seconds = statistics.median(b - a for a, b in zip(plain.wall, more.wall, strict=True))
    cpu_s = statistics.median(b - a for a, b in zip(plain.cpu, more.cpu, strict=True))
    measured = (
        f"{share:.0%} ({seconds:.2f} s on {plain.median:.2f} s; {cpu_s:.2f} s on {plain.median_cpu:.2f} s of a core)"
    )
    what = f"writing a year to Parquet, as it runs by default, {CORES} cores"
    yield Row(what, measured, "<= 30 % of the simulation", share <= 0.3, figures)
    size_b = used / rows
    what = f"the same, {rows:,} container-stages (rows of the view `stages`)"
    yield Row(what, f"{size_b:.1f} bytes each ({used / 1e6:.0f} MB)", "<= 40 bytes", size_b <= 40, {"bytes": used})
