"""When loading ends, and for what a vehicle stays (docs/simulation.md, sections 4 and 5)."""

from __future__ import annotations

import pytest

from jibek.simulate import replicate
from packages import PLACES, write_package


def hops_of(corridor, flow):
    """Return the hops of the containers of a flow, container by container."""
    [run] = replicate(corridor)
    rows = run.containers["flow"][run.hops["container"]] == sorted(corridor.flows).index(flow)
    return {name: column[rows] for name, column in run.hops.items()}


def trips_of(corridor, service):
    [run] = replicate(corridor)
    rows = run.trips["service"] == sorted(corridor.services).index(service)
    return {name: column[rows] for name, column in run.trips.items()}


def test_a_train_in_its_position_leaves_at_its_time_though_containers_wait(tmp_path):
    corridor = write_package(
        tmp_path,
        days=5,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1\nbc,b,c,road,1,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions\nin,b,gate,10\nout,b,gate,10\nyard,b,yard,",
        equipment="id,terminal,count,move_min\ncrane,b,1,25\nstacker,b,100,6",
        transfers="id,from_zone,to_zone,steps\noff,in,yard,stacker\non,yard,out,crane",
        fleets="id,mode,capacity_teu\ntrucks,road,20",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,every_h,offset_h,load_h\n"
        "run,a,,b,in,ab,filled,,,\ngo,b,out,c,,bc,interval,48,12,4",
        rotations="id,fleet,services\nrun,trucks,run\ngo,trucks,go",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft\nf,a,c,listed,1,0",
        itineraries="id,flow,services\nf,f,run>go",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,18",
    )
    trips = trips_of(corridor, "go")
    # One lift of 25 minutes after the other from 8:00; the tenth is under way at 12:00.
    assert trips["closed_h"][0] == pytest.approx(8 + 10 * 25 / 60)
    assert list(trips["containers"][:2]) == [10, 8]


def test_a_container_left_by_a_later_vehicle_goes_at_once_with_an_earlier_one(tmp_path):
    corridor = write_package(
        tmp_path,
        days=5,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1",
        terminals="id,place\na,a\nb,b",
        fleets="id,mode,count,capacity_teu\ntrucks,road,2,3",
        services="id,from_terminal,to_terminal,path,rule,load_h\ngo,a,b,ab,listed,20\nback,b,a,ab,filled,",
        rotations="id,fleet,services\ngo,trucks,go>back",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft,priority\nlong,a,b,listed,0,1,1\nshort,a,b,listed,1,0,0",
        itineraries="id,flow,services\nlong,long,go\nshort,short,go",
        arrivals="flow,time,containers\nlong,2025-01-01T01:00,2\nshort,2025-01-01T01:00,2",
        departures="service,time\ngo,2025-01-01T20:00\ngo,2025-01-02T01:00",
    )
    # The truck of 20:00 takes 40 ft and has no room for the next; the one called at 5:00 takes that, and one of 20 ft, and is full.
    assert list(hops_of(corridor, "long")["load_h"]) == [1, 5]
    assert list(hops_of(corridor, "short")["load_h"]) == [5, 5]
    assert list(trips_of(corridor, "go")["containers"]) == [2, 2]


def test_a_vehicle_at_home_stays_for_a_service_that_takes_it(tmp_path):
    corridor = write_package(
        tmp_path,
        days=5,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1\nbc,b,c,road,1,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions,capacity_teu\ngate,b,gate,1,\nout,b,gate,1,\nyard,b,yard,,4",
        equipment="id,terminal,count,move_min\ncrane,b,2,60",
        transfers="id,from_zone,to_zone,steps\noff,gate,yard,crane\non,yard,gate,crane\nout,yard,out,crane",
        fleets="id,mode,count,capacity_teu\nins,road,1,2\nouts,road,1,60",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,every_h,offset_h,min_teu,load_h\n"
        "run,a,,b,gate,ab,interval,1000,10,,10\nearly,b,gate,a,,ab,filled,,,,\nlate,b,gate,a,,ab,interval,1000,100,,1\n"
        "go,b,out,c,,bc,filled,,,50,\nog,c,,b,gate,bc,filled,,,,",
        rotations="id,fleet,services\nearly,ins,early>run\nlate,ins,late>run\ngo,outs,go>og",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft\n"
        "f,a,c,listed,1,0\ng,b,a,listed,1,0\nh,b,a,listed,1,0",
        itineraries="id,flow,services\nf,f,run>go\ng,g,early\nh,h,late",
        arrivals="flow,time,containers\nh,2025-01-01T01:00,2\ng,2025-01-01T02:00,4\nf,2025-01-01T03:00,2",
    )
    # The truck takes two of g and brings two of f to a yard that is full again: it exchanges with g, not with h, which waits longer.
    assert list(hops_of(corridor, "f")["unload_h"][::2]) == [11, 12]
    assert list(hops_of(corridor, "g")["load_h"]) == [2, 2, 11, 12]
