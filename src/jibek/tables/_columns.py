"""What is known of each column, taken from the row classes."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from jibek.tables import _fields as t

Kind = Literal["text", "number", "whole number", "yes/no", "date", "date and time"]

_KINDS: dict[type, Kind] = {
    str: "text",
    float: "number",
    int: "whole number",
    bool: "yes/no",
    date: "date",
    datetime: "date and time",
}
_SEPARATORS = {t.SPACED.func: " ", t.CHAINED.func: ">", t.LISTED.func: "; "}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name, kind, meaning
        Name, kind of value and meaning.
    required, default
        Whether every row must have it, and the value of blank cells.
    unit
        Unit of a number, or empty.
    separator
        What stands between several values in a cell; empty: one value.
    choices
        Words allowed; empty: any.
    minimum, maximum, below
        Least value, greatest value, value that must not be reached.
    pattern
        Regular expression of a text.
    refers
        Table whose ids the values are, or empty.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool
    default: Any
    unit: str = ""
    separator: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    below: float | None = None
    pattern: str = ""
    refers: str = ""

    @property
    def numeric(self) -> bool:
        """Whether a cell holds one number."""
        return self.kind in ("number", "whole number") and not self.separator

    def cell(self, value: Any) -> str:
        """Write a value as the text of a cell."""
        if value is None:
            return ""
        if isinstance(value, tuple):
            return self.separator.join(self.cell(part) for part in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return number_text(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def given(self, row: BaseModel) -> bool:
        """Whether a row has another value than the default."""
        return bool(getattr(row, self.name) != self.default)

    def limits(self) -> str:
        """Describe the values allowed; empty if any is."""
        if self.choices:
            return ", ".join(f"`{choice}`" for choice in self.choices)
        low, high = (None if bound is None else number_text(bound) for bound in (self.minimum, self.maximum))
        if self.minimum == t.LEAST:
            low = "above 0"
        elif low is not None:
            low = f"from {low}"
        if self.minimum == -t.MOST:
            low = None
        if self.maximum == t.MOST:
            high = None
        parts = (low, high and f"to {high}", self.below and f"below {number_text(self.below)}")
        return " ".join(part for part in parts if part)


def number_text(value: float) -> str:
    """Write a number in the shortest way that is read back as the same number."""
    return repr(value + 0.0).removesuffix(".0")  # the sum of 0.0 and a negative zero is positive


@cache
def columns(table: type[BaseModel]) -> Mapping[str, Column]:
    """Describe the columns of a row class, by name, in order."""
    return types.MappingProxyType({name: _column(name, field) for name, field in table.model_fields.items()})


def _column(name: str, field: FieldInfo) -> Column:
    kind: Kind = "text"
    known: dict[str, Any] = {}
    for part in _parts(field.annotation, field.metadata):
        if isinstance(part, type) and part in _KINDS:
            kind = _KINDS[part]
        elif isinstance(part, t.Unit):
            known["unit"] = part.name
        elif isinstance(part, t.Ref):
            known["refers"] = part.table
        elif isinstance(part, BeforeValidator) and part.func in _SEPARATORS:
            known["separator"] = _SEPARATORS[part.func]
        elif get_origin(part) is Literal:
            known["choices"] = tuple(str(choice) for choice in get_args(part))
            kind = _KINDS[type(get_args(part)[0])]
        else:
            known |= _limit(part)
    default = None if field.is_required() else field.default
    return Column(name, kind, field.description or "", field.is_required(), default, **known)


def _limit(part: object) -> dict[str, Any]:
    named = {"ge": "minimum", "le": "maximum", "lt": "below", "pattern": "pattern"}
    return {ours: getattr(part, theirs) for theirs, ours in named.items() if getattr(part, theirs, None) is not None}


def _parts(annotation: Any, metadata: list[Any]) -> Iterator[Any]:
    """Yield every type, choice and mark in an annotation, outermost last."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _parts(arguments[0], list(arguments[1:]))
    elif origin in (Union, types.UnionType, tuple):
        for argument in arguments:
            if argument not in (None, type(None), ...):
                yield from _parts(argument, [])
    elif annotation is t.Moment:
        yield datetime
    else:
        yield annotation
    for mark in metadata:
        if isinstance(mark, FieldInfo):
            yield from mark.metadata
        else:
            yield mark
