/** `engine: xgboost`: the real XGBoost trains, its trees become the same nodes of the file as our own. */
import { predictsValue } from '../../catalog/tasks.ts';
import type { GbdtSettings } from '../../config/experiment.ts';
import { type DenseRows, type LabelledDenseRows, openXgboost } from '../../engines/xgboost.ts';
import type { FeatureMatrix } from '../../features/matrix.ts';
import type { FitRequest, FittedModel, LabelledRows } from '../family.ts';
import { fitLevels, type LevelBinning } from './bins.ts';
import { appendTrees } from './graph.ts';
import { boostLibrary, withWeight } from './libraryBoost.ts';
import { monotoneSigns } from './monotone.ts';
import { type Objective, objectiveOf } from './objective.ts';
import { readXgboost } from './xgboostTrees.ts';

/** Of category columns, by their place. */
type Levels = ReadonlyMap<number, LevelBinning>;

/**
 * Settings that XGBoost has by another name are handed over; all else is its own default. Its codes of levels are their
 * ranks by mean target, the rarest of more than 255 as one; infinite values are the largest finite ones.
 * @throws ModelwrightError model-setting where it is not installed, engine-failed, cancelled
 */
export async function fitXgboost(request: FitRequest<GbdtSettings>): Promise<FittedModel> {
  const { task, train, valid, earlyStop, parameters } = request;
  const library = await openXgboost();
  const outputs = task === 'multiclass' ? request.outputs : 1;
  const objective = objectiveOf(request);
  const learnt = withWeight(train);
  const levels = levelsOf(learnt);
  const training = library.train(parametersOf(request, objective, learnt), {
    train: toRows(learnt, levels),
    ...(earlyStop && valid && { valid: toRows(valid, levels) }),
  });
  let json: string;
  let warnings: readonly string[];
  try {
    const steps = {
      step() {
        training.step();
        return false;
      },
      validRaw: () => Float64Array.from(training.validRaw()),
    };
    const boosted = await boostLibrary('XGBoost', steps, request);
    warnings = boosted.warnings;
    json = training.saveJson(boosted.kept);
  } finally {
    training.close();
  }
  const { columns } = train.matrix;
  const ensemble = readXgboost(json, { columns, outputs, levels, link: links[objective.loss] ?? identity });
  return {
    family: 'gbdt',
    parameters: { ...parameters, ...(predictsValue(task) && { loss: objective.loss }) },
    iterations: ensemble.trees.length / outputs,
    device: { engine: 'xgboost', name: 'XGBoost', reason: 'model.gbdt.engine asks for it' },
    ...(warnings.length > 0 && { warnings }),
    predict: (matrix) => Float64Array.from(library.score(json, dense(matrix, levels))),
    appendTo: (graph, inputs) => ({ raw: appendTrees(ensemble, graph, inputs), double: false }),
  };
}

/** It has no focal loss. */
const objectives: Readonly<Partial<Record<Objective['loss'], string>>> = {
  log: 'binary:logistic',
  softmax: 'multi:softprob',
  squared: 'reg:squarederror',
  absolute: 'reg:absoluteerror',
  huber: 'reg:pseudohubererror',
  poisson: 'count:poisson',
  quantile: 'reg:quantileerror',
};

const identity = (base: number) => base;
const links: Partial<Record<Objective['loss'], (base: number) => number>> = {
  log: (share) => Math.log(share / (1 - share)),
  poisson: Math.log,
};

/** More cut points would leave no room in a node's set of bins: two thresholds of its own, and missing values. */
const mostBins = 253;

function parametersOf(
  request: FitRequest<GbdtSettings>,
  objective: Objective,
  { target, weight }: LabelledRows,
): Record<string, string | number> {
  const { parameters, task, seed, threads } = request;
  const signs = monotoneSigns(request, objective);
  return {
    objective: objectives[objective.loss] ?? '',
    ...(task === 'multiclass' && { num_class: request.outputs }),
    ...(objective.loss === 'quantile' && { quantile_alpha: objective.renewAt ?? 0.5 }),
    ...(objective.delta !== undefined && { huber_slope: objective.delta }),
    tree_method: 'hist',
    grow_policy: 'lossguide',
    eta: parameters.learning_rate,
    max_leaves: parameters.max_leaves,
    max_depth: parameters.max_depth,
    min_child_weight: parameters.min_leaf * firstHessian(objective.loss, target, weight),
    subsample: parameters.subsample,
    colsample_bytree: parameters.colsample,
    alpha: parameters.l1,
    lambda: parameters.l2,
    max_bin: Math.min(parameters.bins, mostBins),
    ...(signs.some((sign) => sign !== 0) && { monotone_constraints: `(${signs.join(',')})` }),
    seed: seed % 2 ** 31,
    nthread: threads,
  };
}

/**
 * XGBoost bounds a leaf from below by its hessian, not by its rows: what a row has of it at the start, on average, makes
 * the one of the other. Of a share p it is p (1 - p), with several classes twice that, of a rate the rate e^0.7.
 */
function firstHessian(loss: Objective['loss'], target: Float64Array, weight?: Float64Array): number {
  if (loss !== 'log' && loss !== 'softmax' && loss !== 'poisson') return 1;
  const sums = new Map<number, number>();
  let [total, mean] = [0, 0];
  target.forEach((y, row) => {
    const w = weight ? (weight[row] ?? 0) : 1;
    total += w;
    mean += w * y;
    if (loss !== 'poisson') sums.set(y, (sums.get(y) ?? 0) + w);
  });
  if (loss === 'poisson') return (mean / total) * Math.exp(0.7);
  const shares = Array.from(sums.values(), (sum) => sum / total);
  const ofClasses = shares.reduce((sum, share) => sum + share * (1 - share), 0);
  return loss === 'log' ? ofClasses / 2 : (2 * ofClasses) / Math.max(1, shares.length);
}

function levelsOf({ matrix, target }: LabelledRows): Levels {
  const levels = new Map<number, LevelBinning>();
  matrix.values.forEach((feature, index) => {
    if (feature.kind !== 'category') return;
    const count = matrix.columns[index]?.levels?.length ?? 0;
    levels.set(index, fitLevels({ codes: feature.codes, levels: count, target }));
  });
  return levels;
}

function toRows({ matrix, target, weight }: LabelledRows, levels: Levels): LabelledDenseRows {
  const label = Float32Array.from(target);
  return { ...dense(matrix, levels), label, ...(weight && { weight: Float32Array.from(weight) }) };
}

const largest = 2 ** 128 - 2 ** 104;

function dense({ rows, columns, values }: FeatureMatrix, levels: Levels): DenseRows {
  const width = columns.length;
  const all = new Float32Array(rows * width);
  values.forEach((feature, index) => {
    if (feature.kind === 'numeric') {
      feature.values.forEach((value, row) => {
        all[row * width + index] = Math.min(Math.max(value, -largest), largest);
      });
      return;
    }
    const binOf = levels.get(index)?.binOf;
    feature.codes.forEach((code, row) => {
      all[row * width + index] = binOf?.[code] ?? 0;
    });
  });
  return { values: all, rows, kinds: columns.map(({ kind }) => (kind === 'category' ? 'c' : 'q')) };
}
