"""Deadlocks are named: who waits for what, and who holds it."""

from __future__ import annotations

import pytest

from jibek.simulate import Deadlock, replicate
from packages import PLACES, one_track, write_package


def test_a_yard_too_small_for_the_least_load_is_named(tmp_path):
    with pytest.raises(Deadlock) as caught:
        list(replicate(one_track(tmp_path, yard=4, rule="filled,12,"), seed=1))
    _, first, second, *_ = str(caught.value).splitlines()
    assert first.endswith("'ab', waits for room in the yard of terminal 'b', full of containers for 'bc'")
    assert "waits for a position in zone 'b-track', held by vehicle" in second


def test_a_train_that_waits_for_what_stands_behind_it_is_named(tmp_path):
    with pytest.raises(Deadlock) as caught:
        list(replicate(one_track(tmp_path, yard=100, rule="interval,12,24"), seed=1))
    lines = str(caught.value).splitlines()
    assert lines[1:3] == [
        "  vehicle 0 of fleet 'east', service 'bc', waits for containers for service 'bc', aboard vehicle 1 of fleet 'west'",
        "  vehicle 1 of fleet 'west', service 'ab', waits for a position in zone 'b-track', "
        "held by vehicle 0 of fleet 'east'",
    ]


@pytest.mark.parametrize("rule", ["filled,8,", "interval,0,24"])
def test_where_trains_can_go_on_there_is_none(rule, tmp_path):
    assert next(replicate(one_track(tmp_path, yard=100, rule=rule), seed=1)).events > 0


def test_a_train_before_a_full_yard_is_asked_again_when_its_next_departure_opens(tmp_path):
    package = write_package(
        tmp_path,
        days=3,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\nab,a,b,rail,1520,10,1\nbc,b,c,rail,1520,10,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,gauge_mm,positions,sidings,capacity_teu\nb-track,b,track,1520,1,,\nb-yard,b,yard,,,,2",
        equipment="id,terminal,count,move_min\ncrane,b,1,30",
        transfers="id,from_zone,to_zone,steps\nin,b-track,b-yard,crane\nout,b-yard,b-track,crane",
        fleets="id,mode,gauge_mm,capacity_teu\nwest,rail,1520,2\neast,rail,1520,2",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,every_h,offset_h,load_h\n"
        "ab,a,,b,b-track,ab,filled,,,12\nba,b,b-track,a,,ab,interval,24,12,0\nbc,b,b-track,c,,bc,filled,,,12",
        rotations="id,fleet,services\nwest,west,ab>ba\neast,east,bc",
        flows="id,from_terminal,to_terminal,arrival\nf,a,c,listed\ng,b,a,listed",
        arrivals="flow,time,containers\nf,2025-01-01T00:00,1\ng,2025-01-01T00:00,1",
        itineraries="id,flow,services\nf,f,ab>bc\ng,g,ba",
    )
    hops = next(replicate(package)).hops
    assert hops["unload_h"].tolist() == [12, 14.5, 14]


def busy(folder, *, days, move_min, yard, every_h):
    """Return a track of one position where trains of 2 TEU come two a day, and larger ones go on at intervals."""
    return write_package(
        folder,
        days=days,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\nab,a,b,rail,1520,10,1\nbc,b,c,rail,1520,10,1",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,gauge_mm,positions,sidings,capacity_teu\n"
        f"b-in,b,track,1520,1,,\nb-out,b,track,1520,1,,\nb-yard,b,yard,,,,{yard}",
        equipment=f"id,terminal,count,move_min\ncrane,b,1,{move_min}",
        transfers="id,from_zone,to_zone,steps\nin,b-in,b-yard,crane\nout,b-yard,b-out,crane",
        fleets="id,mode,gauge_mm,capacity_teu\nwest,rail,1520,2\neast,rail,1520,20",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,every_h\n"
        f"ab,a,,b,b-in,ab,filled,\nbc,b,b-out,c,,bc,interval,{every_h}",
        rotations="id,fleet,services\nwest,west,ab\neast,east,bc",
        flows="id,from_terminal,to_terminal,arrival\nf,a,c,listed",
        arrivals="flow,time,containers\n" + "\n".join(f"f,2025-01-01T{hour:02}:00,1" for hour in range(0, 8, 2)),
        itineraries="id,flow,services\nf,f,ab>bc",
    )


def test_who_waits_for_the_position_of_a_train_that_is_unloaded_is_not_stuck(tmp_path):
    """At the end of the day the first container is still in the crane, and three trains wait behind its train."""
    assert next(replicate(busy(tmp_path, days=1, move_min=2000, yard=100, every_h=48))).events > 0


def test_who_waits_for_room_that_the_next_departure_makes_is_not_stuck(tmp_path):
    """At the end of the day the yard is full and no crane moves; a train leaves on the next."""
    assert next(replicate(busy(tmp_path, days=1, move_min=10, yard=2, every_h=36))).events > 0
