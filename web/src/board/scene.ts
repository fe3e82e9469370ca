import type { BoardCrane, BoardTrain } from "../data/board";
import { say } from "../messages";
import { craneAt, presence, type Plan } from "./plan";

export const COLOURS = ["ink", "quiet", "border", "paper", "land", "raised", "accent", "narrow", "broad", "moving", "handling", "checks"] as const;
export type Colours = Record<(typeof COLOURS)[number], string>;

/** How the yard lies on the canvas, in pixels. */
export interface Frame {
  width: number;
  height: number;
  /** Pixels a metre along the yard, and where its zero is. */
  scale: number;
  left: number;
  /** Pixels of the page's letters. */
  letter: number;
}

/** What is drawn, and with what. */
export interface Shot {
  pen: CanvasRenderingContext2D;
  /** Seconds from the start of the job. */
  time: number;
  frame: Frame;
  ink: Colours;
  chosen: string | null;
}

/** What is counted while it is drawn. */
export interface Count {
  trains: number;
  carried: number;
  loaded: number;
}

interface Spot {
  x: number;
  y: number;
}

/** Draws the yard from above at a time, and finds the box that is pointed at. */
export class Scene {
  readonly low: number;
  readonly high: number;
  /** How many rows of tracks and yard there would be if all were as near as the nearest two. */
  readonly rows: number;
  private readonly top: number;
  private readonly bottom: number;
  private readonly xs: Float32Array;
  private readonly ys: Float32Array;
  private readonly hidden: Uint8Array;

  constructor(private readonly plan: Plan) {
    const { tracks, yard, boxes } = plan.board;
    const across = [...new Set([...tracks, ...yard].map((one) => one.y_m))].sort((one, other) => one - other);
    const gaps = across.slice(1).map((y, n) => y - (across[n] ?? 0));
    this.low = Math.min(...tracks.map((one) => one.from_m));
    this.high = Math.max(...tracks.map((one) => one.to_m));
    this.top = across[0] ?? 0;
    this.bottom = across.at(-1) ?? 0;
    this.rows = Math.min(14, 1 + (this.bottom - this.top) / Math.min(...gaps, Math.max(1, this.bottom - this.top)));
    this.xs = new Float32Array(boxes.length);
    this.ys = new Float32Array(boxes.length);
    this.hidden = new Uint8Array(boxes.length);
  }

  draw(shot: Shot): Count {
    const { pen, time, frame } = shot;
    const { trains, cranes } = this.plan.board;
    const count = { trains: 0, carried: 0, loaded: 0 };
    pen.fillStyle = shot.ink.land;
    pen.fillRect(0, 0, frame.width, frame.height);
    pen.textBaseline = "middle";
    pen.font = `${0.72 * frame.letter}px sans-serif`;
    this.drawGround(shot);
    for (const train of trains) {
      const there = presence(train, time);
      if (there > 0) this.drawTrain(shot, train, there);
      if (there === 1) count.trains++;
    }
    const at = cranes.map((crane) => craneAt(crane, time));
    this.drawTarget(shot);
    this.drawBoxes(shot, at, count, false);
    cranes.forEach((crane, n) => this.drawCrane(shot, crane, at[n] ?? { x: 0, y: 0 }));
    this.drawBoxes(shot, at, count, true);
    return count;
  }

  /** The box nearest to a point, at most some pixels beside it. */
  nearest(x: number, y: number, frame: Frame, most: number): string | null {
    let [best, least]: [string | null, number] = [null, most];
    this.plan.board.boxes.forEach((box, n) => {
      if (this.hidden[n]) return;
      const beside = Math.max(0, Math.abs((this.xs[n] ?? 0) - x) - (box.length_m * frame.scale) / 2);
      const far = Math.hypot(beside, Math.max(0, Math.abs((this.ys[n] ?? 0) - y) - this.thick(frame) / 2));
      if (far < least) [best, least] = [box.id, far];
    });
    return best;
  }

  private x(metres: number, frame: Frame): number {
    return frame.left + frame.scale * metres;
  }

  private y(metres: number, frame: Frame): number {
    const [above, below] = [3.4 * frame.letter, 1.6 * frame.letter];
    const share = this.bottom > this.top ? (metres - this.top) / (this.bottom - this.top) : 0.5;
    return above + share * (frame.height - above - below);
  }

  private thick(frame: Frame): number {
    return 1.15 * frame.letter;
  }

  /** Tracks, as on the map: the narrow gauge hollow, the broad one solid; and the slots of the yard. */
  private drawGround({ pen, frame, ink }: Shot): void {
    const { tracks, yard } = this.plan.board;
    const high = this.thick(frame);
    pen.strokeStyle = ink.border;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const slot of yard) {
      const long = slot.length_m * frame.scale;
      pen.rect(this.x(slot.x_m, frame) - long / 2, this.y(slot.y_m, frame) - high / 2, long, high);
    }
    pen.stroke();
    for (const track of tracks) {
      const [from, to, y] = [this.x(track.from_m, frame), this.x(track.to_m, frame), this.y(track.y_m, frame)];
      const broad = track.gauge_mm > 1500;
      bar(pen, from, to, y, broad ? 3 : 4, broad ? ink.broad : ink.narrow);
      if (!broad) bar(pen, from, to, y, 2, ink.paper);
      pen.fillStyle = ink.quiet;
      pen.fillText(say.board.view.track(track.id, track.gauge_mm), Math.max(6, from), y - high / 2 - 0.6 * frame.letter);
    }
    const slot = yard[0];
    if (slot) pen.fillText(say.board.view.yard, Math.max(6, this.x(this.low, frame)), this.y(slot.y_m, frame) - high / 2 - 0.6 * frame.letter);
  }

  private drawTrain({ pen, frame, ink }: Shot, train: BoardTrain, there: number): void {
    const track = this.plan.board.tracks.find((one) => one.id === train.track);
    if (!track || train.begin_m === null) return;
    const [y, high] = [this.y(track.y_m, frame), this.thick(frame)];
    pen.globalAlpha = there;
    pen.fillStyle = ink.raised;
    pen.strokeStyle = ink.quiet;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const wagon of train.wagons) {
      const long = Math.max(1, wagon.length_m * frame.scale - 1.5);
      pen.rect(this.x(train.begin_m + wagon.position_m, frame) - long / 2, y - high / 2 - 2, long, high + 4);
    }
    pen.fill();
    pen.stroke();
    const last = train.wagons.at(-1);
    const end = this.x(train.begin_m + (last ? last.position_m + last.length_m / 2 : 0), frame);
    pen.fillStyle = ink.ink;
    pen.textAlign = "end";
    pen.fillText(train.name, Math.min(frame.width - 6, end), y - high / 2 - 0.6 * frame.letter);
    pen.textAlign = "start";
    pen.globalAlpha = 1;
  }

  /** Draw the boxes that stand, or those that hang on cranes. */
  private drawBoxes(shot: Shot, cranes: Spot[], count: Count, hanging: boolean): void {
    const { pen, time, frame, ink, chosen } = shot;
    const high = this.thick(frame);
    this.plan.board.boxes.forEach((box, n) => {
      const stay = this.plan.stayAt(n, time);
      const crane = stay ? cranes[stay.crane] : undefined;
      if (Boolean(crane) !== hanging) return;
      const there = !stay ? 0 : stay.train ? presence(stay.train, time) : 1;
      this.hidden[n] = there ? 0 : 1;
      if (stay?.train?.role === "outbound") count.loaded++;
      if (crane) count.carried++;
      if (!stay || !there) return;
      const x = (this.xs[n] = this.x(crane?.x ?? stay.x, frame));
      const y = (this.ys[n] = this.y(crane?.y ?? stay.y, frame) - 3 * stay.level);
      const long = Math.max(2, box.length_m * frame.scale - 1);
      const loaded = stay.train?.role === "outbound";
      pen.globalAlpha = there;
      pen.fillStyle = box.id === chosen ? ink.accent : loaded ? ink.handling : stay.train ? ink.moving : crane ? ink.ink : ink.checks;
      pen.fillRect(x - long / 2, y - high / 2, long, high);
      if (loaded && box.id !== chosen) bar(pen, x - long / 2 + 2, x + long / 2 - 2, y + high / 2 - 2.5, 1.5, ink.paper);
      if (long > 2.4 * frame.letter) this.letters(shot, box.mass_t.toFixed(1), x, y, stay.train || crane ? ink.paper : ink.ink);
      pen.globalAlpha = 1;
      if (box.id === chosen) this.ring(shot, box.id, x, y, long);
    });
  }

  private letters({ pen }: Shot, text: string, x: number, y: number, colour: string): void {
    pen.fillStyle = colour;
    pen.textAlign = "center";
    pen.fillText(text, x, y);
    pen.textAlign = "start";
  }

  /** Mark the chosen box, and name it. */
  private ring(shot: Shot, id: string, x: number, y: number, long: number): void {
    const { pen, frame, ink } = shot;
    const high = this.thick(frame);
    pen.strokeStyle = ink.accent;
    pen.lineWidth = 2;
    pen.strokeRect(x - long / 2 - 3, y - high / 2 - 3, long + 6, high + 6);
    const half = pen.measureText(id).width / 2 + 4;
    const [middle, below] = [Math.min(frame.width - half, Math.max(half, x)), y + high / 2 + frame.letter];
    pen.fillStyle = ink.raised;
    pen.fillRect(middle - half, below - 0.55 * frame.letter, 2 * half, 1.1 * frame.letter);
    this.letters(shot, id, middle, below, ink.accent);
  }

  /** Where the chosen box goes. */
  private drawTarget({ pen, time, frame, ink, chosen }: Shot): void {
    const box = chosen ? this.plan.boxes.get(chosen) : undefined;
    const [from, to] = [box && this.plan.point(box.from_place), box?.to_place ? this.plan.point(box.to_place) : null];
    const done = this.plan.works.get(chosen ?? "")?.at(-1)?.move.end_s ?? 0;
    if (!box || !from || !to || time > done) return;
    const [long, high] = [box.length_m * frame.scale, this.thick(frame)];
    const [x, y] = [this.x(to.x, frame), this.y(to.y, frame)];
    pen.strokeStyle = ink.accent;
    pen.lineWidth = 1.5;
    pen.setLineDash([4, 3]);
    pen.strokeRect(x - long / 2, y - high / 2, long, high);
    pen.beginPath();
    pen.moveTo(this.x(from.x, frame), this.y(from.y, frame));
    pen.lineTo(x, y);
    pen.stroke();
    pen.setLineDash([]);
  }

  /** A girder over all tracks, its name above it, and the trolley. */
  private drawCrane(shot: Shot, crane: BoardCrane, at: Spot): void {
    const { pen, frame, ink } = shot;
    const [x, y, letter] = [this.x(at.x, frame), this.y(at.y, frame), frame.letter];
    const [top, bottom] = [1.6 * letter, frame.height - 0.3 * letter];
    pen.fillStyle = ink.quiet;
    pen.fillRect(x - 3.5, top, 2, bottom - top);
    pen.fillRect(x + 1.5, top, 2, bottom - top);
    pen.fillStyle = ink.ink;
    pen.fillRect(x - 0.5 * letter, y - 0.5 * letter, letter, letter);
    const half = pen.measureText(crane.id).width / 2 + 5;
    pen.fillRect(x - half, 0.3 * letter, 2 * half, 1.3 * letter);
    this.letters(shot, crane.id, x, 0.98 * letter, ink.paper);
  }
}

function bar(pen: CanvasRenderingContext2D, from: number, to: number, y: number, thick: number, colour: string): void {
  pen.fillStyle = colour;
  pen.fillRect(from, y - thick / 2, to - from, thick);
}
