import type { Document, Flow, Link, Place, Service, Terminal } from "./document";
import { Movements } from "./movements";
import type { Packed } from "./pack";

export type Tree = Record<string, unknown>;

/** A mean over the replications with its 95 % interval. */
export interface Figure {
  mean: number;
  low: number | null;
  high: number | null;
}

/** A quantity day by day. */
export interface Daily {
  shown: Float32Array;
  mean: Float32Array;
  least: Float32Array;
  most: Float32Array;
}

/** A run: the document, its columns, and ways to find things in it. */
export class Report {
  readonly document: Document;
  readonly hours: number;
  readonly movements: Movements | null;
  readonly places: Map<string, Place>;
  readonly links: Map<string, Link>;
  readonly terminals: Map<string, Terminal>;
  readonly services: Map<string, Service>;
  readonly flows: Map<string, Flow>;
  private readonly daysOf = new Map<string, Daily>();
  private readonly transitOf = new Map<string, Uint32Array>();

  constructor(packed: Packed) {
    const found = packed.document;
    this.document = found;
    this.hours = 24 * found.days;
    this.places = byId(found.places);
    this.links = byId(found.links);
    this.terminals = byId(found.terminals);
    this.services = byId(found.services);
    this.flows = byId(found.flows);
    this.movements = found.movements
      ? new Movements(found.movements, found.services, packed.column("movements"), found.scales.movement_h)
      : null;
    this.readDaily(packed.column("daily"));
    this.readTransit(packed.column("transit"));
  }

  private readDaily(column: Uint32Array): void {
    const { days, scales } = this.document;
    let at = 0;
    const next = () => Float32Array.from(column.subarray(at, (at += days)), (value) => value * scales.daily);
    for (const { quantity, id } of this.document.series) {
      this.daysOf.set(`${quantity} ${id}`, { shown: next(), mean: next(), least: next(), most: next() });
    }
  }

  private readTransit(column: Uint32Array): void {
    let at = 0;
    for (const { flow, bins } of this.document.histograms) {
      this.transitOf.set(flow, column.subarray(at, (at += bins)));
    }
  }

  /** A figure by its dotted name; null if there is none. */
  figure(name: string): Figure | null {
    return figureOf(this.document.means, this.document.intervals, name);
  }

  /** Just its mean, 0 if there is none. */
  mean(name: string): number {
    return this.figure(name)?.mean ?? 0;
  }

  /** The ids of a group of figures. */
  ids(group: string): string[] {
    return Object.keys((this.document.means[group] as Record<string, unknown> | undefined) ?? {});
  }

  daily(quantity: "queue" | "yard", id: string): Daily | null {
    return this.daysOf.get(`${quantity} ${id}`) ?? null;
  }

  /** Containers by bin of transit time, of one flow or of all. */
  transit(flow: string | null): Uint32Array | null {
    if (flow !== null) return this.transitOf.get(flow) ?? null;
    if (!this.transitOf.size) return null;
    const all = new Uint32Array(Math.max(...[...this.transitOf.values()].map((one) => one.length)));
    for (const one of this.transitOf.values()) one.forEach((count, bin) => (all[bin] = (all[bin] ?? 0) + count));
    return all;
  }

  /** The flows, those with the most TEU delivered first. */
  largest(): Flow[] {
    const size = (flow: Flow) => this.mean(`flows.${flow.id}.delivered_teu`);
    return [...this.document.flows].sort((one, other) => size(other) - size(one));
  }

  /** The links and services of a flow's usual way. */
  way(flow: Flow): Service[] {
    return (flow.ways[0]?.services ?? []).flatMap((id) => this.services.get(id) ?? []);
  }

  /** The flows whose ways use something. */
  flowsBy(uses: (service: Service) => boolean): Flow[] {
    return this.largest().filter((flow) =>
      flow.ways.some((way) => way.services.some((id) => uses(this.services.get(id) as Service))),
    );
  }

  /** What is closed at an hour. */
  closedAt(hour: number): Set<string> {
    const found = new Set<string>();
    for (const { kind, target, spells } of this.document.closures) {
      if (spells.some(([begin, end]) => begin <= hour && hour < end)) {
        found.add(kind === "link" ? target : (this.terminalOf(kind, target)?.id ?? target));
      }
    }
    return found;
  }

  terminalOf(kind: "terminal" | "zone" | "link", id: string): Terminal | null {
    if (kind === "terminal") return this.terminals.get(id) ?? null;
    return this.document.terminals.find((one) => one.zones.some((zone) => zone.id === id)) ?? null;
  }
}

/** A figure by its dotted name, of trees of means and intervals; null if there is none. */
export function figureOf(means: Tree, intervals: Tree | null, name: string): Figure | null {
  const mean = walk(means, name);
  if (typeof mean !== "number") return null;
  const interval = intervals ? walk(intervals, name) : null;
  const [low, high] = Array.isArray(interval) ? (interval as [number, number]) : [null, null];
  return { mean, low, high };
}

function byId<One extends { id: string }>(rows: One[]): Map<string, One> {
  return new Map(rows.map((one) => [one.id, one]));
}

function walk(tree: Tree, name: string): unknown {
  let here: unknown = tree;
  for (const part of name.split(".")) here = (here as Tree | null | undefined)?.[part];
  return here;
}
