/** Predictive power of one column: how much better a small tree on it predicts than a guess without it. */
import { ascendingOrder } from './order.ts';

export interface PowerRequest {
  /** Ordered values (NaN: missing, the lowest) or level numbers. */
  readonly values: Float64Array;
  /** Levels have no order: one prediction a level. */
  readonly levels: boolean;
  /** Class index, or the value. */
  readonly target: Float64Array;
  /** 0: regression. */
  readonly classes: number;
}

const folds = 4;
const maxDepth = 6;
const minLeaf = 5;

/**
 * The score of the ppscore package (Wetschoreck, 2020) with a limited tree: 0 no better than a guess, 1 perfect. Mean
 * over four interleaved folds of the weighted F1 against the better of two guesses (always the commonest class; classes
 * at random), or of the mean absolute error against the median. Rows should be in no order.
 */
export function predictivePower(request: PowerRequest): number {
  const rows = request.target.length;
  let score = 0;
  for (let fold = 0; fold < folds; fold++) {
    const predicted = predictFold(request, fold);
    const truth = request.target.filter((_, i) => i % folds === fold);
    score +=
      (request.classes > 0 ? weightedF1(truth, predicted, request.classes) : meanError(truth, predicted)) /
      folds;
  }
  if (rows < 2 * folds || Number.isNaN(score)) return 0;
  const guess = request.classes > 0 ? guessF1(request) : meanError(request.target, medianOf(request.target));
  if (request.classes > 0) return guess < 1 ? Math.max(0, (score - guess) / (1 - guess)) : 0;
  return guess > 0 ? Math.max(0, 1 - score / guess) : 0;
}

function predictFold(request: PowerRequest, fold: number): Float64Array {
  const held = (_: number, i: number) => i % folds === fold;
  const kept = (_: number, i: number) => i % folds !== fold;
  const training = { ...request, values: request.values.filter(kept), target: request.target.filter(kept) };
  const predict = request.levels ? fitLevels(training) : fitSegments(training);
  return request.values.filter(held).map(predict);
}

function fitLevels({ values, target, classes }: PowerRequest): (level: number) => number {
  const members = new Map<number, number[]>();
  values.forEach((level, i) => {
    const list = members.get(level);
    if (list) list.push(target[i] ?? 0);
    else members.set(level, [target[i] ?? 0]);
  });
  const overall = leafValue(target, classes);
  const predictions = new Map<number, number>();
  for (const [level, list] of members) {
    if (list.length >= minLeaf) predictions.set(level, leafValue(Float64Array.from(list), classes));
  }
  return (level) => predictions.get(level) ?? overall;
}

interface Segment {
  readonly upTo: number;
  readonly value: number;
}

/** A tree on one ordered column is a division of the line. */
function fitSegments({ values, target, classes }: PowerRequest): (value: number) => number {
  const filled = values.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  const order = ascendingOrder(filled);
  const x = Float64Array.from(order, (row) => filled[row] ?? 0);
  const y = Float64Array.from(order, (row) => target[row] ?? 0);
  const segments: Segment[] = [];
  const grow = (from: number, to: number, depth: number, upTo: number): void => {
    const cut = depth < maxDepth ? bestCut(x, y, { from, to, classes }) : -1;
    if (cut < 0) {
      segments.push({ upTo, value: leafValue(y.subarray(from, to), classes) });
      return;
    }
    const below = x[cut - 1] ?? 0;
    const middle = below === Number.NEGATIVE_INFINITY ? below : (below + (x[cut] ?? 0)) / 2;
    grow(from, cut, depth + 1, middle);
    grow(cut, to, depth + 1, upTo);
  };
  grow(0, x.length, 0, Number.POSITIVE_INFINITY);
  return (value) => {
    const at = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    return segments.find((segment) => at <= segment.upTo)?.value ?? 0;
  };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly classes: number;
}

/** Position of the cut with the largest fall in Gini impurity or squared error; -1 where none falls. */
function bestCut(x: Float64Array, y: Float64Array, { from, to, classes }: Stretch): number {
  const width = Math.max(1, classes);
  const left = new Float64Array(width);
  const right = new Float64Array(width);
  const classOf = (i: number) => (classes > 0 ? (y[i] ?? 0) : 0);
  const amountOf = (i: number) => (classes > 0 ? 1 : (y[i] ?? 0));
  for (let i = from; i < to; i++) right[classOf(i)] = (right[classOf(i)] ?? 0) + amountOf(i);
  const whole = purity(right, to - from);
  let best = -1;
  let bestPurity = whole + Math.abs(whole) * 1e-12;
  for (let i = from; i < to - minLeaf; i++) {
    left[classOf(i)] = (left[classOf(i)] ?? 0) + amountOf(i);
    right[classOf(i)] = (right[classOf(i)] ?? 0) - amountOf(i);
    if (i + 1 - from < minLeaf || x[i] === x[i + 1]) continue;
    const split = purity(left, i + 1 - from) + purity(right, to - i - 1);
    if (split > bestPurity) {
      bestPurity = split;
      best = i + 1;
    }
  }
  return best;
}

/** Sum of squares over rows: the part of the impurity that a cut can change. */
function purity(sums: Float64Array, rows: number): number {
  let squares = 0;
  for (let at = 0; at < sums.length; at++) squares += (sums[at] ?? 0) ** 2;
  return squares / rows;
}

/** The mean, or the commonest class (the lowest of equals). */
function leafValue(target: Float64Array, classes: number): number {
  if (classes === 0) return target.reduce((sum, value) => sum + value, 0) / target.length;
  const counts = countClasses(target, classes);
  return counts.indexOf(Math.max(...counts));
}

function countClasses(target: Float64Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const index of target) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

function weightedF1(truth: Float64Array, predicted: Float64Array, classes: number): number {
  const actual = countClasses(truth, classes);
  const answered = countClasses(predicted, classes);
  const right = countClasses(
    truth.filter((index, i) => predicted[i] === index),
    classes,
  );
  return actual.reduce((sum, count, c) => {
    const both = count + (answered[c] ?? 0);
    return sum + (both > 0 ? (count / truth.length) * ((2 * (right[c] ?? 0)) / both) : 0);
  }, 0);
}

/** Weighted F1 of always answering the commonest class, or of answering at random with the classes' shares. */
function guessF1({ target, classes }: PowerRequest): number {
  const shares = countClasses(target, classes).map((count) => count / target.length);
  const most = Math.max(...shares);
  return Math.max(
    (most * 2 * most) / (1 + most),
    shares.reduce((sum, share) => sum + share * share, 0),
  );
}

function meanError(truth: Float64Array, predicted: Float64Array | number): number {
  const at = (i: number) => (typeof predicted === 'number' ? predicted : (predicted[i] ?? 0));
  return truth.reduce((sum, value, i) => sum + Math.abs(value - at(i)), 0) / truth.length;
}

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
