"""Cimba: two compiled processes and a store of the times at which customers came."""

import cimba as cb
from cimba import inputs


class Queue(cb.Model):
    interarrival: cb.Input[float]
    service_time: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    line: cb.Store[float]
    waited: float = 0.0
    served: int = 0
    mean_wait: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(self.interarrival.next())
            self.line.put(cb.now())

    @cb.process
    def server(self):
        while True:
            came = self.line.get()
            self.waited += cb.now() - came
            self.served += 1
            cb.hold(self.service_time.next())

    @cb.on_end
    def measure(self):
        self.mean_wait = self.waited / self.served


def mean_wait(customers: int, load: float, seed: int) -> float:
    model = Queue()
    model.interarrival = inputs.dist.exponential(mean=1 / load)
    window = cb.Window(duration=customers / load)
    results = cb.Experiment(model, replications=1, window=window, seed=seed).run(workers=1)
    return float(results[model].mean_wait.values[0, 0])
