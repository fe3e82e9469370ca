"""Trains that wait for each other's tracks: what CP-SAT proves is what all orders of trains give."""

import random
import signal
from itertools import product

import pytest

from jibek.transfer._bound_days import Waiting, least_late_s
from jibek.transfer._bound_shared import Task


def late_s(tasks, trains, before):
    """Return what comes of one order; infinity if it goes round in circles."""
    comes = {train.train: train.arrival_s for train in trains}
    leaves = {train.train: train.arrival_s + train.stay_s for train in trains}
    for _ in range(len(trains) + 1):
        known = dict(comes)
        for first, second, clear in before:
            comes[second] = max(comes[second], leaves[first] + clear)
        leaves = {train.train: comes[train.train] + train.stay_s for train in trains}
    if known != comes:
        return float("inf")
    total = 0.0
    for task in tasks:
        its = [train for train in trains if train.train in task.trains]
        ends = [max(leaves[one.train], comes[one.train] + one.tail_s) for one in its]
        total += task.weight * (max([task.floor_s, *ends]) - task.begin_s)
    return total


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_the_best_of_all_orders(seed):
    rng = random.Random(seed)
    trains = [
        Waiting(f"{side}{n}", rng.randrange(0, 900, 60), rng.randrange(60, 400), rng.randrange(60, 500))
        for n in range(3)
        for side in "NB"
    ]
    tasks = [
        Task("", 0.0, 0.0, float(rng.randrange(0, 1500)), 0.0, rng.choice((1, 2, 3)), (f"N{n}", f"B{n}"))
        for n in range(3)
    ]
    waits = [(f"{side}{n}", f"{side}{m}", 600.0) for side in "NB" for n, m in ((0, 1), (0, 2), (1, 2))]
    orders = product((False, True), repeat=len(waits))
    best = min(
        late_s(
            tasks,
            trains,
            [(b, a, clear) if turned else (a, b, clear) for (a, b, clear), turned in zip(waits, order, strict=True)],
        )
        for order in orders
    )
    assert least_late_s(tasks, trains, waits) == pytest.approx(best, abs=0.1)


def test_ctrl_c_is_still_heard():
    """CP-SAT would leave the process to the system's handler, which ends it."""
    tasks = [Task("count", 0.0, 0.0, 10.0, 10.0, 1.0, (name,)) for name in "ab"]
    least_late_s(tasks, [Waiting(name, 0.0, 10.0, 0.0) for name in "ab"], [("a", "b", 1.0)])
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
