/** Minimises a smooth convex function: limited-memory BFGS on top of a curvature that the caller supplies. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { dot } from '../statistics/dot.ts';

export interface ConvexProblem {
  /** The value at `point`; fills `gradient`. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  /** Looks at the curvature around `point` and returns a function that overwrites a vector by H⁻¹ · vector. */
  precondition(point: Float64Array): (vector: Float64Array) => void;
  /** The curvature is the same everywhere. */
  readonly quadratic: boolean;
}

export interface MinimiseOptions {
  readonly maxIterations?: number;
  /** 1e-11 where nothing is said. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
  onIteration?(done: number): void;
}

/** Pairs of steps and gradient changes kept. */
const memory = 10;
/** Iterations after which the curvature is looked at afresh. */
const freshAfter = 15;
/**
 * Stops when gᵀH⁻¹g, twice the distance to the minimum in the units of the function, is below this: coefficients are
 * then within 3e-6 of a penalty of strength 1 standard error.
 */
const closest = 1e-11;

/**
 * Overwrites `point` (the start) by the minimum. Gives control back between iterations, so that heartbeats and cancelling
 * work; rejects with the signal's reason. Returns the number of iterations; a problem without a minimum (separable
 * classes and no penalty) ends at `maxIterations` with a finite point.
 * Source: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1.
 */
export async function minimise(
  problem: ConvexProblem,
  point: Float64Array,
  options: MinimiseOptions = {},
): Promise<number> {
  const { maxIterations = 200, tolerance = closest, signal } = options;
  let gradient: Float64Array = new Float64Array(point.length);
  let value = problem.evaluate(point, gradient);
  let solve = problem.precondition(point);
  let pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    await nextTurn();
    signal?.throwIfAborted();
    options.onIteration?.(iteration);
    if (iteration > 0 && iteration % freshAfter === 0 && !problem.quadratic) {
      solve = problem.precondition(point);
      pairs = [];
    }
    const direction = descend(gradient, pairs, solve);
    const slope = dot(direction, gradient);
    if (-slope <= tolerance) return iteration;
    const next = searchLine(problem, { point, value, direction, slope });
    if (next === undefined) return iteration;
    const step = subtract(next.point, point);
    const change = subtract(next.gradient, gradient);
    const curvature = dot(step, change);
    if (curvature > 1e-14 * dot(change, change))
      pairs = [...pairs.slice(-(memory - 1)), { step, change, curvature }];
    point.set(next.point);
    gradient = next.gradient;
    value = next.value;
  }
  return maxIterations;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** The two-loop recursion: minus the approximate inverse curvature times the gradient. */
function descend(
  gradient: Float64Array,
  pairs: readonly Pair[],
  solve: (vector: Float64Array) => void,
): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const pair of pairs.toReversed()) {
    const share = dot(pair.step, direction) / pair.curvature;
    add(direction, pair.change, -share);
    shares.push(share);
  }
  solve(direction);
  for (const pair of pairs) {
    const share = dot(pair.change, direction) / pair.curvature;
    add(direction, pair.step, (shares.pop() ?? 0) - share);
  }
  return direction;
}

/** Halves the step until the value falls enough; undefined when it cannot fall any more (rounding has the last word). */
function searchLine(
  problem: ConvexProblem,
  from: { point: Float64Array; value: number; direction: Float64Array; slope: number },
): { point: Float64Array; value: number; gradient: Float64Array } | undefined {
  const gradient = new Float64Array(from.point.length);
  const point = new Float64Array(from.point.length);
  const slack = 4 * Number.EPSILON * Math.abs(from.value);
  for (let length = 1; length > 1e-10; length /= 2) {
    point.set(from.point);
    add(point, from.direction, length);
    const value = problem.evaluate(point, gradient);
    if (value <= from.value + 1e-4 * length * from.slope + slack) return { point, value, gradient };
  }
  return undefined;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + times * (what[i] ?? 0);
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}
