"""Every benchmark runs, on a size at which nothing can be promised."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import pytest
from benchmarks import __main__ as command
from benchmarks._measure import TINY, Row, process
from benchmarks._registry import BENCHMARKS
from benchmarks._report import report


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHMARKS)
def test_runs(name, tmp_path):
    rows = list(BENCHMARKS[name](TINY, tmp_path))
    assert rows
    json.dumps([asdict(row) for row in rows], allow_nan=False)
    assert all(row.reached is not None for row in rows if row.figures and row.target.startswith(("<", ">")))


def test_interrupted(tmp_path, capsys):
    def stop(size, folder):
        yield from ()
        raise KeyboardInterrupt

    out = tmp_path / "results.json"
    assert report({"stop": stop}, out) == 130
    assert json.loads(out.read_text())["benchmarks"] == {"stop": []}
    assert "interrupted" in capsys.readouterr().err


def test_a_process_that_fails_leaves_the_rest(tmp_path):
    def fail(size, folder):
        process([sys.executable, "-c", "raise SystemExit('no room')"])
        yield

    def go_on(size, folder):
        yield Row("what", "measured")

    out = tmp_path / "results.json"
    assert report({"fail": fail, "go on": go_on}, out) == 0
    found = json.loads(out.read_text())["benchmarks"]
    assert "no room" in found["fail"][0]["measured"]
    assert found["go on"][0]["what"] == "what"


def test_unknown(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["speed", command.ALREADY])
    assert ended.value.code == 2
    assert "there is no benchmark speed" in capsys.readouterr().err
