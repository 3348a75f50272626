/** A grown forest as a model: its mean on the scale of raw outputs, by the trainer and in the file. */
import { predictsValue } from '../../catalog/tasks.ts';
import type { ForestSettings } from '../../config/experiment.ts';
import type { GraphBuilder } from '../../onnx/graph.ts';
import { elementTypeNumber } from '../../onnx/literal.ts';
import type { FitRequest, FittedModel } from '../family.ts';
import { type Ensemble, nodeAt } from '../gbdt/ensemble.ts';
import { appendTrees } from '../gbdt/graph.ts';
import { NODE_BYTES } from '../gbdt/kernels/layout.ts';
import { predictRaw } from '../gbdt/predict.ts';

export interface ForestParts {
  /** Its sum is the mean of the trees. */
  readonly ensemble: Ensemble;
  /** Mean over the trees that did not see a row, without the ensemble's base; [rows, outputs]. */
  readonly outOfBag?: Float64Array;
  readonly minSplit?: number;
}

/** A share or rate that all trees agree on is not certain. */
const least = 1e-9;

export function createModel(request: FitRequest<ForestSettings>, parts: ForestParts): FittedModel {
  const { ensemble, outOfBag, minSplit } = parts;
  const { task, parameters } = request;
  const outOfBagMeans = outOfBag?.map((value, i) => value + (ensemble.base[i % ensemble.outputs] ?? 0));
  return {
    family: 'forest',
    parameters: {
      ...parameters,
      ...(minSplit !== undefined && { min_split: minSplit }),
      ...(outOfBagMeans && { oob_score: outOfBagScore(request, outOfBagMeans) }),
    },
    iterations: ensemble.trees.length / ensemble.outputs,
    ...(outOfBagMeans && { outOfBag: outOfBagMeans.map((mean) => toRaw(task, mean)) }),
    columnGains: () => columnGains(ensemble),
    predict: (matrix) => predictRaw(ensemble, matrix).map((mean) => toRaw(task, mean)),
    appendTo(graph, inputs) {
      const [mean = ''] = graph.node('Cast', [appendTrees(ensemble, graph, inputs)], {
        to: elementTypeNumber('double'),
      });
      return { raw: appendRaw(graph, task, mean), double: true };
    },
  };
}

/** Σ over the splits on a column of n_left n_right / n (mean_left - mean_right)², weighted alike; Breiman 2001. */
function columnGains({ columns, trees }: Ensemble): Float64Array {
  const gains = new Float64Array(columns.length);
  for (const tree of trees) {
    const count = tree.length / NODE_BYTES;
    const means = new Float64Array(count);
    // Children stand behind their parents.
    for (let index = count - 1; index >= 0; index--) {
      const node = nodeAt(tree, index);
      if (node.kind === 'leaf') {
        means[index] = node.value;
        continue;
      }
      const [left, right] = [nodeAt(tree, node.left).rows, nodeAt(tree, node.right).rows];
      const apart = (means[node.left] ?? 0) - (means[node.right] ?? 0);
      means[index] = (left * (means[node.left] ?? 0) + right * (means[node.right] ?? 0)) / node.rows;
      gains[node.column] = (gains[node.column] ?? 0) + ((left * right) / node.rows) * apart ** 2;
    }
  }
  return gains;
}

/** Log-odds of a share, its log (one of several classes, a rate), or the value itself. */
function toRaw(task: FitRequest<unknown>['task'], mean: number): number {
  if (task === 'regression' || task === 'quantile') return mean;
  if (Number.isNaN(mean)) return mean;
  if (task !== 'binary') return Math.log(Math.max(mean, least));
  const share = Math.min(Math.max(mean, least), 1 - least);
  return Math.log(share) - Math.log(1 - share);
}

function appendRaw(graph: GraphBuilder, task: FitRequest<unknown>['task'], mean: string): string {
  if (task === 'regression' || task === 'quantile') return mean;
  const double = (value: number) =>
    graph.constant({ type: 'double', shape: [], data: Float64Array.of(value) });
  const bounds = task === 'binary' ? [double(least), double(1 - least)] : [double(least)];
  const [bounded = ''] = graph.node('Clip', [mean, ...bounds]);
  const [log = ''] = graph.node('Log', [bounded]);
  if (task !== 'binary') return log;
  const [rest = ''] = graph.node('Sub', [double(1), bounded]);
  const [logRest = ''] = graph.node('Log', [rest]);
  const [odds = ''] = graph.node('Sub', [log, logRest]);
  return odds;
}

/** scikit-learn's `oob_score_`: the share of rows whose class is right, or R² of values; rows without an answer apart. */
function outOfBagScore({ task, train, outputs }: FitRequest<unknown>, means: Float64Array): number {
  const width = task === 'multiclass' ? outputs : 1;
  const rows = Array.from(train.target.keys()).filter((row) => !Number.isNaN(means[row * width]));
  const truth = (row: number) => train.target[row] ?? 0;
  if (!predictsValue(task)) {
    const right = rows.filter((row) => {
      const own = means.subarray(row * width, (row + 1) * width);
      const said = width === 1 ? Number((own[0] ?? 0) > 0.5) : own.indexOf(Math.max(...own));
      return said === truth(row);
    });
    return right.length / rows.length;
  }
  const center = rows.reduce((sum, row) => sum + truth(row), 0) / rows.length;
  let [errors, spread] = [0, 0];
  for (const row of rows) {
    errors += (truth(row) - (means[row] ?? 0)) ** 2;
    spread += (truth(row) - center) ** 2;
  }
  return 1 - errors / spread;
}
