"""What pydantic finds in a value, said in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from jibek.tables import _fields as t
from jibek.tables._columns import Column, number_text
from jibek.tables._errors import quoted

_NOT_A = {
    "number": "a number",
    "whole number": "a whole number",
    "yes/no": "true or false",
    "date": "a date like 2025-03-31",
    "date and time": "a local date and time like 2025-03-31T06:30",
    "text": "a text",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
    "greater_than": ("above", "gt"),
}


def sentence(error: ErrorDetails, column: Column) -> str:
    """Say what is wrong with a value, and what it should be.

    Parameters
    ----------
    error
        As pydantic reports it.
    column
        Where the value stands.
    """
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing" or value == "":
        return "a value is required"
    if kind == "finite_number":
        return f"{quoted(value)} is not a finite number"
    if kind in _BOUNDS:
        return _out_of_bounds(kind, value, context)
    if kind == "literal_error":
        return f"{quoted(value)} is none of {', '.join(column.choices)}"
    if kind == "string_pattern_mismatch":
        return _mismatch(value, context)
    if kind == "timezone_naive" and "-" in str(value)[:5]:
        return f"{quoted(value)} has a time zone; write the local time without it"
    return _malformed(kind, value, context, column)


def _malformed(kind: str, value: object, context: Mapping[str, Any], column: Column) -> str:
    if kind == "string_too_long":
        return f"{quoted(value)} is longer than {context['max_length']} characters"
    if kind == "too_short":
        return f"at least {context['min_length']} must be named"
    if kind == "too_long":
        return f"at most {context['max_length']} may be named, not {context['actual_length'] or 'more'}"
    if kind == "int_parsing_size":
        return f"{quoted(value)} is too large"
    return f"{quoted(value)} is not {_NOT_A[column.kind]}"


def _out_of_bounds(kind: str, value: object, context: Mapping[str, Any]) -> str:
    words, key = _BOUNDS[kind]
    if context[key] == t.LEAST:
        least = f" (at least {t.LEAST:f})" if float(str(value)) > 0 else ""
        return f"must be above 0{least}, not {quoted(value)}"
    return f"must be {words} {number_text(context[key])}, not {quoted(value)}"


def _mismatch(value: object, context: Mapping[str, Any]) -> str:
    if "\\d" in context["pattern"]:
        return f"{quoted(value)} is not a time of the day like 06:30"
    return f"{quoted(value)} is not a name: use letters, digits, '-' and '_', a letter or digit first"
