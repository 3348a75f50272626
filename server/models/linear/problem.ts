/** What a linear fit minimises: the penalised loss of a design, with its gradient and curvature. */
import type { SupervisedTask } from '../../catalog/tasks.ts';
import { factorCholesky, solveCholesky } from '../cholesky.ts';
import type { CurvatureBlock, SparseProblem } from '../minimiseSparse.ts';
import type { Design } from './design.ts';
import type { CurvatureKind, LinearMachine } from './machine.ts';

/** Up to this many coefficients over all classes the curvature between classes is kept too: Newton's method. */
const jointSize = 300;

/** Curvature matrices of all outputs hold at most this many numbers (8 MB); beyond it only their diagonals are used. */
const curvatureSize = 1e6;

/** How much of the curvature of so many coefficients is looked at. */
export function curvatureKind(outputs: number, width: number): CurvatureKind {
  if (outputs > 1 && outputs * width <= jointSize) return 'joint';
  return outputs * width * width <= curvatureSize ? 'full' : 'diagonal';
}

export interface ProblemSettings {
  readonly task: SupervisedTask;
  readonly outputs: number;
  readonly strength: number;
  /** Blocks of rows that curvature is learnt from: one in so many. It only says how to step, not where to. */
  readonly every: number;
}

/** Σ loss + strength/2 · ‖coefficients‖², the intercept free; a point is the coefficients of output 0, then 1, … */
export function createLinearProblem(
  machine: LinearMachine,
  { width, intercept }: Design,
  { task, outputs, strength, every }: ProblemSettings,
): SparseProblem {
  const held = (j: number) => (j % width === intercept ? 0 : strength);
  const kind = curvatureKind(outputs, width);
  return {
    quadratic: task === 'regression',
    evaluate(point, gradient) {
      let penalty = 0;
      point.forEach((coefficient, j) => {
        gradient[j] = held(j) * coefficient;
        penalty += 0.5 * held(j) * coefficient ** 2;
      });
      return machine.evaluate(point, gradient) + penalty;
    },
    precondition(point) {
      const solvers = this.curvature(point).map(createSolver);
      return (vector) => {
        for (const solve of solvers) solve(vector);
        if (outputs > 1) centerOutputs(vector, width);
      };
    },
    curvature(point) {
      const before = machine.every;
      machine.every = Math.max(before, task === 'regression' ? 1 : every);
      const sums = machine.curvature(point);
      machine.every = before;
      const blocks =
        kind === 'joint' ? [joinPieces(sums, outputs, width)] : splitOutputs(sums, outputs, width);
      for (const { size, matrix } of blocks) {
        const step = matrix.length > size ? size + 1 : 1;
        for (let j = 0; j < size; j++) matrix[j * step] = (matrix[j * step] ?? 0) + held(j);
      }
      return blocks;
    },
  };
}

function splitOutputs(sums: Float64Array, outputs: number, width: number): CurvatureBlock[] {
  const length = sums.length / outputs;
  return Array.from({ length: outputs }, (_, k) => ({
    at: k * width,
    size: width,
    matrix: sums.subarray(k * length, (k + 1) * length),
  }));
}

/** One matrix over all outputs, put together from the lower triangles of each pair of them. */
function joinPieces(sums: Float64Array, outputs: number, width: number): CurvatureBlock {
  const size = outputs * width;
  const all = new Float64Array(size * size);
  let at = 0;
  for (let k = 0; k < outputs; k++) {
    for (let l = 0; l <= k; l++) {
      const matrix = sums.subarray(at, at + width * width);
      at += width * width;
      for (let a = 0; a < width; a++) {
        for (let b = 0; b < width; b++) {
          all[(k * width + a) * size + l * width + b] = matrix[Math.max(a, b) * width + Math.min(a, b)] ?? 0;
        }
      }
    }
  }
  return { at: 0, size, matrix: all };
}

/** Overwrites the block's part of a vector by the inverse of its curvature times that part. */
function createSolver({ at, size, matrix }: CurvatureBlock): (vector: Float64Array) => void {
  if (matrix.length > size) {
    factorCholesky(matrix, size);
    return (vector) => solveCholesky(matrix, size, vector, at);
  }
  return (vector) => {
    for (let j = 0; j < size; j++) vector[at + j] = (vector[at + j] ?? 0) / ((matrix[j] ?? 0) + 1e-300);
  };
}

/** Makes each coefficient sum to 0 over the outputs: softmax does not change when all outputs move together. */
export function centerOutputs(point: Float64Array, width: number): void {
  const outputs = point.length / width;
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let at = j; at < point.length; at += width) sum += point[at] ?? 0;
    for (let at = j; at < point.length; at += width) point[at] = (point[at] ?? 0) - sum / outputs;
  }
}
