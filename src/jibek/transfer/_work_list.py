"""The work list of a crane: its moves in order, to be printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from jibek.transfer import tables as t
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan

HEADS = ("no", "begin", "pick", "drop", "end", "box", "type", "mass_t", "from", "to", "note")


_YEARS_S = 1e9


def work_list(job: Job, plan: Plan, crane: str) -> list[tuple[str, ...]]:
    """Return the rows of a crane's work list, in the order of `HEADS`; times are those of the clock.

    Parameters
    ----------
    job, plan
        The plan and its job.
    crane
        Id of the crane.
    """
    moves = sorted((move for move in plan.moves if move.crane == crane), key=lambda move: move.begin_s)
    stands = {stay.train: stay.track for stay in plan.parking}
    return [_row(job, stands, number, move) for number, move in enumerate(moves, 1)]


def _row(job: Job, stands: dict[str, str], number: int, move: t.Move) -> tuple[str, ...]:
    times = (
        str(number),
        _clock(job, move.begin_s),
        _clock(job, move.pick_s),
        _clock(job, move.drop_s),
        _clock(job, move.end_s),
    )
    if move.box is None:
        return (*times, "", "", "", "", f"{move.x_m:.1f} m", "make way without a box")
    box = job.boxes[move.box]
    places = (_place(job, stands, move.from_place), _place(job, stands, move.to_place))
    return (*times, box.id, box.size_type, f"{box.mass_t:.1f}", *places, "; ".join(_notes(job, box, move)))


def _clock(job: Job, seconds: float | None) -> str:
    """Write a time of the plan as that of the clock, with the day if it is not the first; years ahead, as seconds."""
    if seconds is None:
        return ""
    if seconds > _YEARS_S:
        return f"{seconds:.0f} s"
    moment = job.header.start + timedelta(seconds=seconds)
    day = "" if moment.date() == job.header.start.date() else f"{moment:%m-%d} "
    return f"{day}{moment:%H:%M:%S}"


def _place(job: Job, stands: dict[str, str], place: str) -> str:
    """Write a place with the track of its train: `N1 in-01A-07:3`."""
    wagon = job.wagons.get(place.partition(":")[0])
    return f"{stands.get(wagon.train, '?')} {place}" if wagon else place


def _notes(job: Job, box: t.Box, move: t.Move) -> Iterator[str]:
    if box.dg_class:
        yield f"dangerous, class {box.dg_class}"
    if box.reefer:
        yield "reefer: unplug and plug in"
    if move.to_place in job.yard:
        yield "into the yard" + (f", customs until {box.released:%H:%M}" if box.released else "")
    elif move.from_place in job.yard:
        yield "out of the yard"


def work_list_csv(job: Job, plan: Plan, crane: str) -> str:
    """Return a work list as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADS, *work_list(job, plan, crane)])
    return text.getvalue()


def work_list_text(job: Job, plan: Plan, crane: str) -> str:
    """Return a work list as plain text in columns, with a box to tick."""
    rows = [HEADS, *work_list(job, plan, crane)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    marked = [f"    {lines[0]}", *(f"[ ] {line}" for line in lines[1:])]
    title = f"Crane {crane}: {job.header.title or job.header.id}, {len(rows) - 1} moves from {job.header.start:%Y-%m-%d %H:%M}"
    return "\n".join([title, "", *marked]) + "\n"
