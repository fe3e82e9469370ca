import { geoBounds, geoConicConformal, geoPath, type GeoConicProjection } from "d3-geo";
import type { Feature, FeatureCollection, Geometry, MultiPoint } from "geojson";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Link, Place } from "../data/document";
import { inflated } from "../data/pack";
import { held } from "../data/source";

type Point = [number, number];

/** A line as drawn, with the length up to each of its points. */
export interface Course {
  xs: Float64Array;
  ys: Float64Array;
  along: Float64Array;
}

export interface Geography {
  land: string;
  borders: string;
  places: Map<string, Point>;
  lines: string[];
  courses: Course[];
  /** What the courses lie in: left, top, right, bottom. */
  frame: [number, number, number, number];
}

export type Atlas = Topology<{ countries: GeometryCollection }>;

/** The countries of the world. */
export async function atlas(): Promise<Atlas> {
  return JSON.parse(new TextDecoder().decode(await inflated(held("countries")))) as Atlas;
}

/** Things on the map grow with it. */
export const sizeOf = (width: number, height: number) => Math.max(0.7, Math.min(2.2, 0.5 + width / 2600 + height / 2600));

/** Conic conformal, upright in the middle of the corridor and true 6 degrees to either side of it: long corridors lie flat. */
export function projection(places: Place[], width: number, height: number, margin: number): GeoConicProjection {
  const points: MultiPoint = { type: "MultiPoint", coordinates: places.map((one) => one.at) };
  const [[west, south], [east, north]] = geoBounds(points);
  const middle = (south + north) / 2;
  const lon = west <= east ? (west + east) / 2 : (west + east + 360) / 2;
  return geoConicConformal()
    .parallels([middle - 6, middle + 6])
    .rotate([-lon, 0])
    .fitExtent(
      [
        [margin, margin],
        [width - margin, height - margin],
      ],
      points,
    );
}

/** Everything that lies still on the map, in pixels of a box. */
export function geography(world: Atlas, places: Place[], links: Link[], width: number, height: number): Geography {
  const project = projection(places, width, height, Math.max(28, 0.06 * Math.min(width, height)));
  const around = 1.5 * Math.max(width, height);
  project.clipExtent([
    [-around, -around],
    [width + around, height + around],
  ]);
  const path = geoPath(project).digits(1);
  const near = nearby(world, places);
  const courses = links.map((one) => course(one.line.map((point) => project(point) as Point)));
  return {
    land: path(near) ?? "",
    borders: path(mesh(world, world.objects.countries, (one, other) => one !== other)) ?? "",
    places: new Map(places.map((one) => [one.id, project(one.at) as Point])),
    lines: courses.map(drawn),
    courses,
    frame: [
      Math.min(...courses.flatMap((one) => [...one.xs])),
      Math.min(...courses.flatMap((one) => [...one.ys])),
      Math.max(...courses.flatMap((one) => [...one.xs])),
      Math.max(...courses.flatMap((one) => [...one.ys])),
    ],
  };
}

/** The countries within reach of the corridor: those far away need not be projected. */
function nearby(world: Atlas, places: Place[]): FeatureCollection {
  const [[west, south], [east, north]] = geoBounds({ type: "MultiPoint", coordinates: places.map((one) => one.at) });
  const all = feature(world, world.objects.countries) as FeatureCollection<Geometry>;
  const close = (one: Feature) => {
    const [[w, s], [e, n]] = geoBounds(one);
    return n > south - 40 && s < north + 40 && (w > e || (e > west - 60 && w < east + 60));
  };
  return { type: "FeatureCollection", features: all.features.filter(close) };
}

function course(points: Point[]): Course {
  const along = new Float64Array(points.length);
  points.forEach(([x, y], n) => {
    const [px, py] = points[n - 1] ?? [x, y];
    along[n] = (along[n - 1] ?? 0) + Math.hypot(x - px, y - py);
  });
  return { xs: Float64Array.from(points, ([x]) => x), ys: Float64Array.from(points, ([, y]) => y), along };
}

function drawn({ xs, ys }: Course): string {
  return Array.from(xs, (x, n) => `${n ? "L" : "M"}${x.toFixed(1)},${(ys[n] ?? 0).toFixed(1)}`).join("");
}

/** The point at a share of a course, and the direction there; into `out`, so that a frame makes no rubbish. */
export function at(course: Course, share: number, out: { x: number; y: number; dx: number; dy: number }): void {
  const { xs, ys, along } = course;
  const last = along.length - 1;
  const goal = share * (along[last] ?? 0);
  let n = 1;
  while (n < last && (along[n] ?? 0) < goal) n++;
  const before = along[n - 1] ?? 0;
  const length = (along[n] ?? 0) - before || 1;
  const part = (goal - before) / length;
  const x = xs[n - 1] ?? 0;
  const y = ys[n - 1] ?? 0;
  out.dx = ((xs[n] ?? x) - x) / length;
  out.dy = ((ys[n] ?? y) - y) / length;
  out.x = x + part * ((xs[n] ?? x) - x);
  out.y = y + part * ((ys[n] ?? y) - y);
}
