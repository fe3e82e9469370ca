"""The report in a real browser, opened from disk with the network off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import jibek
from jibek.web import report

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 740), "desk": (1440, 900), "wall": (3840, 2160)}
CHOSEN = ["terminal dry-port", "flow west"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> jibek.Run:
    corridor = jibek.read("starter").with_clock(days=90)
    return jibek.simulate(corridor, replications=3, out=tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def file(run: jibek.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(run, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def page(chromium: Browser, file: Path) -> Iterator[Page]:
    with opened(chromium, file) as found:
        yield found


@contextmanager
def opened(chromium: Browser, file: Path, size: tuple[int, int] = (1440, 900), **more: Any) -> Iterator[Page]:
    """Open a report with the network off; whatever goes wrong in the page fails the test."""
    settings = {"reduced_motion": "reduce", **more}
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, offline=True, **settings)
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


def look_at(page: Page, value: str) -> None:
    page.get_by_label("Look at").select_option(value)


def assert_accessible(page: Page) -> None:
    """Let axe look at the page; the table of inputs repeats itself, so a few rows of it are enough."""
    page.get_by_label("Search").fill("sea")
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    assert not found.response["violations"], found.generate_report()


def first_number(text: str) -> float:
    found = re.search(r"[\d,.]*\d", text)
    assert found is not None, text
    return float(found.group().replace(",", ""))


def test_the_headline_is_that_of_the_run(page: Page, run: jibek.Run) -> None:
    told = page.locator("header dl").inner_text()
    for name in ("total.delivered_teu", "total.transit_days.p50", "total.transit_days.p90"):
        mean, _, half = str(run.statistics[name]).partition(" ± ")
        assert mean in told
        assert f"± {half}" in told


@pytest.mark.slow
def test_figures_are_written_as_on_the_command_line(page: Page, run: jibek.Run) -> None:
    row = page.locator("section[aria-labelledby=costs] tbody tr", has_text=run.corridor.flows["west"].name)
    names = ("delivered_teu", "transit_days.p50", "cost_per_teu", "co2e_kg_per_teu", "speed_kmh")
    assert row.locator("td").all_inner_texts() == [str(run.statistics[f"flows.west.{name}"]) for name in names]


@pytest.mark.slow
def test_the_map_shows_as_many_vehicles_as_are_under_way(page: Page, run: jibek.Run) -> None:
    hour = 24 * 20 + 6
    page.get_by_label("Time shown").fill(str(hour))
    first = run.table("legs").filter(pl.col("seq") == 0).select("replication", "trip", "enter_h")
    trips = run.table("trips").join(first, on=["replication", "trip"]).filter(pl.col("replication") == 0)
    berthed = pl.col("berthed_h").is_null() | (pl.col("berthed_h") > hour + 0.05)
    under_way = trips.filter((pl.col("enter_h") <= hour + 0.05) & berthed).height
    assert under_way > 0
    expect(page.get_by_text(re.compile(rf"^{under_way} vehicles? under way"))).to_be_visible()


@pytest.mark.slow
def test_vehicles_move_while_it_plays_and_stand_while_it_does_not(page: Page) -> None:
    shot = "document.querySelector('canvas').toDataURL()"
    page.wait_for_timeout(200)
    before = page.evaluate(shot)
    page.wait_for_timeout(200)
    assert page.evaluate(shot) == before
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(shot) != before


@pytest.mark.slow
def test_it_plays_by_itself_only_for_those_who_do_not_mind_motion(chromium: Browser, file: Path) -> None:
    with opened(chromium, file, reduced_motion="no-preference") as page:
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
    with opened(chromium, file) as page:
        expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_terminal_is_chosen_on_the_map_and_left_with_escape(page: Page) -> None:
    page.locator(".map").get_by_role("button", name="Dry port").click(force=True)
    story = page.locator("section.story")
    expect(story.get_by_role("heading", name="Dry port", exact=True)).to_be_visible()
    expect(page.locator("section[aria-labelledby=daily] figcaption").first).to_contain_text("Dry port")
    page.keyboard.press("Escape")
    expect(story).to_have_count(0)


@pytest.mark.slow
def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip the map")).to_be_focused()
    page.locator(".map").get_by_role("button", name="Dry port").focus()
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="The whole corridor")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator("section.story h2")).to_have_text("Dry port")
    page.get_by_label("Time shown").focus()
    at = float(page.get_by_label("Time shown").input_value())
    page.keyboard.press("ArrowRight")
    assert float(page.get_by_label("Time shown").input_value()) == at + 1


@pytest.mark.slow
def test_a_link_is_chosen_on_the_map(page: Page, run: jibek.Run) -> None:
    page.locator(".line.sea .reach").first.dispatch_event("click")
    expect(page.locator("section.story .kind")).to_have_text("Sea leg")
    cell = page.locator("section.story tbody tr").first.locator("td").first
    assert cell.inner_text() == str(run.statistics["links.sea.departures_forward"])


def test_a_flow_links_all_views(page: Page, run: jibek.Run) -> None:
    flow = run.corridor.flows["west"]
    page.locator("section[aria-labelledby=budget]").get_by_role("button", name=flow.name).click()
    links = {
        link
        for way in run.corridor.itineraries.values() if way.flow == "west"
        for service in way.services
        for link in run.corridor.services[service].path
    }  # fmt: skip
    expect(page.locator(".line.lit")).to_have_count(len(links))
    expect(page.locator("section[aria-labelledby=transit]")).to_contain_text(flow.name)
    expect(page.locator("section[aria-labelledby=space-time]")).to_contain_text(flow.name)
    expect(page.locator("section[aria-labelledby=costs] tr.chosen")).to_contain_text(flow.name)
    told = page.locator("section.story .days").all_inner_texts()
    mean = run.statistics["flows.west.transit_days.mean"].mean
    assert sum(map(first_number, told)) == pytest.approx(mean, rel=0.05)


@pytest.mark.slow
def test_a_vehicle_is_found_on_its_link_and_on_the_map(page: Page) -> None:
    look_at(page, "flow west")
    page.locator("section[aria-labelledby=space-time] path.run").first.dispatch_event("click")
    expect(page.locator("section.story .kind")).to_have_text(re.compile("Train|Ship"))
    expect(page.locator("section.story")).to_contain_text("in position")


@pytest.mark.slow
def test_closures_are_seen(page: Page, run: jibek.Run) -> None:
    closed = run.table("closed").filter((pl.col("replication") == 0) & (pl.col("start_h") > 0))
    long = closed.filter((pl.col("end_h") - pl.col("start_h")) > 8).sort("start_h").row(0, named=True)
    storms = page.locator(".map .storm, .map .stop")
    page.get_by_label("Time shown").fill(str(int(long["start_h"]) + 7))
    expect(storms.first).to_be_attached()


@pytest.mark.slow
def test_every_input_has_its_source_or_its_mark(page: Page, run: jibek.Run) -> None:
    inputs = page.locator("section[aria-labelledby=inputs]")
    assert "assumed" in inputs.locator("tbody tr").first.inner_text()
    inputs.get_by_label("Search").fill("equipment")
    shown = inputs.locator("tbody th").all_inner_texts()
    assert shown
    assert all("equipment" in one for one in shown)
    from jibek.corridor import numbers

    given = [one for one in numbers(run.corridor) if one.table == "equipment"]
    inputs.get_by_label("Table").select_option("equipment")
    inputs.get_by_label("Search").fill("")
    expect(inputs.locator("tbody tr")).to_have_count(len(given))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("desk", "light"), ("desk", "dark"), ("wall", "light")]
)
def test_nothing_bars_the_way(chromium: Browser, file: Path, size: str, scheme: str) -> None:
    with opened(chromium, file, SIZES[size], color_scheme=scheme) as page:
        for value in CHOSEN:
            look_at(page, value)
            assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_it_prints(chromium: Browser, file: Path) -> None:
    with opened(chromium, file) as page:
        page.emulate_media(media="print", color_scheme="light")
        expect(page.get_by_label("Look at")).to_be_hidden()
        expect(page.locator(".map svg").first).to_be_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.slow
def test_a_run_of_one_replication_without_containers(chromium: Browser, tmp_path: Path) -> None:
    corridor = jibek.read("starter").with_clock(days=30)
    run = jibek.simulate(corridor, out=tmp_path / "run", containers=False)
    with opened(chromium, report(run, tmp_path / "report.html")) as page:
        expect(page.locator("header")).to_contain_text("no intervals")
        expect(page.locator("section[aria-labelledby=transit]")).to_contain_text("only its quantiles are known")


@pytest.mark.slow
def test_the_reference_year_is_one_small_file(chromium: Browser, tmp_path: Path) -> None:
    run = jibek.simulate(jibek.read("trans-caspian"), out=tmp_path / "run")
    file = report(run, tmp_path / "report.html")
    assert file.stat().st_size < 3e6
    with opened(chromium, file) as page:
        look_at(page, "terminal keg")
        expect(page.locator("section.story h2")).to_be_visible()
        assert_accessible(page)
