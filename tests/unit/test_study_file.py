"""A study file: what it may say, and what is told of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from jibek.study import StudyError, points_of, read_study

GOOD = """
package = "starter"
replications = 2
[[axes]]
name = "volume"
change = "flows.*.teu_per_year*={}"
values = [1, 2]
"""


def told(folder: Path, text: str) -> list[str]:
    file = folder / "study.toml"
    file.write_text(text)
    with pytest.raises(StudyError) as error:
        read_study(file)
    return [str(problem) for problem in error.value.problems]


def points(folder: Path, text: str) -> list[tuple[tuple[float | str, ...], tuple[str, ...], tuple[str, ...]]]:
    file = folder / "study.toml"
    file.write_text(text)
    return [(one.values, one.point.measures, one.point.changes) for one in points_of(*read_study(file))]


def test_a_grid_has_all_levels_with_each_other(tmp_path: Path) -> None:
    text = GOOD + '[[axes]]\nname = "customs"\nchange = "checks.customs.time_h={}"\nlow = 1\nhigh = 3\nsteps = 3\n'
    found = points(tmp_path, text)
    assert [values for values, _, _ in found] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert found[5][2] == ("flows.*.teu_per_year*=2", "checks.customs.time_h=3")


def test_closures_are_switched_and_cases_taken(tmp_path: Path) -> None:
    text = (
        'package = "starter"\n[[axes]]\nname = "storm"\nclosures = ["storm"]\n'
        '[[axes]]\nname = "year"\n[axes.cases]\nnow = {}\n'
        'later = {measures = ["third-ferry"], changes = ["flows.*.teu_per_year*=1.2"]}\n'
    )
    found = points(tmp_path, text)
    assert [values for values, _, _ in found] == [("on", "now"), ("on", "later"), ("off", "now"), ("off", "later")]
    assert found[0][1:] == ((), ())
    assert found[3][1:] == (("third-ferry",), ("closures.storm.days_per_month=0", "flows.*.teu_per_year*=1.2"))


def test_a_closure_that_happens_once_is_moved_out_of_the_clock(tmp_path: Path) -> None:
    import jibek

    package = jibek.new(tmp_path / "package")
    (package / "uncertainty.csv").unlink()
    (package / "closures.csv").write_text("id,terminal,start,end\nstrike,dry-port,2025-01-05,2025-01-15\n")
    text = 'package = "package"\ndays = 20\nwarmup_days = 0\n[[axes]]\nname = "strike"\nclosures = ["strike"]\n'
    (tmp_path / "study.toml").write_text(text)
    study, corridor = read_study(tmp_path / "study.toml")
    on, off = points_of(study, corridor)
    shut, open_ = (
        jibek.simulate(one.point.changed, containers=False).statistics["closures.strike.closed_days"].mean
        for one in (on, off)
    )
    assert (shut, open_) == (10, 0)


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol"])
def test_points_are_spread_over_the_axes(tmp_path: Path, design: str) -> None:
    text = (
        f'package = "starter"\ndesign = "{design}"\npoints = 16\n'
        '[[axes]]\nname = "customs"\nchange = "checks.customs.time_h={}"\nlow = 1\nhigh = 9\n'
        '[[axes]]\nname = "posts"\nchange = "checks.customs.servers={}"\nlow = 1\nhigh = 4\nwhole = true\n'
    )
    found = points(tmp_path, text)
    assert found == points(tmp_path, text)
    assert found != points(tmp_path, "seed = 1\n" + text)
    hours = sorted(values[0] for values, _, _ in found)
    assert [int((hour - 1) * 2) for hour in hours] == list(range(16)), "one in each sixteenth"
    posts = [values[1] for values, _, _ in found]
    assert {post: posts.count(post) for post in sorted(posts)} == {1: 4, 2: 4, 3: 4, 4: 4}


def test_slips_are_all_told(tmp_path: Path) -> None:
    text = GOOD.replace("replications = 2", "replicatons = 2\nseed = -1") + 'step = 3\n[[axes]]\nname = "empty"\n'
    assert told(tmp_path, text) == [
        "study.toml axes[1].step: there is no such key; did you mean 'steps'?",
        "study.toml axes[2]: has one of change, closures and cases",
        "study.toml seed: input should be greater than or equal to 0, not -1",
        "study.toml replicatons: there is no such key; did you mean 'replications'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("values = [1, 2]", "", "a change has values, or low and high"),
        ("values = [1, 2]", "low = 2\nhigh = 1", "low must be below high, not 2 and 1"),
        ("values = [1, 2]", "low = 1\nhigh = 2", "axis 'volume': a range needs steps in a grid"),
        ("{}", "2", "must hold {} once, where the value goes"),
        ('package = "starter"', "", "package: is required"),
        ("replications = 2", 'design = "sobol"', "points: say how many points the sobol design has"),
        ("replications = 2", 'design = "sobol"\npoints = 3', "has 2, 4, 8, 16, ... points, not 3"),
        ("replications = 2", "points = 3", "a grid has as many points as its axes make"),
        ("replications = 2", 'changes = ["flows.*.teu_per_yaer=1"]', "flows have no column 'teu_per_yaer'"),
        ("flows.*.teu_per_year*", "flows.*.teu_per_yaer", "did you mean 'teu_per_year' or"),
        ("[1, 2]", "[1, -2]", "teu_per_year"),
        ("[[axes]]", "[[axes]", "is not TOML"),
        ("[1, 2]", "1", "axes[1].values: must be a list, not 1"),
        ("replications = 2", "figures = []", "figures: must not be empty"),
        ('name = "volume"', 'name = "point"', "'point' is a column of the table of points already"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    (problem, *_) = told(tmp_path, GOOD.replace(old, new))
    assert problem.startswith("study.toml")
    assert said in problem


def test_contradictions_are_told(tmp_path: Path) -> None:
    one = '[[axes]]\nname = "{}"\nchange = "{}"\nvalues = [{}]\n'
    times = one.format("a", "checks.customs.time_h={}", "1, 2") + one.format("b", "checks.*.time_h*={}", "0.5, 1")
    assert told(tmp_path, GOOD + times) == [
        "study.toml axes[3]: checks.customs.time_h is set, and axes[2] changes it too; only one of them can"
    ]
    common = GOOD.replace("replications = 2", 'changes = ["flows.*.teu_per_year=5000"]')
    (said,) = told(tmp_path, common)
    assert said == "study.toml axes[1]: flows.*.teu_per_year is set, and changes changes it too; only one of them can"


def test_factors_of_one_value_go_together(tmp_path: Path) -> None:
    common = GOOD.replace("replications = 2", 'changes = ["flows.*.teu_per_year*=0.9"]')
    assert len(points(tmp_path, common)) == 2


def test_a_grid_without_end_is_refused_before_it_is_made(tmp_path: Path) -> None:
    axis = '[[axes]]\nname = "{}"\nchange = "checks.{}.time_h*={{}}"\nlow = 1\nhigh = 2\nsteps = 10000\n'
    (said,) = told(tmp_path, GOOD + axis.format("a", "customs") + axis.format("b", "inspection"))
    assert (
        said == "study.toml: axes: a grid of 200,000,000 points is too large; at most 1,000,000, or take another design"
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        read_study(tmp_path / "none.toml")


def test_the_study_file_that_is_shown_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/study.md").read_text()
    shown = page.partition("```toml\n")[2].partition("```")[0]
    assert len(points(tmp_path, shown)) == 3 * 5 * 2 * 2
