/** `engine: lightgbm`: the real LightGBM trains, its trees become the same nodes of the file as our own. */
import type { GbdtSettings } from '../../config/experiment.ts';
import { type DenseColumns, type LabelledColumns, openLightGbm } from '../../engines/lightgbm.ts';
import type { FeatureMatrix } from '../../features/matrix.ts';
import type { FitRequest, FittedModel, LabelledRows } from '../family.ts';
import { appendTrees } from './graph.ts';
import { boostLibrary, withWeight } from './libraryBoost.ts';
import { readLightGbm } from './lightgbmTrees.ts';
import { monotoneSigns } from './monotone.ts';
import { type Objective, objectiveOf } from './objective.ts';

/**
 * Settings that LightGBM has by another name are handed over; all else is its own default.
 * @throws ModelwrightError model-setting where it is not installed, engine-failed, cancelled
 */
export async function fitLightGbm(request: FitRequest<GbdtSettings>): Promise<FittedModel> {
  const { task, train, valid, earlyStop, parameters } = request;
  const library = await openLightGbm();
  const outputs = task === 'multiclass' ? request.outputs : 1;
  const objective = objectiveOf(request);
  const learnt = withWeight(train);
  const training = library.train(parameterText(request, objective), {
    train: toColumns(learnt),
    ...(earlyStop && valid && { valid: toColumns(valid) }),
  });
  let text: string;
  let warnings: readonly string[];
  try {
    const validRaw = () => rawOf(training.validScores(), task, outputs);
    const boosted = await boostLibrary('LightGBM', { step: training.step, validRaw }, request);
    warnings = boosted.warnings;
    text = training.saveText(boosted.kept);
  } finally {
    training.close();
  }
  const { columns } = train.matrix;
  const ensemble = readLightGbm(text, { columns, outputs, codeRows: countCodes(learnt.matrix) });
  return {
    family: 'gbdt',
    parameters: { ...parameters, loss: objective.loss },
    iterations: ensemble.trees.length / outputs,
    device: { engine: 'lightgbm', name: 'LightGBM', reason: 'model.gbdt.engine asks for it' },
    ...(warnings.length > 0 && { warnings }),
    predict: (matrix) => library.score(text, dense(matrix), outputs),
    appendTo: (graph, inputs) => ({ raw: appendTrees(ensemble, graph, inputs), double: false }),
  };
}

/** It has no focal loss. */
const objectives: Readonly<Partial<Record<Objective['loss'], string>>> = {
  log: 'binary',
  softmax: 'multiclass',
  squared: 'regression',
  absolute: 'regression_l1',
  huber: 'huber',
  poisson: 'poisson',
  quantile: 'quantile',
};

function parameterText(request: FitRequest<GbdtSettings>, objective: Objective): string {
  const { parameters, task, seed, threads, train } = request;
  const categories = train.matrix.columns.flatMap(({ kind }, index) => (kind === 'category' ? [index] : []));
  const signs = monotoneSigns(request, objective);
  const settings: Record<string, unknown> = {
    objective: objectives[objective.loss],
    ...(task === 'multiclass' && { num_class: request.outputs }),
    ...(objective.loss === 'quantile' && { alpha: objective.renewAt }),
    ...(objective.loss === 'huber' && { alpha: objective.delta }),
    learning_rate: parameters.learning_rate,
    num_leaves: parameters.max_leaves,
    max_depth: parameters.max_depth,
    min_data_in_leaf: parameters.min_leaf,
    bagging_fraction: parameters.subsample,
    bagging_freq: parameters.subsample < 1 ? 1 : 0,
    feature_fraction: parameters.colsample,
    lambda_l1: parameters.l1,
    lambda_l2: parameters.l2,
    max_bin: parameters.bins,
    ...(categories.length > 0 && { categorical_feature: categories.join(',') }),
    ...(signs.some((sign) => sign !== 0) && { monotone_constraints: signs.join(',') }),
    seed: seed % 2 ** 31,
    num_threads: threads,
    deterministic: true,
    force_row_wise: true,
    verbosity: -1,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function toColumns({ matrix, target, weight }: LabelledRows): LabelledColumns {
  const label = Float32Array.from(target);
  return { ...dense(matrix), label, ...(weight && { weight: Float32Array.from(weight) }) };
}

/** Numbers as they are, codes as numbers. */
function dense({ rows, columns, values }: FeatureMatrix): DenseColumns {
  const all = new Float32Array(rows * columns.length);
  values.forEach((feature, index) => {
    all.set(feature.kind === 'numeric' ? feature.values : feature.codes, index * rows);
  });
  return { values: all, rows, columns: columns.length };
}

function countCodes({ columns, values }: FeatureMatrix): ReadonlyMap<number, Float64Array> {
  const counts = new Map<number, Float64Array>();
  values.forEach((feature, index) => {
    if (feature.kind !== 'category') return;
    const rows = new Float64Array(columns[index]?.levels?.length ?? 0);
    for (const code of feature.codes) rows[code] = (rows[code] ?? 0) + 1;
    counts.set(index, rows);
  });
  return counts;
}

/** Raw outputs, row-major, from what LightGBM's objective makes of them; several classes up to a constant of the row. */
function rawOf(scores: Float64Array, task: string, outputs: number): Float64Array {
  if (task === 'binary') return scores.map((p) => Math.log(p / (1 - p)));
  if (task === 'count') return scores.map(Math.log);
  if (task !== 'multiclass') return scores;
  const rows = scores.length / outputs;
  return Float64Array.from(scores, (_, at) =>
    Math.log(scores[(at % outputs) * rows + Math.floor(at / outputs)] ?? 0),
  );
}
