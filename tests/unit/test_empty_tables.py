"""A package may do without zones, equipment, checks."""

from __future__ import annotations

import jibek
from packages import PLACES, write_package


def test_a_corridor_of_outer_terminals_has_figures_and_no_days_of_zones(tmp_path):
    corridor = write_package(
        tmp_path,
        days=10,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,2",
        terminals="id,place\na,a\nb,b",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,teu_per_year\nf,a,b,7300",
        itineraries="id,flow,services\nf,f,run",
    )
    run = jibek.simulate(corridor)
    assert abs(run.statistics["flows.f.transit_days.mean"].mean * 24 - 2.0) < 1e-9
    assert set(run.table("daily")["quantity"].unique()) == {"yard", "lifts"}
