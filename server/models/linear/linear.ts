/** Linear models: logistic, softmax, Poisson and quantile regression and ridge, lasso and elastic net, with one coefficient for each level of a category. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { linksOf } from '../../catalog/links.ts';
import type { SupervisedTask } from '../../catalog/tasks.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { FitRequest, FittedModel, ModelFamily } from '../family.ts';
import { minimise } from '../minimise.ts';
import { minimiseSparse } from '../minimiseSparse.ts';
import { addProducts, blockRows, createDesign, type Design, forEachBlock } from './design.ts';
import { appendLinear } from './graph.ts';
import { type LinearMachine, openLinearMachine } from './machine.ts';
import { centerOutputs, createLinearProblem, curvatureKind } from './problem.ts';

export type LinearSettings = Experiment['model']['linear'];

/**
 * Minimises Σ weight · loss + strength · ((1 - ratio)/2 · ‖coefficients‖² + ratio · ‖coefficients‖₁), the intercept free;
 * the ratio is 0 under `l2`, 1 under `l1` and `l1_ratio` under `elastic`. `strength` is scikit-learn's 1/C of
 * LogisticRegression, alpha of Ridge, and rows times alpha of Lasso, ElasticNet and PoissonRegressor. Takes no NaN. `iterations` is what the solver needed; there is no early stop.
 */
export const linear: ModelFamily<LinearSettings> = {
  name: 'linear',
  async fit(request) {
    checkLinear(request.task, request.parameters);
    const design = createDesign(request.train.matrix, request.parameters.intercept);
    const outputs = rawOutputs(request);
    let state: Float64Array | undefined = savedState(request, 1 + outputs * design.width);
    if (!state) {
      state = await solve(request, design);
      request.checkpoint?.save(new Uint8Array(state.buffer, state.byteOffset, state.byteLength));
    }
    const [iterations = 0] = state;
    return createModel(state.subarray(1), { design, outputs, iterations, request });
  },
};

/** Without a penalty, this much still picks the smallest of equally good solutions where columns repeat each other. */
const leastStrength = 1e-6;

function rawOutputs(request: { task: SupervisedTask; outputs: number }): number {
  return request.task === 'multiclass' ? request.outputs : 1;
}

/** A fit is saved when it is finished, not before: it takes seconds. */
function savedState({ checkpoint }: FitRequest<LinearSettings>, length: number): Float64Array | undefined {
  const saved = checkpoint?.load();
  return saved?.length === 8 * length ? new Float64Array(new Uint8Array(saved).buffer) : undefined;
}

/** Throws `model-setting` for a link that is not the task's. */
export function checkLinear(task: SupervisedTask, settings: LinearSettings): void {
  const own = linksOf(task);
  if (settings.link !== 'auto' && settings.link !== own) {
    throw new ModelwrightError('model-setting', {
      path: 'model.linear.link',
      value: settings.link,
      reason: `a ${task} task needs \`${own}\``,
      instead: 'auto',
    });
  }
}

/** [iterations, coefficients of output 0, of output 1, …] in the units of the columns and the target. */
async function solve(
  request: FitRequest<LinearSettings>,
  design: Design,
): Promise<Float64Array<ArrayBuffer>> {
  const { task, train, parameters } = request;
  const outputs = rawOutputs(request);
  const isScaled = task === 'regression' || task === 'quantile';
  const scale = isScaled
    ? targetScale(train.target, train.weight, parameters.intercept)
    : { mean: 0, deviation: 1 };
  const target = isScaled ? train.target.map((y) => (y - scale.mean) / scale.deviation) : train.target;
  const { l1, l2 } = penaltiesOf(request, scale.deviation);
  const state = new Float64Array(1 + outputs * design.width);
  const point = state.subarray(1);
  if (design.intercept >= 0 && !isScaled) startAtPrior(point, design, request);
  const { quantile = 0.5, threads } = request;
  const loss = { task, outputs, target, weight: train.weight, quantile };
  const kind = curvatureKind(outputs, design.width);
  const machine = await openLinearMachine({ design, loss, kind, threads });
  try {
    state[0] = await minimiseLoss(request, { design, machine, point, l1, l2 });
  } finally {
    machine.close();
  }
  for (let k = 0; k < outputs; k++)
    restoreUnits(point.subarray(k * design.width, (k + 1) * design.width), design, scale);
  if (task === 'multiclass' && l1 === 0) centerOutputs(point, design.width);
  return state;
}

interface Fit {
  readonly design: Design;
  readonly machine: LinearMachine;
  readonly point: Float64Array;
  readonly l1: number;
  readonly l2: number;
}

/** Overwrites `point`; returns the number of iterations. */
async function minimiseLoss(
  request: FitRequest<LinearSettings>,
  { design, machine, point, l1, l2 }: Fit,
): Promise<number> {
  const { task, signal } = request;
  const outputs = rawOutputs(request);
  const every = sampleStep(design);
  const problem = createLinearProblem(machine, design, {
    task,
    outputs,
    strength: l2,
    every: Math.ceil(every / 4),
  });
  const isFree = (j: number) => j % design.width === design.intercept;
  const total = 30;
  let iterations = 0;
  for (const round of roundsOf(task, design.rows, every)) {
    machine.smoothing = round.smoothing;
    machine.every = round.every;
    const before = iterations;
    const options = {
      ...(signal && { signal }),
      tolerance: round.tolerance,
      onIteration: (done: number) =>
        request.onProgress?.({ done: before + done, total: Math.max(total, before + done + 1) }),
    };
    iterations +=
      l1 > 0
        ? await minimiseSparse(problem, point, { ...options, weakness: (j) => (isFree(j) ? 0 : l1) })
        : await minimise(problem, point, options);
  }
  return iterations;
}

/** Blocks of rows of which one is looked at first, so that what is looked at still tells `width` coefficients apart. */
function sampleStep({ rows, width }: Design): number {
  return Math.max(1, Math.min(16, Math.floor(rows / Math.max(65_536, 100 * width))));
}

interface Round {
  readonly smoothing: number;
  readonly every: number;
  readonly tolerance: number;
}

/**
 * From easy to exact, each round starting where the last ended: a sample of the rows before all of them, and a quantile's
 * loss from a smooth one to one whose minimiser is within sampling error of the exact one. Squared errors take one step.
 */
function roundsOf(task: SupervisedTask, rows: number, every: number): Round[] {
  const last = task === 'quantile' ? Math.max(0.002, Math.min(0.1, 4 / rows)) : 1;
  const widths =
    task === 'quantile'
      ? [1, 0.3, 0.1, 0.03, 0.01, 0.005, 0.002].filter((width) => width > last).concat(last)
      : [1];
  const isSampled = every > 1 && task !== 'regression';
  const easy = isSampled ? widths : widths.slice(0, -1);
  return [
    ...easy.map((smoothing) => ({ smoothing, every, tolerance: every > 1 ? 1e-3 : 1e-11 })),
    { smoothing: last, every: 1, tolerance: 1e-11 * Math.min(1000, Math.max(1, rows / 1000)) },
  ];
}

/** Weights of both penalties, in the units of a target divided by `deviation`. */
function penaltiesOf(
  { task, parameters }: FitRequest<LinearSettings>,
  deviation: number,
): { l1: number; l2: number } {
  const { penalty, strength, l1_ratio: mixture = 0.5 } = parameters;
  const ratio = penalty === 'l1' ? 1 : penalty === 'elastic' ? mixture : 0;
  const [l1, l2] = penalty === 'none' ? [0, 0] : [strength * ratio, strength * (1 - ratio)];
  // Squared errors shrink with the square of the deviation, pinball losses with itself.
  const [by1, by2] = task === 'quantile' ? [1, deviation] : [1 / deviation, 1];
  return { l1: l1 * by1, l2: Math.max(l2 * by2, leastStrength) };
}

/** Intercepts of the model that knows no column: log-odds or log shares of the classes, the log of the mean count. */
function startAtPrior(point: Float64Array, design: Design, request: FitRequest<LinearSettings>): void {
  const { target, weight } = request.train;
  if (request.task === 'count') {
    point[design.intercept] = Math.log(Math.max(targetScale(target, weight, true).mean, 1e-9));
    return;
  }
  const shares = new Float64Array(request.outputs).fill(1e-9);
  target.forEach((y, i) => {
    shares[y] = (shares[y] ?? 0) + (weight?.[i] ?? 1);
  });
  const logs = shares.map(Math.log);
  if (request.task === 'binary') point[design.intercept] = (logs[1] ?? 0) - (logs[0] ?? 0);
  else {
    logs.forEach((log, k) => {
      point[k * design.width + design.intercept] = log;
    });
  }
}

/** Weighted mean and deviation; the mean is 0 where there is no intercept to carry it. */
function targetScale(
  target: Float64Array,
  weight: Float64Array | undefined,
  intercept: boolean,
): { mean: number; deviation: number } {
  let total = 0;
  let sum = 0;
  target.forEach((y, i) => {
    const w = weight?.[i] ?? 1;
    total += w;
    sum += w * y;
  });
  const mean = intercept && total > 0 ? sum / total : 0;
  let squares = 0;
  target.forEach((y, i) => {
    squares += (weight?.[i] ?? 1) * (y - mean) ** 2;
  });
  return { mean, deviation: Math.sqrt(squares / total) || 1 };
}

/** From centred columns and a standardised target back to the columns and target as they came. */
function restoreUnits(
  coefficients: Float64Array,
  design: Design,
  scale: { mean: number; deviation: number },
): void {
  for (let j = 0; j < coefficients.length; j++) coefficients[j] = (coefficients[j] ?? 0) * scale.deviation;
  if (design.intercept < 0) return;
  let intercept = (coefficients[design.intercept] ?? 0) + scale.mean;
  design.center.forEach((center, j) => {
    intercept -= center * (coefficients[j] ?? 0);
  });
  coefficients[design.intercept] = intercept;
}

interface ModelParts {
  readonly design: Design;
  readonly outputs: number;
  readonly iterations: number;
  readonly request: FitRequest<LinearSettings>;
}

function createModel(
  coefficients: Float64Array,
  { design, outputs, iterations, request }: ModelParts,
): FittedModel {
  const { width, intercept } = design;
  const levels = design.categories.map((category) => category.levels);
  return {
    family: 'linear',
    parameters: { ...request.parameters },
    iterations,
    predict(matrix) {
      const rows = {
        ...createDesign(matrix, intercept >= 0),
        center: new Float64Array(design.numeric.length),
      };
      const raw = new Float64Array(matrix.rows * outputs);
      const part = new Float64Array(blockRows);
      forEachBlock(rows, (block) => {
        for (let k = 0; k < outputs; k++) {
          part.fill(0);
          addProducts(rows, block, coefficients, k * width, part);
          for (let i = 0; i < block.count; i++) raw[(block.start + i) * outputs + k] = part[i] ?? 0;
        }
      });
      return raw;
    },
    appendTo(graph, inputs) {
      return appendLinear(graph, inputs, {
        coefficients,
        outputs,
        width,
        intercept,
        levels,
        numeric: design.numeric.length,
      });
    },
  };
}
