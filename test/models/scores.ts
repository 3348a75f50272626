/** Tables of the oracles and how a family does on them: R², or the mean AUC of one class against the rest. */
import type { LabelledRows, ModelFamily, SupervisedTask } from '../../server/models/family.ts';
import { matrixOf } from './matrix.ts';

export interface OracleTable {
  readonly name: string;
  readonly task: SupervisedTask;
  readonly columns: number[][];
  readonly target: number[];
  /** Fits of each fold, with seeds of their own. */
  readonly runs: number;
  /** Of each repetition the fold in which a row is tested. */
  readonly folds: number[][];
  readonly lightgbm: number;
}

/** Fits one part and scores another. */
export async function fitAndScore<Parameters>(
  family: ModelFamily<Parameters>,
  request: {
    task: SupervisedTask;
    train: LabelledRows;
    tested: LabelledRows;
    seed: number;
    parameters: Parameters;
  },
): Promise<{ score: number; parameters: Readonly<Record<string, unknown>> }> {
  const { task, train, tested, seed, parameters } = request;
  const outputs = task === 'regression' ? 1 : 1 + train.target.reduce((a, b) => Math.max(a, b), 0);
  const model = await family.fit({ task, outputs, train, parameters, seed, threads: 1 });
  const raw = model.predict(tested.matrix);
  return { score: scoreOf(task, tested.target, raw, outputs), parameters: model.parameters };
}

function scoreOf(task: SupervisedTask, target: Float64Array, raw: Float64Array, outputs: number): number {
  if (task === 'regression') return r2(target, raw);
  if (task === 'binary') return auc(target, raw);
  // One class against the rest, by probability.
  const shares = Array.from({ length: outputs }, (_, k) =>
    auc(
      target.map((y) => (y === k ? 1 : 0)),
      target.map((_y, i) => softmaxShare(raw.subarray(i * outputs, (i + 1) * outputs), k)),
    ),
  );
  return mean(shares);
}

export function take(table: OracleTable, keep: (row: number) => boolean): LabelledRows {
  return takeRows({ matrix: matrixOf(table.columns), target: Float64Array.from(table.target) }, keep);
}

export function takeRows({ matrix, target }: LabelledRows, keep: (row: number) => boolean): LabelledRows {
  const rows = Array.from(target.keys()).filter(keep);
  const pick = (values: ArrayLike<number>) => rows.map((row) => values[row] ?? 0);
  return {
    matrix: {
      rows: rows.length,
      columns: matrix.columns,
      values: matrix.values.map((column) =>
        column.kind === 'numeric'
          ? { kind: 'numeric', values: Float32Array.from(pick(column.values)) }
          : { kind: 'category', codes: Uint16Array.from(pick(column.codes)) },
      ),
    },
    target: Float64Array.from(pick(target)),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function r2(target: Float64Array, predicted: Float64Array): number {
  const center = mean(Array.from(target));
  let residual = 0;
  let total = 0;
  target.forEach((y, i) => {
    residual += (y - (predicted[i] ?? 0)) ** 2;
    total += (y - center) ** 2;
  });
  return 1 - residual / total;
}

function softmaxShare(raw: Float64Array, k: number): number {
  const top = Math.max(...raw);
  const powers = Array.from(raw, (value) => Math.exp(value - top));
  return (powers[k] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
}

/** Share of pairs in the right order, ties half (Mann and Whitney 1947). */
function auc(target: Float64Array, score: Float64Array): number {
  const order = Array.from(score.keys()).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0));
  let ranks = 0;
  let positives = 0;
  for (let begin = 0; begin < order.length; ) {
    let end = begin;
    while (end < order.length && score[order[end] ?? 0] === score[order[begin] ?? 0]) end++;
    for (const row of order.slice(begin, end)) {
      if (target[row] !== 1) continue;
      positives++;
      ranks += (begin + end + 1) / 2;
    }
    begin = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
