/** Round numbers from one to another, about so many. */
export function steps(from: number, to: number, about: number): number[] {
  const raw = Math.max((to - from) / Math.max(about, 1), 1e-9);
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = scale * ([1, 2, 5].find((one) => one * scale >= raw) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => Number(((first + n) * step).toPrecision(12)));
}
