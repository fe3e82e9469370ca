"""The model: a corridor package, its tables, reading, checking and changes."""

from jibek.corridor._changes import Change
from jibek.corridor._checking import check
from jibek.corridor._corridor import Corridor
from jibek.corridor._describe import datapackage, describe, reference_markdown
from jibek.corridor._provenance import Counts, Given, Provenance, numbers, provenance
from jibek.corridor._reading import bundled, read
from jibek.corridor._writing import new, write
from jibek.corridor.tables import TABLES
from jibek.tables import ChangeError, Column, JibekError, PackageError, Problem, TableDescription

__all__ = [
    "TABLES",
    "Change",
    "ChangeError",
    "Column",
    "Corridor",
    "Counts",
    "Given",
    "JibekError",
    "PackageError",
    "Problem",
    "Provenance",
    "TableDescription",
    "bundled",
    "check",
    "datapackage",
    "describe",
    "new",
    "numbers",
    "provenance",
    "read",
    "reference_markdown",
    "write",
]
