"""The page of the worked study: numbers of `trans_caspian_study.json` put into `trans_caspian_study.template.md`, and its pictures.

`python docs/examples/trans_caspian_page.py` writes `docs/trans-caspian-study.md`. In the template `{x5.base.all.delivered_teu}` is a
figure with its interval and unit, `{x5.base.all.delivered_teu:bare}` one without its unit.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

HERE = Path(__file__).parent
KEPT = HERE / "trans_caspian_study.json"
TEMPLATE = HERE / "trans_caspian_study.template.md"
PAGE = HERE.parent / "trans-caspian-study.md"
PLACE = re.compile(r"\{([\w.-]+?)(:bare)?\}")

CASES = {
    "trains": "a train from Aktau every day",
    "sets": "more wagon sets to Aktau",
    "west": "sets and trains west of Alat",
    "hub": "hub at Aktau, first stage",
    "crane": "second quay crane at Alat",
    "feeders": "two feeders of 780 TEU",
    "dredging": "dredging at Aktau",
    "three": "the best three together",
}
BARS = {"x1.base": "base year", "x2.base": "twice", "x5.base": "five times", "three.three": "five times,\nbest three"}
STAGES = {
    "waiting_for_vehicle": "waiting for a train or ship",
    "transfer": "transfer, loading, unloading",
    "waiting_for_position": "waiting for a track or berth",
    "closed": "closed: storms, wind",
    "moving": "moving",
    "check": "checks, holds, paths",
}
PARTS = {
    "transfer": ("transfer", "loading", "unloading"),
    "check": ("check", "hold", "waiting_for_path"),
}


def written(figure: dict[str, Any], *, bare: bool = False) -> str:
    """Return a figure with three digits, its interval and its unit; one without interval in full.

    Examples
    --------
    >>> written({"mean": 63812.0, "low": 58511.0, "high": 69113.0, "unit": "TEU"})
    '63,800 TEU (58,500 to 69,100)'
    >>> written({"mean": 48.0, "low": None, "high": None, "unit": "h"}, bare=True)
    '48'
    """
    ends = [figure[name] for name in ("mean", "low", "high") if figure[name] is not None]
    largest = max(abs(end) for end in ends)
    places = 2 - math.floor(math.log10(largest)) if largest else 0
    if len(ends) == 1 and largest >= 100:
        places = 0
    mean, *range_ = (f"{round(end, places) + 0.0:,.{max(places, 0)}f}" for end in ends)
    if len(ends) == 1 and "." in mean:
        mean = mean.rstrip("0").rstrip(".")
    unit = "" if bare else " " * (figure["unit"] != "%") + figure["unit"]
    return f"{mean}{unit} ({' to '.join(range_)})" if range_ else f"{mean}{unit}"


def page(template: str, kept: dict[str, Any]) -> str:
    """Return the page: the template with each place filled.

    Raises
    ------
    KeyError
        If the study has no such figure.
    """
    figures = kept["figures"]
    return PLACE.sub(lambda place: written(figures[place[1]], bare=bool(place[2])), template)


def draw_stages(figures: dict[str, dict[str, Any]]) -> None:
    """Draw where the days of a container across the Caspian go."""
    picture, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
    left = dict.fromkeys(BARS, 0.0)
    for stage, name in STAGES.items():
        days = {bar: sum(figures[f"{bar}.stages.{one}"]["mean"] for one in PARTS.get(stage, (stage,))) for bar in BARS}
        axes.barh(list(BARS.values()), list(days.values()), 0.6, left=list(left.values()), label=name)
        left = {bar: left[bar] + days[bar] for bar in BARS}
    axes.invert_yaxis()
    axes.set_xlabel("days of a delivered container, mean")
    axes.legend(frameon=False, fontsize=8)
    picture.savefig(HERE.parent / "trans-caspian-days.png", dpi=110)
    plt.close(picture)


def draw_cases(figures: dict[str, dict[str, Any]]) -> None:
    """Draw what each case brings at five times the volume."""
    picture, (teu, days) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained", sharey=True)
    for axes, name, label in (
        (teu, "delivered_teu", "TEU delivered more"),
        (days, "transit_days", "days of transit more"),
    ):
        found = [figures[f"{'three' if case == 'three' else 'x5'}.{case}.more.all.{name}"] for case in CASES]
        means = [one["mean"] for one in found]
        axes.errorbar(
            means, list(CASES.values()), xerr=[one["high"] - one["mean"] for one in found], fmt="o", capsize=3
        )
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set_xlabel(label)
        axes.locator_params(axis="x", nbins=5)
    teu.invert_yaxis()
    picture.savefig(HERE.parent / "trans-caspian-cases.png", dpi=110)
    plt.close(picture)


def main() -> None:
    """Write the page and draw its pictures."""
    kept = json.loads(KEPT.read_text())
    PAGE.write_text(page(TEMPLATE.read_text(), kept))
    draw_stages(kept["figures"])
    draw_cases(kept["figures"])


if __name__ == "__main__":
    main()
