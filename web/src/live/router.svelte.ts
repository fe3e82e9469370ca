import type { Case } from "../data/api";

export const VIEWS = ["live", "tables", "bottlenecks", "compare", "invest", "transfer"] as const;
export type View = (typeof VIEWS)[number];

/** What the address says after `#`: a view, and the case that is looked at. */
class Route {
  view = $state<View>("live");
  params = $state.raw(new URLSearchParams());

  constructor() {
    this.read();
    addEventListener("hashchange", () => this.read());
  }

  private read(): void {
    const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
    this.view = VIEWS.find((one) => one === path) ?? "live";
    this.params = new URLSearchParams(query);
  }

  /** Write other parameters into the address, without a step in the history. */
  keep(params: URLSearchParams): void {
    history.replaceState(null, "", hashOf(this.view, params));
    this.params = params;
  }

  /** Go to a view. */
  go(view: View, params: URLSearchParams): void {
    location.hash = hashOf(view, params);
  }
}

export const route = new Route();

export function hashOf(view: View, params: URLSearchParams): string {
  const query = params.toString().replaceAll("%2F", "/").replaceAll("%3D", "=").replaceAll("%3A", ":").replaceAll("%3E", ">");
  return `#/${view}${query ? `?${query}` : ""}`;
}

/** The case that parameters name; of `fallback` where they name no package. */
export function caseOf(params: URLSearchParams, fallback: string): Case {
  const whole = (name: string) => {
    const text = params.get(name);
    return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
  };
  return {
    package: params.get("package") ?? fallback,
    measures: params.getAll("with"),
    changes: params.getAll("set"),
    days: whole("days"),
    warmup_days: whole("warmup_days"),
    seed: whole("seed") ?? 0,
  };
}

export function paramsOf(one: Case): URLSearchParams {
  const params = new URLSearchParams({ package: one.package });
  for (const measure of one.measures) params.append("with", measure);
  for (const change of one.changes) params.append("set", change);
  if (one.days !== null) params.set("days", String(one.days));
  if (one.warmup_days !== null) params.set("warmup_days", String(one.warmup_days));
  if (one.seed) params.set("seed", String(one.seed));
  return params;
}
