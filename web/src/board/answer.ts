import type { Board } from "../data/board";

/** What a plan is worth, what no plan is below, and the plan itself. */
export interface PlanAnswer {
  value_s: number;
  left_over: number;
  tardiness_s: number;
  double_handlings: number;
  empty_travel_s: number;
  makespan_s: number;
  bound_s: number;
  bound_name: string;
  gap: number | null;
  seconds: number;
  board: Board;
}

/** What the best plan was worth at a second of the search. */
export interface Look {
  seconds: number;
  value_s: number;
}
