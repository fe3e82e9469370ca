"""Applying changes and measures to a corridor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import ValidationError

from jibek.corridor._changes import Change, Draft, in_order
from jibek.corridor._checking import check
from jibek.corridor._corridor import Corridor
from jibek.corridor.tables import Header
from jibek.tables import ChangeError, Problem, bounded_hints, columns, near, sentence


def changed(corridor: Corridor, changes: Sequence[str]) -> Corridor:
    """Apply changes in order, then check the whole corridor; see `Corridor.with_changes`."""
    return _apply(corridor, changes, corridor.applied) if changes else corridor


@bounded_hints()
def _apply(corridor: Corridor, texts: Sequence[str], applied: tuple[str, ...]) -> Corridor:
    parsed, problems = _parsed(texts)
    draft = Draft(corridor)
    for change in parsed:
        problems += draft.apply(change)
    if problems:
        raise ChangeError(problems)
    made = tuple(str(change) for change in parsed)
    result = draft.corridor(changes=corridor.changes + made, applied=applied)
    problems = check(result)
    if problems:
        raise ChangeError(problems)
    return result


def _parsed(texts: Iterable[str]) -> tuple[list[Change], list[Problem]]:
    changes: list[Change] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            changes.append(Change.parse(text))
        except ChangeError as error:
            problems += error.problems
    return changes, problems


def with_measures(corridor: Corridor, names: Sequence[str]) -> Corridor:
    """Take measures, and those they require before them; see `Corridor.with_measures`."""
    known = "; there are " + ", ".join(corridor.measures) if corridor.measures else ", which has no rows"
    unknown = [
        Problem(name, None, None, f"is not in measures.csv{near(name, corridor.measures) or known}")
        for name in names
        if name not in corridor.measures
    ]
    if unknown:
        raise ChangeError(unknown)
    wanted = [name for name in in_order(corridor, names) if name not in corridor.applied]
    together = {*corridor.applied, *wanted}
    clashes = [
        Problem(name, None, None, f"cannot be taken together with {other}")
        for name in sorted(together)
        for other in corridor.measures[name].excludes
        if other in together
    ]
    if clashes:
        raise ChangeError(clashes)
    if not wanted:
        return corridor
    texts = [text for name in wanted for text in corridor.measures[name].changes]
    applied = corridor.applied + tuple(wanted)
    return _apply(corridor, texts, applied)


def with_clock(corridor: Corridor, *, days: int | None, warmup_days: int | None) -> Corridor:
    """Set the days that count and those before them; see `Corridor.with_clock`."""
    given = {"days": days, "warmup_days": warmup_days}
    wanted = {name: value for name, value in given.items() if value is not None}
    if not wanted:
        return corridor
    try:
        header = Header.model_validate(corridor.header.model_dump() | wanted)
    except ValidationError as error:
        raise ChangeError(
            [
                Problem(
                    "corridor.toml",
                    None,
                    str(one["loc"][0]),
                    sentence(one, columns(Header)[str(one["loc"][0])]),
                )
                for one in error.errors()
            ]
        ) from None
    result = replace(corridor, header=header)
    problems = check(result)
    if problems:
        raise ChangeError(problems)
    return result
