"""A sweep: all points of a study simulated, each kept as it comes."""

from __future__ import annotations

import io
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jibek.corridor import Corridor
from jibek.results._interval import Interval
from jibek.study._answers import Answers, unit
from jibek.study._designs import Placed, points_of
from jibek.study._evaluate import PointError, Progress, outcomes, refuse_unknown
from jibek.study._file import StudyFile
from jibek.study._point import made_from
from jibek.study._store import Store, description
from jibek.study._workers import Workers

if TYPE_CHECKING:
    import polars as pl

Figures = dict[str, Interval]


@dataclass
class Sweep:
    """A sweep as far as it has come.

    Attributes
    ----------
    study, corridor
        What was asked.
    points
        Points, in the order of the design.
    figures
        Figures of the points that are complete, by their number.
    failed
        Why points could not be simulated, by their number.
    interrupted
        Whether it was stopped before all points were complete.
    found
        Points that were complete before.
    seconds
        Time it took.
    """

    study: StudyFile
    corridor: Corridor
    points: list[Placed]
    figures: dict[int, Figures] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    interrupted: bool = False
    found: int = 0
    seconds: float = 0.0

    def take(self, number: int, outcome: Answers | PointError) -> None:
        """Note what came of a point."""
        if isinstance(outcome, Answers):
            self.figures[number] = {name: outcome[name] for name in self.study.figures}
        else:
            self.failed[number] = str(outcome)

    @property
    def left(self) -> list[int]:
        """Numbers of the points that nothing is known of."""
        return [
            number for number in range(len(self.points)) if number not in self.figures and number not in self.failed
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a point that is complete: its hash, the value of each axis, each figure with its interval."""
        axes = [axis.name for axis in self.study.axes]
        found = []
        for number, figures in sorted(self.figures.items()):
            placed = self.points[number]
            row: dict[str, Any] = {"point": placed.point.hash} | dict(zip(axes, placed.values, strict=True))
            for name, one in figures.items():
                row |= {name: one.mean, f"{name}.low": one.low, f"{name}.high": one.high}
            found.append(row)
        return found

    def table(self) -> pl.DataFrame:
        """Return the table of points, as `rows`."""
        import polars as pl

        return pl.DataFrame(self.rows(), infer_schema_length=None, strict=False)

    def document(self) -> dict[str, Any]:
        """Return all of it as plain values, fit for JSON, with what is needed to repeat it."""
        axes = [axis.name for axis in self.study.axes]
        return made_from(self.corridor) | {
            "study": self.study.model_dump(mode="json", exclude_defaults=True),
            "seed": self.study.seed,
            "replications": self.study.replications,
            "points": [
                self._described(number, axes) | {"figures": {name: one.document() for name, one in figures.items()}}
                for number, figures in sorted(self.figures.items())
            ],
            "failed": [self._described(number, axes) | {"why": why} for number, why in sorted(self.failed.items())],
            "left": len(self.left),
            "interrupted": self.interrupted,
            "units": {name: unit(name) for name in self.study.figures},
            "found": self.found,
            "seconds": self.seconds,
        }

    def _described(self, number: int, axes: list[str]) -> dict[str, Any]:
        placed = self.points[number]
        point = {key: description(placed.point)[key] for key in ("hash", "measures", "changes")}
        return point | {"values": dict(zip(axes, placed.values, strict=True))}


def sweep(
    study: StudyFile,
    corridor: Corridor,
    out: str | os.PathLike[str],
    workers: Workers,
    progress: Progress | None = None,
) -> Sweep:
    """Simulate all points of a study that are not in a folder yet, and write their table.

    Each point is written as soon as it is complete; whatever ends the study, the next one goes on where it stopped.

    Parameters
    ----------
    study, corridor
        From `read_study`.
    out
        Folder of the study.
    workers
        Who simulates; the files do not depend on it.
    progress
        Called as replications come, with those done and those there are to do.

    Returns
    -------
    Sweep
        Also when it is interrupted from the keyboard.

    Raises
    ------
    JibekError, OSError
        If a figure is unknown, or the folder cannot be used or is full; points that are complete are kept.

    Examples
    --------
    >>> import tempfile
    >>> from jibek.study import at_home, read_study, sweep
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = '''
    ... package = "starter"
    ... days = 10
    ... replications = 2
    ... [[axes]]
    ... name = "volume"
    ... change = "flows.*.teu_per_year*={}"
    ... values = [1, 1.5]
    ... '''
    >>> _ = (folder / "volume.toml").write_text(text)
    >>> with at_home() as workers:
    ...     found = sweep(*read_study(folder / "volume.toml"), folder / "volume", workers)
    >>> [row["volume"] for row in found.rows()]
    [1.0, 1.5]
    """
    begin = time.perf_counter()
    refuse_unknown(study.figures, corridor, workers)
    made = Sweep(study, corridor, points_of(study, corridor))
    with Store(out, corridor) as store:
        for number, placed in enumerate(made.points):
            answers = store.get(placed.point)
            if answers is not None:
                made.take(number, answers)
        made.found = len(made.figures)
        try:
            _simulate(made, store, workers, progress)
        except KeyboardInterrupt:
            made.interrupted = True
        finally:
            made.seconds = time.perf_counter() - begin
            _describe(made, store)
    return made


def _simulate(made: Sweep, store: Store, workers: Workers, progress: Progress | None) -> None:
    left = made.left
    for place, outcome in outcomes([made.points[number].point for number in left], workers, progress):
        if isinstance(outcome, Answers):
            store.put(outcome)
        made.take(left[place], outcome)


def _describe(made: Sweep, store: Store) -> None:
    """Write the table of points and what is needed to repeat it."""
    table, content = made.table(), io.BytesIO()
    table.write_parquet(content)
    store.write(Path("points.parquet"), content.getvalue())
    store.write(Path("points.csv"), table.write_csv().encode())
    store.write(Path("study.json"), (json.dumps(made.document(), indent=2) + "\n").encode())
