"""What closures stop, on packages made for one rule each."""

from __future__ import annotations

import numpy as np

from jibek.simulate import replicate
from packages import PLACES, write_package


def test_paths_given_before_a_closure_lapse_and_are_given_again_in_order(tmp_path):
    corridor = write_package(
        tmp_path,
        days=4,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h,paths_per_day\nab,a,b,road,10,1,2",
        terminals="id,place\na,a\nb,b",
        closures="id,link,start,end\nsnow,ab,2025-01-01T10:00,2025-01-01T14:00",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,arrival\nf,a,b,listed",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,4",
        itineraries="id,flow,services\nf,f,run",
    )
    outcome = next(replicate(corridor))
    order = np.argsort(outcome.trips["number"][outcome.legs["trip"]])
    assert outcome.legs["enter_h"][order].tolist() == [0, 14, 26, 38]


def test_between_two_closures_that_meet_there_is_a_moment(tmp_path):
    corridor = write_package(
        tmp_path,
        days=4,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h,paths_per_day\nab,a,b,road,10,1,24",
        terminals="id,place\na,a\nb,b",
        closures="id,link,start,end\nrain,ab,2025-01-01T10:00,2025-01-01T20:00\nsnow,ab,2025-01-01T00:00,2025-01-01T10:00",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,arrival\nf,a,b,listed",
        arrivals="flow,time,containers\nf,2025-01-01T04:00,2",
        itineraries="id,flow,services\nf,f,run",
    )
    assert next(replicate(corridor)).legs["enter_h"].tolist() == [10, 20]


def test_a_closed_yard_stops_the_lifts_into_and_out_of_it(tmp_path):
    corridor = write_package(
        tmp_path,
        days=4,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,10,1\nbc,b,c,road,10,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions\ngate,b,gate,9\nyard,b,yard,",
        equipment="id,terminal,count,move_min\ncrane,b,1,30",
        transfers="id,from_zone,to_zone,steps\nin,gate,yard,crane\nout,yard,gate,crane",
        closures="id,zone,start,end\nflood,yard,2025-01-01T02:45,2025-01-01T20:00",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule\nab,a,,b,gate,ab,filled\nbc,b,gate,c,,bc,filled",
        rotations="id,fleet,services\nab,trucks,ab\nbc,trucks,bc",
        flows="id,from_terminal,to_terminal,arrival\nf,a,c,listed",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,4",
        itineraries="id,flow,services\nf,f,ab>bc",
    )
    hops = next(replicate(corridor)).hops
    lifts = np.concatenate([hops["unload_h"][::2], hops["load_h"][1::2]])
    assert np.sort(lifts).tolist() == [1, 1.5, 2, 2.5, 20, 20.5, 21, 21.5]


def test_a_spell_of_no_length_opens_nothing_that_another_closure_has_closed(tmp_path):
    corridor = write_package(
        tmp_path,
        days=30,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,10,1",
        terminals="id,place\na,a\nb,b",
        closures="id,link,start,end,days_per_month,duration_h,duration_cv,duration_dist\n"
        "long,ab,2025-01-02T00:00,2025-01-30T00:00,,,,\nshort,ab,,,10,1,10,gamma",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,teu_per_year\nf,a,b,20000",
        itineraries="id,flow,services\nf,f,run",
    )
    entered = next(replicate(corridor)).legs["enter_h"]
    assert len(entered) > 500
    assert not np.any((entered > 24) & (entered < 24 * 29))
