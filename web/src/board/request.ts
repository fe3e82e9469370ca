import type { JobRequest } from "../data/api";

export const FAMILIES = ["pair", "merge", "split", "day"] as const;
export type Family = (typeof FAMILIES)[number];

/** How many boxes a made job has where nothing else is said. */
export const USUAL: Record<Family, number> = { pair: 41, merge: 123, split: 123, day: 820 };

/** What is asked for: a made job, or an uploaded one, and how long it is searched. */
export interface Wanted {
  family: Family;
  size: number;
  seed: number;
  /** An uploaded job instead of a made one. */
  package: string | null;
  time: number;
}

type PlanRequest = Extract<JobRequest, { kind: "plan" }>;

/** What an address asks for, `made=pair/41/1&time=20` or `job=ID&time=20`; null where it asks for nothing. */
export function wantedOf(params: URLSearchParams): Wanted | null {
  const time = Number(/^\d{1,4}$/.exec(params.get("time") ?? "")?.[0] ?? 20);
  const held = params.get("job");
  const [name, size, seed] = (params.get("made") ?? "").split("/");
  const family = FAMILIES.find((one) => one === name);
  if (held) return { family: "pair", size: USUAL.pair, seed: 1, package: held, time };
  return family ? { family, size: Number(size) || USUAL[family], seed: Number(seed) || 0, package: null, time } : null;
}

export function paramsOf(one: Wanted): URLSearchParams {
  const what = one.package ? { job: one.package } : { made: `${one.family}/${one.size}/${one.seed}` };
  return new URLSearchParams({ ...what, time: String(one.time) });
}

export function requestOf(one: Wanted): PlanRequest {
  const generate = one.package ? null : { family: one.family, size: one.size, seed: one.seed };
  return { kind: "plan", package: one.package, generate, time_limit_s: one.time, seed: 0 };
}
