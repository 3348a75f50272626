/** What a linear fit minimises: the penalised loss of a design, with its gradient and curvature. */
import { factorCholesky, solveCholesky } from './cholesky.ts';
import {
  addDiagonal,
  addGradient,
  addGram,
  addProducts,
  type Block,
  blockRows,
  type Design,
  forEachBlock,
} from './linearDesign.ts';
import type { Loss } from './linearLoss.ts';
import type { CurvatureBlock, SparseProblem } from './minimiseSparse.ts';

/** Up to this many coefficients over all classes the curvature between classes is kept too: Newton's method. */
const jointSize = 300;

/** Curvature matrices of all outputs hold at most this many numbers (8 MB); beyond it only their diagonals are used. */
const curvatureSize = 1e6;

/** Σ loss + strength/2 · ‖coefficients‖², the intercept free; a point is the coefficients of output 0, then 1, … */
export function createLinearProblem(design: Design, loss: Loss, strength: number): SparseProblem {
  const { width } = design;
  const { outputs } = loss;
  const raw = Array.from({ length: outputs }, () => new Float64Array(blockRows));
  const held = (j: number) => (j % width === design.intercept ? 0 : strength);
  const fillRaw = (point: Float64Array, block: Block) => {
    raw.forEach((eta, k) => {
      eta.fill(0);
      addProducts(design, block, point, k * width, eta);
    });
  };

  return {
    quadratic: loss.quadratic,
    evaluate(point, gradient) {
      let value = 0;
      point.forEach((coefficient, j) => {
        gradient[j] = held(j) * coefficient;
        value += 0.5 * held(j) * coefficient ** 2;
      });
      forEachBlock(design, (block) => {
        fillRaw(point, block);
        value += loss.residuals(raw, block.start, block.count);
        raw.forEach((residual, k) => {
          addGradient(design, block, residual, gradient, k * width);
        });
      });
      return value;
    },
    precondition(point) {
      const solvers = this.curvature(point).map(createSolver);
      return (vector) => {
        for (const solve of solvers) solve(vector);
        if (outputs > 1) centerOutputs(vector, width);
      };
    },
    curvature(point) {
      const joint = outputs > 1 && outputs * width <= jointSize;
      const full = joint || outputs * width * width <= curvatureSize;
      const pieces = raw.flatMap((_, k) =>
        (joint ? raw.slice(0, k + 1) : [k]).map((_, l) => ({
          k,
          l: joint ? l : k,
          matrix: new Float64Array(full ? width * width : width),
        })),
      );
      const weight = new Float64Array(blockRows);
      forEachBlock(design, (block) => {
        fillRaw(point, block);
        loss.curvature(raw, block.start, block.count);
        for (const { k, l, matrix } of pieces) {
          fillWeight(weight, { loss, block, own: raw[k], other: joint ? raw[l] : undefined, same: k === l });
          (full ? addGram : addDiagonal)(design, block, weight, matrix);
        }
      });
      const blocks = joint
        ? [joinPieces(pieces, outputs * width)]
        : pieces.map(({ k, matrix }): CurvatureBlock => ({ at: k * width, size: width, matrix }));
      for (const { size, matrix } of blocks) {
        const step = matrix.length > size ? size + 1 : 1;
        for (let j = 0; j < size; j++) matrix[j * step] = (matrix[j * step] ?? 0) + held(j);
      }
      return blocks;
    },
  };
}

interface Piece {
  readonly k: number;
  readonly l: number;
  /** [width, width], lower triangle; symmetric. */
  readonly matrix: Float64Array;
}

/** Weights of the rows in XᵀDX: of one output by itself, or (softmax) p_k (δ - p_l) between outputs k and l. */
function fillWeight(
  weight: Float64Array,
  of: {
    loss: Loss;
    block: Block;
    own: Float64Array | undefined;
    other: Float64Array | undefined;
    same: boolean;
  },
): void {
  const { loss, block, own, other, same } = of;
  for (let i = 0; i < block.count; i++) {
    const between = other === undefined ? 1 : (same ? 1 : 0) - (other[i] ?? 0);
    weight[i] = (loss.weight?.[block.start + i] ?? 1) * (own?.[i] ?? 0) * between;
  }
}

/** One matrix over all outputs, put together from the pieces. */
function joinPieces(pieces: readonly Piece[], size: number): CurvatureBlock {
  const all = new Float64Array(size * size);
  for (const { k, l, matrix } of pieces) {
    const width = Math.sqrt(matrix.length);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        all[(k * width + a) * size + l * width + b] = matrix[Math.max(a, b) * width + Math.min(a, b)] ?? 0;
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
