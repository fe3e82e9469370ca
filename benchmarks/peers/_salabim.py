"""salabim: two components and a plain queue of times; many times faster than a component a customer."""

from __future__ import annotations

from collections import deque
from random import Random

import salabim


def mean_wait(customers: int, load: float, seed: int) -> float:
    salabim.yieldless(False)
    environment = salabim.Environment(trace=False, yieldless=False)
    draw = Random(seed).expovariate
    line: deque[float] = deque()
    waited = 0.0

    class Arrivals(salabim.Component):
        def process(self):
            for _ in range(customers):
                yield self.hold(draw(load))
                line.append(environment.now())
                if server.ispassive():
                    server.activate()

    class Server(salabim.Component):
        def process(self):
            nonlocal waited
            for _ in range(customers):
                if not line:
                    yield self.passivate()
                waited += environment.now() - line.popleft()
                yield self.hold(draw(1.0))

    server = Server()
    Arrivals()
    environment.run()
    return waited / customers
