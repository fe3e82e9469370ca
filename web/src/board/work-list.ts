import type { BoardCrane, BoardMove } from "../data/board";
import { say } from "../messages";
import type { Plan } from "./plan";

/** A row of a crane's work list, and the move that it tells. */
export interface Row {
  move: BoardMove;
  cells: string[];
}

/** What a crane does, in order, with the columns of `say.board.list.heads`. */
export function workList(plan: Plan, crane: BoardCrane): Row[] {
  return crane.moves.map((move, n) => {
    const clock = (seconds: number | null) => (seconds === null ? "" : plan.clock(seconds));
    const times = [move.begin_s, move.pick_s, move.drop_s, move.end_s].map(clock);
    const box = plan.boxes.get(move.box ?? "");
    if (!box) return { move, cells: [String(n + 1), ...times, "", "", "", "", `${move.to_m[0].toFixed(1)} m`, say.board.list.aside] };
    const places = [move.from_place, move.to_place].map((place) => placed(plan, place));
    return { move, cells: [String(n + 1), ...times, box.id, box.size_type, box.mass_t.toFixed(1), ...places, notes(plan, move).join("; ")] };
  });
}

/** A place with the track of its train, as cranes are told it: `N1 in-01A-07:3`. */
function placed(plan: Plan, place: string): string {
  const seat = plan.seat(place);
  return seat ? `${seat.train.track ?? "?"} ${place}` : place;
}

function notes(plan: Plan, move: BoardMove): string[] {
  const [told, box] = [say.board.list, plan.boxes.get(move.box ?? "")];
  const found: string[] = [];
  if (box?.dg_class) found.push(told.dangerous(box.dg_class));
  if (box?.reefer) found.push(told.reefer);
  if (move.kind === "in") found.push(told.intoYard);
  if (move.kind === "in" && typeof box?.released_s === "number") found.push(told.customs(plan.clock(box.released_s).slice(-8, -3)));
  if (move.kind === "out") found.push(told.outOfYard);
  return found;
}

/** Rows as CSV; no cell is one that a spreadsheet would run. */
export function csv(rows: string[][]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}
