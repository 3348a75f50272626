/** The losses of linear models: what a block of rows costs, and how that changes with its raw outputs. */
import type { SupervisedTask } from './family.ts';

/** `raw[k]` holds the raw outputs of class k for rows `start ...`; both methods overwrite it. */
export interface Loss {
  /** Raw outputs a row. */
  readonly outputs: number;
  /** The second derivative does not depend on the raw outputs. */
  readonly quadratic: boolean;
  /** Returns Σ weight · loss in nats (squared: half squared errors) and leaves its derivative in `raw`. */
  residuals(raw: readonly Float64Array[], start: number, count: number): number;
  /** Absent: all 1. */
  readonly weight: Float64Array | undefined;
  /**
   * Leaves the curvature of each output at weight 1 in `raw`: the second derivative; softmax the probability p, whose
   * inverse is, on outputs that sum to 0, that of the whole matrix diag(p) - ppᵀ.
   */
  curvature(raw: readonly Float64Array[], start: number, count: number): void;
}

export function createLoss(
  task: SupervisedTask,
  outputs: number,
  target: Float64Array,
  weight: Float64Array | undefined,
): Loss {
  if (task === 'binary') return logistic(target, weight);
  return task === 'multiclass' ? softmax(outputs, target, weight) : squared(target, weight);
}

function logistic(target: Float64Array, weight: Float64Array | undefined): Loss {
  return {
    outputs: 1,
    quadratic: false,
    weight,
    residuals([raw = empty], start, count) {
      let loss = 0;
      for (let i = 0; i < count; i++) {
        const eta = raw[i] ?? 0;
        const w = weight === undefined ? 1 : (weight[start + i] ?? 0);
        const y = target[start + i] ?? 0;
        const e = Math.exp(-Math.abs(eta));
        loss += w * (Math.max(eta, 0) + Math.log1p(e) - y * eta);
        raw[i] = w * ((eta >= 0 ? 1 : e) / (1 + e) - y);
      }
      return loss;
    },
    curvature([raw = empty], _, count) {
      for (let i = 0; i < count; i++) {
        const e = Math.exp(-Math.abs(raw[i] ?? 0));
        raw[i] = e / (1 + e) ** 2;
      }
    },
  };
}

function softmax(outputs: number, target: Float64Array, weight: Float64Array | undefined): Loss {
  /** Turns the logits of row i into probabilities; returns the log of the normaliser. */
  function normalise(raw: readonly Float64Array[], i: number): number {
    let top = -Infinity;
    for (const column of raw) top = Math.max(top, column[i] ?? 0);
    let sum = 0;
    for (const column of raw) {
      const e = Math.exp((column[i] ?? 0) - top);
      column[i] = e;
      sum += e;
    }
    for (const column of raw) column[i] = (column[i] ?? 0) / sum;
    return top + Math.log(sum);
  }
  return {
    outputs,
    quadratic: false,
    weight,
    residuals(raw, start, count) {
      let loss = 0;
      for (let i = 0; i < count; i++) {
        const w = weight?.[start + i] ?? 1;
        const y = target[start + i] ?? 0;
        const own = raw[y]?.[i] ?? 0;
        loss += w * (normalise(raw, i) - own);
        raw.forEach((column, k) => {
          column[i] = w * ((column[i] ?? 0) - (k === y ? 1 : 0));
        });
      }
      return loss;
    },
    curvature(raw, _, count) {
      for (let i = 0; i < count; i++) normalise(raw, i);
    },
  };
}

function squared(target: Float64Array, weight: Float64Array | undefined): Loss {
  return {
    outputs: 1,
    quadratic: true,
    weight,
    residuals([raw = empty], start, count) {
      let loss = 0;
      for (let i = 0; i < count; i++) {
        const error = (raw[i] ?? 0) - (target[start + i] ?? 0);
        const residual = (weight?.[start + i] ?? 1) * error;
        loss += 0.5 * residual * error;
        raw[i] = residual;
      }
      return loss;
    },
    curvature([raw]) {
      raw?.fill(1);
    },
  };
}

const empty = new Float64Array(0);
