/** Round numbers from one to another, about so many. */
export function steps(from: number, to: number, about: number): number[] {
  const raw = Math.max((to - from) / Math.max(about, 1), 1e-9);
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = scale * ([1, 2, 5].find((one) => one * scale >= raw) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}

const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

/** Minutes between two, as a clock has them, at most about so many. */
export function minutes(from: number, to: number, about: number): number[] {
  const step = MINUTES.find((one) => (to - from) / one <= about) ?? 1440;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, n) => (first + n) * step);
}
