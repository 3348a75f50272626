/** Linear models: logistic and softmax regression and ridge, with one coefficient for each level of a category. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import type { FitRequest, FittedModel, ModelFamily, SupervisedTask } from './family.ts';
import { addProducts, blockRows, createDesign, type Design, forEachBlock } from './linearDesign.ts';
import { appendLinear } from './linearGraph.ts';
import { createLoss } from './linearLoss.ts';
import { centerOutputs, createLinearProblem } from './linearProblem.ts';
import { minimise } from './minimise.ts';

export type LinearSettings = Experiment['model']['linear'];

/**
 * Minimises Σ weight · loss + strength/2 · ‖coefficients‖², the intercept free: `strength` is scikit-learn's 1/C of
 * LogisticRegression and alpha of Ridge. Takes no NaN. `iterations` is what the solver needed; there is no early stop.
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

/** Throws `model-setting` for what the language knows and this version does not fit. */
export function checkLinear(task: SupervisedTask, settings: LinearSettings): void {
  const own = { binary: 'logit', multiclass: 'softmax', regression: 'identity' }[task];
  if (settings.link !== 'auto' && settings.link !== own) {
    throw new ModelwrightError('model-setting', {
      path: 'model.linear.link',
      value: settings.link,
      reason: `a ${task} task needs \`${own}\``,
      instead: 'auto',
    });
  }
  if (settings.penalty !== 'l2' && settings.penalty !== 'none') {
    throw new ModelwrightError('model-setting', {
      path: 'model.linear.penalty',
      value: settings.penalty,
      reason: 'this version fits `l2` and `none`',
      instead: 'l2',
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
  const scale =
    task === 'regression'
      ? targetScale(train.target, train.weight, parameters.intercept)
      : { mean: 0, deviation: 1 };
  const target =
    task === 'regression' ? train.target.map((y) => (y - scale.mean) / scale.deviation) : train.target;
  const strength =
    parameters.penalty === 'none' ? leastStrength : Math.max(parameters.strength, leastStrength);
  const loss = createLoss(task, outputs, target, train.weight);
  const state = new Float64Array(1 + outputs * design.width);
  const point = state.subarray(1);
  if (design.intercept >= 0 && task !== 'regression') startAtPrior(point, design, request);
  const total = 30;
  state[0] = await minimise(createLinearProblem(design, loss, strength), point, {
    ...(request.signal && { signal: request.signal }),
    onIteration: (done) => request.onProgress?.({ done, total: Math.max(total, done + 1) }),
  });
  for (let k = 0; k < outputs; k++)
    restoreUnits(point.subarray(k * design.width, (k + 1) * design.width), design, scale);
  if (task === 'multiclass') centerOutputs(point, design.width);
  return state;
}

/** Intercepts of the model that knows no column: log-odds or log shares of the classes. */
function startAtPrior(point: Float64Array, design: Design, request: FitRequest<LinearSettings>): void {
  const { target, weight } = request.train;
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
