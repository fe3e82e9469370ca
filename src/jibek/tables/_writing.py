"""Writing a package: complete or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from jibek.tables._columns import columns
from jibek.tables._errors import PackageError, Problem
from jibek.tables._package import Package, Schema

_SPECIAL = re.compile(r'[",\r\n]|^#')


def write_package(package: Package, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a package; reading it gives the same.

    Parameters
    ----------
    package
        In memory.
    path
        Folder to be made; its parents are made too.
    overwrite
        Whether to replace a package that is there. Other files in it are kept, comments are lost.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.
    """
    with placed(Path(path), package.schema, overwrite=overwrite) as folder:
        for name, text in texts(package).items():
            (folder / name).write_text(text, "utf-8", newline="")
    return Path(path)


def texts(package: Package) -> dict[str, str]:
    """Return the text of each file of a package by its name, the header's first; tables without rows have none."""
    tables = {f"{name}.csv": csv_text(cells(package, name)) for name in package.schema.tables if package.rows(name)}
    return {package.schema.header_file: toml_text(header_values(package.header))} | tables


def cells(package: Package, table: str) -> list[list[str]]:
    """Return a table as texts, the names of the columns first: those that are required or differ from the default somewhere."""
    rows = package.rows(table)
    known = columns(package.schema.tables[table]).values()
    used = [column for column in known if column.required or any(map(column.given, rows))]
    return [
        [column.name for column in used],
        *([column.cell(getattr(one, column.name)) for column in used] for one in rows),
    ]


def csv_text(lines: Iterable[Iterable[str]]) -> str:
    """Write lines of cells as comma-separated values."""
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


@contextmanager
def placed(target: Path, schema: Schema, *, overwrite: bool) -> Iterator[Path]:
    """Give a folder to be filled, and put it in place of the target when that has been done."""
    refuse_to_lose(target, schema, overwrite=overwrite)
    target = Path(os.path.realpath(target))
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    old = draft.with_suffix(".old")
    try:
        draft.mkdir(parents=True)
        yield draft
        if target.exists():
            _keep_other_files(target, draft, schema)
            target.rename(old)
        draft.rename(target)
    except OSError as error:
        raise PackageError([Problem(str(target), None, None, f"cannot be written: {error.strerror}")]) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def refuse_to_lose(target: Path, schema: Schema, *, overwrite: bool) -> None:
    """Raise `PackageError` where a package cannot be written without losing what is there; before long work, too."""
    message = ""
    if target.exists() and not target.is_dir():
        message = "is not a folder"
    elif target.is_dir() and any(target.iterdir()):
        if not overwrite:
            message = "is a folder that is not empty; choose another"
        elif not (target / schema.header_file).exists():
            message = "is a folder that holds no package; only a package can be overwritten"
    if message:
        raise PackageError([Problem(str(target), None, None, message)])


def _keep_other_files(target: Path, draft: Path, schema: Schema) -> None:
    for path in target.iterdir():
        if path.name in schema.files:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, draft / path.name, symlinks=True)
        else:
            shutil.copy2(path, draft / path.name, follow_symlinks=False)


def _quoted(cell: str) -> str:
    """Quote a cell that needs it; the csv module leaves a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def toml_text(values: Mapping[str, Any]) -> str:
    """Write dates, numbers and texts as the lines of a header."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())


def header_values(header: BaseModel) -> dict[str, Any]:
    """Return what a header says: all that is required or not its default."""
    known = columns(type(header)).values()
    return {one.name: getattr(header, one.name) for one in known if one.required or one.given(header)}


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
