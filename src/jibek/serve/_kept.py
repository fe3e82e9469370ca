"""The jobs that are done: each in a folder of its own, with all its files or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from jibek.serve._held import NOTHING, Held
from jibek.serve._kinds import ANSWER, PAGE, REPORT
from jibek.serve._models import Job

HEAD = "job.json"


class Kept:
    """The jobs of a data folder that are done.

    Parameters
    ----------
    folder
        Where they are.
    most, most_bytes
        How many are kept, and room for their files; the oldest make way.
    """

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._most, self._most_bytes = folder, most, most_bytes

    def find(self) -> Iterator[Held]:
        """Find those that an earlier server has kept; what is none is left alone."""
        for folder in self._folder.iterdir():
            held = _read(folder)
            if held is not None:
                yield held

    def keep(self, held: Held, draft: Path, files: tuple[str, ...]) -> None:
        """Put a job that is done into its place, all at once.

        Raises
        ------
        OSError
            If that cannot be done; the job is as before.
        """
        names = [REPORT if name == PAGE else name for name in files if name != ANSWER]
        done = {"state": "done", "share": 1.0, "left_s": 0.0, "finished": datetime.now(UTC), "files": names}
        job, folder = held.job.model_copy(update=done), self._folder / held.job.id
        (draft / HEAD).write_text(job.model_dump_json(exclude={"answer"}, indent=1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # one that is spoilt
        draft.replace(folder)
        held.job, held.folder, held.so_far, held.size = job, folder, NOTHING, _size(folder)

    def make_room(self, newest_first: Iterable[Held]) -> list[Held]:
        """Remove the oldest if there are too many, or they take too much room; the newest stays. Return those that are gone."""
        done = [held for held in newest_first if held.folder is not None]
        room, gone = self._most_bytes, []
        for number, held in enumerate(done):
            room -= held.size
            if number and (room < 0 or number >= self._most) and held.folder is not None:
                shutil.rmtree(held.folder, ignore_errors=True)
                gone.append(held)
        return gone


def _read(folder: Path) -> Held | None:
    try:
        held = Held(Job.model_validate_json((folder / HEAD).read_bytes()))
    except (OSError, ValidationError):
        return None
    if held.job.id != folder.name or held.job.state != "done" or not (folder / ANSWER).is_file():
        return None
    held.folder, held.size = folder, _size(folder)
    return held


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
