import type { Link } from "../data/document";
import type { Movements, Spot } from "../data/movements";
import { at, type Course } from "./geography";

/** How the map is moved: enlarged by `k`, then shifted. */
export interface View {
  k: number;
  x: number;
  y: number;
}

export interface Colours {
  narrow: string;
  broad: string;
  sea: string;
  road: string;
  paper: string;
  accent: string;
}

/** Shapes of vehicles: they are told apart without colour, too. */
type Shape = "narrow" | "broad" | "sea" | "road";

export function shapeOf(link: Link): Shape {
  if (link.mode !== "rail") return link.mode;
  return (link.gauge_mm ?? 0) > 1500 ? "broad" : "narrow";
}

/** Draws the vehicles, and finds the one that is pointed at. */
export class Movers {
  private readonly shapes: Shape[];
  private readonly xs: Float32Array;
  private readonly ys: Float32Array;
  private readonly trips: Uint32Array;
  private shown = 0;

  constructor(
    private readonly movements: Movements,
    links: Link[],
  ) {
    this.shapes = links.map(shapeOf);
    this.xs = new Float32Array(movements.count);
    this.ys = new Float32Array(movements.count);
    this.trips = new Uint32Array(movements.count);
  }

  get number(): number {
    return this.shown;
  }

  draw(pen: CanvasRenderingContext2D, courses: Course[], hour: number, view: View, scale: number, colours: Colours, chosen: number | null): void {
    const spot: Spot = { link: 0, share: 0, back: false, waits: false };
    const point = { x: 0, y: 0, dx: 0, dy: 0 };
    const size = scale * Math.min(1.6, 0.85 + 0.15 * view.k);
    this.shown = 0;
    for (const trip of this.movements.on(hour)) {
      if (!this.movements.locate(trip, hour, spot)) continue;
      at(courses[spot.link] as Course, spot.back ? 1 - spot.share : spot.share, point);
      const turn = spot.back ? -1 : 1;
      const aside = this.shapes[spot.link] === "sea" ? 0 : 2.6 * size; // on the right of the line, as trains meet
      const x = view.k * point.x + view.x - turn * aside * point.dy;
      const y = view.k * point.y + view.y + turn * aside * point.dx;
      this.xs[this.shown] = x;
      this.ys[this.shown] = y;
      this.trips[this.shown++] = trip;
      const loaded = (this.movements.teu[trip] ?? 0) > 0;
      vehicle(pen, this.shapes[spot.link] ?? "narrow", x, y, turn * point.dx, turn * point.dy, size, loaded, colours);
      if (trip === chosen) ring(pen, x, y, colours);
    }
  }

  /** The vehicle nearest to a point, at most some pixels away. */
  nearest(x: number, y: number, most: number): number | null {
    let best: number | null = null;
    let least = most * most;
    for (let n = 0; n < this.shown; n++) {
      const far = ((this.xs[n] ?? 0) - x) ** 2 + ((this.ys[n] ?? 0) - y) ** 2;
      if (far <= least) {
        least = far;
        best = this.trips[n] ?? null;
      }
    }
    return best;
  }
}

/** A train is a dash along its line, a ship an arrowhead, a truck a dot; empty ones are hollow. */
function vehicle(
  pen: CanvasRenderingContext2D, shape: Shape, x: number, y: number, dx: number, dy: number, size: number,
  loaded: boolean, colours: Colours,
): void {
  pen.beginPath();
  if (shape === "sea") {
    const [long, wide] = [6.5 * size, 3.6 * size];
    pen.moveTo(x + long * dx, y + long * dy);
    pen.lineTo(x - 0.7 * long * dx - wide * dy, y - 0.7 * long * dy + wide * dx);
    pen.lineTo(x - 0.35 * long * dx, y - 0.35 * long * dy);
    pen.lineTo(x - 0.7 * long * dx + wide * dy, y - 0.7 * long * dy - wide * dx);
    pen.closePath();
  } else if (shape === "road") {
    pen.arc(x, y, 1.6 * size, 0, 7);
  } else {
    const [long, wide] = [3.4 * size, (shape === "broad" ? 2 : 1.7) * size];
    pen.moveTo(x + long * dx - wide * dy, y + long * dy + wide * dx);
    pen.lineTo(x + long * dx + wide * dy, y + long * dy - wide * dx);
    pen.lineTo(x - long * dx + wide * dy, y - long * dy - wide * dx);
    pen.lineTo(x - long * dx - wide * dy, y - long * dy + wide * dx);
    pen.closePath();
  }
  pen.lineWidth = 1;
  pen.fillStyle = loaded ? colours[shape] : colours.paper;
  pen.strokeStyle = loaded ? colours.paper : colours[shape];
  pen.fill();
  pen.stroke();
}

function ring(pen: CanvasRenderingContext2D, x: number, y: number, colours: Colours): void {
  pen.beginPath();
  pen.arc(x, y, 11, 0, 7);
  pen.lineWidth = 2;
  pen.strokeStyle = colours.accent;
  pen.stroke();
}
