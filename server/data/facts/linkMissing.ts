/** Whether a column's being empty predicts the target. */
import { normalQuantile, normalTail } from '../../statistics/distributions.ts';
import { correlationAbove, correlationLowerBound } from '../../statistics/intervals.ts';
import type { LowerBound } from './facts.ts';

/** Levels beyond which emptiness counts as informative: lint.md, `informative-missing`; R² as for `id-predicts-target`. */
export const informative = { auc: 0.55, r2: 0.05 } as const;

/**
 * AUC of "is missing", macro over classes: half of one plus the difference of the two rates. `missing` and `rows` per
 * class; the error adds one row of each kind to either side (Agresti and Coull), so that rates of 0 and 1 have one.
 */
export function missingAuc(missing: readonly number[], rows: readonly number[]): LowerBound & { p: number } {
  const total = { missing: sum(missing), rows: sum(rows) };
  const judged =
    rows.length === 2 ? [1] : rows.flatMap((count, c) => (count > 0 && count < total.rows ? [c] : []));
  let value = 0;
  let error = 0;
  for (const c of judged) {
    const [within, of] = [missing[c] ?? 0, rows[c] ?? 0];
    const [beyond, others] = [total.missing - within, total.rows - of];
    value += (0.5 + Math.abs(within / of - beyond / others) / 2) / judged.length;
    error += Math.sqrt(shareVariance(within, of) + shareVariance(beyond, others)) / 2 / judged.length;
  }
  return {
    value,
    error,
    low: value + normalQuantile(0.05) * error,
    p: normalTail((value - informative.auc) / error),
  };
}

/** R² of "is missing" with a centred numeric target. */
export function missingRSquared(
  missing: { rows: number; sum: number },
  all: { rows: number; squares: number },
): LowerBound & { p: number } {
  const share = missing.rows / all.rows;
  // Centred: the covariance with the indicator is the missing rows' sum over all rows.
  const scale = Math.sqrt(share * (1 - share) * (all.squares / all.rows));
  const r = scale > 0 ? Math.min(1, Math.abs(missing.sum / all.rows) / scale) : 0;
  const low = Math.max(0, correlationLowerBound(r, all.rows, 0.05)) ** 2;
  const p = correlationAbove(r, Math.sqrt(informative.r2), all.rows);
  return { value: r * r, error: (2 * r * (1 - r * r)) / Math.sqrt(Math.max(1, all.rows - 3)), low, p };
}

function shareVariance(successes: number, trials: number): number {
  const share = (successes + 1) / (trials + 2);
  return (share * (1 - share)) / (trials + 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
