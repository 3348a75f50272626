/** Which rows of a log are one window, and when drift in windows becomes an alarm. */
import type { WindowLength } from './monitorSettings.ts';

export interface RowWindow {
  /** Epoch seconds of its first and last row. */
  readonly from: number;
  readonly to: number;
  /** Positions of the rows, ascending. */
  readonly rows: Int32Array;
}

/** Fewer rows than this wait for the next window (the default of `monitor.window`). */
export const leastWindowRows = 200;
/** The newest are looked at. */
const mostWindows = 30;

/**
 * Rows in the order of `times` (epoch seconds), cut by their number or by time. A window of too few rows is joined with
 * the next; the newest one stands as it is. Rows without a time are left out.
 */
export function cutWindows(times: Float64Array, length: WindowLength): RowWindow[] {
  const order = Int32Array.from(times.keys())
    .filter((row) => !Number.isNaN(times[row]))
    .sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const windows: Int32Array[] = [];
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && !isEnd(i, { start, order, times, length })) continue;
    windows.push(order.slice(start, i));
    start = i;
  }
  return windows.slice(-mostWindows).map((rows) => ({
    from: times[rows[0] ?? 0] ?? Number.NaN,
    to: times[rows.at(-1) ?? 0] ?? Number.NaN,
    rows: rows.sort(),
  }));
}

interface Cutting {
  readonly start: number;
  readonly order: Int32Array;
  readonly times: Float64Array;
  readonly length: WindowLength;
}

function isEnd(i: number, { start, order, times, length }: Cutting): boolean {
  if ('rows' in length) return i - start >= length.rows;
  const bucket = (at: number) => Math.floor((times[order[at] ?? 0] ?? 0) / length.seconds);
  return bucket(i) !== bucket(i - 1) && i - start >= leastWindowRows;
}

/** The newest window has drifted, and so have `persist` of the last three (or of the last `persist`, where that is more). */
export function alarmed(drifted: readonly boolean[], persist: number): boolean {
  const last = drifted.slice(-Math.max(3, persist));
  return drifted.at(-1) === true && last.filter(Boolean).length >= persist;
}
