"""A package whose every name is hostile, in a real browser: nothing of it runs, and nothing breaks the layout."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

import jibek
from jibek.web import report
from serving import Server, serving
from zips import STARTER, zipped

pytestmark = pytest.mark.slow

RUNS = "window.ran = 1"
HOSTILE = (
    f"<img src=x onerror='{RUNS}'>",
    f"</script><script>{RUNS}</script>",
    f"\"><svg onload='{RUNS}'>",
    "\u202etfel ot thgir \u2066",
    "W" * 10_000,
    f"{{@html '<b onclick={RUNS}>'}} ${{alert(1)}} `'\"&amp;\\",
)
NAMES = ("name", "title", "note")
ID = "<img src=x onerror=alert(1)>"
"""In place of the id of a terminal: it is refused, and said to be."""
URL = f"javascript:{RUNS}"
HEADER = {"title": 0, "description": 1, "licence": 2}
SIZES = {"phone": (360, 800), "desk": (1440, 900)}


def spoilt(names: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of the starter package, each name, title and note another."""
    for file, text in STARTER.items():
        if file == "corridor.toml":
            head = [line for line in text.splitlines() if line.partition(" =")[0] not in HEADER]
            lines = [f"{key} = {_toml(HOSTILE[n])}" for key, n in HEADER.items()]
            yield file, "\n".join([*head, *lines, ""])
            continue
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            row.update({key: next(names) for key in NAMES if key in row})
            if file == "sources.csv":
                row["url"] = URL
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        yield file, out.getvalue()


def _toml(text: str) -> str:
    escaped = "".join(f"\\u{ord(one):04x}" if one in '"\\' else one for one in text)
    return f'"{escaped}"'


FILES = dict(spoilt(cycle(HOSTILE)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), "starter") as found:
        yield found


@contextmanager
def opened(chromium: Browser, address: str, size: str = "desk") -> Iterator[Page]:
    """Open a page; that anything of the names runs, or that it is wider than the window, fails the test."""
    wide, high = SIZES[size]
    context = chromium.new_context(viewport={"width": wide, "height": high}, reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(address)
    page.wait_for_selector("h1")
    yield page
    assert_harmless(page)
    context.close()
    assert not wrong


def assert_harmless(page: Page) -> None:
    assert page.evaluate("window.ran") is None
    assert page.locator("img, [onerror], [onload], a[href^='javascript']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module")
def package(server: Server) -> str:
    answer = server.ask("POST", "/api/packages", zipped(files=FILES), content_type="application/zip")
    assert answer.status == 201, answer.body[:2000]
    return str(answer.json["id"])


@pytest.mark.parametrize("size", SIZES)
def test_every_view_bears_them(chromium: Browser, server: Server, package: str, size: str) -> None:
    with opened(
        chromium, f"http://127.0.0.1:{server.port}/#/live?package={package}&days=10&warmup_days=0", size
    ) as page:
        expect(page.locator("header p[role=status]")).to_contain_text("8 of 8", timeout=120_000)
        expect(page.locator(".map")).to_be_visible(timeout=60_000)
        assert page.locator("h1").inner_text() == HOSTILE[0]
        page.get_by_label("Look at").select_option("terminal dry-port")
        expect(page.locator("section.story h2")).to_be_visible()
        assert_harmless(page)
        for view in ("tables", "compare", "invest", "bottlenecks"):
            page.locator(f"nav a[href^='#/{view}']").click()
            expect(page.locator("main h1")).to_be_visible()
            assert_harmless(page)
        expect(page.get_by_role("region", name="What binds, by month")).to_be_visible(timeout=60_000)
        assert_harmless(page)


def test_an_upload_that_is_refused_bears_them(chromium: Browser, server: Server, tmp_path: Path) -> None:
    files = {name: text.replace("dry-port", ID) for name, text in FILES.items()}
    spoilt_zip = tmp_path / f"{ID}.zip"
    spoilt_zip.write_bytes(zipped(files=files))
    with opened(chromium, f"http://127.0.0.1:{server.port}/#/tables?package=starter", "phone") as page:
        page.get_by_label("Upload a package").set_input_files(spoilt_zip)
        expect(page.get_by_role("alert")).to_contain_text(f"'{ID}' is not a name")


def test_the_report_bears_them(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = jibek.simulate(jibek.read(str(folder)).with_clock(days=10, warmup_days=0), out=tmp_path / "run")
    with opened(chromium, report(run, tmp_path / "report.html").as_uri(), "phone") as page:
        assert page.locator("h1").inner_text().startswith(HOSTILE[0])
        page.locator("section[aria-labelledby=inputs]").get_by_label("Search").fill("equipment")


def test_a_link_bears_them(chromium: Browser, server: Server) -> None:
    for text in (HOSTILE[0], HOSTILE[1], HOSTILE[4][:3000], "../../etc/passwd", "%00"):
        word = quote(text)
        query = f"package={word}&with={word}&set={word}&days={word}&seed={word}&table={word}&made={word}&job={word}"
        for view in ("live", "tables", "transfer", "bottlenecks", word[:100]):
            with opened(chromium, f"http://127.0.0.1:{server.port}/#/{view}?{query}") as page:
                expect(page.locator("main")).to_be_visible()
        with opened(chromium, f"http://127.0.0.1:{server.port}/#/live?package=starter&days=5&set={word}") as page:
            expect(page.get_by_role("alert").first).to_contain_text(re.compile(r"\w"))
