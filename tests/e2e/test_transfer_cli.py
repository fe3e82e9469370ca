"""The command line of the gauge transfer, as a user meets it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from jibek.cli import main
from transfer_packages import cell


def jibek(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Call the command line in this process; return its exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), chdir(cwd):
        patch.setattr(sys, "argv", ["jibek", "transfer", *arguments])
        patch.setattr("jibek.cli._commands._leave", lambda ended: (_ for _ in ()).throw(ended))
        with pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(arguments, ended.value.code or 0, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold a job of 20 boxes in `job` and a plan for it in `plan`."""
    folder = tmp_path_factory.mktemp("transfer")
    made = jibek(
        "generate", "--family", "pair", "--size", "20", "--seed", "1", "--held", "0.2", "--out", "job", cwd=folder
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "made job: 20 boxes, 2 trains; try: jibek transfer plan job --out PLAN\n"
    planned = jibek("plan", "job", "--rule", "--out", "plan", cwd=folder)
    assert (planned.returncode, planned.stderr) == (0, "")
    assert "20 boxes loaded" in planned.stdout
    return folder


def test_a_plan_is_valid_and_worth_the_same_as_when_made(folder: Path) -> None:
    made = json.loads(jibek("plan", "job", "--rule", "--out", "again", "--json", cwd=folder).stdout)
    checked = json.loads(jibek("check", "job", "plan", "--json", cwd=folder).stdout)
    assert checked["valid"] is True
    assert checked["violations"] == []
    for figure in ("value_s", "tardiness_s", "double_handlings", "empty_travel_s", "left_over"):
        assert made[figure] == checked[figure]
    assert "bound_s" not in made


def test_a_search_without_time_gives_the_plan_of_the_rule_and_its_bound(folder: Path) -> None:
    rule = json.loads(jibek("plan", "job", "--rule", "--out", "again", "--json", cwd=folder).stdout)
    none = json.loads(jibek("plan", "job", "--time-limit", "0", "--out", "again", "--json", cwd=folder).stdout)
    assert 0 < none["bound_s"] <= none["value_s"] == rule["value_s"]
    assert none["gap"] == pytest.approx(none["value_s"] / none["bound_s"] - 1)
    assert none["bound_name"] in ("work", "count", "release", "arrival")


def test_a_folder_that_is_no_plan_is_told_before_the_search(folder: Path) -> None:
    begin = time.perf_counter()
    refused = jibek("plan", "job", "--time-limit", "60", "--out", "job", cwd=folder)
    assert time.perf_counter() - begin < 30
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "job: is a folder that holds no package; only a package can be overwritten\n"


def test_a_spoilt_plan_is_refused_with_reasons(folder: Path, tmp_path: Path) -> None:
    jibek("plan", str(folder / "job"), "--rule", "--out", "plan", cwd=tmp_path)
    cell("moves", 1, "end_s", "1")(tmp_path / "plan")
    done = jibek("check", str(folder / "job"), "plan", cwd=tmp_path)
    assert done.returncode == 2
    assert "must end 40 s after it begins to put the box down" in done.stderr
    as_json = jibek("check", str(folder / "job"), "plan", "--json", cwd=tmp_path)
    assert as_json.returncode == 2
    document = json.loads(as_json.stdout)
    assert document["valid"] is False
    assert len(document["violations"]) >= 1
    assert "value_s" not in document


def test_a_spoilt_job_is_refused_with_all_problems(folder: Path, tmp_path: Path) -> None:
    jibek("generate", "--family", "merge", "--size", "30", "--out", "job", cwd=tmp_path)
    cell("boxes", 1, "mass_t", "900")(tmp_path / "job")
    cell("boxes", 2, "size_type", "22X1")(tmp_path / "job")
    done = jibek("plan", "job", "--rule", "--out", "plan", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == [
        "boxes.csv:2",
        "boxes.csv:2",
        "boxes.csv:3",
    ]
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("check", "nowhere", "plan"), "nowhere: no such folder"),
        (("check", "job", "job"), "plan.toml: is missing: a package must have one"),
        (("plan", "job", "--time-limit", "-1", "--out", "x"), "--time-limit"),
        (("generate", "--family", "merge", "--size", "1", "--out", "x"), "1 boxes are too few"),
        (("generate", "--family", "ring", "--size", "20", "--out", "x"), "'ring' is not one of"),
        (
            ("generate", "--family", "pair", "--size", "20", "--cranes", "0", "--out", "x"),
            "Invalid value for '--cranes'",
        ),
        (("generate", "--family", "pair", "--size", "20", "--out", "job"), "job: is a folder that is not empty"),
        (("plan", "job", "--rule", "--out", "job"), "job: is a folder that holds no package"),
    ],
)
def test_wrong_calls_are_refused(
    folder: Path,
    arguments: tuple[str, ...],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["jibek", "transfer", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert expected in " ".join(capsys.readouterr().err.replace("│", "").split())


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["job", "plan"])
def test_pictures_do_not_go_among_tables(folder: Path, kept: str) -> None:
    refused = jibek("show", "job", "plan", "--out", kept, cwd=folder)
    assert refused.returncode == 2
    assert "choose another" in refused.stderr
    assert jibek("check", "job", "plan", cwd=folder).returncode == 0


def test_pictures_and_work_lists(folder: Path) -> None:
    done = jibek("show", "job", "plan", "--out", "shown", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    shown = folder / "shown"
    assert sorted(path.name for path in shown.rglob("*.png")) == ["cranes.png", "in-01A.png", "out-01A.png"]
    assert sorted(done.stdout.split()) == sorted(str(path.relative_to(folder)) for path in shown.rglob("*.*"))
    listed = 0
    for crane in ("C1", "C2", "C3"):
        with (shown / f"work-list-{crane}.csv").open(newline="") as source:
            rows = list(csv.DictReader(source))
        text = (shown / f"work-list-{crane}.txt").read_text()
        assert text.count("[ ]") == len(rows)
        assert [row["begin"] for row in rows] == sorted(row["begin"] for row in rows)
        listed += len(rows)
    with (folder / "plan" / "moves.csv").open() as source:
        assert listed == len(list(csv.DictReader(source)))


def test_a_shift_is_planned_anew_and_the_new_plan_is_valid(folder: Path, tmp_path: Path) -> None:
    job, plan = str(folder / "job"), str(folder / "plan")
    words = ("replan", job, plan, "--at", "00:05", "--time-limit", "0", "--out", "new")
    figures = json.loads(jibek(*words, "--down", "C2=..00:20", "--json", cwd=tmp_path).stdout)
    assert figures["kept_share_of_possible"] == 1
    assert figures["left_over"] == 0
    checked = json.loads(jibek("check", "new/job", "new/plan", "--json", cwd=tmp_path).stdout)
    assert (checked["valid"], checked["value_s"]) == (True, figures["value_s"])
    refused = jibek(*words, "--down", "X1", "--late", "in-01A=00:30", cwd=tmp_path)
    assert refused.returncode == 2
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["--down", "--late"]
    again = jibek("plan", "new/job", "--out", "other", cwd=tmp_path)
    assert again.returncode == 2
    assert "jibek transfer replan" in again.stderr


def test_times_of_plans_go_into_a_corridor(folder: Path, tmp_path: Path) -> None:
    words = ("times", str(folder / "job"), "--rule", "--into", "starter", "--equipment", "dp-crane", "--out", "planned")
    done = jibek(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    changes = [line for line in done.stdout.splitlines() if line.startswith("equipment.dp-crane.")]
    assert changes[0] == "equipment.dp-crane.count=3"
    with (tmp_path / "planned" / "equipment.csv").open(newline="") as source:
        crane = next(row for row in csv.DictReader(source) if row["id"] == "dp-crane")
    assert changes[1] == f"equipment.dp-crane.move_min={crane['move_min']}"
    assert crane["source"] == "planned-dp-crane"


def test_a_plan_is_made_many_times(folder: Path) -> None:
    figures = json.loads(jibek("robustness", "job", "plan", "--runs", "20", "--json", cwd=folder).stdout)
    assert figures["p95_low_s"] <= figures["p95_s"] <= figures["p95_high_s"]
    assert figures["runs"] == 20
