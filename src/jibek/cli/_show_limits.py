"""What the command line shows of what limits a corridor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jibek.cli._show import _console, _number, _print, _table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from jibek.results._interval import Interval
    from jibek.study import Bottlenecks, Bound, Capacity, Comparison, Effect

MOST = 20
"""Rows of a table that are shown."""


def bound_summary(found: Bound) -> None:
    """Show what can be carried at most, the capacities used most and what binds in which month."""
    console, given = _console(), found.as_given
    console.print(f"{found.corridor.header.title}: the bound in mean values", style="bold")
    console.print(f"as given: {given.volume_teu:,.0f} of {given.offered_teu:,.0f} TEU a year can be carried")
    if given.binding:
        console.print(f"more is stopped by: {', '.join(map(found.title, given.binding))}")
    grows = "demand" if len(found.flows) == len(found.corridor.flows) else f"demand of {', '.join(found.flows)}"
    if found.scale is None:
        console.print(f"nothing stops {grows} from growing")
    else:
        console.print(
            f"{grows} can be at most {found.scale:.3f} times as given: {found.volume_teu or 0:,.0f} TEU a year"
        )
    console.print()
    _print(
        console,
        _used_most(found),
        "what a raise brings holds until something else binds; a month by itself: what stops its demand from growing first",
        f"{found.seconds:.2f} s",
    )


def _used_most(found: Bound) -> Table:
    from jibek.results._names import capacity
    from jibek.study._raising import raising

    heads = ("used by demand\nas given, %", "raised, it brings\nTEU a year")
    table = _table("Capacities used most", "", "kind", *heads, "binds in", text=(0, 1, 4))
    for limit in found.limits[:MOST]:
        kind, name = capacity(found.corridor, limit.name)
        months = [month.month for month in found.months if limit.name in month.binding]
        when = "all months" if months and len(months) == len(found.months) else " ".join(months)
        how = raising(found.corridor, limit.name)
        price = f"{limit.teu_per_unit * how.units:,.0f}\n({how.words})" if limit.name in found.binding else ""
        table.add_row(name, kind, f"{100 * limit.utilisation:.1f}", price, when)
    return table


def comparison_summary(found: Comparison) -> None:
    """Show the cases and by how much they differ from the base."""
    console = _console()
    figures = ("delivered_teu", "transit_days.p50", "transit_days.p90", "cost_per_teu")
    heads = ("delivered,\nTEU", "median,\ndays", "90 % within,\ndays", "cost,\nper TEU")
    table = _table("Cases", "case", *heads)
    for name, answers in {"base": found.base, **found.cases}.items():
        table.add_row(name, *(str(answers[f"total.{figure}"]) for figure in figures))
    _print(console, table)
    table = _table("Differences from the base", "case", *heads)
    differences = [found.differences(f"total.{figure}") for figure in figures]
    for name in found.cases:
        table.add_row(name, *(_signed(one[name]) for one in differences))
    _print(console, table, f"{_basis(found)}; the intervals of a figure hold together over the cases (Bonferroni)")
    _print(console, _failed("case", found.failed))


def _basis(found: Comparison | Bottlenecks) -> str:
    point = found.base.point
    header = point.corridor.header
    return f"{len(point.numbers)} replications of {header.days} days from {header.start}, seed {point.seed}"


def _signed(interval: Interval) -> str:
    return str(interval) if interval.mean is None or interval.mean <= 0.0 else f"+{interval}"


def bottlenecks_summary(found: Bottlenecks) -> None:
    """Show what each change does, those that do most first."""
    from jibek.study import FIGURES

    console = _console()
    heads = ("delivered,\nTEU", "mean,\ndays", "median,\ndays", "90 % within,\ndays")
    table = _table("What each change does", "change", *heads)
    where = _table("Where days go, of those that do most", "change", "place and stage: days", text=(0, 1))
    for one in found.effects:
        words = found.title(one.change)
        told = words if words == one.change else f"{words}\n{one.change}"
        table.add_row(told, *(_signed(one.effect[f"total.{figure}"]) for figure in FIGURES))
    for one in found.effects[:5]:
        if places := _where(found, one):
            where.add_row(found.title(one.change), places)
    factors = (f"{name} {_number(found.variance_reduction(name))}" for name in FIGURES)
    _print(
        console,
        table,
        f"{_basis(found)}; the intervals of a figure hold together over the changes (Bonferroni)",
        f"common random numbers cut the variance of differences by: {', '.join(factors)} (median of the changes that have an effect)",
    )
    _print(console, where, "the intervals of a place and stage hold together over the changes (Bonferroni)")
    _print(console, _failed("change", found.failed))


def _failed(head: str, failed: Mapping[str, str]) -> Table:
    """List what cannot be simulated, with the first line of each reason."""
    table = _table("Could not be simulated", head, "why", text=(0, 1))
    for name, why in failed.items():
        table.add_row(name, why.partition("\n")[0])
    return table


def _where(found: Bottlenecks, effect: Effect) -> str:
    from jibek.study import moved

    return "\n".join(f"{found.place(name)} {_signed(days)}" for name, days in moved(effect, 3).items())


def capacity_summary(found: Capacity) -> None:
    """Show the largest volume that is sustained, and transit times on the way there."""
    console, header = _console(), found.bound.corridor.header
    console.print(f"{header.title}: what is sustained", style="bold")
    if found.nothing_broke:
        console.print("demand was raised as far as it is, and nothing broke")
    console.print(f"largest scale   {found.scale}")
    console.print(f"largest volume  {found.volume_teu} TEU a year")
    if found.bound.scale is not None:
        console.print(f"bound           {found.bound.scale:.3f}: {found.bound.volume_teu or 0:,.0f} TEU a year")
    for reason, many in found.stopped_by.items():
        console.print(f"stopped by      {reason} (in {many} of {len(found.brackets)} replications)")
    console.print()
    table = _table(
        "On the way", "scale", "demand,\nTEU a year", "delivered,\nTEU", "median,\ndays", "90 % within,\ndays"
    )
    for scale, answers in found.curve.items():
        names = ("delivered_teu", "transit_days.p50", "transit_days.p90")
        figures = (str(answers[f"total.{name}"]) for name in names)
        table.add_row(f"{scale:.3f}", f"{found.volume_at(scale):,.0f}", *figures)
    _print(
        console, table, f"{len(found.brackets)} replications of {header.days} days from {header.start}; ± 95 % interval"
    )
    _print(console, _failed("scale", {f"{scale:.3f}": why for scale, why in found.failed.items()}))
