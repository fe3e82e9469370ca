"""Pictures and work lists of a plan, written to a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from jibek.transfer._chart import crane_chart
from jibek.transfer._job import Job
from jibek.transfer._plan import Plan
from jibek.transfer._train_diagram import train_diagram
from jibek.transfer._work_list import work_list, work_list_csv, work_list_text

__all__ = ["crane_chart", "save", "train_diagram", "work_list", "work_list_csv", "work_list_text"]


def save(job: Job, plan: Plan, folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Write `cranes.png`, `trains/TRAIN.png` and `work-list-CRANE.csv` and `.txt`; files of the same names are replaced.

    Inbound trains are drawn as they come, outbound trains as they leave.

    Parameters
    ----------
    job, plan
        The plan and its job.
    folder
        Where to; it is made if it is not there.

    Yields
    ------
    Path
        Each file as it has been written.
    """
    out = Path(folder)
    (out / "trains").mkdir(parents=True, exist_ok=True)
    crane_chart(job, plan).savefig(out / "cranes.png")
    yield out / "cranes.png"
    before = {box.id: (box.wagon, box.slot) for box in job.boxes.values()}
    after = {load.box: (load.wagon, load.slot) for load in plan.loads}
    for train in job.trains.values():
        inbound = train.role == "inbound"
        figure = train_diagram(
            job, train.id, before if inbound else after, "as it comes" if inbound else "as it leaves"
        )
        figure.savefig(out / "trains" / f"{train.id}.png")
        yield out / "trains" / f"{train.id}.png"
    for crane in job.cranes:
        for suffix, text in (("csv", work_list_csv(job, plan, crane)), ("txt", work_list_text(job, plan, crane))):
            path = out / f"work-list-{crane}.{suffix}"
            path.write_text(text, "utf-8")
            yield path
