"""What is asked of the service and what it answers: the jobs. The API's description, and the page's types, come from here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jibek.tables import Problem as Found

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Seed = Annotated[int, Field(ge=0, lt=2**32, description="seed of all random numbers")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Replications = Annotated[int, Field(description="how often, each time with other random numbers")]


class Part(BaseModel):
    """A piece of what is sent; nothing is in it that is not described."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Problem(Part):
    """One thing that is wrong, where it is, and what to do about it."""

    table: str | None = Field(default=None, description="table, or other place")
    row: str | None = Field(default=None, description="id of the row")
    line: int | None = Field(default=None, description="line in the table's file, from 1")
    column: str | None = Field(default=None, description="column, or field of what was sent")
    message: str = Field(description="what is wrong")

    @classmethod
    def of(cls, found: Found) -> Problem:
        """Return what a check found."""
        table = found.file.removesuffix(".csv")
        return cls(table=table, row=found.row or None, line=found.line, column=found.column, message=found.message)


class Problems(Part):
    """Why something cannot be done: all that is wrong at once."""

    problems: list[Problem]


class Case(Part):
    """A package with measures and changes, and how it is simulated."""

    package: Id = Field(description="id of a package", examples=["starter"])
    measures: list[Text] = Field(default=[], max_length=100, description="measures of the package that are taken")
    changes: list[Text] = Field(
        default=[],
        max_length=500,
        description="changes, in the grammar of the command line",
        examples=[["equipment.*.count+=1"]],
    )
    days: int | None = Field(
        default=None, ge=1, le=36_600, description="days that count; null: those of the package", examples=[20]
    )
    warmup_days: int | None = Field(
        default=None, ge=0, le=3_660, description="days before them; null: those of the package", examples=[0]
    )
    seed: Seed = 0


class Simulate(Part):
    """Simulate a case; its statistics are there after the first replication, and narrow with each that follows."""

    kind: Literal["simulate"]
    case: Case
    replications: Replications = Field(default=10, ge=1, le=40)
    containers: bool = Field(
        default=False, description="whether the tables of the first replication have single containers too"
    )


class Bound(Part):
    """Bound what a case can carry, without simulating it."""

    kind: Literal["bound"]
    case: Case


class Bottlenecks(Part):
    """Raise the capacities of a case one at a time, and order them by what that does."""

    kind: Literal["bottlenecks"]
    case: Case
    most: int = Field(default=10, ge=1, le=100, description="how many capacities are raised")
    replications: Replications = Field(default=6, ge=2, le=100)


class Compare(Part):
    """Simulate a case and others made of it, with the same random numbers."""

    kind: Literal["compare"]
    case: Case
    cases: dict[
        Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^.=,]+$")],
        Annotated[list[Text], Field(min_length=1, max_length=100)],
    ] = Field(min_length=1, max_length=20, description="changes, or measures, by name of the case")
    replications: Replications = Field(default=6, ge=2, le=100)


class Invest(Part):
    """Choose the best set of measures within a budget."""

    kind: Literal["invest"]
    case: Case
    budget: float = Field(ge=0, le=1e9, description="what may be spent, million")
    objective: Literal["throughput", "transit", "cost"] = "throughput"
    replications: Replications = Field(default=6, ge=3, le=100)


class Generate(Part):
    """A transfer job made by a seed."""

    family: Literal["pair", "merge", "split", "day"] = "pair"
    size: int = Field(default=40, ge=1, le=1_000, description="boxes")
    seed: int = Field(default=0, ge=0, lt=2**32)


class PlanTransfer(Part):
    """Plan a gauge transfer: of a package, or of a job made by a seed."""

    kind: Literal["plan"]
    package: Id | None = None
    generate: Generate | None = None
    time_limit_s: float = Field(default=10.0, ge=0, le=600, description="seconds of search")
    seed: Seed = 0

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.package is None) == (self.generate is None):
            raise ValueError("give either a package or what to generate")
        return self


Request = Annotated[
    Simulate | Bound | Bottlenecks | Compare | Invest | PlanTransfer,
    Field(discriminator="kind"),
]

State = Literal["queued", "running", "done", "failed", "cancelled"]
FINAL: tuple[State, ...] = ("done", "failed", "cancelled")


class Job(Part):
    """Something that takes time: what was asked, how far it is, and what has been found so far."""

    id: str = Field(description="hash of the request, of the package's content and of Jibek's version")
    kind: Literal["simulate", "bound", "bottlenecks", "compare", "invest", "plan"]
    request: Request
    state: State
    share: float = Field(default=0.0, description="share done, 0 to 1")
    left_s: float | None = Field(default=None, description="seconds left, estimated")
    replications: int | None = Field(default=None, description="replications that the answer is made of")
    answer: dict[str, Any] | None = Field(
        default=None,
        description="what the command of that name prints with `--json`; of a simulation under way: its totals so far, and always "
        "with `values`: some figures replication by replication; null in an event if one before has told it",
    )
    problems: list[Problem] = Field(default=[], description="why it failed")
    created: datetime
    finished: datetime | None = None
    files: list[str] = Field(default=[], description="names of the files that can be fetched")


class Listed(Part):
    """A job in the list."""

    id: str
    kind: Literal["simulate", "bound", "bottlenecks", "compare", "invest", "plan"]
    package: str | None
    state: State
    share: float
    created: datetime
    finished: datetime | None
    size_bytes: int = Field(description="room that its files take")
