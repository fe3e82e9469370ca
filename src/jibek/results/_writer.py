"""Tables of single things, written while their replication is simulated."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING

from jibek.results._closed import Closed
from jibek.results._folder import Folder
from jibek.results._network import Network
from jibek.results._numbers import Numbering
from jibek.results._tables import LARGE, large_table
from jibek.simulate._replication import Replication

if TYPE_CHECKING:
    import polars as pl

ROWS_A_FILE = 2**19
"""Hops and legs that are held at most before all tables are written."""

_PARTS_BEHIND = 3
"""Parts that wait to be written, at most."""


class Writer:
    """Writes what is over in each part of a replication, in a thread of its own; all is written when it is left.

    Parameters
    ----------
    network
        The corridor.
    folder
        Where to.
    containers
        Whether tables of single containers are written; if not, trips and legs alone.
    """

    def __init__(self, network: Network, folder: Folder, *, containers: bool) -> None:
        self._network, self._folder = network, folder
        self._tables = LARGE if containers else ("trips", "legs")
        self._numbering = Numbering()
        self._held: dict[str, list[pl.LazyFrame]] = {}
        self._rows = self._files = 0
        self._aside = ThreadPoolExecutor(1)
        self._behind: list[Future[None]] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._aside.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self._wait(0)

    def add(self, part: Replication, closed: Closed) -> None:
        """Take over a part, and the closed parts of its waits; wait where too many are still to be written."""
        self._wait(_PARTS_BEHIND)
        self._behind.append(self._aside.submit(self._add, part, closed))

    def _wait(self, most: int) -> None:
        while len(self._behind) > most:
            self._behind.pop(0).result()

    def _add(self, part: Replication, closed: Closed) -> None:
        import polars as pl

        numbers = self._numbering(part)
        for name in self._tables:
            self._held.setdefault(name, []).append(large_table(name, self._network, part, closed, numbers))
        self._rows += sum(len(table["trip"]) for table in (part.hops, part.legs))
        if self._rows >= ROWS_A_FILE or part.kept is None:
            tables = ((name, pl.concat(frames)) for name, frames in self._held.items())
            self._folder.draft(part.number, self._files, tables)
            self._held, self._rows, self._files = {}, 0, self._files + 1
