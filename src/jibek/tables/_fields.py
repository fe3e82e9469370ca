"""The vocabulary of row classes: kinds of values, their limits, units and references.

A table is a class derived from `Row`, a column an annotated field of it. The name, the type, the limits and the default of
a column are those of the field, its meaning is the field's description, its unit and what it refers to stand in the
annotation (`Unit`, `Ref`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NaiveDatetime, field_validator


@dataclass(frozen=True)
class Unit:
    """The unit of a column."""

    name: str


@dataclass(frozen=True)
class Ref:
    """A column that names rows of another table by their id."""

    table: str


def _splitter(separator: str | None) -> BeforeValidator:
    def split(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(filter(None, map(str.strip, value.split(separator))))

    return BeforeValidator(split)


SPACED = _splitter(None)
CHAINED = _splitter(">")
LISTED = _splitter(";")


def _written_as_date(value: Any) -> Any:
    """Refuse numbers, which would be taken for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and value.strip()[4:5] == "-"):
        return value
    raise ValueError


Day = Annotated[date, BeforeValidator(_written_as_date)]
Moment = NaiveDatetime
"""Local date and time, without a zone."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)]
LEAST, MOST = 1e-6, 1e12
"""Bounds of all numbers: beyond them it is a slip of the pen, and arithmetic would overflow."""

Number = Annotated[float, Field(ge=-MOST, le=MOST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=LEAST, le=MOST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Variation = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]

Gauge = Annotated[int, Field(ge=600, le=2000), Unit("mm")]
Source = Annotated[str | None, Ref("sources"), Field(default=None, description="where the row's values come from")]


class Row(BaseModel):
    """A row of a table; rows are immutable, unknown columns are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    table: ClassVar[str]
    keyed: ClassVar[bool] = True
    """Whether rows have an ``id`` of their own, by which changes name them."""


class SourceRow(Row):
    """A publication, or the statement that something is derived or assumed."""

    table = "sources"

    id: Id = Field(description="name of the source")
    title: str = Field(description="title, or what is assumed and why")
    kind: Literal["published", "derived", "assumption"] = Field(default="published", description="what it is")
    publisher: str = Field(default="", description="who published it")
    url: str = Field(default="", description="where")
    period: str = Field(default="", description="time it speaks of")
    licence: str = Field(default="", description="terms of use, where stated")
    note: str = Field(default="", description="what the reader should know")


class PackageHeader(BaseModel):
    """What the header of every kind of package says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id = Field(description="name of the package")
    title: str = Field(default="", description="title to be shown")
    schema_version: Literal[1] = Field(description="version of this description")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth(cls, value: Any) -> Any:
        """Refuse `true`, which would be taken for 1."""
        if isinstance(value, bool):
            raise ValueError
        return value
