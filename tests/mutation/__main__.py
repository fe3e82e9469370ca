"""Put each fault into a copy of the sources and run the tests of the simulator on it, the quickest first, until one fails.

`uv run python -m tests.mutation` tries all, `... NAME ...` those named. What became of a fault is kept in `build/mutation.json` and
not tried again as long as sources and tests are the same. Exit code 1: one survives.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]
KNOWN = ROOT / "build" / "mutation.json"

SMALL = (
    "unit/test_departures.py", "unit/test_closures.py", "unit/test_checks.py", "unit/test_deadlock.py",
    "against/test_second.py::test_some_corridors_drawn_at_random",
)  # fmt: skip
"""Small enough to run uncompiled, in less time than it takes to compile."""

ALL = (
    "against/test_second.py", "unit/test_departures.py", "unit/test_closures.py", "unit/test_checks.py", "unit/test_deadlock.py",
    "unit/test_draws.py", "unit/test_simulate.py", "property/test_laws.py", "property/test_deadlock.py",
    "unit/test_parts.py", "unit/test_statistics.py", "against/test_queues.py",
)  # fmt: skip

STAGES = (
    (SMALL, "not slow", {"NUMBA_DISABLE_JIT": "1"}),
    (ALL, "not slow", {}),
    (ALL, "slow", {}),
)
LONGEST_S = 1800
"""A run of the tests that takes longer hangs."""


def main(names: Sequence[str]) -> int:
    """Try the faults named, or all, and print what became of each."""
    unknown = sorted(set(names) - {mutation.name for mutation in MUTATIONS})
    if unknown:
        print(f"no such mutation: {', '.join(unknown)}")
        return 2
    tried = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
    known: dict[str, str | None] = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    width, survivors = max(len(mutation.name) for mutation in tried), 0
    for number, mutation in enumerate(tried, 1):
        key = fingerprint(mutation)
        if key not in known:
            print(f"[{number}/{len(tried)}] {mutation.name} ...", end="\r", flush=True)
            known[key] = killer(mutation)
            KNOWN.parent.mkdir(exist_ok=True)
            KNOWN.write_text(json.dumps(known, indent=1))
        survivors += known[key] is None
        fate = known[key] or "SURVIVED"
        print(f"[{number}/{len(tried)}] {mutation.name:{width}}  {mutation.file:13}  {fate}", flush=True)
    print(f"{len(tried) - survivors} of {len(tried)} killed")
    return int(survivors > 0)


def fingerprint(mutation: Mutation) -> str:
    """Return what the fate of a fault depends on: itself, the sources, and the tests."""
    digest = hashlib.sha256(repr(mutation).encode())
    for file in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        if file.parent.name != "mutation":
            digest.update(file.read_bytes())
    return f"{mutation.name} {digest.hexdigest()[:16]}"


def killer(mutation: Mutation) -> str | None:
    """Return the first test that fails with a fault, or nothing if all pass."""
    with TemporaryDirectory(prefix="mutation-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        source = folder / "src" / "jibek" / "simulate" / mutation.file
        source.write_text(source.read_text().replace(mutation.before, mutation.after))
        for tests, marked, settings in STAGES:
            failed = first_failure(folder, tests, marked, settings)
            if failed:
                return failed
    return None


def first_failure(folder: Path, tests: Sequence[str], marked: str, settings: Mapping[str, str]) -> str | None:
    """Return the first of some tests that fails on the sources in a folder."""
    command = [
        sys.executable, "-m", "pytest", "-n", "0", "-x", "-vv", "--tb=no", "-p", "no:cacheprovider", "-p", "tests.mutation.brief",
        "-m", marked, *(f"tests/{test}" for test in tests),
    ]  # fmt: skip
    paths = {"PYTHONPATH": str(folder / "src"), "NUMBA_CACHE_DIR": str(folder / "cache")}
    log = folder / "log"
    with log.open("w") as out:
        try:
            subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | paths | settings,
                stdout=out,
                stderr=out,
                timeout=LONGEST_S,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return _failed(log.read_text())
    return None


def _failed(log: str) -> str:
    """Return the test that failed, or the one that was under way when the tests ended."""
    begun = re.findall(r"^tests/(.*)", log, re.MULTILINE)
    if not begun:
        raise SystemExit(f"the tests did not begin:\n{log}")
    failed = [match[1] for match in map(re.compile(r"(.*) (FAILED|ERROR)").match, begun) if match]
    return failed[0] if failed else f"{begun[-1].strip()} (hangs or crashes)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
