"""What is compiled is compiled once, before workers begin that would all do it at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src" / "jibek"
USES = {
    "simulate": "import jibek; jibek.simulate(jibek.read('starter').with_clock(days=1, warmup_days=0), containers=False)",
    "transfer": "from itertools import islice; from jibek.transfer import generate, search\n"
    "for _ in islice(search(generate('pair', 20, seed=1, held=0.0)), 5): pass",
}
"""What makes the compiled parts be compiled, by their folder."""


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if (
        not config.getoption("numprocesses", None)
        or getattr(config, "cache", None) is None
        or os.environ.get("NUMBA_DISABLE_JIT")
    ):
        return
    stamps = {part: [file.stat().st_mtime_ns for file in sorted((SOURCES / part).glob("*.py"))] for part in USES}
    begun = {
        part: subprocess.Popen([sys.executable, "-c", USES[part]])
        for part, stamp in stamps.items()
        if config.cache.get(f"jibek/{part}", None) != stamp
    }
    for part, process in begun.items():
        if process.wait() == 0:
            config.cache.set(f"jibek/{part}", stamps[part])
