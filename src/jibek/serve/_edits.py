"""A package of which parts are replaced by what was typed: its files, where their problems stand, and how much is other."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate
from typing import Any

from jibek.serve._package_models import Edit
from jibek.tables import (
    Column,
    Package,
    PackageError,
    Problem,
    cells,
    columns,
    csv_text,
    header_values,
    near,
    toml_text,
)


class Edited:
    """A package of which some tables, and fields of its header, are others.

    Parameters
    ----------
    package
        The package.
    edit
        What is other.

    Raises
    ------
    PackageError
        If it can have no table or field of that name.
    """

    def __init__(self, package: Package, edit: Edit) -> None:
        known, tables = package.schema.tables, edit.tables
        self._header = package.schema.header_file
        _refuse_unknown(package, edit)
        self._lines = {name: cells(package, name) for name in known if name not in tables and package.rows(name)}
        self._lines |= {name: [table.columns, *table.rows] for name, table in tables.items() if table.rows}
        self.texts = {self._header: toml_text(_header(package, edit))}
        self.texts |= {f"{name}.csv": csv_text(self._lines[name]) for name in self._lines}

    def placed(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Give each problem the number of its row, from 2 on as if no cell held a line break, and its id."""
        starts: dict[str, list[int]] = {}
        for problem in problems:
            name = problem.file.removesuffix(".csv")
            if name == self._header:
                yield replace(problem, line=None)
                continue
            if problem.line is None or name not in self._lines:
                yield problem
                continue
            lines = self._lines[name]
            if name not in starts:
                starts[name] = list(accumulate(map(_height, lines[:-1]), initial=1))
            row = bisect_right(starts[name], problem.line) - 1
            yield replace(problem, line=row + 1, row=problem.row or _id(lines[0], lines[row]))


def fields(package: Package) -> dict[str, Column]:
    """Return the fields of a package's header that can be other than they are."""
    return {name: one for name, one in columns(package.schema.header).items() if len(one.choices) != 1}


def changed(before: Package, after: Package) -> dict[str, int]:
    """Count the rows of each table that are not as before, and the fields of the header."""
    values = [{name: getattr(one.header, name) for name in fields(before)} for one in (before, after)]
    counts = {before.schema.header_file: sum(value != values[1][name] for name, value in values[0].items())}
    for table in before.schema.tables:
        rows, others = Counter(before.rows(table)), Counter(after.rows(table))
        counts[table] = max((rows - others).total(), (others - rows).total())
    return {name: count for name, count in counts.items() if count}


def _refuse_unknown(package: Package, edit: Edit) -> None:
    tables, header, file = package.schema.tables, fields(package), package.schema.header_file
    problems = [
        Problem(name, None, None, f"no table has this name{near(name, tables)}")
        for name in edit.tables
        if name not in tables
    ]
    problems += [
        Problem(file, None, name[:40], f"unknown key{near(name, header)}") for name in edit.header if name not in header
    ]
    problems += [
        Problem(file, None, name, "holds a NUL character") for name, text in edit.header.items() if "\0" in text
    ]
    if problems:
        raise PackageError(problems)


def _header(package: Package, edit: Edit) -> dict[str, Any]:
    """Return what the header says: values as they were, and texts where it is other."""
    values = header_values(package.header) | edit.header
    return {name: value for name, value in values.items() if not isinstance(value, str) or value.strip()}


def _height(line: list[str]) -> int:
    """Return how many lines of the file a line of cells takes."""
    return sum(1 for _ in io.StringIO(csv_text([line]), newline=""))


def _id(names: list[str], line: list[str]) -> str:
    """Return the id in a line of cells, if there is one."""
    return dict(zip(names, line, strict=False)).get("id", "") if line is not names else ""
