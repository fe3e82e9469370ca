"""`jibek bound`, `compare`, `bottlenecks` and `capacity` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import call

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


def test_a_folder_that_cannot_be_is_told_before_years_are_simulated(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    years = ("--days", "36000", "--replications", "10000")
    code, out, err = call("compare", "starter", "--case", "a=third-ferry", *years, "--out", str(tmp_path / "file"))
    assert (code, out) == (2, "")
    assert err == f"{tmp_path / 'file'}: File exists\n"


def test_bottlenecks(tmp_path: Path) -> None:
    code, out, err = call("bottlenecks", "starter", "--most", "2", *SHORT, "--out", str(tmp_path / "found"))
    assert code == 0, err
    assert "common random numbers cut the variance" in out
    assert {path.name for path in (tmp_path / "found/figures").iterdir()} >= {"effects.png", "days.svg"}
    said = json.loads((tmp_path / "found/bottlenecks.json").read_text())
    assert len(said["changes_tried"]) == 2
    code, _, err = call("bottlenecks", "starter", "--change", "fleets.feries.count+=1", *SHORT)
    assert code == 2
    assert "did you mean 'ferries'?" in err


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
