"""Whatever is typed into a table is taken or refused at its cell, and packages survive being sent and fetched."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from corridors import corridors
from jibek.corridor import Corridor, read
from jibek.serve._package_models import Cells, Edit
from jibek.serve._packages import Store
from jibek.tables import cells, texts
from zips import zipped

STARTER = read("starter")
TABLES = [name for name in STARTER.schema.tables if STARTER.rows(name)]
TYPED = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "=1", "-1", "1e400", "nan", '"', "\r", "\n", "#", "a;b", "1_0", "\0", "city"]),
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Cells, int, str]:
    """Draw a table with something typed into a cell: its name, itself, the number of the row as it is told, the column."""
    name = draw(st.sampled_from(TABLES))
    columns, *rows = cells(STARTER, name)
    number, place = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(columns) - 1))
    rows[number][place] = draw(TYPED)
    return name, Cells(columns=columns, rows=rows), number + 2, columns[place]


@pytest.mark.slow
@given(edits())
@settings(max_examples=60, deadline=None)
def test_what_is_typed_is_taken_or_refused_at_its_cell(edit: tuple[str, Cells, int, str]) -> None:
    name, table, line, column = edit
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        problems = store.check("starter", Edit(tables={name: table}))
        assert not list((Path(folder) / "drafts").iterdir())
        if not problems:
            assert store.corridor(store.edit("starter", Edit(tables={name: table})).id).schema is STARTER.schema
            return
    assert all(one.message for one in problems)
    assert all(
        1 <= one.line <= len(table.rows) + 1 for one in problems if one.file == f"{name}.csv" and one.line is not None
    )
    if malformed(name, table, line):
        assert (f"{name}.csv", line, column) in {(one.file, one.line, one.column) for one in problems}


def malformed(name: str, table: Cells, line: int) -> bool:
    """Whether the row cannot be read by itself; a NUL character spoils the whole table."""
    row = dict(zip(table.columns, table.rows[line - 2], strict=True))
    try:
        STARTER.schema.tables[name].model_validate({column: cell for column, cell in row.items() if cell.strip()})
    except ValidationError:
        return not any("\0" in cell for cell in row.values())
    return False


@pytest.mark.slow
@given(corridors())
@settings(max_examples=15, deadline=None)
def test_a_corridor_survives_being_sent_and_fetched(corridor: Corridor) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        kept = store.upload(zipped(files=texts(corridor)))
        assert store.corridor(kept.id) == corridor
        assert store.content(kept.id) == corridor.hash
        _, data = store.zip(kept.id)
        assert store.upload(data) == kept
        assert store.zip(kept.id)[1] == data
