/** How far the clocks of a time zone are from UTC at each instant, as a table that fits into the model file. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { cast, int64, integers, lookUp } from '../onnx/operators.ts';
import { appendSearch } from '../onnx/pieces.ts';

/** From `from[i]` (epoch seconds, ascending, the first -∞) until the next, clocks show UTC + `offset[i]` seconds. */
export interface TimeZone {
  readonly from: readonly number[];
  readonly offset: readonly number[];
}

/** Changes are looked for from 1900 to the end of 2099; before and after, the nearest offset holds. */
const [firstYear, lastYear] = [1900, 2099];
const day = 86_400;

/** Of a zone that the IANA time zone database of this Node knows. */
export function readTimeZone(name: string): TimeZone {
  const known = zones.get(name) ?? findChanges(offsetReader(name));
  zones.set(name, known);
  return known;
}
const zones = new Map<string, TimeZone>();

/** The offset at an instant. */
export function offsetAt({ from, offset }: TimeZone, seconds: number): number {
  let [low, high] = [0, from.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (seconds < (from[middle] ?? 0)) high = middle;
    else low = middle;
  }
  return offset[low] ?? 0;
}

/** Appends what the clocks show, as if it were UTC: int64 epochs [n, 1] in and out. */
export function appendZone(graph: GraphBuilder, epochs: string, { from, offset }: TimeZone): string {
  const index = appendSearch(graph, cast(graph, epochs, 'double'), from);
  return integers(graph).add(epochs, lookUp(graph, int64(graph, offset), index));
}

/** Looks every ten days: an offset that lasted less is passed over. */
function findChanges(offsetOf: (seconds: number) => number): TimeZone {
  const start = Date.UTC(firstYear) / 1000;
  const end = Date.UTC(lastYear + 1) / 1000;
  const from = [Number.NEGATIVE_INFINITY];
  const offset = [offsetOf(start)];
  for (let after = start; after < end; after += 10 * day) {
    while (offsetOf(after) !== offset.at(-1)) {
      let [low, high] = [Math.max(after - 10 * day, from.at(-1) ?? 0), after];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offsetOf(middle) === offset.at(-1)) low = middle;
        else high = middle;
      }
      from.push(high);
      offset.push(offsetOf(high));
    }
  }
  return { from, offset };
}

function offsetReader(timeZone: string): (seconds: number) => number {
  const names = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  const numeric = Object.fromEntries(names.map((name) => [name, 'numeric']));
  const format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...numeric });
  return (seconds) => {
    const parts = new Map(
      format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]),
    );
    const [year = 0, month = 0, ...rest] = names.map((name) => parts.get(name) ?? 0);
    return Date.UTC(year, month - 1, ...rest) / 1000 - seconds;
  };
}
