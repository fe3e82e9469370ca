"""Simulated annealing over the turns of boxes, who carries them where to, and where trains stand: compiled, the same for the same seed.

Numba keeps what it has compiled as long as this file is the same: whoever changes `_in_turn` or `_anneal`, changes this too.
"""

from __future__ import annotations

import numba
import numpy as np

from jibek.transfer._anneal import places_to_swap, stand_together, swap
from jibek.transfer._in_turn import Turns, go, recount, worth

_MUCH = 40
"""How many turns sooner or later a box may come, at most."""


@numba.njit(cache=True)
def improve(tasks, yard, turns, best, log, trial, seed, changes, hot_s, cold_s):
    """Change turns so many times, cooling down; put the cheapest ones into `best`; return their cost, infinity if none can be done.

    Worse turns are accepted by Metropolis' rule (Kirkpatrick, Gelatt, Vecchi 1983).
    """
    np.random.seed(seed)
    boxes = len(turns.box_of)
    recount(tasks, turns, log)
    recount(tasks, turns, trial)
    if go(tasks, yard, turns, log, log, 0, boxes + 1) < 0:
        return np.inf
    _copy_rows(log, trial, 0, boxes)
    now = least = worth(tasks, yard, log, log, boxes)
    _copy_turns(turns, best)
    was = Turns(
        turns.box_of.copy(), turns.crane.copy(), turns.place.copy(), turns.box.copy(), turns.at.copy(), turns.on.copy()
    )
    note = np.zeros(2, dtype=np.int64)
    heat, cooling = hot_s, (cold_s / hot_s) ** (1 / changes)
    for _ in range(changes):
        heat *= cooling
        note[0], note[1] = boxes, 0
        fine = _change(tasks, yard, turns, note) and note[0] < boxes
        same = -1
        if fine:
            same = go(tasks, yard, turns, trial, log, note[0], note[1])
        then = np.inf
        if same >= 0:
            then = worth(tasks, yard, trial, log, same)
        if then <= now - heat * np.log(1.0 - np.random.random()):
            now = then
            _settle(trial, log, same)
            _copy_rows(trial, log, note[0], boxes)
            _copy_turns(turns, was)
            if now < least - 1e-6:
                least = now
                _copy_turns(turns, best)
        else:
            _copy_turns(was, turns)
            if fine:
                _copy_rows(log, trial, note[0], boxes if same < 0 else same)
    return least


@numba.njit(cache=True)
def _settle(log, old, same):
    """Write down in the turns that are as before when trains that were done with by then have come and gone."""
    for i in range(log.come.shape[1]):
        if log.left[same, i] == 0 and log.until[same, i] != old.until[same, i]:
            for n in range(same, log.come.shape[0]):
                log.until[n, i], log.come[n, i] = log.until[same, i], log.come[same, i]


@numba.njit(cache=True)
def _copy_rows(one, other, since, until):
    """Copy what has been done, in loops, which compile much sooner than slices."""
    for n in range(since, until + 1):
        for k in range(one.free.shape[1]):
            other.free[n, k], other.x[n, k], other.y[n, k] = one.free[n, k], one.x[n, k], one.y[n, k]
            other.last[n, k] = one.last[n, k]
        for i in range(one.come.shape[1]):
            other.come[n, i], other.until[n, i], other.left[n, i] = one.come[n, i], one.until[n, i], one.left[n, i]
    for n in range(since, until):
        other.pick[n], other.drop[n] = one.pick[n], one.drop[n]
        for k in range(one.free.shape[1]):
            other.points[n, k] = one.points[n, k]
            for p in range(one.points[n, k]):
                other.time[n, k, p], other.along[n, k, p] = one.time[n, k, p], one.along[n, k, p]


@numba.njit(cache=True)
def _copy_turns(one, other):
    for n in range(len(one.box_of)):
        other.box_of[n], other.crane[n], other.place[n] = one.box_of[n], one.crane[n], one.place[n]
    for q in range(len(one.box)):
        other.box[q] = one.box[q]
    for i in range(len(one.at)):
        other.at[i], other.on[i] = one.at[i], one.on[i]


@numba.njit(cache=True)
def _change(tasks, yard, turns, note):
    """Change one thing at random; return whether it may be so. `note`: the first turn concerned, and the one after the last."""
    boxes = len(turns.box_of)
    i = np.random.randint(boxes)
    b = turns.box_of[i]
    kind = np.random.random()
    if kind < 0.5:
        far = 6 if np.random.random() < 0.7 else _MUCH
        j = min(boxes - 1, max(0, i + np.random.randint(-far, far + 1)))
        _put(turns, i, j)
        note[0], note[1] = min(i, j), max(i, j) + 1
        if np.random.random() < 0.5:
            return i != j
        return _hand(tasks, turns, b)
    if kind < 0.65:
        note[0], note[1] = i, i + 1
        return _hand(tasks, turns, b)
    if kind < 0.75:
        j = min(boxes - 1, max(0, i + np.random.randint(-8, 9)))
        c = turns.box_of[j]
        turns.box_of[i], turns.box_of[j] = c, b
        if np.random.random() < 0.5:
            turns.crane[b], turns.crane[c] = turns.crane[c], turns.crane[b]
        note[0], note[1] = min(i, j), max(i, j) + 1
        return b != c and tasks.lifts[b, turns.crane[b]] and tasks.lifts[c, turns.crane[c]]
    if kind < 0.87:
        return _exchange(tasks, turns, note, b)
    if kind < 0.93:
        return _block(tasks, turns, note, tasks.group[tasks.inbound[b]])
    return _berth(
        tasks, yard, turns, note, tasks.inbound[b] if np.random.random() < 0.5 else tasks.outbound[turns.place[b]]
    )


@numba.njit(cache=True)
def _put(turns, i, j):
    """Let a box have another turn."""
    b = turns.box_of[i]
    step = 1 if j > i else -1
    for n in range(i, j, step):
        turns.box_of[n] = turns.box_of[n + step]
    turns.box_of[j] = b


@numba.njit(cache=True)
def _hand(tasks, turns, b):
    """Give a box to the crane beside its own."""
    k = turns.crane[b] + (1 if np.random.random() < 0.5 else -1)
    if not 0 <= k < len(tasks.cranes) or not tasks.lifts[b, k]:
        return False
    turns.crane[b] = k
    return True


@numba.njit(cache=True)
def _block(tasks, turns, note, group):
    """Let the boxes of a group come sooner or later, all by as many turns."""
    boxes, by, sooner = len(turns.box_of), np.random.randint(1, 21), np.random.random() < 0.5
    for m in range(boxes):
        i = m if sooner else boxes - 1 - m
        if tasks.group[tasks.inbound[turns.box_of[i]]] == group:
            j = max(0, i - by) if sooner else min(boxes - 1, i + by)
            while j != i and tasks.group[tasks.inbound[turns.box_of[j]]] == group:
                j += 1 if sooner else -1
            if i != j:
                _put(turns, i, j)
                note[0], note[1] = min(note[0], i, j), max(note[1], max(i, j) + 1)
    return note[0] < boxes


@numba.njit(cache=True)
def _berth(tasks, yard, turns, note, train):
    """Let a train, or all of its group, begin elsewhere, or on another track."""
    trains, boxes = len(yard.length), len(turns.box_of)
    whole = np.random.random() < 0.7
    kind = np.random.random()
    far = 60.0 * np.random.random() ** 2 if kind < 0.5 else 400.0 * np.random.random()
    if np.random.random() < 0.5:
        far = -far
    concerned = np.zeros(trains, dtype=np.bool_)
    old_at, old_on = turns.at.copy(), turns.on.copy()
    if kind > 0.8:
        track = np.random.randint(len(yard.y))
        if not yard.stands[train, track] or track == turns.on[train]:
            return False
        turns.on[train] = track
        concerned[train] = True
    else:
        for i in range(trains):
            if i == train or (whole and tasks.group[i] == tasks.group[train]):
                concerned[i] = True
                turns.at[i] += far
    for i in range(trains):
        if concerned[i]:
            low, high = yard.low[turns.on[i]], yard.high[turns.on[i]] - yard.length[i]
            turns.at[i] = min(max(turns.at[i], low), max(low, high))
            if not np.isnan(yard.given[i]):
                turns.at[i] = low + yard.given[i]
            concerned[i] = turns.at[i] != old_at[i] or turns.on[i] != old_on[i]
    seen = np.zeros(trains, dtype=np.bool_)
    for n in range(boxes):
        b = turns.box_of[n]
        for side in range(2):
            j = tasks.outbound[turns.place[b]] if side else tasks.inbound[b]
            if concerned[j]:
                note[0], note[1] = min(note[0], n), max(note[1], n + 1)
            elif not seen[j]:
                seen[j] = True
                for i in range(trains):
                    if concerned[i] and (turns.on[j] == turns.on[i] or turns.on[j] == old_on[i]):
                        note[1] = max(note[1], n + 1)
    return note[0] < boxes


@numba.njit(cache=True)
def _exchange(tasks, turns, note, b):
    """Let a box, or all of its wagon, and what stands in a place of its train, not far, change places."""
    one, other, many = places_to_swap(tasks, turns, b)
    moved = np.empty(2 * many, dtype=np.int64)
    number = 0
    for n in range(many):
        if not swap(tasks, turns, one + n, other + n):
            return False
        for place in (other + n, one + n):
            if turns.box[place] >= 0:
                moved[number] = turns.box[place]
                number += 1
    for n in range(len(turns.box_of)):
        for m in range(number):
            if turns.box_of[n] == moved[m]:
                note[0], note[1] = min(note[0], n), max(note[1], n + 1)
    return number > 0 and (many > 1 or (stand_together(tasks, turns, one) and stand_together(tasks, turns, other)))
