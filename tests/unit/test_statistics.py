import dataclasses
import math

import numpy as np
import polars as pl
import pytest
import scipy.stats

from jibek.corridor import Corridor, read
from jibek.results import simulate
from jibek.results._grouped import quantiles
from jibek.results._interval import Interval, means, student
from jibek.results._journeys import ConservationError
from jibek.results._kernels import closed_between, count_groups
from jibek.results._network import Network, names_of
from jibek.results._run import Run
from jibek.results._statistics import Statistics
from jibek.results._summary import Summariser, Summary
from jibek.simulate._replication import Replication
from replications import starter_year, two_containers


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return read("starter")


@pytest.fixture(scope="module")
def figures(corridor: Corridor) -> dict[str, float]:
    return summarised(corridor, two_containers(corridor)).quantities


def summarised(corridor: Corridor, replication: Replication) -> Summary:
    return Summariser(Network(corridor, names_of(corridor)))(replication)


def of_table(replication: Replication, table: str, **columns: np.ndarray) -> Replication:
    return dataclasses.replace(replication, **{table: {**getattr(replication, table), **columns}})


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 30, 101, 1000])
def test_student(freedom: int) -> None:
    assert student(freedom) == pytest.approx(scipy.stats.t.ppf(0.975, freedom), rel=1e-10)
    assert student(freedom, 0.9997) == pytest.approx(scipy.stats.t.ppf(0.99985, freedom), rel=1e-9)


def test_interval_is_that_of_scipy() -> None:
    values = [3.0, 5.0, 4.0, 8.0]
    low, high = scipy.stats.t.interval(0.95, 3, np.mean(values), scipy.stats.sem(values))
    interval = Interval.of(values)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((5.0, low, high))


def test_interval_of_few() -> None:
    assert Interval.of([4.0]) == Interval(4.0)
    assert Interval.of([math.nan, 4.0]) == Interval(4.0)
    assert Interval.of([math.nan]) == Interval(None)
    assert str(Interval(None)) == "-"
    mean, half = means(np.array([[1.0, math.nan], [3.0, math.nan]]))
    assert mean[0] == 2
    assert math.isnan(mean[1])
    assert math.isnan(half[1])


def test_quantiles_are_those_of_numpy() -> None:
    random = np.random.default_rng(0)
    values = random.lognormal(size=500)
    groups = random.integers(-1, 4, 500)
    found = quantiles(values, groups, 5, np.array([0.1, 0.5, 0.95]))
    for group in range(4):
        here = values[groups == group]
        assert found[group] == pytest.approx([here.mean(), *np.quantile(here, [0.1, 0.5, 0.95])])
    assert np.isnan(found[4]).all()
    assert count_groups(groups, 4)[-1] == (groups >= 0).sum()


def test_closed_between() -> None:
    begin, end, before = np.array([10.0, 30.0]), np.array([20.0, 31.0]), np.array([0.0, 10.0])
    since = np.array([0.0, 12.0, 0.0, 25.0, 0.0, 0.0])
    until = np.array([5.0, 15.0, 40.0, 28.0, 15.0, np.nan])
    lines = np.array([0, 0, 0, 0, -1, 0])
    found = closed_between(since, until, lines, np.array([0, 2]), begin, end, before)
    assert found.tolist() == [0.0, 3.0, 11.0, 0.0, 0.0, 0.0]


def test_stages(figures: dict[str, float]) -> None:
    hours = {
        "waiting_for_vehicle": (13 + 14) / 2,
        "transfer": (2.5 + 4) / 2,
        "loading": (35.5 + 19) / 2,
        "unloading": (2 + 4) / 2,
        "check": 5,
        "waiting_for_position": 5,
        "waiting_for_path": 11,
        "closed": 10,
        "moving": 120,
        "hold": (0 + 12) / 2,
    }
    found = {stage: 24 * figures[f"flows.west.stages_days.{stage}"] for stage in hours}
    assert found == pytest.approx(hours)
    assert sum(hours.values()) == pytest.approx(24 * figures["flows.west.transit_days.mean"])


def test_volumes(figures: dict[str, float]) -> None:
    assert figures["flows.west.offered_teu"] == figures["flows.west.delivered_teu"] == 3
    assert figures["total.delivered_containers"] == 2
    assert figures["itineraries.west-usual.delivered_teu"] == 3
    assert figures["flows.east.delivered_teu"] == 0
    assert math.isnan(figures["flows.east.transit_days.p50"])
    assert figures["flows.west.inside_containers"] == 0


def test_cost_and_emissions(figures: dict[str, float]) -> None:
    cost = 180 * 3 + 60 * 3 + 0.02 * 2900 * 8 * 3
    kg = 24 * (16 * 3560 + 25 * 470) / 1000 + 3 * 8
    assert figures["flows.west.cost_per_teu"] == pytest.approx(cost / 3)
    assert figures["flows.west.co2e_kg_per_teu"] == pytest.approx(kg / 3)


def test_cpmm(figures: dict[str, float]) -> None:
    cost = 180 * 3 + 60 * 3 + 0.02 * 2900 * 8 * 3
    assert figures["borders.city-border.forward.exit_h"] == pytest.approx(2)
    assert figures["borders.city-border.forward.entry_h"] == pytest.approx(61 - 30)
    assert figures["borders.sea.forward.exit_h"] == pytest.approx(180 - 141)
    assert figures["cpmm.all.tfi1_border_h"] == pytest.approx((2 + 31 + 39) / 3)
    assert figures["cpmm.all.tfi2_border_cost"] == pytest.approx(180 / 6)
    assert figures["cpmm.rail.tfi3_cost_per_500km_20t"] == pytest.approx(cost / (24 * 4030) * 500 * 20)
    assert figures["cpmm.rail.tfi4_speed_with_delay_kmh"] == pytest.approx(4030 / (204 - 12))
    assert figures["cpmm.rail.speed_without_delay_kmh"] == pytest.approx(4030 / 120)


def test_vehicles(figures: dict[str, float]) -> None:
    assert figures["services.ferry-west.departures"] == 1
    assert figures["services.ferry-west.load_factor"] == pytest.approx(12 / (220 * 0.9 * 4))
    assert figures["services.ferry-west.run_days.mean"] == pytest.approx((204 - 162) / 24)
    assert figures["links.sea.departures_forward"] == figures["links.sea.departures"] == 1
    assert figures["links.sea.departures_back"] == 0
    assert figures["links.city-border.utilisation_forward"] == pytest.approx(1 / (10 * 365))
    assert figures["zones.hb-track.calls"] == 1
    assert figures["zones.hb-track.wait_position_h.mean"] == pytest.approx(4)
    assert figures["terminals.dry-port.teu"] == figures["terminals.dry-port.loaded_teu"] == 3
    assert figures["terminals.city.teu"] == 3
    assert figures["closures.storm.closed_days"] == pytest.approx(10 / 24)
    assert figures["fleets.ferries.in_use"] == pytest.approx((204 - 140) / 8760)
    assert figures["fleets.ferries.utilisation"] == pytest.approx((204 - 140) / 8760 / 2)


def test_only_what_is_counted_counts(corridor: Corridor) -> None:
    replication = two_containers(corridor)
    early = {name: replication.containers[name] - 100.0 for name in ("enter_h",)}
    found = summarised(corridor, of_table(replication, "containers", **early)).quantities
    assert found["flows.west.offered_teu"] == 0
    assert found["flows.west.delivered_teu"] == 3
    assert found["flows.west.transit_days.mean"] == pytest.approx(304 / 24)


def test_inside(corridor: Corridor) -> None:
    replication = two_containers(corridor)
    nan = np.array([204.0, np.nan])
    hops = {name: replication.hops[name].copy() for name in ("unload_h", "off_h")}
    for column in hops.values():
        column[5] = np.nan
    replication = of_table(of_table(replication, "containers", leave_h=nan), "hops", **hops)
    found = summarised(corridor, replication).quantities
    assert found["flows.west.inside_teu"] == 2
    assert found["flows.west.delivered_teu"] == 1


@pytest.mark.parametrize(
    ("table", "column", "row", "value", "said"),
    [
        ("containers", "number", 1, 2, "not numbered one by one"),
        ("trips", "containers", 0, 3, "has 3 containers, but 2 were aboard"),
        ("hops", "load_h", 1, 30.0, "container 0 of flow west do not follow"),
        ("containers", "leave_h", 0, 200.0, "container 0 of flow west do not follow"),
        ("legs", "exit_h", 1, 140.0, "stages of itinerary west-usual add up"),
    ],
)
def test_nothing_is_lost(corridor: Corridor, table: str, column: str, row: int, value: float, said: str) -> None:
    replication = two_containers(corridor)
    changed = getattr(replication, table)[column].copy()
    changed[row] = value
    with pytest.raises(ConservationError, match=said):
        summarised(corridor, of_table(replication, table, **{column: changed}))


def test_round_trips_and_kept_positions(corridor: Corridor) -> None:
    replication = two_containers(corridor)
    trips = {name: np.repeat(column, [1, 1, 3]) for name, column in replication.trips.items()}
    back = names_of(corridor).services.index("ferry-east")
    trips["service"][3] = back
    for name, times in {
        "called_h": (220, 262), "position_h": (220, 262), "closed_h": (230, 290), "cleared_h": (230, 290),
        "left_h": (230, 300), "arrived_h": (255, 330), "passed_h": (255, 330), "berthed_h": (256, 330),
        "emptied_h": (262, 331),
    }.items():  # fmt: skip
        trips[name][3:] = times
    trips["containers"][3:] = trips["quarters"][3:] = 0
    found = summarised(corridor, dataclasses.replace(replication, trips=trips)).quantities
    assert found["fleets.ferries.round_trip_days.mean"] == pytest.approx((300 - 162) / 24)
    # the first loading and the arrival; the ship unloaded in the berth keeps it to load again
    assert found["zones.hb-berth.calls"] == 2


def test_a_vehicle_called_while_it_is_unloaded_is_in_use_once(corridor: Corridor) -> None:
    replication = two_containers(corridor)
    ferry = names_of(corridor).rotations.index("crossing")
    called = replication.trips["called_h"].copy()
    # the same ship twice: called again at 190, while it is unloaded until 204
    trips = {name: np.append(column, column[2]) for name, column in replication.trips.items()}
    assert trips["rotation"][2] == ferry
    trips["called_h"] = np.append(called, 190.0)
    trips["containers"][3] = trips["quarters"][3] = 0
    for name, hour in (("position_h", 204), ("closed_h", 210), ("cleared_h", 210), ("left_h", 210), ("arrived_h", 240),
                       ("passed_h", 240), ("berthed_h", 240), ("emptied_h", 241)):  # fmt: skip
        trips[name][3] = hour
    found = summarised(corridor, dataclasses.replace(replication, trips=trips)).quantities
    assert found["fleets.ferries.in_use"] == pytest.approx((241 - 140) / 8760)


JAMMED = ("flows.*.teu_per_year*=1.5", "fleets.ferries.count=1", "zones.hb-yard.capacity_teu=90000")


@pytest.mark.parametrize("changes", [(), JAMMED])
def test_nothing_is_used_for_more_than_all_its_time(corridor: Corridor, changes: tuple[str, ...]) -> None:
    packed = corridor.with_changes(*changes).with_clock(days=60, warmup_days=10)
    run = simulate(packed, containers=False)
    found = {name: one.mean for name, one in run.statistics.items() if "utilisation" in name and one.mean is not None}
    assert {"fleets", "zones", "equipment", "checks", "links", "terminals"} <= {name.split(".")[0] for name in found}
    assert {name: value for name, value in found.items() if not 0 <= value <= 1 + 1e-9} == {}
    assert max(found.values()) > (0.9 if changes else 0.3)


def test_a_year_of_traffic_adds_up(corridor: Corridor) -> None:
    replication = starter_year(0)
    run = Run.collect(corridor, names_of(corridor), [replication], seed=0, containers=False)
    leave, enter = replication.containers["leave_h"], replication.containers["enter_h"]
    chosen = (leave >= 0) & (leave < 24 * corridor.header.days)
    assert run.statistics["total.transit_days.mean"].mean == pytest.approx((leave - enter)[chosen].mean() / 24)
    for flow in corridor.flows:
        budget = run.statistics.budget(flow)["mean"].sum()
        assert budget == pytest.approx(run.statistics[f"flows.{flow}.transit_days.mean"].mean, abs=1e-9)
    months = run.statistics.months().filter(pl.col("figure") == "delivered_teu")
    assert months["mean"].sum() == pytest.approx(run.statistics["total.delivered_teu"].mean)


def test_statistics(corridor: Corridor) -> None:
    series = [two_containers(corridor, number=n, late=24.0 * n) for n in range(3)]
    run = Run.collect(corridor, names_of(corridor), series, seed=0, containers=False)
    statistics = run.statistics
    assert statistics.replications == 3
    assert statistics["flows.west.transit_days.mean"].mean == pytest.approx(204 / 24 + 1)
    assert statistics["flows.west.transit_days.mean"].half == pytest.approx(student(2) / math.sqrt(3))
    assert statistics.values_of("links.sea.departures + links.city-border.departures").tolist() == [2, 2, 2]
    assert statistics["terminals.harbour.zones.hb-track.calls"].mean == 1
    sea = statistics.budget("west").filter((pl.col("location") == "sea") & (pl.col("mean") > 0))
    assert sea["mean"].to_list() == pytest.approx([2.0])
    assert sea["high"][0] == pytest.approx(2 + student(2) / math.sqrt(3))
    assert statistics.daily("queue", "hb-berth").height == 425
    assert statistics.table("zones").columns == ["id", "figure", "mean", "low", "high"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("links.see.departures", "links.sea.departures"),
        ("links.sea.departure", "links.sea.departures"),
        ("flows.west.transit_days", "flows.west.transit_days.mean"),
    ],
)
def test_unknown_figures(corridor: Corridor, name: str, hint: str) -> None:
    run = Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=0, containers=False)
    with pytest.raises(KeyError, match=hint):
        run.statistics[name]


def test_statistics_of_a_table() -> None:
    table = pl.DataFrame({"replication": [0, 1], "quantity": ["a", "a"], "value": [1.0, None]})
    assert Statistics(lambda _: table)["a"] == Interval(1.0)
