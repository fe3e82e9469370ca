"""What is asked of the service and what it answers: packages, their tables, cases. The API's description comes from here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from jibek.serve._models import Case, Part, Problem, Text

Group = Literal["cranes", "tracks", "berths", "yards", "checks", "ships", "trains", "paths", "storms", "volumes"]
MOST_LINES = 500_000
"""Lines of all tables of a package that is sent: reading them takes memory."""
Line = Annotated[list[Annotated[str, Field(max_length=200_000)]], Field(max_length=1_000)]


class Origin(Part):
    """What a package was made of."""

    parent: str | None = Field(default=None, description="the package it was made of by an edit; null: it was not")
    changed: dict[str, int] = Field(
        default={}, description="rows that are not its parent's, by table; fields of the header by the name of its file"
    )


class Package(Origin):
    """A corridor, or a transfer job, as a folder of tables; it never changes."""

    id: str = Field(description="name of a package that comes with Jibek or is served, or the hash of its content")
    kind: Literal["corridor", "transfer"]
    title: str
    description: str
    bundled: bool = Field(description="whether it comes with Jibek")
    days: int | None = Field(description="days that count; null: it is a transfer job")
    created: datetime | None = Field(description="when it was uploaded or edited; null: it was there before")


class Lever(Part):
    """A value of a corridor that a what-if changes: `change=value` is the change."""

    change: str = Field(description="what is set, `table.id.field`; one that ends in `*` is multiplied")
    group: Group
    label: str
    unit: str
    value: float = Field(description="value as it is; 1 where it is multiplied")
    low: float
    high: float
    step: float = Field(description="values from `low` to `high` that are asked for")
    whole: bool = Field(description="whether only whole numbers are allowed")
    used: float | None = Field(description="share of it that demand as given needs in the mean; null: not known")


class Levers(Part):
    """Levers that words are found in."""

    levers: list[Lever] = Field(description="the first of them")
    lever_count: int = Field(description="how many there are")


class Measure(Part):
    """A change of the corridor with a cost and a date."""

    id: str
    title: str
    status: Literal["completed", "under way", "planned", "scenario"]
    cost_million: float | None = Field(description="cost, million of the package's currency")
    changes: list[str]
    needs: list[str] = Field(description="measures that are taken with it")
    excludes: list[str] = Field(description="measures that cannot be taken with it")


class Closure(Part):
    """A time when a terminal, a zone or a link does not work: once, or at random."""

    id: str
    target: str = Field(description="what is closed, `table.id`")
    label: str
    start: str | None = Field(description="date and time by the corridor's clock, which has no zone")
    end: str | None
    months: list[int] = Field(description="months of random closures; none: all")
    days_per_month: float | None
    duration_h: float | None


class Flow(Part):
    """Demand from an origin to a destination."""

    id: str
    name: str


class PackageDetail(Package):
    """A package, and what a what-if can change of it."""

    currency: str | None = Field(description="of all its prices, ISO 4217; null: it is a transfer job")
    levers: list[Lever] = Field(description="those that matter first")
    lever_count: int = Field(description="how many there are; the others are found by words")
    measures: list[Measure]
    closures: list[Closure]
    flows: list[Flow]


class Column(Part):
    """A column of a table."""

    name: str
    type: Literal["text", "number", "whole number", "yes/no", "date", "date and time"]
    unit: str
    required: bool
    description: str
    reference: str | None = Field(description="table whose ids are named")
    choices: list[str] = Field(description="words allowed; none: any")


class Header(Part):
    """What a package says of itself as a whole: the fields of its header as texts."""

    file: str = Field(description="its file; problems name it as their table")
    columns: list[Column]
    cells: dict[str, str] = Field(description="text of each field")


class Table(Part):
    """A table of a package: what it may hold, and how many rows it has."""

    name: str
    title: str
    description: str
    rows: int
    columns: list[Column]


class Tables(Part):
    """Header and tables of a package."""

    header: Header
    tables: list[Table]


class Cells(Part):
    """A table as texts."""

    columns: Line
    rows: list[Line] = Field(max_length=MOST_LINES)


class Edit(Part):
    """What replaces parts of a package: whole tables, and single fields of its header."""

    tables: dict[str, Cells] = Field(default={}, max_length=50, description="one without rows is taken out")
    header: dict[str, Annotated[str, Field(max_length=50_000)]] = Field(
        default={},
        max_length=50,
        description="text by field; one that is blank is taken out",
        examples=[{"title": "Two ferries"}],
    )


class CaseText(Part):
    """Measures and changes to be made to a package."""

    measures: list[Text] = Field(default=[], max_length=100)
    changes: list[Text] = Field(default=[], max_length=500)
    days: int | None = Field(default=None, ge=1, le=36_600)
    warmup_days: int | None = Field(default=None, ge=0, le=3_660)


class Changed(Part):
    """A value that is changed."""

    target: str = Field(description="`table.id.field`, or `days` or `warmup_days`")
    before: str
    after: str


class CaseRead(Part):
    """What a case changes, and how it is written on the command line."""

    changed: list[Changed]
    command: str


class NamedCase(Part):
    """A case that is kept under a name."""

    name: str
    case: Case
    saved: datetime


class Checked(Part):
    """What is wrong with the tables that were sent; nothing: they can be kept."""

    problems: list[Problem]
