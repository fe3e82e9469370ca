"""References between tables: each must name a row that is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from jibek.tables._columns import Column, columns
from jibek.tables._errors import Problem, near, quoted
from jibek.tables._package import Package


@dataclass(frozen=True)
class Known:
    """What is known of a package that could be read only in part.

    Parameters
    ----------
    header
        Whether the header could be read.
    broken
        Tables in which something is wrong, with the ids of the rows that could not be read.
    unreadable
        Tables of which not even all ids are known.
    """

    header: bool = True
    broken: Mapping[str, Collection[str]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    @property
    def partial(self) -> set[str]:
        """Tables that are not whole, and `header` if it is not."""
        return {*self.broken, *self.unreadable, *(() if self.header else ("header",))}


def unresolved(package: Package, known: Known, *others: Package) -> Iterator[Problem]:
    """Name every reference to a row that is not there; where a table has no rows at all, name the table once.

    Parameters
    ----------
    package
        Whose references are followed.
    known
        What could be read of it.
    *others
        Packages whose rows it may name besides its own.
    """
    ids: dict[str, Collection[str]] = {}
    absent: dict[str, int] = {}
    for one in (*others, package):
        for name, row in one.schema.tables.items():
            if row.keyed:
                ids[name] = getattr(one, name).keys() | (known.broken.get(name, ()) if one is package else ())
    for name, row in package.schema.tables.items():
        for column in columns(row).values():
            if not column.refers or column.refers in known.unreadable:
                continue
            for place, value in _named(package, name, column):
                if not ids[column.refers]:
                    absent[column.refers] = absent.get(column.refers, 0) + 1
                elif value not in ids[column.refers]:
                    message = f"{quoted(value)} is not in {column.refers}.csv{near(value, ids[column.refers])}"
                    yield Problem(f"{name}.csv", None, column.name, message, row=place)
    for name, count in absent.items():
        rows = "cell names a row" if count == 1 else "cells name rows"
        yield Problem(f"{name}.csv", None, None, f"is missing or has no rows, but {count} {rows} of it")


def _named(package: Package, table: str, column: Column) -> Iterator[tuple[str, str]]:
    """Yield the row and the id named, for each id named in a column."""
    keyed = package.schema.tables[table].keyed
    for n, row in enumerate(package.rows(table), 1):
        value = getattr(row, column.name)
        if value is None or value == ():
            continue
        place = row.id if keyed else str(n)  # type: ignore[attr-defined]
        for one in value if isinstance(value, tuple) else (value,):
            yield place, one
