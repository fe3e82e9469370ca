"""Measure, print the table, write it: `python -m benchmarks [NAME ...] [--out FILE]`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from benchmarks.peers import missing

ALREADY = "--peers-as-they-are"


def main(words: list[str]) -> int:
    uv = shutil.which("uv")
    if missing() and ALREADY not in words and uv:
        print("peers are missing: running again with uv run --group benchmark", file=sys.stderr, flush=True)
        os.execv(uv, [uv, "run", "--group", "benchmark", "python", "-m", "benchmarks", *words, ALREADY])
    from benchmarks._measure import Size
    from benchmarks._registry import ASIDE, BENCHMARKS
    from benchmarks._report import report

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what Jibek promises.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; default: all but {', '.join(ASIDE)}"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results.json"), help="file to write")
    parser.add_argument(
        "--seconds", type=float, default=Size.search_s, metavar="S", help="time for each plan or instance"
    )
    parser.add_argument(
        "--sample", type=int, default=1, metavar="N", help="of published jobs and instances, take every Nth"
    )
    parser.add_argument(ALREADY, action="store_true", help="leave out peers that are not installed")
    given = parser.parse_args(words)
    if unknown := [name for name in given.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    if given.sample < 1 or given.seconds <= 0:
        parser.error("--sample must be 1 or more, --seconds more than 0")
    chosen = given.names or [name for name in BENCHMARKS if name not in ASIDE]
    return report(
        {name: BENCHMARKS[name] for name in chosen}, given.out, Size(search_s=given.seconds, sample=given.sample)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
