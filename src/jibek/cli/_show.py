"""What the command line shows: tables of a package, of a run, of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import polars as pl

    from jibek.corridor import Corridor
    from jibek.results import Comparison, Run
    from jibek.verify import Proof

COUNTS = (
    "departures",
    "departures_forward",
    "departures_back",
    "calls",
    "lifts",
    "teu",
    "offered_teu",
    "delivered_teu",
)
"""Figures that say how much is carried."""


def _console() -> Console:
    return Console(markup=False, emoji=False, highlight=False)  # names and titles may hold brackets


def _table(title: str, *heads: str, text: Sequence[int] = (0,)) -> Table:
    """Make a table; numbers stand to the right and are never broken, the columns named in `text` to the left."""
    table = Table(
        title=title, title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0),
    )  # fmt: skip
    for place, head in enumerate(heads):
        words = place in text
        table.add_column(
            head,
            justify="left" if words else "right",
            no_wrap=not words,
            overflow="fold",
            min_width=8 if words else None,
        )
    return table


def _print(console: Console, table: Table, *notes: str) -> None:
    """Print a table that has rows, its notes, and a blank line."""
    if table.row_count:
        console.print(table)
        for note in notes:
            console.print(note, style="dim")
        console.print()


def _number(value: float | None) -> str:
    from jibek.results._interval import plain_number

    return "-" if value is None else plain_number(value)


def _basis(run: Run) -> str:
    many = "1 replication" if run.replications == 1 else f"{run.replications} replications"
    days = f"{run.manifest['days']} days from {run.manifest['start']}"
    interval = "± 95 % interval" if run.replications > 1 else "no intervals"
    ended = "; interrupted" if run.manifest["interrupted"] else ""
    return f"{many} of {days}, seed {run.seed}; {interval}{ended}"


def demo_summary(run: Run) -> None:
    """Show what a run carries, how long a container takes, where its days go, what is busiest, what differs from reality."""
    from jibek.results import validate
    from jibek.results._names import title

    console = _console()
    found = validate(run)
    console.print(f"\n{title(run.corridor)}", style="bold")
    console.print(f"{_basis(run)}\n")
    _observed(console, [one for one in found if _counts(one)])
    run_summary(run, most=12)
    _budget(console, run)
    _busiest(console, run)
    _differences(console, run, found)


def _counts(one: Comparison) -> bool:
    """Say whether an observation counts what is carried."""
    return all(part.strip().rpartition(".")[2] in COUNTS for part in one.quantity.split("+"))


def _observed(console: Console, found: list[Comparison]) -> None:
    table = _table("What it carries", "observed", "simulated", "observed", "unit", "period", text=(0, 3, 4))
    for one in found:
        table.add_row(one.id, str(one.simulated), _number(one.observed), one.unit, one.period)
    _print(console, table)


def run_summary(run: Run, most: int = 30) -> None:
    """Show volume and transit time of all flows together and of the largest, by the modes of their way.

    Parameters
    ----------
    run
        The run.
    most
        Flows shown at most, shared out evenly among the modes.
    """
    console, groups = _console(), _by_modes(run)
    each = max(1, most // max(1, len(groups)))
    left = sum(max(0, len(flows) - each) for flows in groups.values())
    notes = [_inside(run), *([f"{left} smaller flows not shown"] if left else []), _basis(run)]
    table = _table(
        "What is delivered and how long it takes", "flow", "offered,\nTEU", "delivered,\nTEU", "median,\ndays",
        "90 % within,\ndays",
    )  # fmt: skip
    table.add_row("all flows", *_volumes(run, "total"), *_days(run, "total"))
    for used, flows in groups.items():
        table.add_section()
        head = f"by {used}: {len(flows)} flow{'s' if len(flows) > 1 else ''}"
        if len(groups) > 1:
            table.add_row(head, *_volumes(run, *(f"flows.{flow}" for flow in flows)), "", "", style="bold")
        for flow in flows[:each]:
            name = run.corridor.flows[flow].name or flow
            table.add_row(name, *_volumes(run, f"flows.{flow}"), *_days(run, f"flows.{flow}"))
    _print(console, table, *notes)
    _behind(console, run)


def _by_modes(run: Run) -> dict[str, list[str]]:
    """Return the flows by the modes of their way, `rail and sea`: groups and flows in order of what they deliver."""
    from jibek.results._names import modes

    size = {flow: run.statistics[f"flows.{flow}.delivered_teu"].mean or 0.0 for flow in run.corridor.flows}
    groups: dict[str, list[str]] = {}
    for flow in sorted(size, key=lambda one: -size[one]):
        used = modes(run.corridor, flow)
        groups.setdefault(" and ".join(used) if used else "none", []).append(flow)
    return dict(sorted(groups.items(), key=lambda one: -sum(size[flow] for flow in one[1])))


def _inside(run: Run) -> str:
    """Say how much was inside at the start and is at the end; the first follows from what came and went."""
    offered, delivered, end = (
        run.statistics[f"total.{one}_teu"].mean or 0.0 for one in ("offered", "delivered", "inside")
    )
    begin = end + delivered - offered
    return (
        f"still inside: {begin:,.0f} TEU at the start, {end:,.0f} at the end\n"
        "delivered includes what was on the way at the start"
    )


def _volumes(run: Run, *heads: str) -> Iterable[str]:
    """Return what was offered, and delivered with its interval, over some flows."""
    offered, delivered = (
        run.statistics[" + ".join(f"{head}.{one}_teu" for head in heads)] for one in ("offered", "delivered")
    )
    return (f"{offered.mean or 0:,.0f}", str(delivered))


def _days(run: Run, head: str) -> Iterable[str]:
    return (str(run.statistics[f"{head}.transit_days.{one}"]) for one in ("p50", "p90"))


def _behind(console: Console, run: Run) -> None:
    """Warn of flows of which much more is inside at the end than at the start."""
    from jibek.results._behind import behind
    from jibek.results._names import names

    found = behind(run.statistics, run.corridor)
    if found:
        one, others = found[0], len(found) - 1
        more = f", nor did {others} more" if others else ""
        yard = f"; the yard of {names(run.corridor, 'terminals')[one.terminal]} grew most" if one.terminal else ""
        console.print(
            f"Did not keep up: {names(run.corridor, 'flows')[one.flow]}{more}: {one.begin_teu:,.0f} TEU inside "
            f"at the start, {one.end_teu:,.0f} at the end{yard}.\n",
            style="bold",
        )


def _budget(console: Console, run: Run) -> None:
    from jibek.results._network import STAGES
    from jibek.results._style import plain

    table = _table("Where the days of a container go", "stage", "days", "share, %")
    mean = run.statistics["total.transit_days.mean"]
    for stage in STAGES:
        days = run.statistics[f"total.stages_days.{stage}"]
        table.add_row(plain(stage), str(days), f"{100 * (days.mean or 0.0) / (mean.mean or 1.0):.1f}")
    table.add_section()
    table.add_row("in all", str(mean), "100.0")
    _print(console, table, "mean of all delivered containers")


def _busiest(console: Console, run: Run, each: int = 3) -> None:
    from jibek.results._names import user

    table = _table("What is busiest", "", "kind", "in use, %", text=(0, 1))
    for quantity in run.statistics.busiest(each):
        kind, name = user(run.corridor, quantity)
        table.add_row(name, kind, str(run.statistics[quantity].scaled(100)))
    _print(console, table)


def _differences(console: Console, run: Run, found: list[Comparison], most: int = 5) -> None:
    """Show the observations from which a run differs by the largest factors."""
    known = [(one, 1 + one.difference) for one in found if one.difference is not None and one.difference > -1]
    far = sorted(known, key=lambda pair: -abs(math.log(pair[1])))[:most]
    _print(console, _compared("Where it differs most from what was observed", [one for one, _ in far]))
    console.print(f"All {len(found)} observations, with remarks: jibek validate {run.corridor.header.id}\n")


def _compared(title: str, found: list[Comparison]) -> Table:
    """Make a table of observed and simulated figures side by side."""
    table = _table(title, "observation", "observed", "simulated", "difference,\n%", "unit", text=(0, 4))
    for one in found:
        difference = "-" if one.difference is None else f"{100 * one.difference:+.1f}"
        table.add_row(one.id, _number(one.observed), str(one.simulated), difference, one.unit)
    return table


def comparison(run: Run, found: list[Comparison]) -> None:
    """Show observed and simulated figures side by side."""
    from jibek.results._names import title

    console = _console()
    _print(console, _compared(f"{title(run.corridor)}: simulated and observed", found), _basis(run))
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
    _print(console, table)
    _measures(console, corridor)
    console.print(f"Assumed values without a range in uncertainty.csv: {len(known.without_range)}")
    for name in known.without_range[:10]:
        console.print(f"  {name}")


def _measures(console: Console, corridor: Corridor) -> None:
    unit = f"cost,\nmillion {corridor.header.currency}"
    table = _table("Measures", "measure", "what it is", "status", "ready", unit, text=(0, 1, 2))
    for one in corridor.measures.values():
        table.add_row(one.id, one.title, one.status, str(one.ready or "-"), _number(one.cost_million))
    _print(console, table)


def verdicts(proof: Proof) -> None:
    """Show theory beside what was simulated."""
    from jibek.verify import FAMILY_CONFIDENCE, REPLICATIONS

    console = _console()
    together = f"all intervals together hold with {100 * FAMILY_CONFIDENCE:g} %"
    table = _table(
        "The simulator against queueing theory", "case", "quantity", "theory", "simulated", "±", "unit", "agrees",
        text=(0, 1, 5, 6),
    )  # fmt: skip
    before = ""
    for one in proof.verdicts:
        table.add_row(
            "" if one.case == before else one.case, one.quantity, f"{one.theory:.4g}", f"{one.simulated:.4g}",
            f"{one.high - one.simulated:.2g}", one.unit, "yes" if one.agrees else Text("NO", style="bold red"),
        )  # fmt: skip
        before = one.case
    _print(console, table, f"{REPLICATIONS} replications each, seed {proof.seed}; {together}")
    agree = sum(one.agrees for one in proof.verdicts)
    console.print(f"{agree} of {len(proof.verdicts)} agree; {proof.seconds:.0f} s")


def frame(answer: pl.DataFrame, most: int = 100) -> None:
    """Show the answer to a query: as a table, or record by record if its columns do not fit side by side."""
    console = _console()
    rows = [[_cell(value) for value in row] for row in answer.head(most).iter_rows()]
    widths = [max(map(len, column)) for column in zip(answer.columns, *rows, strict=True)]
    said = f"{answer.height:,} row{'' if answer.height == 1 else 's'}"
    said += f", the first {most}" if answer.height > most else ""
    if rows and sum(widths) + 2 * len(widths) > console.width:
        _records(console, answer.columns, rows, said)
        return
    words = [place for place, type_ in enumerate(answer.dtypes) if not type_.is_numeric()]
    table = _table("", *answer.columns, text=words)
    table.title = None
    for row in rows:
        table.add_row(*row)
    _print(console, table, said)
    if not rows:
        console.print(said)


def _records(console: Console, columns: list[str], rows: list[list[str]], said: str) -> None:
    """Print each row as a list of its columns."""
    width = max(map(len, columns))
    for number, row in enumerate(rows, 1):
        console.print(f"row {number}", style="bold")
        for column, cell in zip(columns, row, strict=True):
            console.print(f"  {column:<{width}}  {cell}", soft_wrap=True)
    console.print(said)


def _cell(value: Any) -> str:
    return _number(value) if isinstance(value, float) else "" if value is None else str(value)
