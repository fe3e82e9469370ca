"""When vehicles are called, when loading ends, and for what a vehicle stays (docs/simulation.md, sections 3 to 5)."""

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


def test_who_comes_as_the_longest_wait_is_over_is_waited_for(tmp_path):
    """Of five containers at 0:00 three go; the arrival of 6:00 was set down before it was found that the others wait until then."""
    corridor = write_package(
        tmp_path,
        days=1,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1",
        terminals="id,place\na,a\nb,b",
        fleets="id,mode,capacity_teu\ntrucks,road,6",
        services="id,from_terminal,to_terminal,path,rule,min_teu,max_wait_h\ngo,a,b,ab,filled,5,6",
        rotations="id,fleet,services\ngo,trucks,go",
        flows="id,from_terminal,to_terminal,arrival\nf,a,b,listed",
        itineraries="id,flow,services\nf,f,go",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,5\nf,2025-01-01T06:00,1",
    )
    trips = trips_of(corridor, "go")
    assert list(trips["closed_h"]) == [0, 6]
    assert list(trips["containers"]) == [3, 3]


def test_a_least_load_is_reached_by_no_less(tmp_path):
    """Four containers of 1 TEU are less than 4.1 TEU, by less than the shortest length there is."""
    corridor = write_package(
        tmp_path,
        days=2,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1",
        terminals="id,place\na,a\nb,b",
        fleets="id,mode,capacity_teu\ntrucks,road,9",
        services="id,from_terminal,to_terminal,path,rule,min_teu\ngo,a,b,ab,filled,4.1",
        rotations="id,fleet,services\ngo,trucks,go",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft\nf,a,b,listed,1,0",
        itineraries="id,flow,services\nf,f,go",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,4\nf,2025-01-01T06:00,1",
    )
    assert list(trips_of(corridor, "go")["closed_h"]) == [6]


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


def test_a_truck_with_room_for_less_than_20_ft_is_full(tmp_path):
    """It has taken 45, 40 and 20 ft of 6 TEU, and does not wait for what is still in a lift of ten hours to the yard."""
    corridor = write_package(
        tmp_path,
        days=2,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1\nbc,b,c,road,1,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions\nin,b,gate,9\nout,b,gate,9\nyard,b,yard,",
        equipment="id,terminal,count,move_min\nhand,b,1,600\ncrane,b,9,30",
        transfers="id,from_zone,to_zone,steps\nin,in,yard,hand\nout,yard,out,crane",
        fleets="id,mode,capacity_teu\ntrucks,road,6",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule\nrun,a,,b,in,ab,filled\ngo,b,out,c,,bc,filled",
        rotations="id,fleet,services\nrun,trucks,run\ngo,trucks,go",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft,share_45ft\n"
        "f,a,c,listed,0,1,0\nx,b,c,listed,1,0,0\ny,b,c,listed,0,1,0\nz,b,c,listed,0,0,1",
        itineraries="id,flow,services\nf,f,run>go\nx,x,go\ny,y,go\nz,z,go",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,1\n"
        + "\n".join(f"{flow},2025-01-01T02:00,1" for flow in "xyz"),
    )
    trips = trips_of(corridor, "go")
    assert (trips["closed_h"][0], trips["quarters"][0]) == (2.5, 21)


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


def test_no_more_is_exchanged_than_makes_room(tmp_path):
    """A ship with 40 ft containers before a yard full of two of 20 ft: one comes off for the two, though no third is in line."""
    corridor = write_package(
        tmp_path,
        days=2,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1\nbc,b,c,sea,1,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions,capacity_teu\ngate,b,gate,2,\nberth,b,berth,1,\nyard,b,yard,,2",
        equipment="id,terminal,count,move_min\ncrane,b,9,30",
        transfers="id,from_zone,to_zone,steps\n"
        "gate-in,gate,yard,crane\ngate-out,yard,gate,crane\nin,berth,yard,crane\nout,yard,berth,crane",
        fleets="id,mode,count,capacity_teu\ntrucks,road,,2\nship,sea,1,4",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,load_h\n"
        "ab,a,,b,gate,ab,filled,\nba,b,gate,a,,ab,filled,\nbc,b,berth,c,,bc,listed,5\ncb,c,,b,berth,bc,filled,",
        rotations="id,fleet,services\nab,trucks,ab\nba,trucks,ba\nship,ship,bc>cb",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft\neast,c,a,listed,0,1\nwest,a,c,listed,1,0",
        itineraries="id,flow,services\neast,east,cb>ba\nwest,west,ab>bc",
        arrivals="flow,time,containers\neast,2025-01-01T00:00,2\nwest,2025-01-01T00:30,2",
        departures="service,time\nbc,2025-01-01T00:00\nbc,2025-01-01T10:00",
    )
    # The ship is there from 2:00, and its next departure opens at 5:00.
    assert list(hops_of(corridor, "west")["load_h"][1::2]) == [5, 5]
    assert list(hops_of(corridor, "east")["unload_h"][::2]) == [5, 5.5]


def test_a_vehicle_gives_up_its_position_when_another_is_called(tmp_path):
    """A strike ends: the truck that loads closes, the one behind it is empty, and a third, aside for longer, is called."""
    corridor = write_package(
        tmp_path,
        days=4,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1",
        terminals="id,place\na,a\nb,b",
        zones="id,terminal,kind,positions\ngate,b,gate,2\nyard,b,yard,",
        equipment="id,terminal,count,move_min\ncrane,b,9,60",
        transfers="id,from_zone,to_zone,steps\nin,gate,yard,crane\nout,yard,gate,crane",
        closures="id,terminal,start,end\nstrike,b,2025-01-01T03:15,2025-01-01T10:00",
        fleets="id,mode,count,capacity_teu\ntrucks,road,3,3",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,load_h,min_teu\n"
        "come,a,,b,gate,ab,listed,0,\ngo,b,gate,a,,ab,filled,,2",
        rotations="id,fleet,services\ntrucks,trucks,come>go",
        flows="id,from_terminal,to_terminal,arrival\nf,a,b,listed\ng,b,a,listed",
        itineraries="id,flow,services\nf,f,come\ng,g,go",
        arrivals="flow,time,containers\nf,2025-01-01T01:30,1\ng,2025-01-01T02:30,1\ng,2025-01-01T03:10,1",
        departures="service,time\ncome,2025-01-01T00:00\ncome,2025-01-01T01:00\ncome,2025-01-01T02:00",
    )
    [run] = replicate(corridor)
    gone = trips_of(corridor, "go")
    assert list(gone["vehicle"]) == [0, 1]
    assert list(gone["closed_h"]) == [10, 11]
    assert run.daily["positions"][1:].sum() == 0


def test_nobody_is_admitted_before_those_who_wait(tmp_path):
    """At noon a train leaves a; so one at b may go there, and b admits another: the one that waits at c, not the one new at a."""
    ends = (("ca", "c", "a"), ("ac", "a", "c"), ("db", "d", "b"), ("ba", "b", "a"), ("ad", "a", "d"),
            ("cb", "c", "b"), ("bc", "b", "c"), ("ab", "a", "b"), ("bk", "b", "a"))  # fmt: skip
    links = {"ca": "ac", "db": "bd", "ba": "ab", "cb": "bc", "bk": "ab"}
    tracks = {"a": "a-track", "b": "b-track"}
    due = {"ca": 0, "ac": 12, "db": 0, "ba": 3, "ad": 70, "cb": 5, "bc": 20, "ab": 10, "bk": 60}
    load_h = {id_: 0 if id_ == "ab" else min(12, hour) for id_, hour in due.items()}
    corridor = write_package(
        tmp_path,
        days=4,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\n"
        + "\n".join(f"{id_},{id_[0]},{id_[1]},rail,1520,10,1" for id_ in ("ab", "ac", "ad", "bc", "bd")),
        terminals="id,place\n" + "\n".join(f"{id_},{id_}" for id_ in "abcd"),
        zones="id,terminal,kind,gauge_mm,positions,sidings\n"
        + "\n".join(f"{id_}-track,{id_},track,1520,1,0\n{id_}-yard,{id_},yard,,," for id_ in "ab"),
        equipment="id,terminal,count,move_min\ncrane,b,1,30",
        transfers="id,from_zone,to_zone,steps\nin,b-track,b-yard,crane",
        fleets="id,mode,gauge_mm,count,capacity_teu\n" + "\n".join(f"f{n},rail,1520,1,4" for n in range(4)),
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,load_h\n"
        + "\n".join(
            f"{id_},{start},{tracks.get(start, '')},{end},{tracks.get(end, '')},{links.get(id_, id_)},listed,{load_h[id_]}"
            for id_, start, end in ends
        ),
        rotations="id,fleet,services\nr0,f0,ca>ac\nr1,f1,db>ba>ad\nr2,f2,cb>bc\nr3,f3,ab>bk",
        flows="id,from_terminal,to_terminal,arrival\nf,c,b,listed",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,1",
        itineraries="id,flow,services\nf,f,cb",
        departures="service,time\n"
        + "\n".join(f"{id_},2025-01-0{1 + hour // 24}T{hour % 24:02}:00" for id_, hour in due.items()),
    )
    left = {service: trips_of(corridor, service)["left_h"].tolist() for service in ("ac", "ba", "cb", "ab")}
    assert left == {"ac": [12], "ba": [12], "cb": [12], "ab": [20]}
