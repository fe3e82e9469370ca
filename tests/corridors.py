"""Small corridors drawn at random over the whole semantics; a run of one takes milliseconds.

`corridors()` is the hypothesis strategy, `corridor(seed)` the plain one. Both build rows through the models of the package's
tables and pass the checker; the same builder draws from hypothesis (which shrinks towards the first of several choices and the
lowest number) or from a seeded generator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st

from jibek.corridor import Corridor, check
from jibek.corridor.tables import TABLES, Header

RAIL, WIDE, SEA, ROAD = ("rail", 1435), ("rail", 1520), ("sea", None), ("road", None)
ZONE_KIND = {"rail": "track", "sea": "berth", "road": "gate"}
DISTRIBUTIONS = ("fixed", "lognormal", "exponential", "uniform", "gamma")
CLASSES = ("general", "reefer", "dangerous", "oversize", "empty")
STARTS = (date(2025, 1, 6), date(2025, 1, 20), date(2024, 2, 22), date(2025, 10, 31), date(2025, 12, 18))


@st.composite
def corridors(draw: st.DrawFn, *, tight: bool = False, exact: bool = False) -> Corridor:
    """Draw a corridor.

    Parameters
    ----------
    draw
        Given by hypothesis.
    tight
        Small yards, few sidings and few vehicles, which wait for each other often.
    exact
        Nothing is drawn and nothing depends on the date: listed arrivals of one size, one itinerary a flow, fixed durations, checks
        of all or nobody, no season, closures and departures by date or by the hour.
    """
    return build(draw(st.randoms(use_true_random=False)), tight=tight, exact=exact)


def corridor(seed: int, *, tight: bool = False, exact: bool = False) -> Corridor:
    """Return the corridor of a seed; the parameters are those of `corridors`."""
    return build(Random(seed), tight=tight, exact=exact)


def build(random: Random, *, tight: bool, exact: bool) -> Corridor:
    """Build a corridor with the choices of a generator."""
    drafted = _Draft(random, tight=tight, exact=exact).corridor()
    problems = check(drafted)
    if problems:
        raise AssertionError("\n".join(map(str, problems)))
    return drafted


@dataclass(frozen=True)
class _Edge:
    """Two neighbouring terminals, by number, the mode and gauge between them, and the links of the way from one to the other."""

    begin: int
    end: int
    kind: tuple[str, int | None]
    links: tuple[str, ...]


@dataclass
class _Draft:
    """A corridor being drawn: its rows by table."""

    random: Random
    tight: bool
    exact: bool
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    services: dict[tuple[int, int], list[dict[str, Any]]] = field(default_factory=dict)
    """Services by the terminals they join."""
    zone_of: dict[tuple[int, int], str] = field(default_factory=dict)
    """Zone by terminal and the edge, named by its end, that comes to it; outer terminals have none."""

    def some(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def one_in(self, n: int) -> bool:
        return self.random.randint(1, n) == n

    def add(self, table: str, **row: Any) -> dict[str, Any]:
        self.rows.setdefault(table, []).append(row)
        return row

    def spread(self, name: str) -> dict[str, Any]:
        """Draw the spread and the distribution of a duration."""
        if self.exact:
            return {f"{name}_dist": "fixed"}
        return {f"{name}_dist": self.some(*DISTRIBUTIONS), f"{name}_cv": self.some(0.3, 0.0, 0.8, 1.5)}

    def corridor(self) -> Corridor:
        self.days, self.warmup_days = self.random.randint(10, 40), self.some(0, 4)
        self.start = self.some(*STARTS)
        edges = self.network()
        for number in range(len(self.rows["terminals"])):
            self.terminal(number, [edge for edge in edges if number in (edge.begin, edge.end)])
        for edge in edges:
            self.traffic(edge)
        self.through_traffic(edges)
        for number in range(self.random.randint(1, 5)):
            self.flow(number)
        self.limit_services()
        for number in range(self.random.randint(0, 5)):
            self.check(number)
        for number in range(self.random.randint(0, 3)):
            self.closure(number)
        header = Header(
            id="drawn", title="Drawn", schema_version=1, start=self.start, days=self.days, warmup_days=self.warmup_days
        )
        return Corridor.of(
            header, {name: [TABLES[name].model_validate(row) for row in rows] for name, rows in self.rows.items()}
        )

    def moment(self) -> datetime:
        """Draw a full hour of the clock."""
        day = self.random.randint(-self.warmup_days, self.days - 1)
        return datetime.combine(self.start, time()) + timedelta(days=day, hours=self.random.randint(0, 23))

    # The network

    def network(self) -> list[_Edge]:
        """Draw a line or a small tree of terminals."""
        size = self.random.randint(2, 5)
        line = not self.one_in(3)
        self.parents = [0] + [number - 1 if line else self.random.randint(0, number - 1) for number in range(1, size)]
        for number in range(size):
            self.add("places", id=f"p{number}", lat=0, lon=number)
            self.add("terminals", id=f"t{number}", place=f"p{number}")
        kinds = self.some((RAIL, WIDE), (WIDE,), (RAIL, WIDE, SEA, ROAD))
        return [self.edge(self.parents[number], number, self.some(*kinds)) for number in range(1, size)]

    def edge(self, begin: int, end: int, kind: tuple[str, int | None]) -> _Edge:
        places = [f"p{begin}", f"p{end}"]
        if self.one_in(3):
            places.insert(1, f"way{end}")
            self.add("places", id=f"way{end}", lat=1, lon=end)
        links = []
        for number, (one, other) in enumerate(pairwise(places)):
            run_h = self.some(3, 8, 20)
            row = {"from_place": one, "to_place": other} if self.one_in(2) else {"from_place": other, "to_place": one}
            back = {"back_run_h": run_h + 2} if self.one_in(4) else {}
            paths = {"paths_per_day": self.some(12, 2, 4)} if self.one_in(2) else {}
            row |= back | paths | ({"back_paths_per_day": 3} if self.one_in(4) else {})
            id_ = f"l{end}{'ab'[number]}"
            self.add(
                "links", id=id_, mode=kind[0], gauge_mm=kind[1], length_km=100, run_h=run_h,
                min_run_h=self.some(0, run_h / 2, run_h), **row, **self.spread("run"),
            )  # fmt: skip
            links.append(id_)
        return _Edge(begin, end, kind, tuple(links))

    # Terminals

    def terminal(self, number: int, edges: list[_Edge]) -> None:
        """Draw a terminal: an outer one, or one with zones, a yard, equipment and transfers."""
        if self.one_in(4 if len(edges) == 1 else 10):
            return
        zones: dict[str, tuple[str, int | None]] = {}
        for edge in edges:
            alike = [id_ for id_, kind in zones.items() if kind == edge.kind]
            if alike and not self.one_in(3):
                self.zone_of[number, edge.end] = alike[0]
                continue
            zone = f"t{number}-z{len(zones)}"
            zones[zone] = edge.kind
            self.zone_of[number, edge.end] = zone
            self.add(
                "zones", id=zone, terminal=f"t{number}", kind=ZONE_KIND[edge.kind[0]], gauge_mm=edge.kind[1],
                positions=self.some(1, 2) if self.tight else self.some(1, 2, 4),
                sidings=self.some(0, 1) if self.tight else self.some(None, None, 2, 4, 0),
            )  # fmt: skip
        room = (3, 5, 8, 12, 20) if self.tight else (None, None, 60, 150, 30)
        self.add("zones", id=f"t{number}-yard", terminal=f"t{number}", kind="yard", capacity_teu=self.some(*room))
        pools = [self.pool(number, pool) for pool in range(self.random.randint(1, 3))]
        self.transfers(f"t{number}-yard", list(zones), pools)

    def pool(self, terminal: int, number: int) -> str:
        id_ = f"t{terminal}-e{number}"
        self.add(
            "equipment", id=id_, terminal=f"t{terminal}", count=self.random.randint(1, 3),
            move_min=self.some(6, 15, 40, 0), **self.spread("move"),
        )  # fmt: skip
        return id_

    def transfers(self, yard: str, zones: list[str], pools: list[str]) -> None:
        def steps() -> str:
            return ">".join(self.some(*pools) for _ in range(self.random.randint(1, 3)))

        for zone in zones:
            for name, begin, end in ((f"{zone}-in", zone, yard), (f"{zone}-out", yard, zone)):
                self.add("transfers", id=name, from_zone=begin, to_zone=end, steps=steps())
                if self.one_in(4):
                    classes = " ".join(self.random.sample(CLASSES, 2))
                    self.add("transfers", id=f"0{name}", from_zone=begin, to_zone=end, steps=steps(), classes=classes)
            for other in zones:
                if other != zone and not self.one_in(4):
                    classes = self.some("", "general reefer")
                    self.add(
                        "transfers", id=f"{zone}-{other}", from_zone=zone, to_zone=other, steps=steps(), classes=classes
                    )

    # Traffic

    def traffic(self, edge: _Edge) -> None:
        """Draw the services of an edge in both directions, their fleets and rotations."""
        home, away = (edge.begin, edge.end) if not self.one_in(3) else (edge.end, edge.begin)
        name = f"e{edge.end}"
        out = self.service(f"{name}-out", [edge], home, away)
        back = self.service(f"{name}-back", [edge], away, home)
        pattern = self.some("round", "twin", "one-way", "mixed")
        finite = self.fleet(name, edge.kind, unlimited=pattern == "one-way" or self.one_in(3))
        if pattern == "one-way":
            self.add("rotations", id=f"{name}-out", fleet=finite, services=out)
            self.add("rotations", id=f"{name}-back", fleet=finite, services=back)
            return
        self.add("rotations", id=name, fleet=finite, services=f"{out}>{back}")
        if pattern == "twin":
            other = self.service(f"{name}-out2", [edge], home, away)
            last = back if self.one_in(2) else self.service(f"{name}-back2", [edge], away, home)
            self.add("rotations", id=f"{name}-2", fleet=finite, services=f"{other}>{last}", priority=self.some(0, 1))
        if pattern == "mixed":
            spare = self.fleet(f"{name}-spare", edge.kind, unlimited=self.one_in(2))
            self.add("rotations", id=f"0{name}", fleet=spare, services=f"{out}>{back}", priority=self.some(0, -1))

    def through_traffic(self, edges: list[_Edge]) -> None:
        """Draw rotations over two edges of a kind that meet: of four services, of long services, or from a common home."""
        for end in range(1, len(self.parents)):
            one, other = edges[self.parents[end] - 1], edges[end - 1]
            if self.parents[end] == 0 or one.kind != other.kind or not self.one_in(2):
                continue
            a, b, c, name = one.begin, one.end, other.end, f"x{end}"
            fleet = self.fleet(name, one.kind, unlimited=self.one_in(4))
            parts = [((one,), a, b), ((other,), b, c), ((other,), c, b), ((one,), b, a)]
            pattern = self.some("long", "four", "home")
            if pattern == "long":
                parts = [((one, other), a, c), ((other, one), c, a)]
            elif pattern == "home":
                parts = [parts[3], parts[0], parts[1], parts[2]]
            ids = [self.service(f"{name}-{n}", list(path), *ends) for n, (path, *ends) in enumerate(parts)]
            for n, part in enumerate([ids[:2], ids[2:]] if pattern == "home" else [ids]):
                self.add("rotations", id=f"{name}-r{n}", fleet=fleet, services=">".join(part), priority=self.some(0, n))

    def fleet(self, name: str, kind: tuple[str, int | None], *, unlimited: bool) -> str:
        count = None if unlimited else self.random.randint(1, 2 if self.tight else 6)
        capacity = self.some(6, 9) if self.tight else self.some(20, 6, 9, 41)
        self.add("fleets", id=name, mode=kind[0], gauge_mm=kind[1], count=count, capacity_teu=capacity)
        return name

    def service(self, name: str, edges: list[_Edge], begin: int, end: int) -> str:
        first, last = self.zone_of.get((begin, edges[0].end)), self.zone_of.get((end, edges[-1].end))
        here, path = begin, []
        for edge in edges:
            path += edge.links if here == edge.begin else edge.links[::-1]
            here = edge.end if here == edge.begin else edge.begin
        row = self.add(
            "services", id=name, from_terminal=f"t{begin}", from_zone=first, to_terminal=f"t{end}", to_zone=last,
            path=">".join(path), priority=self.some(0, 0, 1), load_share=self.some(1, 1, 0.8), **self.rule(name),
        )  # fmt: skip
        self.services.setdefault((begin, end), []).append(row)
        return name

    def rule(self, service: str) -> dict[str, Any]:
        """Draw a departure rule; the least load fits into the smallest vehicle."""
        rule = self.some("filled", "interval", "timetable", "filled", "interval", "listed")
        row = {"rule": rule, "min_teu": self.some(0, 4, 4.5), "max_wait_h": self.some(24, 6, None)}
        if rule == "filled":
            return row
        row |= {"load_h": self.some(12, 0, 5, 30), "min_teu": self.some(0, 0, 4)}
        if rule == "interval":
            row |= {"every_h": self.some(12, 6, 24, 50), "offset_h": self.some(0, 7)}
        elif rule == "timetable":
            days = "" if self.exact else self.some("", "1 4", "2 3 5 7")
            row |= {"days": days, "times": self.some("06:00", "00:00 12:00", "18:30 05:15")}
        else:
            for _ in range(self.random.randint(2, 2 * self.days)):
                self.add("departures", service=service, time=self.moment())
        return row

    # Demand

    def flow(self, number: int) -> None:
        """Draw a flow between two terminals, its itineraries and, where they are listed, its arrivals."""
        begin, end = self.random.sample(range(len(self.parents)), 2)
        containers, id_ = self.random.randint(10, 80 if self.tight else 160), f"f{number}"
        arrival = "listed" if self.exact else self.some("regular", "poisson", "listed")
        row = {"share_20ft": self.some(0, 1, 0.3), "share_40ft": 1, "share_45ft": self.some(0, 0.2)}
        if self.exact:
            row |= {"share_20ft": self.some(0, 1), "share_45ft": 0, "share_40ft": 0}
            row["share_40ft"] = 1 - row["share_20ft"]
        if arrival == "listed":
            while containers > 0:
                size = min(containers, self.some(20, 1, 5))
                self.add("arrivals", flow=id_, time=self.moment(), containers=size)
                containers -= size
        else:
            row |= {"teu_per_year": round(containers * 2 * 365 / self.days), "block_teu": self.some(None, 20, 6, 41)}
            if self.one_in(3):
                row["season"] = "1 0.5 2 1 1 1 1 1 1 2 0.3 1"
        self.add(
            "flows", id=id_, from_terminal=f"t{begin}", to_terminal=f"t{end}", arrival=arrival,
            priority=self.some(0, 0, 1, -1), cargo_class=self.some("general", *CLASSES), **row,
        )  # fmt: skip
        for n in range(1 if self.exact else self.some(1, 1, 2)):
            services = ">".join(self.way(begin, end))
            self.add("itineraries", id=f"{id_}-{n}", flow=id_, services=services, share=1 + n)

    def way(self, begin: int, end: int) -> list[str]:
        """Draw services that lead from a terminal to another."""
        up, down = [begin], [end]
        while up[-1] != down[-1]:
            longer = up if up[-1] > down[-1] else down
            longer.append(self.parents[longer[-1]])
        nodes = up + down[-2::-1]
        ids, here = [], 0
        while here < len(nodes) - 1:
            reached = [n for n in range(here + 1, len(nodes)) if (nodes[here], nodes[n]) in self.services]
            there = self.some(*reached)
            ids.append(self.some(*self.services[nodes[here], nodes[there]])["id"])
            here = there
        return ids

    def limit_services(self) -> None:
        """Limit some services to the classes of those who use them."""
        classes = {row["id"]: row["cargo_class"] for row in self.rows["flows"]}
        for service in self.rows["services"]:
            used = {
                classes[row["flow"]] for row in self.rows["itineraries"] if service["id"] in row["services"].split(">")
            }
            if used and self.one_in(4):
                service["classes"] = " ".join(sorted(used))

    # Disturbances

    def check(self, number: int) -> None:
        kind = self.some("arrival", "departure", "way", "hold")
        where = (
            {"place": self.some(*self.rows["places"])["id"]}
            if kind == "way"
            else {"terminal": self.some(*self.rows["terminals"])["id"]}
        )
        services = [row["id"] for row in self.rows["services"]]
        self.add(
            "checks", id=f"c{number}", kind=kind, servers=self.some(None, 1, 2), time_h=self.some(1, 4, 12),
            probability=self.some(1, 0) if self.exact else self.some(1, 0.3, 0.7), order=self.some(0, 1),
            services=self.some("", self.some(*services)), classes=self.some("", "general", "reefer dangerous"),
            **where, **self.spread("time"),
        )  # fmt: skip

    def closure(self, number: int) -> None:
        table = self.some("links", "zones", "terminals")
        rows = self.rows.get(table) or self.rows["terminals"]
        row = {(table if table in self.rows else "terminals")[:-1]: self.some(*rows)["id"]}
        if self.exact or self.one_in(3):
            start = self.moment()
            row |= {"start": start, "end": start + timedelta(hours=self.some(10, 40))}
        else:
            row |= {"days_per_month": self.some(2, 8), "duration_h": self.some(10, 40), **self.spread("duration")}
            row |= {"months": "1 2 11"} if self.one_in(2) else {}
        self.add("closures", id=f"s{number}", **row)
