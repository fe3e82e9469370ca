import type { Service } from "../data/document";
import type { Report } from "../data/report";

/** A place on a way, at a distance from its origin; `change`: where vehicles are changed. */
export interface Stop {
  id: string;
  name: string;
  km: number;
  change: boolean;
}

/** The places of a way, in order. */
export function placesOf(report: Report, way: Service[]): Stop[] {
  const stop = (id: string, km: number, change: boolean): Stop => ({ id, name: report.places.get(id)?.name ?? id, km, change });
  const origin = way[0] ? report.terminals.get(way[0].from_terminal)?.place : undefined;
  const found = origin ? [stop(origin, 0, true)] : [];
  let km = 0;
  for (const service of way) {
    service.links.forEach((row, n) => {
      const link = report.document.links[row];
      if (!link) return;
      km += link.length_km;
      found.push(stop(service.back[n] ? link.from_place : link.to_place, km, n === service.links.length - 1));
    });
  }
  return found;
}

/** A vehicle as a line of hours and kilometres. */
export interface Line {
  trip: number;
  link: number;
  points: [number, number][];
}

/** The vehicles of a way's services that are under way between two hours. */
export function lines(report: Report, way: Service[], from: number, to: number): Line[] {
  const movements = report.movements;
  if (!movements) return [];
  const numbers = new Map(way.map((service) => [report.document.services.indexOf(service), offset(report, way, service)]));
  const trips = new Set<number>();
  for (let hour = from; hour < to; hour += 24) {
    for (const trip of movements.on(hour)) if (numbers.has(movements.service[trip] ?? -1)) trips.add(trip);
  }
  return [...trips].map((trip) => {
    const service = movements.serviceOf(trip);
    const points: [number, number][] = [];
    let km = numbers.get(movements.service[trip] ?? -1) ?? 0;
    const first = movements.first[trip] ?? 0;
    service.links.forEach((row, n) => {
      points.push([movements.times[first + 2 * n] ?? Infinity, km]);
      km += report.document.links[row]?.length_km ?? 0;
      points.push([movements.times[first + 2 * n + 1] ?? Infinity, km]);
    });
    points.push([movements.end[trip] ?? Infinity, km]);
    return { trip, link: service.links[0] ?? 0, points: points.filter(([hour]) => Number.isFinite(hour)) };
  });
}

/** Where a service of a way begins. */
function offset(report: Report, way: Service[], service: Service): number {
  const before = way.slice(0, way.indexOf(service)).flatMap((one) => one.links);
  return before.reduce((km, row) => km + (report.document.links[row]?.length_km ?? 0), 0);
}
