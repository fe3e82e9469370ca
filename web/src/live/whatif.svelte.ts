import type { Case, CaseRead, Job, Problem } from "../data/api";
import { unpacked } from "../data/pack";
import { Report } from "../data/report";
import { api, problemsOf } from "./api";
import { Watched } from "./jobs.svelte";
import type { Answer } from "./paired";

/** A change starts its simulation at once; others that follow within this time start theirs when nothing else was changed for so long. */
const PAUSE_MS = 150;

/** A case that is simulated: its figures as they come, and at last the whole run. */
class Simulated {
  readonly watched: Watched;
  report = $state.raw<Report | null>(null);
  /** Why the run cannot be shown, though it has been simulated. */
  problems = $state.raw<Problem[]>([]);

  constructor(
    readonly what: Case,
    readonly replications: number,
  ) {
    this.watched = new Watched({ kind: "simulate", case: what, replications, containers: false }, (job) => void this.load(job));
  }

  get answer(): Answer | null {
    return this.watched.job?.answer as Answer | null;
  }

  private async load(job: Job): Promise<void> {
    try {
      this.report = new Report(await unpacked(await api.run(job.id)));
    } catch (error) {
      this.problems = problemsOf(error);
    }
  }
}

/** The base of a package and a change of it, simulated side by side. */
export class WhatIf {
  base = $state.raw<Simulated | null>(null);
  changed = $state.raw<Simulated | null>(null);
  /** The change that has an answer: the present one, or the last before it. */
  answered = $state.raw<Simulated | null>(null);
  told = $state.raw<CaseRead | null>(null);
  /** Why the change cannot be made. */
  problems = $state.raw<Problem[]>([]);
  replications = $state(8);
  private pause = 0;
  private touched = -PAUSE_MS;
  private key = "";

  /** Simulate a case, and its package as it is; what was simulated for another is stopped. */
  simulate(next: Case, settled: () => void): void {
    const key = JSON.stringify([next, this.replications]);
    if (key === this.key) return;
    this.key = key;
    const quiet = performance.now() - this.touched >= PAUSE_MS;
    this.touched = performance.now();
    clearTimeout(this.pause);
    this.changed?.watched.cancel();
    this.pause = window.setTimeout(() => this.start(next, settled), quiet ? 0 : PAUSE_MS);
  }

  private start(next: Case, settled: () => void): void {
    settled();
    const asItIs = { ...next, measures: [], changes: [] };
    const same = this.base && JSON.stringify([this.base.what, this.base.replications]) === JSON.stringify([asItIs, this.replications]);
    if (!same) {
      this.base?.watched.cancel();
      this.base = new Simulated(asItIs, this.replications);
      this.answered = null;
    }
    this.problems = [];
    void this.tell(next);
    const differs = next.measures.length + next.changes.length > 0;
    this.changed = differs ? new Simulated(next, this.replications) : null;
    if (!differs) this.answered = null;
  }

  private async tell(next: Case): Promise<void> {
    const key = this.key;
    try {
      const told = await api.tell(next);
      if (key === this.key) this.told = told;
    } catch (error) {
      if (key === this.key) this.problems = problemsOf(error);
    }
  }

  /** Stop what nobody will look at. */
  close(): void {
    clearTimeout(this.pause);
    this.changed?.watched.cancel();
    this.base?.watched.close();
  }
}
