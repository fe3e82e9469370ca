import { Clock } from "../state.svelte";

/** The time of the plan that is shown. */
export const play = new Clock();

/** Seconds a second. */
export const SPEEDS = [10, 30, 60, 120, 300, 600] as const;
play.speed = 60 / 3600;

/** The box that is chosen: all parts of the board light it. */
class Choice {
  box = $state<string | null>(null);
}

export const choice = new Choice();
