"""Questions to a run in SQL, answered by DuckDB from the run's files; nothing can be changed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._folder import RunError, tables_in
from jibek.results._memory import memory_bytes
from jibek.results._views import views

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 10_000_000
"""Rows that an answer may have."""

_PLAIN = re.compile(r"(BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|VARCHAR)(\[\d*\])*")
_WIDE = re.compile(r"U?HUGEINT|DECIMAL\(.*\)")


def query(folder: Path, sql: str, groups: Mapping[str, Iterable[str]]) -> pl.DataFrame:
    """Answer a single SELECT.

    Parameters
    ----------
    folder
        The run folder.
    sql
        The question; tables and views are those of the run.
    groups
        Figures by group of quantities, as in `views`.

    Raises
    ------
    RunError
        If it is not a single SELECT, or DuckDB cannot answer it.
    """
    import duckdb
    import polars as pl

    folder = folder.resolve()
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": os.path.join(tempfile.gettempdir(), f"jibek-duckdb-{os.getpid()}"),
        "max_temp_directory_size": "8GB",
        "memory_limit": f"{memory_bytes() // 2_000_000} MB",
    }
    with duckdb.connect(":memory:", config=config) as connection:
        try:
            connection.execute(views(tables_in(folder), groups, f"{_literal(folder)}/"))
        except duckdb.Error as error:
            raise RunError(f"{folder}: its tables cannot be read: {error}") from None
        connection.execute("set allowed_directories = ?", [[f"{folder.as_posix()}/", f"{_literal(folder)}/"]])
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise RunError("a question is a single SELECT statement")
            answer = connection.sql(statements[0].query)
            kinds = [str(kind) for kind in answer.types]
            wanted = answer.limit(MOST_ROWS + 1).project(_projection(answer.columns, kinds))
            columns = _interruptible(connection, wanted.fetchnumpy)
        except duckdb.Error as error:
            raise RunError(f"DuckDB: {error}") from None
    series = [_series(name, column, kind) for (name, column), kind in zip(columns.items(), kinds, strict=True)]
    if series[0].len() > MOST_ROWS:
        raise RunError(f"the answer has more than {MOST_ROWS:,} rows; ask for fewer, with LIMIT or GROUP BY")
    return pl.DataFrame(series)


def _interruptible(connection: Any, ask: Callable[[], Any]) -> Any:
    """Ask in a thread of its own, since DuckDB hears an interruption from the keyboard late or never."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        try:
            while not wait([asked], timeout=0.1).done:
                pass
        except KeyboardInterrupt:
            while not wait([asked], timeout=0.1).done:  # what has not begun cannot be interrupted
                connection.interrupt()
            raise
        return asked.result()


def _projection(names: Iterable[str], kinds: Iterable[str]) -> str:
    """Select all columns: numbers, texts and lists of them as they are, wide numbers as reals, all else as text."""
    parts = []
    taken: set[str] = set()
    for place, (name, kind) in enumerate(zip(names, kinds, strict=True), 1):
        alias = name
        while alias.casefold() in taken:
            alias += "_"
        taken.add(alias.casefold())
        cast = "" if _PLAIN.fullmatch(kind) else "::double" if _WIDE.fullmatch(kind) else "::varchar"
        parts.append(f'#{place}{cast} as "{alias.replace(chr(34), chr(34) * 2)}"')
    return ", ".join(parts)


def _literal(folder: Path) -> str:
    """Write a path so that DuckDB takes its characters as they are, not as a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", folder.as_posix())


def _series(name: str, column: Any, kind: str) -> pl.Series:
    """Make a column; what is masked becomes null, and sums of whole numbers are whole as far as they are exact."""
    import polars as pl

    values, mask = np.ma.getdata(column), np.ma.getmaskarray(column)
    if values.dtype == object:
        cells = [None if hidden else value for value, hidden in zip(values, mask, strict=True)]
        return pl.Series(name, cells, strict=False) if cells else pl.Series(name, cells, dtype=pl.String)
    series = pl.Series(name, values)
    series = series.set(pl.Series(mask), None) if mask.any() else series
    if kind in ("HUGEINT", "UHUGEINT") and (series.abs().max() or 0.0) < 2**53:  # type: ignore[operator]
        return series.cast(pl.Int64)
    return series
