"""`jibek bound`, `compare`, `bottlenecks` and `capacity` from the command line."""

from __future__ import annotations

import json
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import jibek
import jibek.study
from commands import call
from jibek.results._interval import Interval
from packages import one_track

DOUBLE = "flows.*.teu_per_year*=2"
SHORT = ("--days", "20", "--warmup-days", "5", "--replications", "2", "--jobs", "1")


def document(*words: str) -> dict[str, object]:
    code, out, err = call(*words, "--json")
    assert code == 0, err
    found: dict[str, object] = json.loads(out)
    assert found["jibek"]
    assert found["changes"] is not None
    return found


def test_bound(tmp_path: Path) -> None:
    found = document("bound", "starter", "--out", str(tmp_path / "found"))
    assert found["binding"] == ["services.ferry-east.departures"]
    assert json.loads((tmp_path / "found/bound.json").read_text()) == found
    assert (tmp_path / "found/figures/bound.png").stat().st_size > 10_000
    code, out, _ = call("bound", "starter", "--flow", "east")
    assert code == 0
    assert "demand of east can be at most" in out


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give tables room, so that no cell is broken into lines."""
    monkeypatch.setenv("COLUMNS", "240")


def test_capacities_are_called_by_their_names(wide: None) -> None:
    code, out, _ = call("bound", "starter")
    assert code == 0
    rows = " ".join(out.partition("Capacities used most")[2].split())
    for what in (
        "Crossing east departures of a service",
        "Feeder ships vehicles of a fleet",
        "Quay cranes, Harbour equipment",
    ):
        assert what in rows
    assert "services." not in rows
    assert "more is stopped by: Crossing east: departures of a service" in " ".join(
        call("bound", "starter", "--set", DOUBLE)[1].split()
    )


def test_compare(tmp_path: Path) -> None:
    found = document("compare", "starter", "--case", "slow=links.sea.run_h=30,links.sea.min_run_h=30", *SHORT)
    assert found["cases"] == {"slow": {"measures": [], "changes": ["links.sea.run_h=30", "links.sea.min_run_h=30"]}}
    code, out, err = call("compare", "starter", "--case", "none=", "--case", "a=x.y.z=1", "--case", "a=x.y.z=2", *SHORT)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "--case none=: write NAME=CHANGE[,CHANGE]; the name has no dot",
        "--case a=x.y.z=2: there are two cases a",
    ]
    code, out, _ = call("compare", "starter", "--case", "more=fleets.ferries.count+=1", *SHORT)
    assert code == 0
    assert "hold together over the cases" in out


YEARS = ("--days", "36000", "--replications", "10000")
COMPARE = ("compare", "starter", "--case", "a=third-ferry")


@pytest.mark.parametrize("study", [("bound", "starter"), (*COMPARE, *YEARS), ("bottlenecks", "starter")])
def test_a_folder_that_holds_something_else_is_told_before_years_are_simulated(
    study: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.json").write_text('{"jibek": "years of work"}')
    jibek.simulate(jibek.read("starter").with_clock(days=1, warmup_days=0), out=tmp_path / "run", containers=False)
    for name in ("file", "mine", "run"):
        code, out, err = call(*study, "--out", str(tmp_path / name))
        assert (code, out) == (2, "")
        assert err == f"{tmp_path / name}: is there, and is not a study; choose another name\n"
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.json"]


def test_a_folder_with_a_study_takes_another_and_keeps_what_else_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "found"
    assert call("bound", "starter", "--out", str(folder))[0] == 0
    (folder / "letter.txt").write_text("dear")
    (folder / "compare.json.draft").write_text("half")
    assert call(*COMPARE, *SHORT, "--out", str(folder))[0] == 0
    assert {one.name for one in folder.iterdir()} == {"bound.json", "compare.json", "figures", "letter.txt"}


def test_an_interrupted_study_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jibek.study, "compare", interrupted)
    (tmp_path / "there").mkdir()
    for name in ("there", "new"):
        assert call(*COMPARE, *SHORT, "--out", str(tmp_path / name)) == (130, "", "interrupted\n")
    assert [one.name for one in tmp_path.iterdir()] == ["there"]


@contextmanager
def longest_file(size: int) -> Any:
    """Let no file be longer, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_the_study_that_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "found"
    assert call("bound", "starter", "--out", str(folder))[0] == 0
    before = (folder / "bound.json").read_bytes()
    with longest_file(1_000):
        code, _, err = call("bound", "starter", "--days", "100", "--out", str(folder))
    assert code == 2
    assert err == f"{folder / 'bound.json'}: File too large\n"
    assert (folder / "bound.json").read_bytes() == before
    assert {one.name for one in folder.iterdir()} == {"bound.json", "figures"}


def test_bottlenecks(tmp_path: Path, wide: None) -> None:
    code, out, err = call("bottlenecks", "starter", "--most", "2", *SHORT, "--out", str(tmp_path / "found"))
    assert code == 0, err
    assert "common random numbers cut the variance" in out
    assert {path.name for path in (tmp_path / "found/figures").iterdir()} >= {"effects.png", "days.svg"}
    said = json.loads((tmp_path / "found/bottlenecks.json").read_text())
    assert len(said["changes_tried"]) == 2
    shown = " ".join(out.partition("Where days go")[2].split())
    for row in said["changes_tried"]:
        for place, days in [*row["budget_days"].items()][:3]:
            assert f"{said['places'][place]} {'+' * (days['mean'] > 0)}{Interval(**days)}" in shown
    code, _, err = call("bottlenecks", "starter", "--change", "fleets.feries.count+=1", *SHORT)
    assert code == 2
    assert "did you mean 'ferries'?" in err


STUCK, AS_IT_IS = "zones.b-yard.capacity_teu=4", "zones.b-yard.capacity_teu=100"
STUDIES = {
    "bottlenecks": [("--change", STUCK), ("--change", AS_IT_IS)],
    "compare": [("--case", f"small={STUCK}"), ("--case", f"same={AS_IT_IS}")],
}


@pytest.mark.parametrize("study", STUDIES)
def test_what_cannot_be_simulated_is_told_beside_the_others(study: str, tmp_path: Path, wide: None) -> None:
    one_track(tmp_path, yard=100, rule="filled,8,")
    stuck, same = STUDIES[study]
    few = ("--replications", "2", "--jobs", "1")
    name = stuck[1].partition("=")[0] if study == "compare" else STUCK
    code, out, err = call(study, str(tmp_path), *stuck, *same, *few)
    assert code == 0, err
    assert f"{name} deadlock: " in " ".join(out.partition("Could not be simulated")[2].split())
    assert "Where days go" not in out
    assert err.splitlines()[0].startswith("1 of 2 c")
    assert err.splitlines()[1].startswith(f"{name}: deadlock: ")
    code, out, err = call(study, str(tmp_path), *stuck, *same, *few, "--json")
    assert (code, [*json.loads(out)["failed"]]) == (0, [name])
    assert err.startswith("1 of 2 c")
    code, out, err = call(study, str(tmp_path), *stuck, *few)
    assert (code, out) == (2, "")
    assert err.startswith(f"{name}: deadlock: ")


@pytest.mark.slow
def test_capacity(tmp_path: Path) -> None:
    found = document("capacity", "starter", "--p90-days", "30", *SHORT, "--out", str(tmp_path / "found"))
    assert found["service"] == {"p90_days": 30.0, "yard_share": None}
    assert (tmp_path / "found/figures/capacity.png").exists()
    code, out, _ = call("capacity", "starter", "--scale-all", *SHORT)
    assert code == 0
    assert "largest volume" in out
    code, _, err = call("capacity", "starter", "--flow", "west", "--scale-all", *SHORT)
    assert code == 2
    assert "cannot be given together" in err
