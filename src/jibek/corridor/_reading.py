"""Reading a corridor package, by path or by the name of one that comes with Jibek."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from jibek.corridor._checking import check_known
from jibek.corridor._corridor import Corridor
from jibek.tables import folder_of, read_package


def read(path: str | os.PathLike[str]) -> Corridor:
    """Read a corridor package.

    Parameters
    ----------
    path
        Folder with `corridor.toml` and one CSV file a table; or the name of a package that comes with Jibek,
        such as `trans-caspian`, unless there is a folder of that name.

    Returns
    -------
    Corridor
        The package in memory, checked.

    Raises
    ------
    PackageError
        With every problem of every file.

    Examples
    --------
    >>> import jibek.corridor
    >>> jibek.corridor.read("starter").header.id
    'starter'
    """
    return read_package(Corridor, find(path), check_known)


def bundled() -> dict[str, Path]:
    """List the packages that come with Jibek, by name."""
    scenarios = Path(str(files("jibek"))) / "scenarios"
    folders = sorted(path.parent for path in scenarios.glob(f"*/{Corridor.schema.header_file}"))
    return {folder.name.replace("_", "-"): folder for folder in folders}


def find(path: str | os.PathLike[str]) -> Path:
    """Find the folder of a package, given by path or by the name of one that comes with Jibek.

    Raises
    ------
    PackageError
        If there is no such folder.
    """
    return folder_of(path, bundled())
