"""Cases: what they change, how the command line writes them, and those that are kept under a name."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter, ValidationError

from jibek._error import JibekError
from jibek._files import whole
from jibek.corridor import Corridor
from jibek.serve._models import Case
from jibek.serve._package_models import CaseRead, CaseText, Changed, NamedCase
from jibek.tables import PackageError, Problem, columns

FILE = "cases.json"
MOST_CASES = 1_000
"""Cases that are kept."""

_CASES = TypeAdapter(dict[str, NamedCase])


def read_case(corridor: Corridor, case: CaseText, path: str) -> CaseRead:
    """Say what a case changes, and how the command line writes it.

    Parameters
    ----------
    corridor
        Of the package.
    case
        Measures and changes.
    path
        What the command line calls the package.

    Raises
    ------
    ChangeError
        With every problem of the measures, or of the changes.

    Examples
    --------
    >>> import jibek
    >>> case = CaseText(measures=["growth"], changes=["fleets.ferries.count = 4"])
    >>> found = read_case(jibek.read("starter"), case, "starter")
    >>> found.command
    'jibek simulate starter --with growth --set fleets.ferries.count=4'
    >>> found.changed[0].target, found.changed[0].before, found.changed[0].after
    ('fleets.ferries.count', '2', '4')
    """
    measured = corridor.with_measures(*case.measures)
    changed = measured.with_changes(*case.changes)
    clocked = changed.with_clock(days=case.days, warmup_days=case.warmup_days)
    words = ["jibek", "simulate", path]
    words += [word for measure in case.measures for word in ("--with", measure)]
    words += [word for text in changed.changes[len(measured.changes) :] for word in ("--set", text)]
    for option, days in (("--days", case.days), ("--warmup-days", case.warmup_days)):
        words += [option, str(days)] if days is not None else []
    return CaseRead(changed=list(_changed(corridor, clocked)), command=shlex.join(words))


def _changed(before: Corridor, after: Corridor) -> Iterator[Changed]:
    """Yield the values that differ."""
    for table, row in before.schema.tables.items():
        if getattr(before, table) is getattr(after, table):
            continue
        for number, (one, other) in enumerate(zip(before.rows(table), after.rows(table), strict=True), 1):
            place = one.id if row.keyed else number  # type: ignore[attr-defined]
            for column in columns(row).values():
                values = [getattr(side, column.name) for side in (one, other)]
                if values[0] != values[1]:
                    yield Changed(
                        target=f"{table}.{place}.{column.name}",
                        before=column.cell(values[0]),
                        after=column.cell(values[1]),
                    )
    for name in ("days", "warmup_days"):
        days = [str(getattr(side.header, name)) for side in (before, after)]
        if days[0] != days[1]:
            yield Changed(target=name, before=days[0], after=days[1])


class TooManyCasesError(JibekError):
    """As many cases are kept as may be."""


class Cases:
    """The cases of a data folder, by name, in one file.

    Parameters
    ----------
    folder
        The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = Lock()

    def all(self) -> list[NamedCase]:
        """List the cases, by name.

        Raises
        ------
        PackageError
            If the file is spoilt.
        """
        return sorted(self._read().values(), key=lambda one: one.name.casefold())

    def put(self, name: str, case: Case) -> NamedCase:
        """Keep a case; one of the same name is replaced.

        Raises
        ------
        TooManyCasesError
            If no more are kept.
        """
        with self._lock:
            cases = self._read()
            if name not in cases and len(cases) >= MOST_CASES:
                raise TooManyCasesError(f"{MOST_CASES:,} cases are kept already; delete some")
            cases[name] = NamedCase(name=name, case=case, saved=datetime.now(UTC))
            self._write(cases)
            return cases[name]

    def delete(self, name: str) -> bool:
        """Forget a case, and say whether there was one."""
        with self._lock:
            cases = self._read()
            if cases.pop(name, None) is None:
                return False
            self._write(cases)
            return True

    def _read(self) -> dict[str, NamedCase]:
        try:
            return _CASES.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError:
            raise PackageError([Problem(str(self._file), None, None, "cannot be read; mend it or remove it")]) from None

    def _write(self, cases: dict[str, NamedCase]) -> None:
        with whole(self._file) as file:
            file.write(_CASES.dump_json(cases, indent=1))
