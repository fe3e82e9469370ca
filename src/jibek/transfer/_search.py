"""Plans found by search: boxes matched to slots, trains parked for it, cranes annealed; never worse than the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any

import numpy as np

from jibek.transfer._anneal import anneal, stretches
from jibek.transfer._bound import Bound, bound
from jibek.transfer._check_plan import check_plan
from jibek.transfer._course import State, empty_course, run
from jibek.transfer._groups import groups
from jibek.transfer._in_turn_plans import plans_in_turn
from jibek.transfer._job import Job
from jibek.transfer._layout import Layout, lay_out
from jibek.transfer._plan import Plan
from jibek.transfer._rule import plan_by_rule
from jibek.transfer._travel import parked_m
from jibek.transfer._verdict import Value

_AT_ONCE, _FIRST, _MOST, _PIECE = 80_000, 80_000, 2_560_000, 20_000
"""Changes of the round before anything is matched, of the first one after it, of a round at most (what cools slowly ends lower), and
between two looks at the best."""

_SOME = 10
"""How often boxes carried in turn are looked at, where annealing has found nothing at once, before it goes on."""

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
    """Look for plans, better and better ones: the rule's first, then the best so far, now and then.

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
    rounds = Rounds(job, first(job), seed)
    yield rounds.found
    plan = rounds.found.plan
    single = len(groups(job)) == 1
    for layout in lay_out(job, plan, {})[-1:] if single else []:
        yield from rounds.anneal(layout, layout.start(0), _AT_ONCE)
    rounds.found = replace(rounds.found, bound=bound(job, rounds.found.value.left_over))
    yield rounds.found
    layouts = lay_out(job, plan, parked_m(job))
    in_turn = rounds.in_turn(layouts[-1]) if layouts else iter(())
    if layouts and single:
        yield from islice(in_turn, 0 if rounds.best else _SOME)
        yield from rounds.go(layouts)
    if not rounds.best:
        yield from in_turn
    yield replace(rounds.found, finished=True)


def first(job: Job) -> Found:
    """Return the rule's plan, and what can be proven at once."""
    plan = plan_by_rule(job)
    value = check_plan(job, plan).value
    return Found(plan, value, bound(job, value.left_over, quick=True))


class Rounds:
    """Rounds of annealing: the best plan that the check has seen, and the best state.

    Parameters
    ----------
    job
        Checked.
    found
        The best plan so far.
    seed
        Of all rounds.
    """

    def __init__(self, job: Job, found: Found, seed: int) -> None:
        self.job, self.found, self.seed = job, found, seed
        self.best: tuple[Layout, State] | None = None
        self.least, self.number = np.inf, 0

    def go(self, layouts: Sequence[Layout]) -> Iterator[Found]:
        """Anneal, by turns from a start and from the best state, boxes matched anew, until nothing better can be found.

        When each layout has had its turn, that of the best state goes on, in longer and longer rounds; it ends if there still is none after
        the first round.
        """
        turns = len(layouts)
        for number in count():
            if number and not self.best:
                return
            if self.best and number >= 2 * turns:
                layouts = [self.best[0]]
            layout: Layout = layouts[number // 2 % len(layouts)]
            if self.best and number % 2:
                layout, state = self.best[0], self.best[1].copy()
            else:
                state = layout.start(number // 2)
            layout.fit(state, empty_course(layout.tasks))
            layout.match(state)
            yield from self.anneal(layout, state, min(_MOST, _FIRST << max(0, number // 2 - turns + 1)))
            if self._perfect:
                return

    def anneal(self, layout: Layout, state: State, changes: int) -> Iterator[Found]:
        """Anneal a state, and keep what the check says is better."""
        course, pieces = empty_course(layout.tasks), max(1, changes // _PIECE)
        for chance, *between in stretches(self.seed, self.number, pieces, _HOT_S, _COLD_S):
            layout.fit(state, course)
            trial = state.copy()
            cost = anneal(layout.tasks, state, course, trial, chance, changes // pieces, *between)
            if cost < self.least:
                self.least, self.best = cost, (layout, trial)
                run(layout.tasks, trial, course)
                self._take(layout.plan(trial, course))
            yield self.found
            if self._perfect:
                return
        self.number += 1

    def in_turn(self, layout: Layout) -> Iterator[Found]:
        """Anneal turns, and keep what the check says is better."""
        last: Plan | None = None
        for plan in plans_in_turn(layout, self.seed):
            if plan is not last:
                self._take(plan)
            last = plan
            yield self.found
            if self._perfect:
                return

    def _take(self, plan: Plan) -> None:
        verdict = check_plan(self.job, plan)
        if not verdict.violations and verdict.value.order < self.found.value.order:
            self.found = replace(self.found, plan=plan, value=verdict.value)

    @property
    def _perfect(self) -> bool:
        value = self.found.value
        return value.tardiness_s == 0 and value.turnaround_s <= self.found.bound.seconds + 1e-6
