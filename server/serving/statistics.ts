/** Requests of a served model counted and timed: what `deployments`, the editor and Prometheus show. */
import type { ContractCheck } from '../onnx/contract.ts';
import type { OutsideCell } from './rows.ts';

export interface Statistics {
  /** `milliseconds` from the first byte read to the answer. */
  countRequest(status: number, milliseconds: number): void;
  countRows(rows: number): void;
  /** Cells outside the contract that were answered all the same. */
  countOutside(cells: readonly OutsideCell[]): void;
  snapshot(): Snapshot;
}

export interface Snapshot {
  readonly requests: number;
  /** Requests answered with 4xx, and with 5xx. */
  readonly rejected: number;
  readonly failed: number;
  readonly rows: number;
  /** Rows that were answered although a value lay outside the contract. */
  readonly outside: number;
  /** Such cells by column and check. */
  readonly cells: readonly {
    readonly column: string;
    readonly check: ContractCheck;
    readonly count: number;
  }[];
  /** Requests a second over the last ten whole seconds. */
  readonly rate: number;
  /** Milliseconds, 1 % exact; null before the first request. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Sum of all latencies in milliseconds, and how many took at most each of `latencyBounds`. */
  readonly total: number;
  readonly within: readonly number[];
}

/** Milliseconds: upper bounds of the histogram that Prometheus is given. */
export const latencyBounds = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000] as const;

/** Bins grow by 2 %, from 1 µs to 1,000 s: a quantile is at most 1 % off. */
const growth = Math.log(1.02);
const smallest = 0.001;
const bins = Math.ceil(Math.log(1e9) / growth);

/** Seconds that the rate looks back. */
const rateSeconds = 10;

/** `now`: milliseconds of a clock that never goes back. */
export function createStatistics(now = () => performance.now()): Statistics {
  /** Requests of each of the last seconds, by the second's remainder. */
  const recent = Array.from({ length: rateSeconds + 1 }, () => ({ second: -1, count: 0 }));
  const histogram = new Uint32Array(bins + 1);
  const within = latencyBounds.map(() => 0);
  let requests = 0;
  let rejected = 0;
  let failed = 0;
  let rows = 0;
  let total = 0;
  let outside = 0;
  const cells = new Map<string, { column: string; check: ContractCheck; count: number }>();
  return {
    countRequest(status, milliseconds) {
      requests++;
      const second = Math.floor(now() / 1000);
      const slot = recent[second % recent.length];
      if (slot !== undefined) {
        slot.count = slot.second === second ? slot.count + 1 : 1;
        slot.second = second;
      }
      if (status >= 500) failed++;
      else if (status >= 400) rejected++;
      total += milliseconds;
      const bin = Math.min(bins, Math.max(0, Math.floor(Math.log(milliseconds / smallest) / growth)));
      histogram[bin] = (histogram[bin] ?? 0) + 1;
      latencyBounds.forEach((bound, index) => {
        if (milliseconds <= bound) within[index] = (within[index] ?? 0) + 1;
      });
    },
    countRows(count) {
      rows += count;
    },
    countOutside(found) {
      outside += new Set(found.map(({ row }) => row)).size;
      for (const { column, check } of found) {
        const key = `${check} ${column}`;
        const cell = cells.get(key) ?? { column, check, count: 0 };
        cell.count++;
        cells.set(key, cell);
      }
    },
    snapshot: () => ({
      requests,
      rejected,
      failed,
      rows,
      outside,
      cells: [...cells.values()].map((cell) => ({ ...cell })),
      rate: rateOf(recent, Math.floor(now() / 1000)),
      p50: quantile(histogram, requests, 0.5),
      p95: quantile(histogram, requests, 0.95),
      p99: quantile(histogram, requests, 0.99),
      total,
      within: [...within],
    }),
  };
}

/** The second that has just begun is not over, so it does not count yet. */
function rateOf(
  recent: readonly { readonly second: number; readonly count: number }[],
  current: number,
): number {
  const whole = recent.filter(({ second }) => second >= current - rateSeconds && second < current);
  return whole.reduce((sum, { count }) => sum + count, 0) / rateSeconds;
}

/** The middle of the bin that holds the value of that rank (nearest rank). */
function quantile(histogram: Uint32Array, count: number, share: number): number | null {
  if (count === 0) return null;
  let left = Math.ceil(share * count);
  const bin = histogram.findIndex((inBin) => {
    left -= inBin;
    return left <= 0;
  });
  return smallest * Math.exp(growth * (bin + 0.5));
}
