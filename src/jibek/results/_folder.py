"""The run folder: Parquet files by table and replication, a manifest, the corridor, SQL views."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jibek.corridor import Corridor, JibekError, write
from jibek.results._tables import DETAILED, SMALL
from jibek.results._views import views

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
"""Version of the folder's form."""

MANIFEST, VIEWS, CORRIDOR = "manifest.json", "views.sql", "corridor"


class RunError(JibekError):
    """A run folder cannot be written or read, or a question to a run cannot be answered."""


class Folder:
    """A run folder to be written, one replication after another; no file in it is ever half written.

    Parameters
    ----------
    path
        Where; it must not be there, or be empty.
    corridor
        Whose package is kept with the run.
    overwrite
        Whether to replace a run that is there.

    Raises
    ------
    RunError
        If something else is there.
    """

    def __init__(self, path: str | os.PathLike[str], corridor: Corridor, *, overwrite: bool = False) -> None:
        self.path = Path(path)
        _clear(self.path, overwrite=overwrite)
        self.path.mkdir(parents=True, exist_ok=True)
        write(corridor, self.path / CORRIDOR)

    def add(self, number: int, tables: Iterable[tuple[str, pl.DataFrame]]) -> None:
        """Write the tables of a replication, each as it comes: all of them or none."""
        written: list[tuple[Path, Path]] = []
        try:
            for name, frame in tables:
                goal = self.path / name / f"{number:03d}.parquet"
                goal.parent.mkdir(exist_ok=True)
                written.append((_beside(goal), goal))
                frame.write_parquet(written[-1][0], compression="lz4", statistics=False)
            for draft, goal in written:
                draft.replace(goal)
        except BaseException:
            for draft, goal in written:
                draft.unlink(missing_ok=True)
                goal.unlink(missing_ok=True)
            raise

    @property
    def tables(self) -> list[str]:
        """Tables that have been written."""
        return tables_in(self.path)

    def describe(self, manifest: Mapping[str, Any], groups: Mapping[str, Iterable[str]]) -> None:
        """Write or replace the manifest and the SQL views."""
        _put(self.path / VIEWS, _HEAD + views(tables_in(self.path), groups))
        _put(self.path / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


_HEAD = """\
-- Views over this run. In this folder: duckdb -init views.sql
-- Times are hours since the start of the corridor's clock; null: has not happened.

"""


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest of a run.

    Raises
    ------
    RunError
        If there is no run, or one of another format.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path}: there is no run here ({MANIFEST} is missing)") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path / MANIFEST}: cannot be read: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise RunError(f"{path / MANIFEST}: not a run of format {FORMAT}, which this version reads")
    return manifest


def tables_in(path: Path) -> list[str]:
    """Return the tables that a run folder has."""
    return [name for name in (*DETAILED, *SMALL) if any((path / name).glob("*.parquet"))]


def read_table(path: Path, name: str) -> pl.DataFrame:
    """Read a table of all replications, in their order."""
    import polars as pl

    files = sorted((path / name).glob("*.parquet"), key=lambda file: int(file.stem))
    if not files:
        raise RunError(f"{path}: the run has no table {name!r}; it has {', '.join(tables_in(path))}")
    return pl.concat([pl.read_parquet(file) for file in files])


def _clear(path: Path, *, overwrite: bool) -> None:
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not (path / MANIFEST).is_file():
        raise RunError(f"{path}: is there, and is not a run; choose another name")
    if not overwrite:
        raise RunError(f"{path}: a run is there already; choose another name or say that it be overwritten")
    for name in (*DETAILED, *SMALL, CORRIDOR):
        shutil.rmtree(path / name, ignore_errors=True)
    (path / MANIFEST).unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid4().hex[:8]}")


def _put(path: Path, text: str) -> None:
    draft = _beside(path)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
