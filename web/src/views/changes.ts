import { tick } from "../format";
import { say } from "../messages";

/** What a change is called by: the lever of its target. */
export interface Named {
  change: string;
  label: string;
  unit: string;
  value: number;
}

const PARTS = /^(.+?)\s*(\*=|\+=|=)\s*(.*)$/;

/** A change in words, where a lever has words for its target; null where none has. */
export function inPlain(change: string, levers: readonly Named[]): string | null {
  const [, target, operator, value = ""] = PARTS.exec(change) ?? [];
  const given = Number(value);
  if (value === "" || !Number.isFinite(given)) return null;
  const all = operator === "*=" ? levers.find((one) => one.change === `${target}*`) : undefined;
  if (all) return `${all.label}: ${say.views.change.times(tick(given))}`;
  const lever = levers.find((one) => one.change === target);
  if (!lever) return null;
  const after = operator === "=" ? given : operator === "+=" ? lever.value + given : lever.value * given;
  return `${lever.label}: ${say.views.change.becomes(rounded(after), rounded(lever.value), lever.unit)}`;
}

const rounded = (value: number) => tick(Number(value.toPrecision(5)));
