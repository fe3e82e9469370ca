"""The tables of a corridor package: one class a table, one annotated field a column.

This module is the only description of the columns. The reader, the checker, the package reference in
``docs/`` and ``datapackage.json`` are made from it: the name, the type, the limits and the default of a
column are those of the field, its meaning is the field's description, its unit and what it refers to stand in
the annotation (`Unit`, `Ref`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jibek.tables import (
    CHAINED,
    LEAST,
    LISTED,
    SPACED,
    Day,
    Gauge,
    Id,
    Moment,
    NotNegative,
    Number,
    PackageHeader,
    Positive,
    Ref,
    Row,
    Schema,
    Share,
    Source,
    SourceRow,
    Unit,
    Variation,
)

SCHEMA_VERSION = 1

Mode = Literal["rail", "sea", "road"]
CargoClass = Literal["general", "reefer", "dangerous", "oversize", "empty"]
Distribution = Literal["fixed", "exponential", "uniform", "lognormal", "gamma"]

Classes = Annotated[tuple[CargoClass, ...], SPACED]


class Place(Row):
    """A point on the map."""

    table = "places"

    id: Id = Field(description="name of the place in all other tables")
    name: str = Field(default="", description="name to be shown")
    country: str = Field(default="", description="ISO 3166 two-letter code")
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), Unit("degrees")] = Field(
        description="latitude, north positive"
    )
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), Unit("degrees")] = Field(
        description="longitude, east positive"
    )
    unlocode: str = Field(default="", description="UN/LOCODE, where there is one")
    source: Source


class Link(Row):
    """A stretch between two places, used in both directions."""

    table = "links"

    id: Id = Field(description="name of the link")
    from_place: Annotated[Id, Ref("places")] = Field(description="end from which `forward` is counted")
    to_place: Annotated[Id, Ref("places")] = Field(description="other end")
    mode: Mode = Field(description="what moves on it")
    gauge_mm: Gauge | None = Field(default=None, description="track gauge; rail links must have one")
    length_km: Annotated[Positive, Unit("km")] = Field(description="length along the line")
    run_h: Annotated[NotNegative, Unit("h")] = Field(description="mean running time forward, stops on the way included")
    back_run_h: Annotated[NotNegative | None, Unit("h")] = Field(
        default=None, description="mean running time backward; default as forward"
    )
    min_run_h: Annotated[NotNegative, Unit("h")] = Field(
        default=0.0, description="floor of the running time, both directions; at most the mean"
    )
    run_cv: Variation = Field(default=0.0, description="coefficient of variation of the running time")
    run_dist: Distribution = Field(default="lognormal", description="distribution of the running time")
    paths_per_day: Annotated[Positive | None, Unit("vehicles/day")] = Field(
        default=None, description="departures a day forward; none: no limit"
    )
    back_paths_per_day: Annotated[Positive | None, Unit("vehicles/day")] = Field(
        default=None, description="departures a day backward; default as forward"
    )
    tracks: int | None = Field(default=None, ge=1, le=20, description="number of tracks (shown, not simulated)")
    electrified: bool | None = Field(default=None, description="whether the line is electrified (shown, not simulated)")
    via: Annotated[tuple[str, ...], LISTED] = Field(
        default=(), description="way points of the drawn line, `lat lon; lat lon`"
    )
    source: Source


class Terminal(Row):
    """A facility at a place where containers change vehicle.

    A terminal without zones is an *outer terminal*: it lies outside what is studied, handling there takes no
    time.
    """

    table = "terminals"

    id: Id = Field(description="name of the terminal")
    place: Annotated[Id, Ref("places")] = Field(description="where it is")
    name: str = Field(default="", description="name to be shown")
    source: Source


class Zone(Row):
    """A track group of one gauge, a group of berths or gate lanes, or the yard of a terminal."""

    table = "zones"

    id: Id = Field(description="name of the zone, unique in the package")
    terminal: Annotated[Id, Ref("terminals")] = Field(description="terminal it belongs to")
    kind: Literal["track", "berth", "gate", "yard"] = Field(
        description="`track` for rail, `berth` for sea, `gate` for road, "
        "`yard` for standing containers (one a terminal)"
    )
    gauge_mm: Gauge | None = Field(default=None, description="gauge of the tracks; `track` zones must have one")
    positions: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="vehicles handled at the same time; all zones but the yard have it",
    )
    sidings: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="further arriving vehicles that may stand before the positions; none: no limit",
    )
    capacity_teu: Annotated[Positive | None, Unit("TEU")] = Field(
        default=None, description="containers that may stand in the yard; none: no limit"
    )
    source: Source


class Equipment(Row):
    """A pool of like cranes, reach stackers, tractors or gangs."""

    table = "equipment"

    id: Id = Field(description="name of the pool")
    terminal: Annotated[Id, Ref("terminals")] = Field(description="terminal it belongs to")
    name: str = Field(default="", description="name to be shown")
    count: int = Field(ge=0, le=10_000, description="units in the pool")
    move_min: Annotated[NotNegative, Unit("min")] = Field(description="mean time a unit is busy with one container")
    move_cv: Variation = Field(default=0.0, description="coefficient of variation of that time")
    move_dist: Distribution = Field(default="lognormal", description="distribution of that time")
    source: Source


class Transfer(Row):
    """A chain of equipment that carries a container from one zone to another."""

    table = "transfers"

    id: Id = Field(description="name of the transfer")
    from_zone: Annotated[Id, Ref("zones")] = Field(description="zone where the container stands or its vehicle is")
    to_zone: Annotated[Id, Ref("zones")] = Field(description="zone it is brought to, of the same terminal")
    steps: Annotated[tuple[Annotated[Id, Ref("equipment")], ...], CHAINED] = Field(
        min_length=1, max_length=8, description="equipment in the order of use, `sts>tractor>rtg`"
    )
    classes: Classes = Field(default=(), description="cargo classes it serves; none named: all")
    source: Source


class Check(Row):
    """Customs, inspection, brake test, locomotive change: time that a vehicle or a container is held."""

    table = "checks"

    id: Id = Field(description="name of the check")
    kind: Literal["arrival", "departure", "way", "hold"] = Field(
        description="of vehicles `arrival` and `departure` at a terminal and `way` at a place passed; "
        "`hold`: of a container that has been unloaded at a terminal"
    )
    terminal: Annotated[Id | None, Ref("terminals")] = Field(default=None, description="where; for all kinds but `way`")
    place: Annotated[Id | None, Ref("places")] = Field(default=None, description="where; for kind `way`")
    order: int = Field(
        default=0,
        ge=-1000,
        le=1000,
        description="checks of the same kind at the same spot are done by rising order, then id",
    )
    servers: int | None = Field(
        default=None, ge=0, le=10_000, description="posts working at the same time; none: no limit"
    )
    time_h: Annotated[NotNegative, Unit("h")] = Field(description="mean duration")
    time_cv: Variation = Field(default=0.0, description="coefficient of variation of the duration")
    time_dist: Distribution = Field(default="lognormal", description="distribution of the duration")
    probability: Share = Field(default=1.0, description="share of vehicles or containers that are checked")
    services: Annotated[tuple[Annotated[Id, Ref("services")], ...], SPACED] = Field(
        default=(),
        description="services it concerns; none named: all (a hold: the service that brought the container)",
    )
    classes: Classes = Field(
        default=(),
        description="cargo classes it concerns; a vehicle is concerned when it carries one; none named: all",
    )
    source: Source


class Closure(Row):
    """A time when a terminal, a zone or a link does not work.

    Either once, from `start` to `end`, or at random: on average `days_per_month` in each of `months`, in
    spells of mean length `duration_h`.
    """

    table = "closures"

    id: Id = Field(description="name of the closure")
    terminal: Annotated[Id | None, Ref("terminals")] = Field(default=None, description="terminal that is closed")
    zone: Annotated[Id | None, Ref("zones")] = Field(default=None, description="or zone that is closed")
    link: Annotated[Id | None, Ref("links")] = Field(default=None, description="or link that is closed")
    start: Moment | None = Field(default=None, description="begin of a closure that happens once")
    end: Moment | None = Field(default=None, description="end of a closure that happens once")
    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], SPACED] = Field(
        default=(), description="months of random closures, `11 12 1 2`; none named: all"
    )
    days_per_month: Annotated[float | None, Field(ge=0, lt=28, allow_inf_nan=False), Unit("days")] = Field(
        default=None, description="mean days closed in each such month"
    )
    duration_h: Annotated[Positive | None, Unit("h")] = Field(default=None, description="mean length of one spell")
    duration_cv: Variation = Field(default=0.0, description="coefficient of variation of the length")
    duration_dist: Distribution = Field(default="lognormal", description="distribution of the length")
    source: Source


class Fleet(Row):
    """Vehicles that are alike."""

    table = "fleets"

    id: Id = Field(description="name of the fleet")
    name: str = Field(default="", description="name to be shown")
    mode: Mode = Field(description="where the vehicles move")
    gauge_mm: Gauge | None = Field(default=None, description="their gauge; rail fleets must have one")
    count: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="vehicles; none: no limit, a vehicle appears when it is called and vanishes at the end "
        "of its rotation",
    )
    capacity_teu: Annotated[Positive, Unit("TEU")] = Field(description="containers that a vehicle takes")
    source: Source


class Service(Row):
    """A way of running from one terminal to another along a path of links, with a departure rule."""

    table = "services"

    id: Id = Field(description="name of the service")
    name: str = Field(default="", description="name to be shown")
    from_terminal: Annotated[Id, Ref("terminals")] = Field(description="where it loads")
    from_zone: Annotated[Id | None, Ref("zones")] = Field(
        default=None, description="zone where it loads; outer terminals have none"
    )
    to_terminal: Annotated[Id, Ref("terminals")] = Field(description="where it unloads")
    to_zone: Annotated[Id | None, Ref("zones")] = Field(
        default=None, description="zone where it unloads; outer terminals have none"
    )
    path: Annotated[tuple[Annotated[Id, Ref("links")], ...], CHAINED] = Field(
        min_length=1,
        description="links in the order of running, `a-b>b-c`; each is run forward or backward as it joins",
    )
    rule: Literal["filled", "interval", "timetable", "listed"] = Field(
        description="departure rule: when filled, every n hours, on days and times, or listed in `departures`"
    )
    every_h: Annotated[Positive | None, Unit("h")] = Field(
        default=None, description="`interval`: time between departures"
    )
    offset_h: Annotated[NotNegative, Unit("h")] = Field(
        default=0.0, description="`interval`: the first departure after the start of the corridor's clock"
    )
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], SPACED] = Field(
        default=(), description="`timetable`: days of the week, Monday is 1; none named: daily"
    )
    times: Annotated[tuple[Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], ...], SPACED] = Field(
        default=(), description="`timetable`: times of the day, `06:00 18:30`"
    )
    load_h: Annotated[NotNegative, Unit("h")] = Field(
        default=12.0,
        description="`interval`, `timetable`, `listed`: loading begins so long before the departure",
    )
    min_teu: Annotated[NotNegative, Unit("TEU")] = Field(
        default=0.0, description="least load; `filled`: also what must wait before a vehicle is called"
    )
    max_wait_h: Annotated[NotNegative | None, Unit("h")] = Field(
        default=None, description="a container that has waited so long sets `min_teu` aside; none: never"
    )
    load_share: Annotated[float, Field(ge=LEAST, le=1, allow_inf_nan=False)] = Field(
        default=1.0, description="usable share of the vehicle's capacity (draught, mass)"
    )
    priority: int = Field(
        default=0, ge=-1000, le=1000, description="vehicles of higher priority are given a position first"
    )
    classes: Classes = Field(default=(), description="cargo classes it carries; none named: all")
    source: Source


class Rotation(Row):
    """The cycle of services that a fleet repeats; a finite fleet is at home where its rotations begin."""

    table = "rotations"

    id: Id = Field(description="name of the rotation")
    fleet: Annotated[Id, Ref("fleets")] = Field(description="whose rotation it is")
    services: Annotated[tuple[Annotated[Id, Ref("services")], ...], CHAINED] = Field(
        min_length=1, description="services in order, `out>back`; closed for a finite fleet"
    )
    priority: int = Field(
        default=0,
        ge=-1000,
        le=1000,
        description="a vehicle at home takes the rotation of highest priority that calls",
    )
    source: Source


class Flow(Row):
    """Demand from an origin to a destination."""

    table = "flows"

    id: Id = Field(description="name of the flow")
    name: str = Field(default="", description="name to be shown")
    from_terminal: Annotated[Id, Ref("terminals")] = Field(description="where its containers enter")
    to_terminal: Annotated[Id, Ref("terminals")] = Field(description="where they leave")
    teu_per_year: Annotated[NotNegative, Unit("TEU/year")] = Field(
        default=0.0, description="volume in a year of 365 days; `listed` flows take it from `arrivals`"
    )
    arrival: Literal["regular", "poisson", "listed"] = Field(
        default="regular",
        description="`regular`: evenly spread, each at a random time of its interval; `poisson`: at random; "
        "`listed`: as in `arrivals`",
    )
    block_teu: Annotated[Positive | None, Unit("TEU")] = Field(
        default=None, description="containers that come together, as a whole train's load; none: singly"
    )
    season: Annotated[tuple[NotNegative, ...], SPACED] = Field(
        default=(), description="twelve indices, January first, of the volume by month; none: even"
    )
    share_20ft: NotNegative = Field(default=0.0, description="weight of 20 ft containers in the mix, by number")
    share_40ft: NotNegative = Field(default=1.0, description="weight of 40 ft containers in the mix, by number")
    share_45ft: NotNegative = Field(default=0.0, description="weight of 45 ft containers in the mix, by number")
    t_per_teu: Annotated[NotNegative, Unit("t/TEU")] = Field(default=10.0, description="mean gross mass")
    cargo_class: CargoClass = Field(default="general", description="cargo class of all its containers")
    priority: int = Field(
        default=0, ge=-1000, le=1000, description="containers of higher priority are loaded before others"
    )
    source: Source


class Itinerary(Row):
    """The services that containers of a flow use, in order; a flow may have several."""

    table = "itineraries"

    id: Id = Field(description="name of the itinerary")
    flow: Annotated[Id, Ref("flows")] = Field(description="whose itinerary it is")
    services: Annotated[tuple[Annotated[Id, Ref("services")], ...], CHAINED] = Field(
        min_length=1, max_length=30, description="services in order, `a>b>c`"
    )
    share: NotNegative = Field(default=1.0, description="weight among the itineraries of the flow; 0: not used")
    source: Source


class Tariff(Row):
    """A price for riding a service, for being handled at a terminal or for passing a link."""

    table = "tariffs"

    id: Id = Field(description="name of the tariff")
    service: Annotated[Id | None, Ref("services")] = Field(default=None, description="charged for each ride of it")
    terminal: Annotated[Id | None, Ref("terminals")] = Field(default=None, description="or for each handling there")
    link: Annotated[Id | None, Ref("links")] = Field(default=None, description="or for each passing of it")
    per_teu: Annotated[NotNegative, Unit("currency/TEU")] = Field(default=0.0, description="price by length")
    per_container: Annotated[NotNegative, Unit("currency")] = Field(default=0.0, description="price by number")
    per_tkm: Annotated[NotNegative, Unit("currency/tkm")] = Field(default=0.0, description="price by tonne-kilometre")
    classes: Classes = Field(default=(), description="cargo classes that pay it; none named: all")
    source: Source


class Emission(Row):
    """A greenhouse-gas factor of a mode, or of one fleet of it."""

    table = "emissions"

    id: Id = Field(description="name of the factor")
    mode: Mode | None = Field(default=None, description="for all vehicles of the mode that have no factor of their own")
    fleet: Annotated[Id | None, Ref("fleets")] = Field(default=None, description="or for the vehicles of one fleet")
    terminal: Annotated[Id | None, Ref("terminals")] = Field(default=None, description="or for handling at a terminal")
    g_per_tkm: Annotated[NotNegative, Unit("g CO2e/tkm")] = Field(default=0.0, description="moving")
    kg_per_move: Annotated[NotNegative, Unit("kg CO2e")] = Field(
        default=0.0, description="each handling of a container"
    )
    source: Source


class Measure(Row):
    """A change of the corridor with a cost and a date: a project, or the traffic of another year."""

    table = "measures"

    id: Id = Field(description="name of the measure")
    title: str = Field(description="what it is")
    changes: Annotated[tuple[str, ...], LISTED] = Field(
        default=(), description="what it changes, `table.id.field=value; table.id.field*=1.1`"
    )
    cost_million: Annotated[NotNegative | None, Unit("million currency")] = Field(default=None, description="cost")
    ready: Day | None = Field(default=None, description="when it is, or will be, in use")
    status: Literal["completed", "under way", "planned", "scenario"] = Field(
        default="planned", description="`scenario`: not a project but another state of the world"
    )
    requires: Annotated[tuple[Annotated[Id, Ref("measures")], ...], SPACED] = Field(
        default=(), description="measures that must be taken with it"
    )
    excludes: Annotated[tuple[Annotated[Id, Ref("measures")], ...], SPACED] = Field(
        default=(), description="measures that cannot be taken with it"
    )
    source: Source


class Uncertainty(Row):
    """How well a value is known: low, typical and high."""

    table = "uncertainty"

    id: str = Field(description="the value, `table.id.field`; id `*`: the field in all rows")
    low: Number = Field(description="one in twenty would be lower")
    typical: Number = Field(description="most likely")
    high: Number = Field(description="one in twenty would be higher")
    relative: bool = Field(default=False, description="whether the three multiply the value instead of replacing it")
    source: Source


class Observation(Row):
    """What was observed in reality, for comparison with a run."""

    table = "observations"

    id: Id = Field(description="name of the observation")
    quantity: str = Field(description="figure of a run's summary, `links.<id>.departures`; several are joined by ` + `")
    value: Number = Field(description="what was observed")
    unit: str = Field(default="", description="its unit")
    period: str = Field(default="", description="when it was observed")
    measures: Annotated[tuple[Annotated[Id, Ref("measures")], ...], SPACED] = Field(
        default=(),
        description="measures in force at the time; compared only with runs of just these measures",
    )
    note: str = Field(default="", description="what the reader should know")
    source: Source


class Arrival(Row):
    """A listed arrival of containers of a flow."""

    table = "arrivals"
    keyed = False

    flow: Annotated[Id, Ref("flows")] = Field(description="flow with `arrival` = `listed`")
    time: Moment = Field(description="when they come")
    containers: int = Field(default=1, ge=1, le=100_000, description="how many come together")


class Departure(Row):
    """A listed departure of a service."""

    table = "departures"
    keyed = False

    service: Annotated[Id, Ref("services")] = Field(description="service with `rule` = `listed`")
    time: Moment = Field(description="when it leaves")


class Header(PackageHeader):
    """`corridor.toml`: what the package is, and its clock."""

    title: str = Field(description="title to be shown")
    start: Day = Field(description="first day that counts")
    days: Annotated[int, Field(ge=1, le=36_600), Unit("days")] = Field(default=365, description="days that count")
    warmup_days: Annotated[int, Field(ge=0, le=3_660), Unit("days")] = Field(
        default=0, description="days simulated before, not counted"
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        default="USD", description="currency of all prices, ISO 4217"
    )
    licence: str = Field(default="", description="terms of use of the data")
    description: str = Field(default="", description="what it shows")


TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        Place,
        Link,
        Terminal,
        Zone,
        Equipment,
        Transfer,
        Check,
        Closure,
        Fleet,
        Service,
        Rotation,
        Flow,
        Itinerary,
        Tariff,
        Emission,
        Measure,
        Uncertainty,
        Observation,
        SourceRow,
        Arrival,
        Departure,
    )
}
"""All tables by name, in the order of reading and showing."""

SCHEMA = Schema("corridor", Header, TABLES)
