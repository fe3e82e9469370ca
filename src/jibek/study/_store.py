"""The folder of a study: one Parquet file a point, named by the hash of all that decides what is in it."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from jibek import __version__
from jibek._files import DRAFT, whole
from jibek.corridor import Corridor, JibekError, write
from jibek.results._folder import locked
from jibek.study._answers import Answers
from jibek.study._point import Point

POINTS, CORRIDOR = "points", "corridor"


class Store:
    """A folder in which a study is kept; no file in it is ever half written, and points that are in it need not be simulated again.

    A context manager; another process cannot write to the folder meanwhile.

    Parameters
    ----------
    path
        Where; it must not be there, be empty or hold a study.
    corridor
        Of the study; its package is kept too.

    Raises
    ------
    JibekError
        If something else is there, or another process is writing to it.
    """

    def __init__(self, path: str | os.PathLike[str], corridor: Corridor) -> None:
        self.path = Path(path)
        refuse_other(self.path)
        (self.path / POINTS).mkdir(parents=True, exist_ok=True)
        self._lock = locked(self.path)
        for draft in self.path.rglob(f"*{DRAFT}"):  # of a process that was killed
            draft.unlink(missing_ok=True)
        write(corridor, self.path / CORRIDOR, overwrite=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def put(self, answers: Answers) -> None:
        """Keep the answers of a point."""
        self.write(_name(answers.point), _parquet(answers))

    def get(self, point: Point) -> Answers | None:
        """Return the answers of a point; None if they are not there, or their file is damaged."""
        import polars as pl

        file = self.path / _name(point)
        if not file.exists():
            return None
        try:
            table = pl.read_parquet(file, glob=False)
        except (pl.exceptions.PolarsError, OSError):
            return None
        count = len(point.numbers)
        names = tuple(table["quantity"].head(table.height // count))
        matrix = table["value"].fill_null(np.nan).to_numpy().reshape(count, len(names))
        return Answers(point, names, matrix)

    def write(self, name: Path, content: bytes) -> None:
        """Write a file: all of it, or nothing."""
        with whole(self.path / name) as stream:
            stream.write(content)


def _name(point: Point) -> Path:
    return Path(POINTS, f"{point.hash}.parquet")


def refuse_other(path: Path) -> None:
    """Raise `JibekError` where a folder to write a study to is none, or holds files and no study among them."""
    if path.exists() and not _is_ours(path):
        raise JibekError(f"{path}: is there, and is not a study; choose another name")


def _is_ours(path: Path) -> bool:
    if not path.is_dir() or (path / POINTS).is_dir():
        return path.is_dir()
    return all(one.suffix == DRAFT for one in path.iterdir()) or any(map(_is_study, path.glob("*.json")))


def _is_study(file: Path) -> bool:
    """Whether a file says what a study found; the manifest of a run begins alike, and says its format."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and {"jibek", "corridor", "days"} <= found.keys() and "format" not in found


def _parquet(answers: Answers) -> bytes:
    """Return the answers as a file: a row a replication and figure; its metadata say what it was made from."""
    import polars as pl

    count = len(answers.names)
    numbers = np.array(answers.point.numbers, np.int32)
    table = pl.DataFrame(
        {
            "replication": np.repeat(numbers, count),
            "quantity": list(answers.names) * len(numbers),
            "value": answers.matrix.ravel(),
        }
    ).with_columns(pl.col("value").fill_nan(None))
    content = io.BytesIO()
    metadata = {"jibek": json.dumps(description(answers.point))}
    table.write_parquet(content, compression="zstd", statistics=False, metadata=metadata)
    return content.getvalue()


def description(point: Point) -> dict[str, Any]:
    """Return all that a point is made from."""
    header = point.corridor.header
    return {
        "jibek": __version__,
        "hash": point.hash,
        "corridor": {"id": header.id, "hash": point.corridor.hash},
        "measures": [*point.corridor.applied, *point.measures],
        "changes": list(point.changes),
        "seed": point.seed,
        "replications": [point.numbers.start, point.numbers.stop],
        "start": header.start.isoformat(),
        "days": header.days,
        "warmup_days": header.warmup_days,
    }
