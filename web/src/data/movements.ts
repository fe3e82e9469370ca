import type { Movements as Head, Service } from "./document";

/** Where a vehicle is: on a link, some share of it run; or standing at its beginning or end. */
export interface Spot {
  link: number;
  share: number;
  back: boolean;
  waits: boolean;
}

/** The vehicles of one replication, trip by trip. */
export class Movements {
  readonly count: number;
  readonly endH: number;
  readonly service: Uint16Array;
  readonly teu: Uint16Array;
  readonly start: Float32Array;
  readonly end: Float32Array;
  /** Enter and exit of each link of the path, at last the hour of the position; Infinity: not in this run. */
  readonly times: Float32Array;
  readonly first: Uint32Array;
  private readonly services: Service[];
  private readonly firstDay: number;
  private readonly days: Uint32Array[];

  constructor(head: Head, services: Service[], column: Uint32Array, stepH: number) {
    this.services = services;
    this.endH = head.end_h;
    const counts = services.map((one) => head.trips[one.id] ?? 0);
    this.count = counts.reduce((sum, one) => sum + one, 0);
    const held = services.reduce((sum, one, n) => sum + (counts[n] ?? 0) * (2 * one.links.length + 1), 0);
    this.service = new Uint16Array(this.count);
    this.teu = new Uint16Array(this.count);
    this.start = new Float32Array(this.count);
    this.end = new Float32Array(this.count);
    this.first = new Uint32Array(this.count);
    this.times = new Float32Array(held).fill(Infinity);
    this.read(counts, column, Math.round(head.begin_h / stepH), stepH);
    this.firstDay = Math.floor(head.begin_h / 24);
    this.days = this.byDay();
  }

  private read(counts: number[], column: Uint32Array, begin: number, stepH: number): void {
    let at = 0;
    let trip = 0;
    let place = 0;
    const now = new Float64Array(Math.max(0, ...counts));
    this.services.forEach((service, number) => {
      const count = counts[number] ?? 0;
      const width = 2 * service.links.length + 1;
      let leave = begin;
      for (let n = 0; n < count; n++) {
        leave += column[at + n] ?? 0;
        now[n] = leave;
        this.service[trip + n] = number;
        this.teu[trip + n] = column[at + count + n] ?? 0;
        this.start[trip + n] = leave * stepH;
        this.first[trip + n] = place + n * width;
        this.times[place + n * width] = leave * stepH;
      }
      at += 2 * count;
      for (let k = 1; k < width; k++) {
        for (let n = 0; n < count; n++, at++) {
          const span = column[at] ?? 0;
          now[n] = span ? (now[n] ?? 0) + span - 1 : Infinity;
          this.times[place + n * width + k] = (now[n] ?? 0) * stepH;
        }
      }
      for (let n = 0; n < count; n++) this.end[trip + n] = this.times[place + n * width + width - 1] ?? Infinity;
      trip += count;
      place += count * width;
    });
  }

  private byDay(): Uint32Array[] {
    const number = Math.ceil(this.endH / 24) - this.firstDay + 1;
    const lists: number[][] = Array.from({ length: number }, () => []);
    for (let trip = 0; trip < this.count; trip++) {
      const begin = Math.floor((this.start[trip] ?? 0) / 24) - this.firstDay;
      const end = Math.min(number - 1, Math.floor((this.end[trip] ?? 0) / 24) - this.firstDay);
      for (let day = begin; day <= end; day++) lists[day]?.push(trip);
    }
    return lists.map((one) => Uint32Array.from(one));
  }

  /** The trips under way on the day of an hour. */
  on(hour: number): Uint32Array {
    return this.days[Math.floor(hour / 24) - this.firstDay] ?? new Uint32Array();
  }

  /** Put the whereabouts of a trip into `spot`; false if it is not under way. */
  locate(trip: number, hour: number, spot: Spot): boolean {
    if (hour < (this.start[trip] ?? Infinity) || hour >= (this.end[trip] ?? 0)) return false;
    const service = this.services[this.service[trip] ?? 0] as Service;
    const first = this.first[trip] ?? 0;
    let low = 0;
    let high = 2 * service.links.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.times[first + middle] ?? Infinity) <= hour) low = middle;
      else high = middle - 1;
    }
    const leg = low >> 1;
    const enter = this.times[first + 2 * leg] ?? 0;
    const exit = this.times[first + 2 * leg + 1] ?? Infinity;
    spot.waits = (low & 1) === 1;
    spot.share = spot.waits ? 1 : Number.isFinite(exit) ? (hour - enter) / Math.max(exit - enter, 1e-3) : 0;
    spot.link = service.links[leg] ?? 0;
    spot.back = service.back[leg] ?? false;
    return true;
  }

  serviceOf(trip: number): Service {
    return this.services[this.service[trip] ?? 0] as Service;
  }
}
