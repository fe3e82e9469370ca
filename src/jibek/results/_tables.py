"""The tables of a replication as data frames, with ids instead of row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.results._closed import Closed
from jibek.results._network import STAGES, Network
from jibek.results._numbers import Numbers
from jibek.results._summary import MONTHLY, Summary
from jibek.simulate._replication import Replication

if TYPE_CHECKING:
    import polars as pl

LARGE = ("containers", "hops", "trips", "legs")
"""Tables with a row for each container or vehicle."""

SMALL = ("closed", "daily", "quantities", "budget", "months")
"""Tables whose size does not grow with the traffic."""

DAILY = {
    "positions": ("zones", "vehicles in positions, mean of the day"),
    "queue": ("zones", "vehicles waiting for a position, mean of the day"),
    "yard": ("terminals", "TEU in the yard, mean of the day"),
    "lifts": ("terminals", "lifts begun"),
    "equipment": ("equipment", "busy units, mean of the day"),
    "posts": ("checks", "busy posts, mean of the day"),
}
"""Quantities of the table `daily`: what their ids name, and what they are."""

PLAIN_HOPS = ("ready_h", "load_h", "aboard_h", "unload_h", "off_h")
PLAIN_TRIPS = (
    "called_h",
    "position_h",
    "closed_h",
    "cleared_h",
    "left_h",
    "arrived_h",
    "passed_h",
    "berthed_h",
    "emptied_h",
)
PLAIN_LEGS = ("place_h", "checked_h", "admitted_h", "enter_h", "exit_h")


def large_table(name: str, network: Network, part: Replication, closed: Closed, numbers: Numbers) -> pl.LazyFrame:
    """Return what is over in a part of a replication, for one of the tables `LARGE`."""
    makers = {"containers": _containers, "hops": _hops, "trips": _trips, "legs": _legs}
    return makers[name](network, part, closed, numbers)


def small_table(name: str, network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    """Return one of the tables `SMALL` of a replication."""
    makers = {
        "closed": _closed,
        "daily": _daily,
        "quantities": _quantities,
        "budget": _budget,
        "months": _months,
    }
    return makers[name](network, replication, summary)


def _ids(names: Sequence[str], rows: NDArray[Any]) -> pl.Series:
    """Return ids by row number; below 0: null."""
    import polars as pl

    held = _named(tuple(names))
    if rows.size and rows.min() < 0:
        return held.gather(pl.Series(rows).set(pl.Series(rows < 0), None))
    return held.gather(pl.Series(rows.astype(np.uint32)))


@lru_cache(maxsize=64)
def _named(names: tuple[str, ...]) -> pl.Series:
    """Return ids as values of a type of their own; to make it takes longer than to look up the ids of a part."""
    import polars as pl

    return pl.Series(names, dtype=pl.Enum(names))


def _frame(replication: Replication, columns: dict[str, Any]) -> pl.LazyFrame:
    """Make a table with the number of the replication; a number that is not known becomes null."""
    import polars as pl

    number = pl.lit(replication.number, dtype=pl.Int32).alias("replication")
    return pl.LazyFrame(columns).select(number, pl.all()).with_columns(pl.selectors.float().fill_nan(None))


def _small(values: NDArray[Any]) -> NDArray[np.int32]:
    return values.astype(np.int32)


def _containers(network: Network, part: Replication, closed: Closed, numbers: Numbers) -> pl.LazyFrame:
    held = part.containers
    columns = {
        "container": np.arange(numbers.container, numbers.container + len(held["flow"]), dtype=np.int32),
        "flow": _ids(network.names.flows, held["flow"]),
        "itinerary": _ids(network.names.itineraries, held["itinerary"]),
        "number": _small(held["number"]),
        "teu": held["quarters"] / 4,
        "enter_h": held["enter_h"],
        "leave_h": held["leave_h"],
    }
    return _frame(part, columns)


def _hops(network: Network, part: Replication, closed: Closed, numbers: Numbers) -> pl.LazyFrame:
    import polars as pl

    held = part.hops
    first = part.containers["first_hop"]
    seq = np.arange(held["container"].size) - first[held["container"]]
    trip = pl.Series(np.append(numbers.trip, np.int32(-1))[held["trip"]])  # -1 looks up the last
    columns = {
        "container": _small(held["container"]) + np.int32(numbers.container),
        "seq": seq.astype(np.int8),
        "service": _ids(network.names.services, held["service"]),
        "trip": trip.set(trip < 0, None),
        **{name: held[name] for name in PLAIN_HOPS},
        "direct": held["direct"].astype(bool),
        "closed_h": closed.hops,
        "hold_h": _holds(part),
    }
    return _frame(part, columns)


def _holds(part: Replication) -> NDArray[np.float64]:
    """Return how long each container was held after each hop."""
    hops, containers = part.hops, part.containers
    released = np.empty(hops["off_h"].size)
    released[:-1] = np.where(hops["direct"][1:], hops["off_h"][:-1], hops["ready_h"][1:])
    released[np.append(containers["first_hop"], released.size)[1:] - 1] = containers["leave_h"]
    return np.asarray(released - hops["off_h"])


def _trips(network: Network, part: Replication, closed: Closed, numbers: Numbers) -> pl.LazyFrame:
    import polars as pl

    held = {name: values[numbers.over] for name, values in part.trips.items()}
    service = held["service"]
    names = network.names
    columns = {
        "trip": numbers.trip[numbers.over],
        "service": _ids(names.services, service),
        "rotation": _ids(names.rotations, held["rotation"]),
        "fleet": _ids(names.fleets, network.fleet_of[held["rotation"]]),
        "vehicle": _small(held["vehicle"]),
        "number": pl.Series(_small(held["number"])).set(pl.Series(held["number"] < 0), None),
        "from_terminal": _ids(names.terminals, network.from_terminal[service]),
        "from_zone": _ids(names.zones, network.from_zone[service]),
        "to_terminal": _ids(names.terminals, network.to_terminal[service]),
        "to_zone": _ids(names.zones, network.to_zone[service]),
        "containers": _small(held["containers"]),
        "teu": held["quarters"] / 4,
        **{name: held[name] for name in PLAIN_TRIPS},
        "leaving_closed_h": closed.leaving[numbers.over],
        "berthing_closed_h": closed.berthing[numbers.over],
    }
    return _frame(part, columns)


def _legs(network: Network, part: Replication, closed: Closed, numbers: Numbers) -> pl.LazyFrame:
    from jibek.results import _kernels as kernels

    held = part.legs
    of = np.where(numbers.over[held["trip"]], held["trip"], np.int32(-1))
    first = kernels.count_groups(of, numbers.trip.size)
    order = kernels.sort_groups(of, first)
    link, back, trip = (held[name][order] for name in ("link", "back", "trip"))
    seq = np.arange(link.size) - first[trip]
    columns = {
        "trip": numbers.trip[trip],
        "seq": seq.astype(np.int16),
        "link": _ids(network.names.links, link),
        "back": back.astype(bool),
        "from_place": _ids(network.names.places, network.link_ends[back, link]),
        "to_place": _ids(network.names.places, network.link_ends[1 - back, link]),
        **{name: held[name][order] for name in PLAIN_LEGS},
        "admission_closed_h": closed.admission[order],
        "path_closed_h": closed.path[order],
    }
    return _frame(part, columns)


def _closed(network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    held = replication.closed
    columns = {
        "closure": _ids(network.names.closures, held["closure"]),
        "start_h": held["start_h"],
        "end_h": held["end_h"],
    }
    return _frame(replication, columns)


def _daily(network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    import polars as pl

    warmup = network.corridor.header.warmup_days
    found = []
    for quantity, (table, _) in DAILY.items():
        names = getattr(network.names, table)
        hours = replication.daily[quantity][:, : len(names)]  # an empty table keeps one column
        matrix = hours if quantity == "lifts" else hours / 24
        days, size = matrix.shape
        columns = {
            "day": np.repeat(np.arange(-warmup, days - warmup, dtype=np.int32), size),
            "quantity": _ids(tuple(DAILY), np.full(matrix.size, list(DAILY).index(quantity))),
            "id": _ids(names, np.tile(np.arange(size), days)).cast(pl.String),
            "value": matrix.ravel(),
        }
        found.append(_frame(replication, columns))
    return pl.concat(found)


def _quantities(network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    columns = {
        "quantity": list(summary.quantities),
        "value": np.fromiter(summary.quantities.values(), dtype=np.float64),
    }
    return _frame(replication, columns)


def _budget(network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    chosen = np.flatnonzero(summary.budget)
    columns = {
        "flow": _ids(network.names.flows, network.flow_of_cell[chosen]),
        "location": np.array([location for _, location, _ in network.cells], dtype=str)[chosen],
        "stage": _ids(STAGES, network.stage_of_cell[chosen]),
        "days": summary.budget[chosen],
    }
    return _frame(replication, columns)


def _months(network: Network, replication: Replication, summary: Summary) -> pl.LazyFrame:
    labels, _ = network.months
    flows = network.names.flows
    columns = {
        "flow": _ids(flows, np.repeat(np.arange(len(flows)), len(labels))),
        "month": _ids(labels, np.tile(np.arange(len(labels)), len(flows))),
        **{name: summary.months[:, column] for column, name in enumerate(MONTHLY)},
    }
    return _frame(replication, columns)
