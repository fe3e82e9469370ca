from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from jibek.corridor import Corridor, read
from jibek.results import Run, RunError
from jibek.results._network import names_of
from jibek.results._style import shortened
from replications import Traffic, two_containers


@pytest.fixture(scope="module")
def run() -> Run:
    corridor = read("starter")
    series = [Traffic(corridor, seed).make(seed) for seed in range(2)]
    return Run.collect(corridor, names_of(corridor), series, seed=0)


def labels(figure: Figure) -> str:
    texts = [figure.get_supxlabel(), figure.get_supylabel()]
    return " ".join([*texts, *(f"{axes.get_xlabel()} {axes.get_ylabel()}" for axes in figure.axes)])


def test_time_budget(run: Run) -> None:
    figure = run.figures.time_budget()
    assert "mean days of a delivered container" in labels(figure)
    assert "95 % interval" in labels(figure)
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()][-1] in ("east", "west")
    assert len(figure.legends[0].get_texts()) == 10


def test_transit(run: Run) -> None:
    assert "days from entry to delivery" in labels(run.figures.transit_time(["east"]))
    assert "share of the containers, %" in labels(run.figures.transit_distribution("west"))


def test_days(run: Run) -> None:
    assert "vehicles waiting" in labels(run.figures.queue())
    assert "grey: warm-up" in labels(run.figures.queue(["hb-berth"]))
    assert len(run.figures.yard().axes) == 2


def test_utilisation(run: Run) -> None:
    figure = run.figures.utilisation(5)
    assert "% of the time" in labels(figure)
    assert len(figure.axes[0].get_yticklabels()) == 5


def test_space_time(run: Run) -> None:
    figure = run.figures.space_time("west-usual", day=10, days=30)
    assert "distance from the origin, km" in labels(figure)
    assert figure.axes[0].get_ylim()[0] > 4030


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
    with pytest.raises(RunError, match="no vehicle"):
        run.figures.space_time("east-usual")


def test_unknown_names(run: Run) -> None:
    with pytest.raises(RunError, match="did you mean 'west'"):
        run.figures.time_budget(["wset"])
    with pytest.raises(RunError, match="hb-berth"):
        run.figures.queue(["hb-bert"])


def test_long_names() -> None:
    assert shortened("a" * 20, 20) == "a" * 20
    assert len(shortened("a-very-long-name-of-an-itinerary-that-nobody-reads", 20)) == 20
