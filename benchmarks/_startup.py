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
    """Time `jibek simulate` on a day of the starter package, which takes no time itself, and `jibek --help`."""
    with TemporaryDirectory() as empty:
        cache = {"NUMBA_CACHE_DIR": empty} if size.compile_anew else {}
        first = process(SHORT, FORCE_COLOR="1", **cache)  # as on a terminal, where the bar says what is done
        later = [process(SHORT, **cache) for _ in range(size.repeats)]
    ready = statistics.median(one.seconds for one in later)
    compiling = first.seconds - ready
    said = "compiling" in first.complained
    yield Row(
        "first run ever: compiling",
        f"{compiling:.1f} s, {'with' if said else 'WITHOUT'} a message",
        "<= 12 s, with a message",
        compiling <= 12 and said,
        {"first_s": first.seconds, "later_s": [one.seconds for one in later], "said": first.complained.strip()},
    )
    yield Row("later runs: jibek simulate ready", f"{ready:.2f} s", "<= 1.5 s", ready <= 1.5)
    shown = [process((JIBEK, "--help")).cpu_s for _ in range(size.repeats)]
    cpu_s = statistics.median(shown)
    yield Row("jibek --help", f"{cpu_s:.2f} s of a core", "<= 0.5 s", cpu_s <= 0.5, {"cpu_s": shown})
