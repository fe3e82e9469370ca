"""A package of which some tables are replaced by what was typed: its files, and where the problems of these stand."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from jibek.serve._package_models import Cells
from jibek.tables import Package, PackageError, Problem, cells, csv_text, near, texts


class Edited:
    """A package of which some tables are others.

    Parameters
    ----------
    package
        The package.
    tables
        Tables that replace its own; those without rows are taken out.

    Raises
    ------
    PackageError
        If it can have no table of that name.
    """

    def __init__(self, package: Package, tables: Mapping[str, Cells]) -> None:
        known = package.schema.tables
        unknown = [name for name in tables if name not in known]
        if unknown:
            raise PackageError(
                Problem(name, None, None, f"no table has this name{near(name, known)}") for name in unknown
            )
        self._lines = {name: cells(package, name) for name in known if name not in tables and package.rows(name)}
        self._lines |= {name: [table.columns, *table.rows] for name, table in tables.items() if table.rows}
        header = package.schema.header_file
        self.texts = {header: texts(package)[header]} | {
            f"{name}.csv": csv_text(self._lines[name]) for name in self._lines
        }

    def placed(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Give each problem the number of its row, from 2 on as if no cell held a line break, and its id."""
        starts: dict[str, list[int]] = {}
        for problem in problems:
            name = problem.file.removesuffix(".csv")
            if problem.line is None or name not in self._lines:
                yield problem
                continue
            lines = self._lines[name]
            if name not in starts:
                starts[name] = list(accumulate(map(_height, lines[:-1]), initial=1))
            row = bisect_right(starts[name], problem.line) - 1
            yield replace(problem, line=row + 1, row=problem.row or _id(lines[0], lines[row]))


def _height(line: list[str]) -> int:
    """Return how many lines of the file a line of cells takes."""
    return sum(1 for _ in io.StringIO(csv_text([line]), newline=""))


def _id(names: list[str], line: list[str]) -> str:
    """Return the id in a line of cells, if there is one."""
    return dict(zip(names, line, strict=False)).get("id", "") if line is not names else ""
