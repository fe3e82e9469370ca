"""The report: the page with a run in it."""

from __future__ import annotations

import base64
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from jibek._error import JibekError
from jibek._files import whole
from jibek.results._names import title
from jibek.results._network import STAGES
from jibek.results._quantities import GROUPS
from jibek.web import _figures as figures
from jibek.web import _map as map_
from jibek.web._document import Document, Scales
from jibek.web._movements import STEP_H, vehicles
from jibek.web._pack import packed

if TYPE_CHECKING:
    from jibek.results import Run

PAGE = "page.html"
SLOT = '<script id="run" type="application/octet-stream"></script>'
"""Where the run stands in the page."""


class PageError(JibekError):
    """The page has not been built."""


def report(run: Run, file: str | os.PathLike[str]) -> Path:
    """Write a run as one HTML file that needs no network.

    Parameters
    ----------
    run
        The run, with its tables.
    file
        What to write to; it is replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    PageError
        If the page has not been built.
    RunError
        If the run has no tables.
    """
    text = filled(bundle(run))
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as stream:
        stream.write(text.encode())
    return path


def filled(held: bytes) -> str:
    """Return the built page with a bundle in it."""
    before, after = page().split(SLOT)
    return "".join((before, SLOT.replace("></", f">{base64.b64encode(held).decode()}</"), after))


def page() -> str:
    """Return the built page, with nothing in it."""
    try:
        text = resources.files("jibek.web").joinpath(PAGE).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PageError(
            "the page of the report has not been built: its parts could not be had when Jibek was installed. With a connection "
            "to the npm registry, `uv sync --reinstall-package jibek` (or `pip install .`) in Jibek's folder builds it"
        ) from None
    if text.count(SLOT) != 1:
        raise PageError("the built page has no place for a run; `uv sync --reinstall-package jibek` builds it anew")
    return text


def bundle(run: Run) -> bytes:
    """Return all that the page shows of a run, compressed."""
    days, daily = figures.series(run)
    spread, transit = figures.histograms(run)
    moved, movements = vehicles(run)
    corridor, manifest, tree = run.corridor, run.manifest, figures.rounded(run.document())
    document = Document(
        title=title(corridor), description=corridor.header.description, version=manifest["jibek"],
        start=manifest["start"], days=manifest["days"], currency=manifest["currency"], licence=corridor.header.licence,
        seed=run.seed, replications=run.replications, interrupted=manifest["interrupted"],
        measures=manifest["measures"], changes=manifest["changes"], stages=list(STAGES),
        means={key: tree[key] for key in (*GROUPS, "total") if key in tree}, intervals=tree["intervals"],
        places=map_.places(corridor), links=map_.links(corridor), terminals=map_.terminals(corridor),
        services=map_.services(corridor), flows=map_.flows(corridor), closures=map_.closures(run),
        busiest=figures.busiest(run), behind=figures.left_behind(run), budget=figures.budget(run),
        observed=figures.observed(run), inputs=figures.inputs(corridor), sources=figures.sources(corridor),
        scales=Scales(movement_h=STEP_H, daily=figures.DAILY, transit_days=figures.BIN_DAYS),
        series=days, histograms=spread, movements=moved,
    )  # fmt: skip
    return packed(document, {"daily": daily, "transit": transit, "movements": movements})
