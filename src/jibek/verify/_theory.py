"""Closed forms of queueing theory. Rates are an hour, times hours; the source of each stands with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np


def birth_death(births: Sequence[float], deaths: Sequence[float]) -> list[float]:
    """Return the probabilities of the states 0 to n of a birth-death process (Feller 1968, XVII.5).

    Parameters
    ----------
    births
        Rates from state k to k + 1.
    deaths
        Rates from state k + 1 to k.
    """
    weights = [1.0]
    for birth, death in zip(births, deaths, strict=True):
        weights.append(weights[-1] * birth / death)
    return [weight / sum(weights) for weight in weights]


def erlang_c(servers: int, load: float) -> float:
    """Return the probability that a customer of M/M/c waits (Erlang 1917).

    Parameters
    ----------
    servers
        Number of servers.
    load
        Arrival rate times mean service, less than `servers`.

    Examples
    --------
    >>> erlang_c(1, 0.5), round(erlang_c(2, 1.0), 4)
    (0.5, 0.3333)
    """
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) / (1 - load / servers)
    return last / (sum(terms) + last)


def pollaczek_khinchine(rate: float, mean: float, cv: float) -> float:
    """Return the mean wait of M/G/1 (Pollaczek 1930, Khinchine 1932).

    Examples
    --------
    >>> pollaczek_khinchine(0.5, 1.0, 1.0)
    1.0
    """
    return rate * mean**2 * (1 + cv**2) / (2 * (1 - rate * mean))


def md1_waits_longer(rate: float, service: float, hours: float) -> float:
    """Return the probability that a customer of M/D/1 waits longer than some hours (Erlang 1909, Crommelin 1932)."""
    terms = (
        (-rate * (hours - k * service)) ** k / math.factorial(k) * math.exp(rate * (hours - k * service))
        for k in range(int(hours / service) + 1)
    )
    return 1 - (1 - rate * service) * sum(terms)


def batch_wait(batches: Sequence[tuple[float, int]], mean: float) -> float:
    """Return the mean wait of a customer in M[X]/M/1 (Burke 1975).

    The first of a batch waits as a customer of M/G/1 whose service is that of the batch; the k-th waits k - 1 services longer.

    Parameters
    ----------
    batches
        Batches an hour and customers in each, by kind.
    mean
        Mean service of one customer.
    """
    customers = sum(rate * size for rate, size in batches)
    first = sum(rate * size * (size + 1) for rate, size in batches) * mean**2 / (2 * (1 - customers * mean))
    within = sum(rate * size * (size - 1) for rate, size in batches) * mean / (2 * customers)
    return first + within


def priority_waits(rates: Sequence[float], mean: float) -> list[float]:
    """Return the mean waits of M/M/1 with priorities, highest first, work under way finished (Cobham 1954)."""
    under_way = sum(rates) * mean**2
    used = [sum(rates[:k]) * mean for k in range(len(rates) + 1)]
    return [under_way / ((1 - before) * (1 - with_own)) for before, with_own in pairwise(used)]


def sum_of_two_longer(one: float, other: float, hours: float) -> float:
    """Return the probability that two exponential times with these (different) rates last longer together."""
    return (other * math.exp(-one * hours) - one * math.exp(-other * hours)) / (other - one)


def at_least(number: int, expected: float) -> float:
    """Return the probability of at least so many events of a Poisson process.

    It is also the probability that an Erlang time of `number` phases is over when so many are expected to be.
    """
    return 1 - sum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(number))


def filled_waits_longer(rate: float, batch: int, hours: float) -> float:
    """Return the share that waits longer, where Poisson arrivals leave in full batches.

    The one that lacks k others waits an Erlang time of k phases.
    """
    return sum(1 - at_least(k, rate * hours) for k in range(1, batch)) / batch


def filled_or_late(rate: float, batch: int, limit_h: float) -> tuple[float, float]:
    """Return mean wait and mean number, where Poisson arrivals leave when a batch is full or the first has waited so long.

    Renewal-reward over a departure (Ross 1996, 3.6). The first comes at 0; N(t) others have come by t. The number that leaves is
    1 + min(N(limit), batch - 1). With k + 1 waiting, which lasts on average P(N(limit) > k) / rate, the waits add up.
    """
    more = [at_least(k + 1, rate * limit_h) for k in range(batch - 1)]
    number = 1 + sum(more)
    return sum((k + 1) * p for k, p in enumerate(more)) / rate / number, number


def interval_wait(rate: float, every_h: float) -> float:
    """Return the mean wait of Poisson arrivals for a departure that opens every so many hours and stays open until it is taken.

    The departure finds somebody and takes all; or nobody, then the first to come in the interval leaves at once (and alone). Which of
    both happens is a Markov chain: nobody is left at the end of an interval without arrivals, or with one who left at once.
    """
    expected = rate * every_h
    nobody = math.exp(-expected)
    open_ = nobody / (1 - expected * nobody)
    spared = every_h - (1 - nobody) / rate  # mean of what is left of the interval after the first arrival
    return (expected * every_h / 2 - open_ * spared) / expected


def renewal_wait(closed: float, mean: float, cv: float) -> float:
    """Return the mean time until an alternating renewal process is open, seen at random (Cox 1962, 5.2 and 7.4).

    Parameters
    ----------
    closed
        Share of time closed.
    mean, cv
        Mean length of a closure and its coefficient of variation.
    """
    return closed * mean * (1 + cv**2) / 2


def closed_mm1(rate: float, service_rate: float, closing: float, opening: float, most: int = 250) -> float:
    """Return the mean number in M/M/1 that opens and closes at random times, where work under way is finished.

    The process of the number and the phase (open; closed and still working; closed and idle) is a quasi-birth-death process
    (Neuts 1981, 6.2). Its balance equations are solved up to `most` customers, beyond which nothing is left to a double's accuracy.
    """
    here = np.arange(most)
    busy_open, still, idle = 3 * here, 3 * here + 1, 3 * here + 2
    flow = np.zeros((3 * most, 3 * most))
    for phase in (busy_open, still, idle):
        flow[phase[:-1], phase[1:]] = rate
    flow[busy_open[1:], busy_open[:-1]] = service_rate
    flow[still[1:], idle[:-1]] = service_rate
    flow[busy_open[1:], still[1:]] = closing
    flow[busy_open[0], idle[0]] = closing
    flow[still, busy_open] = flow[idle, busy_open] = opening
    balance = flow.T - np.diag(flow.sum(axis=1))
    balance[-1] = 1.0
    probability = np.linalg.solve(balance, np.r_[np.zeros(3 * most - 1), 1.0])
    return float(probability.reshape(-1, 3).sum(axis=1) @ here)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function is zero, by bisection."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2
