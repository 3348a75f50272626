/** Selection of features by what a model makes of them, learnt on the training rows of a fit alone. */
import type { Experiment, GbdtSettings } from '../config/experiment.ts';
import type { FittedFeatures } from '../features/fittedFeatures.ts';
import {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureValues,
  matrixRows,
  shuffled,
} from '../features/matrix.ts';
import { chooseFeatures, isModelMethod, pickFeatures, selectionOf } from '../features/select.ts';
import type { FitRequest, LabelledRows } from '../models/family.ts';
import { gbdt } from '../models/gbdt/gbdt.ts';
import { linear } from '../models/linear/linear.ts';
import { createRandom } from '../statistics/random.ts';
import { boruta } from './boruta.ts';
import { createStopMetric } from './stopMetric.ts';

/** Everything of a fit but its rows and parameters. */
export type Judge = Pick<
  FitRequest<unknown>,
  'task' | 'outputs' | 'quantile' | 'seed' | 'threads' | 'signal'
> & { readonly metric: string };

type Worth = (rows: LabelledRows, judge: Judge, keep: number) => Promise<number[]>;

const worths: Readonly<Record<string, Worth>> = {
  l1: async (rows, judge) =>
    effects(standardise(rows), judge, { penalty: 'l1', strength: lassoStrength(rows, judge) }),
  rfe: eliminate,
  permutation: permute,
  boruta,
};

/** The features as they are where the experiment selects by no model. */
export async function selectByModel(
  features: FittedFeatures,
  select: Experiment['features']['select'],
  { target, judge }: { readonly target: Float64Array; readonly judge: Judge },
): Promise<FittedFeatures> {
  const worth = select && isModelMethod(select.method) ? worths[select.method] : undefined;
  if (select === undefined || worth === undefined) return features;
  const rows = { matrix: await features.trainingMatrix(), target };
  const count = features.columns.length;
  // Half of the features stay where nothing is said, as in scikit-learn's RFE.
  const setting = select.method === 'rfe' && select.keep === undefined ? { ...select, keep: '50%' } : select;
  const keep = chooseFeatures(new Array<number>(count).fill(0), { ...setting, threshold: 0 }).length;
  const kept = chooseFeatures(await worth(rows, judge, keep), setting);
  return { ...pickFeatures(features, kept), selection: selectionOf(features, kept, select.method) };
}

/**
 * The penalty at which features that go with nothing stay at 0: σ √(2 n ln p), what the gradients of p features reach by
 * chance (Donoho and Johnstone 1994), where σ is the deviation of one row's gradient under the model of no feature.
 */
export function lassoStrength({ matrix, target }: LabelledRows, { task, quantile = 0.5 }: Judge): number {
  const n = target.length;
  const mean = target.reduce((sum, y) => sum + y, 0) / n;
  const share = (label: number) => target.reduce((sum, y) => sum + Number(y === label), 0) / n;
  const spreadOf = {
    binary: () => mean * (1 - mean),
    multiclass: () => Math.max(...[...new Set(target)].map((label) => share(label) * (1 - share(label)))),
    regression: () => target.reduce((sum, y) => sum + (y - mean) ** 2, 0) / n,
    count: () => target.reduce((sum, y) => sum + (y - mean) ** 2, 0) / n,
    quantile: () => quantile * (1 - quantile),
  };
  return Math.sqrt(spreadOf[task]() * 2 * n * Math.log(Math.max(2, matrix.columns.length)));
}

/** Numbers in units of their standard deviation from their mean, missing ones at 0. */
export function standardise({ matrix, target }: LabelledRows): LabelledRows {
  const values = matrix.values.map((feature): FeatureValues => {
    if (feature.kind === 'category') return feature;
    const known = Float64Array.from(feature.values.filter((value) => !Number.isNaN(value)));
    const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
    const deviation = Math.sqrt(
      known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length || 1),
    );
    const scaled = feature.values.map((value) =>
      Number.isNaN(value) || deviation === 0 ? 0 : (value - mean) / deviation,
    );
    return { kind: 'numeric', values: scaled };
  });
  return { matrix: { ...matrix, values }, target };
}

/** What one deviation of a number, or another level, changes at most in the raw output of a linear model. */
export async function effects(
  rows: LabelledRows,
  judge: Judge,
  settings: { readonly penalty: 'l1' | 'l2'; readonly strength: number },
): Promise<number[]> {
  const parameters = { link: 'auto', l1_ratio: 0.5, intercept: true, ...settings } as const;
  const model = await linear.fit({ ...judge, train: rows, parameters });
  const { columns } = rows.matrix;
  const raw = model.predict(probes(columns));
  const outputs = raw.length / (1 + columns.reduce((sum, column) => sum + stepsOf(column), 0));
  let at = 1;
  return columns.map((column) => {
    let most = 0;
    for (let step = 0; step < stepsOf(column); step++, at++) {
      for (let k = 0; k < outputs; k++)
        most = Math.max(most, Math.abs((raw[at * outputs + k] ?? 0) - (raw[k] ?? 0)));
    }
    // What a solver leaves of a zero (scikit-learn's SelectFromModel draws the line here).
    return most < 1e-5 ? 0 : most;
  });
}

function stepsOf({ kind, levels = [] }: FeatureColumn): number {
  return kind === 'numeric' ? 1 : Math.max(0, levels.length - 1);
}

/** A row of zeros and first levels, then one for each step of each column away from it. */
function probes(columns: readonly FeatureColumn[]): FeatureMatrix {
  const rows = 1 + columns.reduce((sum, column) => sum + stepsOf(column), 0);
  let at = 1;
  const values = columns.map((column): FeatureValues => {
    const own = new Int32Array(rows);
    for (let step = 1; step <= stepsOf(column); step++) own[at++] = step;
    return column.kind === 'numeric'
      ? { kind: 'numeric', values: Float32Array.from(own) }
      : { kind: 'category', codes: own };
  });
  return { rows, columns, values };
}

/** Recursive elimination (Guyon and others 2002): the tenth with the smallest effects goes until `keep` are left. */
async function eliminate(rows: LabelledRows, judge: Judge, keep: number): Promise<number[]> {
  const { matrix, target } = standardise(rows);
  const worth = new Array<number>(matrix.columns.length).fill(Number.POSITIVE_INFINITY);
  let left = [...matrix.columns.keys()];
  for (let round = 0; left.length > keep; round++) {
    const take = <T>(all: readonly T[]): T[] => left.flatMap((index) => all[index] ?? []);
    const some = { ...matrix, columns: take(matrix.columns), values: take(matrix.values) };
    const sizes = await effects({ matrix: some, target }, judge, { penalty: 'l2', strength: 1 });
    const order = [...left.keys()].sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0) || b - a);
    const going = new Set(
      order.slice(0, Math.min(left.length - keep, Math.max(1, Math.floor(left.length / 10)))),
    );
    for (const [rank, position] of order.entries())
      if (going.has(position)) worth[left[position] ?? 0] = round + (rank + 1) / (order.length + 1);
    left = left.filter((_, position) => !going.has(position));
  }
  return worth;
}

const folds = 4;
const repeats = 3;

/**
 * How much worse boosted models do on rows that they did not see when one feature is shuffled (Breiman 2001): the mean of
 * four folds less twice its standard error, so that only what helps for certain lies above 0.
 */
async function permute({ matrix, target }: LabelledRows, judge: Judge): Promise<number[]> {
  const random = createRandom(judge.seed, 'training', 'permutation');
  const order = Int32Array.from(target.keys());
  random.shuffle(order);
  const losses = matrix.columns.map((): number[] => []);
  for (let fold = 0; fold < folds; fold++) {
    const seen = takeRows(
      { matrix, target },
      order.filter((_, at) => at % folds !== fold),
    );
    const held = takeRows(
      { matrix, target },
      order.filter((_, at) => at % folds === fold),
    );
    const model = await gbdt.fit({ ...judge, train: seen, parameters: boosting });
    const outputs = judge.task === 'multiclass' ? judge.outputs : 1;
    const { score } = createStopMetric(judge.metric, { ...judge, outputs, target: held.target });
    const base = score(model.predict(held.matrix));
    for (const [column, feature] of held.matrix.values.entries()) {
      let sum = 0;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const values = held.matrix.values.with(column, shuffled(feature, random));
        sum += base - score(model.predict({ ...held.matrix, values }));
      }
      losses[column]?.push(sum / repeats);
    }
  }
  return losses.map((own) => {
    const mean = own.reduce((sum, loss) => sum + loss, 0) / folds;
    const squares = own.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
    return mean - 2 * Math.sqrt(squares / (folds - 1) / folds);
  });
}

const boosting: GbdtSettings = {
  ...{ trees: 100, learning_rate: 0.1, max_depth: 6, max_leaves: 31, min_leaf: 20, subsample: 0.8 },
  ...{ colsample: 0.8, l1: 0, l2: 1, bins: 255, monotone: {}, engine: 'builtin' },
};

function takeRows({ matrix, target }: LabelledRows, rows: Int32Array): LabelledRows {
  return { matrix: matrixRows(matrix, rows), target: Float64Array.from(rows, (row) => target[row] ?? 0) };
}
