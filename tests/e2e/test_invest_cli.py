"""`jibek invest` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from commands import call

SHORT = ("--days", "20", "--warmup-days", "5", "--replications", "3", "--most", "6", "--jobs", "1")


def test_invest(tmp_path: Path) -> None:
    """The tables name what can be chosen and how sure it is; the folder holds the same as --json, and a picture."""
    folder = tmp_path / "found"
    code, out, err = call("invest", "starter", "--budget", "60", "--objective", "transit", *SHORT, "--out", str(folder))
    assert code == 0, err
    assert "third-ferry" in out
    assert "sure" in out
    code, text, _ = call("invest", "starter", "--budget", "60", "--objective", "transit", *SHORT, "--json")
    assert code == 0
    found = json.loads(text)
    assert found == json.loads((folder / "invest.json").read_text())
    assert found["could_be_chosen"] == ["third-ferry", "second-berth"]
    assert found["best"]["cost_million"] <= 60
    assert (folder / "figures" / "frontier.png").stat().st_size > 10_000


def test_what_is_wrong_is_told_with_exit_code_2() -> None:
    """A budget that pays for nothing; an objective that there is not."""
    code, out, err = call("invest", "starter", "--budget", "3", *SHORT)
    assert (code, out) == (2, "")
    assert "third-ferry 15, second-berth 55" in err
    code, out, err = call("invest", "starter", "--budget", "30", "--objective", "transfer", *SHORT)
    assert (code, out) == (2, "")
    assert "--objective transfer: is not known" in err
