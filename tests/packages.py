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

THREE_TERMINALS = """id, place
a, a
b, b
c, c"""


def line(folder: Path, **tables: str) -> jibek.Corridor:
    """Trains of 40 TEU from a by rail to b, by another gauge to c: lifted at b by one crane of 6 min, 10 hours each way, 20 h in all."""
    given = {
        "places": PLACES,
        "terminals": THREE_TERMINALS,
        "links": """id, from_place, to_place, mode, gauge_mm, length_km, run_h
            ab, a, b, rail, 1435, 100, 10
            bc, b, c, rail, 1520, 100, 10""",
        "zones": """id, terminal, kind, gauge_mm, positions
            b-in, b, track, 1435, 5
            b-out, b, track, 1520, 5
            b-yard, b, yard, ,""",
        "equipment": "id, terminal, count, move_min\ncrane, b, 1, 6",
        "transfers": """id, from_zone, to_zone, steps
            off, b-in, b-yard, crane
            on, b-yard, b-out, crane""",
        "fleets": """id, mode, gauge_mm, count, capacity_teu
            in, rail, 1435, , 40
            out, rail, 1520, , 40""",
        "services": """id, from_terminal, from_zone, to_terminal, to_zone, path, rule, min_teu
            in, a, , b, b-in, ab, filled, 40
            out, b, b-out, c, , bc, filled, 40""",
        "rotations": "id, fleet, services\nin, in, in\nout, out, out",
        "flows": "id, from_terminal, to_terminal, teu_per_year, block_teu\nflow, a, c, 10000, 40",
        "itineraries": "id, flow, services\none, flow, in>out",
    }
    return write_package(folder, days=365, warmup_days=30, **(given | tables))


def one_track(folder: Path, *, yard: float, rule: str) -> jibek.Corridor:
    """Return a terminal with one track, where trains of 4 TEU come and larger ones go on."""
    return write_package(
        folder,
        days=30,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\nab,a,b,rail,1520,10,1\nbc,b,c,rail,1520,10,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones=f"id,terminal,kind,gauge_mm,positions,sidings,capacity_teu\nb-track,b,track,1520,1,,\nb-yard,b,yard,,,,{yard}",
        equipment="id,terminal,count,move_min\ncrane,b,1,10",
        transfers="id,from_zone,to_zone,steps\nin,b-track,b-yard,crane\nout,b-yard,b-track,crane",
        fleets="id,mode,gauge_mm,count,capacity_teu\nwest,rail,1520,,4\neast,rail,1520,1,20",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu,every_h\n"
        f"ab,a,,b,b-track,ab,filled,4,\nbc,b,b-track,c,,bc,{rule}\ncb,c,,b,b-track,bc,interval,0,24",
        rotations="id,fleet,services\nwest,west,ab\neast,east,bc>cb",
        flows="id,from_terminal,to_terminal,teu_per_year,block_teu\nf,a,c,2000,4",
        itineraries="id,flow,services\nf,f,ab>bc",
    )
