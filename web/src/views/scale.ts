import type { Interval } from "../data/study";
import type { Figure } from "../data/report";
import { figure, number } from "../format";
import { say } from "../messages";

/** Places values of intervals on a line that has 0 on it, in per cent of its length. */
export interface Scale {
  low: number;
  high: number;
  at(value: number): number;
}

const ROOM = 0.02;

export function scaleOf(intervals: readonly (Interval | undefined)[]): Scale {
  const values = intervals.flatMap((one) => [one?.mean, one?.low, one?.high]).filter((one) => typeof one === "number");
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const room = ROOM * (most - least || 1);
  const low = least < 0 ? least - room : 0;
  const high = most > 0 || low === 0 ? most + room : 0;
  return { low, high, at: (value) => (100 * (value - low)) / (high - low) };
}

/** An interval as the report's figures have it; null if nothing is known. */
export function known(one: Interval | undefined): Figure | null {
  return one && one.mean !== null ? { mean: one.mean, low: one.low, high: one.high } : null;
}

/** A figure with its half interval. */
export const told = (one: Interval | undefined): string => figure(known(one));

/** A difference, with its sign. */
export function signed(one: Interval | undefined): string {
  const found = known(one);
  return found && found.mean > 0 ? `+${figure(found)}` : figure(found).replace(/^-(?=0( |$))/, "").replace(/^-/, "−");
}

/** Three digits of a number. */
export const short = (value: number): string => number(Number(value.toPrecision(3)));

/** The name of a figure, of all flows or of one: `total.delivered_teu` of `delivered_teu`. */
export const of = (flow: string, name: string): string => (flow ? `flows.${flow}.${name}` : `total.${name}`);

/** What the interval says in words, for those who do not see it. */
export function inWords(one: Interval | undefined, unit: string): string {
  if (!one || one.low === null || one.high === null) return `${signed(one)} ${unit}`;
  return `${signed(one)} ${unit}, ${say.views.toEither(short(one.low), short(one.high))}`;
}
