from collections import Counter
from pathlib import Path

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from jibek.corridor import Corridor, read
from jibek.results import Run, RunError
from jibek.results._names import modes, names, title, user, usual
from jibek.results._network import names_of
from jibek.results._style import wrapped
from replications import starter_year, two_containers


@pytest.fixture(scope="module")
def run() -> Run:
    corridor = read("starter")
    series = [starter_year(number) for number in range(2)]
    return Run.collect(corridor, names_of(corridor), series, seed=0)


def labels(figure: Figure) -> str:
    texts = [figure.get_supxlabel(), figure.get_supylabel()]
    return " ".join([*texts, *(f"{axes.get_xlabel()} {axes.get_ylabel()}" for axes in figure.axes)])


def test_time_budget(run: Run) -> None:
    figure = run.figures.time_budget()
    assert "mean days of a delivered container" in labels(figure)
    assert "95 % interval" in labels(figure)
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()][-1] in ("Eastbound", "Westbound")
    assert len(figure.legends[0].get_texts()) == 10


def test_transit(run: Run) -> None:
    assert "days from entry to delivery" in labels(run.figures.transit_time(["east"]))
    assert "share of the containers, %" in labels(run.figures.transit_distribution("west"))


def test_quantiles_shown_are_those_of_the_histogram(run: Run) -> None:
    figure = run.figures.transit_distribution("west")
    days = run.query(
        "select (leave_h - enter_h) / 24 as d from containers where flow = 'west' and leave_h between 0 and 8760"
    )
    lines = [line.get_xdata()[0] for line in figure.axes[0].get_lines()]
    assert lines == pytest.approx(np.quantile(days["d"].to_numpy(), [0.5, 0.9]))


def test_days(run: Run) -> None:
    figure = run.figures.queue()
    assert "from the least to the most" in labels(figure)
    assert "Vehicles waiting" in figure.get_suptitle()
    assert len(run.figures.yard().axes) == 2
    (axes,) = run.figures.yard(["harbour"]).axes
    assert axes.get_title(loc="left") == "Harbour"
    assert axes.get_xlim() == (0, 365), "the warm-up is not drawn"


def test_a_band_never_leaves_what_replications_were(run: Run) -> None:
    daily = run.table("daily").filter((pl.col("quantity") == "queue") & (pl.col("id") == "hb-berth"))
    found = run.statistics.daily("queue", "hb-berth")
    for name, of in (("least", "min"), ("most", "max")):
        expected = getattr(daily.group_by("day").agg(pl.col("value")).sort("day")["value"].list, of)()
        assert found[name].to_list() == expected.to_list()


def test_utilisation(run: Run) -> None:
    figure = run.figures.utilisation(2)
    assert "% of the time" in labels(figure)
    shown = [tick.get_text().replace("\n", " ") for tick in figure.axes[0].get_yticklabels()]
    busiest = run.statistics.busiest(2)
    assert shown[::-1] == [user(run.corridor, one)[1] for one in busiest]
    assert max(Counter(one.split(".")[0] for one in busiest).values()) == 2
    assert {one.split(".")[0] for one in busiest} == {"links", "zones", "equipment", "checks", "fleets"}


def test_space_time(run: Run) -> None:
    figure = run.figures.space_time("west-usual", day=10, days=30)
    assert "distance from the origin, km" in labels(figure)
    assert figure.axes[0].get_ylim()[0] > 4030
    assert "2025" in figure.axes[0].get_xticklabels()[0].get_text()
    assert "Western shore" in [tick.get_text() for tick in figure.axes[0].child_axes[0].get_yticklabels()]


def test_space_time_shows_by_default_a_flow_of_several_modes(run: Run) -> None:
    corridor = read("trans-caspian")
    rail, sea = "xian-brest-dostyk", "almaty-poti"
    assert modes(corridor, rail) == ("rail",)
    assert modes(corridor, sea) == ("rail", "sea")
    assert "Westbound (west-usual)" in run.figures.space_time().get_suptitle()


def test_every_figure_says_what_it_is_of(run: Run) -> None:
    taken = read("starter").with_measures("growth").with_changes("fleets.ferries.count+=1").with_clock(days=90)
    assert title(taken) == "A corridor to begin with; 90 days from 2025-01-01; with growth; 1 change"
    for figure in (
        run.figures.time_budget(),
        run.figures.transit_time(),
        run.figures.utilisation(),
        run.figures.yard(),
    ):
        assert "A corridor to begin with; 2025" in figure.get_suptitle().replace("\n", " ")


def test_names() -> None:
    corridor = read("trans-caspian")
    for table in ("flows", "zones", "equipment", "checks", "links", "itineraries", "services", "fleets", "terminals"):
        known = names(corridor, table)
        assert len(set(known.values())) == len(known) == len(getattr(corridor, table))
    assert usual(corridor, "xian-tashkent-khorgos").id == "xian-tashkent-khorgos-ordinary"


@pytest.mark.slow
def test_save(run: Run, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    written = run.figures.save(tmp_path / "pictures")
    assert len(written) == 12
    assert all(path.stat().st_size > 5000 for path in written)
    again = run.figures.save(tmp_path / "again")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]
    assert dict(mpl.rcParams) == before


def test_one_replication_has_no_whiskers() -> None:
    corridor: Corridor = read("starter")
    run = Run.collect(corridor, names_of(corridor), [two_containers(corridor)], seed=0)
    for figure in (run.figures.time_budget(), run.figures.yard(), run.figures.utilisation()):
        assert "interval" not in labels(figure)
        assert "band" not in labels(figure)
    with pytest.raises(RunError, match="no vehicle"):
        run.figures.space_time("east-usual")


def test_unknown_names(run: Run) -> None:
    with pytest.raises(RunError, match="did you mean 'west'"):
        run.figures.time_budget(["wset"])
    with pytest.raises(RunError, match="hb-berth"):
        run.figures.queue(["hb-bert"])


def test_long_names_are_broken_and_not_cut() -> None:
    name = "Khorgos-Eastern Gate and Altynkol station, 1520 mm track (keg-1520)"
    assert wrapped(name, 30).replace("\n", " ") == name
    assert max(map(len, wrapped(name, 30).splitlines())) <= 30
