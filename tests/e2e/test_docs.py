"""What the documentation shows is run."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import pytest

from commands import call
from jibek.results import Run

ROOT = Path(__file__).parents[2]


def blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(console|python)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


SEARCHES = ("plan", "replan", "times")


def shown(line: str) -> tuple[str, str]:
    """Run a line of a page, searching only for a moment; return the command and what it printed."""
    words = shlex.split(line.removeprefix("$ "))
    assert words[:3] == ["uv", "run", "jibek"]
    brief = ["--time-limit", "0.5"] if words[3] == "transfer" and words[4] in SEARCHES else []
    code, out, err = call(*words[3:], *brief)
    assert code == 0, f"{line}\n{err}"
    return words[3], out


@pytest.mark.slow
def test_tutorial_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = 0
    known: dict[str, Any] = {}
    answers: dict[str, list[str]] = {}
    for kind, code in blocks((ROOT / "docs/tutorial.md").read_text()):
        if kind == "python":
            exec(code, known)
            done += 1
            continue
        for line in code.splitlines():
            command, out = shown(line)
            answers[command] = [*answers.get(command, []), out]
            done += 1
    assert done == 10
    base, fewer = known["base"], known["fewer"]
    assert fewer.difference(base, "total.transit_days.mean").mean > 0
    one, all_flows = (
        sum(float(line.split()[-1]) for line in out.splitlines() if re.search(r"\d$", line) and "row" not in line)
        for out in answers["query"]
    )
    run = Run.open("run")
    assert one == pytest.approx(run.statistics["flows.west.transit_days.mean"].mean, abs=0.05)
    assert all_flows == pytest.approx(run.statistics["total.transit_days.mean"].mean, abs=0.05)


@pytest.mark.slow
def test_example_runs(monkeypatch):
    names = runpy.run_path(str(ROOT / "docs/examples/first_steps.py"))
    assert names["busier"].statistics["total.offered_teu"].mean > names["base"].statistics["total.offered_teu"].mean


@pytest.mark.slow
def test_transfer_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    commands = "".join(code for kind, code in blocks((ROOT / "docs/transfer.md").read_text()) if kind == "console")
    for line in commands.splitlines():
        shown(line)
    assert (tmp_path / "shown" / "cranes.png").is_file()
    assert (tmp_path / "again" / "plan" / "moves.csv").is_file()


def test_no_dead_links():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
