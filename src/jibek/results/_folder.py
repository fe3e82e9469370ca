"""The run folder: Parquet files by table and replication, a manifest, the corridor, SQL views."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jibek.corridor import TABLES, Corridor, JibekError, write
from jibek.results._tables import LARGE, SMALL
from jibek.results._views import views

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
"""Version of the folder's form."""

MANIFEST, VIEWS, CORRIDOR, FIGURES, DRAFT = "manifest.json", "views.sql", "corridor", "figures", ".jibek-draft"
REPORT = "report.html"
"""The report of a run, where one was written; a new run makes it void."""
_OURS = re.compile(r"[0-9]+(-[0-9]+)?")
"""Names of the files of tables: replication, and of large tables stretch."""
PICTURES = ("time_budget", "transit_time", "queue", "yard", "utilisation", "space_time")


class RunError(JibekError):
    """A run folder cannot be written or read, or a question to a run cannot be answered."""


class Folder:
    """A run folder to be written, one replication after another; no file in it is ever half written.

    All is written to a draft inside the folder first. A run that is there is kept until the first replication of
    the new one is complete; then its files make way, and nothing else does.

    Parameters
    ----------
    path
        Where; it must not be there, be empty, or hold a run.
    corridor
        Whose package is kept with the run.
    overwrite
        Whether to replace a run that is there.

    Raises
    ------
    RunError
        If something else is there, or another process is writing to it.
    """

    def __init__(self, path: str | os.PathLike[str], corridor: Corridor, *, overwrite: bool = False) -> None:
        self.path = Path(path)
        self._draft = self.path / DRAFT
        self._begun = False
        _refuse_to_lose(self.path, overwrite=overwrite)
        self._made = not self.path.exists()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = locked(self.path)
        try:
            if self._draft.exists():  # of a process that was killed
                shutil.rmtree(self._draft)
            self._draft.mkdir()
            write(corridor, self._draft / CORRIDOR)
        except BaseException:
            self.close()
            raise

    def draft(self, number: int, stretch: int, tables: Iterable[tuple[str, pl.LazyFrame]]) -> None:
        """Write tables of a stretch of a replication, each as it comes, for `add` to take over; in whatever thread."""
        for name, frame in tables:
            self._write(frame, Path(name, f"{number:03d}-{stretch:03d}.parquet"))

    def add(self, number: int, tables: Iterable[tuple[str, pl.LazyFrame]]) -> None:
        """Write tables of a replication, and take over those drafted before: all of them or none."""
        try:
            for name, frame in tables:
                self._write(frame, Path(name, f"{number:03d}.parquet"))
            self._begin()
            for file in _files_of(self._draft, number):
                (self.path / file).parent.mkdir(exist_ok=True)
                (self._draft / file).replace(self.path / file)
        except BaseException:
            for folder in (self._draft, self.path):
                for file in _files_of(folder, number):
                    (folder / file).unlink()
            raise

    def _write(self, frame: pl.LazyFrame, name: Path) -> None:
        import polars as pl

        file = self._draft / name
        file.parent.mkdir(exist_ok=True)
        try:
            frame.sink_parquet(file, compression="uncompressed", statistics=False)
        except pl.exceptions.PolarsError as error:
            raise RunError(f"{file}: cannot be written: {error}") from None

    def _begin(self) -> None:
        """Let the files of an older run make way, once."""
        if not self._begun:
            _clear(self.path)
            (self.path / CORRIDOR).mkdir(exist_ok=True)
            for file in (self._draft / CORRIDOR).iterdir():
                file.replace(self.path / CORRIDOR / file.name)
            self._begun = True

    @property
    def tables(self) -> list[str]:
        """Tables that have been written."""
        return tables_in(self.path) if self._begun else []

    def describe(self, manifest: Mapping[str, Any], groups: Mapping[str, Iterable[str]]) -> None:
        """Write or replace the manifest and the SQL views; before the first replication, those of the draft."""
        texts = {
            VIEWS: _HEAD + views(self.tables, groups),
            MANIFEST: json.dumps(manifest, indent=2, ensure_ascii=False) + "\n",
        }
        for name, text in texts.items():
            (self._draft / name).write_text(text, encoding="utf-8")
            if self._begun:
                (self._draft / name).replace(self.path / name)

    def close(self) -> None:
        """Give up the draft and let others write; a folder that was made for nothing goes."""
        shutil.rmtree(self._draft, ignore_errors=True)
        if self._made and not self._begun:
            with suppress(OSError):
                self.path.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


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
    return [name for name in (*LARGE, *SMALL) if _parts(path, name)]


def read_table(path: Path, name: str) -> pl.DataFrame:
    """Read a table of all replications, in their order."""
    import polars as pl

    files = _parts(path, name)
    if not files:
        raise RunError(f"{path}: the run has no table {name!r}; it has {', '.join(tables_in(path))}")
    return pl.concat([pl.read_parquet(file, glob=False) for file in files])


def _parts(path: Path, name: str) -> list[Path]:
    """Return the files of a table, by replication and stretch."""
    return sorted((file for file in (path / name).glob("*.parquet") if _OURS.fullmatch(file.stem)), key=_numbers)


def _numbers(file: Path) -> list[int]:
    """Return the numbers of the replication, and of the stretch, that a file is of."""
    return [int(number) for number in file.stem.split("-")]


def _files_of(path: Path, number: int) -> list[Path]:
    """Return the files of a replication, by their names in a folder."""
    return [
        file.relative_to(path)
        for name in (*LARGE, *SMALL)
        for file in _parts(path, name)
        if _numbers(file)[0] == number
    ]


def _refuse_to_lose(path: Path, *, overwrite: bool) -> None:
    if not path.exists() or (path.is_dir() and all(child.name == DRAFT for child in path.iterdir())):
        return
    if not (_is_run(path) or _is_run(path / DRAFT)):
        raise RunError(f"{path}: is there, and is not a run; choose another name")
    if not overwrite:
        raise RunError(f"{path}: a run is there already; choose another name or say that it be overwritten")


def _is_run(path: Path) -> bool:
    """Whether there is the manifest of a run, of whatever format."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(manifest, dict) or not isinstance(manifest.get("corridor"), dict):
        return False
    return isinstance(manifest.get("format"), int) and {"id", "hash"} <= manifest["corridor"].keys()


def locked(path: Path) -> int | None:
    """Keep other processes from writing to a folder while the descriptor returned is open; it ends with the process."""
    if sys.platform == "win32":  # folders cannot be locked there
        return None
    import fcntl

    lock = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise RunError(f"{path}: another run is being written there; wait for it or choose another name") from None
    except OSError:  # a file system without locks
        pass
    return lock


def _clear(path: Path) -> None:
    """Remove what a run writes, the manifest first; other files are kept, and the folders they are in."""
    (path / MANIFEST).unlink(missing_ok=True)
    ours = {
        "": [VIEWS, REPORT],
        CORRIDOR: ["corridor.toml", *(f"{name}.csv" for name in TABLES)],
        FIGURES: [f"{name}.{suffix}" for name in PICTURES for suffix in ("png", "svg")],
    }
    for folder, names in ours.items():
        for name in names:
            (path / folder / name).unlink(missing_ok=True)
    for table in (*LARGE, *SMALL):
        for file in _parts(path, table):
            file.unlink()
    for folder in (CORRIDOR, FIGURES, *LARGE, *SMALL):
        with suppress(OSError):
            (path / folder).rmdir()
