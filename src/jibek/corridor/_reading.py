"""Reading a corridor package: every problem of every file is found before any is reported."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from jibek.corridor import tables as t
from jibek.corridor._checking import Known, check_known
from jibek.corridor._columns import columns
from jibek.corridor._corridor import Corridor
from jibek.corridor._csv import Table, read_table
from jibek.corridor._errors import PackageError, Problem, near, quoted
from jibek.corridor._messages import sentence

HEADER = "corridor.toml"
_RANKS = {file: rank for rank, file in enumerate([HEADER, *(f"{name}.csv" for name in t.TABLES)])}
_STAND_IN = t.Header(id="unknown", title="", schema_version=1, start=date(2025, 1, 1))


def read(path: str | os.PathLike[str]) -> Corridor:
    """Read a corridor package.

    Parameters
    ----------
    path
        Folder with `corridor.toml` and one CSV file a table; or the name of a package that comes with Jibek,
        such as `trans-caspian`, unless there is a folder of that name.

    Returns
    -------
    Corridor
        The package in memory, checked.

    Raises
    ------
    PackageError
        With every problem of every file.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.read("starter").header.id
    'starter'
    """
    folder = find(path)
    problems = _unknown_files(folder)
    header_text, missing = _text(folder, HEADER)
    header = _read_header(header_text, missing, problems)
    read_tables = {name: _read_table(folder, row) for name, row in t.TABLES.items()}
    for table in read_tables.values():
        problems += table.problems
    corridor = Corridor.of(header or _STAND_IN, {name: table.rows for name, table in read_tables.items()})
    known = Known(
        header=header is not None,
        broken={name: table.broken for name, table in read_tables.items() if table.problems},
        unreadable=frozenset(name for name, table in read_tables.items() if not table.readable),
    )
    problems += _with_lines(check_known(corridor, known), read_tables, header_text or "")
    if problems:
        raise PackageError(sorted(problems, key=_place))
    return corridor


def bundled() -> dict[str, Path]:
    """List the packages that come with Jibek, by name."""
    scenarios = Path(str(files("jibek"))) / "scenarios"
    folders = sorted(path.parent for path in scenarios.glob(f"*/{HEADER}"))
    return {folder.name.replace("_", "-"): folder for folder in folders}


def find(path: str | os.PathLike[str]) -> Path:
    """Find the folder of a package, given by path or by the name of one that comes with Jibek.

    Raises
    ------
    PackageError
        If there is no such folder.
    """
    name, folder = os.fspath(path), Path(path)
    try:
        os.lstat(folder)
    except (FileNotFoundError, NotADirectoryError):
        return _named(name)
    except (OSError, ValueError):  # too long, not allowed, or with characters no path can have
        raise _no_package(quoted(name), "is not a path that can be read") from None
    if not folder.is_dir():
        raise _no_package(name, "is not a folder; name the folder of the package")
    return folder


def _named(name: str) -> Path:
    known = bundled()
    if name in known:
        return known[name]
    raise _no_package(name, f"no such folder{near(name, known) or '; packages by name: ' + ', '.join(known)}")


def _no_package(name: str, message: str) -> PackageError:
    return PackageError([Problem(name, None, None, message)])


def _place(problem: Problem) -> tuple[int, str, int]:
    """Sort problems by file in the order of the tables, then by line."""
    return _RANKS.get(problem.file, len(_RANKS)), problem.file, problem.line or 0


def _with_lines(problems: Iterable[Problem], read_tables: dict[str, Table], header: str) -> list[Problem]:
    """Put the line of its row, or of its key, into each problem."""
    numbers: dict[str, dict[str, int]] = {}
    placed = []
    for problem in problems:
        name = problem.file.removesuffix(".csv")
        if problem.row and name in read_tables:
            if name not in numbers:
                numbers[name] = _line_numbers(read_tables[name], t.TABLES[name].keyed)
            problem = replace(problem, line=numbers[name].get(problem.row))
        if problem.file == HEADER and problem.column:
            problem = replace(problem, line=_key_line(problem.column, header))
        placed.append(problem)
    return placed


def _line_numbers(table: Table, keyed: bool) -> dict[str, int]:  # noqa: FBT001
    names = (row.id if keyed else str(n) for n, row in enumerate(table.rows, 1))  # type: ignore[attr-defined]
    return dict(zip(names, table.lines, strict=True))


def _read_table(folder: Path, row: type[t.Row]) -> Table:
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


def _unknown_files(folder: Path) -> list[Problem]:
    """Name the CSV files that are no tables; hidden ones are left alone."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.lower().endswith(".csv"))
    except OSError as error:
        raise _no_package(str(folder), f"cannot be read: {error.strerror}") from None
    known = [f"{name}.csv" for name in t.TABLES]
    return [
        Problem(name, None, None, f"no table has this name{near(name, known)}")
        for name in names
        if name not in known and not name.startswith(".")
    ]


def _read_header(text: str | None, problem: Problem | None, problems: list[Problem]) -> t.Header | None:
    if text is None:
        problems.append(problem or Problem(HEADER, None, None, "is missing: a package must have one"))
        return None
    try:
        return t.Header.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problems += _header_problems(error, text)
    except (ValueError, RecursionError) as error:  # tomllib refuses some numbers with a plain ValueError
        found = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        message = str(error)[: found.start()] if found else "it cannot be read"
        problems.append(Problem(HEADER, int(found[1]) if found else None, None, f"is not TOML: {message}"))
    return None


def _header_problems(error: ValidationError, text: str) -> list[Problem]:
    known, found = columns(t.Header), []
    for detail in error.errors(include_url=False):
        key = str(detail["loc"][0])
        message = f"unknown key{near(key, known)}" if key not in known else sentence(detail, known[key])
        found.append(Problem(HEADER, _key_line(key, text), key[:40], message))
    return found


def _key_line(key: str, text: str) -> int | None:
    match = re.search(rf"""^[ \t\[]*["']?{re.escape(key)}\b""", text, re.MULTILINE)
    return None if match is None else text.count("\n", 0, match.start()) + 1
