/** Fits a calibration on rows that the model was not trained on: validation rows or out-of-fold scores. */
import { factorCholesky, solveCholesky } from '../models/cholesky.ts';
import type { SupervisedTask } from '../models/family.ts';
import { type ConvexProblem, minimise } from '../models/minimise.ts';
import { type Calibration, softmax } from './calibration.ts';

/** Raw scores of rows that the model has not seen, row-major [rows, outputs], with their class indices. */
export interface HeldRows {
  readonly task: SupervisedTask;
  /** Raw outputs a row; binary 1. */
  readonly outputs: number;
  readonly raw: Float64Array;
  readonly target: Float64Array;
  readonly weight: Float64Array | undefined;
}

/**
 * A calibration keeps the order of scores, so the scale stays above 0 even where a model is worse than chance: at least
 * this, or for scores of more than 2 in size this over half their size.
 */
const leastScale = 0.01;

/**
 * Platt's method: scale and one offset a class (binary: one in all), towards targets that are softened by the class
 * sizes; `temperature` fits the scale alone.
 * Sources: Platt 1999, section 2.2; Guo et al. 2017; offsets for several classes: Alexandari et al. 2020.
 */
export async function fitScaled(method: 'platt' | 'temperature', held: HeldRows): Promise<Calibration> {
  const classes = held.task === 'binary' ? 2 : held.outputs;
  const point = new Float64Array(classes);
  // Scores of any size start where the sigmoid is not flat.
  const size = Math.sqrt(held.raw.reduce((sum, value) => sum + value ** 2, 0) / held.raw.length);
  const start = Math.min(1, 2 / size);
  point[0] = start;
  const all = Array.from({ length: classes }, (_, j) => j);
  const softened = softenedTargets(held, classes);
  await minimise(scaledProblem(held, softened, method === 'platt' ? all : [0]), point);
  if ((point[0] ?? 0) < leastScale * start) {
    point.fill(0);
    point[0] = leastScale * start;
    if (method === 'platt') await minimise(scaledProblem(held, softened, all.slice(1)), point);
  }
  const [scale = 1, ...offsets] = point;
  return { method, scale, offsets: held.task === 'binary' ? offsets : [0, ...offsets] };
}

interface Softened {
  /** Per class: the target of a row of that class for its own class; the others share the rest. */
  readonly own: readonly number[];
  readonly classes: number;
}

function softenedTargets({ target, weight }: HeldRows, classes: number): Softened {
  const counts = new Float64Array(classes);
  target.forEach((y, i) => {
    counts[y] = (counts[y] ?? 0) + (weight?.[i] ?? 1);
  });
  return { own: Array.from(counts, (count) => (count + 1) / (count + 2)), classes };
}

/**
 * Cross-entropy of softmax(scale · z + offset), z_0 = 0 for two classes and offset_0 = 0 always. A point is
 * [scale, offset_1, …]; only the entries `free` move.
 */
function scaledProblem(held: HeldRows, softened: Softened, free: readonly number[]): ConvexProblem {
  const { classes } = softened;
  const z = new Float64Array(classes);
  const p = new Float64Array(classes);
  const isFree = Array.from({ length: classes }, (_, j) => free.includes(j));
  const logits = new Float64Array(classes);
  /** Calls `visit` with z, p and the log of the normaliser of each row. */
  function forEachRow(point: Float64Array, visit: (y: number, weight: number, logSum: number) => void): void {
    held.target.forEach((y, i) => {
      for (let k = 0; k < classes; k++) {
        z[k] =
          classes === 2 && held.outputs === 1 ? k * (held.raw[i] ?? 0) : (held.raw[i * classes + k] ?? 0);
        logits[k] = (point[0] ?? 0) * (z[k] ?? 0) + (k === 0 ? 0 : (point[k] ?? 0));
      }
      p.set(logits);
      visit(y, held.weight?.[i] ?? 1, softmax(p));
    });
  }
  return {
    quadratic: false,
    evaluate(point, gradient) {
      let value = 0;
      gradient.fill(0);
      forEachRow(point, (y, weight, logSum) => {
        for (let k = 0; k < classes; k++) {
          const own = softened.own[y] ?? 1;
          const wanted = k === y ? own : (1 - own) / (classes - 1);
          const residual = weight * ((p[k] ?? 0) - wanted);
          value += weight * wanted * (logSum - (logits[k] ?? 0));
          gradient[0] = (gradient[0] ?? 0) + residual * (z[k] ?? 0);
          if (k > 0) gradient[k] = (gradient[k] ?? 0) + residual;
        }
      });
      for (let j = 0; j < classes; j++) if (!isFree[j]) gradient[j] = 0;
      return value;
    },
    precondition(point) {
      const curvature = new Float64Array(classes * classes);
      const add = (a: number, b: number, value: number) => {
        if (isFree[a] && isFree[b]) curvature[a * classes + b] = (curvature[a * classes + b] ?? 0) + value;
      };
      forEachRow(point, (_, weight) => {
        let mean = 0;
        for (let k = 0; k < classes; k++) mean += (p[k] ?? 0) * (z[k] ?? 0);
        for (let k = 0; k < classes; k++) {
          const share = weight * (p[k] ?? 0);
          add(0, 0, share * ((z[k] ?? 0) - mean) ** 2);
          if (k === 0) continue;
          add(k, 0, share * ((z[k] ?? 0) - mean));
          for (let l = 1; l <= k; l++) add(k, l, share * ((k === l ? 1 : 0) - (p[l] ?? 0)));
        }
      });
      for (let j = 0; j < classes; j++) add(j, j, 1e-9);
      for (let j = 0; j < classes; j++) if (!isFree[j]) curvature[j * classes + j] = 1;
      factorCholesky(curvature, classes);
      return (vector) => solveCholesky(curvature, classes, vector, 0);
    },
  };
}
