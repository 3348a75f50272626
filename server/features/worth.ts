/** What a feature is worth by itself: its variance, or how it goes with the target. */
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';
import type { FeatureValues } from './matrix.ts';
import { computeQuantiles } from './quantiles.ts';

/** Of the training rows: class index or value. */
export interface WorthRows {
  readonly target: Float64Array;
  readonly task: SupervisedTask;
}

/** Of numbers as scikit-learn's VarianceThreshold, missing ones apart; of categories Gini's 1 - Σ share². */
export function varianceOf(values: FeatureValues): number {
  if (values.kind === 'category') {
    const counts = new Map<number, number>();
    for (const code of values.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    let squares = 0;
    for (const count of counts.values()) squares += (count / values.codes.length) ** 2;
    return 1 - squares;
  }
  const known = values.values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return 0;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
}

/**
 * Size of Pearson's correlation of numbers with the target, of categories the correlation ratio η; several classes: the
 * largest of each against the rest.
 */
export function correlationOf(values: FeatureValues, { target, task }: WorthRows): number {
  if (task !== 'multiclass') return correlation(values, target);
  const classes = target.reduce((most, y) => Math.max(most, y + 1), 0);
  return Math.max(
    ...Array.from({ length: classes }, (_, k) =>
      correlation(
        values,
        target.map((y) => Number(y === k)),
      ),
    ),
  );
}

function correlation(values: FeatureValues, target: Float64Array): number {
  const x = values.kind === 'numeric' ? Float64Array.from(values.values) : levelMeans(values.codes, target);
  let [n, sx, sy] = [0, 0, 0];
  x.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    n++;
    sx += value;
    sy += target[i] ?? 0;
  });
  let [xx, yy, xy] = [0, 0, 0];
  x.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const [dx, dy] = [value - sx / n, (target[i] ?? 0) - sy / n];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  });
  return xx > 0 && yy > 0 ? Math.abs(xy) / Math.sqrt(xx * yy) : 0;
}

/** The mean target of each row's level: its correlation with the target is η. */
function levelMeans(codes: Uint16Array | Int32Array, target: Float64Array): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  codes.forEach((code, i) => {
    const own = sums.get(code) ?? { sum: 0, count: 0 };
    own.sum += target[i] ?? 0;
    own.count++;
    sums.set(code, own);
  });
  return Float64Array.from(codes, (code) => {
    const { sum, count } = sums.get(code) ?? { sum: 0, count: 1 };
    return sum / count;
  });
}

/** Numbers are cut into so many parts of about equal size. */
const parts = 16;

/** Mutual information in nats from counts, less what chance alone gives: (rows - 1)(columns - 1) / 2n (Miller 1955). */
export function informationOf(values: FeatureValues, { target, task }: WorthRows): number {
  const x = values.kind === 'category' ? values.codes : cut(values.values);
  const y = predictsValue(task) ? cut(Float32Array.from(target)) : target;
  const n = target.length;
  const joint = new Map<string, number>();
  const ofX = new Map<number, number>();
  const ofY = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const [a, b] = [x[i] ?? 0, y[i] ?? 0];
    joint.set(`${a} ${b}`, (joint.get(`${a} ${b}`) ?? 0) + 1);
    ofX.set(a, (ofX.get(a) ?? 0) + 1);
    ofY.set(b, (ofY.get(b) ?? 0) + 1);
  }
  let sum = 0;
  for (const [key, count] of joint) {
    const [a = 0, b = 0] = key.split(' ').map(Number);
    sum += (count / n) * Math.log((count * n) / ((ofX.get(a) ?? 1) * (ofY.get(b) ?? 1)));
  }
  return sum - ((ofX.size - 1) * (ofY.size - 1)) / (2 * n);
}

/** The part of each value; missing ones have one of their own. */
function cut(values: Float32Array): Int32Array {
  const known = values.filter((value) => !Number.isNaN(value));
  const edges = computeQuantiles(
    known,
    Array.from({ length: parts - 1 }, (_, i) => (i + 1) / parts),
  );
  return Int32Array.from(values, (value) =>
    Number.isNaN(value) ? -1 : edges.reduce((part, edge) => part + Number(value > edge), 0),
  );
}
