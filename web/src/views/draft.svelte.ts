import type { Cells, Edit, Header, Problem } from "../data/api";
import { api, problemsOf } from "../live/api";

interface Step {
  table: string;
  cells: Cells;
}

/** A cell, by the position of its row. */
export interface At {
  table: string;
  row: number;
  column: string | null;
}

/** Tables of a package that are being changed, its header as one of a single row: as they are, as they were, and what the checker says. */
export class Draft {
  cells = $state.raw<Record<string, Cells>>({});
  problems = $state.raw<Problem[]>([]);
  /** How often it was changed, and what of that has been checked. */
  revision = $state(0);
  private checked = $state(0);
  private past = $state.raw<Step[]>([]);
  private future = $state.raw<Step[]>([]);
  private readonly given: Record<string, Cells> = {};

  private file = "";

  constructor(readonly id: string) {}

  /** The tables that are not as the package has them; the header goes by the name of its file. */
  get changed(): Record<string, Cells> {
    return Object.fromEntries(Object.entries(this.cells).filter(([name, one]) => one !== this.given[name]));
  }

  get isChanged(): boolean {
    return Object.keys(this.changed).length > 0;
  }

  /** What is asked to be checked or made: whole tables, and single fields of the header. */
  get edit(): Edit {
    const { [this.file]: header, ...tables } = this.changed;
    const before = this.given[this.file]?.rows[0];
    const fields = (header?.columns ?? []).map((name, n): [string, string] => [name, header?.rows[0]?.[n] ?? ""]);
    return { tables, header: Object.fromEntries(fields.filter(([, text], n) => text !== before?.[n])) };
  }

  /** Take the header, once it is known. */
  begin({ file, columns, cells }: Header): void {
    this.file = file;
    if (this.cells[file]) return;
    const names = columns.map((one) => one.name);
    this.given[file] = { columns: names, rows: [names.map((name) => cells[name] ?? "")] };
    this.cells = { ...this.cells, [file]: this.given[file] };
  }

  get isChecked(): boolean {
    return this.checked === this.revision;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  async open(table: string): Promise<void> {
    if (this.cells[table]) return;
    const found = await api.table(this.id, table);
    if (this.cells[table]) return;
    this.given[table] = found;
    this.cells = { ...this.cells, [table]: found };
  }

  change(table: string, cells: Cells): void {
    this.future = [];
    this.past = [...this.past, this.put({ table, cells })];
  }

  /** Take the last change back; returns the table it was in. */
  undo(): string | null {
    const step = this.past.at(-1);
    if (!step) return null;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.put(step)];
    return step.table;
  }

  redo(): string | null {
    const step = this.future.at(-1);
    if (!step) return null;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.put(step)];
    return step.table;
  }

  undoAll(): void {
    while (this.undo());
  }

  private put({ table, cells }: Step): Step {
    const before = this.cells[table] ?? cells;
    this.revision += 1;
    this.cells = { ...this.cells, [table]: cells };
    return { table, cells: before };
  }

  /** Let the checker look at what is changed; an answer that comes too late is not shown. */
  async check(): Promise<void> {
    const asked = this.revision;
    let problems: Problem[] = [];
    try {
      if (this.isChanged) problems = (await api.check(this.id, this.edit)).problems;
    } catch (error) {
      problems = problemsOf(error);
    }
    if (asked !== this.revision) return;
    this.problems = problems;
    this.checked = asked;
  }

  /** Where a problem is: by the id of its row, else by its line, the first of which are the heads. */
  locate({ table, row, line, column }: Problem): At | null {
    const cells = table ? this.cells[table] : undefined;
    if (!table || !cells) return null;
    const key = cells.columns.indexOf("id");
    const found = row ? cells.rows.findIndex((one) => one[key] === row) : -1;
    const at = line !== null ? line - 2 : found;
    return { table, row: Math.max(0, Math.min(at, cells.rows.length - 1)), column };
  }
}

const drafts = new Map<string, Draft>();

/** The draft of a package: it stays while other views are looked at. */
export function draftOf(id: string): Draft {
  const found = drafts.get(id) ?? new Draft(id);
  drafts.set(id, found);
  return found;
}

addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some((one) => one.isChanged)) event.preventDefault();
});

export const forget = (id: string): boolean => drafts.delete(id);

/** A description without the marks of its emphasis and code. */
export const unmarked = (text: string): string => text.replaceAll(/[`*]/g, "");

export function withCell(cells: Cells, row: number, column: number, value: string): Cells {
  return { ...cells, rows: cells.rows.map((one, n) => (n === row ? one.with(column, value) : one)) };
}

export function withRow(cells: Cells, at: number): Cells {
  return { ...cells, rows: cells.rows.toSpliced(at, 0, cells.columns.map(() => "")) };
}

export function withoutRow(cells: Cells, at: number): Cells {
  return { ...cells, rows: cells.rows.toSpliced(at, 1) };
}

export function withColumn(cells: Cells, name: string): Cells {
  return { columns: [...cells.columns, name], rows: cells.rows.map((one) => [...one, ""]) };
}
