"""Changes keep their form, corridors survive being written, and nothing but our own errors comes out."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from jibek.corridor import TABLES, Change, ChangeError, JibekError, describe, new, read, write

STARTER = read("starter")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COLUMNS = [(table.name, column) for table in describe() for column in table.columns if column.name != "id"]


@st.composite
def changes(draw: st.DrawFn) -> str:
    """Draw changes that name a column that is there, and a value that may be anything."""
    table, column = draw(st.sampled_from(COLUMNS))
    rows = [getattr(row, "id", "*") for row in STARTER.rows(table)] + ["*"]
    operator = draw(st.sampled_from(["=", "*=", "+="] if column.numeric else ["="]))
    number = draw(st.one_of(NUMBERS, st.floats(0, 10), st.integers(0, 10)))
    texts: st.SearchStrategy[str] = st.text(st.characters(exclude_characters="\0"), max_size=20)
    if column.choices:
        texts = st.sampled_from(column.choices)
    elif column.refers:
        texts = st.sampled_from([getattr(row, "id", "") for row in STARTER.rows(column.refers)])
    value = number if operator != "=" or column.numeric else draw(texts)
    return f"{table}.{draw(st.sampled_from(rows))}.{column.name}{operator}{value}"


@given(changes())
def test_a_change_is_read_as_it_is_written(text: str) -> None:
    change = Change.parse(text)
    assert Change.parse(str(change)) == change


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[a-z]+\.[a-z*-]+\.[a-z_]+[*+]?=.*")))
def test_any_text_is_a_change_or_refused(text: str) -> None:
    with suppress(ChangeError):
        assert str(Change.parse(text))


@given(st.lists(changes(), min_size=1, max_size=4))
@example(["links.sea.run_cv=-0.0", "links.sea.min_run_h=-0.0"])
@example(["places.city.name=0\r0"])
@example(["places.city.name=\0"])
@settings(max_examples=50, deadline=None)
def test_a_changed_corridor_survives_being_written(texts: list[str]) -> None:
    try:
        corridor = STARTER.with_changes(*texts)
    except ChangeError:
        return
    with tempfile.TemporaryDirectory() as folder:
        again = read(write(corridor, Path(folder) / "package"))
    assert again == corridor
    assert again.hash == corridor.hash


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_no_contents_of_a_file_are_a_bug(data: Any) -> None:
    names = ["corridor.toml", *(f"{name}.csv" for name in TABLES)]
    with tempfile.TemporaryDirectory() as folder:
        path = new(Path(folder) / "package") / data.draw(st.sampled_from(names))
        old = path.read_bytes() if path.exists() else b""
        begin = data.draw(st.integers(0, len(old)))
        end = data.draw(st.integers(begin, min(len(old), begin + 40)))
        path.write_bytes(old[:begin] + data.draw(st.binary(max_size=30)) + old[end:])
        with suppress(JibekError):
            read(path.parent)
