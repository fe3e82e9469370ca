import type { Case, CaseTold, Lever, Measure } from "../data/api";

/** The change of a case that sets a lever. */
function changeOf(one: Case, lever: Lever): string | undefined {
  return one.changes.find((change) => change.startsWith(`${lever.change}=`));
}

export function isSet(one: Case, lever: Lever): boolean {
  return changeOf(one, lever) !== undefined;
}

/** What a lever stands at: as set, as the measures leave it, or as the package has it. */
export function valueOf(one: Case, lever: Lever, told: CaseTold | null): number {
  const change = changeOf(one, lever);
  if (change !== undefined) return Number(change.slice(lever.change.length + 1));
  const after = told?.changed.find((change) => change.target === lever.change)?.after;
  return one.measures.length + one.changes.length && typeof after === "number" ? after : lever.value;
}

/** The case with a lever set; with nothing, or the package's own value, it is left as it was. */
export function withLever(one: Case, lever: Lever, value: number | null): Case {
  const others = one.changes.filter((change) => change !== changeOf(one, lever));
  const own = value === null || (value === lever.value && !one.measures.length);
  return { ...one, changes: own ? others : [...others, `${lever.change}=${plain(value)}`] };
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
