"""The model: a corridor package, its tables, reading, checking and changes."""

from jibek.corridor._changes import Change
from jibek.corridor._checking import check
from jibek.corridor._corridor import Corridor
from jibek.corridor._errors import ChangeError, JibekError, PackageError, Problem
from jibek.corridor._reading import read
from jibek.corridor.tables import TABLES

__all__ = [
    "TABLES",
    "Change",
    "ChangeError",
    "Corridor",
    "JibekError",
    "PackageError",
    "Problem",
    "check",
    "read",
]
