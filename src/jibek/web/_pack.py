"""A document and its columns in one compressed piece.

It is gzip over: the length of the document's JSON (4 bytes, little-endian), the JSON, the columns. A column is of whole
numbers from 0, each written in groups of seven bits, the lowest first, the eighth bit saying that more follow.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from jibek.web._document import Column, Document

Whole = NDArray[np.int64]

GROUPS = 5
"""Groups of seven bits at most: numbers below 2 to the 35th."""


def packed(document: Document, columns: Mapping[str, Whole]) -> bytes:
    """Return a document and columns as one piece; the same input gives the same bytes."""
    placed: dict[str, Column] = {}
    parts: list[bytes] = []
    offset = 0
    for name, numbers in columns.items():
        parts.append(groups(numbers))
        placed[name] = Column(offset=offset, length=len(parts[-1]), count=len(numbers))
        offset += len(parts[-1])
    tree = {"columns": {name: one.model_dump() for name, one in placed.items()}, **document.model_dump()}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return gzip.compress(b"".join((struct.pack("<I", len(text)), text, *parts)), mtime=0)


def groups(numbers: Whole) -> bytes:
    """Write whole numbers in groups of seven bits.

    Examples
    --------
    >>> groups(np.array([1, 127, 128, 300])).hex(" ")
    '01 7f 80 01 ac 02'
    """
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= 1 << 7 * GROUPS):
        raise ValueError("a column holds whole numbers from 0 to below 2 to the 35th")
    shifted = numbers[:, None] >> (7 * np.arange(GROUPS))
    needed = shifted > 0
    needed[:, 0] = True
    more = np.zeros_like(needed)
    more[:, :-1] = needed[:, 1:]
    cells = (shifted & 0x7F) | (more << 7)
    return cells.astype(np.uint8)[needed].tobytes()
