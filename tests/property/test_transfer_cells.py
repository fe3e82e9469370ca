"""Whatever stands in the cells of a job, it is refused with a list, or planned, validly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jibek.tables import PackageError
from jibek.transfer import check_plan, generate, plan_by_rule, read_job, read_plan, write_package

TABLES = ("models", "trains", "wagons", "departures", "boxes", "tracks", "cranes", "yard", "rules")
ODD = """ 0 -1 1e9 1e12 nan inf 0.01 0.5 3 20 40 100 1435 1520 true " é 1.1 20@0 45@0 2026-01-01T00:00 1999-01-01 2026-06-01
 in-01A out-01A X6K-G C1 B1 pair_difference danger_apart reefer_reach CSQU3054383 outbound"""
CELLS = st.one_of(
    st.sampled_from(["", "7 8", "x\0", *ODD.split()]), st.text(max_size=6), st.floats(-100, 1000).map(str)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    job = generate("pair", 20, seed=3, danger=0.2, reefer=0.2, held=0.3)
    return write_package(job, tmp_path_factory.mktemp("cells") / "job")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(TABLES), place=st.integers(0, 10_000), value=CELLS, everywhere=st.booleans())
def test_no_cell_is_a_bug(
    folder: Path, tmp_path: Path, *, table: str, place: int, value: str, everywhere: bool
) -> None:
    path = folder / f"{table}.csv"
    whole = path.read_text("utf-8")
    header, *rows = csv.reader(whole.splitlines())
    column, row = place % len(header), place // len(header) % len(rows)
    for cells in rows if everywhere else [rows[row]]:
        cells[column] = value
    try:
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows([header, *rows])
        job = read_job(folder)
    except PackageError:
        return
    finally:
        path.write_text(whole, "utf-8")
    plan = plan_by_rule(job)
    assert [str(one) for one in check_plan(job, plan).violations] == []
    assert read_plan(write_package(plan, tmp_path / "plan", overwrite=True), job) == plan
