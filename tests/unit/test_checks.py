"""Checks of vehicles and holds of containers, on packages made for one rule each (docs/simulation.md, sections 7 and 8)."""

from __future__ import annotations

import pytest

from jibek.simulate import Replication, replicate
from packages import PLACES, write_package


def through(folder, *, flows="f,a,c,general,0", arrivals="f,2025-01-01T00:00,1", transfers="", **tables) -> Replication:
    """Simulate trucks that bring containers from a to b, where others take them to c as soon as six wait or one waits 20 h."""
    rows = {
        "places": PLACES,
        "links": "id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1\nbc,b,c,road,1,1",
        "terminals": "id,place\na,a\nb,b\nc,c",
        "zones": "id,terminal,kind,positions\nin,b,gate,9\nout,b,gate,9\nyard,b,yard,",
        "equipment": "id,terminal,count,move_min\ncrane,b,9,30",
        "transfers": f"id,from_zone,to_zone,steps\nin,in,yard,crane\nout,yard,out,crane\n{transfers}",
        "fleets": "id,mode,capacity_teu\nshort,road,4\nlong,road,12",
        "services": "id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu,max_wait_h\n"
        "ab,a,,b,in,ab,filled,4,1\nbc,b,out,c,,bc,filled,12,20",
        "rotations": "id,fleet,services\nab,short,ab\nbc,long,bc",
        "flows": "id,from_terminal,to_terminal,cargo_class,priority,arrival\n"
        + "\n".join(f"{row},listed" for row in flows.split("\n")),
        "arrivals": f"flow,time,containers\n{arrivals}",
        "itineraries": "id,flow,services\n" + "\n".join(f"{row[0]},{row[0]},ab>bc" for row in flows.split("\n")),
    }
    return next(replicate(write_package(folder, days=5, **(rows | tables))))


def test_checks_are_done_in_their_order_not_in_that_of_their_names(tmp_path):
    """The terminal is closed as the first check ends: the second, twice as long, waits until it opens."""
    run = through(
        tmp_path,
        arrivals="f,2025-01-01T00:00,2",
        checks="id,kind,terminal,time_h,order\na,arrival,b,6,2\nz,arrival,b,2,1",
        closures="id,terminal,start,end\nstrike,b,2025-01-01T02:00,2025-01-01T20:00",
    )
    assert run.trips["arrived_h"][0] == 1
    assert run.trips["passed_h"][0] == 26


def test_a_check_begins_when_the_terminal_opens(tmp_path):
    run = through(
        tmp_path,
        arrivals="f,2025-01-01T00:00,2",
        checks="id,kind,terminal,time_h\nc,arrival,b,2",
        closures="id,terminal,start,end\nstrike,b,2025-01-01T00:30,2025-01-01T20:00",
    )
    assert run.trips["passed_h"][0] == 22


@pytest.mark.parametrize("first", ["r", "g"])
def test_a_vehicle_is_checked_for_any_class_aboard(tmp_path, first):
    """Of a reefer and a dry container, whichever was loaded first, the reefer is what the check is for."""
    run = through(
        tmp_path,
        flows=f"r,a,c,reefer,{int(first == 'r')}\ng,a,c,general,{int(first == 'g')}",
        arrivals="r,2025-01-01T00:00,1\ng,2025-01-01T00:00,1",
        checks="id,kind,terminal,time_h,classes\nc,departure,a,3,reefer",
    )
    assert run.trips["containers"][0] == 2
    assert run.trips["cleared_h"][0] - run.trips["closed_h"][0] == 3


def test_a_vehicle_leaves_a_closed_zone_when_it_opens(tmp_path):
    run = through(
        tmp_path,
        arrivals="f,2025-01-01T00:00,6",
        checks="id,kind,terminal,time_h\nc,departure,b,3",
        closures="id,zone,start,end\nflood,out,2025-01-01T04:00,2025-01-01T20:00",
    )
    went = run.trips["service"] == 1
    assert run.trips["closed_h"][went].tolist() == [2]
    assert run.trips["cleared_h"][went].tolist() == [5]
    assert run.trips["left_h"][went].tolist() == [20]


def test_all_holds_are_done_one_after_the_other(tmp_path):
    run = through(tmp_path, checks="id,kind,terminal,time_h\nx,hold,b,5\ny,hold,b,2\nz,hold,b,1")
    assert run.hops["ready_h"][1] - run.hops["off_h"][0] == 8


@pytest.mark.parametrize(("checks", "direct"), [("x,arrival,b,1", 1), ("x,hold,b,1", 0)])
def test_a_container_to_be_held_is_not_lifted_directly(tmp_path, checks, direct):
    """A truck to c stands loading at b until it has 2 TEU; so another container need not go through the yard."""
    run = through(
        tmp_path,
        transfers="over,in,out,crane",
        checks=f"id,kind,terminal,time_h\n{checks}",
        fleets="id,mode,count,capacity_teu\nshort,road,,4\nlong,road,1,12",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu,max_wait_h,every_h\n"
        "ab,a,,b,in,ab,filled,2,,\nbc,b,out,c,,bc,interval,2,,100\ncb,c,,b,out,bc,interval,0,,100",
        rotations="id,fleet,services\nab,short,ab\nbc,long,bc>cb",
    )
    assert run.hops["direct"].tolist() == [0, direct]
    assert run.hops["ready_h"][1] == (2 if direct else 2.5)


def test_hours_are_those_of_the_day_on_which_they_fall(tmp_path):
    """A post is busy from 23:00 to 3:00; lifts of half an hour follow."""
    run = through(tmp_path, arrivals="f,2025-01-01T22:00,2", checks="id,kind,terminal,time_h\nc,arrival,b,4")
    assert run.daily["posts"][:3, 0].tolist() == [1, 3, 0]
    assert run.daily["positions"][:3].sum(axis=1).tolist() == [0, 1, 0]
