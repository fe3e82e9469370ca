"""What came of a run, in columns as those of the engine (`jibek.simulate.Replication`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from against.second.model import Model

HOP_TIMES = ("ready_h", "load_h", "aboard_h", "unload_h", "off_h")
TRIP_TIMES = (
    "called_h", "position_h", "closed_h", "cleared_h", "left_h", "arrived_h", "passed_h", "berthed_h", "emptied_h",
)  # fmt: skip
LEG_TIMES = ("place_h", "checked_h", "admitted_h", "enter_h", "exit_h")

Columns = dict[str, np.ndarray]


def tables(model: Model) -> dict[str, Columns]:
    """Return containers and hops by flow and number; trips by service in the order of calling, and their legs."""
    corridor = model.corridor
    flows, itineraries, services, rotations, links = (
        {name: number for number, name in enumerate(sorted(table))}
        for table in (corridor.flows, corridor.itineraries, corridor.services, corridor.rotations, corridor.links)
    )
    containers = sorted(model.containers, key=lambda one: (one.flow.id, one.number))
    hops = [hop for one in containers for hop in one.hops]
    legs = [leg for trip in model.trips for leg in trip.legs]
    return {
        "containers": _columns(containers, ("number", "quarters", "enter_h", "leave_h"))
        | _column("flow", (flows[one.flow.id] for one in containers))
        | _column("itinerary", (itineraries[one.itinerary.id] for one in containers)),
        "hops": _columns(hops, ("direct", *HOP_TIMES))
        | _column("service", (services[hop.service.id] for hop in hops))
        | _column("number", (hop.trip.number if hop.trip else -1 for hop in hops)),
        "trips": _columns(model.trips, ("number", "containers", "quarters", *TRIP_TIMES))
        | _column("service", (services[trip.service.id] for trip in model.trips))
        | _column("rotation", (rotations[trip.rotation.id] for trip in model.trips)),
        "legs": _columns(legs, ("back", *LEG_TIMES)) | _column("link", (links[leg.link] for leg in legs)),
    }


def _columns(rows: list[Any], names: tuple[str, ...]) -> Columns:
    return {name: np.array([getattr(row, name) for row in rows], dtype=float) for name in names}


def _column(name: str, values: Any) -> Columns:
    return {name: np.fromiter(values, dtype=float)}
