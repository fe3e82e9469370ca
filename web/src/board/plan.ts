import type { Board, BoardBox, BoardCrane, BoardMove, BoardTrain, BoardWagon } from "../data/board";
import { say } from "../messages";

/** A move with a box, and the crane that does it. */
export interface Work {
  crane: BoardCrane;
  move: BoardMove;
}

/** Where a box is from a time on: at a point of the yard, on a train, or under a crane. */
export interface Stay {
  begin: number;
  x: number;
  y: number;
  train: BoardTrain | null;
  /** Its number; -1: it stands. */
  crane: number;
  /** Boxes below it in the yard. */
  level: number;
}

/** A slot of a wagon, and where its middle is. */
export interface Seat {
  train: BoardTrain;
  wagon: BoardWagon;
  /** From 1, as it is counted in the train. */
  order: number;
  slot: string;
  /** Centre from the wagon's middle. */
  centre: number;
}

/** A plan, and where everything is at any time; times are seconds from the start of its job. */
export class Plan {
  readonly boxes: Map<string, BoardBox>;
  readonly destinations: string[];
  /** The moves of each box, in order. */
  readonly works = new Map<string, Work[]>();
  /** Where each box is, in the order of `board.boxes`. */
  readonly stays: Stay[][];
  private readonly seats = new Map<string, { train: BoardTrain; wagon: BoardWagon; order: number }>();
  private readonly ys: Map<string, number>;

  constructor(readonly board: Board) {
    this.boxes = new Map(board.boxes.map((box) => [box.id, box]));
    this.destinations = [...new Set(board.boxes.map((box) => box.destination))].sort();
    this.ys = new Map(board.tracks.map((track) => [track.id, track.y_m]));
    for (const train of board.trains) train.wagons.forEach((wagon, n) => this.seats.set(wagon.id, { train, wagon, order: n + 1 }));
    for (const crane of board.cranes) {
      for (const move of crane.moves) if (move.box) this.works.set(move.box, [...(this.works.get(move.box) ?? []), { crane, move }]);
    }
    for (const works of this.works.values()) works.sort((one, other) => (one.move.pick_s ?? 0) - (other.move.pick_s ?? 0));
    this.stays = board.boxes.map((box) => this.staysOf(box));
    this.stack();
  }

  /** The slot of a wagon that a place names; null for a slot of the yard. */
  seat(place: string): Seat | null {
    const [id = "", slot = ""] = place.split(":");
    const found = this.seats.get(id);
    return found ? { ...found, slot, centre: found.wagon.slots[Number(slot) - 1]?.[1] ?? 0 } : null;
  }

  /** The middle of a place; null while its train stands nowhere. */
  point(place: string): { x: number; y: number } | null {
    const seat = this.seat(place);
    if (!seat) {
      const slot = this.board.yard.find((one) => one.id === place);
      return slot ? { x: slot.x_m, y: slot.y_m } : null;
    }
    const y = this.ys.get(seat.train.track ?? "");
    if (seat.train.begin_m === null || y === undefined) return null;
    return { x: seat.train.begin_m + seat.wagon.position_m + seat.centre, y };
  }

  /** A place as people call it. */
  placeName(place: string): string {
    const seat = this.seat(place);
    return seat ? say.board.story.place(seat.train.name, seat.order, seat.slot) : say.board.story.slot(place);
  }

  /** The boxes that stand on a train: as it comes, or as it leaves. */
  on(train: BoardTrain): { box: BoardBox; seat: Seat }[] {
    return this.board.boxes.flatMap((box) => {
      const place = train.role === "inbound" ? box.from_place : box.to_place;
      const seat = place ? this.seat(place) : null;
      return seat?.train === train ? [{ box, seat }] : [];
    });
  }

  /** Where a box is at a time; null before its train is known to stand anywhere. */
  stayAt(number: number, time: number): Stay | null {
    return this.stays[number]?.findLast((stay) => stay.begin <= time) ?? null;
  }

  /** A time of the plan as that of the clock, with the day if it is not the first. */
  clock(seconds: number): string {
    const { start } = this.board;
    const moment = new Date(Date.parse(`${start}Z`) + 1000 * Math.floor(seconds)).toISOString();
    const time = moment.slice(11, 19);
    return start.startsWith(moment.slice(0, 10)) ? time : `${moment.slice(5, 10)} ${time}`;
  }

  private staysOf(box: BoardBox): Stay[] {
    const stays: Stay[] = [];
    const stand = (begin: number, place: string) => {
      const point = this.point(place);
      if (point) stays.push({ begin, ...point, train: this.seat(place)?.train ?? null, crane: -1, level: 0 });
    };
    stand(-Infinity, box.from_place);
    for (const { crane, move } of this.works.get(box.id) ?? []) {
      const number = this.board.cranes.indexOf(crane);
      stays.push({ begin: (move.pick_s ?? 0) + crane.pick_s / 2, x: 0, y: 0, train: null, crane: number, level: 0 });
      stand((move.drop_s ?? 0) + crane.drop_s / 2, move.to_place);
    }
    return stays;
  }

  /** Say on how many others each box stands in the yard. */
  private stack(): void {
    const spans = this.stays.flatMap((stays) =>
      stays.map((stay, n) => ({ stay, end: stays[n + 1]?.begin ?? Infinity })).filter(({ stay }) => stay.crane < 0 && !stay.train),
    );
    for (const { stay } of spans) {
      const below = spans.filter(({ stay: other, end }) => other.x === stay.x && other.y === stay.y && other.begin < stay.begin && end > stay.begin);
      stay.level = below.length;
    }
  }
}

/** Where a crane and its trolley are at a time. */
export function craneAt(crane: BoardCrane, time: number): { x: number; y: number } {
  const path = crane.path;
  let [low, high] = [0, path.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((path[middle]?.[0] ?? 0) <= time) low = middle;
    else high = middle - 1;
  }
  const [begin, x, y] = path[low] ?? [0, 0, 0];
  const next = path[low + 1];
  if (!next || next[0] <= begin) return { x, y };
  const share = Math.max(0, (time - begin) / (next[0] - begin));
  return { x: x + share * (next[1] - x), y: y + share * (next[2] - y) };
}

/** How much of a train is there: it comes and goes within half a minute. */
export function presence(train: BoardTrain, time: number): number {
  if (train.arrive_s === null || train.leave_s === null) return 0;
  return Math.max(0, 1 - Math.max(train.arrive_s - time, time - train.leave_s, 0) / 30);
}
