"""What the page says in numbers, all of it from `jibek.results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import numbers
from jibek.results import validate
from jibek.results._behind import behind
from jibek.results._names import user
from jibek.web._document import Behind, Busy, Histogram, Input, Observed, Series, Source, Stay

if TYPE_CHECKING:
    from jibek.corridor import Corridor
    from jibek.results import Run

Whole = NDArray[np.int64]

BIN_DAYS = 0.25
"""Width of a bin of transit times."""

BINS_MOST = 480
"""Bins at most; the last holds all that took longer."""

DAILY = 0.01
"""What the numbers of the days are multiples of: vehicles, TEU."""

BUSIEST = 4
"""Utilisations shown of each group."""


def rounded(value: Any) -> Any:
    """Return a tree of figures with eight digits, more than any of them is known to."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


def busiest(run: Run) -> list[Busy]:
    """Return what is used most."""
    found = []
    for figure in run.statistics.busiest(BUSIEST):
        _, name = user(run.corridor, figure)
        group, id_, rest = figure.split(".")
        if group == "zones":
            figure = f"terminals.{run.corridor.zones[id_].terminal}.zones.{id_}.{rest}"
        found.append(Busy(figure=figure, group=group, name=name))
    return found


def left_behind(run: Run) -> list[Behind]:
    """Return the flows that did not keep up."""
    return [
        Behind(flow=one.flow, begin_teu=one.begin_teu, end_teu=one.end_teu, terminal=one.terminal)
        for one in behind(run.statistics, run.corridor)
    ]


def budget(run: Run) -> list[Stay]:
    """Return where the days of each flow go."""
    frame = run.statistics.budget().select("flow", "location", "stage", "mean")
    return [
        Stay(flow=str(flow), location=str(location), stage=str(stage), days=rounded(days))
        for flow, location, stage, days in frame.iter_rows()
        if days
    ]


def observed(run: Run) -> list[Observed]:
    """Return what was observed beside what was simulated."""
    return [
        Observed(
            id=one.id, observed=one.observed, unit=one.unit, period=one.period, note=one.note, difference=one.difference,
            simulated=(one.simulated.mean, one.simulated.low, one.simulated.high),
        )
        for one in validate(run)
    ]  # fmt: skip


def inputs(corridor: Corridor) -> list[Input]:
    """Return every number that was given, with its origin."""
    found = []
    for one in numbers(corridor):
        known = one.ranged
        found.append(
            Input(
                table=one.table, row=one.row, column=one.column.name, unit=one.column.unit, origin=one.origin, source=one.source,
                value=list(one.value) if isinstance(one.value, tuple) else one.value,
                known=None if known is None else (known.low, known.typical, known.high, known.relative),
            )
        )  # fmt: skip
    return found


def sources(corridor: Corridor) -> dict[str, Source]:
    """Return the sources by id."""
    return {one.id: Source(title=one.title, publisher=one.publisher, url=one.url) for one in corridor.sources.values()}


def series(run: Run, replication: int = 0) -> tuple[list[Series], Whole]:
    """Return queues and yards by day, those that ever hold something."""
    import polars as pl

    frame = run.table("daily").filter(
        pl.col("quantity").cast(pl.String).is_in(["queue", "yard"]) & (pl.col("day") >= 0)
    )
    keys = ["quantity", "id", "day"]
    days = frame.group_by(keys).agg(
        shown=pl.col("value").filter(pl.col("replication") == replication).first(),
        mean=pl.col("value").mean(),
        least=pl.col("value").min(),
        most=pl.col("value").max(),
    )
    heads, parts = [], []
    for (quantity, id_), part in days.sort(keys).group_by("quantity", "id", maintain_order=True):
        if part["most"].max():
            heads.append(Series(quantity=quantity, id=id_))
            parts += [part[name].to_numpy() for name in ("shown", "mean", "least", "most")]
    values = np.concatenate(parts) if parts else np.zeros(0)
    return heads, np.round(values / DAILY).astype(np.int64)


def histograms(run: Run) -> tuple[list[Histogram], Whole]:
    """Return how many containers of each flow took how long; none if the run has no table of containers."""
    if "containers" not in run.manifest["tables"]:
        return [], np.zeros(0, np.int64)
    days = run.query(
        f"""
        select cast(flow as varchar) as flow, least(floor((leave_h - enter_h) / {24 * BIN_DAYS}), {BINS_MOST - 1}) as bin,
               count(*) as number
        from containers where leave_h >= 0 and leave_h < {24 * run.corridor.header.days:d}
        group by all order by all
        """  # noqa: S608 - numbers only
    )
    heads, parts = [], []
    for (flow,), part in days.group_by("flow", maintain_order=True):
        bins = part["bin"].to_numpy().astype(np.int64)
        counts = np.bincount(bins, weights=part["number"].to_numpy()).astype(np.int64)
        heads.append(Histogram(flow=str(flow), bins=len(counts)))
        parts.append(counts)
    return heads, np.concatenate(parts) if parts else np.zeros(0, np.int64)
