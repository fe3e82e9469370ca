"""SQL views over the files of a run: stages, calls, and the figures by what they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CALLS = """
create or replace view calls as
select replication, trip, service, fleet, vehicle, 'loading' as kind,
       from_terminal as terminal, from_zone as zone,
       called_h as queue_h, position_h, closed_h as done_h, left_h
from trips
union all
select replication, trip, service, fleet, vehicle, 'unloading', to_terminal, to_zone,
       passed_h, berthed_h, emptied_h, emptied_h
from trips where arrived_h is not null
"""

STAGES = """
create or replace view stages as
with ride as not materialized (
    select h.replication, h.container, c.flow, c.itinerary, h.seq, h.trip, t.from_terminal, t.to_terminal,
           [
               {step: 0, stage: 'waiting_for_vehicle', location: t.from_terminal, closed_h: h.closed_h,
                enter_h: if(h.seq = 0, c.enter_h, h.ready_h), leave_h: h.load_h},
               {step: 1, stage: 'transfer', location: t.from_terminal, closed_h: 0.0,
                enter_h: h.load_h, leave_h: if(h.direct, h.load_h, h.aboard_h)},
               {step: 2, stage: 'loading', location: t.from_terminal, closed_h: 0.0,
                enter_h: h.aboard_h, leave_h: t.closed_h},
               {step: 3, stage: 'check', location: t.from_terminal, closed_h: 0.0,
                enter_h: t.closed_h, leave_h: t.cleared_h},
               {step: 4, stage: 'waiting_for_position', location: t.from_terminal,
                closed_h: t.leaving_closed_h, enter_h: t.cleared_h, leave_h: t.left_h},
               {step: 9001, stage: 'check', location: t.to_terminal, closed_h: 0.0,
                enter_h: t.arrived_h, leave_h: t.passed_h},
               {step: 9002, stage: 'waiting_for_position', location: t.to_terminal,
                closed_h: t.berthing_closed_h, enter_h: t.passed_h, leave_h: t.berthed_h},
               {step: 9003, stage: 'unloading', location: t.to_terminal, closed_h: 0.0,
                enter_h: t.berthed_h, leave_h: h.unload_h},
               {step: 9004, stage: 'transfer', location: t.to_terminal, closed_h: 0.0,
                enter_h: h.unload_h, leave_h: h.off_h},
               {step: 9005, stage: 'hold', location: t.to_terminal, closed_h: 0.0,
                enter_h: h.off_h, leave_h: h.off_h + h.hold_h}
           ] as handled
    from hops h join containers c using (replication, container) join trips t using (replication, trip)
), leg as not materialized (
    select replication, trip, seq,
           [
               {step: 4 * seq + 5, stage: 'check', location: if(seq > 0, from_place, null), closed_h: 0.0,
                enter_h: place_h, leave_h: checked_h},
               {step: 4 * seq + 6, stage: 'waiting_for_position', location: if(seq > 0, from_place, null),
                closed_h: admission_closed_h, enter_h: checked_h, leave_h: admitted_h},
               {step: 4 * seq + 7, stage: 'waiting_for_path', location: if(seq > 0, from_place, null),
                closed_h: path_closed_h, enter_h: admitted_h, leave_h: enter_h},
               {step: 4 * seq + 8, stage: 'moving', location: link, closed_h: 0.0,
                enter_h: enter_h, leave_h: exit_h}
           ] as run
    from legs
), part as (
    select replication, container, flow, itinerary, seq, from_terminal, unnest(handled) as p from ride
    union all
    select replication, container, flow, itinerary, ride.seq, from_terminal, unnest(run)
    from ride join leg using (replication, trip)
)
select replication, container, flow, itinerary, seq, p.step as step, p.stage as stage,
       coalesce(p.location, from_terminal) as location, p.enter_h as enter_h, p.leave_h as leave_h,
       p.leave_h - p.enter_h as hours, p.closed_h as closed_h
from part where p.leave_h > p.enter_h
"""
"""Rows add up, by container, to its transit time; of each, `closed_h` were spent before something closed."""


JOINS = "set disabled_optimizers = 'join_order'"
"""Joins run as written. DuckDB may else join containers to trips by their replication alone, which fills the disk."""


def views(tables: Iterable[str], columns: Mapping[str, Iterable[str]], folder: str = "") -> str:
    """Write the SQL that makes a run's tables known to DuckDB.

    Parameters
    ----------
    tables
        Tables that are there as files.
    columns
        Figures of each group of quantities, `{"flows": ["offered_teu", "transit_days.mean"]}`: each group
        becomes a view with one row an id.
    folder
        What is written before the names of the files; by default they are sought where DuckDB runs.
    """
    tables = list(tables)
    quoted = folder.replace("'", "''")
    parts = [
        f"create or replace view {name} as\nselect * from read_parquet('{quoted}{name}/*.parquet')" for name in tables
    ]
    if "trips" in tables:
        parts.append(CALLS.strip())
    if {"containers", "hops", "trips", "legs"} <= set(tables):
        parts.append(STAGES.strip())
    parts += [_group(name, list(fields)) for name, fields in columns.items()]
    return "".join(f"{part};\n\n" for part in [JOINS, *parts])


def _group(name: str, fields: list[str]) -> str:
    """Write the view of a group of figures."""
    columns = ",\n".join(
        f"       max(value) filter (where ends_with(quantity, '.{field}')) as {field.replace('.', '_')}"
        for field in fields
    )
    return (
        f"create or replace view {name} as\n"
        f"select replication, split_part(quantity, '.', 2) as id,\n{columns}\n"
        f"from quantities where starts_with(quantity, '{name}.')\n"
        "group by all order by all"
    )
