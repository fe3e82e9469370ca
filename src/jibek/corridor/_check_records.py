"""Rules of measures and uncertainty: what they name must be there, and bear the change."""

from __future__ import annotations

from collections.abc import Iterator

from jibek.corridor import tables as t
from jibek.corridor._changes import Change, Draft, in_order
from jibek.corridor._view import Rules, View
from jibek.tables import ChangeError, Column, Problem, at, columns, near, quoted


def measures_do_not_contradict_themselves(view: View) -> Iterator[Problem]:
    for measure in view.corridor.measures.values():
        for column in ("requires", "excludes"):
            if measure.id in getattr(measure, column):
                yield at(measure, column, f"the measure {column} itself")
        if not measure.requires:
            continue
        together = dict.fromkeys(in_order(view.corridor, [measure.id]))
        for one in together:
            for other in view.corridor.measures[one].excludes:
                if other in together and other != one:
                    message = f"{quoted(one)} excludes {quoted(other)}, and both are taken with it"
                    yield at(measure, "requires", message)


def measures_can_be_taken(view: View) -> Iterator[Problem]:
    for measure in view.corridor.measures.values():
        draft = Draft(view.corridor)
        for name in in_order(view.corridor, [measure.id]):
            for text in view.corridor.measures[name].changes:
                problems = _applied(draft, text)
                if name == measure.id:
                    for problem in problems:
                        yield at(measure, "changes", str(problem))


def _applied(draft: Draft, text: str) -> list[Problem]:
    try:
        return draft.apply(Change.parse(text))
    except ChangeError as error:
        return list(error.problems)


def uncertain_values_are_there(view: View) -> Iterator[Problem]:
    for row in view.corridor.uncertainty.values():
        message = _fault(view, row)
        if message:
            yield at(row, "id", message)


def _fault(view: View, row: t.Uncertainty) -> str:
    """Say what is wrong with the value that is uncertain; empty if nothing is."""
    table, _, rest = row.id.partition(".")
    name, _, field = rest.rpartition(".")
    if not (name and field):
        return f"{quoted(row.id)} is not a value; write table.id.field"
    if table not in t.TABLES:
        return f"there is no table {quoted(table)}{near(table, t.TABLES)}"
    known = columns(t.TABLES[table])
    if field not in known:
        return f"{table} have no column {quoted(field)}{near(field, known)}"
    if not known[field].numeric:
        return f"{field} is not a number"
    if name == "*":
        return _beyond(row, known[field])
    rows = getattr(view.corridor, table) if t.TABLES[table].keyed else {}
    if name not in rows:
        return f"{quoted(name)} is not in {table}.csv{near(name, rows)}"
    if row.relative and getattr(rows[name], field) is None:
        return f"{field} of {quoted(name)} is not given, so it cannot be multiplied"
    return _beyond(row, known[field])


def _beyond(row: t.Uncertainty, column: Column) -> str:
    low = column.minimum if column.minimum is not None and not row.relative else 0.0
    if column.minimum is not None and column.minimum >= 0 and row.low < low:
        return f"low is {row.low:g}, and {column.name} cannot be below {low:g}"
    if column.maximum is not None and not row.relative and row.high > column.maximum:
        return f"high is {row.high:g}, and {column.name} cannot be above {column.maximum:g}"
    return ""


RULES: Rules = {
    measures_do_not_contradict_themselves: ("measures",),
    measures_can_be_taken: tuple(t.TABLES),
    uncertain_values_are_there: tuple(t.TABLES),
}
