"""Corridor packages that are wrong in one way each, and what must be said of them.

Each is the starter package with one thing spoilt. They are read by the reader's tests and by those of the
command line, which must answer each with exit code 2.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path


@dataclass(frozen=True)
class Spoilt:
    """One way to spoil the starter package.

    Parameters
    ----------
    name
        What is spoilt.
    mutate
        Does it to the folder.
    expected
        What must be said, each a part of one line of the message.
    slow
        Whether it takes more than a second or two.
    lines
        How many lines say it; None: any number.
    """

    name: str
    mutate: Callable[[Path], object]
    expected: tuple[str, ...]
    slow: bool = False
    lines: int | None = None


def cell(table: str, row: str, column: str, value: str) -> Callable[[Path], None]:
    """Put a value into a cell; the column is added if it is not there."""

    def mutate(folder: Path) -> None:
        path = folder / f"{table}.csv"
        comment, *lines = path.read_text("utf-8").splitlines(keepends=True)
        header, *rows = csv.reader(lines)
        if column not in header:
            header.append(column)
            rows = [[*cells, ""] for cells in rows]
        for cells in rows:
            if cells[0] == row:
                cells[header.index(column)] = value
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
        path.write_text(comment + text.getvalue(), "utf-8")

    return mutate


def cells(*each: tuple[str, str, str, str]) -> Callable[[Path], None]:
    """Put values into several cells."""

    def mutate(folder: Path) -> None:
        for one in each:
            cell(*one)(folder)

    return mutate


def appended(file: str, text: str) -> Callable[[Path], None]:
    """Append text to a file, which may be new."""

    def mutate(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8", newline="") as target:
            target.write(text)

    return mutate


def contents(file: str, data: bytes) -> Callable[[Path], None]:
    """Replace a file."""
    return lambda folder: (folder / file).write_bytes(data) and None


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace text in a file."""

    def mutate(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), "utf-8")

    return mutate


def removed(file: str) -> Callable[[Path], None]:
    """Remove a file."""
    return lambda folder: (folder / file).unlink()


def _folder_for_file(folder: Path) -> None:
    (folder / "links.csv").unlink()
    (folder / "links.csv").mkdir()


def _link(target: str, folder: Path) -> None:
    path = folder / "links.csv"
    outside = folder.parent / "outside.csv"
    path.rename(outside)
    path.symlink_to(target.format(outside=outside))


def _million_lines(folder: Path) -> None:
    cell("flows", "east", "arrival", "listed")(folder)
    lines = "east,2025-03-01T06:30,1\n" * 500_000
    (folder / "arrivals.csv").write_text(f"flow,time,containers\n{lines}east,2025-03-01T06:30,0\n{lines}", "utf-8")


def spoilt() -> Iterator[Spoilt]:
    """Yield all ways to spoil the starter package."""
    yield from _files()
    yield from _headers()
    yield from _cells()
    yield from _references()
    yield from _rows()
    yield from _network()
    yield from _demand()
    yield from _slips()
    yield from _sizes()
    yield from _records()


def _files() -> Iterator[Spoilt]:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe"
    yield Spoilt("empty table", contents("links.csv", b""), ("links.csv:1: is empty",))
    yield Spoilt("table of comments", contents("links.csv", b"# one\n# two\n"), ("links.csv:1: is empty",))
    yield Spoilt("binary noise", contents("links.csv", png), ("links.csv:1: is not a text in UTF-8 (byte 0x89)",))
    yield Spoilt(
        "another encoding",
        contents("places.csv", "id\nm\u00fc".encode("latin-1")),
        ("places.csv:2: is not a",),
    )
    yield Spoilt("UTF-16", contents("places.csv", "id,lat".encode("utf-16")), ("places.csv:1: is not a text in UTF-8",))
    yield Spoilt("NUL bytes", appended("links.csv", "x\0y\n"), ("links.csv:6: holds a NUL character",))
    yield Spoilt("unclosed quotes", appended("links.csv", '"a,city\n'), ("links.csv:6: a quotation mark",))
    yield Spoilt(
        "unclosed quotes before much text",
        appended("links.csv", '"a' + 20_000 * "city,border\n"),
        ("links.csv:6: a quotation mark",),
    )
    yield Spoilt("text after quotes", appended("links.csv", '"a"b,city\n'), ("links.csv:6: a quoted cell goes on",))
    yield Spoilt("folder in place of a file", _folder_for_file, ("links.csv: is not a file",))
    yield Spoilt("link out of the folder", partial(_link, "{outside}"), ("links.csv: leads outside the folder",))
    yield Spoilt("path out of the folder", partial(_link, "../outside.csv"), ("links.csv: leads outside the folder",))
    yield Spoilt("link to itself", partial(_link, "links.csv"), ("links.csv: is not a file",))
    yield Spoilt("link to nothing", partial(_link, "nothing.csv"), ("links.csv: is not a file",))
    yield Spoilt("unknown table", appended("lines.csv", "id\n"), ("lines.csv: no table has this name; did you mean",))
    yield Spoilt(
        "million lines, one of them wrong",
        _million_lines,
        ("arrivals.csv:500002 containers: must be at least 1, not '0'",),
        slow=True,
    )
    yield Spoilt(
        "very many problems",
        appended("sources.csv", "a b,,,\n" * 500),
        ("sources.csv:4 id: 'a b' is not a name", "... and 900 more problems"),
    )


def _headers() -> Iterator[Spoilt]:
    toml = partial(replaced, "corridor.toml")
    yield Spoilt("no corridor.toml", removed("corridor.toml"), ("corridor.toml: is missing",))
    yield Spoilt("unreadable toml", contents("corridor.toml", b"id = \n"), ("corridor.toml:1: is not TOML",))
    yield Spoilt("deep toml", contents("corridor.toml", b"id=" + b"[" * 100_000), ("corridor.toml: is not TOML",))
    yield Spoilt("huge number in toml", toml("365", "9" * 5_000), ("corridor.toml: is not TOML",))
    yield Spoilt("wrong type in toml", toml("365", '"long"'), ("corridor.toml:7 days: 'long' is not a whole number",))
    yield Spoilt("table in toml", appended("corridor.toml", "[days]\n"), ("corridor.toml:12: is not TOML",))
    yield Spoilt(
        "number for a date",
        toml("2025-01-01", "20250101"),
        ("corridor.toml:6 start: 20250101 is not a date",),
    )
    yield Spoilt("another time", toml("2025-01-01", "0001-01-01"), ("corridor.toml:6 start: must be a day between",))
    yield Spoilt(
        "unknown key",
        toml("days = 365", "day = 365"),
        ("corridor.toml:7 day: unknown key; did you mean 'days'",),
    )
    yield Spoilt(
        "other version",
        toml("version = 1", "version = 9"),
        ("corridor.toml:5 schema_version: 9 is none of 1",),
    )
    yield Spoilt("no clock", toml("start = 2025-01-01", ""), ("corridor.toml start: a value is required",))
    yield Spoilt("days below 1", toml("365", "0"), ("corridor.toml:7 days: must be at least 1, not 0",))
    table = partial(replaced, "links.csv")
    yield Spoilt("unknown column", table("run_h,min", "run_hours,min"), ("links.csv:2 run_hours: unknown column; did",))
    yield Spoilt("column missing", table("run_h,min", "tracks,min"), ("links.csv:2 run_h: the column is missing",))
    yield Spoilt("column twice", table("min_run_h", "run_h"), ("links.csv:2 run_h: the column stands twice",))
    yield Spoilt("column without name", table("min_run_h", ""), ("links.csv:2: column 8 has no name",))
    yield Spoilt(
        "other separator",
        contents("links.csv", b"id;run_h\na;5\n"),
        ("links.csv:1: separate the cells by commas",),
    )
    yield Spoilt(
        "other separator, commas in numbers",
        contents("links.csv", b"id;run_h\na;5,2\n"),
        ("links.csv:1: separate the cells by commas",),
        lines=1,
    )
    yield Spoilt(
        "table that others need",
        removed("services.csv"),
        ("services.csv: is missing or has no rows, but 21 cells",),
        lines=1,
    )
    yield Spoilt(
        "date with its day first",
        toml("2025-01-01", "01.01.2025"),
        (
            "corridor.toml:6: is not TOML: Expected newline or end of document after a statement; a date is written YYYY-MM-DD",
        ),
        lines=1,
    )


def _cells() -> Iterator[Spoilt]:
    def link(value: str, said: str, column: str = "run_h") -> Spoilt:
        return Spoilt(f"{column} {value[:20]}", cell("links", "sea", column, value), (f"links.csv:5 {column}: {said}",))

    yield link("abc", "'abc' is not a number")
    yield link("1,5", "'1,5' is not a number")
    yield link("-3", "must be at least 0, not '-3'")
    yield link("nan", "'nan' is not a finite number")
    yield link("inf", "'inf' is not a finite number")
    yield link("1e400", "'1e400' is not a finite number")
    yield link("1e300", "must be at most 1000000000000, not '1e300'")
    yield link("9" * 5_000, "'9999")
    yield link("", "a value is required")
    yield link("  ", "a value is required")
    yield link("0", "must be above 0, not '0'", "length_km")
    yield link("1.5", "'1.5' is not a whole number", "tracks")
    yield link("9" * 5_000, "'9999", "tracks")
    yield link("40", "must be at most 20, not '40'", "tracks")
    yield link("5", "must be at least 600, not '5'", "gauge_mm")
    yield link("maybe", "'maybe' is not true or false", "electrified")
    yield link("air", "'air' is none of rail, sea, road", "mode")
    yield link("a b", "'a b' is not a name: use letters", "id")
    yield link("x" * 81, "'xxxxxxxxxx", "id")
    yield link("43.3 76.9; north", "'north' is not a point", "via")
    yield link("43.3 nan", "'43.3 nan' is not a point", "via")
    row = partial(cell, "closures", "storm")
    yield Spoilt("month 13", row("months", "10 13"), ("closures.csv:3 months: must be at most 12, not '13'",))
    yield Spoilt("28 days a month", row("days_per_month", "28"), ("closures.csv:3 days_per_month: must be below 28",))
    yield Spoilt("no date", row("start", "soon"), ("closures.csv:3 start: 'soon' is not a local date and time",))
    yield Spoilt(
        "seconds for a date",
        row("start", "17000000"),
        ("closures.csv:3 start: '17000000' is not a local date",),
    )
    yield Spoilt(
        "time zone",
        row("start", "2025-01-01T00:00Z"),
        ("closures.csv:3 start: '2025-01-01T00:00Z' has a time zone",),
    )
    yield Spoilt(
        "no day",
        cell("measures", "growth", "ready", "2027"),
        ("measures.csv:5 ready: '2027' is not a date like",),
    )
    yield Spoilt(
        "hour 25",
        cell("services", "express-west", "times", "06:00 25:00"),
        ("services.csv:7 times: '25:00' is not",),
    )
    yield Spoilt(
        "no path",
        cell("services", "ferry-west", "path", " > "),
        ("services.csv:9 path: at least 1 must be named",),
    )
    yield Spoilt(
        "long chain",
        cell("transfers", "dp-west", "steps", ">".join(["dp-crane"] * 9)),
        ("transfers.csv:3 steps: at most 8",),
    )
    yield Spoilt(
        "ragged row",
        appended("links.csv", "x,city\n"),
        ("links.csv:6: the row has 2 cells, the first line names 12",),
    )
    yield Spoilt(
        "id twice",
        appended("sources.csv", "invented,Again,,\n"),
        ("sources.csv:4 id: 'invented' stands already on line 3",),
    )


def _references() -> Iterator[Spoilt]:
    yield Spoilt(
        "unknown place",
        cell("links", "sea", "to_place", "shoer"),
        ("links.csv:5 to_place: 'shoer' is not in places.csv; did you mean 'shore'",),
    )
    yield Spoilt(
        "unknown source",
        cell("links", "sea", "source", "nobody"),
        ("links.csv:5 source: 'nobody' is not in sources.csv",),
    )
    yield Spoilt(
        "unknown link in a path",
        cell("services", "ferry-west", "path", "sea>see"),
        ("services.csv:9 path: 'see' is not in links.csv",),
    )
    yield Spoilt(
        "no table of links",
        removed("links.csv"),
        ("links.csv: is missing or has no rows, but 10 cells name rows of it",),
    )
    yield Spoilt(
        "arrivals of no flow",
        appended("arrivals.csv", "flow,time\nnone,2025-01-01\n"),
        ("arrivals.csv:2 flow: 'none' is not in flows.csv",),
    )
    yield Spoilt(
        "two things at once",
        cells(("links", "sea", "run_h", "x"), ("zones", "hb-track", "terminal", "harbor")),
        (
            "links.csv:5 run_h: 'x' is not a number",
            "zones.csv:6 terminal: 'harbor' is not in terminals.csv; did you mean 'harbour'",
        ),
    )


def _rows() -> Iterator[Spoilt]:
    def one(table: str, row: str, column: str, value: str, said: str) -> Spoilt:
        return Spoilt(f"{table} {row} {column} {value}", cell(table, row, column, value), (said,))

    yield one("links", "city-border", "gauge_mm", "", "links.csv:3 gauge_mm: rail needs a gauge")
    yield one(
        "links",
        "sea",
        "gauge_mm",
        "1520",
        "links.csv:5 gauge_mm: only rail has a gauge; leave it blank for sea",
    )
    yield one("links", "sea", "to_place", "coast", "links.csv:5 to_place: the link begins and ends at 'coast'")
    yield one("links", "sea", "min_run_h", "30", "links.csv:5 min_run_h: 30 h is more than the mean, run_h of 24 h")
    yield one(
        "links",
        "sea",
        "back_run_h",
        "10",
        "links.csv:5 min_run_h: 18 h is more than the mean, back_run_h of 10 h",
    )
    yield one("fleets", "sets-1520", "gauge_mm", "", "fleets.csv:4 gauge_mm: rail needs a gauge")
    yield one("zones", "dp-1435", "gauge_mm", "", "zones.csv:3 gauge_mm: tracks need a gauge")
    yield one("zones", "hb-berth", "gauge_mm", "1520", "zones.csv:7 gauge_mm: only tracks have a gauge")
    yield one("zones", "hb-berth", "positions", "", "zones.csv:7 positions: say how many vehicles")
    yield one("zones", "hb-yard", "positions", "4", "zones.csv:8 positions: no vehicle enters a yard")
    yield one("zones", "hb-yard", "sidings", "4", "zones.csv:8 sidings: no vehicle enters a yard")
    yield one("zones", "hb-berth", "capacity_teu", "4", "zones.csv:7 capacity_teu: only a yard has a capacity")
    yield one("checks", "customs", "kind", "way", "checks.csv:3 place: a check of kind way needs a place")
    yield one(
        "checks",
        "customs",
        "place",
        "city",
        "checks.csv:3 place: a check of kind arrival is done at a terminal",
    )
    yield one(
        "checks",
        "customs",
        "servers",
        "0",
        "checks.csv:3 servers: with 0 posts whoever is checked waits for ever",
    )
    yield one(
        "closures",
        "storm",
        "zone",
        "hb-berth",
        "closures.csv:3: just one of terminal, zone, link must be given; zone",
    )
    yield one(
        "closures",
        "storm",
        "link",
        "",
        "closures.csv:3: just one of terminal, zone, link must be given; none",
    )
    yield one("closures", "storm", "start", "2025-01-01", "closures.csv:3: either start and end must be given, or")
    yield one("closures", "storm", "duration_h", "", "closures.csv:3: either start and end must be given, or")
    yield one("tariffs", "by-ferry", "link", "sea", "tariffs.csv:3: just one of service, terminal, link")
    yield one("emissions", "rail", "terminal", "harbour", "emissions.csv:3: just one of mode, fleet, terminal")
    yield one("services", "express-east", "every_h", "", "services.csv:8 every_h: rule interval needs every_h")
    yield one("services", "express-east", "times", "06:00", "services.csv:8 times: rule interval does not use times")
    yield one("services", "express-west", "times", "", "services.csv:7 times: rule timetable needs times")
    yield one("services", "express-east", "every_h", "0.00001", "services.csv:8 every_h: with it, more than 10,000,000")
    yield one("services", "ferry-west", "rule", "listed", "services.csv:9 rule: rule listed needs at least one row")
    yield Spoilt(
        "end before begin",
        replaced(
            "closures.csv",
            "id,link,months,days_per_month,duration_h,duration_cv,source\nstorm,sea,10 11 12 1 2 3,3,18,0.6",
            "id,link,start,end,source\nstorm,sea,2025-02-01,2025-01-01",
        ),
        ("closures.csv:3 end: is not after the start",),
    )
    yield Spoilt(
        "departures of a service that lists none",
        appended("departures.csv", "service,time\nferry-west,2025-01-01\n"),
        ("departures.csv:2 service: service 'ferry-west' has the rule filled, not listed",),
    )
    yield Spoilt("no places", removed("places.csv"), ("places.csv: a corridor needs places, and there are none",))
    yield Spoilt(
        "no flows",
        contents("flows.csv", b"id,from_terminal,to_terminal\n"),
        ("flows.csv: a corridor needs flows",),
    )


def _network() -> Iterator[Spoilt]:
    def one(table: str, row: str, column: str, value: str, said: str) -> Spoilt:
        return Spoilt(f"{table} {row} {column} {value}", cell(table, row, column, value), (said,))

    yield one(
        "zones",
        "dp-1435",
        "kind",
        "yard",
        "zones.csv:5 kind: terminal 'dry-port' has a yard already, 'dp-1435'",
    )
    yield one(
        "transfers",
        "dp-west",
        "to_zone",
        "dp-1435",
        "transfers.csv:3 to_zone: the transfer begins and ends at",
    )
    yield one(
        "transfers",
        "dp-west",
        "to_zone",
        "hb-track",
        "transfers.csv:3 to_zone: zone 'hb-track' is of terminal",
    )
    yield one(
        "transfers",
        "dp-west",
        "steps",
        "hb-crane",
        "transfers.csv:3 steps: 'hb-crane' is of terminal 'harbour'",
    )
    yield one(
        "services",
        "ferry-west",
        "path",
        "border-coast",
        "services.csv:9 path: the path ends at 'border', but",
    )
    yield one(
        "services",
        "city-out",
        "path",
        "sea",
        "services.csv:3 path: the path has come to 'city', where link 'sea'",
    )
    yield one(
        "services",
        "city-out",
        "path",
        "city-border>border-coast",
        "services.csv:3 path: all links must be of one mode and gauge, not rail of 1435 mm, rail of 1520 mm",
    )
    yield one(
        "services",
        "city-out",
        "path",
        "city-border>city-border",
        "services.csv:3 path: the path ends at 'city'",
    )
    yield one(
        "services",
        "city-out",
        "to_terminal",
        "city",
        "services.csv:3 to_terminal: the service begins and ends at",
    )
    yield one(
        "services",
        "city-out",
        "to_zone",
        "",
        "services.csv:3 to_zone: terminal 'dry-port' has zones; name one of",
    )
    yield one(
        "services",
        "city-out",
        "from_zone",
        "dp-1435",
        "services.csv:3 from_zone: terminal 'city' has no zones",
    )
    yield one(
        "services",
        "city-out",
        "to_zone",
        "hb-track",
        "services.csv:3 to_zone: zone 'hb-track' is of terminal",
    )
    yield one("services", "city-out", "to_zone", "dp-yard", "services.csv:3 to_zone: a rail service needs a track")
    yield one(
        "services",
        "city-out",
        "to_zone",
        "dp-1520",
        "services.csv:3 to_zone: zone 'dp-1520' has tracks of 1520 mm",
    )
    yield one(
        "services",
        "ferry-west",
        "min_teu",
        "200",
        "services.csv:9 min_teu: 200 TEU is more than a vehicle of",
    )
    yield one(
        "rotations",
        "steppe",
        "services",
        "steppe-west",
        "rotations.csv:5 services: begins at 'dry-port' and ends",
    )
    yield one(
        "rotations",
        "steppe",
        "services",
        "steppe-west>express-west",
        "rotations.csv:5 services: 'steppe-west' ends",
    )
    yield one(
        "rotations",
        "steppe",
        "fleet",
        "trains-1435",
        "rotations.csv:5 fleet: fleet 'trains-1435' is rail of 1435",
    )
    yield one(
        "fleets",
        "express-1520",
        "count",
        "4",
        "rotations.csv:7 services: begins at 'harbour'; the home of fleet",
    )


def _demand() -> Iterator[Spoilt]:
    def one(table: str, row: str, column: str, value: str, said: str) -> Spoilt:
        return Spoilt(f"{table} {row} {column} {value}", cell(table, row, column, value), (said,))

    yield one("flows", "west", "to_terminal", "city", "flows.csv:3 to_terminal: the flow begins and ends at 'city'")
    yield one(
        "flows",
        "west",
        "season",
        "1 2 3",
        "flows.csv:3 season: needs twelve numbers, January first, and has 3",
    )
    yield one("flows", "west", "season", "0 " * 12, "flows.csv:3 season: all months are 0")
    yield one("flows", "west", "season", "1 2 x", "flows.csv:3 season: 'x' is not a number")
    yield one("flows", "west", "block_teu", "1", "flows.csv:3 block_teu: 1 TEU is less than one container, 2 TEU")
    yield one("flows", "west", "teu_per_year", "1e12", "flows.csv:3 teu_per_year: brings 6")
    yield one("flows", "east", "arrival", "listed", "flows.csv:4 arrival: arrival listed needs at least one row")
    yield one(
        "flows",
        "east",
        "cargo_class",
        "frozen",
        "flows.csv:4 cargo_class: 'frozen' is none of general, reefer",
    )
    yield one(
        "services",
        "ferry-east",
        "classes",
        "reefer",
        "itineraries.csv:5 services: service 'ferry-east' does not",
    )
    yield one(
        "itineraries",
        "west-usual",
        "services",
        "city-out>ferry-west",
        "itineraries.csv:3 services: 'city-out' ends",
    )
    yield one(
        "itineraries",
        "west-usual",
        "services",
        "steppe-west>ferry-west",
        "itineraries.csv:3 services: begins at",
    )
    yield one(
        "itineraries",
        "west-usual",
        "services",
        "city-out",
        "itineraries.csv:3 services: ends at 'dry-port', but flow",
    )
    yield one(
        "transfers",
        "dp-1435-off",
        "classes",
        "reefer",
        "itineraries.csv:3 services: no transfer carries general",
    )
    yield one("equipment", "dp-stacker", "count", "0", "general containers can never go from 'dp-1435' to 'dp-yard'")
    yield one(
        "fleets",
        "ferries",
        "count",
        "0",
        "fleets.csv:6 count: with 0 vehicles, containers of 'west' can never",
    )
    yield one(
        "fleets",
        "express-1520",
        "capacity_teu",
        "1.5",
        "fleets.csv:5 capacity_teu: 1.5 TEU usable on service",
    )
    yield one(
        "zones",
        "hb-yard",
        "capacity_teu",
        "1",
        "zones.csv:8 capacity_teu: 1 TEU is less than one container of",
    )
    yield Spoilt(
        "no mix",
        cells(("flows", "west", "share_20ft", "0"), ("flows", "west", "share_40ft", "0")),
        ("flows.csv:3 share_40ft: all weights of the mix are 0",),
    )
    yield Spoilt(
        "no itinerary in use",
        cells(("itineraries", "east-usual", "share", "0"), ("itineraries", "east-express", "share", "0")),
        ("flows.csv:4: its containers can never leave: no itinerary",),
    )
    yield Spoilt(
        "no rotation",
        replaced("rotations.csv", "express-back,express-1520,express-east,invented\n", ""),
        ("services.csv:8: no rotation runs the service, so containers of flow 'east' can never leave",),
    )
    yield Spoilt(
        "no yard",
        lambda folder: (
            replaced("zones.csv", "hb-yard,harbour,yard,,,,2000,invented\n", "")(folder),
            replaced("transfers.csv", "hb-", "# ")(folder),
            (folder / "transfers.csv").write_text(
                "".join(
                    line
                    for line in (folder / "transfers.csv").read_text("utf-8").splitlines(keepends=True)
                    if "hb" not in line and "# " not in line[:3]
                ),
                "utf-8",
            ),
        ),
        ("containers stop at terminal 'harbour', which has no zone of kind yard",),
    )
    yield Spoilt(
        "arrivals of a flow that lists none",
        appended("arrivals.csv", "flow,time\neast,2025-01-01\n"),
        ("arrivals.csv:2 flow: flow 'east' has the arrival poisson, not listed",),
    )


def _slips() -> Iterator[Spoilt]:
    """Yield what Python would read in its own way, and what can never happen."""
    yield Spoilt("true for a number", replaced("corridor.toml", "365", "true"), ("days: True is not a whole number",))
    yield Spoilt("empty key", contents("corridor.toml", b'"" = 1\n'), ('corridor.toml "": unknown key',))
    yield Spoilt("underscore in a number", cell("fleets", "ferries", "count", "1_0"), ("count: '1_0' is not a number",))
    yield Spoilt("long cell", appended("links.csv", "x" * 200_000 + "\n"), ("links.csv:6: a cell is longer than",))
    yield Spoilt(
        "arrivals at another time",
        lambda folder: (
            cell("flows", "west", "arrival", "listed")(folder),
            appended("arrivals.csv", "flow,time\nwest,1999-01-05\n")(folder),
        ),
        ("flows.csv:3 arrival: none of its listed arrivals is from 20",),
    )
    yield Spoilt(
        "an offset beyond the clock",
        cell("services", "express-east", "offset_h", "1e12"),
        ("services.csv:8 offset_h: with 1e+12 h it never leaves",),
    )


def _sizes() -> Iterator[Spoilt]:
    """Yield what is well-formed but beyond what can be simulated."""
    for file in ("links.csv", "corridor.toml"):
        yield Spoilt(
            f"a sparse {file}",
            lambda folder, file=file: os.truncate(folder / file, 10**11),  # type: ignore[misc]
            (f"{file}: is larger than 1 GB",),
        )
    yield Spoilt(
        "a billion closed times",
        cells(("closures", "storm", "duration_h", "0.000001"), ("closures", "storm", "days_per_month", "27")),
        ("closures.csv:3 duration_h: with it, more than 1,000,000 closed times in the",),
    )
    yield Spoilt(
        "a billion listed containers",
        lambda folder: (
            cell("flows", "west", "arrival", "listed")(folder),
            appended("arrivals.csv", "flow,time,containers\n" + "west,2025-01-05,100000\n" * 10_000)(folder),
        ),
        ("flows.csv:3 arrival: brings 1,000,000,000 containers in the",),
    )
    yield Spoilt(
        "forty holds",
        appended("checks.csv", "".join(f"h{n},hold,dry-port,,1,,,\n" for n in range(40))),
        ("checks.csv kind: terminal 'dry-port' has 4", "at most 32 can be simulated"),
    )
    yield Spoilt(
        "four thousand zones",
        appended("zones.csv", "".join(f"z{n},t{n},yard,,,,,\n" for n in range(4000))),
        ("zones.csv: has 4,0", "at most 3,000"),
    )


def _records() -> Iterator[Spoilt]:
    def one(table: str, row: str, column: str, value: str, said: str) -> Spoilt:
        return Spoilt(f"{table} {row} {column} {value}", cell(table, row, column, value), (said,))

    def change(value: str, said: str) -> Spoilt:
        return one("measures", "growth", "changes", value, f"measures.csv:5 changes: {said}")

    yield change("more", "more: is not a change; write table.id.field=value")
    yield change("flow.*.teu_per_year*=2", "flow.*.teu_per_year*=2: there is no table 'flow'; did you mean 'flows'")
    yield change("flows.wets.priority=2", "flows.wets.priority=2: 'wets' is not in flows.csv; did you mean 'west'")
    yield change("flows.west.teu*=2", "flows.west.teu*=2: flows have no column 'teu'")
    yield change("flows.west.teu_per_year=lots", "flows.west.teu_per_year=lots: 'lots' is not a number")
    yield change(
        "fleets.ferries.count*=1.2",
        "fleets.ferries.count*=1.2: count would be 2.4, which is not a whole number",
    )
    yield one("measures", "growth", "requires", "growth", "measures.csv:5 requires: the measure requires itself")
    yield one("measures", "growth", "excludes", "growth", "measures.csv:5 excludes: the measure excludes itself")
    yield one(
        "measures",
        "third-ferry",
        "excludes",
        "second-berth",
        "measures.csv:4 requires: 'third-ferry' excludes",
    )
    yield one(
        "uncertainty",
        "checks.customs.time_h",
        "typical",
        "9",
        "uncertainty.csv:5 typical: low 1.5, typical 9, high 8",
    )
    yield one(
        "uncertainty",
        "checks.customs.time_h",
        "low",
        "-1",
        "uncertainty.csv:5 id: low is -1, and time_h cannot be",
    )
    for value, said in (
        ("time", "'time' is not a value; write table.id.field"),
        ("check.customs.time_h", "there is no table 'check'; did you mean 'checks'"),
        ("checks.custom.time_h", "'custom' is not in checks.csv; did you mean 'customs'"),
        ("checks.customs.time", "checks have no column 'time'; did you mean 'time_h'"),
        ("checks.customs.kind", "kind is not a number"),
    ):
        yield one("uncertainty", "checks.customs.time_h", "id", value, f"uncertainty.csv:5 id: {said}")
    yield one("observations", "crossings", "quantity", " ", "observations.csv:3 quantity: a value is required")
