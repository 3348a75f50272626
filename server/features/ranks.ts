/** Where a value stands among the training values: its rank as a share, or the normal score of that rank. */
import type { Pieces } from '../onnx/pieces.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import { valueAt } from '../statistics/quantiles.ts';

/** Knots at most, as scikit-learn's QuantileTransformer. */
const mostKnots = 1000;

/** Normal scores end here, as scikit-learn's do: the quantile of 1e-7. */
const bound = -normalQuantile(1e-7);

/**
 * scikit-learn's QuantileTransformer with all rows: the share of training values below, linear between up to 1000
 * quantiles, ties in the middle of their range, 0 from the least value down and 1 from the largest up.
 * `normal`: the same in normal scores, linear between those of the quantiles (scikit-learn has them curved there).
 * `values`, without NaN, are left as they are.
 */
export function fitRanks(values: Float32Array, form: 'uniform' | 'normal'): Pieces {
  const score = (share: number) =>
    form === 'uniform' ? share : Math.min(Math.max(normalQuantile(share), -bound), bound);
  const steps = readSteps(values);
  const [from, x, y, slope]: [number[], number[], number[], number[]] = [[], [], [], []];
  const piece = (start: number, at: number, height: number, rise = 0) => {
    from.push(start);
    x.push(at);
    y.push(height);
    slope.push(rise);
  };
  piece(Number.NEGATIVE_INFINITY, 0, score(0));
  steps.forEach(({ value, low, high }, index) => {
    const next = steps[index + 1];
    if (next === undefined) {
      piece(index === 0 ? above(value) : value, 0, score(1));
      return;
    }
    // Tied values are float32 values themselves, so that the next one begins what lies above.
    const tied = low < high;
    if (tied && index > 0) piece(value, 0, score((low + high) / 2));
    const rise = (score(next.low) - score(high)) / (next.value - value);
    piece(tied ? above(value) : value, value, score(high), rise);
  });
  return { from, x, y, slope };
}

interface Step {
  readonly value: number;
  /** Shares of the first and last knot with this value. */
  readonly low: number;
  readonly high: number;
}

/** The distinct values of the knots, ascending. */
function readSteps(values: Float32Array): Step[] {
  const sorted = values.slice().sort();
  const knots = Math.min(mostKnots, sorted.length);
  const steps: { value: number; low: number; high: number }[] = [];
  for (let knot = 0; knot < knots; knot++) {
    const share = knots === 1 ? 0 : knot / (knots - 1);
    // Not share · (rows - 1), which may miss a whole position by a rounding and so tear ties apart.
    const value = valueAt(sorted, knots === 1 ? 0 : (knot * (sorted.length - 1)) / (knots - 1));
    const last = steps.at(-1);
    if (last !== undefined && value <= last.value) last.high = share;
    else steps.push({ value, low: share, high: share });
  }
  return steps;
}

/** The least float32 above a float32 value. */
function above(value: number): number {
  scratch[0] = value === 0 ? 0 : value;
  bits[0] = (bits[0] ?? 0) + (value < 0 ? -1 : 1);
  return scratch[0] ?? Number.NaN;
}
const scratch = new Float32Array(1);
const bits = new Int32Array(scratch.buffer);
