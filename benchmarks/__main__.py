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
    from benchmarks._registry import BENCHMARKS
    from benchmarks._report import report

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what Jibek promises.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results.json"), help="file to write")
    parser.add_argument(ALREADY, action="store_true", help="leave out peers that are not installed")
    given = parser.parse_args(words)
    if unknown := [name for name in given.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return report({name: BENCHMARKS[name] for name in given.names or BENCHMARKS}, given.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
