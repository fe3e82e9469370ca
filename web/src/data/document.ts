// Made from src/jibek/web/_document.py by: uv run python -m jibek.web._types > web/src/data/document.ts

/** A point on the map. */
export interface Place {
  id: string;
  name: string;
  country: string;
  at: [number, number];
}

/** A stretch between two places, and its drawn line as longitude and latitude. */
export interface Link {
  id: string;
  name: string;
  from_place: string;
  to_place: string;
  mode: "rail" | "sea" | "road";
  gauge_mm: number | null;
  length_km: number;
  line: [number, number][];
}

/** Tracks, berths or gate lanes of a terminal, or its yard. */
export interface Zone {
  id: string;
  name: string;
  kind: "track" | "berth" | "gate" | "yard";
  positions: number | null;
  capacity_teu: number | null;
}

/** Equipment or a check of a terminal. */
export interface Pool {
  id: string;
  name: string;
}

/** A facility at a place; without zones it lies outside what is studied. */
export interface Terminal {
  id: string;
  name: string;
  place: string;
  zones: Zone[];
  equipment: Pool[];
  checks: Pool[];
}

/** A way of running; `links` are positions in the list of links, `back` says which are run backward. */
export interface Service {
  id: string;
  name: string;
  from_terminal: string;
  to_terminal: string;
  links: number[];
  back: boolean[];
}

/** The services of an itinerary, and its share of the flow. */
export interface Way {
  id: string;
  services: string[];
  share: number;
}

/** Demand, with its ways, the usual one first. */
export interface Flow {
  id: string;
  name: string;
  from_terminal: string;
  to_terminal: string;
  modes: ("rail" | "sea" | "road")[];
  ways: Way[];
}

/** What is closed, and when in the replication shown: hours since the start. */
export interface Closure {
  id: string;
  kind: "terminal" | "zone" | "link";
  target: string;
  spells: [number, number][];
}

/** A flow that did not keep up: TEU inside at the start and at the end, and the yard that grew most. */
export interface Behind {
  flow: string;
  begin_teu: number;
  end_teu: number;
  terminal: string | null;
}

/** A utilisation: the figure, and the group and the name of what is used. */
export interface Busy {
  figure: string;
  group: string;
  name: string;
}

/** Mean days that a flow's containers spend in a stage somewhere. */
export interface Stay {
  flow: string;
  location: string;
  stage: string;
  days: number;
}

/** An observation beside what was simulated. */
export interface Observed {
  id: string;
  observed: number;
  unit: string;
  period: string;
  note: string;
  simulated: [number | null, number | null, number | null];
  difference: number | null;
}

/** A number that went in, how well it is known, and where it comes from. */
export interface Input {
  table: string;
  row: string;
  column: string;
  value: number | number[];
  unit: string;
  origin: "sourced" | "assumed" | "unsourced";
  source: string | null;
  known: [number, number, number, boolean] | null;
}

/** A publication, or what is assumed and why. */
export interface Source {
  title: string;
  publisher: string;
  url: string;
}

/** A quantity day by day; in the column `daily` stand the replication shown, mean, least and most. */
export interface Series {
  quantity: "queue" | "yard";
  id: string;
}

/** Transit times of a flow: containers delivered by bin, in the column `transit`. */
export interface Histogram {
  flow: string;
  bins: number;
}

/** Vehicles of the replication shown, in the column `movements`; `trips` counts them by service. */
export interface Movements {
  replication: number;
  begin_h: number;
  end_h: number;
  trips: Record<string, number>;
}

/** What the whole numbers of the columns are multiples of. */
export interface Scales {
  movement_h: number;
  daily: number;
  transit_days: number;
}

/** Where a column stands in the bytes after the document, and how many numbers it has. */
export interface Column {
  offset: number;
  length: number;
  count: number;
}

/** All that the page shows of a run. */
export interface Document {
  title: string;
  description: string;
  version: string;
  start: string;
  days: number;
  currency: string;
  licence: string;
  seed: number;
  replications: number;
  interrupted: boolean;
  measures: string[];
  changes: string[];
  means: Record<string, unknown>;
  intervals: Record<string, unknown> | null;
  stages: string[];
  places: Place[];
  links: Link[];
  terminals: Terminal[];
  services: Service[];
  flows: Flow[];
  closures: Closure[];
  busiest: Busy[];
  behind: Behind[];
  budget: Stay[];
  observed: Observed[];
  inputs: Input[];
  sources: Record<string, Source>;
  series: Series[];
  histograms: Histogram[];
  movements: Movements | null;
  scales: Scales;
}
