"""What the page is given: the columns against the tables of the run, the types, the words, the built page."""

from __future__ import annotations

import gzip
import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import jibek
from jibek.web import PageError, _report, report
from jibek.web._movements import STEP_H
from jibek.web._pack import groups
from jibek.web._types import typescript

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> jibek.Run:
    corridor = jibek.read("starter").with_clock(days=60)
    return jibek.simulate(corridor, replications=2, out=tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def unpacked(run: jibek.Run) -> tuple[dict[str, Any], dict[str, list[int]]]:
    raw = gzip.decompress(_report.bundle(run))
    (length,) = struct.unpack("<I", raw[:4])
    document = json.loads(raw[4 : 4 + length])
    held = raw[4 + length :]
    columns = {}
    for name, column in document["columns"].items():
        columns[name] = numbers(held[column["offset"] : column["offset"] + column["length"]])
        assert len(columns[name]) == column["count"]
    return document, columns


def numbers(held: bytes) -> list[int]:
    """Read groups of seven bits, one by one."""
    found, value, shift = [], 0, 0
    for byte in held:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value, shift = 0, 0
    assert shift == 0
    return found


def test_whole_numbers_are_read_back() -> None:
    written = np.array([0, 1, 127, 128, 16_383, 16_384, 2**31, 2**35 - 1])
    assert numbers(groups(written)) == written.tolist()
    for wrong in (-1, 2**35):
        with pytest.raises(ValueError, match="whole numbers from 0"):
            groups(np.array([wrong]))


def test_vehicles_are_where_the_tables_say(run: jibek.Run, unpacked: Any) -> None:
    document, columns = unpacked
    stream = iter(columns["movements"])
    shown: dict[str, list[tuple[float, ...]]] = {}
    for service in document["services"]:
        count = document["movements"]["trips"].get(service["id"], 0)
        leave = round(document["movements"]["begin_h"] / STEP_H)
        rows = []
        for _ in range(count):
            leave += next(stream)
            rows.append([leave])
        teu = [next(stream) for _ in range(count)]
        for _ in range(2 * len(service["links"])):
            for row in rows:
                span = next(stream)
                row.append(row[-1] + span - 1 if span else np.nan)
        shown[service["id"]] = [(*(STEP_H * one for one in row), load) for row, load in zip(rows, teu, strict=True)]
    assert next(stream, None) is None
    for service, expected in _from_tables(run).items():
        np.testing.assert_allclose(np.array(sorted(shown[service])), np.array(sorted(expected)), atol=STEP_H / 2 + 1e-9)


def _from_tables(run: jibek.Run) -> dict[str, list[tuple[float, ...]]]:
    """Return times and load of each vehicle under way after the start, row by row."""
    trips = run.table("trips").filter(pl.col("replication") == 0)
    legs = run.table("legs").filter(pl.col("replication") == 0).sort("trip", "seq")
    times: dict[int, list[float]] = {}
    for trip, enter, leave in legs.select("trip", "enter_h", "exit_h").iter_rows():
        times.setdefault(trip, []).extend(np.nan if one is None else one for one in (enter, leave))
    found: dict[str, list[tuple[float, ...]]] = {}
    for row in trips.iter_rows(named=True):
        berthed, way = row["berthed_h"], times.get(row["trip"], [np.nan])
        if np.isnan(way[0]) or (berthed is not None and berthed < 0):
            continue
        length = 2 * len(run.corridor.services[row["service"]].path)
        way = [*way, *([np.nan] * (length - len(way))), np.nan if berthed is None else berthed]
        found.setdefault(row["service"], []).append((*way, row["teu"]))
    return found


def test_every_delivered_container_is_in_a_bin(run: jibek.Run, unpacked: Any) -> None:
    document, columns = unpacked
    counted = dict.fromkeys(run.corridor.flows, 0)
    at = 0
    for one in document["histograms"]:
        counted[one["flow"]] = sum(columns["transit"][at : at + one["bins"]])
        at += one["bins"]
    for flow in run.corridor.flows:
        assert counted[flow] == run.statistics.values_of(f"flows.{flow}.delivered_containers").sum()


def test_days_are_those_of_the_table(run: jibek.Run, unpacked: Any) -> None:
    document, columns = unpacked
    days = document["days"]
    for row, one in enumerate(document["series"]):
        part = columns["daily"][4 * days * row : 4 * days * (row + 1)]
        frame = run.statistics.daily(one["quantity"], one["id"]).filter(pl.col("day") >= 0)
        for place, name in enumerate(("mean", "least", "most"), 1):
            shown = np.array(part[place * days : (place + 1) * days]) * document["scales"]["daily"]
            np.testing.assert_allclose(shown, frame[name].to_numpy(), atol=0.005 + 1e-9)


def test_a_page_is_shorter_than_all_vehicles_where_there_are_too_many(
    run: jibek.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jibek.web import _movements

    whole, _ = _movements.vehicles(run)
    monkeypatch.setattr(_movements, "LEGS_MOST", 100)
    part, _ = _movements.vehicles(run)
    assert whole is not None
    assert part is not None
    assert whole.end_h == 24 * 60
    assert 0 < part.end_h < whole.end_h
    assert sum(part.trips.values()) < sum(whole.trips.values())


def test_every_figure_is_that_of_the_run(run: jibek.Run, unpacked: Any) -> None:
    document, _ = unpacked
    for group, fields in run.statistics.groups.items():
        if group == "zones":
            continue
        for id_, figures in document["means"][group].items():
            for field in fields:
                mean = run.statistics.get(f"{group}.{id_}.{field}")
                value: Any = figures
                for part in field.split("."):
                    value = value.get(part) if isinstance(value, dict) else None
                if mean is not None and mean.mean is not None:
                    assert value == pytest.approx(mean.mean, rel=1e-7)


def test_the_same_run_gives_the_same_report(run: jibek.Run, tmp_path: Path) -> None:
    one, other = (report(run, tmp_path / name).read_bytes() for name in ("one.html", "other.html"))
    assert one == other


def test_the_types_of_the_page_are_those_of_the_document() -> None:
    written = (WEB / "src" / "data" / "document.ts").read_text("utf-8")
    assert written == typescript(), "run: uv run python -m jibek.web._types > web/src/data/document.ts"


def test_all_words_stand_in_one_place() -> None:
    for file in sorted((WEB / "src").rglob("*.svelte")):
        text = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", file.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"=>", "", text)
        while "{" in text:
            text = re.sub(r"\{[^{}]*\}", "", text)
        assert not re.findall(r">[^<>]*[A-Za-z]{2,}[^<>]*<", text), file
        assert not re.findall(r'(?:aria-label|title|placeholder|alt)="[^"]*[A-Za-z]{2,}', text), file


def test_without_the_built_page_the_report_says_how_to_build_it(
    run: jibek.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_report, "PAGE", "not-built.html")
    with pytest.raises(PageError, match=r"uv sync --reinstall-package jibek"):
        report(run, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_the_page_asks_the_network_for_nothing() -> None:
    page = _report.page()
    script = "".join(re.findall(r"<script type=\"module\"[^>]*>(.*?)</script>", page, flags=re.DOTALL))
    assert 10_000 < len(gzip.compress(script.encode())) < 120_000
    assert not re.findall(r"<(?:link|img|script)[^>]+(?:href|src)=[\"']?(?!data:)[^\"' >]+", page)


def test_the_lock_file_carries_no_registry_addresses() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]
    assert not [name for name, one in lock["packages"].items() if "resolved" in one]
