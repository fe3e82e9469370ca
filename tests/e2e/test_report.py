"""The report in a real browser, opened from disk with the network off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import jibek
from browser import browser
from jibek.web import report


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> jibek.Run:
    corridor = jibek.read("starter").with_clock(days=90)
    return jibek.simulate(corridor, replications=3, out=tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def file(run: jibek.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(run, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def page(chromium: Browser, file: Path) -> Iterator[Page]:
    yield from opened(chromium, file)


def opened(chromium: Browser, file: Path, width: int = 1440, height: int = 900, **more: object) -> Iterator[Page]:
    """Open a report with the network off; whatever goes wrong in the page fails the test."""
    context = chromium.new_context(
        viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce", **more
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    page.on("request", lambda asked: wrong.append(asked.url) if asked.url.startswith("http") else None)
    page.goto(file.as_uri())
    page.wait_for_selector("h1")
    yield page
    context.close()
    assert not wrong


def test_the_headline_is_that_of_the_run(page: Page, run: jibek.Run) -> None:
    told = page.locator("header dl").inner_text()
    for name in ("total.delivered_teu", "total.transit_days.p50", "total.transit_days.p90"):
        mean = str(run.statistics[name]).split(" ")[0]
        assert mean in told


def test_vehicles_are_drawn_and_move(page: Page) -> None:
    count = "Array.from(document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1440, 600).data).filter(Boolean).length"
    shot = "document.querySelector('canvas').toDataURL()"
    page.wait_for_timeout(300)
    assert page.evaluate(count) > 100
    before = page.evaluate(shot)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(shot) != before
