"""The worked study of the reference corridor: `python docs/examples/trans_caspian_study.py` computes its numbers and draws its pictures.

The numbers go to `trans_caspian_study.json` beside this file, after each part, so that a study that is stopped keeps what it has;
`trans_caspian_page.py` makes the page of them. About 150 simulated years: two and a half minutes on two cores that do nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

import jibek
from jibek.corridor import Corridor
from jibek.study import Answers, Point, Workers, at_home, bound, evaluate

Floats = NDArray[np.float64]
Figure = dict[str, Any]

KEPT = Path(__file__).with_suffix(".json")
SEED, REPLICATIONS = 0, 5
CONFIDENCE = 0.95
WESTERN = {"alat", "poti", "kars"}
"""Terminals west of the Caspian: what starts or ends there crosses it."""

CHINA = {"xian"}

VOLUMES = {"x1": 1, "x2": 2, "x5": 5}

CASES: dict[str, tuple[str, ...]] = {
    "trains": ("services.aktau-almaty.every_h*=0.5", "services.aktau-tashkent.every_h*=0.5"),
    "sets": ("fleets.almaty-aktau-sets.count+=5", "fleets.tashkent-aktau-sets.count+=4"),
    "west": (
        "fleets.alat-poti-sets.count+=9",
        "fleets.alat-akhalkalaki-sets.count+=3",
        "services.poti-alat.every_h=12",
        "services.akhalkalaki-alat.every_h=24",
    ),
    "hub": ("aktau-hub-1",),
    "crane": ("second-quay-crane-alat",),
    "feeders": ("feeders-780",),
    "dredging": ("dredging",),
}
"""What is tried: measures of the package, and changes that are not among them. Sets and timetables as `traffic-2025` has them."""

COSTED = ("aktau-hub-1", "second-quay-crane-alat", "feeders-780", "dredging")
"""Measures whose price the study tells."""

SECOND = ("trains", "sets", "west", "hub", "crane")
"""What is tried after the best: what stands behind the trains; ships are less used than any of these."""

USED = (
    "equipment.aktau-crane",
    "equipment.alat-crane",
    "fleets.feeders",
    "fleets.almaty-aktau-sets",
    "fleets.tashkent-aktau-sets",
    "fleets.alat-poti-sets",
    "fleets.alat-akhalkalaki-sets",
)
"""Capacities whose use the study tells."""

DOUBTS: dict[str, tuple[str, ...]] = {
    "slow-cranes": ("equipment.aktau-crane.move_min", "equipment.alat-crane.move_min"),
    "storms": ("closures.aktau-storm-winter.days_per_month", "closures.kuryk-storm-winter.days_per_month"),
}
"""Inputs set to the worse end of their range in `uncertainty.csv`."""


def crossing(corridor: Corridor) -> tuple[str, ...]:
    """Return the flows that cross the Caspian."""
    return tuple(one.id for one in corridor.flows.values() if WESTERN & {one.from_terminal, one.to_terminal})


def growth(corridor: Corridor, factor: float) -> tuple[str, ...]:
    """Return the changes that raise the flows across the Caspian, all others as they are."""
    return tuple(f"flows.{flow}.teu_per_year*={factor}" for flow in crossing(corridor) if factor != 1)


def point(corridor: Corridor, factor: float, parts: Sequence[str]) -> Point:
    """Return the corridor at a volume, with measures and changes."""
    measures = tuple(part for part in parts if "=" not in part)
    changes = (*growth(corridor, factor), *(part for part in parts if "=" in part))
    return Point(corridor, measures, changes, SEED, range(REPLICATIONS))


def figure(values: Floats, unit: str, together: int = 1) -> Figure:
    """Return a mean with its interval over replications, one of several that hold together (Bonferroni)."""
    count = len(values)
    half = (
        t.ppf(1 - (1 - CONFIDENCE) / 2 / together, count - 1) * values.std(ddof=1) / np.sqrt(count)
        if count > 1
        else np.nan
    )
    mean = float(values.mean())
    return {"mean": mean, "low": mean - float(half), "high": mean + float(half), "unit": unit}


def fact(value: float, unit: str) -> Figure:
    """Return a number that is not an estimate: an input, or a bound in mean values."""
    return {"mean": float(value), "low": None, "high": None, "unit": unit}


def weighted(answers: Answers, flows: Sequence[str], name: str, weight: str) -> Floats:
    """Return the mean of a figure over flows in each replication, weighted by another."""
    values = np.array([answers.values_of(f"flows.{flow}.{name}") for flow in flows])
    weights = np.array([answers.values_of(f"flows.{flow}.{weight}") for flow in flows])
    return (np.where(weights > 0, values, 0.0) * weights).sum(axis=0) / weights.sum(axis=0)


def measured(answers: Answers, currency: str) -> dict[str, tuple[Floats, str]]:
    """Return what the study tells of a case, one value a replication: of all that cross, westward and eastward."""
    flows = crossing(answers.point.corridor)
    west = [flow for flow in flows if answers.point.corridor.flows[flow].to_terminal in WESTERN]
    found = {}
    for group, chosen in {"all": flows, "west": west, "east": [flow for flow in flows if flow not in west]}.items():
        for name in ("offered_teu", "delivered_teu", "inside_teu"):
            found[f"{group}.{name}"] = (answers.values_of(" + ".join(f"flows.{flow}.{name}" for flow in chosen)), "TEU")
        found[f"{group}.transit_days"] = (
            weighted(answers, chosen, "transit_days.mean", "delivered_containers"),
            "days",
        )
        found[f"{group}.cost_per_teu"] = (weighted(answers, chosen, "cost_per_teu", "delivered_teu"), f"{currency}/TEU")
    for stage in (name.rpartition(".")[2] for name in answers if name.startswith("total.stages_days.")):
        found[f"stages.{stage}"] = (weighted(answers, flows, f"stages_days.{stage}", "delivered_containers"), "days")
    for name in USED:
        found[f"used.{name}"] = (100 * answers.values_of(f"{name}.utilisation"), "%")
    return found


def tell(prefix: str, base: Answers, cases: Mapping[str, Answers]) -> dict[str, Figure]:
    """Return the figures of a base and of cases beside it, and the paired differences, which hold together over the cases."""
    currency = base.point.corridor.header.currency
    before = measured(base, currency)
    found = {f"{prefix}.base.{name}": figure(*one) for name, one in before.items()}
    for case, answers in cases.items():
        for name, (values, unit) in measured(answers, currency).items():
            found[f"{prefix}.{case}.{name}"] = figure(values, unit)
            if name.startswith("all."):
                found[f"{prefix}.{case}.more.{name}"] = figure(values - before[name][0], unit, len(cases))
    return found


def rank(figures: Mapping[str, Figure], prefix: str, case: str) -> tuple[float, float]:
    """Return by what cases are ordered: TEU delivered more, then days saved, where these are more than chance."""
    more = [figures[f"{prefix}.{case}.more.all.{name}"] for name in ("delivered_teu", "transit_days")]
    teu, days = (one["mean"] if one["low"] > 0 or one["high"] < 0 else 0.0 for one in more)
    return teu, -days


def best(figures: Mapping[str, Figure], prefix: str, cases: Sequence[str]) -> list[str]:
    """Return the cases, the best first."""
    return sorted(cases, key=lambda case: rank(figures, prefix, case), reverse=True)


def bound_2025(corridor: Corridor) -> dict[str, Figure]:
    """Return how much of two capacities the flows of 2025 need in mean values."""
    limits = bound(corridor.with_measures("traffic-2025")).limits
    names = ("services.aktau-keg-empty.departures", "equipment.aktau-crane.count")
    return {f"used-2025.{one.name}": fact(100 * one.utilisation, "%") for one in limits if one.name in names}


def bounds(corridor: Corridor) -> tuple[dict[str, Figure], dict[str, list[str]]]:
    """Return what the corridor can carry at most in mean values, and the names of what binds."""
    flows = crossing(corridor)
    whole, alone = bound(corridor), bound(corridor, flows)
    volume = sum(corridor.flows[flow].teu_per_year for flow in flows)
    found = {
        "bound.all.scale": fact(whole.scale or 0.0, "times"),
        "bound.all.volume_teu": fact(whole.volume_teu or 0.0, "TEU a year"),
        "bound.caspian.scale": fact(alone.scale or 0.0, "times"),
        "bound.caspian.volume_teu": fact(volume * (alone.scale or 0.0), "TEU a year"),
        "bound.all.offered_teu": fact(whole.as_given.offered_teu, "TEU a year"),
        "bound.caspian.offered_teu": fact(volume, "TEU a year"),
    }
    binding = {"all": list(whole.binding), "caspian": list(alone.binding)}
    for name, factor in VOLUMES.items():
        given = bound(point(corridor, factor, ()).changed).as_given
        found[f"bound.{name}.volume_teu"] = fact(given.volume_teu - given.offered_teu + factor * volume, "TEU a year")
        binding[name] = list(given.binding)
    found |= {f"used.{one.name}": fact(100 * one.utilisation, "%") for one in whole.limits}
    return found, binding


def screened(corridor: Corridor) -> dict[str, Figure]:
    """Return how far the flows across the Caspian can grow at most with each measure and case, and with those after the trains."""
    flows = crossing(corridor)
    measures = {one: (one,) for one in corridor.measures if not one.startswith("traffic")}
    found = {}
    for name, parts in (measures | CASES).items():
        for prefix, before in {"alone": (), "after-trains": CASES["trains"]}.items():
            taken = point(corridor, 1, (*before, *(part for part in parts if part not in before))).changed
            found[f"bound.{prefix}.{name}"] = fact(bound(taken, flows).scale or 0.0, "times")
    return found


def china_percent(corridor: Corridor) -> float:
    """Return the percentage of the volume across the Caspian that comes from or goes to China."""
    flows = [corridor.flows[flow] for flow in crossing(corridor)]
    china = [one for one in flows if CHINA & {one.from_terminal, one.to_terminal}]
    return 100 * sum(one.teu_per_year for one in china) / sum(one.teu_per_year for one in flows)


def more_sets(changes: Sequence[str]) -> int:
    """Return how many wagon sets changes add."""
    return sum(int(change.partition("+=")[2]) for change in changes if ".count+=" in change and "-sets." in change)


def inputs(corridor: Corridor) -> dict[str, Figure]:
    """Return the inputs that the study tells, with the ranges of those that are not well known."""
    later = corridor.with_measures("traffic-2025")
    set_price = corridor.measures["more-sets"].cost_million / more_sets(corridor.measures["more-sets"].changes)
    found = {
        "input.china": fact(china_percent(corridor), "%"),
        "input.china-2025": fact(china_percent(later), "%"),
        "input.volume-2025": fact(sum(later.flows[flow].teu_per_year for flow in crossing(later)), "TEU a year"),
        "input.train_teu": fact(corridor.fleets["almaty-aktau-sets"].capacity_teu, "TEU"),
        "cost.set": fact(set_price, "million USD"),
        **{f"cost.{case}": fact(more_sets(CASES[case]) * set_price, "million USD") for case in ("sets", "west")},
        "study.replications": fact(REPLICATIONS, "years"),
        "study.confidence": fact(100 * CONFIDENCE, "%"),
    }
    found["input.aktau-keg-empty.every_h"] = fact(corridor.services["aktau-keg-empty"].every_h or 0.0, "h")
    found |= {f"input.{name}.sets": fact(more_sets(CASES[name]), "sets") for name in ("sets", "west")}
    for service in ("aktau-almaty", "aktau-tashkent", "poti-alat", "akhalkalaki-alat"):
        for name, one in {"before": corridor, "after": corridor.with_changes(*CASES["trains"], *CASES["west"])}.items():
            found[f"input.{service}.every_h.{name}"] = fact(one.services[service].every_h or 0.0, "h")
    for name in (
        *(one for parts in DOUBTS.values() for one in parts),
        *(f"measures.{one}.cost_million" for one in COSTED),
    ):
        row = corridor.uncertainty[name]
        unit = "million USD" if "cost" in name else "days a month" if "days" in name else "minutes"
        for end in ("low", "typical", "high"):
            found[f"range.{name}.{end}"] = fact(getattr(row, end), unit)
    return found


def worse(corridor: Corridor, name: str) -> tuple[str, ...]:
    """Return the changes that set inputs to the high end of their range."""
    return tuple(f"{one}={corridor.uncertainty[one].high:g}" for one in DOUBTS[name])


def progress(done: int, whole: int) -> None:
    """Show how far a part is."""
    print(f"\r{done} of {whole} years", end="\n" if done == whole else "", file=sys.stderr, flush=True)


def document(found: dict[str, Any]) -> str:
    """Return what is found as JSON: a line a figure, numbers to seven digits."""
    figures = {
        name: {key: float(f"{one:.7g}") if isinstance(one, float) else one for key, one in each.items()}
        for name, each in found["figures"].items()
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in figures.items())
    head = {name: each for name, each in found.items() if name != "figures"}
    return json.dumps(head, indent=1).removesuffix("\n}") + f',\n "figures": {{\n{lines}\n }}\n}}\n'


class Study:
    """The parts of the study, each after the other; what is found is kept after each."""

    def __init__(self, corridor: Corridor, workers: Workers) -> None:
        self.corridor, self.workers = corridor, workers
        self.figures: dict[str, Figure] = {}
        self.binding: dict[str, list[str]] = {}
        self.cases: dict[str, tuple[str, ...]] = {"base": (), **CASES}
        self.order: dict[str, list[str]] = {}
        self.known: dict[str, Answers] = {}

    def keep(self) -> None:
        """Write what is found."""
        header = self.corridor.header
        head = {
            "jibek": jibek.__version__,
            "corridor": header.id,
            "hash": self.corridor.hash,
            "seed": SEED,
            "replications": REPLICATIONS,
            "days": header.days,
            "warmup_days": header.warmup_days,
            "years": REPLICATIONS * len(self.known),
        }
        parts = {"cases": self.cases, "order": self.order, "binding": self.binding, "figures": self.figures}
        KEPT.write_text(document(head | parts))

    def simulated(self, volume: str, cases: Sequence[tuple[str, ...]]) -> list[Answers]:
        """Return the answers of cases, each of some parts, at a volume; what has been simulated is not again."""
        points = [
            point(self.corridor, VOLUMES[volume], [part for name in case for part in self.cases[name]])
            for case in cases
        ]
        new = [one for one in points if one.hash not in self.known]
        self.known |= {one.point.hash: one for one in evaluate(new, self.workers, progress)}
        return [self.known[one.hash] for one in points]

    def beside(self, prefix: str, volume: str, base: str, cases: Sequence[str]) -> None:
        """Simulate cases beside a base of the same volume and put them in order."""
        first, *others = self.simulated(volume, [(base,), *((base, case) for case in cases)])
        self.figures |= tell(prefix, first, dict(zip(cases, others, strict=True)))
        self.order[prefix] = best(self.figures, prefix, cases)
        self.keep()

    def mean_values(self) -> None:
        """Bound the corridor, and with each measure."""
        found, self.binding = bounds(self.corridor)
        self.figures |= found | screened(self.corridor) | inputs(self.corridor) | bound_2025(self.corridor)
        self.keep()

    def measures(self) -> None:
        """Find three measures at the largest volume, one after the other, and try all at the smaller."""
        self.beside("x1", "x1", "base", ())
        self.beside("x5", "x5", "base", tuple(CASES))
        first = self.order["x5"][0]
        self.beside("second", "x5", first, [case for case in SECOND if case != first])
        second, third = self.order["second"][:2]
        self.cases["three"] = tuple(part for case in (first, second, third) for part in CASES[case])
        self.beside("three", "x5", "base", ["three"])
        self.beside("x2", "x2", "base", [*CASES, "three"])

    def doubts(self) -> None:
        """Set inputs that are not known to their worse ends, with the three measures taken."""
        self.cases |= {name: worse(self.corridor, name) for name in DOUBTS}
        self.beside("doubt", "x5", "three", tuple(DOUBTS))

    def other_mix(self) -> None:
        """Try some measures with the flows of 2025, most of them from China."""
        self.cases["y2025"] = ("traffic-2025",)
        self.cases["ports"] = tuple(part for case in ("hub", "crane", "feeders") for part in CASES[case])
        self.cases["empties"] = ("services.aktau-keg-empty.every_h*=0.5",)
        self.cases["empties-ports"] = (*self.cases["empties"], *self.cases["ports"])
        self.beside("y2025", "x1", "y2025", ("trains", "hub", "ports", "empties", "empties-ports"))


def main() -> None:
    """Do all parts."""
    with at_home() as workers:
        study = Study(jibek.read("trans-caspian"), workers)
        study.mean_values()
        study.measures()
        study.doubts()
        study.other_mix()


if __name__ == "__main__":
    main()
