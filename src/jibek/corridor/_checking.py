"""Checking a corridor: references first, then what the rows mean together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from jibek.corridor import _check_demand, _check_network, _check_records, _check_rows
from jibek.corridor import tables as t
from jibek.corridor._columns import Column, columns
from jibek.corridor._corridor import Corridor
from jibek.corridor._errors import Problem, near, quoted
from jibek.corridor._view import Rules, View

_RULES: Rules = _check_rows.RULES | _check_network.RULES | _check_demand.RULES | _check_records.RULES


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


def check(corridor: Corridor) -> list[Problem]:
    """List all that is wrong with a corridor; empty if nothing is.

    Parameters
    ----------
    corridor
        In memory; `read` and `with_changes` have checked it already.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.check(jibek.corridor.read("starter"))
    []
    """
    return check_known(corridor, Known())


def check_known(corridor: Corridor, known: Known) -> list[Problem]:
    """List all that is wrong, as far as it does not depend on rows that could not be read."""
    problems = list(_unresolved(corridor, known))
    view = View(corridor)
    partial = {*known.broken, *known.unreadable, *(() if known.header else ("header",))}
    for rule, whole in _RULES.items():
        if partial.isdisjoint(whole):
            problems += rule(view)
    return problems


def _unresolved(corridor: Corridor, known: Known) -> Iterator[Problem]:
    """Name every reference to a row that is not there."""
    ids = {
        name: getattr(corridor, name).keys() | known.broken.get(name, ()) for name, row in t.TABLES.items() if row.keyed
    }
    told = 0
    for name, row in t.TABLES.items():
        for column in columns(row).values():
            if not column.refers or column.refers in known.unreadable:
                continue
            for place, value in _named(corridor, name, column):
                if value not in ids[column.refers]:
                    hint = near(value, ids[column.refers]) if told < 100 else ""
                    told += 1
                    message = f"{quoted(value)} is not in {column.refers}.csv{hint}"
                    yield Problem(f"{name}.csv", None, column.name, message, row=place)


def _named(corridor: Corridor, table: str, column: Column) -> Iterator[tuple[str, str]]:
    """Yield the row and the id named, for each id named in a column."""
    keyed = t.TABLES[table].keyed
    for n, row in enumerate(corridor.rows(table), 1):
        value = getattr(row, column.name)
        if value is None or value == ():
            continue
        place = row.id if keyed else str(n)  # type: ignore[attr-defined]
        for one in value if isinstance(value, tuple) else (value,):
            yield place, one
