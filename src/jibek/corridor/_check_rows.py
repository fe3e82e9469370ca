"""Rules that a row must keep by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jibek.corridor import tables as t
from jibek.corridor._view import Rules, View, mean_teu, one_of
from jibek.tables import Problem, at, quoted


def clock_is_of_our_time(view: View) -> Iterator[Problem]:
    if not 1900 <= view.corridor.header.start.year <= 2200:
        yield Problem("corridor.toml", None, "start", "must be a day between 1900 and 2200")


def something_is_there(view: View) -> Iterator[Problem]:
    for name in ("places", "terminals", "flows"):
        if not view.corridor.rows(name):
            yield Problem(f"{name}.csv", None, None, f"a corridor needs {name}, and there are none")


def rail_has_a_gauge(view: View) -> Iterator[Problem]:
    rows: list[t.Link | t.Fleet] = [*view.corridor.links.values(), *view.corridor.fleets.values()]
    for row in rows:
        if row.mode == "rail" and row.gauge_mm is None:
            yield at(row, "gauge_mm", "rail needs a gauge, such as 1435 or 1520")
        if row.mode != "rail" and row.gauge_mm is not None:
            yield at(row, "gauge_mm", f"only rail has a gauge; leave it blank for {row.mode}")


def links_join_two_places(view: View) -> Iterator[Problem]:
    for link in view.corridor.links.values():
        if link.from_place == link.to_place:
            yield at(link, "to_place", f"the link begins and ends at {quoted(link.to_place)}")


def floor_is_below_the_mean(view: View) -> Iterator[Problem]:
    for link in view.corridor.links.values():
        for column in ("run_h", "back_run_h"):
            mean = getattr(link, column)
            if mean is not None and link.min_run_h > mean:
                yield at(link, "min_run_h", f"{link.min_run_h:g} h is more than the mean, {column} of {mean:g} h")


def way_points_are_on_the_globe(view: View) -> Iterator[Problem]:
    for link in view.corridor.links.values():
        for point in link.via:
            if not _on_globe(point):
                yield at(link, "via", f"{quoted(point)} is not a point like 43.65 51.16, latitude first")


def _on_globe(point: str) -> bool:
    try:
        lat, lon = map(float, point.split())
    except ValueError:
        return False
    return abs(lat) <= 90 and abs(lon) <= 180  # false for NaN


def zones_are_described_by_their_kind(view: View) -> Iterator[Problem]:
    for zone in view.corridor.zones.values():
        if zone.kind == "track" and zone.gauge_mm is None:
            yield at(zone, "gauge_mm", "tracks need a gauge, such as 1435 or 1520")
        if zone.kind != "track" and zone.gauge_mm is not None:
            yield at(zone, "gauge_mm", f"only tracks have a gauge; leave it blank for a {zone.kind}")
        if zone.kind != "yard" and zone.positions is None:
            yield at(zone, "positions", f"say how many vehicles the {zone.kind} handles at the same time")
        if zone.kind != "yard" and zone.capacity_teu is not None:
            yield at(zone, "capacity_teu", f"only a yard has a capacity; leave it blank for a {zone.kind}")
        for column in ("positions", "sidings"):
            if zone.kind == "yard" and getattr(zone, column) is not None:
                yield at(zone, column, f"no vehicle enters a yard, so it has no {column}; leave it blank")


def checks_say_where(view: View) -> Iterator[Problem]:
    for check in view.corridor.checks.values():
        wanted, other = ("place", "terminal") if check.kind == "way" else ("terminal", "place")
        if getattr(check, wanted) is None:
            yield at(check, wanted, f"a check of kind {check.kind} needs a {wanted}")
        if getattr(check, other) is not None:
            yield at(check, other, f"a check of kind {check.kind} is done at a {wanted}; leave the {other} blank")


def checks_have_servers(view: View) -> Iterator[Problem]:
    for check in view.corridor.checks.values():
        if check.servers == 0 and check.probability > 0:
            yield at(check, "servers", "with 0 posts whoever is checked waits for ever; blank means no limit")


def closures_say_what_and_when(view: View) -> Iterator[Problem]:
    for closure in view.corridor.closures.values():
        yield from one_of(closure, ("terminal", "zone", "link"))
        once = (closure.start, closure.end)
        at_random = (closure.days_per_month, closure.duration_h)
        if once == (None, None) and None not in at_random:
            continue
        if at_random != (None, None) or closure.months or None in once:
            message = "either start and end must be given, or days_per_month and duration_h"
            yield at(closure, None, message)
        elif closure.start is not None and closure.end is not None and closure.end <= closure.start:
            yield at(closure, "end", f"is not after the start, {closure.start}")


def prices_and_factors_say_of_what(view: View) -> Iterator[Problem]:
    for tariff in view.corridor.tariffs.values():
        yield from one_of(tariff, ("service", "terminal", "link"))
    for emission in view.corridor.emissions.values():
        yield from one_of(emission, ("mode", "fleet", "terminal"))


def flows_lead_somewhere(view: View) -> Iterator[Problem]:
    for flow in view.corridor.flows.values():
        if flow.from_terminal == flow.to_terminal:
            yield at(flow, "to_terminal", f"the flow begins and ends at {quoted(flow.to_terminal)}")


def flows_have_a_mix(view: View) -> Iterator[Problem]:
    for flow in view.corridor.flows.values():
        if flow.share_20ft + flow.share_40ft + flow.share_45ft == 0:
            yield at(flow, "share_40ft", "all weights of the mix are 0; one must be above 0")


def seasons_have_twelve_months(view: View) -> Iterator[Problem]:
    for flow in view.corridor.flows.values():
        if flow.season and len(flow.season) != 12:
            yield at(flow, "season", f"needs twelve numbers, January first, and has {len(flow.season)}")
        elif flow.season and not any(flow.season):
            yield at(flow, "season", "all months are 0; one must be above 0")


def services_have_the_columns_of_their_rule(view: View) -> Iterator[Problem]:
    blank: dict[str, object] = {"every_h": None, "offset_h": 0.0, "times": (), "days": ()}
    fits = {"interval": ("every_h", "offset_h"), "timetable": ("times", "days")}
    for service in view.corridor.services.values():
        own = fits.get(service.rule, ())
        if own and getattr(service, own[0]) == blank[own[0]]:
            yield at(service, own[0], f"rule {service.rule} needs {own[0]}")
        for column in blank.keys() - own:
            if getattr(service, column) != blank[column]:
                yield at(service, column, f"rule {service.rule} does not use {column}; leave it blank")


def uncertain_values_are_in_order(view: View) -> Iterator[Problem]:
    for row in view.corridor.uncertainty.values():
        if not row.low <= row.typical <= row.high:
            yield at(row, "typical", f"low {row.low:g}, typical {row.typical:g}, high {row.high:g} do not rise")


MOST_DEPARTURES, MOST_CONTAINERS, MOST_RIDES, MOST_SPELLS = 10_000_000, 200_000_000, 2_000_000_000, 1_000_000
MOST_ZONES, MOST_PAIRS, MOST_HOLDS = 3_000, 1_000_000_000, 32


def departures_can_be_simulated(view: View) -> Iterator[Problem]:
    days = _days(view)
    total = 0.0
    for service in view.corridor.services.values():
        a_day = 24 / service.every_h if service.every_h else len(service.times) * (len(set(service.days)) or 7) / 7
        total += a_day * days
        if total > MOST_DEPARTURES:
            column = "every_h" if service.every_h else "times"
            yield at(
                service, column, f"with it, more than {MOST_DEPARTURES:,} departures in the {days:,} days of the clock"
            )
            return


def containers_can_be_simulated(view: View) -> Iterator[Problem]:
    days = _days(view)
    listed: Counter[str] = Counter()
    for arrival in view.corridor.arrivals:
        listed[arrival.flow] += arrival.containers
    containers = rides = 0.0
    for flow in view.corridor.flows.values():
        if flow.arrival == "listed":
            own, column = float(listed[flow.id]), "arrival"
        else:
            own, column = flow.teu_per_year * days / 365 / mean_teu(flow), "teu_per_year"
        containers += own
        rides += own * max((len(row.services) for row in view.itineraries.get(flow.id, ())), default=1)
        if containers > MOST_CONTAINERS or rides > MOST_RIDES:
            message = f"brings {own:,.0f} containers in the {days:,} days of the clock; all flows may bring "
            message += f"{MOST_CONTAINERS:,} that ride {MOST_RIDES:,} times in all: take fewer days or less traffic"
            yield at(flow, column, message)
            return


def closures_can_be_simulated(view: View) -> Iterator[Problem]:
    days = _days(view)
    total = 0.0
    for closure in view.corridor.closures.values():
        if closure.days_per_month and closure.duration_h:
            total += closure.days_per_month * 24 / closure.duration_h * days * 12 / 365
        if total > MOST_SPELLS:
            message = (
                f"with it, more than {MOST_SPELLS:,} closed times in the {days:,} days of the clock; make them longer"
            )
            yield at(closure, "duration_h", message)
            return


def _days(view: View) -> int:
    return view.corridor.header.days + view.corridor.header.warmup_days


def tables_can_be_held(view: View) -> Iterator[Problem]:
    if len(view.corridor.zones) > MOST_ZONES:
        yield Problem(
            "zones.csv", None, None, f"has {len(view.corridor.zones):,} zones; at most {MOST_ZONES:,} can be simulated"
        )
    if len(view.corridor.checks) * len(view.corridor.services) > MOST_PAIRS:
        yield Problem("checks.csv", None, None, f"checks times services may be {MOST_PAIRS:,} at the most")


def holds_are_few(view: View) -> Iterator[Problem]:
    count = Counter(check.terminal for check in view.corridor.checks.values() if check.kind == "hold")
    for terminal, holds in count.items():
        if holds > MOST_HOLDS:
            message = f"terminal {terminal!r} has {holds} checks of kind hold; at most {MOST_HOLDS} can be simulated"
            yield Problem("checks.csv", None, "kind", message)


RULES: Rules = {
    clock_is_of_our_time: ("header",),
    something_is_there: ("header", "places", "terminals", "flows"),
    rail_has_a_gauge: (),
    links_join_two_places: (),
    floor_is_below_the_mean: (),
    way_points_are_on_the_globe: (),
    zones_are_described_by_their_kind: (),
    checks_say_where: (),
    checks_have_servers: (),
    closures_say_what_and_when: (),
    prices_and_factors_say_of_what: (),
    flows_lead_somewhere: (),
    flows_have_a_mix: (),
    seasons_have_twelve_months: (),
    services_have_the_columns_of_their_rule: (),
    uncertain_values_are_in_order: (),
    departures_can_be_simulated: ("header",),
    containers_can_be_simulated: ("header", "flows", "arrivals", "itineraries"),
    closures_can_be_simulated: ("header",),
    tables_can_be_held: (),
    holds_are_few: (),
}
