"""What the command line shows of studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jibek.cli._show import _console, _number, _print, _table

if TYPE_CHECKING:
    from rich.table import Table

    from jibek.results._interval import Interval
    from jibek.study import Investment, Option, Sweep, Uncertainty

MOST = 40
"""Rows of a table that are shown."""


def sweep_summary(made: Sweep) -> None:
    """Show the points of a sweep: the value of each axis, and as many figures with their intervals as there is room for."""
    from jibek.results._style import plain
    from jibek.study import unit

    console, axes, names = _console(), made.study.axes, made.study.figures
    shown = names[: max(1, (console.width - 9 * len(axes)) // 15)]
    heads = [f"{plain(name.removeprefix('total.'))},\n{unit(name)}".replace("days.", "days\n") for name in shown]
    table = _table(
        made.study.title or "Points of the study", *(axis.name for axis in axes), *heads, text=range(len(axes))
    )
    for number, figures in sorted(made.figures.items())[:MOST]:
        values = [value if isinstance(value, str) else _number(value) for value in made.points[number].values]
        table.add_row(*values, *(str(figures[name]) for name in shown))
    more = [(len(made.figures) - MOST, "points"), (len(names) - len(shown), "figures")]
    notes = [f"{count:,} more {what} are in the table that was written" for count, what in more if count > 0]
    header = made.corridor.header
    count, interval = made.study.replications, "± 95 % interval" if made.study.replications > 1 else "no intervals"
    many = f"{count} replication{'s' * (count > 1)} of {header.days} days from {header.start}, seed {made.study.seed}"
    _print(console, table, *notes, f"{many}; {interval}")


def uncertainty_summary(found: Uncertainty) -> None:
    """Show how far each answer is known, what its spread comes from, and which inputs deserve a measurement."""
    from jibek.corridor import provenance
    from jibek.study import unit

    console, header = _console(), found.corridor.header
    table = _table(
        "How far the answers are known",
        "answer",
        "mean",
        "5 %",
        "95 %",
        "unit",
        "not\nknowing, %",
        "chance\nalone, %",
        text=(0, 4),
    )
    for name, spread in found.spreads.items():
        cells = (_number(value) for value in (spread.mean, spread.low, spread.high))
        shares = (spread.not_knowing, spread.indices["chance"].first.mean)
        table.add_row(
            name, *cells, unit(name), *("-" if one is None else f"{100 * max(one, 0.0):.0f}" for one in shares)
        )
    years = f"{found.samples} samples twice, {header.days} days from {header.start}, seed {found.seed}"
    _print(console, table, f"shares of the variance; the rest comes from both together; {years}")
    for name, spread in found.spreads.items():
        table = _table(
            f"What the spread of {name} comes from", "", "alone, %", "95 % interval", "with others, %", "95 % interval"
        )
        for factor, one in spread.indices.items():
            table.add_row(factor, *_percent(one.first), *_percent(one.total))
        _print(console, table)
    console.print("Measure first: " + ", ".join(name for name, _ in found.to_measure))
    others = ", ".join(f"{name} ({100 * share:.0f} %)" for name, share in found.others[:5])
    console.print(f"Then, by squared rank correlation with the answers alone: {others or 'none'}")
    assumed = sum(one.assumed for one in found.inputs)
    without = len(provenance(found.corridor).without_range)
    console.print(
        f"{len(found.inputs)} inputs drawn, {assumed} of them assumptions; {without} assumed values have no range and were not drawn"
    )
    if found.failed[0]:
        console.print(
            f"{found.failed[0]} rows left out, since the corridor cannot be simulated so; the first: {found.failed[1]}"
        )


def _percent(share: Interval) -> tuple[str, str]:
    if share.mean is None:
        return "-", "-"
    mean, low, high = (100 * (value or 0.0) for value in (share.mean, share.low, share.high))
    return f"{mean:.0f}", f"{low:.0f} to {high:.0f}"


def invest_summary(found: Investment) -> None:
    """Show what is done, under way and next, what it brings, and how sure that is; then the frontier."""
    from jibek.study import unit

    console, figure = _console(), found.figure
    of, per = _plain_figure(figure), unit(figure)
    _print(console, _given(found), "what is done and under way is given, at no cost to the budget")
    heads = (
        "next, in this order",
        "in use",
        "cost,\nmillion",
        "all so far,\nmillion",
        f"alone,\n{per}",
        f"all so far,\n{per}",
    )
    best, header = found.best, found.point.corridor.header
    table = _table(f"The best for {found.budget_million:,.10g} million: {of}", *heads)
    for step in found.steps:
        spent = step.so_far.cost_million if step.so_far else None
        table.add_row(
            ", ".join(step.measures),
            str(step.ready or "no date"),
            _number(step.cost_million),
            _number(spent),
            _effect(step.alone),
            _effect(step.so_far),
        )
    if not best.measures:
        console.print("Nothing planned within the budget is worth more than nothing.", style="bold")
    many = f"{len(found.point.numbers)} replications of {header.days} days from {header.start}, seed {found.point.seed}"
    note = f"{of} as it is: {found.base} {per}; alone: with what it requires; {many}; ± intervals that hold together"
    _print(console, table, note)
    for line in _how_sure(found):
        console.print(line)
    console.print()
    table = _table("Cost against effect", "measures", "cost,\nmillion", f"effect,\n{per}", "")
    rows = found.frontier if best in found.frontier else (*found.frontier, best)
    for row in sorted(rows, key=lambda row: row.cost_million):
        where = "chosen" if row == best else "beyond the budget" if row.cost_million > found.budget_million else ""
        table.add_row(", ".join(row.measures) or "nothing", _number(row.cost_million), _effect(row), where)
    _print(console, table, "of the sets simulated, those worth more than all that cost no more; without a guarantee")


def _plain_figure(name: str) -> str:
    """Write a figure of all flows as words."""
    words = {
        "total.delivered_teu": "TEU delivered",
        "total.transit_days.mean": "mean days of transit",
        "total.cost_per_teu": "cost of running per TEU",
    }
    return words[name]


def _given(found: Investment) -> Table:
    """List measures that are given, or out."""
    table = _table("Measures", "measure", "status", "in use", "cost,\nmillion", text=(0, 1))
    given = found.choices
    status = dict.fromkeys(given.done, "done") | dict.fromkeys(given.under_way, "under way")
    status |= dict.fromkeys(given.open, "can be chosen") | {name: f"out: {why}" for name, why in given.out.items()}
    for name, text in status.items():
        measure = given.corridor.measures[name]
        table.add_row(name, text, str(measure.ready or "no date"), _number(measure.cost_million))
    return table


def _effect(option: Option | None) -> str:
    if option is None:
        return "cannot be simulated"
    mean = option.effect.mean
    return f"+{option.effect}" if mean is not None and mean > 0.0 else str(option.effect)


def _how_sure(found: Investment) -> list[str]:
    """Say what is guaranteed, and what is not."""
    from jibek.study import unit

    sure, sets = found.sure, found.screened
    zone = f"{_number(sure.zone)} {unit(found.figure)}"
    compared = f"of the {sure.compared} sets compared within the budget"
    if sure.ended:
        lines = [
            f"How sure: selected as best {compared} with probability {sure.confidence:g}, if it is ahead of the others by {zone}, "
            f"each million counted as {_number(sure.per_million)} "
            f"(Kim and Nelson, common random numbers, up to {sure.replications} replications)."
        ]
    else:
        lines = [
            f"Not sure: after {sure.replications} replications {sure.left} sets {compared} cannot be told apart within {zone}; "
            "the one ahead is shown. --most or --zone higher helps."
        ]
    if sure.ended and sure.lead is not None and sure.lead < sure.zone:
        lines.append(
            f"It is ahead of the next by {_number(sure.lead)} only, less than the zone: one of those within the zone was selected."
        )
    if found.selected != found.best:
        lines.append(
            f"Selected was {', '.join(found.selected.measures)} for {_number(found.selected.cost_million)} million: "
            f"{_effect(found.selected)}. What is shown is the cheapest set that is shown to be behind it by less than the zone."
        )
    if sets.predicted:
        lines.append(
            f"Of {sets.within_budget:,} sets within the budget {sets.simulated:,} were simulated, those predicted best by measures "
            f"and pairs; the bound excludes {sets.excluded_by_bound:,}; of the other {sets.not_examined:,} nothing is guaranteed."
        )
    lines += [f"Cannot be simulated: {', '.join(names)}: {why.splitlines()[0]}" for names, why in found.failed.items()]
    return lines
