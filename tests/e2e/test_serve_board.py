"""The transfer board in a real browser, against a running server."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from serving import Server, serving
from transfer_packages import A, cell, write_job

pytestmark = pytest.mark.slow

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 740), "desk": (1440, 900), "wall": (3840, 2160)}
JOB = "made=pair/41/4&time=0"
"""A job whose plan by the rule goes by the yard, too."""

Moves = list[tuple[str, dict[str, Any]]]
"""Moves, each with its crane."""

PATIENCE_MS = 200_000
"""The first search after an installation compiles."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture(scope="module")
def held(server: Server) -> dict[str, Any]:
    """Return the board of the job, from the API."""
    board: dict[str, Any] = answer(server, family="pair", size=41, seed=4, time_limit_s=0)["board"]
    return board


@pytest.fixture(scope="module")
def moves(held: dict[str, Any]) -> Moves:
    return [(crane["id"], move) for crane in held["cranes"] for move in crane["moves"]]


@contextmanager
def opened(chromium: Browser, server: Server, asked: str, size: str = "desk", **more: Any) -> Iterator[Page]:
    """Open the board; whatever goes wrong in the page fails the test."""
    width, height = SIZES[size]
    settings = {"reduced_motion": "reduce", **more}
    context = chromium.new_context(viewport={"width": width, "height": height}, **settings)
    context.set_default_timeout(60_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(f"http://127.0.0.1:{server.port}/#/transfer?{asked}")
    if asked:
        expect(page.get_by_role("heading", name="What the plan is worth")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("canvas")).to_be_visible(timeout=PATIENCE_MS)
    yield page
    context.close()
    assert not [line for line in wrong if "422" not in line]


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    with opened(chromium, server, JOB) as found:
        yield found


def answer(server: Server, *, family: str, size: int, seed: int, time_limit_s: float) -> dict[str, Any]:
    """Return the answer of a job by asking for it as the page does: the same request is the same job."""
    generate = {"family": family, "size": size, "seed": seed}
    job = server.start(kind="plan", package=None, generate=generate, time_limit_s=time_limit_s, seed=0)
    told: dict[str, Any] = server.wait(job["id"], seconds=PATIENCE_MS / 1000)["answer"]
    return told


def look_at(page: Page, box: str) -> None:
    page.get_by_label("Look at a box").select_option(box)


def show(page: Page, seconds: float) -> None:
    bar = page.get_by_label("Time shown")
    bar.evaluate(
        "(bar, at) => { bar.value = at; bar.dispatchEvent(new Event('input', { bubbles: true })) }", seconds / 3600
    )


def test_a_job_is_planned_from_the_form(chromium: Browser, server: Server) -> None:
    with opened(chromium, server, "") as page:
        page.get_by_role("combobox", name="Job", exact=True).select_option("merge")
        page.get_by_label("Boxes").fill("12")
        page.get_by_label("Seed").fill("5")
        page.get_by_label("Search").fill("1")
        page.get_by_role("button", name="Plan", exact=True).click()
        expect(page.locator("canvas")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("progress")).to_have_count(0, timeout=PATIENCE_MS)
        told = answer(server, family="merge", size=12, seed=5, time_limit_s=1)
        worth = page.locator("section[aria-labelledby=plan-value]").inner_text()
        assert f"{told['value_s'] / 60:,.1f} min" in worth
        assert f"{told['bound_s'] / 60:,.1f} min" in worth
        assert "made=merge/12/5" in page.url


def test_a_plan_can_be_stopped(chromium: Browser, server: Server) -> None:
    with opened(chromium, server, "") as page:
        page.get_by_label("Search").fill("500")
        page.get_by_role("button", name="Plan", exact=True).click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Stopped")).to_be_visible()
        expect(page.locator("progress")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_box_chosen_in_one_part_is_lit_in_all(page: Page, moves: Moves) -> None:
    yard = next(move["box"] for _, move in moves if move["kind"] == "in")
    cranes = [crane for crane, move in moves if move["box"] == yard]
    look_at(page, yard)
    story = page.locator("section[aria-labelledby=box-story]")
    expect(story.get_by_role("heading")).to_have_text(yard)
    expect(story).to_contain_text("by the yard, in 2 moves")
    assert story.locator("tbody th").all_inner_texts() == cranes
    expect(page.locator("section[aria-labelledby=crane-chart] path.lit")).to_have_count(2)
    expect(page.locator("section[aria-labelledby=board-trains] g.lit")).to_have_count(2)
    page.get_by_role("combobox", name="Crane", exact=True).select_option(cranes[0])
    expect(page.locator("section[aria-labelledby=work-list] tr.lit")).to_have_count(cranes.count(cranes[0]))
    page.keyboard.press("Escape")
    expect(story).to_have_count(0)
    expect(page.locator("path.lit, g.lit, tr.lit")).to_have_count(0)


def test_a_box_is_chosen_in_the_chart_in_a_train_in_a_list_and_from_above(page: Page) -> None:
    name = page.locator("section[aria-labelledby=box-story] h2")
    line = page.locator("section[aria-labelledby=crane-chart] path.reach").first
    line.dispatch_event("click")
    expect(name).to_have_text(line.locator("title").text_content() or "")
    wagon = page.locator("section[aria-labelledby=board-trains] g.box").last
    wagon.click()
    expect(name).to_have_text(wagon.locator("title").text_content() or "")
    listed = page.locator("section[aria-labelledby=work-list] tbody button").last
    listed.click()
    expect(name).to_have_text(listed.inner_text())
    page.keyboard.press("Escape")
    size = page.locator("canvas").bounding_box()
    assert size is not None
    for share in (0.25, 0.3, 0.35, 0.4, 0.45):
        page.locator("canvas").click(position={"x": size["width"] / 2, "y": share * size["height"]})
        if name.count():
            break
    expect(name).to_be_visible()


def test_kinds_of_moves_are_told_apart_by_stroke(page: Page) -> None:
    dashes = {
        kind: page.locator(f"section[aria-labelledby=crane-chart] path.box.{kind}").first.evaluate(
            "path => getComputedStyle(path).strokeDasharray"
        )
        for kind in ("direct", "in", "out")
    }
    assert len(set(dashes.values())) == 3, dashes


def test_boxes_go_from_train_to_train_as_time_goes(page: Page, held: dict[str, Any], moves: Moves) -> None:
    done = page.locator(".done")
    expect(done).to_have_text("0 of 41 boxes on their trains")
    show(page, held["end_s"])
    expect(done).to_have_text("41 of 41 boxes on their trains")
    crane, move = next((crane, move) for crane, move in moves if move["kind"] == "direct")
    show(page, sum(move["way_s"]) / 2)
    expect(page.get_by_label("What the cranes do").locator("li", has_text=crane)).to_contain_text(move["box"])


def test_it_plays_and_stands(page: Page) -> None:
    shot = "document.querySelector('canvas').toDataURL()"
    page.wait_for_timeout(300)
    before = page.evaluate(shot)
    page.wait_for_timeout(200)
    assert page.evaluate(shot) == before, "with reduced motion it does not play by itself"
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(shot) != before


def test_it_is_smooth(chromium: Browser, server: Server) -> None:
    """Frames of some seconds while it plays: half of them come at least 50 times a second, in the best of three tries."""
    watch = """async () => {
        const times = [];
        await new Promise(done => requestAnimationFrame(function next(now) {
            times.push(now);
            if (now - times[0] < 2000) requestAnimationFrame(next); else done();
        }));
        return times.slice(1).map((time, n) => time - times[n]);
    }"""
    with opened(chromium, server, JOB) as page:
        page.get_by_role("button", name="Play").click()
        tries = [median(page.evaluate(watch)) for _ in range(3)]
    assert min(tries) <= 20, f"ms between frames: {tries}"


def test_keys_zoom_and_set_the_time(page: Page) -> None:
    whole = page.get_by_role("button", name="The whole yard")
    expect(whole).to_be_disabled()
    page.get_by_role("button", name="Zoom in").focus()
    page.keyboard.press("+")
    expect(whole).to_be_enabled()
    page.keyboard.press("0")
    expect(whole).to_be_disabled()
    bar = page.get_by_label("Time shown")
    bar.focus()
    page.keyboard.press("ArrowRight")
    assert float(bar.input_value()) == pytest.approx(1 / 3600)


def test_the_work_list_is_a_file(page: Page, tmp_path: Path, moves: Moves) -> None:
    page.get_by_role("combobox", name="Crane", exact=True).select_option("C2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list of C2 as CSV").click()
    path = tmp_path / "list.csv"
    download.value.save_as(path)
    assert download.value.suggested_filename == "work-list-C2.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    mine = [move for crane, move in moves if crane == "C2"]
    assert [row["box"] for row in rows] == [move["box"] or "" for move in mine]
    first = next(move for move in mine if move["box"])
    row = next(row for row in rows if row["box"] == first["box"])
    assert row["from"].endswith(f" {first['from_place']}")
    assert (
        row["pick"]
        == f"{int(first['pick_s']) // 3600:02}:{int(first['pick_s']) // 60 % 60:02}:{int(first['pick_s']) % 60:02}"
    )


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def test_an_uploaded_job_is_planned(chromium: Browser, server: Server, tmp_path: Path) -> None:
    archive = zipped(write_job(tmp_path / "small"), tmp_path / "small.zip")
    with opened(chromium, server, "") as page:
        page.get_by_label("Upload a job").set_input_files(archive)
        expect(page.get_by_role("combobox", name="Job", exact=True)).to_have_value(re.compile("^package "))
        page.get_by_label("Search").fill("0")
        page.get_by_role("button", name="Plan", exact=True).click()
        expect(page.locator(".done")).to_contain_text("of 2 boxes", timeout=PATIENCE_MS)
        look_at(page, A)
        expect(page.locator("section[aria-labelledby=box-story]")).to_contain_text("directly, by one crane move")


def test_a_spoilt_job_is_refused_with_its_problems(chromium: Browser, server: Server, tmp_path: Path) -> None:
    folder = write_job(tmp_path / "spoilt")
    cell("boxes", 1, "mass_t", "heavy")(folder)
    with opened(chromium, server, "") as page:
        page.get_by_label("Upload a job").set_input_files(zipped(folder, tmp_path / "spoilt.zip"))
        expect(page.get_by_role("alert")).to_contain_text("heavy")
        expect(page.get_by_role("alert")).to_contain_text("boxes.csv:2")


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark"), ("wall", "light")])
def test_nothing_bars_the_way(chromium: Browser, server: Server, moves: Moves, size: str, scheme: str) -> None:
    with opened(chromium, server, JOB, size, color_scheme=scheme) as page:
        look_at(page, next(move["box"] for _, move in moves if move["kind"] == "in"))
        options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options)
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
