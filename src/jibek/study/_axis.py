"""What a study varies, and over which levels."""

from __future__ import annotations

import math
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from jibek.corridor import Corridor
from jibek.tables import number_text, quoted


class Case(BaseModel):
    """A named state of the corridor: another year, a project built."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measures: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


class Level(Case):
    """One value of an axis, and what it does to the corridor."""

    value: float | str


class Axis(BaseModel):
    """Something that is varied: a change over values or a range, closures switched, or cases.

    Attributes
    ----------
    name
        Name of the axis, and of its column in the table of points.
    change
        Changes that hold `{}` once, where the value goes.
    values
        Values, or
    low, high, steps, whole
        a range; how many values of it a grid takes, and whether they are whole numbers.
    closures
        Closures that happen (`on`) or do not (`off`).
    cases
        Measures and changes by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    change: tuple[str, ...] = ()
    values: tuple[float | str, ...] = ()
    low: Annotated[float, Field(allow_inf_nan=False)] | None = None
    high: Annotated[float, Field(allow_inf_nan=False)] | None = None
    steps: Annotated[int, Field(ge=2, le=10_000)] | None = None
    whole: bool = False
    closures: tuple[str, ...] = ()
    cases: dict[str, Case] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_change(cls, given: Any) -> Any:
        """Let a single change stand without brackets."""
        if isinstance(given, dict) and isinstance(given.get("change"), str):
            return given | {"change": [given["change"]]}
        return given

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if sum(map(bool, (self.change, self.closures, self.cases))) != 1:
            raise wrong("has one of change, closures and cases")
        if not self.change and (self.values or self.low is not None or self.high is not None):
            raise wrong("values, low and high belong to a change")
        return self

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        if not self.change:
            return self
        if (self.low is None) != (self.high is None) or self.continuous == bool(self.values):
            raise wrong("a change has values, or low and high")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise wrong(f"low must be below high, not {number_text(self.low)} and {number_text(self.high)}")
        for text in self.change:
            if text.count("{}") != 1:
                raise wrong(f"{quoted(text)} must hold {{}} once, where the value goes")
        return self

    @property
    def continuous(self) -> bool:
        """Whether it is a range."""
        return self.low is not None

    @property
    def size(self) -> int:
        """How many levels it has in a grid, at most."""
        return 2 if self.closures else len(self.cases) or len(self.values) or self.steps or 0

    def levels(self, corridor: Corridor) -> list[Level]:
        """Return all levels; of a range its steps."""
        if self.closures:
            never = tuple(text for name in self.closures for text in _never(corridor, name))
            return [Level(value="on"), Level(value="off", changes=never)]
        if self.cases:
            return [Level(value=name, **case.model_dump()) for name, case in self.cases.items()]
        if self.values:
            return [self._level(value) for value in self.values]
        last = (self.steps or 2) - 1
        return [self._level(value) for value in dict.fromkeys(self._between(step / last) for step in range(last + 1))]

    def at(self, share: float, corridor: Corridor) -> Level:
        """Return the level at a share, 0 to 1, of the range, or of the list of levels."""
        if self.continuous:
            return self._level(self._between(share))
        levels = self.levels(corridor)
        return levels[min(int(share * len(levels)), len(levels) - 1)]

    def _between(self, share: float) -> float:
        low, high = self.low or 0.0, self.high or 0.0
        if self.whole:  # each whole number has the same room
            low, high = math.ceil(low), math.floor(high)
            return float(min(low + math.floor(share * (high - low + 1)), high))
        return low + share * (high - low)

    def _level(self, value: float | str) -> Level:
        text = value if isinstance(value, str) else number_text(value)
        return Level(value=value, changes=tuple(change.replace("{}", text) for change in self.change))


def wrong(message: str) -> PydanticCustomError:
    """Make an error of a message that a user can read as it is."""
    return PydanticCustomError("study", "{message}", {"message": message})


def _never(corridor: Corridor, name: str) -> tuple[str, ...]:
    """Return the changes with which a closure does not happen; one that happens once is moved before all clocks."""
    closure = corridor.closures.get(name)
    if closure is None or closure.start is None:
        return (f"closures.{name}.days_per_month=0",)
    return (f"closures.{name}.start=0001-01-01T00:00:00", f"closures.{name}.end=0001-01-01T01:00:00")
