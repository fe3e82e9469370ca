import type { Case, CaseRead, Lever, Measure } from "../data/api";

/** What a case sets a target to, as text; undefined if it does not. */
export function setting(one: Case, target: string): string | undefined {
  const change = one.changes.find((other) => other.startsWith(`${target}=`));
  return change?.slice(target.length + 1);
}

/** The case with a target set; with null it is left as it was. */
export function withSetting(one: Case, target: string, text: string | null): Case {
  const others = one.changes.filter((change) => !change.startsWith(`${target}=`));
  return { ...one, changes: text === null ? others : [...others, `${target}=${text}`] };
}

/** What a lever stands at: as set, as the measures leave it, or as the package has it. */
export function valueOf(one: Case, lever: Lever, told: CaseRead | null): number {
  const set = setting(one, lever.change);
  if (set !== undefined) return Number(set);
  const after = one.measures.length + one.changes.length ? told?.changed.find((change) => change.target === lever.change)?.after : undefined;
  return after === undefined || Number.isNaN(Number(after)) ? lever.value : Number(after);
}

/** The case with a lever set; at the package's own value nothing is said of it, unless a measure changes it. */
export function withLever(one: Case, lever: Lever, value: number): Case {
  return withSetting(one, lever.change, value === lever.value && !one.measures.length ? null : plain(value));
}

/** A number without the noise of binary fractions. */
const plain = (value: number) => String(Number(value.toPrecision(12)));

/** The case with a measure taken, with all that it needs and without what it excludes; or left, with all that need it. */
export function withMeasure(one: Case, measures: Measure[], id: string, taken: boolean): Case {
  const found = new Map(measures.map((measure) => [measure.id, measure]));
  const left = (ids: string[], gone: string): string[] => {
    const rest = ids.filter((other) => other !== gone);
    const orphan = rest.find((other) => found.get(other)?.needs.includes(gone));
    return orphan === undefined ? rest : left(left(rest, orphan), gone);
  };
  const taking = (ids: string[], wanted: string): string[] => {
    const measure = found.get(wanted);
    if (!measure || ids.includes(wanted)) return ids;
    const barred = (other: string) => measure.excludes.includes(other) || found.get(other)?.excludes.includes(wanted);
    return measure.needs.reduce(taking, [...ids.filter(barred).reduce(left, ids), wanted]);
  };
  return { ...one, measures: taken ? taking(one.measures, id) : left(one.measures, id) };
}
