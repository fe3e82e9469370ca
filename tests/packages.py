"""Small corridor packages for tests, written as folders."""

from __future__ import annotations

from pathlib import Path

import jibek


def write_package(folder: Path, *, days: int = 100, warmup_days: int = 0, **tables: str) -> jibek.Corridor:
    """Write tables given as CSV text (cells may be padded) and read the package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corridor.toml").write_text(
        f'id = "small"\ntitle = "Small"\nschema_version = 1\nstart = 2025-01-01\ndays = {days}\nwarmup_days = {warmup_days}\n'
    )
    for name, text in tables.items():
        lines = [",".join(cell.strip() for cell in line.split(",")) for line in text.strip().splitlines()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return jibek.read(folder)


PLACES = """id, lat, lon
a, 0, 0
b, 0, 1
c, 0, 2
d, 0, 3"""


def queue(
    folder: Path, *, rate_per_h: float, servers: int, move_h: float, dist: str, cv: float, days: int
) -> jibek.Corridor:
    """Return a corridor whose only delay is a queue for `servers` machines: containers come singly, at random.

    Trucks bring each container at once to a terminal where it is lifted to its destination.
    """
    return write_package(
        folder,
        days=days,
        warmup_days=20,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,0",
        terminals="id,place\na,a\nb,b",
        zones="id,terminal,kind,positions\ngate,b,gate,10000\nyard,b,yard,",
        equipment=f"id,terminal,count,move_min,move_cv,move_dist\ncrane,b,{servers},{60 * move_h},{cv},{dist}",
        transfers="id,from_zone,to_zone,steps\nin,gate,yard,crane",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,to_zone,path,rule\nrun,a,b,gate,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows=f"id,from_terminal,to_terminal,teu_per_year,arrival,share_20ft,share_40ft\n"
        f"f,a,b,{rate_per_h * 8760},poisson,1,0",
        itineraries="id,flow,services\nf,f,run",
    )
