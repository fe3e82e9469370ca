"""Cells that a spreadsheet would execute: no package that goes out may hold one. See docs/decisions/formulas.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jibek.tables import Package, Problem, cells, quoted

_BEGINS = "=+-@＝＋－＠"
_CELLS = re.compile(r"[;\t\r\n]")
"""What a spreadsheet may take for the end of a cell, besides the comma, which is always quoted."""
_NUMBERS = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?(\s+[-+]?[0-9.]+([eE][-+]?[0-9]+)?)*\s*")


def formulas(package: Package) -> Iterator[Problem]:
    """List the cells that a spreadsheet would execute.

    Examples
    --------
    >>> import jibek
    >>> corridor = jibek.read("starter").with_changes("places.city.name==1+1")
    >>> print(*formulas(corridor))
    places.city.name: '=1+1' would be executed by a spreadsheet; it must not begin with =
    """
    for table, row in package.schema.tables.items():
        names, *lines = cells(package, table)
        for number, line in enumerate(lines, 1):
            for name, cell in zip(names, line, strict=True):
                begin = executed(cell)
                if begin:
                    place = line[names.index("id")] if row.keyed else str(number)
                    message = f"{quoted(cell)} would be executed by a spreadsheet; it must not begin with {begin}"
                    yield Problem(f"{table}.csv", None, name, message, row=place)


def executed(cell: str) -> str:
    """Return the character by which a part of a cell becomes a formula; empty if none does.

    Examples
    --------
    >>> executed("-5"), executed("43.6 51.1; -33.9 18.4"), executed("a; @b")
    ('', '', '@')
    """
    if not any(begin in cell for begin in _BEGINS):
        return ""
    for part in _CELLS.split(cell):
        text = part.strip(" \"'")
        if text and text[0] in _BEGINS and not _NUMBERS.fullmatch(text):
            return text[0]
    return ""
