"""Small transfer jobs and plans for tests, whose times can be worked out on paper."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from jibek.transfer import Job, Plan, read_job, read_plan

TABLES = {
    "models": """id,gauge_mm,length_m,base_m,tare_t,payload_t,axle_load_t,slots
n40,1435,20,10,20,60,25,20@-5; 20@5; 40@0
b40,1520,20,10,20,60,25,20@-5; 20@5; 40@0""",
    "trains": """id,role,arrival,group
in,inbound,2026-01-01T00:00,g
out,outbound,2026-01-01T00:00,g""",
    "wagons": """id,train,order,model
i1,in,1,n40
i2,in,2,n40
i3,in,3,n40
i4,in,4,n40
o1,out,1,b40
o2,out,2,b40
o3,out,3,b40
o4,out,4,b40""",
    "departures": """id,train,due,weight,destinations
d,out,2026-01-01T00:05,2,WEST""",
    "boxes": """id,size_type,mass_t,destination,wagon,slot
CSQU3054383,42G1,20,WEST,i1,3
TKRU0000010,42G1,10,WEST,i4,3""",
    "tracks": """id,gauge_mm,y_m,from_m,to_m
t35,1435,0,0,100
t20,1520,10,0,100""",
    "cranes": """id,x_m,from_m,to_m,gantry_empty_m_per_s,gantry_loaded_m_per_s,trolley_m_per_s,pick_s,drop_s,lift_t,safety_m
C1,10,0,100,2,1,1,30,40,41,25
C2,70,0,100,2,1,1,30,40,41,25""",
    "yard": """id,x_m,y_m,length_ft,levels
y1,30,5,40,1
y2,90,5,40,2""",
}
"""Four wagons of 20 m each: their middles stand at 10, 30, 50 and 70 m."""

A, B = "CSQU3054383", "TKRU0000010"

PLAN = {
    "loads": f"box,wagon,slot\n{A},o1,3\n{B},o4,3",
    "moves": f"""crane,box,from_place,to_place,begin_s,pick_s,drop_s,end_s
C1,{A},i1:3,o1:3,0,0,40,80
C2,{B},i4:3,o4:3,0,0,40,80""",
    "parking": "train,track,offset_m,from_s,until_s\nin,t35,0,0,80\nout,t20,0,0,80",
}
"""Two moves straight across: 30 s to lift, 10 m at 1 m/s, 40 s to put down."""


def write_job(folder: Path, **tables: str) -> Path:
    """Write the job above, some tables of it replaced; an empty table is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.toml").write_text('id = "small"\nschema_version = 1\nstart = 2026-01-01T00:00:00\n')
    for name, text in (TABLES | tables).items():
        if text:
            (folder / f"{name}.csv").write_text(text + "\n")
    return folder


def small_job(folder: Path, **tables: str) -> Job:
    """Write the job above, some tables of it replaced, and read it."""
    return read_job(write_job(folder, **tables))


def write_plan(folder: Path, **tables: str) -> Path:
    """Write the plan above, some tables of it replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text('id = "p"\nschema_version = 1\njob = "small"\n')
    for name, text in (PLAN | tables).items():
        (folder / f"{name}.csv").write_text(text + "\n")
    return folder


def small_plan(folder: Path, job: Job, **tables: str) -> Plan:
    """Write the plan above, some tables of it replaced, and read it."""
    return read_plan(write_plan(folder, **tables), job)


def cell(table: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    """Put a value into a cell of a row, counted from 1; the column is added if it is not there."""

    def mutate(folder: Path) -> None:
        path = folder / f"{table}.csv"
        with path.open(newline="") as source:
            header, *rows = csv.reader(source)
        if column not in header:
            header.append(column)
            rows = [[*cells, ""] for cells in rows]
        rows[row - 1][header.index(column)] = value
        with path.open("w", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows([header, *rows])

    return mutate
