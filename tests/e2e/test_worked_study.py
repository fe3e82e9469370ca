"""The worked study: its page says what the study found, and the study finds it again."""

from __future__ import annotations

import json
import math
import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

import jibek
from jibek.study import at_home, evaluate

DOCS = Path(__file__).parents[2] / "docs"
KEPT = json.loads((DOCS / "examples/trans_caspian_study.json").read_text())
PAGE = runpy.run_path(str(DOCS / "examples/trans_caspian_page.py"))


def test_page_is_the_template_with_the_numbers_found():
    assert (DOCS / "trans-caspian-study.md").read_text() == PAGE["page"](PAGE["TEMPLATE"].read_text(), KEPT)


def test_no_number_stands_in_the_template_itself():
    text = PAGE["TEMPLATE"].read_text()
    for other in (
        PAGE["PLACE"],
        re.compile(r"```.*?```", re.DOTALL),
        re.compile(r"`[^`]*`|\]\([^)]*\)|^\d\. ", re.MULTILINE),
    ):
        text = other.sub("", text)
    assert set(re.findall(r"\d[\d.,]*\d|\d", text)) == {"2023", "2025"}


def test_study_is_of_this_package():
    assert KEPT["hash"] == jibek.read("trans-caspian").hash


def prediction_half(figure, more):
    """Half the width of the interval in which the mean of some more replications lies, from that of the mean."""
    return (figure["high"] - figure["mean"]) * math.sqrt(1 + KEPT["replications"] / more)


@pytest.mark.slow
def test_bounds_are_found_again():
    study = runpy.run_path(str(DOCS / "examples/trans_caspian_study.py"))
    figures, binding = study["bounds"](jibek.read("trans-caspian"))
    assert binding == KEPT["binding"]
    for name, found in figures.items():
        assert found["mean"] == pytest.approx(KEPT["figures"][name]["mean"], rel=1e-6), name


@pytest.mark.slow
def test_other_years_agree_with_the_first_measure():
    study = runpy.run_path(str(DOCS / "examples/trans_caspian_study.py"))
    corridor = jibek.read("trans-caspian")
    points = [
        replace(study["point"](corridor, 5, KEPT["cases"][case]), seed=KEPT["seed"] + 1, numbers=range(2))
        for case in ("base", "trains")
    ]
    with at_home() as workers:
        base, trains = evaluate(points, workers)
    found = study["tell"]("x5", base, {"trains": trains})
    for name in (
        "base.all.delivered_teu",
        "base.all.transit_days",
        "trains.all.delivered_teu",
        "trains.more.all.delivered_teu",
    ):
        kept = KEPT["figures"][f"x5.{name}"]
        assert abs(found[f"x5.{name}"]["mean"] - kept["mean"]) <= prediction_half(kept, 2), name
