"""Writing a corridor package: complete or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from jibek.corridor import tables as t
from jibek.corridor._columns import columns
from jibek.corridor._corridor import Corridor
from jibek.corridor._errors import PackageError, Problem
from jibek.corridor._reading import HEADER, bundled

_SPECIAL = re.compile(r'[",\r\n]|^#')


def write(corridor: Corridor, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a corridor as a package; reading it gives the same corridor.

    Parameters
    ----------
    corridor
        In memory, perhaps changed; what was changed is not told in the package.
    path
        Folder to be made; its parents are made too.
    overwrite
        Whether to replace a package that is there. Other files in it are kept, comments are lost.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import jibek.corridor as jc
    >>> corridor = jc.read("starter")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     jc.read(jc.write(corridor, folder)) == corridor
    True
    """
    with _placed(Path(path), overwrite=overwrite) as folder:
        (folder / HEADER).write_text(_header_text(corridor.header), "utf-8", newline="")
        for name, row in t.TABLES.items():
            rows = corridor.rows(name)
            if rows:
                (folder / f"{name}.csv").write_text(_table_text(row, rows), "utf-8", newline="")
    return Path(path)


def new(path: str | os.PathLike[str]) -> Path:
    """Copy the commented starter package, to be made into a corridor of one's own.

    Parameters
    ----------
    path
        Folder to be made; its parents are made too.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import jibek.corridor as jc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(jc.read(jc.new(folder)).services)
    8
    """
    starter = bundled()["starter"]
    with _placed(Path(path), overwrite=False) as folder:
        for file in starter.iterdir():
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
    return Path(path)


@contextmanager
def _placed(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a folder to be filled, and put it in place of the target when that has been done."""
    _refuse_to_lose(target, overwrite=overwrite)
    target = Path(os.path.realpath(target))
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    old = draft.with_suffix(".old")
    try:
        draft.mkdir(parents=True)
        yield draft
        if target.exists():
            _keep_other_files(target, draft)
            target.rename(old)
        draft.rename(target)
    except OSError as error:
        raise PackageError([Problem(str(target), None, None, f"cannot be written: {error.strerror}")]) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _refuse_to_lose(target: Path, *, overwrite: bool) -> None:
    message = ""
    if target.exists() and not target.is_dir():
        message = "is not a folder"
    elif target.is_dir() and any(target.iterdir()):
        if not overwrite:
            message = "is a folder that is not empty; choose another, or ask to overwrite it"
        elif not (target / HEADER).exists():
            message = "is a folder that holds no package; only a package can be overwritten"
    if message:
        raise PackageError([Problem(str(target), None, None, message)])


def _keep_other_files(target: Path, draft: Path) -> None:
    ours = {HEADER, *(f"{name}.csv" for name in t.TABLES)}
    for path in target.iterdir():
        if path.name in ours:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, draft / path.name, symlinks=True)
        else:
            shutil.copy2(path, draft / path.name, follow_symlinks=False)


def _table_text(row: type[t.Row], rows: tuple[t.Row, ...]) -> str:
    """Write the columns that are required or differ from the default somewhere."""
    used = [column for column in columns(row).values() if column.required or any(map(column.given, rows))]
    lines = [[column.name for column in used]]
    lines += ([column.cell(getattr(one, column.name)) for column in used] for one in rows)
    return "".join(",".join(map(_quoted, cells)) + "\n" for cells in lines)


def _quoted(cell: str) -> str:
    """Quote a cell that needs it; the csv module leaves a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def _header_text(header: t.Header) -> str:
    return "".join(
        f"{column.name} = {_toml(getattr(header, column.name))}\n"
        for column in columns(t.Header).values()
        if column.required or column.given(header)
    )


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
