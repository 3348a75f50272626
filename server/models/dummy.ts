/** The model that looks at no column: the training rows' prior, mean or quantile. What every other model must beat. */
import { weightedQuantile } from '../statistics/weightedQuantile.ts';
import type { FitRequest, FittedModel, ModelFamily } from './family.ts';

/** Raw output: log-odds or log shares of the training classes, the mean, the log of it (count) or the quantile, all weighted. */
export const dummy: ModelFamily = {
  name: 'dummy',
  async fit(request) {
    return createModel(dummyOutputs(request));
  },
};

/** The raw outputs that it gives every row. */
export function dummyOutputs(request: FitRequest<unknown>): number[] {
  const { target, weight } = request.train;
  switch (request.task) {
    case 'regression':
      return [weightedMean(request)];
    case 'count':
      // No event at all in training: a rate that is almost nothing, but above it.
      return [Math.log(Math.max(weightedMean(request), 1e-9))];
    case 'quantile':
      return [weightedQuantile(target.slice(), request.quantile ?? 0.5, weight)];
    default:
      return logShares(request);
  }
}

function createModel(raw: readonly number[]): FittedModel {
  return {
    family: 'dummy',
    parameters: {},
    iterations: 1,
    predict(matrix) {
      return Float64Array.from({ length: matrix.rows * raw.length }, (_, i) => raw[i % raw.length] ?? 0);
    },
    appendTo(graph, { numeric, codes }) {
      // The number of rows comes from whatever the features give: one constant row is expanded to [n, outputs].
      const constant = graph.constant({
        type: 'double',
        shape: [1, raw.length],
        data: Float64Array.from(raw),
      });
      const [shape = ''] = graph.node('Shape', [numeric ?? codes ?? ''], { start: 0, end: 1 });
      const one = graph.constant({ type: 'int64', shape: [1], data: BigInt64Array.of(1n) });
      const [wanted = ''] = graph.node('Concat', [shape, one], { axis: 0 });
      const [expanded = ''] = graph.node('Expand', [constant, wanted]);
      return { raw: expanded, double: true };
    },
  };
}

function weightedMean({ train: { target, weight } }: FitRequest<unknown>): number {
  let sum = 0;
  let total = 0;
  target.forEach((y, i) => {
    const w = weight?.[i] ?? 1;
    sum += w * y;
    total += w;
  });
  return total > 0 ? sum / total : 0;
}

/** A class without rows gets a share of 1e-15 instead of a log of 0. */
function logShares({ task, outputs, train: { target, weight } }: FitRequest<unknown>): number[] {
  const shares = new Float64Array(outputs);
  target.forEach((y, i) => {
    shares[y] = (shares[y] ?? 0) + (weight?.[i] ?? 1);
  });
  const total = shares.reduce((sum, share) => sum + share, 0) || 1;
  const logs = Array.from(shares, (share) => Math.log(Math.max(share / total, 1e-15)));
  return task === 'binary' ? [(logs[1] ?? 0) - (logs[0] ?? 0)] : logs;
}
