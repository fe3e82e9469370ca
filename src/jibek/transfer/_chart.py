"""The time-space chart of the cranes: where each is along the yard, and with which box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from jibek.results._style import COLOURS, FAINT, INK, canvas, styled
from jibek.transfer._check_cranes import Course, Leg, courses
from jibek.transfer._check_yard import Spots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jibek.transfer._job import Job
    from jibek.transfer._plan import Plan

Kind = Literal["direct", "in", "out", "aside"]

_KINDS: dict[Kind, tuple[str, str]] = {
    "direct": ("from train to train", COLOURS[0]),
    "in": ("into the yard", COLOURS[1]),
    "out": ("out of the yard", COLOURS[2]),
    "aside": ("making way", COLOURS[3]),
}


def kind_of(job: Job, leg: Leg) -> Kind:
    """Say what a way belongs to: `direct`, `in` or `out` of the yard, or `aside`."""
    if leg.move.box is None:
        return "aside"
    if leg.move.to_place in job.yard:
        return "in"
    return "out" if leg.move.from_place in job.yard else "direct"


def crane_chart(job: Job, plan: Plan) -> Figure:
    """Draw the position of each crane over time; ways with a box are thick and coloured by kind of move."""
    found = courses(job, plan, Spots(job, plan))
    last = max((move.end_s for move in plan.moves), default=60.0)
    with styled():
        of = f"{job.header.title or job.header.id}, by {plan.header.method or plan.header.id}"
        figure, (axes,) = canvas(11.0, 6.4, titles=("Where the cranes are", of))
        segments: dict[Kind, list[Any]] = {kind: [] for kind in _KINDS}
        for course in found:
            _standing(axes, course, last)
            for leg in course.legs:
                kind = kind_of(job, leg)
                if leg.loaded or kind == "aside":
                    segments[kind].append([(leg.begin_s / 60, leg.from_m), (leg.end_s / 60, leg.to_m)])
        _coloured(axes, segments)
        axes.set_xlim(0, last / 60)
        axes.set_ylim(
            min(track.from_m for track in job.tracks.values()), max(track.to_m for track in job.tracks.values())
        )
        axes.set_xlabel(f"time from {job.header.start:%-d %B %Y, %H:%M}, min; thin: without a box or standing")
        axes.set_ylabel("position along the yard, m")
        if any(segments.values()):
            figure.legend(loc="outside lower center", ncols=4)
    return figure


def _standing(axes: Any, course: Course, last: float) -> None:
    """Draw a crane as a thin line from beginning to end, with its name before it."""
    times = [*course.times_s, max(last, course.times_s[-1])]
    axes.plot([time / 60 for time in times], [*course.xs_m, course.xs_m[-1]], color=FAINT, linewidth=0.6)
    axes.annotate(course.crane.id, (0, course.xs_m[0]), (3, 3), textcoords="offset points", fontsize=8, color=INK)


def _coloured(axes: Any, segments: dict[Kind, list[Any]]) -> None:
    from matplotlib.collections import LineCollection

    for kind, lines in segments.items():
        label, colour = _KINDS[kind]
        if lines:
            axes.add_collection(LineCollection(lines, colors=colour, linewidths=2.0, capstyle="round"))
            axes.plot([], [], color=colour, linewidth=2.5, label=f"{label} ({len(lines)})")
