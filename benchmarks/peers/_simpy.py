"""SimPy: two processes and a store of the times at which customers came; a quarter faster than a process a customer."""

from __future__ import annotations

from random import Random

import simpy


def mean_wait(customers: int, load: float, seed: int) -> float:
    draw = Random(seed).expovariate
    environment = simpy.Environment()
    line = simpy.Store(environment)
    waited = 0.0

    def arrivals():
        for _ in range(customers):
            yield environment.timeout(draw(load))
            line.put(environment.now)

    def server():
        nonlocal waited
        for _ in range(customers):
            came = yield line.get()
            waited += environment.now - came
            yield environment.timeout(draw(1.0))

    environment.process(arrivals())
    environment.process(server())
    environment.run()
    return waited / customers
