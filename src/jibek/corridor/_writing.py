"""Writing a corridor package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jibek.corridor._corridor import Corridor
from jibek.corridor._reading import bundled
from jibek.tables import placed, write_package


def write(corridor: Corridor, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a corridor as a package; reading it gives the same corridor.

    Parameters
    ----------
    corridor
        In memory, perhaps changed; what was changed is not told in the package.
    path
        Folder to be made; its parents are made too.
    overwrite
        Whether to replace a package that is there. Other files in it are kept, comments are lost.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import jibek.corridor as jc
    >>> corridor = jc.read("starter")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     jc.read(jc.write(corridor, folder)) == corridor
    True
    """
    return write_package(corridor, path, overwrite=overwrite)


def new(path: str | os.PathLike[str]) -> Path:
    """Copy the commented starter package, to be made into a corridor of one's own.

    Parameters
    ----------
    path
        Folder to be made; its parents are made too.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PackageError
        If the folder is there and not empty, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import jibek.corridor as jc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(jc.read(jc.new(folder)).services)
    8
    """
    starter = bundled()["starter"]
    with placed(Path(path), Corridor.schema, overwrite=False) as folder:
        for file in starter.iterdir():
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
    return Path(path)
