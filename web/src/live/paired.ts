import { figureOf, type Figure, type Tree } from "../data/report";

/** What `jibek simulate --json` prints, and the headline's values in each replication. */
export interface Answer extends Tree {
  replications: number;
  days: number;
  start: string;
  currency: string;
  intervals: Tree | null;
  values: Record<string, (number | null)[]>;
}

export function figureIn(answer: Answer, name: string): Figure | null {
  return figureOf(answer, answer.intervals, name);
}

/** By how much a figure is above that of the base, with the same random numbers in both: over the replications both have. */
export function difference(base: Answer, changed: Answer, name: string): Figure | null {
  const others = base.values[name] ?? [];
  const pairs = (changed.values[name] ?? []).flatMap((value, n) => {
    const other = others[n];
    return value === null || other === null || other === undefined ? [] : [value - other];
  });
  return pairs.length ? interval(pairs) : null;
}

/** Mean and 95 % interval; no interval with fewer than two. */
export function interval(values: number[]): Figure {
  const count = values.length;
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  if (count < 2) return { mean, low: null, high: null };
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
  const half = student(count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

/** How far Student's t goes to either side with a probability of 95 %, as `results/_interval.py` finds it. */
function student(freedom: number): number {
  let [low, high] = [0, 13];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability that |T| < t: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4. */
function within(t: number, freedom: number): number {
  const angle = Math.atan2(t, Math.sqrt(freedom));
  const odd = freedom % 2;
  let term = odd ? Math.cos(angle) : 1;
  let total = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < freedom - 1; k += 2) {
    term *= ((k - 1) / k) * Math.cos(angle) ** 2;
    total += term;
  }
  total *= Math.sin(angle);
  return odd ? (2 / Math.PI) * (angle + total) : total;
}
