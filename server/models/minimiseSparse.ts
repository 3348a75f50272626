/** Minimises a smooth convex function plus absolute values of the coefficients: what makes a linear model sparse. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConvexProblem, MinimiseOptions } from './minimise.ts';

/** A part of the curvature: of coefficients at, …, at + size - 1 with each other. */
export interface CurvatureBlock {
  readonly at: number;
  readonly size: number;
  /** The lower triangle of [size, size] row-major, or only the diagonal [size]. */
  readonly matrix: Float64Array;
}

export interface SparseProblem extends ConvexProblem {
  /** The curvature around `point`, as blocks along the diagonal. */
  curvature(point: Float64Array): CurvatureBlock[];
}

export interface SparseOptions extends MinimiseOptions {
  /** Weight of |coefficient j|. */
  weakness(j: number): number;
}

/** Stops when a step promises less than this, in the units of the function. */
const closest = 1e-11;
const mostSweeps = 500;

/**
 * Proximal Newton: each step minimises the local quadratic plus the absolute values by coordinate descent, then a line
 * search. Overwrites `point` (the start); returns the number of iterations, at most `maxIterations`.
 * Source: Lee, Sun and Saunders 2014; coordinate descent as in Friedman, Hastie and Tibshirani 2010.
 */
export async function minimiseSparse(
  problem: SparseProblem,
  point: Float64Array,
  options: SparseOptions,
): Promise<number> {
  const { maxIterations = 500, tolerance = closest, signal } = options;
  const weakness = Float64Array.from(point, (_, j) => options.weakness(j));
  let gradient = new Float64Array(point.length);
  let value = problem.evaluate(point, gradient);
  let blocks: readonly CurvatureBlock[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    await nextTurn();
    signal?.throwIfAborted();
    options.onIteration?.(iteration);
    if (iteration === 0 || !problem.quadratic) blocks = problem.curvature(point);
    const step = new Float64Array(point.length);
    for (const block of blocks) descendBlock(block, { point, gradient, weakness, step });
    const promised = promise(step, { point, gradient, weakness });
    if (promised >= -tolerance) return iteration;
    const next = searchLine(problem, { point, value, step, promised, weakness });
    if (next === undefined) return iteration;
    point.set(next.point);
    ({ value, gradient } = next);
  }
  return maxIterations;
}

interface Place {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly weakness: Float64Array;
}

/** Fills the block's part of `step` with the minimiser of gradient · step + ½ step · H step + Σ weakness |point + step|. */
function descendBlock(
  { at, size, matrix }: CurvatureBlock,
  { point, gradient, weakness, step }: Place & { step: Float64Array },
): void {
  const full = matrix.length > size;
  const entry = (a: number, b: number) => matrix[Math.max(a, b) * size + Math.min(a, b)] ?? 0;
  const slope = gradient.slice(at, at + size);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let gain = 0;
    for (let j = 0; j < size; j++) {
      const curvature = (full ? (matrix[j * size + j] ?? 0) : (matrix[j] ?? 0)) + 1e-12;
      const now = (point[at + j] ?? 0) + (step[at + j] ?? 0);
      const next = shrink(now - (slope[j] ?? 0) / curvature, (weakness[at + j] ?? 0) / curvature);
      const change = next - now;
      if (change === 0) continue;
      step[at + j] = (step[at + j] ?? 0) + change;
      gain = Math.max(gain, curvature * change * change);
      if (!full) slope[j] = (slope[j] ?? 0) + curvature * change;
      else for (let i = 0; i < size; i++) slope[i] = (slope[i] ?? 0) + change * entry(i, j);
    }
    if (!full || gain < closest / 100) return;
  }
}

function shrink(value: number, by: number): number {
  return Math.sign(value) * Math.max(Math.abs(value) - by, 0);
}

/** What the function changes by along the whole step, to first order. */
function promise(step: Float64Array, { point, gradient, weakness }: Place): number {
  let sum = 0;
  step.forEach((change, j) => {
    const now = point[j] ?? 0;
    sum += change * (gradient[j] ?? 0) + (weakness[j] ?? 0) * (Math.abs(now + change) - Math.abs(now));
  });
  return sum;
}

interface Search {
  readonly point: Float64Array;
  readonly value: number;
  readonly step: Float64Array;
  readonly promised: number;
  readonly weakness: Float64Array;
}

/** Halves the step until the sum of both parts falls enough; undefined when rounding has the last word. */
function searchLine(
  problem: ConvexProblem,
  from: Search,
): { point: Float64Array; value: number; gradient: Float64Array<ArrayBuffer> } | undefined {
  const penalty = (at: Float64Array) =>
    at.reduce((sum, each, j) => sum + (from.weakness[j] ?? 0) * Math.abs(each), 0);
  const start = from.value + penalty(from.point);
  const slack = 4 * Number.EPSILON * Math.abs(start);
  const gradient = new Float64Array(from.point.length);
  for (let length = 1; length > 1e-10; length /= 2) {
    const point = from.point.map((each, j) => each + length * (from.step[j] ?? 0));
    const value = problem.evaluate(point, gradient);
    if (value + penalty(point) <= start + 1e-4 * length * from.promised + slack)
      return { point, value, gradient };
  }
  return undefined;
}
