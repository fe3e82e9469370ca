import { tick } from "../format";
import { say } from "../messages";

/** What a change is called by: the lever of its target. */
export interface Named {
  change: string;
  label: string;
  unit: string;
}

const PARTS = /^(.+?)\s*(\*=|\+=|=)\s*(.*)$/;

/** A change in words, where a lever has words for its target; null where none has. */
export function inPlain(change: string, levers: readonly Named[]): string | null {
  const [, target, operator, value = ""] = PARTS.exec(change) ?? [];
  const lever = levers.find((one) => one.change === target);
  if (!lever) return null;
  const unit = operator === "*=" ? "" : ` ${lever.unit}`;
  return `${lever.label}: ${amount(operator ?? "=", value)}${unit}`;
}

function amount(operator: string, value: string): string {
  const known = Number(value);
  const text = value !== "" && Number.isFinite(known) ? tick(Math.abs(known)) : value;
  if (operator === "*=") return say.views.change.times(text);
  if (operator === "=") return say.views.change.is(text);
  return known < 0 ? say.views.change.less(text) : say.views.change.plus(text);
}

/** What the bound calls the departures of a service, in words. */
export function departures(target: string): string | null {
  const service = /^services\.(.+)\.departures$/.exec(target)?.[1];
  return service ? say.views.departures(service) : null;
}

/** The change that raises a capacity of the bound by one, yards by 10 %; null where none is that simple. */
export function raise(name: string): string | null {
  if (name.endsWith(".departures")) return null;
  return name.endsWith(".capacity_teu") ? `${name}*=1.1` : `${name}+=1`;
}
