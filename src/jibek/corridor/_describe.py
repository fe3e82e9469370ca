"""The description of a corridor's tables as data, as `datapackage.json` and as a page."""

from __future__ import annotations

from typing import Any

from jibek.corridor._corridor import Corridor
from jibek.corridor.tables import SCHEMA
from jibek.tables import TableDescription, described, frictionless, page


def describe() -> tuple[TableDescription, ...]:
    """Describe all tables of a package.

    Examples
    --------
    >>> import jibek.corridor
    >>> links = jibek.corridor.describe()[1]
    >>> [column.unit for column in links.columns if column.name == "length_km"]
    ['km']
    """
    return described(SCHEMA)


def datapackage(corridor: Corridor | None = None) -> dict[str, Any]:
    """Describe the tables as a Frictionless data package, the contents of `datapackage.json`.

    Parameters
    ----------
    corridor
        Whose package it is: only its tables are described. Without, all tables are.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.datapackage()["resources"][0]["path"]
    'places.csv'
    """
    return frictionless(SCHEMA, corridor)


_PAGE = """\
# The corridor package

A corridor is a folder: `corridor.toml` and one CSV file a table. A table that nobody needs may be missing,
and so may columns that are not required. A blank cell means the default. Files are UTF-8 with commas between
the cells; lines that begin with `#` are comments. Numbers lie between -10^12 and 10^12.

`jibek check FOLDER` lists all that is wrong with a package, with file, line and column.

Values are changed in one way everywhere: `table.id.field=value`, `table.id.field*=1.1`, `table.id.field+=1`;
id `*` means all rows.

This page is made from the description of the tables by `jibek schema --format markdown > docs/package.md`.
"""


def reference_markdown() -> str:
    """Describe `corridor.toml` and all tables as a page in Markdown, the contents of `docs/package.md`.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.reference_markdown().splitlines()[0]
    '# The corridor package'
    """
    return page(SCHEMA, _PAGE)
