/** Isotonic calibration of two classes: the rising curve through the observed shares, smoothed so that a file can carry it. */
import { ascendingOrder } from '../statistics/order.ts';
import type { Calibration } from './calibration.ts';
import type { HeldRows } from './fitCalibration.ts';

/** Rows that share one fitted value. */
export interface Pool {
  readonly weight: number;
  /** Weighted mean of the raw scores. */
  readonly raw: number;
  /** Weighted share of positives. */
  readonly share: number;
}

/**
 * Per unit of raw score. Steeper, and the difference between float32 and float64 scores (3e-7 at a log-odds of 8)
 * would show in the fifth decimal of the probability.
 */
const steepest = 20;

/**
 * Points at the centres of the pooled rows (centred isotonic regression, Oron and Flournoy 2017), which keeps nearly all
 * ranks apart where plain isotonic regression makes steps. Shares stay off 0 and 1 by one row in all rows.
 */
export function fitIsotonic(held: HeldRows): Calibration {
  let pools = poolAdjacent(held);
  for (let last = 0; last !== pools.length; ) {
    last = pools.length;
    pools = pools.reduce<Pool[]>((kept, pool) => {
      const before = kept.at(-1);
      if (before && pool.share - before.share > steepest * (pool.raw - before.raw)) {
        kept[kept.length - 1] = merge(before, pool);
      } else kept.push(pool);
      return kept;
    }, []);
  }
  const least = 1 / (held.target.length + 2);
  return {
    method: 'isotonic',
    raw: pools.map((pool) => pool.raw),
    probability: pools.map((pool) => Math.min(Math.max(pool.share, least), 1 - least)),
  };
}

/** Pool adjacent violators: shares rise strictly from pool to pool. Rows of equal score start in one pool. */
export function poolAdjacent({ raw, target, weight }: HeldRows): Pool[] {
  const pools: Pool[] = [];
  for (const i of ascendingOrder(raw)) {
    const rowWeight = weight?.[i] ?? 1;
    if (rowWeight === 0) continue;
    let pool: Pool = { weight: rowWeight, raw: raw[i] ?? 0, share: target[i] === 1 ? 1 : 0 };
    const last = pools.at(-1);
    if (last?.raw === pool.raw) {
      pools.pop();
      pool = merge(last, pool);
    }
    pools.push(pool);
  }
  const rising: Pool[] = [];
  for (let pool of pools) {
    for (let last = rising.at(-1); last && last.share >= pool.share; last = rising.at(-1)) {
      rising.pop();
      pool = merge(last, pool);
    }
    rising.push(pool);
  }
  return rising;
}

function merge(a: Pool, b: Pool): Pool {
  const weight = a.weight + b.weight;
  const at = b.weight / weight;
  return { weight, raw: a.raw + at * (b.raw - a.raw), share: a.share + at * (b.share - a.share) };
}
