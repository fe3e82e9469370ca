"""Pictures of the live page and the report in three sizes, `docs/pictures/VIEW-SIZE.webp`.

`PYTHONPATH=tests python docs/examples/screenshots.py` takes all, or the views that are named. It starts a server of its own in a
folder that is removed, and asks for a what-if, the studies and a transfer plan.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

import jibek
from browser import browser
from jibek.web import report
from serving import serving

PICTURES = Path(__file__).parents[1] / "pictures"
SIZES = {"phone": (360, 800), "desk": (1440, 900), "wall": (3840, 2160)}
LARGEST = 150_000
WIDEST = (1920, 1920)
PATIENCE_MS = 600_000
BUSY = "package=starter&days=180&set=fleets.ferries.count=1&set=flows.*.teu_per_year*=1.3"
ADDRESSES = {
    "live": "package=trans-caspian&with=traffic-2025&set=equipment.aktau-crane.count=2",
    "tables": "package=trans-caspian",
    "bottlenecks": BUSY,
    "compare": BUSY,
    "invest": BUSY,
    "transfer": "",
}


def what_if(page: Page) -> None:
    """Wait for all replications and the map of the change."""
    expect(page.locator("header p[role=status]")).to_contain_text("8 of 8", timeout=PATIENCE_MS)
    expect(page.locator(".whose")).to_contain_text("show the changed corridor", timeout=PATIENCE_MS)
    page.get_by_label("Time shown").fill(str(24 * 45 + 9))
    page.evaluate("scrollTo(0, 0)")


def reported(page: Page) -> None:
    """Look at a day in March."""
    page.get_by_label("Time shown").fill(str(24 * 70 + 9))


def tables(page: Page) -> None:
    """Open a table."""
    page.get_by_role("link", name="zones", exact=True).click()
    page.wait_for_selector("[role=grid]")


def study(page: Page) -> None:
    """Start a study and wait for what it found."""
    page.get_by_label("Replications").fill("6")
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector(".answer h2", timeout=PATIENCE_MS)
    page.locator(".answer").evaluate("one => one.scrollIntoView()")


def bottlenecks(page: Page) -> None:
    """Raise the capacities used most."""
    page.get_by_label("Capacities tried").fill("8")
    study(page)


def comparison(page: Page) -> None:
    """Compare measures."""
    for measure in ("A third feeder ship", "A second berth"):
        page.get_by_label(re.compile(measure)).check()
    study(page)


def plan(page: Page) -> None:
    """Plan a transfer."""
    page.get_by_role("button", name="Plan", exact=True).click()
    page.wait_for_selector("main h2", timeout=PATIENCE_MS)
    expect(page.locator(".jobbar")).to_have_count(0, timeout=PATIENCE_MS)
    halfway = "bar => { bar.value = bar.max / 2; bar.dispatchEvent(new Event('input', { bubbles: true })) }"
    page.get_by_role("slider").first.evaluate(halfway)
    page.locator("main h2").nth(1).evaluate("one => one.scrollIntoView()")


VIEWS: dict[str, Callable[[Page], None]] = {
    "live": what_if, "tables": tables, "bottlenecks": bottlenecks, "compare": comparison, "invest": study, "transfer": plan,
    "report": reported,
}  # fmt: skip


def kept(picture: bytes, file: Path) -> None:
    """Keep a picture, not wider than most screens, and as good as it may be within the size allowed."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail(WIDEST)
    for quality in range(80, 10, -10):
        image.save(file, quality=quality, method=6)
        if file.stat().st_size <= LARGEST:
            return


def take(chromium: Browser, address: str, name: str) -> None:
    """Take the pictures of a view."""
    for size, (width, height) in SIZES.items():
        page = chromium.new_page(
            viewport={"width": width, "height": height}, reduced_motion="reduce", color_scheme="light"
        )
        page.set_default_timeout(60_000)
        page.goto(address)
        VIEWS[name](page)
        page.wait_for_timeout(800)
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        file = PICTURES / f"{name}-{size}.webp"
        kept(page.screenshot(), file)
        page.close()
        print(file)


def written(folder: Path) -> str:
    """Write the report of a year; return its address."""
    file = folder / "report.html"
    report(jibek.simulate(jibek.read("trans-caspian"), replications=2, out=folder / "run"), file)
    return file.as_uri()


def main(names: list[str]) -> None:
    """Take the pictures of all views, or of those that are named."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as server, browser() as chromium:
        for name in names or VIEWS:
            live = f"http://127.0.0.1:{server.port}/#/{name}?{ADDRESSES.get(name, '')}"
            take(chromium, written(Path(data)) if name == "report" else live, name)


if __name__ == "__main__":
    main(sys.argv[1:])
