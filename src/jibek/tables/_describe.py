"""The description of the tables as data, as `datapackage.json` and as a page."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from jibek.tables._columns import Column, columns
from jibek.tables._package import Package, Schema

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


def described(schema: Schema) -> tuple[TableDescription, ...]:
    """Describe all tables of a kind of package."""
    return tuple(
        TableDescription(name, _meaning(row), row.keyed, tuple(columns(row).values()))
        for name, row in schema.tables.items()
    )


def _meaning(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def frictionless(schema: Schema, package: Package | None = None) -> dict[str, Any]:
    """Describe the tables as a Frictionless data package, the contents of `datapackage.json`.

    Parameters
    ----------
    schema
        Whose tables.
    package
        Only its tables are described. Without, all tables are.
    """
    wanted = [one for one in described(schema) if package is None or package.rows(one.name)]
    described_as: dict[str, Any] = {"profile": "tabular-data-package", "name": schema.noun}
    if package is not None:
        header = package.header
        described_as |= {"name": header.id.lower(), "title": header.title}
        if header.licence:
            described_as["licenses"] = [{"name": header.licence}]
    return described_as | {"resources": [_resource(one, {other.name for other in wanted}) for one in wanted]}


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


def page(schema: Schema, introduction: str) -> str:
    """Describe the header and all tables as a page in Markdown.

    Parameters
    ----------
    schema
        Whose tables.
    introduction
        What the page begins with.
    """
    header = schema.header
    parts = [introduction, _section(schema.header_file, _meaning(header), tuple(columns(header).values()))]
    parts += [_section(f"{one.name}.csv", one.meaning, one.columns) for one in described(schema)]
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
