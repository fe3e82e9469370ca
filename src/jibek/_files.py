"""Files that are never half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

DRAFT = ".draft"
"""Ending of the name that a file has while it is written."""


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """Give a stream whose content takes the place of a file when all of it is on the disk.

    Whatever ends the writing before, the file is as it was. What is there and is no file, a pipe or a device, is written to as it comes.

    Parameters
    ----------
    file
        In a folder that is there; where it is a link, what it leads to is replaced.

    Raises
    ------
    OSError
        If it cannot be written; the error names the file.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "note.txt")
    >>> with whole(file) as stream:
    ...     _ = stream.write(b"read me")
    >>> file.read_text()
    'read me'
    """
    file = Path(os.path.realpath(file))
    if file.exists() and not file.is_file():
        with file.open("wb") as stream:
            yield stream
        return
    draft = file.with_name(f"{file.name}{DRAFT}")
    try:
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(file)
        raise
