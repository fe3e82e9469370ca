import type { Figure } from "./data/report";
import { say } from "./messages";

/** A number to three digits at least, as the command line writes it. */
export function number(value: number): string {
  if (value === Math.round(value)) return fixed(value, 0);
  return fixed(value, Math.max(0, 2 - exponent(value)));
}

/** A number on an axis, no longer than it must be. */
export function tick(value: number): string {
  return value.toLocaleString(say.language, { maximumFractionDigits: 6 });
}

/** A figure to two digits of half its interval, but no finer than to three of the mean. */
export function figure(one: Figure | null, factor = 1): string {
  const half = halfOf(one, factor);
  if (!one) return say.none;
  if (half === null) return number(factor * one.mean);
  const { mean, text, digits } = half;
  if (one.low === 0 && one.mean < 0.9999 * ((one.high ?? 0) - one.mean)) {
    return `${mean} (${say.range("0", fixed(factor * (one.high ?? 0), digits))})`;
  }
  return `${mean} ${say.plusMinus} ${text}`;
}

/** Mean and half width as they are written; null where there is no interval. */
export function halfOf(one: Figure | null, factor = 1): { mean: string; text: string; digits: number } | null {
  if (!one || one.high === null) return null;
  let half = factor * (one.high - one.mean);
  const mean = factor * one.mean;
  if (half <= 1e-9 * Math.abs(mean)) return null;
  const most = mean ? Math.max(0, 2 - exponent(mean)) : 9;
  const wanted = 1 - exponent(half);
  if (wanted > most) half = Math.ceil(half * 10 ** most - 1e-9) / 10 ** most;
  const digits = Math.min(wanted, most);
  return { mean: fixed(mean, digits), text: fixed(half, digits), digits };
}

function exponent(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)));
}

function fixed(value: number, digits: number): string {
  const shown = Math.max(digits, 0);
  return rounded(value, digits).toLocaleString(say.language, {
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  });
}

/** A number rounded as Python does it: what lies just between two goes to the even one. */
function rounded(value: number, digits: number): number {
  const scaled = digits < 0 ? value / 10 ** -digits : value * 10 ** digits;
  const exact = digits <= 0 || Number.isInteger(value * 2 ** (digits + 1));
  const whole = exact && Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled);
  if (digits <= 0) return whole * 10 ** -digits;
  return exact ? whole / 10 ** digits : Number(value.toFixed(Math.min(digits, 100)));
}

/** The moment some hours after the start of a run. */
export function moment(start: string, hour: number): Date {
  return new Date(Date.parse(`${start}T00:00:00Z`) + hour * 3_600_000);
}

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

export function day(start: string, hour: number): string {
  return moment(start, hour).toLocaleDateString("en-GB", DAY);
}

export function dayAndTime(start: string, hour: number): string {
  return moment(start, hour).toLocaleString("en-GB", { ...DAY, month: "short", hour: "2-digit", minute: "2-digit" });
}

/** The first of each month between two hours, as hours since the start. */
export function months(start: string, from: number, to: number): { hour: number; text: string }[] {
  const found: { hour: number; text: string }[] = [];
  const here = moment(start, from);
  here.setUTCDate(1);
  here.setUTCHours(0, 0, 0, 0);
  for (;;) {
    const hour = (here.getTime() - moment(start, 0).getTime()) / 3_600_000;
    if (hour > to) return found;
    if (hour >= from) found.push({ hour, text: here.toLocaleDateString("en-GB", { month: "short", timeZone: "UTC" }) });
    here.setUTCMonth(here.getUTCMonth() + 1);
  }
}
