/** Numbers, times and states of runs as trees, the status bar and messages write them. */
import type { DeploymentEntry } from '../server/protocol/deployments.ts';
import type { RunEvent } from '../server/protocol/runMessages.ts';
import type { RunEntry } from '../server/protocol/workbench.ts';

/** Four significant digits. */
export function number4(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** `0.683 ± 0.002`: half the interval's width; `–` without a value. */
export function headline({ value, low, high }: Pick<RunEntry, 'value' | 'low' | 'high'>): string {
  if (value === null) return '–';
  if (low === null || high === null) return number4(value);
  return `${number4(value)} ± ${String(Number(((high - low) / 2).toPrecision(1)))}`;
}

/** `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function age(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86_400);
  return `${days} ${days === 1 ? 'day' : 'days'} ago`;
}

/** `43 % · 1 min left`. */
export function progressText(event: RunEvent | undefined): string {
  if (event === undefined) return 'starting';
  const left = event.secondsLeft === null ? '' : ` · ${duration(event.secondsLeft)} left`;
  return `${Math.floor(event.fraction * 100)} %${left}`;
}

/** One line without control and direction characters, at most `most` characters: names come from files. */
export function printable(name: string, most = 60): string {
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** `:8080 · 12.3 requests/s · p95 3.1 ms · 2 errors`. */
export function servingText({
  url,
  rate,
  p95,
  errors,
}: Pick<DeploymentEntry, 'url' | 'rate' | 'p95' | 'errors'>): string {
  const parts = [`:${new URL(url).port}`, `${number4(rate)} requests/s`];
  if (p95 !== null) parts.push(`p95 ${number4(p95)} ms`);
  if (errors > 0) parts.push(`${errors} ${errors === 1 ? 'error' : 'errors'}`);
  return parts.join(' · ');
}
