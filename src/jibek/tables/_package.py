"""A package: a folder with a header in TOML and one CSV file a table, as typed, immutable rows in memory."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Self, cast

from pydantic import BaseModel

from jibek.tables._columns import columns
from jibek.tables._fields import Row


@dataclass(frozen=True)
class Schema:
    """The tables a kind of package may have.

    Parameters
    ----------
    noun
        What such a package is; its header stands in `noun.toml`.
    header
        Class of the header.
    tables
        Class of the rows of each table, by name, in the order of reading and showing.
    """

    noun: str
    header: type[BaseModel]
    tables: Mapping[str, type[Row]]

    @property
    def header_file(self) -> str:
        """Name of the file of the header."""
        return f"{self.noun}.toml"

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files a package may have, the header's first."""
        return (self.header_file, *(f"{name}.csv" for name in self.tables))


@dataclass(frozen=True)
class Package:
    """A header and one attribute a table.

    Every table is a read-only mapping from id to row, in the order of the file; tables whose rows have no id are
    tuples.
    """

    schema: ClassVar[Schema]

    header: Any

    @classmethod
    def of(cls, header: BaseModel, rows: Mapping[str, Iterable[Row]], **more: Any) -> Self:
        """Build a package from rows by table; nothing is checked."""
        built: dict[str, Any] = {}
        for name, table in cls.schema.tables.items():
            here = rows.get(name, ())
            built[name] = MappingProxyType({cast(Any, row).id: row for row in here}) if table.keyed else tuple(here)
        return cls(header=header, **built, **more)

    def rows(self, table: str) -> tuple[Row, ...]:
        """Return the rows of a table, in order.

        Parameters
        ----------
        table
            Name of the table.
        """
        held = getattr(self, table)
        return tuple(held.values()) if self.schema.tables[table].keyed else held

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all values that are not the default, as hexadecimal; rows may stand in any order."""
        digest = hashlib.sha256(_canonical(self.header))
        for name in self.schema.tables:
            digest.update(f"[{name}]\n".encode())
            for line in sorted(map(_canonical, self.rows(name))):
                digest.update(line)
        return digest.hexdigest()

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.rows(name))} {name}" for name in self.schema.tables if self.rows(name))
        return f"<{type(self).__name__} {self.header.id}: {counts}>"

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<tr><td>{name}</td><td>{len(self.rows(name))}</td></tr>" for name in self.schema.tables if self.rows(name)
        )
        title = html.escape(self.header.title)
        return f"<table><caption>{title}</caption><tr><th>table</th><th>rows</th></tr>{lines}</table>"

    def __getstate__(self) -> dict[str, Any]:
        state = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: dict(part) if isinstance(part, MappingProxyType) else part for name, part in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, part in state.items():
            object.__setattr__(self, name, MappingProxyType(part) if isinstance(part, dict) else part)


def _canonical(row: BaseModel) -> bytes:
    given = [column for column in columns(type(row)).values() if column.given(row)]
    cells = {column.name: column.cell(getattr(row, column.name)) for column in given}
    return json.dumps(cells).encode() + b"\n"
