"""Packages of described tables: their columns, reading, checking of references, writing, and what can be wrong."""

from jibek.tables._columns import Column, columns, number_text
from jibek.tables._describe import TableDescription, described, frictionless, page
from jibek.tables._errors import SHOWN, ChangeError, JibekError, PackageError, Problem, ProblemsError, at, near, quoted
from jibek.tables._fields import (
    CHAINED,
    LEAST,
    LISTED,
    MOST,
    SPACED,
    Day,
    Gauge,
    Id,
    Moment,
    NotNegative,
    Number,
    Positive,
    Ref,
    Row,
    Share,
    Source,
    SourceRow,
    Unit,
    Variation,
)
from jibek.tables._messages import sentence
from jibek.tables._package import Package, Schema
from jibek.tables._reading import folder_of, read_package
from jibek.tables._references import Known, unresolved
from jibek.tables._writing import placed, write_package

__all__ = [
    "CHAINED",
    "LEAST",
    "LISTED",
    "MOST",
    "SHOWN",
    "SPACED",
    "ChangeError",
    "Column",
    "Day",
    "Gauge",
    "Id",
    "JibekError",
    "Known",
    "Moment",
    "NotNegative",
    "Number",
    "Package",
    "PackageError",
    "Positive",
    "Problem",
    "ProblemsError",
    "Ref",
    "Row",
    "Schema",
    "Share",
    "Source",
    "SourceRow",
    "TableDescription",
    "Unit",
    "Variation",
    "at",
    "columns",
    "described",
    "folder_of",
    "frictionless",
    "near",
    "number_text",
    "page",
    "placed",
    "quoted",
    "read_package",
    "sentence",
    "unresolved",
    "write_package",
]
