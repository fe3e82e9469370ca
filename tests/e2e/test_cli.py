"""The command line, as its user meets it."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import subprocess
import sys

import pytest

import jibek
import jibek.cli._commands
import jibek.results._simulate
import jibek.verify
from jibek.corridor import bundled
from spoilt import spoilt


def run(capsys, monkeypatch, *arguments: str) -> tuple[int, str, str]:
    """Call the command line in this process; return exit code, output and errors."""
    monkeypatch.setattr(sys, "argv", ["jibek", *arguments])
    monkeypatch.setattr(jibek.cli._commands, "_leave", lambda ended: (_ for _ in ()).throw(ended))
    with pytest.raises(SystemExit) as ended:
        jibek.cli.main()
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.fixture
def jibek_(capsys, monkeypatch):
    return lambda *arguments: run(capsys, monkeypatch, *arguments)


def test_help_is_quick_and_names_the_commands():
    probe = (
        "import resource, sys; sys.argv = ['jibek', '--help']\n"
        "from jibek.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'polars', 'duckdb', 'matplotlib', 'pydantic'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy - {'pydantic'}))"
    )
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert "simulate" in answer.stdout
    assert "HEAVY []" in answer.stdout


def test_a_terminal_without_unicode(tmp_path):
    folder = tmp_path / "mine"
    jibek.new(folder)
    text = (folder / "corridor.toml").read_text()
    (folder / "corridor.toml").write_text(text.replace('title = "', 'title = "Жібек жолы '), "utf-8")
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "POSIX"}
    command = [sys.executable, "-m", "jibek", "show", str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **plain})
    assert answer.returncode == 0, answer.stderr
    assert "?" in answer.stdout


def test_an_interruption_while_modules_are_loaded():
    probe = (
        "import signal, sys; sys.argv = ['jibek', 'check', 'starter']\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "import jibek.__main__\n"
        "jibek.__main__.main()"
    )
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert answer.returncode == 130
    assert answer.stderr == "interrupted\n"


def test_simulate_prints_one_document_with_stable_keys(jibek_):
    code, out, _ = jibek_("simulate", "starter", "--days", "40", "--replications", "2", "--json")
    assert code == 0
    document = json.loads(out)
    for flow in document["flows"].values():
        assert {"offered_teu", "delivered_teu", "transit_days"} <= set(flow)
        assert {"mean", "p50", "p90"} <= set(flow["transit_days"])
    assert all(
        "utilisation" in zone for one in document["terminals"].values() for zone in one.get("zones", {}).values()
    )
    assert all({"departures", "teu", "load_factor"} <= set(one) for one in document["services"].values())
    assert all("departures" in one for one in document["links"].values())
    assert {"events", "seconds", "events_per_second"} <= set(document["runtime"])


def test_a_run_is_written_and_asked(jibek_, tmp_path):
    folder = str(tmp_path / "run")
    assert jibek_("simulate", "starter", "--days", "20", "--out", folder)[0] == 0
    code, out, _ = jibek_("query", folder, "SELECT count(*) AS n FROM containers", "--json")
    assert code == 0
    assert json.loads(out)[0]["n"] > 0
    strange = "SELECT 'nan'::double AS a, ['inf'::float] AS b, date 'infinity' AS c"
    assert json.loads(jibek_("query", folder, strange, "--json")[1]) == [{"a": None, "b": [None], "c": "infinity"}]
    code, _, err = jibek_("query", folder, "SELECT nonsense FROM containers")
    assert code == 2
    assert "nonsense" in err


def test_without_containers_the_figures_are_the_same(jibek_, tmp_path):
    folders = {option: tmp_path / f"run{option}" for option in ("", "--no-containers")}
    for option, folder in folders.items():
        assert jibek_("simulate", "starter", "--days", "20", "--out", str(folder), *filter(None, [option]))[0] == 0
    kept = {option: {one.name for one in folder.iterdir()} for option, folder in folders.items()}
    assert kept[""] - kept["--no-containers"] == {"containers", "hops"}
    figures = [jibek_("query", str(folder), "FROM quantities", "--csv")[1] for folder in folders.values()]
    assert figures[0] == figures[1]


def test_validate_compares(jibek_):
    code, out, _ = jibek_("validate", "starter", "--replications", "2", "--json")
    assert code == 0
    for one in json.loads(out)["observations"]:
        assert {"id", "quantity", "observed", "unit", "simulated", "difference"} <= set(one)
        assert {"mean", "low", "high"} <= set(one["simulated"])


def test_new_check_show_schema(jibek_, tmp_path):
    folder = str(tmp_path / "mine")
    assert jibek_("new", folder)[0] == 0
    assert "rows in order" in jibek_("check", folder)[1]
    assert "assumed" in jibek_("show", folder)[1]
    assert "## links" in jibek_("schema")[1]
    assert json.loads(jibek_("schema", "--format", "datapackage")[1])["resources"]


def test_brackets_in_titles_and_names_are_shown(jibek_, tmp_path):
    folder = tmp_path / "mine"
    jibek_("new", str(folder))
    for file, old, newer in (
        ("corridor.toml", 'title = "', 'title = "[/red] '),
        ("flows.csv", "Westbound", "[bold]W[/x]"),
    ):
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, newer))
    assert "[/red]" in jibek_("show", str(folder))[1]
    code, out, _ = jibek_("simulate", str(folder), "--days", "5", "--out", str(tmp_path / "run"))
    assert code == 0
    assert "[bold]W[/x]" in out
    assert "[/a]" in jibek_("query", str(tmp_path / "run"), "SELECT '[/a]' AS \"[/b]\"")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate", "nowhere"), "nowhere"),
        (("simulate", "starter", "--set", "equipment.nothing.count+=1"), "nothing"),
        (("simulate", "starter", "--with", "no-such"), "no-such"),
        (("simulate", "starter", "--with", "nosuch"), "there are third-ferry, second-berth, growth"),
        (("simulate", "starter", "--with", "third-fery"), "did you mean 'third-ferry'"),
        (("simulate", "starter", "--set", "corridor.days=30"), "set with --days"),
        (("new", "."), "is a folder that is not empty; choose another\n"),
        (("simulate", "starter", "--days", "-3"), "days"),
        (("simulate", "starter", "--figures"), "--out"),
        (("query", "nowhere", "SELECT 1"), "nowhere"),
        (("simulate", "starter", "--replications", "0"), "--replications"),
    ],
)
def test_bad_input_is_explained(jibek_, arguments, said):
    code, out, err = jibek_(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("case", [one for one in spoilt() if not one.slow], ids=lambda one: one.name)
def test_spoilt_packages_give_a_list_and_exit_code_2(case, jibek_, tmp_path):
    folder = tmp_path / "package"
    jibek_("new", str(folder))
    case.mutate(folder)
    code, out, err = jibek_("check", str(folder))
    assert code == 2
    assert err.strip()
    assert "Traceback" not in out + err


def test_the_cases_of_verify_are_in_order(jibek_):
    for case in jibek.verify.CASES:
        assert jibek_("check", str(case.folder))[0] == 0


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (1.02, 1)])
def test_verify_tells_whether_theory_and_simulation_agree(factor, code, jibek_, monkeypatch):
    case = next(case for case in jibek.verify.CASES if case.name == "interval")
    known = [dataclasses.replace(one, theory=factor * one.theory) for one in case.quantities]
    case = dataclasses.replace(case, theory=lambda _: known)
    monkeypatch.setattr(jibek.verify, "verify", functools.partial(jibek.verify.verify, cases=[case]))
    answer, out, _ = jibek_("verify", "--json")
    assert answer == code
    document = json.loads(out)
    assert document["agrees"] is (code == 0)
    assert {"case", "quantity", "theory", "simulated", "low", "high", "agrees"} <= set(document["verdicts"][0])
    answer, out, _ = jibek_("verify", "--seed", "1")
    assert answer == code
    assert ("1 of 1 agree" if code == 0 else "0 of 1 agree") in out
    assert "bold" not in out


def test_an_interrupted_run_keeps_what_is_complete_and_says_so(jibek_, monkeypatch, tmp_path):
    def interrupted(make, corridor, **more):
        yield next(replicate(make, corridor, **more))
        raise KeyboardInterrupt

    replicate = jibek.results._simulate.replicate_into
    monkeypatch.setattr(jibek.results._simulate, "replicate_into", interrupted)
    run = ("simulate", "starter", "--days", "20", "--replications", "3")
    code, out, err = jibek_(*run, "--out", str(tmp_path / "run"))
    assert code == 130
    assert "1 replication of 20 days" in out
    assert "; interrupted" in out
    assert "1 of 3 replications are complete" in err
    code, out, _ = jibek_(*run, "--json")
    assert code == 130
    assert json.loads(out)["replications"] == 1


def test_columns_that_do_not_fit_are_shown_row_by_row(jibek_, tmp_path):
    folder = str(tmp_path / "run")
    assert jibek_("simulate", "starter", "--days", "20", "--out", folder)[0] == 0
    code, out, _ = jibek_("query", folder, "SELECT * FROM flows LIMIT 10")
    assert code == 0
    assert out.startswith("row 1\n")
    assert re.search(r"^  offered_teu +\d", out, re.MULTILINE)


def test_public_names_are_listed():
    assert set(jibek.__all__) == set(dir(jibek))
    assert {"simulate", "read", "Run"} <= set(dir(jibek))


@pytest.mark.slow
def test_demo_shows_the_corridor(jibek_, tmp_path):
    code, out, _ = jibek_("demo", "--out", str(tmp_path / "demo"))
    assert code == 0
    for head in ("What it carries", "Where the days of a container go", "Where it differs most"):
        assert head in out
    assert "horgos-trains-2023" in out
    assert "by rail and sea" in out
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert (tmp_path / "demo" / "manifest.json").exists()
    assert list((tmp_path / "demo" / "figures").glob("*.png"))
    report = (tmp_path / "demo" / "report.html").stat()
    assert 1e6 < report.st_size < 3e6


def test_a_report_is_written_where_it_is_wanted(jibek_, tmp_path):
    code, _, err = jibek_("report", str(tmp_path))
    assert code == 2
    assert "there is no run here" in err
    folder, file = tmp_path / "run", tmp_path / "elsewhere" / "page.html"
    jibek_("simulate", "starter", "--days", "20", "--out", str(folder), "--no-containers")
    for asked, written in (([], folder / "report.html"), (["--out", str(file)], file)):
        code, out, _ = jibek_("report", str(folder), *asked)
        assert code == 0
        assert str(written) in out
        assert written.read_text("utf-8").startswith("<!doctype html>")
    jibek_("simulate", "starter", "--days", "20", "--out", str(folder))
    assert not (folder / "report.html").exists()  # it was of another run


def test_bundled_packages_are_in_order(jibek_):
    for name in bundled():
        assert jibek_("check", name)[0] == 0
