/** Numbers, intervals and times as panels write them: four significant digits, the exact time in the tooltip. */
import { grouped } from '../../server/protocol/grouped.ts';
import { element } from './dom.ts';

export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface Estimate {
  readonly value: JsonNumber;
  readonly low: JsonNumber;
  readonly high: JsonNumber;
}

export function number4(value: JsonNumber | null | undefined): string {
  const number = Number(value ?? Number.NaN);
  if (Number.isNaN(number)) return '–';
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '−∞';
  if (Math.abs(number) >= 10_000) return grouped(Math.round(number));
  return String(Number(number.toPrecision(4))).replace('-', '−');
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** `[0.89, 0.93]`, or nothing where there is no interval. */
export function interval({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return Number.isFinite(Number(low)) && Number.isFinite(Number(high))
    ? `[${number4(low)}, ${number4(high)}]`
    : '';
}

/** Half the interval's width, as `± 0.002`. */
export function halfWidth(low: JsonNumber | null, high: JsonNumber | null): string {
  if (low === null || high === null) return '';
  const half = (Number(high) - Number(low)) / 2;
  return Number.isFinite(half) ? `± ${String(Number(half.toPrecision(1)))}` : '';
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Relative, with the exact time in the tooltip. */
export function time(iso: string): HTMLElement {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  const words =
    seconds < 45
      ? 'just now'
      : seconds < 3600
        ? `${Math.max(1, Math.round(seconds / 60))} min ago`
        : seconds < 86_400
          ? `${Math.round(seconds / 3600)} h ago`
          : `${Math.round(seconds / 86_400)} d ago`;
  return element('time', { datetime: iso, title: new Date(iso).toLocaleString() }, words);
}

/** One line without control and direction characters: names come from files. */
export function printable(name: string, most = 200): string {
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
