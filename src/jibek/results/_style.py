"""How pictures look: colours that the colour-blind tell apart, and a plain frame."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jibek._files import whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STAGE_COLOURS = {
    "moving": "#332288",
    "transfer": "#88CCEE",
    "loading": "#44AA99",
    "unloading": "#117733",
    "check": "#DDCC77",
    "hold": "#999933",
    "waiting_for_vehicle": "#CC6677",
    "waiting_for_position": "#882255",
    "waiting_for_path": "#AA4499",
    "closed": "#777777",
}
"""Stages in the order in which they are stacked: Paul Tol's muted scheme (https://personal.sron.nl/~pault/)."""

COLOURS = ("#0077BB", "#EE7733", "#009988", "#CC3311", "#33BBEE", "#EE3377", "#BBBBBB")
"""Paul Tol's vibrant scheme, for anything else."""

INK, FAINT, PALE = "#222222", "#767676", "#E3E3E3"

RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.hashsalt": "jibek",
    "svg.fonttype": "path",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, whatever the user's settings; they are as before afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def canvas(
    width: float, height: float, rows: int = 1, columns: int = 1, *, titles: tuple[str, str] | None = None, **more: Any
) -> tuple[Figure, list[Axes]]:
    """Make a figure of a size in inches, with what it shows and of what it is as titles, and its axes, row by row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", dpi=120)
    if titles is not None:
        what, of = titles
        figure.suptitle(f"{what}\n{wrapped(of, int(13 * width))}", x=0.01, ha="left", fontsize=10, color=INK)
    axes = figure.subplots(rows, columns, squeeze=False, **more)
    return figure, list(axes.ravel())


def saved(figure: Figure, path: Path) -> list[Path]:
    """Write a picture as PNG and SVG, neither ever half written; return the files."""
    files = []
    with styled():
        for suffix, metadata in (("png", {"Software": None}), ("svg", {"Date": None})):
            files.append(path.with_suffix(f".{suffix}"))
            with whole(files[-1]) as file:
                figure.savefig(file, format=suffix, dpi=160, metadata=metadata)
    return files


def wrapped(name: str, length: int = 36) -> str:
    r"""Break a long name into lines, and nothing of it away.

    Examples
    --------
    >>> wrapped("Khorgos-Eastern Gate and Altynkol station, 1520 mm track", 30)
    'Khorgos-Eastern Gate and\nAltynkol station, 1520 mm\ntrack'
    """
    return textwrap.fill(name, length, break_long_words=False, break_on_hyphens=False)


def plain(name: str) -> str:
    """Write a name of code as words."""
    return name.replace("_", " ")


def dates(axes: Axes, start: date, first: float, last: float) -> None:
    """Label an x axis in days since the start with dates."""
    span = last - first
    ticks, labels = _months(start, first, last) if span > 62 else _days(start, first, last)
    axes.set_xlim(first, last)
    axes.set_xticks(ticks, labels)


def _months(start: date, first: float, last: float) -> tuple[list[float], list[str]]:
    step = 1 if last - first <= 200 else 2 if last - first <= 430 else 3 if last - first <= 1300 else 12
    found: list[tuple[float, str]] = []
    for month in range(12 * start.year + start.month - 1, 12 * (start.year + 110)):
        day = date(month // 12, month % 12 + 1, 1)
        number = (day - start).days
        if number > last:
            break
        if number >= first and (month % 12) % step == 0:
            found.append((float(number), day.strftime("%b\n%Y" if not found or day.month == 1 else "%b\n ")))
    return [at for at, _ in found], [label for _, label in found]


def _days(start: date, first: float, last: float) -> tuple[list[float], list[str]]:
    step = max(1, round((last - first) / 8))
    numbers: Sequence[int] = range(int(-(-first // 1)), int(last) + 1, step)
    days = [start + timedelta(days=number) for number in numbers]
    labels = [
        f"{day.day} {day:%b}" + ("" if n and day.year == days[n - 1].year else f"\n{day.year}")
        for n, day in enumerate(days)
    ]
    return [float(number) for number in numbers], labels
