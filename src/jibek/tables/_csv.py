"""One table out of the text of its CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import TypeAdapter, ValidationError

from jibek.tables import _fields as t
from jibek.tables._columns import columns
from jibek.tables._errors import Problem, near, quoted
from jibek.tables._messages import sentence

BATCH = 10_000
"""Rows validated in one go."""

Cells = dict[str, str]


@dataclass
class Table:
    """What could be read of a table, where it stood, and what was wrong with it.

    Parameters
    ----------
    rows
        The rows that are well-formed.
    lines
        The line of each of them.
    broken
        Ids of rows that are not.
    readable
        Whether all ids are known, in `rows` or in `broken`.
    problems
        What is wrong.
    """

    rows: list[t.Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    readable: bool = True
    problems: list[Problem] = field(default_factory=list)


class _Lines:
    """The lines of a text without comments: lines that begin with `#` where a row could begin."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.number = 0
        self.first = 0
        """Line where the present row begins; 0 while none has begun."""

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if not self.first:
                if line.startswith("#"):
                    continue
                self.first = self.number
            yield line


def read_table(row: type[t.Row], text: str) -> Table:
    """Read a table from the text of its file.

    Parameters
    ----------
    row
        Class of its rows.
    text
        Comma-separated values, the names of the columns first; lines that begin with `#` are comments.
    """
    table = Table()
    reader = _TableReader(row, table)
    try:
        rows = _split(text)
        header = next(rows, None)
        if header is None:
            reader.report(1, None, "is empty; its first line must name the columns")
            table.readable = False
        else:
            names = reader.header(*header)
            reader.validate(reader.cells(names, rows))
    except _BrokenRowError as error:
        reader.report(error.line, None, str(error))
        table.readable = False
    table.problems.sort(key=lambda problem: problem.line or 0)
    return table


class _BrokenRowError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _split(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the cells of each row that has any."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.first = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _BrokenRowError(lines.first, _csv_message(str(error), lines.number - lines.first)) from None
        if any(cells):
            yield lines.first, cells


def _csv_message(message: str, further_lines: int) -> str:
    if "field larger" in message and not further_lines:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    if "unexpected end" in message or "field larger" in message:
        return "a quotation mark that is opened here is not closed"
    if "expected after" in message:
        return 'a quoted cell goes on after its closing mark; write a quotation mark inside a cell as ""'
    return f"cannot be split into cells: {message}"


class _TableReader:
    def __init__(self, row: type[t.Row], table: Table) -> None:
        self.row, self.table = row, table
        self.columns = columns(row)
        self.numeric = [name for name, column in self.columns.items() if column.numeric]
        self.file = f"{row.table}.csv"
        self.absent: set[str] = set()
        self.seen: dict[str, int] = {}

    def report(self, line: int, column: str | None, message: str) -> None:
        self.table.problems.append(Problem(self.file, line, column, message))

    def header(self, line: int, names: list[str]) -> list[str]:
        """Check the names of the columns; those that cannot be used come back empty."""
        names = [name.strip() for name in names]
        if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
            raise _BrokenRowError(line, "separate the cells by commas")
        for place, name in enumerate(names):
            if not name:
                self.report(line, None, f"column {place + 1} has no name")
            elif name not in self.columns:
                self.report(line, name[:40], f"unknown column{near(name, self.columns)}")
            elif name in names[:place]:
                self.report(line, name, "the column stands twice")
        for name, column in self.columns.items():
            if column.required and name not in names:
                self.absent.add(name)
                self.report(line, name, "the column is missing; every row must have a value")
        if "id" in self.absent:
            self.table.readable = False
        return [name if name in self.columns and name not in names[:n] else "" for n, name in enumerate(names)]

    def cells(self, names: list[str], rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
        """Yield the cells of each row that are not blank, by name; leave ragged rows out."""
        width = len(names)
        for line, cells in rows:
            if len(cells) != width:
                self.report(line, None, f"the row has {len(cells)} cells, the first line names {width} columns")
                if "id" in names[: len(cells)]:
                    self.table.broken.add(cells[names.index("id")].strip())
                continue
            filled = {
                name: cell for name, cell in zip(names, cells, strict=True) if cell and not cell.isspace() and name
            }
            for name in self.numeric:
                if "_" in filled.get(name, ""):  # Python would read 1_0 as 10
                    self.report(line, name, f"{quoted(filled[name])} is not a number")
                    self.table.broken.add(filled.get("id", "").strip())
                    break
            else:
                if filled or "" in names:
                    yield line, filled

    def validate(self, rows: Iterator[tuple[int, Cells]]) -> None:
        adapter = TypeAdapter(list[self.row])  # type: ignore[name-defined]
        while batch := list(islice(rows, BATCH)):
            try:
                self.keep(batch, adapter.validate_python([cells for _, cells in batch]))
            except ValidationError as error:
                bad = self.refuse(batch, error)
                good = [item for place, item in enumerate(batch) if place not in bad]
                self.keep(good, adapter.validate_python([cells for _, cells in good]))

    def keep(self, batch: list[tuple[int, Cells]], rows: list[Any]) -> None:
        for (line, _), row in zip(batch, rows, strict=True):
            if self.row.keyed:
                first = self.seen.setdefault(row.id, line)
                if first != line:
                    self.report(line, "id", f"{quoted(row.id)} stands already on line {first}")
                    continue
            self.table.rows.append(row)
            self.table.lines.append(line)

    def refuse(self, batch: list[tuple[int, Cells]], error: ValidationError) -> set[int]:
        """Report what is wrong with the rows of a batch, and say which rows these are."""
        bad = set()
        for detail in error.errors(include_url=False):
            place, name = int(detail["loc"][0]), str(detail["loc"][1])
            line, cells = batch[place]
            bad.add(place)
            self.table.broken.add(cells.get("id", "").strip())
            if name not in self.absent or detail["type"] != "missing":
                self.report(line, name, sentence(detail, self.columns[name]))
        return bad
