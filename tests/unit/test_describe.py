"""The description of the tables, and where numbers come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from jibek.corridor import TABLES, Counts, datapackage, describe, new, provenance, read, reference_markdown

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "package.md").read_text("utf-8")
    assert page == reference_markdown(), "run: jibek schema --format markdown > docs/package.md"


def test_every_column_is_described() -> None:
    assert [one.name for one in describe()] == list(TABLES)
    for table in describe():
        assert table.meaning
        assert [column.name for column in table.columns] == list(TABLES[table.name].model_fields)
        assert all(column.meaning for column in table.columns)
        assert all(column.refers in {"", *TABLES} for column in table.columns)


@pytest.mark.parametrize(
    ("table", "column", "kind", "separator", "limits", "refers", "unit"),
    [
        ("links", "length_km", "number", "", "above 0", "", "km"),
        ("links", "gauge_mm", "whole number", "", "from 600 to 2000", "", "mm"),
        ("links", "via", "text", "; ", "", "", ""),
        ("closures", "days_per_month", "number", "", "from 0 below 28", "", "days"),
        ("closures", "start", "date and time", "", "", "", ""),
        ("measures", "ready", "date", "", "", "", ""),
        ("services", "path", "text", ">", "", "links", ""),
        ("checks", "services", "text", " ", "", "services", ""),
        ("uncertainty", "relative", "yes/no", "", "", "", ""),
        ("fleets", "mode", "text", "", "`rail`, `sea`, `road`", "", ""),
        ("flows", "season", "number", " ", "from 0", "", ""),
        ("observations", "value", "number", "", "", "", ""),
    ],
)
def test_columns_are_known_from_their_annotations(
    table: str, column: str, kind: str, separator: str, limits: str, refers: str, unit: str
) -> None:
    columns = next(one.columns for one in describe() if one.name == table)
    found = next(one for one in columns if one.name == column)
    assert (found.kind, found.separator, found.limits(), found.refers, found.unit) == (
        kind,
        separator,
        limits,
        refers,
        unit,
    )


def test_the_data_package_names_tables_keys_and_limits() -> None:
    package = datapackage(read("starter"))
    assert package["name"] == "starter"
    resources = {one["name"]: one for one in package["resources"]}
    assert "arrivals" not in resources
    assert "arrivals" in {one["name"] for one in datapackage()["resources"]}
    links = resources["links"]["schema"]
    assert links["primaryKey"] == "id"
    assert {"fields": "from_place", "reference": {"resource": "places", "fields": "id"}} in links["foreignKeys"]
    fields = {field["name"]: field for field in links["fields"]}
    assert fields["mode"]["constraints"] == {"required": True, "enum": ["rail", "sea", "road"]}
    assert fields["run_cv"]["constraints"] == {"minimum": 0, "maximum": 10}
    assert fields["via"]["type"] == "string"


def test_numbers_are_counted_by_where_they_come_from(tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    (folder / "sources.csv").write_text("id,title,kind\ninvented,Guess,assumption\nbook,A book,published\n")
    (folder / "tariffs.csv").write_text(
        "id,service,per_teu,per_tkm,source\na,ferry-west,1,2,book\nb,ferry-east,3,,\nc,city-out,4,,invented\n"
    )
    (folder / "uncertainty.csv").write_text(
        "id,low,typical,high,source\ntariffs.a.per_tkm,1,2,3,invented\ntariffs.*.per_teu,1,2,3,book\n"
    )
    found = provenance(read(folder))
    assert found.tables["tariffs"] == Counts(sourced=1, assumed=2, unsourced=1)
    assert found.total.total == sum(one.total for one in found.tables.values())
    assert not any(name.startswith("tariffs.") for name in found.without_range)
    assert "closures.storm.duration_h" in found.without_range
    assert not found.tables.keys() & {"sources", "uncertainty", "observations"}
