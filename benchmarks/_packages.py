"""Small corridor packages to be timed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import jibek

_HEADER = 'id = "{id}"\ntitle = "{id}"\nschema_version = 1\nstart = 2025-01-01\ndays = {days}\nwarmup_days = 0\n'
_ENDS = {
    "places": "id,lat,lon\na,0,0\nb,0,1",
    "terminals": "id,place\na,a\nb,b",
    "rotations": "id,fleet,services\nrun,carriers,run",
    "itineraries": "id,flow,services\nf,f,run",
}


def single_queue(customers: int, *, load: float) -> jibek.Corridor:
    """Return a queue M/M/1: containers come singly at random to a quay where one crane lifts each aboard.

    A ship is always in position: one leaves every ten days, another takes its place at the same moment. A lift takes
    0.1 h in the mean.
    """
    rate_per_h = load / 0.1
    return _read(
        "queue",
        days=max(1, round(customers / rate_per_h / 24)),
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,sea,1,0",
        zones="id,terminal,kind,positions\nquay,a,berth,2\nyard,a,yard,",
        equipment="id,terminal,count,move_min,move_cv,move_dist\ncrane,a,1,6,1,exponential",
        transfers="id,from_zone,to_zone,steps\nout,yard,quay,crane",
        fleets="id,mode,capacity_teu\ncarriers,sea,50000",
        services="id,from_terminal,from_zone,to_terminal,path,rule,every_h,load_h\nrun,a,quay,b,ab,interval,240,240",
        flows=_flow(rate_per_h),
    )


def many_under_way(containers: int, *, together: int) -> jibek.Corridor:
    """Return a corridor on which each container rides alone, and so many are under way at the same time.

    Their running times differ, so each adds its arrival somewhere among the pending events.
    """
    days = 100
    rate_per_h = containers / days / 24
    return _read(
        "pending",
        days=days,
        links=f"id,from_place,to_place,mode,length_km,run_h,run_cv\nab,a,b,road,1,{together / rate_per_h},0.5",
        fleets="id,mode,capacity_teu\ncarriers,road,1",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        flows=_flow(rate_per_h),
    )


def _flow(rate_per_h: float) -> str:
    head = "id,from_terminal,to_terminal,teu_per_year,arrival,share_20ft,share_40ft"
    return f"{head}\nf,a,b,{rate_per_h * 8760},poisson,1,0"


def _read(name: str, *, days: int, **tables: str) -> jibek.Corridor:
    with TemporaryDirectory() as folder:
        Path(folder, "corridor.toml").write_text(_HEADER.format(id=name, days=days))
        for table, text in (_ENDS | tables).items():
            Path(folder, f"{table}.csv").write_text(text + "\n")
        return jibek.read(folder)


def enlarged(corridor: jibek.Corridor, factor: int) -> jibek.Corridor:
    """Return a corridor with so many times the traffic, and so many times all that carries and handles it."""
    changes = [f"flows.*.teu_per_year*={factor}"]
    for table, column in _ROOM:
        changes += [
            f"{table}.{name}.{column}*={factor}"
            for name, row in getattr(corridor, table).items()
            if getattr(row, column) is not None
        ]
    changes += [
        f"services.{name}.every_h*={1 / factor}" for name, row in corridor.services.items() if row.every_h is not None
    ]
    return corridor.with_changes(*changes)


_ROOM = (
    ("zones", "positions"),
    ("zones", "sidings"),
    ("zones", "capacity_teu"),
    ("equipment", "count"),
    ("checks", "servers"),
    ("fleets", "count"),
    ("links", "paths_per_day"),
    ("links", "back_paths_per_day"),
)
