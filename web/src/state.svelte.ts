import type { Report } from "./data/report";

/** What is chosen: everything on the page follows it. */
export type Chosen =
  | { kind: "terminal"; id: string }
  | { kind: "link"; id: string }
  | { kind: "flow"; id: string }
  | { kind: "vehicle"; trip: number }
  | null;

export const SPEEDS = [1, 4, 12, 24, 72] as const;

/** Ten times a second is often enough for all but the vehicles. */
const LAG_S = 0.1;

/** The hour shown and how fast it moves on. */
export class Clock {
  /** Of this frame; the page follows `hour`. */
  exact = 0;
  private late = 0;
  private told = $state(0);
  playing = $state(false);
  /** Hours a second. */
  speed = $state(12);
  end = $state(0);

  get hour(): number {
    return this.told;
  }

  set hour(hour: number) {
    this.exact = this.told = hour;
  }

  /** Show a quiet morning when the corridor is full; move by itself only for those who do not mind motion. */
  begin(report: Report): void {
    this.end = report.movements?.endH ?? report.hours;
    this.hour = Math.min(24 * 14 + 8, this.end / 2);
    this.playing = report.movements !== null && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Go on with another run at the same hour. */
  continue(report: Report): void {
    this.end = report.movements?.endH ?? report.hours;
    this.hour = Math.min(this.exact, this.end);
  }

  /** Move on by real seconds; at the end it begins again. */
  tick(seconds: number): void {
    if (!this.playing) return;
    this.exact = (this.exact + this.speed * Math.min(seconds, 0.25)) % (this.end || 1);
    this.late += seconds;
    if (this.late < LAG_S) return;
    this.late = 0;
    this.told = this.exact;
  }
}

class Selection {
  chosen = $state<Chosen>(null);

  choose(next: Chosen): void {
    this.chosen = next;
  }

  get flow(): string | null {
    return this.chosen?.kind === "flow" ? this.chosen.id : null;
  }
}

export const clock = new Clock();
export const selection = new Selection();
