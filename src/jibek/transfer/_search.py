"""Plans found by search: boxes matched to slots, trains parked for it, cranes annealed; never worse than the rule."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

import numpy as np

from jibek.transfer._anneal import anneal
from jibek.transfer._bound import Bound, bound
from jibek.transfer._check_plan import check_plan
from jibek.transfer._course import State, empty_course, run
from jibek.transfer._job import Job
from jibek.transfer._layout import Layout, lay_out
from jibek.transfer._plan import Plan
from jibek.transfer._rule import plan_by_rule
from jibek.transfer._travel import parked_m
from jibek.transfer._verdict import Value

_FIRST, _MOST, _PIECE = 80_000, 2_560_000, 20_000
"""Changes of the first round of annealing, of a round at most (what cools slowly ends lower), and between two looks at the best."""

_HOT_S, _COLD_S = 8.0, 0.2
"""Temperatures at the beginning and at the end of a round; at a higher one the matching is lost, which annealing finds not again."""


@dataclass(frozen=True)
class Found:
    """The best plan so far, what it is worth, and what no plan is below."""

    plan: Plan
    value: Value
    bound: Bound

    finished: bool = False
    """Whether nothing better is left to be found, or nothing more is looked for."""

    @property
    def gap(self) -> float | None:
        """By what share the turnaround is above its bound; None if nothing is bounded."""
        return self.value.turnaround_s / self.bound.seconds - 1 if self.bound.seconds else None

    def document(self) -> dict[str, Any]:
        """Return what is proven, for a JSON document."""
        bound = self.bound
        return {
            "bound_s": bound.seconds, "bound_name": bound.name, "gap": self.gap, "tardiness_bound_s": bound.tardiness_s,
        }  # fmt: skip


def search(job: Job, *, seed: int = 0) -> Iterator[Found]:
    """Look for plans, better and better ones: the rule's first, then the best so far after each round.

    It ends with a plan that is `finished`, which seldom happens: whoever asks stops it.

    Parameters
    ----------
    job
        Checked.
    seed
        The same seed finds the same plans in the same order.

    Examples
    --------
    >>> from itertools import islice
    >>> from jibek.transfer import generate
    >>> rule, *_, last = islice(search(generate("pair", 20, seed=1)), 4)
    >>> last.value.order <= rule.value.order
    True
    """
    plan = plan_by_rule(job)
    found = Found(plan, check_plan(job, plan).value, Bound("none", 0.0))
    yield found
    found = replace(found, bound=bound(job, found.value.left_over))
    yield found
    layouts = lay_out(job, plan, parked_m(job))
    if layouts:
        found = yield from _rounds(job, layouts, found, seed)
    yield replace(found, finished=True)


def _rounds(job: Job, layouts: Sequence[Layout], found: Found, seed: int) -> Generator[Found, None, Found]:
    """Anneal, by turns from a start and from the best state, boxes matched anew, and keep what the check says is better.

    When each layout has had its turn, that of the best state goes on.
    """
    best: tuple[Layout, State] | None = None
    least = np.inf
    for number in count():
        if best and number >= 2 * len(layouts):
            layouts = [best[0]]
        layout: Layout = layouts[number // 2 % len(layouts)]
        if best and number % 2:
            layout, state = best[0], best[1].copy()
        else:
            state = layout.start(number // 2)
        course = empty_course(layout.tasks)
        layout.fit(state, course)
        layout.match(state)
        changes = min(_MOST, _FIRST << number // 2)
        pieces = max(1, changes // _PIECE)
        heats = [_HOT_S * (_COLD_S / _HOT_S) ** (piece / pieces) for piece in range(pieces + 1)]
        for piece, between in enumerate(pairwise(heats)):
            layout.fit(state, course)
            trial = state.copy()
            chance = (seed * 1_000 + number) * 1_000 + piece
            cost = anneal(layout.tasks, state, course, trial, chance % 2**32, changes // pieces, *between)
            if cost < least:
                least, best = cost, (layout, trial)
                run(layout.tasks, trial, course)
                plan = layout.plan(trial, course)
                verdict = check_plan(job, plan)
                if not verdict.violations and verdict.value.order < found.value.order:
                    found = replace(found, plan=plan, value=verdict.value)
            if _perfect(found):
                return found
            yield found
    return found


def _perfect(found: Found) -> bool:
    value = found.value
    return value.tardiness_s == 0 and value.turnaround_s <= found.bound.seconds + 1e-6
