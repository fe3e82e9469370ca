"""The page on results names all that a run leaves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import jibek
from jibek.results import Run
from jibek.results._folder import PICTURES

PAGE = (Path(__file__).parents[2] / "docs/results.md").read_text()


def part(head: str) -> str:
    return PAGE.split(f"## {head}\n", 1)[1].split("\n## ", 1)[0]


def row(head: str, name: str) -> str:
    """Return the row of a table of the page, with those below it that have no name of their own."""
    found, here = [], False
    for line in part(head).splitlines():
        first = line.split("|")[1].strip() if line.startswith("|") else ""
        here = (f"`{name}`" in first or f"`{name}." in first) if first else here and line.startswith("|")
        if here:
            found.append(line)
    return "\n".join(found)


def unnamed(names: list[str], text: str) -> set[str]:
    return set(names) - set(re.findall(r"`([^`]+)`", text)) - {"replication"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    corridor = jibek.read("starter").with_clock(days=20)
    return jibek.simulate(corridor, replications=2, out=tmp_path_factory.mktemp("results") / "run")


def test_every_table_and_column_is_named(run: Run) -> None:
    for name in run.manifest["tables"]:
        assert unnamed(run.table(name).columns, row("Tables", name)) == set(), name


def test_every_view_and_column_is_named(run: Run) -> None:
    for name in ("stages", "calls"):
        assert unnamed(run.query(f"select * from {name} limit 1").columns, row("Views", name)) == set(), name
    for group, figures in run.statistics.groups.items():
        columns = [name.replace(".", "_") for name in figures]
        assert run.query(f"select * from {group} limit 1").columns == ["replication", "id", *columns]


def test_every_figure_is_named(run: Run) -> None:
    for group, figures in {**run.statistics.groups, "events": []}.items():
        assert row("Figures", group), group
        assert unnamed(figures, row("Figures", group)) == set(), group
    total = [name.removeprefix("total.") for name in run.statistics if name.startswith("total.")]
    assert unnamed(total, row("Figures", "total")) == set()


def test_every_picture_and_key_is_named(run: Run) -> None:
    assert unnamed(list(PICTURES), part("Pictures")) == set()
    document = run.document()
    keys = set(document) - set(run.statistics.groups) - {"total"}
    assert unnamed([*keys, *document["runtime"]], part("JSON")) == set()
