"""What a frame of the page costs without a GPU: the map full of vehicles, the transfer board of a day; and how soon the page is there.

Work is time of the processors in all threads of the browser, as its own trace has it, so that other work on the machine disturbs it
little. Frames dropped and the first paint are by the clock.
"""

from __future__ import annotations

import statistics
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jibek
from benchmarks._measure import Row, Size, of_tests
from benchmarks._packages import enlarged
from benchmarks._serve import serving
from jibek.web import report

FRAME_MS = 1000 / 60
SCREENS = {"1440 × 900": (1440, 900), "4k": (3840, 2160)}
CATEGORIES = ["toplevel", "devtools.timeline"]
TASKS = ("ThreadControllerImpl::RunTask", "ThreadPool_RunTask")
TRAFFIC = 2
"""Times the traffic of the reference year: then 1,200 vehicles are under way."""
PATIENCE_MS = 120_000
BOARD = "#/transfer?made=day/{boxes}/1&time=0"


@dataclass(frozen=True)
class Played:
    """Milliseconds of the frames that were drawn while something played: between them, of the page's thread, of all threads."""

    between_ms: list[float]
    main_ms: list[float]
    all_ms: list[float]

    @property
    def dropped(self) -> int:
        """How many frames of 60 a second were left out."""
        return sum(max(0, round(one / FRAME_MS) - 1) for one in self.between_ms)


def frames(size: Size) -> Iterator[Row]:
    """Open the page, and play it."""
    with TemporaryDirectory() as folder, of_tests("browser").browser() as chromium:
        year = _report(Path(folder, "year"), jibek.read("trans-caspian").with_clock(days=size.days))
        yield _first_paint("report of the reference year", chromium, year, size)
        busy = _report(
            Path(folder, "busy"), enlarged(jibek.read("trans-caspian"), TRAFFIC).with_clock(days=min(30, size.days))
        )
        yield from _rows("map", chromium, busy, size, _under_way)
        with serving(Path(folder, "served")) as port:
            live = f"http://127.0.0.1:{port}/"
            yield _first_paint("live page", chromium, live, size)
            yield from _rows("board", chromium, live + BOARD.format(boxes=size.boxes), size, _boxes)


def _report(folder: Path, corridor: jibek.Corridor) -> str:
    """Simulate a corridor; return the address of its report."""
    return report(jibek.simulate(corridor, out=folder, containers=False), folder / "report.html").as_uri()


def _first_paint(what: str, chromium: Any, address: str, size: Size) -> Row:
    """Time from asking for a page to its first words."""
    painted = []
    for _ in range(size.repeats):
        page = chromium.new_page()
        page.goto(address)
        page.wait_for_selector("h1")
        painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        page.close()
    median = statistics.median(painted)
    return Row(f"first paint: {what}", f"{median / 1e3:.2f} s", "<= 1 s", median <= 1000, {"painted_ms": painted})


def _rows(what: str, chromium: Any, address: str, size: Size, look: Callable[[Any], str]) -> Iterator[Row]:
    for screen, (width, height) in SCREENS.items():
        page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="no-preference")
        page.goto(address)
        told = look(page)
        played = _played(chromium, page, size.played_s)
        page.close()
        (median, most), (own, own_most) = _quantiles(played.all_ms), _quantiles(played.main_ms)
        yield Row(
            f"frames: {what} at {screen}, {told}",
            f"{median:.1f} ms of work a frame, 95 % within {most:.1f} ms (the page's thread: {own:.1f}, {own_most:.1f} ms); "
            f"{played.dropped} of {len(played.between_ms) + played.dropped} frames dropped",
            "<= 16.7 ms a frame",
            most <= FRAME_MS,
            asdict(played),
        )


def _under_way(page: Any) -> str:
    """Wait for the map; return how many vehicles move on it."""
    moving = page.get_by_text("under way")
    moving.first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(1000)
    return str(moving.first.inner_text()).partition(" under way")[0]


def _boxes(page: Any) -> str:
    """Wait for the plan, and look at the yard while it plays fast; return how many boxes there are."""
    page.wait_for_selector(".jobbar", state="detached", timeout=PATIENCE_MS)
    done = page.get_by_text("boxes on their trains")
    done.wait_for(timeout=PATIENCE_MS)
    page.get_by_label("Speed").select_option(label="10 min/s")
    page.locator("canvas").evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(1000)
    return f"{str(done.inner_text()).split()[2]} boxes"


def _played(chromium: Any, page: Any, seconds: float) -> Played:
    """Let a page play, and take its frames from the browser's trace."""
    events: list[dict[str, Any]] = []
    ended: list[Any] = []
    session = chromium.new_browser_cdp_session()
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda told: ended.append(told))
    config = {"includedCategories": CATEGORIES, "excludedCategories": ["*"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    page.wait_for_timeout(1e3 * seconds)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    session.detach()
    return _frames_in(events)


def _frames_in(events: list[dict[str, Any]]) -> Played:
    """Sum the tasks of each thread from each frame to the next."""
    named = {(one["pid"], one["tid"]): one["args"]["name"] for one in events if one["name"] == "thread_name"}
    begins = sorted(one["ts"] for one in events if one["name"] == "FireAnimationFrame")
    main, every = [0.0] * (len(begins) + 1), [0.0] * (len(begins) + 1)
    for one in events:
        thread = named.get((one["pid"], one["tid"]), "")
        if one["name"] not in TASKS or "dur" not in one or "racing" in thread or thread == "PerfettoTrace":
            continue
        frame, spent = bisect(begins, one["ts"]), one.get("tdur", one["dur"]) / 1e3
        every[frame] += spent
        main[frame] += spent if thread == "CrRendererMain" else 0
    between = [(later - begin) / 1e3 for begin, later in pairwise(begins)]
    return Played(between, main[1:-1], every[1:-1])


def _quantiles(values: list[float]) -> tuple[float, float]:
    """Return the median, and what 95 % are within."""
    found = sorted(values)
    return statistics.median(found), found[int(0.95 * (len(found) - 1))]
