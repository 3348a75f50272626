/** The losses of linear models: what a block of rows costs, and how that changes with its raw outputs. */
import type { SupervisedTask } from '../catalog/tasks.ts';

/** `raw[k]` holds the raw outputs of class k for rows `start ...`; both methods overwrite it. */
export interface Loss {
  /** Raw outputs a row. */
  readonly outputs: number;
  /** The second derivative does not depend on the raw outputs. */
  readonly quadratic: boolean;
  /** Returns Σ weight · loss (classes and counts in nats, squared: half squared errors, quantile: smoothed pinball) and leaves its derivative in `raw`. */
  residuals(raw: readonly Float64Array[], start: number, count: number): number;
  /** Absent: all 1. */
  readonly weight: Float64Array | undefined;
  /**
   * Leaves the curvature of each output at weight 1 in `raw`: the second derivative; softmax the probability p, whose
   * inverse is, on outputs that sum to 0, that of the whole matrix diag(p) - ppᵀ.
   */
  curvature(raw: readonly Float64Array[], start: number, count: number): void;
}

export interface LossRequest {
  readonly task: SupervisedTask;
  readonly outputs: number;
  readonly target: Float64Array;
  readonly weight: Float64Array | undefined;
  /** Quantile tasks: which one, and the width over which the corner of the pinball loss is rounded. */
  readonly quantile?: number;
  readonly smoothing?: number;
}

export function createLoss({
  task,
  outputs,
  target,
  weight,
  quantile = 0.5,
  smoothing = 1,
}: LossRequest): Loss {
  switch (task) {
    case 'binary':
      return logistic(target, weight);
    case 'multiclass':
      return softmax(outputs, target, weight);
    case 'regression':
      return squared(target, weight);
    case 'count':
      return poisson(target, weight);
    case 'quantile':
      return pinball(target, weight, { quantile, smoothing });
  }
}

/** exp(eta) - y eta: the Poisson log-likelihood under a log link, up to what no coefficient changes. */
function poisson(target: Float64Array, weight: Float64Array | undefined): Loss {
  return {
    outputs: 1,
    quadratic: false,
    weight,
    residuals([raw = empty], start, count) {
      let loss = 0;
      for (let i = 0; i < count; i++) {
        const eta = raw[i] ?? 0;
        const w = weight?.[start + i] ?? 1;
        const y = target[start + i] ?? 0;
        const rate = Math.exp(eta);
        loss += w * (rate - y * eta);
        raw[i] = w * (rate - y);
      }
      return loss;
    },
    curvature([raw = empty], _, count) {
      for (let i = 0; i < count; i++) raw[i] = Math.exp(raw[i] ?? 0);
    },
  };
}

/**
 * q (y - eta) + h log(1 + exp((eta - y) / h)): the pinball loss convolved with a logistic density of width h, convex and
 * smooth; the minimiser differs from that of the pinball loss by O(h²) (He, Pan, Tan and Zhou 2023).
 */
function pinball(
  target: Float64Array,
  weight: Float64Array | undefined,
  { quantile, smoothing }: { quantile: number; smoothing: number },
): Loss {
  const below = (eta: number, y: number) => 1 / (1 + Math.exp((y - eta) / smoothing));
  return {
    outputs: 1,
    quadratic: false,
    weight,
    residuals([raw = empty], start, count) {
      let loss = 0;
      for (let i = 0; i < count; i++) {
        const w = weight?.[start + i] ?? 1;
        const y = target[start + i] ?? 0;
        const z = ((raw[i] ?? 0) - y) / smoothing;
        loss += w * smoothing * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - quantile * z);
        raw[i] = w * (below(raw[i] ?? 0, y) - quantile);
      }
      return loss;
    },
    curvature([raw = empty], start, count) {
      for (let i = 0; i < count; i++) {
        const share = below(raw[i] ?? 0, target[start + i] ?? 0);
        raw[i] = (share * (1 - share)) / smoothing;
      }
    },
  };
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
