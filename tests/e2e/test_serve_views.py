"""The views of the served page in a real browser: tables, bottlenecks, bound, compare, invest."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

import jibek
from jibek.corridor import Corridor, PackageError
from jibek.study import at_home, bottlenecks, bound, compare, invest
from jibek.tables import write_package
from serving import serving

pytestmark = pytest.mark.slow

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (360, 740), "desk": (1440, 900), "wall": (3840, 2160)}
BUSY = "flows.*.teu_per_year*=3"
"""With so much demand a third ship is worth its money, and a study ends soon."""
SHORT = {"set": BUSY, "days": "30", "warmup_days": "0"}
FERRY = "fleets.ferries.count+=1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("served")) as server:
        yield f"http://127.0.0.1:{server.port}/"


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with opened(chromium, address) as found:
        yield found


@contextmanager
def opened(chromium: Browser, address: str, size: str = "desk", **more: Any) -> Iterator[Page]:
    """Open the page; whatever goes wrong in it fails the test, other than what the service refuses."""
    wide, high = SIZES[size]
    context = chromium.new_context(
        base_url=address, viewport={"width": wide, "height": high}, reduced_motion="reduce", **more
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in ("error", "warning") else None)
    yield page
    context.close()
    assert not [line for line in wrong if "status of 422" not in line]


def look_at(page: Page, view: str, **params: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    page.goto(f"./#/{view}?package=starter&{query}")
    page.wait_for_selector("[role=gridcell]" if "table" in params else "h1")


def cell(page: Page, row: int, column: str) -> Locator:
    """Return a cell of the table that is open, by position of its row and name of its column."""
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text=re.compile(rf"^{column}\W?$"))).to_be_visible()
    number = [head.rstrip("*") for head in heads.all_inner_texts()].index(column)
    return page.locator(f"[data-at='{row} {number - 1}']")


def type_into(page: Page, row: int, column: str, text: str) -> None:
    cell(page, row, column).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").click()


def shown(interval: Any) -> str:
    """Write a difference as the page does."""
    text = str(interval)
    return f"+{text}" if interval.mean > 0 else text.replace("-", "−", 1)


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    """The corridor of the studies."""
    return jibek.read("starter").with_changes(BUSY).with_clock(days=30, warmup_days=0)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The files of the starter package."""
    write_package(jibek.read("starter"), tmp_path / "package")
    return {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "package").iterdir()}


def zipped(files: dict[str, str], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def problems_of(files: dict[str, str], folder: Path) -> list[str]:
    """Return what the checker says of files."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(PackageError) as caught:
        jibek.read(str(folder))
    return [problem.message for problem in caught.value.problems]


def test_a_problem_is_shown_at_its_cell_and_undone_by_the_keyboard(page: Page) -> None:
    look_at(page, "tables", table="links")
    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("Control+End")
    expect(page.locator(":focus")).to_have_attribute("data-at", re.compile(r"^2 \d+$"))
    type_into(page, 1, "length_km", "abc")
    expect(page.get_by_role("status").filter(has_text="1 problem")).to_be_visible()
    wrong = cell(page, 1, "length_km")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Save as a new package")).to_be_disabled()
    page.get_by_role("region", name="Problems").get_by_role("button").click()
    expect(wrong).to_be_focused()
    expect(page.locator("#cell-wrong")).to_contain_text("'abc' is not a number")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    expect(wrong).not_to_have_attribute("aria-invalid", "true")


def test_problems_of_other_tables_are_reached_from_the_list(page: Page) -> None:
    name = "dry-port"
    look_at(page, "tables", table="terminals")
    type_into(page, list(jibek.read("starter").terminals).index(name), "id", "nowhere")
    region = page.get_by_role("region", name="Problems")
    entry = region.get_by_role("button").filter(has_text="zones").first
    expect(region.get_by_role("listitem").filter(has_text=name).first).to_be_visible()
    entry.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("zones")
    expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(":focus")).to_have_text(re.compile(name))


def test_what_is_saved_is_a_package_of_its_own(page: Page, tmp_path: Path) -> None:
    look_at(page, "tables", table="equipment")
    before = int(cell(page, 0, "count").inner_text())
    type_into(page, 0, "count", str(before + 1))
    page.get_by_role("button", name="Save as a new package").click()
    expect(page).to_have_url(re.compile(r"package=[0-9a-f]{16}&table=equipment"))
    expect(cell(page, 0, "count")).to_have_text(str(before + 1))
    page.get_by_role("link", name="All tables").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as zip").click()
    download.value.save_as(tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith("equipment.csv"))).decode()
    rows = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    changed = jibek.read("starter").with_changes(f"equipment.{rows[0]['id']}.count+=1")
    assert [int(row["count"]) for row in rows] == [one.count for one in changed.equipment.values()]
    look_at(page, "tables", table="equipment")
    expect(cell(page, 0, "count")).to_have_text(str(before))


def test_the_header_is_edited_with_its_problems_at_the_field(page: Page) -> None:
    look_at(page, "tables")
    header = page.get_by_role("region", name="About the package")
    days = header.get_by_label("days", exact=True)
    days.fill("never")
    days.press("Tab")
    expect(days).to_have_attribute("aria-invalid", "true")
    expect(header.get_by_text("'never' is not a whole number")).to_be_visible()
    days.blur()
    page.get_by_role("region", name="Problems").get_by_role("button").click()
    expect(days).to_be_focused()
    days.fill("90")
    header.get_by_label("currency").fill("KZT")
    page.get_by_role("button", name="Undo").focus()
    expect(page.get_by_text("Nothing is wrong.")).to_be_visible()
    page.get_by_role("button", name="Save as a new package").click()
    expect(page).to_have_url(re.compile(r"package=[0-9a-f]{16}"))
    title = re.escape(jibek.read("starter").header.title)
    expect(header.get_by_label("title")).to_have_value(re.compile(f"^{title}, edited"))
    expect(days).to_have_value("90")
    expect(header.get_by_label("currency")).to_have_value("KZT")
    expect(page.get_by_label("Package").locator("option:checked")).to_have_text(re.compile(", edited"))


def test_packages_of_one_title_are_told_apart(page: Page) -> None:
    title = jibek.read("starter").header.title
    for days in ("80", "81"):
        look_at(page, "tables")
        header = page.get_by_role("region", name="About the package")
        header.get_by_label("title").fill("Twice")
        header.get_by_label("days", exact=True).fill(days)
        page.get_by_role("button", name="Undo").focus()
        page.get_by_role("button", name="Save as a new package").click()
        expect(page).to_have_url(re.compile(r"package=[0-9a-f]{16}"))
    names = page.get_by_label("Package").locator("option").all_inner_texts()
    assert len({name for name in names if name.startswith("Twice (")}) == 2
    assert title in names


def test_all_problems_of_a_spoilt_upload_are_listed(page: Page, files: dict[str, str], tmp_path: Path) -> None:
    files["links.csv"] = re.sub(r",\d+(\.\d+)?(?=,|\n)", ",x", files["links.csv"])
    files["terminals.csv"] = files["terminals.csv"].replace("harbour", "habour")
    expected = problems_of(files, tmp_path / "spoilt")
    assert len(expected) > 5
    look_at(page, "tables")
    page.get_by_label("Upload a package").set_input_files(zipped(files, tmp_path / "spoilt.zip"))
    told = page.get_by_role("alert").get_by_role("listitem")
    expect(told).to_have_count(len(expected))
    for message, text in zip(sorted(expected), sorted(told.all_inner_texts(), key=_message(expected)), strict=True):
        assert message in text


def _message(expected: list[str]) -> Any:
    return lambda text: max((one for one in expected if one in text), key=len, default=text)


def test_a_thousand_rows_are_quick(page: Page, files: dict[str, str], tmp_path: Path) -> None:
    head = files["places.csv"].splitlines()[0].split(",")
    named = {"name": "Somewhere", "lat": "45", "lon": "70", "country": "KZ"}
    lines = [",".join(f"more-{n}" if name == "id" else named.get(name, "") for name in head) for n in range(1000)]
    files["places.csv"] = "\n".join([files["places.csv"].rstrip("\n"), *lines, ""])
    look_at(page, "tables")
    page.get_by_label("Upload a package").set_input_files(zipped(files, tmp_path / "large.zip"))
    page.wait_for_url(re.compile(r"package=[0-9a-f]{16}"))
    page.get_by_role("link", name="places", exact=True).click()
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", re.compile(r"^100\d$"))
    assert page.get_by_role("row").count() < 80
    page.locator("[role=gridcell][tabindex='0']").focus()
    page.keyboard.press("Control+End")
    expect(page.locator(":focus")).to_be_in_viewport()
    taken = page.evaluate(PRESSES)
    assert sorted(taken)[len(taken) // 2] < 100, taken


PRESSES = """async () => {
  const taken = [];
  for (const key of ["ArrowUp", "PageUp", "5", "Enter", "PageUp", "Delete", "Control", "ArrowUp", "7"]) {
    const begin = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    taken.push(performance.now() - begin);
  }
  return taken;
}"""
"""Milliseconds from a key to the frame after it."""


def test_bottlenecks_are_those_of_the_study(page: Page, corridor: Corridor) -> None:
    with at_home(1) as workers:
        found = bottlenecks(corridor, workers, most=3, replications=2)
    look_at(page, "bottlenecks", **SHORT)
    page.get_by_label("Capacities tried").fill("3")
    page.get_by_label("Replications").fill("2")
    start(page)
    rows = page.get_by_role("list", name="What each change brings").locator("summary")
    expect(rows).to_have_count(len(found.effects), timeout=60_000)
    for effect, text in zip(found.effects, rows.locator(".value").all_inner_texts(), strict=True):
        assert text.startswith(shown(effect.effect["total.delivered_teu"]))
    rows.first.click()
    link = page.get_by_role("link", name="Open as a what-if").first
    expect(link).to_have_attribute(
        "href", re.compile(f"set={re.escape(found.effects[0].change.partition('=')[0][:-1])}")
    )


def test_the_bound_is_that_of_the_study(page: Page) -> None:
    found = bound(jibek.read("starter"))
    look_at(page, "bottlenecks")
    region = page.get_by_role("region", name="What binds, by month")
    expect(region).to_contain_text(
        f"{found.as_given.volume_teu:,.0f} of {found.as_given.offered_teu:,.0f} TEU", timeout=60_000
    )
    rows = region.locator("tbody tr")
    used = [f"{100 * limit.utilisation:.0f}" for limit in found.limits]
    told = [row.locator("td").first.inner_text() for row in rows.all()]
    assert told[:5] == used[:5]


def test_cases_side_by_side_are_those_of_the_study(page: Page, corridor: Corridor) -> None:
    with at_home(1) as workers:
        found = compare(corridor, {"growth": ["growth"], "ship": [FERRY]}, workers, replications=2)
    look_at(page, "compare", **SHORT)
    page.get_by_label("A fifth more traffic").check()
    page.get_by_label("Name").fill("ship")
    page.get_by_label("Measures and changes").fill(FERRY)
    page.get_by_label("Replications").fill("2")
    start(page)
    table = page.get_by_role("region", name="Side by side").locator("tbody tr")
    expect(table).to_have_count(3, timeout=60_000)
    for case in ("growth", "ship"):
        row = table.filter(has=page.get_by_role("link", name=case)).locator("td")
        figure, difference = row.first.inner_text().split("\n")
        assert figure == str(found.cases[case]["total.delivered_teu"])
        assert difference == shown(found.differences("total.delivered_teu")[case])


def test_a_case_that_deadlocks_is_told_beside_the_others(page: Page) -> None:
    look_at(page, "compare", days="60", warmup_days="0")
    page.get_by_label("A fifth more traffic").check()
    page.get_by_label("Name").fill("flood")
    page.get_by_label("Measures and changes").fill("flows.*.teu_per_year*=4")
    page.get_by_label("Replications").fill("2")
    start(page)
    region = page.get_by_role("region", name="Differences from the base")
    expect(region).to_contain_text("Cannot be simulated: flood: deadlock", timeout=60_000)
    expect(page.get_by_role("region", name="Side by side").locator("tbody tr")).to_have_count(2)


def test_the_best_set_is_that_of_the_study(page: Page, corridor: Corridor) -> None:
    with at_home(1) as workers:
        found = invest(corridor, 20, workers, objective="transit", replications=3)
    look_at(page, "invest", **SHORT)
    page.get_by_label("Budget, million").fill("20")
    page.get_by_label("Objective").select_option("transit")
    page.get_by_label("Replications").fill("3")
    start(page)
    names = [corridor.measures[name].title for name in found.best.measures]
    heading = page.get_by_role("heading", name="The best for 20 million")
    expect(heading).to_contain_text(", ".join(names) or "nothing", timeout=60_000)
    sets = page.get_by_role("region", name="Cost against effect").locator("tbody tr")
    expect(sets.filter(has_text="chosen").locator("td").nth(1)).to_have_text(f"{found.best.cost_million:g}")
    sure = "with probability 0.95" if found.sure.ended else "Nothing is guaranteed"
    expect(page.get_by_role("region", name="The best for 20 million")).to_contain_text(sure)


def test_a_study_that_cannot_be_made_says_why(page: Page) -> None:
    look_at(page, "compare", **SHORT)
    start(page)
    expect(page.get_by_role("alert")).to_contain_text("Choose or type a case first")
    page.get_by_label("Measures and changes").fill("fleets.feries.count+=1")
    start(page)
    expect(page.get_by_role("alert")).to_contain_text("ferries", timeout=60_000)


def test_a_study_is_watched_and_cancelled(page: Page) -> None:
    look_at(page, "bottlenecks")
    page.get_by_label("Replications").fill("100")
    start(page)
    bar = page.locator(".answer .jobbar")
    expect(bar.get_by_role("status")).to_have_text(re.compile("^Running"), timeout=60_000)
    with page.expect_request(lambda asked: asked.method == "DELETE") as asked:
        bar.get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)
    page.wait_for_function(
        "address => fetch(address).then(answer => answer.json()).then(job => job.state === 'cancelled')",
        arg=asked.value.url,
    )


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("desk", "light"), ("desk", "dark"), ("wall", "light")]
)
def test_nothing_bars_the_way(chromium: Browser, address: str, size: str, scheme: str) -> None:
    with opened(chromium, address, size, color_scheme=scheme) as page:
        for view in ("bottlenecks", "compare", "invest"):
            look_at(page, view, **SHORT)
            if view == "compare":
                page.get_by_label("Measures and changes").fill(FERRY)
            if view == "invest":
                page.get_by_label("Objective").select_option("transit")
            page.get_by_label("Replications").fill("3")
            start(page)
            page.wait_for_selector(".answer section", timeout=60_000)
            assert_accessible(page)
        look_at(page, "tables")
        page.wait_for_selector("tbody")
        assert_accessible(page)
        page.get_by_role("link", name="links", exact=True).click()
        type_into(page, 1, "length_km", "abc")
        page.wait_for_selector("section.problems")
        assert_accessible(page)


def assert_accessible(page: Page) -> None:
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
