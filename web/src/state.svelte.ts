/** What is chosen: everything on the page follows it. */
export type Chosen =
  | { kind: "terminal"; id: string }
  | { kind: "link"; id: string }
  | { kind: "flow"; id: string }
  | { kind: "vehicle"; trip: number }
  | null;

export const SPEEDS = [1, 4, 12, 24, 72] as const;

/** The hour shown and how fast it moves on. */
class Clock {
  hour = $state(0);
  playing = $state(false);
  /** Hours a second. */
  speed = $state(12);
  end = $state(0);

  /** Move on by real seconds; at the end it begins again. */
  tick(seconds: number): void {
    if (!this.playing) return;
    this.hour = (this.hour + this.speed * Math.min(seconds, 0.25)) % Math.max(this.end, 1);
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
