import pytest

from jibek.corridor import Corridor, read
from jibek.corridor.tables import Observation
from jibek.results import Run, RunError, validate
from jibek.results._network import names_of
from replications import two_containers


def collected(corridor: Corridor, *observations: Observation) -> Run:
    rows = {name: corridor.rows(name) for name in ("places", "links", "terminals", "zones", "equipment", "transfers",
            "checks", "closures", "fleets", "services", "rotations", "flows", "itineraries", "measures")}  # fmt: skip
    corridor = Corridor.of(
        corridor.header, {**rows, "observations": observations}, changes=corridor.changes, applied=corridor.applied
    )
    return Run.collect(
        corridor,
        names_of(corridor),
        [two_containers(corridor, number=n, late=n) for n in range(2)],
        seed=0,
        containers=False,
    )


def observed(id: str, quantity: str, value: float, **more: object) -> Observation:
    return Observation.model_validate({"id": id, "quantity": quantity, "value": value, **more})


def test_comparison() -> None:
    run = collected(
        read("starter"),
        observed("ships", "links.sea.departures + links.city-border.departures", 4, unit="vehicles"),
        observed("days", "flows.west.transit_days.mean", 8.5),
        observed("none", "flows.east.transit_days.mean", 8.5),
        observed("berth", "zones.hb-track.calls", 0),
    )
    ships, days, none, berth = validate(run)
    assert (ships.id, ships.observed, ships.unit, ships.simulated.mean, ships.difference) == (
        "ships",
        4,
        "vehicles",
        2,
        -0.5,
    )
    assert days.simulated.mean == pytest.approx(204.5 / 24)
    assert days.simulated.low is not None
    assert days.document()["simulated"]["high"] == days.simulated.high
    assert none.simulated.mean is None
    assert none.difference is None
    assert berth.difference is None


def test_only_with_the_same_measures() -> None:
    observations = (
        observed("now", "links.sea.departures", 1),
        observed("then", "links.sea.departures", 1, measures="growth"),
    )
    assert [one.id for one in validate(collected(read("starter"), *observations))] == ["now"]
    grown = read("starter").with_measures("growth")
    assert [one.id for one in validate(collected(grown, *observations))] == ["then"]


def test_unknown_figures_are_all_named() -> None:
    run = collected(
        read("starter"),
        observed("a", "links.see.departures", 1),
        observed("b", "links.sea.departures + flows.west.transit_day.mean", 1),
    )
    with pytest.raises(RunError) as raised:
        validate(run)
    text = str(raised.value)
    assert (
        "observations.a.quantity: there is no figure 'links.see.departures'; did you mean 'links.sea.departures'"
        in text
    )
    assert "observations.b.quantity: there is no figure 'flows.west.transit_day.mean'" in text
    assert "'flows.west.transit_days.mean'" in text
