"""The browser of the tests: one that is there, or one that is fetched; never none."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "jibek-tests")
MISSING = (
    "the tests of the page need Chromium and found none ({}); none could be fetched either, neither by `playwright install "
    "chromium` nor from the npm registry. Install one: `apt-get install chromium` on Debian, or Chrome"
)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium without a window."""
    with sync_playwright() as tool:
        found = tool.chromium.launch(executable_path=executable(tool.chromium.executable_path), args=[*QUIET])
        try:
            yield found
        finally:
            found.close()


@cache
def executable(own: str) -> str:
    """Return the path of a Chromium: on the PATH, Playwright's own, else one that is fetched now."""
    for path in map(shutil.which, NAMES):
        if path is not None:
            return path
    if Path(own).exists():
        return own
    if _done("playwright", "install", "chromium") and Path(own).exists():
        return own
    fetched = _from_npm()
    if fetched is None:
        pytest.fail(MISSING.format(", ".join(NAMES)), pytrace=False)
    return fetched


def _from_npm() -> str | None:
    """Fetch a Chromium that travels in a package of the npm registry, for machines that reach nothing else."""
    tell = "import c from '@sparticuz/chromium'; import f from 'fs'; f.writeFileSync('executable.txt', await c.executablePath())"
    there = (_folder() / "node_modules" / "@sparticuz" / "chromium").exists()
    if not (there or _done("npm", "install", "--no-save", "@sparticuz/chromium")):
        return None
    if not _done("node", "--input-type=module", "-e", tell):  # unpacks it, where that has not been done
        return None
    path = (_folder() / "executable.txt").read_text(encoding="utf-8")
    return path if Path(path).exists() else None


def _done(*command: str) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        return (
            subprocess.run(
                [program, *command[1:]], cwd=_folder(), capture_output=True, timeout=240, check=False
            ).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


def _folder() -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE
