"""What a replication must keep, on the starter package and on packages made for one rule each."""

from __future__ import annotations

import itertools
from contextlib import closing

import numpy as np
import pytest

import jibek
from jibek.simulate import Deadlock, replicate
from packages import PLACES, write_package


@pytest.fixture(scope="module")
def starter():
    return jibek.read("starter").with_clock(days=60, warmup_days=20)


@pytest.fixture(scope="module")
def outcome(starter):
    return next(replicate(starter, seed=3))


def same(one, other):
    tables = ("containers", "hops", "trips", "legs", "closed", "daily")
    return all(
        np.array_equal(getattr(one, table)[name], getattr(other, table)[name], equal_nan=True)
        for table in tables
        for name in getattr(one, table)
    )


def test_workers_change_nothing(starter):
    alone = list(replicate(starter, replications=3, seed=3))
    together = list(replicate(starter, replications=3, seed=3, jobs=2))
    assert [one.number for one in together] == [0, 1, 2]
    assert all(same(one, other) for one, other in zip(alone, together, strict=True))
    assert not same(alone[0], alone[1])


def test_another_crane_leaves_the_storms_as_they_are(starter, outcome):
    pool = next(iter(starter.equipment))
    other = next(replicate(starter.with_changes(f"equipment.{pool}.count+=1"), seed=3))
    for name, column in outcome.closed.items():
        assert np.array_equal(column, other.closed[name])
    assert np.array_equal(outcome.containers["enter_h"], other.containers["enter_h"])


def test_rows_in_another_order_change_nothing(starter, outcome, tmp_path):
    jibek.write(starter, tmp_path / "p")
    for file in (tmp_path / "p").glob("*.csv"):
        head, *rows = file.read_text().splitlines()
        file.write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert same(outcome, next(replicate(jibek.read(tmp_path / "p"), seed=3)))


def test_nothing_happens_before_its_cause(outcome):
    hops, trips, legs = outcome.hops, outcome.trips, outcome.legs
    chain = ("ready_h", "load_h", "aboard_h", "unload_h", "off_h")
    for before, after in itertools.pairwise(chain):
        done = ~np.isnan(hops[after])
        assert np.all(hops[before][done] <= hops[after][done] + 1e-9)
    chain = (
        "called_h",
        "position_h",
        "closed_h",
        "cleared_h",
        "left_h",
        "arrived_h",
        "passed_h",
        "berthed_h",
        "emptied_h",
    )
    for before, after in itertools.pairwise(chain):
        done = ~np.isnan(trips[after])
        assert np.all(trips[before][done] <= trips[after][done])
    chain = ("place_h", "checked_h", "admitted_h", "enter_h", "exit_h")
    for before, after in itertools.pairwise(chain):
        done = ~np.isnan(legs[after])
        assert np.all(legs[before][done] <= legs[after][done])


def test_no_vehicle_carries_more_than_it_can(starter, outcome):
    services = sorted(starter.services)
    fleets = {id_: starter.fleets[row.fleet].capacity_teu for row in starter.rotations.values() for id_ in row.services}
    for service, load in zip(outcome.trips["service"], outcome.trips["quarters"], strict=True):
        row = starter.services[services[service]]
        assert load <= 4 * fleets[row.id] * row.load_share + 1e-6


def test_no_zone_or_pool_works_beyond_its_size(starter, outcome):
    zones = [starter.zones[id_].positions or 0 for id_ in sorted(starter.zones)]
    assert np.all(outcome.daily["positions"] <= 24.0 * np.array(zones) + 1e-6)
    pools = [starter.equipment[id_].count for id_ in sorted(starter.equipment)]
    assert np.all(outcome.daily["equipment"] <= 24.0 * np.array(pools) + 1e-6)


def test_paths_keep_their_distance(tmp_path):
    corridor = write_package(
        tmp_path,
        days=30,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h,paths_per_day\nab,a,b,road,10,1,12",
        terminals="id,place\na,a\nb,b",
        fleets="id,mode,capacity_teu\ntrucks,road,2",
        services="id,from_terminal,to_terminal,path,rule\nrun,a,b,ab,filled",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,teu_per_year,arrival\nf,a,b,7000,poisson",
        itineraries="id,flow,services\nf,f,run",
    )
    legs = next(replicate(corridor)).legs
    enters = np.sort(legs["enter_h"][~np.isnan(legs["enter_h"])])
    assert len(enters) > 250
    assert np.all(np.diff(enters) >= 2.0 - 1e-9)


def gridlock(folder):
    """Return two terminals with one track each whose trains wait for the other's track."""
    zones = "\n".join(f"{t}-track,{t},track,1520,1,0,\n{t}-yard,{t},yard,,,,40" for t in "bc")
    equipment = "\n".join(f"{t}-crane,{t},1,1" for t in "bc")
    transfers = "\n".join(f"{t}-in,{t}-track,{t}-yard,{t}-crane\n{t}-out,{t}-yard,{t}-track,{t}-crane" for t in "bc")
    return write_package(
        folder,
        days=60,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\nbc,b,c,rail,1520,10,1",
        terminals="id,place\nb,b\nc,c",
        zones=f"id,terminal,kind,gauge_mm,positions,sidings,capacity_teu\n{zones}",
        equipment=f"id,terminal,count,move_min\n{equipment}",
        transfers=f"id,from_zone,to_zone,steps\n{transfers}",
        fleets="id,mode,gauge_mm,count,capacity_teu\neast,rail,1520,1,4\nwest,rail,1520,1,4",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu\n"
        + "\n".join(
            f"{name},{start},{start}-track,{end},{end}-track,bc,filled,4"
            for name, start, end in (("e1", "b", "c"), ("e2", "c", "b"), ("w1", "c", "b"), ("w2", "b", "c"))
        ),
        rotations="id,fleet,services\neast,east,e1>e2\nwest,west,w1>w2",
        flows="id,from_terminal,to_terminal,teu_per_year,block_teu\nf,b,c,20000,4\ng,c,b,20000,4",
        itineraries="id,flow,services,share\nf,f,e1,1\nf2,f,w2,1\ng,g,w1,1\ng2,g,e2,1",
    )


def test_a_deadlock_names_vehicles_and_what_they_wait_for(tmp_path):
    with pytest.raises(Deadlock, match=r"deadlock: 2 vehicles[\s\S]*'east'[\s\S]*waits for a siding of zone 'c-track'"):
        list(replicate(gridlock(tmp_path), seed=1))


def test_sidings_resolve_it(tmp_path):
    corridor = gridlock(tmp_path).with_changes("zones.b-track.sidings=2", "zones.c-track.sidings=2")
    outcome = next(replicate(corridor, seed=1))
    assert np.isfinite(outcome.containers["leave_h"]).sum() > 0


@pytest.mark.parametrize(("west_20ft", "east_20ft"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.3, 0.1), (0.1, 0.7)])
def test_a_full_ship_and_a_full_yard_exchange(tmp_path, west_20ft, east_20ft):
    """Trains bring more than the one ship can take, and it comes back full: what comes off has no room unless it exchanges."""
    corridor = write_package(
        tmp_path,
        days=120,
        places=PLACES,
        links="id,from_place,to_place,mode,gauge_mm,length_km,run_h\nab,a,b,rail,1520,10,1\nbc,b,c,sea,,10,6",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,gauge_mm,positions,capacity_teu\n"
        "in,b,track,1520,2,\nout,b,track,1520,2,\nberth,b,berth,,1,\nyard,b,yard,,,8",
        equipment="id,terminal,count,move_min\ncrane,b,2,3",
        transfers="id,from_zone,to_zone,steps\n"
        + "\n".join(f"{start}-{end},{start},{end},crane" for start, end in
                    (("in", "yard"), ("berth", "yard"), ("yard", "out"), ("yard", "berth"))),
        fleets="id,mode,gauge_mm,count,capacity_teu\ntrains,rail,1520,,8\nship,sea,,1,8",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu\n"
        "ab,a,,b,in,ab,filled,0\nbc,b,berth,c,,bc,filled,7\ncb,c,,b,berth,bc,filled,7\nba,b,out,a,,ab,filled,4",
        rotations="id,fleet,services\nab,trains,ab\nba,trains,ba\nship,ship,bc>cb",
        flows="id,from_terminal,to_terminal,teu_per_year,block_teu,share_20ft,share_40ft\n"
        f"west,a,c,5000,8,{west_20ft},{1 - west_20ft}\neast,c,a,5000,8,{east_20ft},{1 - east_20ft}",
        itineraries="id,flow,services\nwest,west,ab>bc\neast,east,cb>ba",
    )  # fmt: skip
    outcome = next(replicate(corridor, seed=1))
    last_month = outcome.containers["leave_h"] > 90 * 24
    assert {0, 1} == set(outcome.containers["flow"][last_month])


def test_room_in_the_yard_is_used_at_the_moment_it_is_given_back(tmp_path):
    """A ship in position before another finds the yard full; what the other then takes out makes room for it at once."""
    corridor = write_package(
        tmp_path,
        days=1,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,sea,1,0\nbc,b,c,sea,1,0",
        terminals="id,place\na,a\nb,b\nc,c",
        zones="id,terminal,kind,positions,capacity_teu\nberth,b,berth,2,\nyard,b,yard,,1",
        equipment="id,terminal,count,move_min\nin,b,1,60\nout,b,1,120",
        transfers="id,from_zone,to_zone,steps\nin,berth,yard,in\nout,yard,berth,out",
        fleets="id,mode,capacity_teu\nship,sea,4",
        services="id,from_terminal,from_zone,to_terminal,to_zone,path,rule,min_teu\n"
        "bring,a,,b,berth,ab,filled,4\nfetch,b,berth,c,,bc,filled,4",
        rotations="id,fleet,services\nbring,ship,bring\nfetch,ship,fetch",
        flows="id,from_terminal,to_terminal,arrival,share_20ft,share_40ft\nf,a,c,listed,1,0",
        itineraries="id,flow,services\nf,f,bring>fetch",
        arrivals="flow,time,containers\nf,2025-01-01,4",
    )
    hops = next(replicate(corridor)).hops
    assert hops["unload_h"][hops["service"] == 0].tolist() == [0, 1, 3, 5]
    assert hops["load_h"][hops["service"] == 1].tolist() == [1, 3, 5, 7]


def test_a_yard_is_as_full_as_it_was_while_counted(tmp_path):
    """Five containers come and go in the warm-up; three come in the warm-up and stay until noon; one comes and goes after."""
    corridor = write_package(
        tmp_path,
        days=2,
        warmup_days=3,
        places=PLACES,
        links="id,from_place,to_place,mode,length_km,run_h\nab,a,b,road,1,1",
        terminals="id,place\na,a\nb,b",
        zones="id,terminal,kind,positions\ngate,a,gate,1\nyard,a,yard,",
        equipment="id,terminal,count,move_min\ncrane,a,1,5",
        transfers="id,from_zone,to_zone,steps\nout,yard,gate,crane\nin,gate,yard,crane",
        fleets="id,mode,capacity_teu\ntrucks,road,20",
        services="id,from_terminal,from_zone,to_terminal,path,rule,load_h\nrun,a,gate,b,ab,listed,1",
        rotations="id,fleet,services\nrun,trucks,run",
        flows="id,from_terminal,to_terminal,arrival\nf,a,b,listed",
        itineraries="id,flow,services\nf,f,run",
        arrivals="flow,time,containers\nf,2024-12-29T06:00,5\nf,2024-12-31T06:00,3\nf,2025-01-02T00:00,1",
        departures="service,time\nrun,2024-12-29T18:00\nrun,2025-01-01T12:00\nrun,2025-01-02T12:00",
    )
    run = next(replicate(corridor))
    assert run.trips["containers"].tolist() == [5, 3, 1]
    assert run.yard_max.tolist() == [6, 0]


def test_bad_numbers_are_refused(starter):
    for wrong in ({"replications": 0}, {"jobs": 0}, {"seed": -1}):
        with pytest.raises(jibek.JibekError, match="at least 1"):
            list(replicate(starter, **wrong))


def test_more_than_memory_holds_is_refused():
    corridor = jibek.read("starter").with_changes("flows.west.teu_per_year=1e8", "flows.east.teu_per_year=1e8")
    with pytest.raises(jibek.JibekError, match=r"of flow 'east'\).*GB; simulate fewer days"):
        jibek.simulate(corridor, jobs=100, replications=100)


def test_replications_cost_nothing_before_they_begin(starter):
    with closing(replicate(starter.with_clock(days=1, warmup_days=0), replications=10**9)) as series:
        assert next(series).number == 0
