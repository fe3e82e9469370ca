"""Reading a package: every problem of every file is found before any is reported."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from jibek.tables._columns import columns
from jibek.tables._csv import Table, read_table
from jibek.tables._errors import PackageError, Problem, bounded_hints, near, quoted
from jibek.tables._fields import Row
from jibek.tables._messages import sentence
from jibek.tables._package import Package, Schema
from jibek.tables._references import Known

P = TypeVar("P", bound=Package)

_DAY_FIRST = re.compile(r"=\s*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")

MOST_BYTES = 10**9
"""Size of a file beyond which it is not read."""


@bounded_hints()
def read_package(kind: type[P], folder: Path, check: Callable[[P, Known], Iterable[Problem]]) -> P:
    """Read a package: every problem of every file is found before any is reported.

    Parameters
    ----------
    kind
        Class of the package.
    folder
        Where it is.
    check
        Lists what is wrong with a package of which this much is known.

    Raises
    ------
    PackageError
        With every problem of every file.
    """
    schema = kind.schema
    problems = _unknown_files(folder, schema)
    header_text, missing = _text(folder, schema.header_file)
    header = _read_header(schema, header_text, missing, problems)
    read_tables = {name: _read_table(folder, row) for name, row in schema.tables.items()}
    for table in read_tables.values():
        problems += table.problems
    stand_in = schema.header.model_construct(id="unknown", title="")
    package = kind.of(header or stand_in, {name: table.rows for name, table in read_tables.items()})
    known = Known(
        header=header is not None,
        broken={name: table.broken for name, table in read_tables.items() if table.problems},
        unreadable=frozenset(name for name, table in read_tables.items() if not table.readable),
    )
    problems += _with_lines(schema, check(package, known), read_tables, header_text or "")
    if problems:
        ranks = {file: rank for rank, file in enumerate(schema.files)}
        raise PackageError(sorted(problems, key=lambda problem: _place(problem, ranks)))
    return package


def folder_of(path: str | os.PathLike[str], named: Mapping[str, Path] | None = None) -> Path:
    """Find the folder of a package.

    Parameters
    ----------
    path
        Its path; or one of `named`, unless there is a folder of that name.
    named
        Folders that have a name of their own.

    Raises
    ------
    PackageError
        If there is no such folder.
    """
    name, folder = os.fspath(path), Path(path)
    try:
        os.lstat(folder)
    except (FileNotFoundError, NotADirectoryError):
        return _named(name, named or {})
    except (OSError, ValueError):  # too long, not allowed, or with characters no path can have
        raise _no_package(quoted(name), "is not a path that can be read") from None
    if not folder.is_dir():
        raise _no_package(name, "is not a folder; name the folder of the package")
    return folder


def _named(name: str, known: Mapping[str, Path]) -> Path:
    if name in known:
        return known[name]
    names = near(name, known) or (known and "; packages by name: " + ", ".join(known))
    raise _no_package(name, f"no such folder{names or ''}")


def _no_package(name: str, message: str) -> PackageError:
    return PackageError([Problem(name, None, None, message)])


def _place(problem: Problem, ranks: Mapping[str, int]) -> tuple[int, str, int]:
    """Sort problems by file in the order of the tables, then by line."""
    return ranks.get(problem.file, len(ranks)), problem.file, problem.line or 0


def _with_lines(
    schema: Schema, problems: Iterable[Problem], read_tables: dict[str, Table], header: str
) -> list[Problem]:
    """Put the line of its row, or of its key, into each problem."""
    numbers: dict[str, dict[str, int]] = {}
    placed = []
    for problem in problems:
        name = problem.file.removesuffix(".csv")
        if problem.row and name in read_tables:
            if name not in numbers:
                numbers[name] = _line_numbers(read_tables[name], schema.tables[name].keyed)
            problem = replace(problem, line=numbers[name].get(problem.row))
        if problem.file == schema.header_file and problem.column:
            problem = replace(problem, line=_key_line(problem.column, header))
        placed.append(problem)
    return placed


def _line_numbers(table: Table, keyed: bool) -> dict[str, int]:  # noqa: FBT001
    names = (row.id if keyed else str(n) for n, row in enumerate(table.rows, 1))  # type: ignore[attr-defined]
    return dict(zip(names, table.lines, strict=True))


def _read_table(folder: Path, row: type[Row]) -> Table:
    text, problem = _text(folder, f"{row.table}.csv")
    if problem:
        return Table(readable=False, problems=[problem])
    return Table() if text is None else read_table(row, text)


def _text(folder: Path, name: str) -> tuple[str | None, Problem | None]:
    """Load a file of the package; None if there is none."""
    path, line = folder / name, None
    if not os.path.lexists(path):
        return None, None
    within = os.path.realpath(folder)
    if os.path.commonpath([within, os.path.realpath(path)]) != within:
        return None, Problem(name, None, None, "leads outside the folder of the package")
    if not path.is_file():
        return None, Problem(name, None, None, "is not a file")
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, Problem(name, None, None, f"is larger than {MOST_BYTES / 1e9:g} GB")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        if "\0" not in text:
            return text, None
        line, message = text[: text.index("\0")].count("\n") + 1, "holds a NUL character: is it a text file?"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"is not a text in UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8"
    return None, Problem(name, line, None, message)


def _unknown_files(folder: Path, schema: Schema) -> list[Problem]:
    """Name the CSV files that are no tables; hidden ones are left alone."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.lower().endswith(".csv"))
    except OSError as error:
        raise _no_package(str(folder), f"cannot be read: {error.strerror}") from None
    known = schema.files[1:]
    return [
        Problem(name, None, None, f"no table has this name{near(name, known)}")
        for name in names
        if name not in known and not name.startswith(".")
    ]


def _read_header(
    schema: Schema, text: str | None, problem: Problem | None, problems: list[Problem]
) -> BaseModel | None:
    file = schema.header_file
    if text is None:
        problems.append(problem or Problem(file, None, None, "is missing: a package must have one"))
        return None
    try:
        return schema.header.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problems += _header_problems(schema, error, text)
    except (ValueError, RecursionError) as error:  # tomllib refuses some numbers with a plain ValueError
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        message = str(error)[: found.start()] if found else "it cannot be read"
        if found and _DAY_FIRST.search(text.splitlines()[int(found[1]) - 1]):
            message += "; a date is written YYYY-MM-DD, as 2025-03-31"
        problems.append(Problem(file, int(found[1]) if found else None, None, f"is not TOML: {message}"))
    return None


def _header_problems(schema: Schema, error: ValidationError, text: str) -> list[Problem]:
    known, found = columns(schema.header), []
    for detail in error.errors(include_url=False):
        key = str(detail["loc"][0])
        message = f"unknown key{near(key, known)}" if key not in known else sentence(detail, known[key])
        line = _key_line(key, text) if key else None
        found.append(Problem(schema.header_file, line, key[:40] or '""', message))
    return found


def _key_line(key: str, text: str) -> int | None:
    match = re.search(rf"""^[ \t\[]*["']?{re.escape(key)}\b""", text, re.MULTILINE)
    return None if match is None else text.count("\n", 0, match.start()) + 1
