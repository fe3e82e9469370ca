"""What can be wrong with what the user gave.

```
JibekError            all errors that are the user's to mend
├── PackageError      a package cannot be read or written; lists every problem
└── ChangeError       a change or a measure cannot be applied; lists every problem
```

The command line turns each of these into exit code 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from jibek._error import JibekError
from jibek.tables._fields import Row

SHOWN = 100
"""Problems shown in the text of an error; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Parameters
    ----------
    file
        File of the package, or another name of the place.
    line
        Line in the file, from 1; None where there is no line.
    column
        Column of the table or key of the file; None for the whole row.
    message
        What is wrong.
    row
        Id of the row; names the place when no line is known.

    Examples
    --------
    >>> print(Problem("links.csv", 7, "length_km", "'abc' is not a number"))
    links.csv:7 length_km: 'abc' is not a number
    >>> print(Problem("links.csv", None, "length_km", "must be above 0, not 0", row="a-b"))
    links.a-b.length_km: must be above 0, not 0
    """

    file: str
    line: int | None
    column: str | None
    message: str
    row: str = ""

    def __str__(self) -> str:
        if self.line is None and self.row:
            parts = (self.file.removesuffix(".csv"), self.row, self.column)
            return f"{'.'.join(part for part in parts if part)}: {self.message}"
        line = "" if self.line is None else f":{self.line}"
        column = f" {self.column}" if self.column else ""
        return f"{self.file}{line}{column}: {self.message}"


class ProblemsError(JibekError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"... and {len(self.problems) - SHOWN:,} more problems")
        return "\n".join(lines)


class PackageError(ProblemsError):
    """A package cannot be read or written; `problems` lists all that is wrong."""


class ChangeError(ProblemsError):
    """A change or a measure cannot be applied; `problems` lists all that is wrong."""


def at(row: Row, column: str | None, message: str) -> Problem:
    """State a problem of a row that has an id."""
    return Problem(f"{row.table}.csv", None, column, message, row=row.id)  # type: ignore[attr-defined]


HINTS = 1_000_000
"""Characters of names compared in one task; then no more names are suggested, since comparing is slow."""

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def bounded_hints() -> Iterator[None]:
    """Bound what `near` does within a task, however many names are unknown in it."""
    token = _left.set(_left.get() or [HINTS])
    try:
        yield
    finally:
        _left.reset(token)


def near(name: str, names: Collection[str]) -> str:
    """Suggest the names nearest to one that is unknown, as the end of a sentence; empty if none is near."""
    left = _left.get() or [HINTS]
    left[0] -= len(names) * max(len(name), 10)
    if left[0] < 0 or len(name) > 200:
        return ""
    folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(folded[one]) for one in found)}?" if found else ""


def quoted(value: object) -> str:
    """Quote a text for a message, cut to a readable length; other values stand as they are."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= 40 else text[:37] + "..."
    return repr(text) if isinstance(value, str) else text
