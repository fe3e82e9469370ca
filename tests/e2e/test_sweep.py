"""A sweep from the command line: whatever ends it, what is complete is kept, and the next one goes on there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import jibek
from commands import call

STUDY = """
package = "starter"
title = "Volume and customs"
days = {days}
replications = 2
figures = ["total.delivered_teu", "flows.west.transit_days.p50"]
[[axes]]
name = "volume"
change = "flows.*.teu_per_year*={{}}"
values = [0.8, 0.9, 1.0]
[[axes]]
name = "customs"
change = "checks.customs.time_h={{}}"
values = [1, 3]
"""


def words(folder: Path, *more: str, days: int = 30) -> list[str]:
    if not (folder / "study.toml").exists():
        (folder / "study.toml").write_text(STUDY.format(days=days))
    return ["sweep", str(folder / "study.toml"), "--out", str(folder / "found"), *more]


def complete(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "found/points").glob("*.parquet"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    code, out, err = call(*words(folder, "--json", "--jobs", "1"))
    assert code == 0, err
    (folder / "said.json").write_text(out)
    return folder


def test_points_have_files_a_table_and_figures(whole: Path) -> None:
    said = json.loads((whole / "said.json").read_text())
    assert {one["hash"] + ".parquet" for one in said["points"]} == set(complete(whole))
    assert [one["values"] for one in said["points"][:2]] == [
        {"volume": 0.8, "customs": 1.0},
        {"volume": 0.8, "customs": 3.0},
    ]
    table = pl.read_csv(whole / "found/points.csv")
    assert table.equals(pl.read_parquet(whole / "found/points.parquet"))
    assert table["total.delivered_teu"].to_list() == [
        one["figures"]["total.delivered_teu"]["mean"] for one in said["points"]
    ]
    assert (
        table["total.delivered_teu"]
        .is_between(table["total.delivered_teu.low"], table["total.delivered_teu.high"])
        .all()
    )
    assert table["point"].to_list() == [one["hash"] for one in said["points"]]
    assert (whole / "found/figures/points.png").stat().st_size > 10_000
    first = pl.read_parquet(whole / "found/points" / f"{table['point'][0]}.parquet")
    delivered = first.filter(pl.col("quantity") == "total.delivered_teu")
    assert delivered["replication"].to_list() == [0, 1]
    assert delivered["value"].mean() == table["total.delivered_teu"][0]


def test_a_point_can_be_repeated_from_what_is_kept(whole: Path) -> None:
    said = json.loads((whole / "said.json").read_text())
    one = said["points"][3]
    corridor = jibek.read(whole / "found/corridor").with_measures(*one["measures"]).with_changes(*one["changes"])
    again = jibek.simulate(corridor, replications=said["replications"], seed=said["seed"], containers=False)
    for name, figure in one["figures"].items():
        assert again.statistics[name].mean == figure["mean"]


def test_what_is_there_is_not_simulated_again(whole: Path) -> None:
    before = complete(whole)
    first = next(iter(before))
    (whole / "found/points" / first).unlink()
    _, out, _ = call(*words(whole, "--json"))
    assert json.loads(out)["found"] == 5
    assert complete(whole) == before


def test_a_damaged_file_is_made_again(whole: Path) -> None:
    before = complete(whole)
    first = next(iter(before))
    (whole / "found/points" / first).write_bytes(before[first][:500])
    assert call(*words(whole))[0] == 0
    assert complete(whole) == before


@pytest.mark.slow
@pytest.mark.parametrize(("sign", "jobs", "code"), [("SIGKILL", "3", -9), ("SIGINT", "2", 130)])
def test_a_sweep_that_was_ended_goes_on_where_it_stopped(tmp_path: Path, sign: str, jobs: str, code: int) -> None:
    given = words(tmp_path, "--jobs", jobs, days=800)
    marked = dict(os.environ, JIBEK_TEST_MARK=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-m", "jibek", *given], env=marked, stderr=subprocess.DEVNULL)
    late = time.monotonic() + 120
    while not complete(tmp_path) and process.poll() is None and time.monotonic() < late:
        time.sleep(0.01)
    process.send_signal(signal.Signals[sign])
    assert process.wait(60) == code
    while carriers(tmp_path) and time.monotonic() < late:
        time.sleep(0.1)
    assert not carriers(tmp_path), "workers end too"
    before = complete(tmp_path)
    assert 1 <= len(before) < 6
    (tmp_path / "found/points/half.parquet.draft").write_bytes(b"half")
    _, out, _ = call(*words(tmp_path, "--json"))
    assert json.loads(out)["found"] == len(before)
    after = complete(tmp_path)
    assert {name: after[name] for name in before} == before
    assert not list(tmp_path.rglob("*.draft"))
    shutil.rmtree(tmp_path / "found")
    call(*words(tmp_path, "--jobs", "1"))
    assert complete(tmp_path) == after, "the same bytes as if nothing had happened"


def carriers(mark: Path) -> list[int]:
    """Return the processes that carry a mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"JIBEK_TEST_MARK={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))
from jibek.__main__ import main
main()
"""
"""Jibek where no file can be longer: writing a point fails in the middle, as it does on a full disk."""


@pytest.mark.slow
def test_a_full_disk_is_said_and_nothing_half_written(tmp_path: Path, whole: Path) -> None:
    there = complete(whole)
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    kept = sorted(there)[:2]
    for name in set(there) - set(kept):
        (tmp_path / "found/points" / name).unlink()
    given = [sys.executable, "-c", LIMITED, *words(tmp_path)]
    full = subprocess.run(given, capture_output=True, text=True, check=False)
    assert full.returncode == 2
    assert "File too large" in full.stderr
    assert "Traceback" not in full.stderr
    assert complete(tmp_path) == {name: there[name] for name in kept}
    assert not list(tmp_path.rglob("*.draft"))
    assert call(*words(tmp_path))[0] == 0
    assert complete(tmp_path) == there


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("values = [1, 3]", "valeus = [1, 3]"),
            "study.toml axes[2].valeus: there is no such key; did you mean 'values'?",
        ),
        (
            ("total.delivered_teu", "total.delivered"),
            "there is no figure 'total.delivered'; did you mean 'total.delivered_teu'",
        ),
        (('"starter"', '"strater"'), "strater: no such folder"),
        (
            ("checks.customs.time_h={}", "flows.west.teu_per_year={}"),
            "flows.west.teu_per_year is set, and axes[1] changes it too",
        ),
    ],
)
def test_a_study_that_is_wrong_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    (tmp_path / "study.toml").write_text(STUDY.format(days=30).replace(*change))
    code, _, err = call(*words(tmp_path))
    assert code == 2
    assert said in err


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "found").mkdir()
    (tmp_path / "found/thesis.txt").write_text("years of work")
    code, _, err = call(*words(tmp_path))
    assert code == 2
    assert "is there, and is not a study" in err
    assert [file.name for file in (tmp_path / "found").iterdir()] == ["thesis.txt"]


def test_points_that_cannot_be_simulated_are_named_and_the_others_kept(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(
        'package = "starter"\ndays = 60\nreplications = 1\n[[axes]]\nname = "volume"\n'
        'change = "flows.*.teu_per_year*={}"\nvalues = [1, 4]\n'
    )
    code, out, err = call(*words(tmp_path, "--json"))
    found = json.loads(out)
    assert code == 2
    assert [one["values"] for one in found["points"]] == [{"volume": 1.0}]
    assert [one["values"] for one in found["failed"]] == [{"volume": 4.0}]
    assert "flows.*.teu_per_year*=4: deadlock: " in err
