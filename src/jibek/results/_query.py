"""Questions to a run in SQL, answered by DuckDB from the run's files; nothing can be changed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jibek.results._folder import RunError, tables_in
from jibek.results._views import views

if TYPE_CHECKING:
    import polars as pl


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
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute(views(tables_in(folder), groups, f"{_literal(folder)}/"))
        connection.execute("set allowed_directories = ?", [[f"{folder.as_posix()}/", f"{_literal(folder)}/"]])
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise RunError("a question is a single SELECT statement")
            columns = connection.execute(statements[0]).fetchnumpy()
        except duckdb.Error as error:
            raise RunError(f"DuckDB: {error}") from None
    return pl.DataFrame([_series(name, column) for name, column in columns.items()])


def _literal(folder: Path) -> str:
    """Write a path so that DuckDB takes its characters as they are, not as a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", folder.as_posix())


def _series(name: str, column: Any) -> pl.Series:
    """Make a column; what is masked becomes null."""
    import polars as pl

    values, mask = np.ma.getdata(column), np.ma.getmaskarray(column)
    if values.dtype == object:
        cells = [None if hidden else value for value, hidden in zip(values, mask, strict=True)]
        return pl.Series(name, cells, strict=False) if cells else pl.Series(name, cells, dtype=pl.String)
    series = pl.Series(name, values)
    return series.set(pl.Series(mask), None) if mask.any() else series
