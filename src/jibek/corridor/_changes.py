"""Changes of a corridor: one grammar for the command line, measures, sweeps and what-if."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import ValidationError

from jibek.corridor import tables as t
from jibek.corridor._corridor import Corridor
from jibek.tables import ChangeError, Problem, Row, columns, near, number_text, quoted, sentence

Operator = Literal["=", "*=", "+="]


@dataclass(frozen=True)
class Change:
    """A change of one value, or of one column in all rows.

    Parameters
    ----------
    table, id, field
        What is changed; id `*` means all rows.
    operator
        `=` sets, `*=` multiplies, `+=` adds; with id `*`, wherever there is a value.
    value
        As it would stand in a cell; nothing means the default.

    Examples
    --------
    >>> change = Change.parse("links.a-b.run_h *= 0.90")
    >>> change.field, str(change)
    ('run_h', 'links.a-b.run_h*=0.9')
    """

    table: str
    id: str
    field: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.table}.{self.id}.{self.field}{self.operator}{self.value}"

    @classmethod
    def parse(cls, text: str) -> Change:
        """Read a change; tables and columns must exist, rows are looked for when it is applied.

        Raises
        ------
        ChangeError
            If it is not a change, or not one of a column that is there.
        """
        match = re.fullmatch(r"\s*(\w+)\.([^=]+)\.(\w+)\s*(\*=|\+=|=)(.*)", text, re.DOTALL)
        if match is None:
            if re.match(r"\s*corridor\.", text):
                raise _refused(
                    text, "the header is not changed so; days and warmup_days are set with --days and --warmup-days"
                )
            raise _refused(
                text, "is not a change; write table.id.field=value, table.id.field*=1.1 or table.id.field+=1"
            )
        if "\0" in text:
            raise _refused(quoted(text), "holds a NUL character")
        table, name, column, operator, value = (part.strip() for part in match.groups())
        if table not in t.TABLES:
            raise _refused(text, f"there is no table {quoted(table)}{near(table, t.TABLES)}")
        known = columns(t.TABLES[table])
        if column not in known:
            raise _refused(text, f"{table} have no column {quoted(column)}{near(column, known)}")
        if column == "id":
            raise _refused(text, "an id cannot be changed")
        if not t.TABLES[table].keyed and name != "*":
            raise _refused(text, f"rows of {table} have no id; write {table}.*.{column}")
        if known[column].numeric and "_" in value:
            raise _refused(text, f"{quoted(value)} is not a number")
        if operator != "=":
            if not known[column].numeric:
                raise _refused(text, f"{column} is not a number; it can only be set with =")
            value = _operand(text, value)
        return cls(table, name, column, cast(Operator, operator), value)


def _refused(text: str, message: str) -> ChangeError:
    return ChangeError([Problem(text.strip() or repr(text), None, None, message)])


def _operand(text: str, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _refused(text, f"{quoted(value)} is not a number")
    return number_text(number)


class Draft:
    """A corridor whose rows are being changed."""

    def __init__(self, corridor: Corridor) -> None:
        self._of = corridor
        self._tables: dict[str, dict[str, Row]] = {}

    def _rows(self, table: str) -> dict[str, Row]:
        if table not in self._tables:
            rows = self._of.rows(table)
            ids = (cast(Any, row).id if row.keyed else str(n) for n, row in enumerate(rows, 1))
            self._tables[table] = dict(zip(ids, rows, strict=True))
        return self._tables[table]

    def corridor(self, *, changes: tuple[str, ...] = (), applied: tuple[str, ...] = ()) -> Corridor:
        """Return the corridor as it has become; it is not checked."""
        rows = {name: self._tables[name].values() if name in self._tables else self._of.rows(name) for name in t.TABLES}
        return Corridor.of(self._of.header, rows, changes=changes, applied=applied)

    def apply(self, change: Change) -> list[Problem]:
        """Apply a change to the rows it names, and list what cannot be done."""
        rows = self._rows(change.table)
        if change.id != "*" and change.id not in rows:
            hint = near(change.id, rows)
            return [Problem(str(change), None, None, f"{quoted(change.id)} is not in {change.table}.csv{hint}")]
        named = [change.id] if change.id != "*" else list(rows)
        if change.id == "*" and change.operator != "=":
            named = [name for name in rows if getattr(rows[name], change.field) is not None]
            if rows and not named:
                message = f"no row gives {change.field}, so nothing can be multiplied or added; set it with ="
                return [Problem(str(change), None, None, message)]
        problems = []
        for name in named:
            try:
                rows[name] = _changed_row(rows[name], change)
            except ValueError as error:
                message = f"{name}: {error}" if change.id == "*" else str(error)
                problems.append(Problem(str(change), None, None, message))
        return problems


def _changed_row(row: Row, change: Change) -> Row:
    """Return the row with the change made; a ValueError says why it cannot be."""
    column = columns(type(row))[change.field]
    values: dict[str, Any] = dict(row)
    if change.operator == "=":
        values[change.field] = change.value
        if not change.value:
            del values[change.field]
    else:
        old = values[change.field]
        if old is None:
            raise ValueError(f"{change.field} is not given, so nothing can be multiplied or added; set it with =")
        operand = float(change.value)
        new = old * operand if change.operator == "*=" else old + operand
        if column.kind == "whole number":
            new = _whole(new, change.field)
        values[change.field] = new
    try:
        return type(row).model_validate(values)
    except ValidationError as error:
        raise ValueError("; ".join(sentence(detail, column) for detail in error.errors(include_url=False))) from None


def _whole(value: float, name: str) -> int:
    if not math.isfinite(value) or abs(value - round(value)) > 1e-9 * max(1.0, abs(value)):
        raise ValueError(f"{name} would be {value:.6g}, which is not a whole number")
    return round(value)


def in_order(corridor: Corridor, names: Iterable[str]) -> Iterator[str]:
    """Yield measures, each once and after those it requires."""
    seen: set[str] = set()
    waiting = [(name, False) for name in reversed(list(names))]
    while waiting:
        name, ready = waiting.pop()
        if ready:
            yield name
        elif name in corridor.measures and name not in seen:
            seen.add(name)
            waiting.append((name, True))
            waiting += [(other, False) for other in reversed(corridor.measures[name].requires)]
