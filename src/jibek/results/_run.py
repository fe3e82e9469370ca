"""A run: a corridor simulated, with its replications."""

from __future__ import annotations

import html
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jibek.corridor import Corridor, read
from jibek.results._collection import Collection
from jibek.results._figures import Figures
from jibek.results._folder import CORRIDOR, RunError, read_manifest, read_table
from jibek.results._interval import Interval
from jibek.results._query import query
from jibek.results._statistics import Statistics
from jibek.results._summary import Summarised
from jibek.simulate._replication import Names, Replication

if TYPE_CHECKING:
    import polars as pl


class Run:
    """The outcome of a simulation: figures, tables, pictures.

    Made by `jibek.simulate`, or by `Run.open` from the folder it was written to.

    Attributes
    ----------
    corridor
        What was simulated, changes included.
    manifest
        What the run was made from and what it holds.
    folder
        Where it was written to; None if it was not.
    seconds
        Time the simulation took; None for a run that was opened.
    """

    def __init__(
        self,
        corridor: Corridor,
        manifest: Mapping[str, Any],
        *,
        folder: Path | None = None,
        seconds: float | None = None,
    ) -> None:
        self.corridor = corridor
        self.manifest = dict(manifest)
        self.folder = folder
        self.seconds = seconds
        self._collection: Collection | None = None

    @classmethod
    def collect(
        cls,
        corridor: Corridor,
        names: Names,
        replications: Iterable[Replication],
        *,
        seed: int,
        out: str | os.PathLike[str] | None = None,
        containers: bool = True,
        overwrite: bool = False,
    ) -> Run:
        """Make a run of replications as they come, each summarised and, if asked, written at once.

        Parameters
        ----------
        corridor, names
            What was simulated, and the ids behind the row numbers.
        replications
            The replications; when it is interrupted from the keyboard, those that came make the run.
        seed
            Seed of the run.
        out
            Folder to write to. Without it figures are of all replications, but questions about single
            containers and vehicles are answered from the first: the tables of the others are given up.
        containers
            Whether to keep the tables of single containers, `containers` and `hops`; without a folder, any
            table of single things.
        overwrite
            Whether to replace a run that is in the folder.

        Raises
        ------
        ConservationError
            If a replication lost a container or an hour.
        RunError
            If the folder cannot be used.
        KeyboardInterrupt
            If interrupted before the first replication came.
        """
        collection = Collection(corridor, names, seed, out=out, containers=containers, overwrite=overwrite)
        return cls.of(collection, (collection.summarise(iter((one,))) for one in replications))

    @classmethod
    def of(
        cls, collection: Collection, replications: Iterable[Summarised], so_far: Callable[[Run], None] | None = None
    ) -> Run:
        """Make a run of replications as they come, summarised; like `collect`.

        Parameters
        ----------
        collection
            What gathers them.
        replications
            The replications.
        so_far
            Called after each with the run of those that have come.
        """
        begin = time.perf_counter()

        def made() -> Run:
            seconds = time.perf_counter() - begin
            run = cls(collection.corridor, collection.finish(), folder=collection.out, seconds=seconds)
            run._collection = collection
            return run

        try:
            collection.take(replications, None if so_far is None else lambda: so_far(made()))
            return made()
        finally:
            collection.close()

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Run:
        """Open the folder of a run.

        Raises
        ------
        RunError
            If there is no run.
        """
        path = Path(folder)
        manifest = read_manifest(path)
        return cls(read(path / CORRIDOR), manifest, folder=path)

    @property
    def replications(self) -> int:
        """Number of replications."""
        return int(self.manifest["replications"])

    @property
    def seed(self) -> int:
        """Seed of the random numbers."""
        return int(self.manifest["seed"])

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that were taken."""
        return tuple(self.manifest["measures"])

    @cached_property
    def statistics(self) -> Statistics:
        """Figures over the replications."""
        kept = self._collection if self._collection is not None and self._collection.tables else None
        return Statistics(self.table, kept.quantities if kept else None)

    @cached_property
    def figures(self) -> Figures:
        """Pictures."""
        return Figures(self)

    @property
    def _path(self) -> Path:
        if self.folder is not None:
            return self.folder
        if self._collection is not None and self._collection.folder is not None:
            return self._collection.folder.path
        raise RunError("the tables of this run were not kept; simulate with a folder to write to")

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the run as it is in its files.

        Parameters
        ----------
        name
            `containers`, `hops`, `trips`, `legs`, `closed`, `daily`, `quantities`, `budget` or `months`.
        """
        if self._collection is not None and name in self._collection.tables:
            return self._collection.table(name)
        return read_table(self._path, name)

    def query(self, sql: str) -> pl.DataFrame:
        """Answer a question in SQL, a single SELECT.

        Parameters
        ----------
        sql
            Over the tables of the run, the views `stages` and `calls`, and one view for each group of
            figures (`flows`, `services`, `zones`, ...). Of single containers and vehicles, a run that was
            not written knows its first replication only.

        Raises
        ------
        RunError
            If it cannot be answered.
        """
        return query(self._path, sql, self.statistics.groups)

    def difference(self, other: Run, quantity: str) -> Interval:
        """Return by how much a figure is above that of another run of the same random numbers.

        It is taken within each replication, where both runs have the same storms and demand, so what differs is due
        to the changes; its interval is narrower than those of the two figures.

        Parameters
        ----------
        other
            Run with the same seed, clock and number of replications.
        quantity
            Dotted name, or several joined by ` + `.

        Raises
        ------
        RunError
            If the runs are not of the same random numbers.
        KeyError
            If there is no such figure.

        Examples
        --------
        >>> import jibek
        >>> corridor = jibek.read("starter").with_clock(days=20)
        >>> base = jibek.simulate(corridor, replications=2, containers=False)
        >>> same = jibek.simulate(corridor, replications=2, containers=False)
        >>> same.difference(base, "total.transit_days.mean").mean
        0.0
        """
        for name in ("seed", "replications", "start", "days", "warmup_days"):
            one, two = self.manifest[name], other.manifest[name]
            if one != two:
                raise RunError(f"runs are compared that have the same {name}, not {one} and {two}")
        return Interval.of(self.statistics.values_of(quantity) - other.statistics.values_of(quantity))

    def document(self) -> dict[str, Any]:
        """Return all figures as plain values, fit for JSON: means, and intervals beside them."""
        means, intervals = self.statistics.tree()
        events = float(self.statistics.values_of("events").sum())
        runtime = {
            "events": events,
            "seconds": self.seconds,
            "events_per_second": events / self.seconds if self.seconds else None,
        }
        for tree in (means, intervals):
            if tree is not None:
                self._place_zones(tree)
        head = {key: value for key, value in self.manifest.items() if key not in ("format", "tables")}
        return {**head, **means, "runtime": runtime, "intervals": intervals}

    def _place_zones(self, tree: dict[str, Any]) -> None:
        """Put zones below their terminals."""
        del tree["events"]
        for zone, figures in tree.pop("zones", {}).items():
            tree["terminals"][self.corridor.zones[zone].terminal].setdefault("zones", {})[zone] = figures

    def __repr__(self) -> str:
        name = self.manifest["corridor"]["id"]
        days = f"{self.manifest['days']} days from {self.manifest['start']}"
        many = "1 replication" if self.replications == 1 else f"{self.replications} replications"
        return f"<Run of {name}: {days}, {many}, seed {self.seed}>"

    def _repr_html_(self) -> str:
        figures = ("offered_teu", "delivered_teu", "transit_days.p50", "transit_days.p90")
        heads = ("flow", "offered, TEU", "delivered, TEU", "median, days", "90 % within, days")
        rows = [
            [flow, *(str(self.statistics[f"flows.{flow}.{one}"]) for one in figures)] for flow in self.corridor.flows
        ]
        rows.append(["all", *(str(self.statistics[f"total.{one}"]) for one in figures)])
        cells = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        title = html.escape(f"{self.manifest['corridor']['title']}: {self.replications} replications")
        head = "".join(f"<th>{one}</th>" for one in heads)
        return f"<table><caption>{title}</caption><tr>{head}</tr>{cells}</table>"
