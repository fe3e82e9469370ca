"""The description of the tables as data, as `datapackage.json` and as a page."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from jibek.corridor import tables as t
from jibek.corridor._columns import Column, columns
from jibek.corridor._corridor import Corridor

_FRICTIONLESS = {
    "text": "string",
    "number": "number",
    "whole number": "integer",
    "yes/no": "boolean",
    "date": "date",
    "date and time": "datetime",
}


@dataclass(frozen=True)
class TableDescription:
    """What a table is for, and its columns.

    Parameters
    ----------
    name, meaning
        Name and meaning.
    keyed
        Whether its rows have an id.
    columns
        In the order in which they are written.
    """

    name: str
    meaning: str
    keyed: bool
    columns: tuple[Column, ...]


def describe() -> tuple[TableDescription, ...]:
    """Describe all tables of a package.

    Examples
    --------
    >>> import jibek.corridor
    >>> links = jibek.corridor.describe()[1]
    >>> [column.unit for column in links.columns if column.name == "length_km"]
    ['km']
    """
    return tuple(
        TableDescription(name, _meaning(row), row.keyed, tuple(columns(row).values())) for name, row in t.TABLES.items()
    )


def _meaning(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


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
    wanted = [one for one in describe() if corridor is None or corridor.rows(one.name)]
    package: dict[str, Any] = {"profile": "tabular-data-package", "name": "corridor"}
    if corridor is not None:
        header = corridor.header
        package |= {"name": header.id.lower(), "title": header.title}
        if header.licence:
            package["licenses"] = [{"name": header.licence}]
    return package | {"resources": [_resource(one, {other.name for other in wanted}) for one in wanted]}


def _resource(table: TableDescription, there: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.keyed:
        schema["primaryKey"] = "id"
    keys = [
        {"fields": column.name, "reference": {"resource": _resource_of(column, table), "fields": "id"}}
        for column in table.columns
        if column.refers in there and not column.separator
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "encoding": "utf-8",
        "dialect": {"commentChar": "#"},
        "schema": schema,
    }


def _resource_of(column: Column, table: TableDescription) -> str:
    return "" if column.refers == table.name else column.refers


def _field(column: Column) -> dict[str, Any]:
    """Describe a column; a cell with several values is a text to Frictionless."""
    meaning = f"{column.meaning} [{column.unit}]" if column.unit else column.meaning
    kind = "string" if column.separator else _FRICTIONLESS[column.kind]
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if not column.separator:
        known = {
            "minimum": column.minimum,
            "maximum": column.maximum,
            "pattern": column.pattern or None,
            "enum": list(column.choices) or None,
        }
        limits |= {name: value for name, value in known.items() if value is not None}
    field = {"name": column.name, "type": kind, "description": meaning}
    return field | {"constraints": limits} if limits else field


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
    parts = [_PAGE, _section("corridor.toml", _meaning(t.Header), tuple(columns(t.Header).values()))]
    parts += [_section(f"{one.name}.csv", one.meaning, one.columns) for one in describe()]
    return "\n".join(parts)


def _section(title: str, meaning: str, known: tuple[Column, ...]) -> str:
    head = f"## {title}\n\n{meaning}\n\n| column | type | unit | default | allowed | meaning |\n"
    return head + "| --- | --- | --- | --- | --- | --- |\n" + "".join(map(_line, known))


def _line(column: Column) -> str:
    kind = f"id of [{column.refers}](#{column.refers}csv)" if column.refers else str(column.kind)
    if column.separator:
        joined = {" ": "spaces", ">": "`>`", "; ": "`;`"}[column.separator]
        kind = f"several of {kind}, {joined} between"
    default = "**required**" if column.required else f"`{column.cell(column.default)}`".replace("``", "")
    meaning = re.sub(r"(?<!\\)\|", r"\\|", column.meaning)
    cells = (f"`{column.name}`", kind, column.unit, default, column.limits(), meaning)
    return "| " + " | ".join(cells) + " |\n"
