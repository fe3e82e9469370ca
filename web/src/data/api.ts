// Made from the service's OpenAPI description by: uv run python -m jibek.serve._types > web/src/data/api.ts
// All fields of an answer are there; what is sent may leave out those that have a default.

export type JobRequest = Job["request"];
export type JobState = Job["state"];

/** Raise the capacities of a case one at a time, and order them by what that does. */
export interface Bottlenecks {
  kind: "bottlenecks";
  case: Case;
  /** how many capacities are raised */
  most: number;
  /** how often, each time with other random numbers */
  replications: number;
}

/** Bound what a case can carry, without simulating it. */
export interface Bound {
  kind: "bound";
  case: Case;
}

/** A package with measures and changes, and how it is simulated. */
export interface Case {
  /** id of a package */
  package: string;
  /** measures of the package that are taken */
  measures: string[];
  /** changes, in the grammar of the command line */
  changes: string[];
  /** days that count; null: those of the package */
  days: number | null;
  /** days before them; null: those of the package */
  warmup_days: number | null;
  /** seed of all random numbers */
  seed: number;
}

/** What a case changes, and how it is written on the command line. */
export interface CaseRead {
  changed: Changed[];
  command: string;
}

/** Measures and changes to be made to a package. */
export interface CaseText {
  measures: string[];
  changes: string[];
  days: number | null;
  warmup_days: number | null;
}

/** A table as texts. */
export interface Cells {
  columns: string[];
  rows: string[][];
}

/** A value that is changed. */
export interface Changed {
  /** `table.id.field`, or `days` or `warmup_days` */
  target: string;
  before: string;
  after: string;
}

/** What is wrong with the tables that were sent; nothing: they can be kept. */
export interface Checked {
  problems: Problem[];
}

/** A time when a terminal, a zone or a link does not work: once, or at random. */
export interface Closure {
  id: string;
  /** what is closed, `table.id` */
  target: string;
  label: string;
  /** date and time by the corridor's clock, which has no zone */
  start: string | null;
  end: string | null;
  /** months of random closures; none: all */
  months: number[];
  days_per_month: number | null;
  duration_h: number | null;
}

/** A column of a table. */
export interface Column {
  name: string;
  type: "text" | "number" | "whole number" | "yes/no" | "date" | "date and time";
  unit: string;
  required: boolean;
  description: string;
  /** table whose ids are named */
  reference: string | null;
  /** words allowed; none: any */
  choices: string[];
}

/** Simulate a case and others made of it, with the same random numbers. */
export interface Compare {
  kind: "compare";
  case: Case;
  /** changes, or measures, by name of the case */
  cases: Record<string, unknown>;
  /** how often, each time with other random numbers */
  replications: number;
}

/** What replaces parts of a package: whole tables, and single fields of its header. */
export interface Edit {
  /** one without rows is taken out */
  tables: Record<string, Cells>;
  /** text by field; one that is blank is taken out */
  header: Record<string, string>;
}

/** Demand from an origin to a destination. */
export interface Flow {
  id: string;
  name: string;
}

/** A transfer job made by a seed. */
export interface Generate {
  family: "pair" | "merge" | "split" | "day";
  /** boxes */
  size: number;
  seed: number;
}

/** What a package says of itself as a whole: the fields of its header as texts. */
export interface Header {
  /** its file; problems name it as their table */
  file: string;
  columns: Column[];
  /** text of each field */
  cells: Record<string, string>;
}

/** Choose the best set of measures within a budget. */
export interface Invest {
  kind: "invest";
  case: Case;
  /** what may be spent, million */
  budget: number;
  objective: "throughput" | "transit" | "cost";
  /** how often, each time with other random numbers */
  replications: number;
}

/** Something that takes time: what was asked, how far it is, and what has been found so far. */
export interface Job {
  /** hash of the request, of the package's content and of Jibek's version */
  id: string;
  kind: "simulate" | "bound" | "bottlenecks" | "compare" | "invest" | "plan";
  request: Simulate | Bound | Bottlenecks | Compare | Invest | PlanTransfer;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** share done, 0 to 1 */
  share: number;
  /** seconds left, estimated */
  left_s: number | null;
  /** replications that the answer is made of */
  replications: number | null;
  /** what the command of that name prints with `--json`; of a simulation under way: its totals so far, and always with `values`: some figures replication by replication; null in an event if one before has told it */
  answer: Record<string, unknown> | null;
  /** why it failed */
  problems: Problem[];
  created: string;
  finished: string | null;
  /** names of the files that can be fetched */
  files: string[];
}

/** A value of a corridor that a what-if changes: `change=value` is the change. */
export interface Lever {
  /** what is set, `table.id.field`; one that ends in `*` is multiplied */
  change: string;
  group: "cranes" | "tracks" | "berths" | "yards" | "checks" | "ships" | "trains" | "paths" | "storms" | "volumes";
  label: string;
  unit: string;
  /** value as it is; 1 where it is multiplied */
  value: number;
  low: number;
  high: number;
  /** values from `low` to `high` that are asked for */
  step: number;
  /** whether only whole numbers are allowed */
  whole: boolean;
  /** share of it that demand as given needs in the mean; null: not known */
  used: number | null;
}

/** Levers that words are found in. */
export interface Levers {
  /** the first of them */
  levers: Lever[];
  /** how many there are */
  lever_count: number;
}

/** A job in the list. */
export interface Listed {
  id: string;
  kind: "simulate" | "bound" | "bottlenecks" | "compare" | "invest" | "plan";
  package: string | null;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  share: number;
  created: string;
  finished: string | null;
  /** room that its files take */
  size_bytes: number;
}

/** A change of the corridor with a cost and a date. */
export interface Measure {
  id: string;
  title: string;
  status: "completed" | "under way" | "planned" | "scenario";
  /** cost, million of the package's currency */
  cost_million: number | null;
  changes: string[];
  /** measures that are taken with it */
  needs: string[];
  /** measures that cannot be taken with it */
  excludes: string[];
}

/** A case that is kept under a name. */
export interface NamedCase {
  name: string;
  case: Case;
  saved: string;
}

/** A corridor, or a transfer job, as a folder of tables; it never changes. */
export interface Package {
  /** the package it was made of by an edit; null: it was not */
  parent: string | null;
  /** rows that are not its parent's, by table; fields of the header by the name of its file */
  changed: Record<string, number>;
  /** name of a package that comes with Jibek or is served, or the hash of its content */
  id: string;
  kind: "corridor" | "transfer";
  title: string;
  description: string;
  /** whether it comes with Jibek */
  bundled: boolean;
  /** days that count; null: it is a transfer job */
  days: number | null;
  /** when it was uploaded or edited; null: it was there before */
  created: string | null;
}

/** A package, and what a what-if can change of it. */
export interface PackageDetail {
  /** the package it was made of by an edit; null: it was not */
  parent: string | null;
  /** rows that are not its parent's, by table; fields of the header by the name of its file */
  changed: Record<string, number>;
  /** name of a package that comes with Jibek or is served, or the hash of its content */
  id: string;
  kind: "corridor" | "transfer";
  title: string;
  description: string;
  /** whether it comes with Jibek */
  bundled: boolean;
  /** days that count; null: it is a transfer job */
  days: number | null;
  /** when it was uploaded or edited; null: it was there before */
  created: string | null;
  /** of all its prices, ISO 4217; null: it is a transfer job */
  currency: string | null;
  /** those that matter first */
  levers: Lever[];
  /** how many there are; the others are found by words */
  lever_count: number;
  measures: Measure[];
  closures: Closure[];
  flows: Flow[];
}

/** Plan a gauge transfer: of a package, or of a job made by a seed. */
export interface PlanTransfer {
  kind: "plan";
  package: string | null;
  generate: Generate | null;
  /** seconds of search */
  time_limit_s: number;
  /** seed of all random numbers */
  seed: number;
}

/** One thing that is wrong, where it is, and what to do about it. */
export interface Problem {
  /** table, or other place */
  table: string | null;
  /** id of the row */
  row: string | null;
  /** line in the table's file, from 1 */
  line: number | null;
  /** column, or field of what was sent */
  column: string | null;
  /** what is wrong */
  message: string;
}

/** Why something cannot be done: all that is wrong at once. */
export interface Problems {
  problems: Problem[];
}

/** Simulate a case; its statistics are there after the first replication, and narrow with each that follows. */
export interface Simulate {
  kind: "simulate";
  case: Case;
  /** how often, each time with other random numbers */
  replications: number;
  /** whether the tables of the first replication have single containers too */
  containers: boolean;
}

/** A table of a package: what it may hold, and how many rows it has. */
export interface Table {
  name: string;
  title: string;
  description: string;
  rows: number;
  columns: Column[];
}

/** Header and tables of a package. */
export interface Tables {
  header: Header;
  tables: Table[];
}
