"""What the page shows: one document, described here only; `web/src/data/document.ts` is made from it.

Places, links and so on are named by their ids, as in the package. Beside the document travel columns of whole numbers
(`_pack.py`): movements, days and histograms.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Position = tuple[float, float]
Mode = Literal["rail", "sea", "road"]


class Part(BaseModel):
    """A part of the document."""

    model_config = ConfigDict(frozen=True)


class Place(Part):
    """A point on the map."""

    id: str
    name: str
    country: str
    at: Position


class Link(Part):
    """A stretch between two places, and its drawn line as longitude and latitude."""

    id: str
    name: str
    from_place: str
    to_place: str
    mode: Mode
    gauge_mm: int | None
    length_km: float
    line: list[Position]


class Zone(Part):
    """Tracks, berths or gate lanes of a terminal, or its yard."""

    id: str
    name: str
    kind: Literal["track", "berth", "gate", "yard"]
    positions: int | None
    capacity_teu: float | None


class Pool(Part):
    """Equipment or a check of a terminal."""

    id: str
    name: str


class Terminal(Part):
    """A facility at a place; without zones it lies outside what is studied."""

    id: str
    name: str
    place: str
    zones: list[Zone]
    equipment: list[Pool]
    checks: list[Pool]


class Service(Part):
    """A way of running; `links` are positions in the list of links, `back` says which are run backward."""

    id: str
    name: str
    from_terminal: str
    to_terminal: str
    links: list[int]
    back: list[bool]


class Way(Part):
    """The services of an itinerary, and its share of the flow."""

    id: str
    services: list[str]
    share: float


class Flow(Part):
    """Demand, with its ways, the usual one first."""

    id: str
    name: str
    from_terminal: str
    to_terminal: str
    modes: list[Mode]
    ways: list[Way]


class Closure(Part):
    """What is closed, and when in the replication shown: hours since the start."""

    id: str
    kind: Literal["terminal", "zone", "link"]
    target: str
    spells: list[tuple[float, float]]


class Behind(Part):
    """A flow that did not keep up: TEU inside at the start and at the end, and the yard that grew most."""

    flow: str
    begin_teu: float
    end_teu: float
    terminal: str | None


class Busy(Part):
    """A utilisation: the figure, and the group and the name of what is used."""

    figure: str
    group: str
    name: str


class Stay(Part):
    """Mean days that a flow's containers spend in a stage somewhere."""

    flow: str
    location: str
    stage: str
    days: float


class Observed(Part):
    """An observation beside what was simulated."""

    id: str
    observed: float
    unit: str
    period: str
    note: str
    simulated: tuple[float | None, float | None, float | None]
    difference: float | None


class Input(Part):
    """A number that went in, how well it is known, and where it comes from."""

    table: str
    row: str
    column: str
    value: float | list[float]
    unit: str
    origin: Literal["sourced", "assumed", "unsourced"]
    source: str | None
    known: tuple[float, float, float, bool] | None


class Source(Part):
    """A publication, or what is assumed and why."""

    title: str
    publisher: str
    url: str


class Series(Part):
    """A quantity day by day; in the column `daily` stand the replication shown, mean, least and most."""

    quantity: Literal["queue", "yard"]
    id: str


class Histogram(Part):
    """Transit times of a flow: containers delivered by bin, in the column `transit`."""

    flow: str
    bins: int


class Movements(Part):
    """Vehicles of the replication shown, in the column `movements`; `trips` counts them by service."""

    replication: int
    begin_h: float
    end_h: float
    trips: dict[str, int]


class Scales(Part):
    """What the whole numbers of the columns are multiples of."""

    movement_h: float
    daily: float
    transit_days: float


class Column(Part):
    """Where a column stands in the bytes after the document, and how many numbers it has."""

    offset: int
    length: int
    count: int


class Document(Part):
    """All that the page shows of a run."""

    title: str
    description: str
    version: str
    start: str
    days: int
    currency: str
    licence: str
    seed: int
    replications: int
    interrupted: bool
    measures: list[str]
    changes: list[str]
    means: dict[str, Any]
    intervals: dict[str, Any] | None
    stages: list[str]
    places: list[Place]
    links: list[Link]
    terminals: list[Terminal]
    services: list[Service]
    flows: list[Flow]
    closures: list[Closure]
    busiest: list[Busy]
    behind: list[Behind]
    budget: list[Stay]
    observed: list[Observed]
    inputs: list[Input]
    sources: dict[str, Source]
    series: list[Series]
    histograms: list[Histogram]
    movements: Movements | None
    scales: Scales
