"""Reading a package: what is accepted, and how it is found."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import jibek.corridor
from jibek.corridor import PackageError, Problem, bundled, new, read


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return new(tmp_path / "package")


def edit(path: Path, old: str, newer: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, newer), "utf-8", newline="")


def test_values_have_the_types_of_their_columns() -> None:
    corridor = read("starter")
    assert corridor.links["sea"].run_h == 24.0
    assert corridor.links["sea"].gauge_mm is None
    assert corridor.links["border-coast"].via == ("43.3 76.9", "44.8 65.5")
    assert corridor.transfers["dp-1435-off"].steps == ("dp-crane", "dp-stacker")
    assert corridor.closures["storm"].months == (10, 11, 12, 1, 2, 3)
    assert corridor.services["express-west"].days == (1, 4)
    assert corridor.fleets["trains-1435"].count is None
    assert corridor.changes == corridor.applied == ()


def test_rows_keep_the_order_of_the_file() -> None:
    assert list(read("starter").links) == ["city-border", "border-coast", "sea"]


def test_rows_and_tables_cannot_be_changed_in_place() -> None:
    corridor = read("starter")
    with pytest.raises(TypeError):
        corridor.links["sea"] = corridor.links["city-border"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        corridor.links["sea"].run_h = 5


@pytest.mark.parametrize(
    ("begin", "ending"), [("", "\n"), ("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")], ids=repr
)
def test_byte_order_marks_and_line_endings_do_not_matter(package: Path, begin: str, ending: str) -> None:
    for path in package.glob("*.csv"):
        text = begin + path.read_text("utf-8").replace("\n", ending)
        path.write_bytes(text.encode("utf-8"))
    assert read(package) == read("starter")


def test_comments_blank_lines_and_blank_rows_are_passed_over(package: Path) -> None:
    edit(package / "links.csv", "sea,coast", "\n# by ship\n,,,,,,,,,,,\nsea,coast")
    assert read(package) == read("starter")


def test_lines_are_counted_through_comments_and_quoted_cells(package: Path) -> None:
    edit(package / "places.csv", "coast,Eastern shore", '# the sea\ncoast,"Eastern\n# shore"')
    edit(package / "places.csv", "40.4", "high")
    with pytest.raises(PackageError) as caught:
        read(package)
    assert caught.value.problems == (Problem("places.csv", 8, "lat", "'high' is not a number"),)


def test_a_number_sign_within_a_quoted_cell_is_no_comment(package: Path) -> None:
    edit(package / "places.csv", "Eastern shore", '"Eastern\n# shore"')
    assert read(package).places["coast"].name == "Eastern\n# shore"


def test_columns_may_stand_in_any_order_and_be_left_out(package: Path) -> None:
    rows = [line.split(",") for line in (package / "fleets.csv").read_text().splitlines()[1:]]
    with (package / "fleets.csv").open("w", newline="") as file:
        csv.writer(file).writerows(reversed(row) for row in rows)
    assert read(package) == read("starter")


def test_listed_arrivals_are_read_in_order(package: Path) -> None:
    edit(package / "flows.csv", "poisson", "listed")
    (package / "arrivals.csv").write_text("flow,time,containers\neast,2025-03-01 06:30,4\neast,2025-02-01,\n")
    arrivals = read(package).arrivals
    assert [(one.time, one.containers) for one in arrivals] == [
        (datetime(2025, 3, 1, 6, 30), 4),
        (datetime(2025, 2, 1), 1),
    ]


def test_problems_come_in_the_order_of_tables_and_lines(package: Path) -> None:
    edit(package / "sources.csv", "assumption", "guess")
    edit(package / "links.csv", ",16,12", ",x,12")
    edit(package / "links.csv", "sea,coast", "sea,cost")
    edit(package / "corridor.toml", "365", "0")
    with pytest.raises(PackageError) as caught:
        read(package)
    assert [(one.file, one.line) for one in caught.value.problems] == [
        ("corridor.toml", 7),
        ("links.csv", 3),
        ("links.csv", 5),
        ("sources.csv", 3),
    ]


def test_rows_that_cannot_be_read_are_not_reported_missing(package: Path) -> None:
    edit(package / "links.csv", "sea,coast,shore,sea,,470,24", "sea,coast,shore,sea,,470,x")
    edit(package / "zones.csv", "hb-berth,harbour,berth,,1", "hb-berth,harbour,berth,,0")
    with pytest.raises(PackageError) as caught:
        read(package)
    assert [str(one) for one in caught.value.problems] == [
        "links.csv:5 run_h: 'x' is not a number",
        "zones.csv:7 positions: must be at least 1, not '0'",
    ]


def test_a_package_may_be_given_by_name_or_path(package: Path) -> None:
    assert "starter" in bundled()
    assert read("starter") == read(str(package)) == read(package)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("startr", "startr: no such folder; did you mean 'starter'?"),
        ("nowhere/at/all", "no such folder"),
        ("a\0b", "is not a path"),
        (__file__, "is not a folder; name the folder of the package"),
        ("x" * 5_000, "is not a path"),
    ],
    ids=["near a name", "no folder", "NUL", "file", "too long"],
)
def test_a_path_that_leads_to_no_package_is_refused(path: str, said: str) -> None:
    with pytest.raises(PackageError, match=said.replace("?", r"\?")):
        read(path)


def test_an_empty_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        read(tmp_path)
    assert str(caught.value) == "corridor.toml: is missing: a package must have one"


def test_importing_the_model_is_light() -> None:
    heavy = "{'polars', 'numba', 'numpy', 'matplotlib', 'duckdb', 'rich', 'typer'}"
    code = f"import sys, jibek.corridor; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_public_names_are_sorted_and_there() -> None:
    names = jibek.corridor.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert all(hasattr(jibek.corridor, name) for name in names)
    public = {name for name in vars(jibek.corridor) if not name.startswith("_")}
    assert public - set(names) == {"tables"}
