"""What the command line shows: tables of a package, of a run, of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import polars as pl

    from jibek.corridor import Corridor
    from jibek.results import Comparison, Run
    from jibek.verify import Proof

STAGES = {
    "waiting_for_vehicle": "waiting for a vehicle",
    "transfer": "lifted",
    "loading": "on a vehicle being loaded",
    "unloading": "on a vehicle being unloaded",
    "check": "checks",
    "waiting_for_position": "waiting for a track or berth",
    "waiting_for_path": "waiting for a path",
    "moving": "moving",
    "hold": "held for inspection",
    "closed": "closed (storm, stop)",
}


def _console() -> Console:
    return Console(soft_wrap=False, markup=False, emoji=False)  # names and titles may hold brackets


def _table(title: str, *heads: str, caption: str | None = None) -> Table:
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    return table


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _figure(run: Run, quantity: str, factor: float = 1.0) -> str:
    """Return a figure with its interval: `7,758 ± 70`."""
    one = run.statistics[quantity]
    if one.mean is None:
        return "-"
    half = "" if one.half is None else f" ± {_number(one.half * factor)}"
    return f"{_number(one.mean * factor)}{half}"


def _basis(run: Run) -> str:
    days, seed = run.manifest["days"], run.seed
    interval = "± 95 % interval" if run.replications > 1 else "one replication: no intervals"
    return f"{run.replications} x {days} days from {run.manifest['start']}, seed {seed}; {interval}"


def demo_summary(run: Run) -> None:
    """Show what a run carries, how long a box takes, where its days go and what is busiest."""
    console = _console()
    console.print(f"\n{run.corridor.header.title}", style="bold")
    console.print(f"{_basis(run)}\n")
    _observed(console, run)
    run_summary(run, most=12)
    _budget(console, run)
    _busiest(console, run)


def _observed(console: Console, run: Run) -> None:
    """Show the figures that were also observed, as far as they count something."""
    from jibek.results import validate

    table = _table("What it carries", "in the period", "simulated", "observed", "unit")
    for one in validate(run):
        if one.unit and "/year" in one.unit:
            half = "" if one.simulated.half is None else f" ± {_number(one.simulated.half)}"
            table.add_row(one.id, f"{_number(one.simulated.mean)}{half}", _number(one.observed), one.unit)
    console.print(table)


def run_summary(run: Run, most: int = 30) -> None:
    """Show volume and transit time of the largest flows, and of all."""
    console = _console()
    flows = sorted(run.corridor.flows, key=lambda flow: -(run.statistics[f"flows.{flow}.delivered_teu"].mean or 0.0))
    left = f"{len(flows) - most} smaller flows not shown; " if len(flows) > most else ""
    table = _table(
        "What is delivered and how long it takes", "flow", "offered, TEU", "delivered, TEU", "half within, days",
        "90 % within, days", caption=left + _basis(run),
    )  # fmt: skip
    rows = [
        ("all flows", "total"),
        *((run.corridor.flows[flow].name or flow, f"flows.{flow}") for flow in flows[:most]),
    ]
    for name, head in rows:
        names = ("offered_teu", "delivered_teu", "transit_days.p50", "transit_days.p90")
        table.add_row(name, *(_figure(run, f"{head}.{one}") for one in names))
    console.print(table)


def _budget(console: Console, run: Run) -> None:
    table = _table(
        "Where the days of a container go",
        "stage",
        "days",
        "share, %",
        caption="mean of all delivered containers",
    )
    total = run.statistics["total.transit_days.mean"].mean or 1.0
    for stage, name in STAGES.items():
        quantity = f"total.stages_days.{stage}"
        mean = run.statistics[quantity].mean or 0.0
        table.add_row(name, _figure(run, quantity), f"{100 * mean / total:.1f}")
    table.add_section()
    table.add_row("in all", _figure(run, "total.transit_days.mean"), "100")
    console.print(table)


def _busiest(console: Console, run: Run, most: int = 8) -> None:
    table = _table("What is busiest", "positions, equipment", "in use, %")
    names = [
        name for name in run.statistics if name.startswith(("zones.", "equipment.")) and name.endswith(".utilisation")
    ]
    ranked = sorted(names, key=lambda name: -(run.statistics[name].mean or 0.0))
    for name in ranked[:most]:
        kind, id_, _ = name.split(".")
        table.add_row(f"{'positions of ' if kind == 'zones' else ''}{id_}", _figure(run, name, 100.0))
    console.print(table)


def comparison(run: Run, found: list[Comparison]) -> None:
    """Show observed and simulated figures side by side."""
    console = _console()
    taken = f" with {', '.join(run.measures)}" if run.measures else ""
    table = _table(
        f"{run.corridor.header.title}{taken}: simulated and observed", "observation", "observed", "simulated", "difference, %", "unit",
        caption=_basis(run),
    )  # fmt: skip
    for one in found:
        half = "" if one.simulated.half is None else f" ± {_number(one.simulated.half)}"
        difference = "-" if one.difference is None else f"{100 * one.difference:+.1f}"
        table.add_row(one.id, _number(one.observed), f"{_number(one.simulated.mean)}{half}", difference, one.unit)
    console.print(table)
    for one in found:
        if one.note:
            console.print(f"{one.id}: {one.note}")
    if not found:
        console.print("No observation was made with just these measures in force.")


def package_summary(corridor: Corridor) -> None:
    """Show the tables of a package, the origin of its values and its measures."""
    from jibek.corridor import TABLES, provenance

    console = _console()
    header, known = corridor.header, provenance(corridor)
    console.print(f"\n{header.title} ({header.id})", style="bold")
    console.print(header.description)
    console.print(f"{header.days} days from {header.start}, {header.warmup_days} days before; {header.licence}\n")
    table = _table("Tables", "table", "rows", "values sourced", "assumed", "of no named origin")
    for name in TABLES:
        counts = known.tables.get(name)
        cells = ("", "", "") if counts is None else (counts.sourced, counts.assumed, counts.unsourced)
        table.add_row(
            name,
            f"{len(corridor.rows(name)):,}",
            *(f"{cell:,}" if isinstance(cell, int) else "" for cell in cells),
        )
    total = known.total
    table.add_section()
    table.add_row("all", "", f"{total.sourced:,}", f"{total.assumed:,}", f"{total.unsourced:,}")
    console.print(table)
    console.print(f"Assumed values without a range in uncertainty.csv: {len(known.without_range)}")
    for name in known.without_range[:10]:
        console.print(f"  {name}")
    if corridor.measures:
        _measures(console, corridor)


def _measures(console: Console, corridor: Corridor) -> None:
    unit = f"cost, million {corridor.header.currency}"
    table = _table("Measures", "measure", "what it is", "status", "ready", unit)
    for one in corridor.measures.values():
        table.add_row(one.id, one.title, one.status, str(one.ready or "-"), _number(one.cost_million))
    console.print(table)


def verdicts(proof: Proof) -> None:
    """Show theory beside what was simulated."""
    from jibek.verify import FAMILY_CONFIDENCE, REPLICATIONS

    console = _console()
    together = f"all intervals together hold with {100 * FAMILY_CONFIDENCE:g} %"
    table = _table(
        "The simulator against queueing theory", "case", "quantity", "theory", "simulated", "±", "unit", "agrees",
        caption=f"{REPLICATIONS} replications each, seed {proof.seed}; {together}",
    )  # fmt: skip
    table.box, table.padding = SIMPLE_HEAD, (0, 1, 0, 0)
    before = ""
    for one in proof.verdicts:
        table.add_row(
            "" if one.case == before else one.case, one.quantity, f"{one.theory:.4g}", f"{one.simulated:.4g}",
            f"{one.high - one.simulated:.2g}", one.unit, "yes" if one.agrees else Text("NO", style="bold red"),
        )  # fmt: skip
        before = one.case
    console.print(table)
    agree = sum(one.agrees for one in proof.verdicts)
    console.print(f"{agree} of {len(proof.verdicts)} agree; {proof.seconds:.0f} s")


def frame(answer: pl.DataFrame, most: int = 100) -> None:
    """Show the answer to a query."""
    table = _table(f"{answer.height:,} rows" + (f", the first {most}" if answer.height > most else ""), *answer.columns)
    for row in answer.head(most).iter_rows():
        table.add_row(*(_cell(value) for value in row))
    _console().print(table)


def _cell(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "" if value is None else str(value)
