"""The live page in a real browser, before a real server."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from commands import call
from jibek.results._interval import Interval
from serving import Server, serving

pytestmark = pytest.mark.slow

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 800), "desk": (1440, 900), "wall": (3840, 2160)}
VIEWS = ("live", "tables", "bottlenecks", "compare", "invest", "transfer")
SHORT = "package=starter&days=20&warmup_days=10"
REPLICATIONS = 8
TOLD = {
    "Delivered": "total.delivered_teu",
    "Still inside at the end": "total.inside_teu",
    "Half arrive within": "total.transit_days.p50",
    "Nine of ten arrive within": "total.transit_days.p90",
    "Cost": "total.cost_per_teu",
    "CO₂e": "total.co2e_kg_per_teu",
}
REFUSED = "Failed to load resource"
"""What the browser says of an answer that refuses, or of a server that is not there."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), "starter") as found:
        yield found


@contextmanager
def opened(
    chromium: Browser, link: str, size: tuple[int, int] = (1440, 900), *, bears: str = "nothing", **more: Any
) -> Iterator[Page]:
    """Open the page; whatever the browser complains of, the content policy too, fails the test, but for what it `bears`."""
    settings = {"reduced_motion": "reduce", **more}
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(link)
    page.wait_for_selector("h1")
    yield page
    context.close()
    assert not [one for one in wrong if bears not in one]


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/"


def simulated(page: Page) -> None:
    """Wait until all replications of what is asked have come, and the run is shown."""
    expect(page.locator("header p[role=status]")).to_contain_text(
        f"{REPLICATIONS} of {REPLICATIONS} replications", timeout=120_000
    )
    expect(page.locator("section.stage")).to_be_visible(timeout=60_000)


def card(page: Page, name: str) -> Locator:
    """Return the figures of the headline under a name."""
    term = page.locator("dt", has_text=re.compile(rf"^{re.escape(name)}$"))
    return page.locator("header dl > div", has=term)


def lever(page: Page, words: str) -> Locator:
    """Search for a lever, and return the first that is found."""
    page.get_by_label(re.compile(r"^Search \d")).fill(words)
    return page.locator(".lever").first


def printed(command: str, *more: str) -> dict[str, Any]:
    """Run a command line of Jibek, and read what it prints."""
    name, *words = shlex.split(command)
    assert name == "jibek"
    code, out, _ = call(*words, *more, "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def figure(document: dict[str, Any], name: str) -> str:
    """Write a figure of a document with its interval as the command line does."""
    mean, interval = document, document["intervals"]
    for part in name.split("."):
        mean, interval = mean[part], interval[part]
    return str(Interval(mean, *interval))  # type: ignore[arg-type]


def assert_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]})
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_lever_changes_the_figures_to_those_of_the_command_line(chromium: Browser, server: Server) -> None:
    with opened(chromium, f"{address(server)}#/live?{SHORT}") as page:
        simulated(page)
        base = {name: card(page, name).locator("b").inner_text() for name in TOLD}
        row = lever(page, "harbour quay cranes")
        row.get_by_role("slider").press("ArrowLeft")
        expect(row.get_by_role("spinbutton")).to_have_value("1")
        expect(page.locator(".by").first).to_be_visible()
        simulated(page)
        expect(page.locator(".whose")).to_contain_text("show the changed corridor")
        assert "equipment.hb-crane.count=1" in page.url
        command = page.locator(".command").inner_text()
        document = printed(command, "--replications", str(REPLICATIONS))
        assert document["changes"] == ["equipment.hb-crane.count=1"]
        asked = re.sub(r" --set \S+", "", command)
        before = printed(asked, "--replications", str(REPLICATIONS))
        for name, quantity in TOLD.items():
            assert base[name] == figure(before, quantity)
            assert card(page, name).locator("b").inner_text() == figure(document, quantity)
            assert figure(before, quantity) in card(page, name).locator(".was").inner_text()
        compared = printed(
            asked.replace(" simulate ", " compare "),
            "--case",
            "one=equipment.hb-crane.count=1",
            "--replications",
            str(REPLICATIONS),
        )
        for name in ("Delivered", "Half arrive within"):
            by = Interval(**compared["differences"]["one"][TOLD[name]])
            assert by.mean
            told = str(by).replace("-", "−") if by.mean < 0 else f"+{by}"
            assert card(page, name).locator(".by").inner_text().startswith(f"{told} ")


def test_a_lever_beyond_those_shown_is_found_by_words(chromium: Browser, server: Server) -> None:
    detail = server.ask("GET", "/api/packages/trans-caspian").json
    shown = {one["change"] for one in detail["levers"]}
    found = server.ask("GET", "/api/packages/trans-caspian/levers?search=volumes").json["levers"]
    hidden = next(one for one in found if one["change"] not in shown)
    with opened(chromium, f"{address(server)}#/live?package=trans-caspian&days=1&warmup_days=0") as page:
        expect(page.get_by_label(f"Search {detail['lever_count']} values")).to_be_visible()
        row = lever(page, hidden["change"])
        row.get_by_role("spinbutton").fill("77")
        expect(page.locator(".command")).to_contain_text(f"{hidden['change']}=77")


def test_measures_bring_what_they_need(chromium: Browser, server: Server) -> None:
    with opened(chromium, f"{address(server)}#/live?{SHORT}") as page:
        simulated(page)
        page.get_by_role("switch", name=re.compile("A second berth")).check()
        expect(page.get_by_role("switch", name=re.compile("A third feeder ship"))).to_be_checked()
        expect(page.locator(".command")).to_contain_text("second-berth")
        assert "with=third-ferry" in page.url
        assert "with=second-berth" in page.url
        page.get_by_role("switch", name=re.compile("A third feeder ship")).uncheck()
        expect(page.get_by_role("switch", name=re.compile("A second berth"))).not_to_be_checked()


def test_a_change_that_fails_keeps_the_last_good_answer(chromium: Browser, server: Server) -> None:
    with opened(chromium, f"{address(server)}#/live?{SHORT}&set=equipment.dp-crane.count=1", bears=REFUSED) as page:
        simulated(page)
        good = card(page, "Delivered").locator(".now").inner_text()
        page.get_by_label("Any other change").fill("equipment.dp-cranes.count=2")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("alert")).to_contain_text("'dp-crane'")
        assert card(page, "Delivered").locator(".now").inner_text() == good
        page.get_by_role("button", name="Take back equipment.dp-cranes.count=2").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        simulated(page)
        assert card(page, "Delivered").locator(".now").inner_text() == good


def test_a_case_is_saved_and_its_link_opens_elsewhere(chromium: Browser, server: Server) -> None:
    with opened(chromium, f"{address(server)}#/live?{SHORT}") as page:
        simulated(page)
        lever(page, "feeder ships").get_by_role("spinbutton").fill("3")
        expect(page.locator(".command")).to_contain_text("fleets.ferries.count=3")
        page.get_by_label("Name of this case").fill("Three ferries")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name="Three ferries")).to_be_visible()
        simulated(page)
        link, told = page.url, page.locator("header dl").inner_text()
    with opened(chromium, link) as page:
        simulated(page)
        assert page.locator("header dl").inner_text() == told
    with opened(chromium, f"{address(server)}#/live?{SHORT}") as page:
        page.get_by_role("link", name="Three ferries").click()
        simulated(page)
        expect(page.locator("header .by").first).to_be_visible()
        page.get_by_role("button", name="Delete Three ferries").click()
        expect(page.get_by_role("link", name="Three ferries")).to_have_count(0)
    assert server.ask("GET", "/api/cases").json == []


def test_two_users_do_not_disturb_each_other(chromium: Browser, server: Server) -> None:
    link = f"{address(server)}#/live?{SHORT}"
    with opened(chromium, link) as one, opened(chromium, link) as other:
        lever(one, "feeder ships").get_by_role("spinbutton").fill("1")
        lever(other, "feeder ships").get_by_role("spinbutton").fill("4")
        for page, count in ((one, 1), (other, 4)):
            simulated(page)
            expect(page.locator(".command")).to_contain_text(f"fleets.ferries.count={count}")
        document = printed(one.locator(".command").inner_text(), "--replications", str(REPLICATIONS))
        for page, same in ((one, True), (other, False)):
            told = card(page, "Half arrive within").locator("b").inner_text()
            assert (told == figure(document, TOLD["Half arrive within"])) is same


def test_a_server_that_is_started_again_goes_on(chromium: Browser, tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path, "starter"))
        link = f"{address(server)}#/live?package=starter&days=120"
        page = stack.enter_context(opened(chromium, link, bears=REFUSED))
        expect(page.locator("header b").first).to_be_visible()
        server.interrupt()
        expect(page.get_by_text("Connection lost; asking again")).to_be_visible()
        stack.enter_context(serving(tmp_path, "starter", "--port", str(server.port)))
        simulated(page)
        expect(page.get_by_text("Connection lost; asking again")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_bars_the_way_in_any_view(chromium: Browser, server: Server, size: str) -> None:
    scheme = "dark" if size == "wall" else "light"
    with opened(chromium, f"{address(server)}#/live?{SHORT}", SIZES[size], color_scheme=scheme) as page:
        simulated(page)
        lever(page, "ships").get_by_role("spinbutton").fill("3")
        simulated(page)
        page.locator("section[aria-labelledby=inputs]").get_by_label("Search").fill("sea")
        assert_accessible(page)
        for view in VIEWS[1:]:
            page.locator(f"nav a[href^='#/{view}']").click()
            page.wait_for_selector("main h1")
            assert_accessible(page)


def test_everything_can_be_reached_with_the_keyboard(chromium: Browser, server: Server) -> None:
    with opened(chromium, f"{address(server)}#/live?{SHORT}") as page:
        simulated(page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the view")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main#view")).to_be_focused()
        row = lever(page, "feeder ships")
        page.keyboard.press("Tab")
        expect(row.get_by_role("slider")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".command")).to_contain_text("fleets.ferries.count=3")
        page.keyboard.press("Tab")
        expect(row.get_by_role("spinbutton")).to_be_focused()
