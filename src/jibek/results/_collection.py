"""Replications as they come: summarised at once, and written or kept as far as they are small."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jibek.corridor import Corridor
from jibek.results._folder import FORMAT, Folder
from jibek.results._network import Network
from jibek.results._quantities import groups_of
from jibek.results._summary import Summarised, Summariser, Summary
from jibek.results._tables import SMALL, small_table
from jibek.results._writer import Writer
from jibek.simulate._replication import Names, Replication

if TYPE_CHECKING:
    import polars as pl


class Collection:
    """The replications of a run that have come.

    Parameters
    ----------
    corridor, names, seed
        What is simulated.
    out
        Folder to write to; None: to a temporary one, in which only the first replication has tables of single
        things.
    containers
        Whether to keep tables of single containers; without a folder, of any single thing: then nothing is
        written.
    overwrite
        Whether to replace a run that is in the folder.
    followed
        Replications whose tables of single things are written to the folder; None: all.
    """

    def __init__(
        self,
        corridor: Corridor,
        names: Names,
        seed: int,
        *,
        out: str | os.PathLike[str] | None = None,
        containers: bool = True,
        overwrite: bool = False,
        followed: int | None = None,
    ) -> None:
        self.corridor = corridor
        self.out = None if out is None else Path(out)
        self._network = Network(corridor, names)
        self._summarise = Summariser(self._network)
        self._seed = seed
        self._containers = containers
        self._followed = 1 if out is None else followed
        self._groups: dict[str, list[str]] = {}
        self.folder: Folder | None = None
        if out is not None:
            self.folder = Folder(out, corridor, overwrite=overwrite)
        elif containers:
            draft = tempfile.mkdtemp(prefix="jibek-")
            weakref.finalize(self, shutil.rmtree, draft, ignore_errors=True)
            self.folder = Folder(Path(draft, "run"), corridor)
        self._kept: dict[int, Summarised] = {}
        self.count = 0
        self.interrupted = False

    def summarise(self, parts: Iterator[Replication]) -> Summarised:
        """Summarise a replication that comes in parts, in whatever thread; its tables of single things are written meanwhile."""
        if self.folder is None:
            last, summary = self._summarise.of(parts)
        else:
            with Writer(self._network, self.folder, containers=self._containers) as writer:
                last, summary = self._summarise.of(
                    parts, lambda part, closed: writer.add(part, closed) if self._follows(part.number) else None
                )
        return last.without_single_things(), summary

    def _follows(self, number: int) -> bool:
        """Whether tables of single things are kept of a replication."""
        return self._followed is None or number < self._followed

    def take(self, replications: Iterable[Summarised], added: Callable[[], None] | None = None) -> None:
        """Add replications as they come, until the last or an interruption after the first; tell of each that is added."""
        self.finish()
        try:
            for replication, summary in replications:
                self.add(replication, summary)
                if added is not None:
                    added()
        except KeyboardInterrupt:
            if not self.count:
                raise
            self.interrupted = True

    def add(self, replication: Replication, summary: Summary) -> None:
        """Write or keep the tables of a replication."""
        if self.folder is None:
            self._kept[replication.number] = (replication, summary)
        else:
            tables = ((name, small_table(name, self._network, replication, summary)) for name in SMALL)
            self.folder.add(replication.number, tables)
        self._groups = self._groups or groups_of(summary.quantities)
        self.count += 1
        if self.out is not None:
            self.finish()

    def finish(self) -> dict[str, Any]:
        """Describe what has come, in the folder too."""
        manifest = self._manifest()
        if self.folder is not None:
            manifest["tables"] = self.folder.tables
            self.folder.describe(manifest, self._groups)
        return manifest

    def close(self) -> None:
        """Let go of the folder; what has come stays."""
        if self.folder is not None:
            self.folder.close()

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that are made of what is kept in memory."""
        return SMALL if self._kept else ()

    def table(self, name: str) -> pl.DataFrame:
        """Return one of `tables`, by replication."""
        import polars as pl

        return pl.concat([small_table(name, self._network, *one) for _, one in sorted(self._kept.items())]).collect()

    def quantities(self) -> tuple[list[str], NDArray[np.float64]]:
        """Return the names and, one row a replication, the values of the figures kept in memory."""
        summaries = [summary for _, (_, summary) in sorted(self._kept.items())]
        return list(summaries[0].quantities), np.array([list(one.quantities.values()) for one in summaries])

    def _manifest(self) -> dict[str, Any]:
        corridor = self.corridor
        header = corridor.header
        return {
            "format": FORMAT,
            "jibek": version("jibek"),
            "corridor": {"id": header.id, "title": header.title, "hash": corridor.hash},
            "measures": list(corridor.applied),
            "changes": list(corridor.changes),
            "seed": self._seed,
            "start": header.start.isoformat(),
            "days": header.days,
            "warmup_days": header.warmup_days,
            "currency": header.currency,
            "replications": self.count,
            "interrupted": self.interrupted,
            "tables": [],
        }
