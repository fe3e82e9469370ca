// As src/jibek/serve/_board.py describes it.

/** A track under the cranes. */
export interface BoardTrack {
  id: string;
  gauge_mm: number;
  y_m: number;
  from_m: number;
  to_m: number;
}

/** A wagon: its middle from where its train begins, its slots as length in ft and centre from the middle. */
export interface BoardWagon {
  id: string;
  model: string;
  power: boolean;
  length_m: number;
  base_m: number;
  tare_t: number;
  position_m: number;
  slots: [number, number][];
}

/** A train, where it begins along the yard, and when it is there; nulls: it does not stand anywhere in the plan. */
export interface BoardTrain {
  id: string;
  name: string;
  role: "inbound" | "outbound";
  group: string;
  gauge: number;
  track: string | null;
  begin_m: number | null;
  arrive_s: number | null;
  leave_s: number | null;
  due_s: number | null;
  wagons: BoardWagon[];
}

/** A container, from which place to which: `wagon:slot`, or a slot of the yard; `left`: why no train takes it. */
export interface BoardBox {
  id: string;
  size_type: string;
  size_ft: number;
  length_m: number;
  height_m: number;
  mass_t: number;
  destination: string;
  dg_class: string | null;
  reefer: boolean;
  released_s: number | null;
  from_place: string;
  to_place: string | null;
  left: string | null;
}

/** A place in the yard. */
export interface BoardSlot {
  id: string;
  x_m: number;
  y_m: number;
  length_m: number;
  levels: number;
  power: boolean;
}

/** What a crane does; `way_s`: when it goes with the box. Without a box it makes way, and picks and puts down nothing. */
export interface BoardMove {
  box: string | null;
  kind: "direct" | "in" | "out" | "aside";
  begin_s: number;
  pick_s: number | null;
  way_s: [number, number];
  drop_s: number | null;
  end_s: number;
  from_place: string;
  to_place: string;
  from_m: [number, number];
  to_m: [number, number];
}

/** A crane; `path`: time, position along and across, straight in between; lifting and lowering take `pick_s` and `drop_s`. */
export interface BoardCrane {
  id: string;
  safety_m: number;
  pick_s: number;
  drop_s: number;
  path: [number, number, number][];
  moves: BoardMove[];
}

/** A plan and its job, as they are drawn. */
export interface Board {
  title: string;
  start: string;
  end_s: number;
  tracks: BoardTrack[];
  trains: BoardTrain[];
  boxes: BoardBox[];
  yard: BoardSlot[];
  cranes: BoardCrane[];
}
