/** What the studies' `--json` prints, as far as the page shows it; `src/jibek/study/` has the documents. */

/** A mean with its 95 % interval; null where there is none. */
export interface Interval {
  mean: number | null;
  low: number | null;
  high: number | null;
}

/** What a study was made from. */
export interface Made {
  jibek: string;
  corridor: { id: string; title: string; hash: string };
  measures: string[];
  changes: string[];
  start: string;
  days: number;
  warmup_days: number;
  /** Of all costs. */
  currency: string;
}

interface Simulated extends Made {
  seed: number;
  replications: number;
}

/** What one change does. */
export interface Tried {
  change: string;
  title: string;
  effect: Record<string, Interval>;
  budget_days: Record<string, Interval>;
}

export interface Bottlenecks extends Simulated {
  variance_reduction: Record<string, number | null>;
  changes_tried: Tried[];
  /** What places and stages of the budgets are called. */
  places: Record<string, string>;
  failed?: Record<string, string>;
}

export interface Comparison extends Simulated {
  cases: Record<string, { measures: string[]; changes: string[] }>;
  figures: Record<string, Record<string, Interval>>;
  differences: Record<string, Record<string, Interval>>;
  failed?: Record<string, string>;
}

/** A capacity: the share of it that is needed, in all and by month; how it is raised, and the TEU a year that this brings. */
export interface Limit {
  name: string;
  title: string;
  utilisation: number;
  raised: { words: string; change: string | null; teu: number };
  months: number[];
}

export interface Bound extends Made {
  scale: number | null;
  volume_teu: number | null;
  binding: string[];
  flows: string[];
  seconds: number;
  as_given: { offered_teu: number; volume_teu: number; binding: string[] };
  limits: Limit[];
  months: { month: string; scale: number | null; binding: string[] }[];
}

/** A set of measures: its cost and what it changes. */
export interface Option {
  measures: string[];
  cost_million: number;
  effect: Interval;
}

export interface Step {
  measures: string[];
  ready: string | null;
  cost_million: number;
  alone: Option | null;
  so_far: Option | null;
}

export type Objective = "throughput" | "transit" | "cost";

export interface Investment extends Simulated {
  objective: Objective;
  figure: string;
  unit: string;
  budget_million: number;
  done: string[];
  under_way: string[];
  could_be_chosen: string[];
  out: Record<string, string>;
  base: Interval;
  best: Option;
  selected: Option;
  next: Step[];
  frontier: Option[];
  sure: {
    confidence: number;
    zone: number;
    per_million: number;
    lead: number | null;
    ended: boolean;
    compared: number;
    replications: number;
    left: number;
    procedure: string;
  };
  screened: {
    sets: number;
    within_budget: number;
    simulated: number;
    excluded_by_bound: number;
    not_examined: number;
    predicted: boolean;
  };
  failed: Record<string, string>;
}

type Held = Record<string, unknown>;

const held = (value: unknown): value is Held => typeof value === "object" && value !== null && !Array.isArray(value);

/** Narrow an answer to a document by the keys that only it has; null if it is another. */
function only<Document extends Made>(answer: unknown, lists: string[], objects: string[]): Document | null {
  if (!held(answer) || !held(answer.corridor)) return null;
  const fits = lists.every((name) => Array.isArray(answer[name])) && objects.every((name) => held(answer[name]));
  return fits ? (answer as unknown as Document) : null;
}

export const asBottlenecks = (answer: unknown): Bottlenecks | null =>
  only<Bottlenecks>(answer, ["changes_tried"], ["variance_reduction"]);

export const asComparison = (answer: unknown): Comparison | null =>
  only<Comparison>(answer, [], ["cases", "figures", "differences"]);

export const asBound = (answer: unknown): Bound | null => only<Bound>(answer, ["limits", "months"], ["as_given"]);

export const asInvestment = (answer: unknown): Investment | null =>
  only<Investment>(answer, ["next", "frontier", "done", "under_way"], ["best", "base", "sure", "screened"]);

/** Whether an interval does not reach 0. */
export function differs(one: Interval | undefined): boolean {
  return one !== undefined && one.low !== null && one.high !== null && (one.low > 0 || one.high < 0);
}
