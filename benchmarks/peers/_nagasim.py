"""nagasim: its own blocks, without the log of every event."""

from __future__ import annotations

from nagasim import build


def mean_wait(customers: int, load: float, seed: int) -> float:
    model = build.Model(time_limit=customers / load, replications=1, record_logs=False)
    model.add_resource(name="server")
    arrive = model.create(distribution=build.Exponential(rate=load))
    serve = model.process(resource_name="server", distribution=build.Exponential(rate=1.0))
    _ = arrive >> serve >> model.dispose()
    return float(model.run(seed=seed).kpi("system/Avg Throughput Time")) - 1.0
