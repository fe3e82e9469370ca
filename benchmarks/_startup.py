"""What the command line takes before it works: with nothing compiled, and later."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Row, Size, process

JIBEK = str(Path(sys.executable).with_name("jibek"))
SHORT = (JIBEK, "simulate", "starter", "--days", "1", "--warmup-days", "0")


def startup(size: Size) -> Iterator[Row]:
    """Time `jibek simulate` on a day of the starter package, which takes no time itself, and `jibek --help`.

    Python keeps its bytecode, as it does where it is not told otherwise; it is there before the first run.
    """
    with TemporaryDirectory() as empty:
        cache = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{empty}/bytecode"}
        process(SHORT, **cache)
        if size.compile_anew:
            cache["NUMBA_CACHE_DIR"] = f"{empty}/numba"
        first = process(SHORT, FORCE_COLOR="1", **cache)  # as on a terminal, where the bar says what is done
        later = [process(SHORT, **cache) for _ in range(size.repeats)]
    ready = statistics.median(one.seconds for one in later)
    later_cpu_s = statistics.median(one.cpu_s for one in later)
    compiling = first.seconds - ready
    said = "compiling" in first.complained
    yield Row(
        "first run ever: compiling",
        f"{compiling:.1f} s ({first.cpu_s - later_cpu_s:.1f} s of a core), {'with' if said else 'WITHOUT'} a message",
        "<= 12 s, with a message",
        compiling <= 12 and said,
        {"first_s": first.seconds, "first_cpu_s": first.cpu_s, "said": first.complained.strip()},
    )
    yield Row(
        "later runs: jibek simulate ready",
        f"{ready:.2f} s ({later_cpu_s:.2f} s of a core)",
        "<= 1.5 s",
        ready <= 1.5,
        {"later_s": [one.seconds for one in later], "later_cpu_s": [one.cpu_s for one in later]},
    )
    shown = [process((JIBEK, "--help")).cpu_s for _ in range(size.repeats)]
    cpu_s = statistics.median(shown)
    yield Row("jibek --help", f"{cpu_s:.2f} s of a core", "<= 0.5 s", cpu_s <= 0.5, {"cpu_s": shown})
