/** Fits a setting as a run would, on the training rows of its split, and judges it by rows that are no part of that. */
import { fitAll } from './fitAll.ts';
import { judgingMetric } from './heldOutMetrics.ts';
import { planFits, type TrainRequest } from './train.ts';

/**
 * The folds of the split settle how long is trained. `score`: of the metric that settings are compared by,
 * higher is better.
 */
export async function scoreHeldOut(
  request: TrainRequest,
  rows: Int32Array,
): Promise<{ metric: string; score: number }> {
  const { name } = request;
  const { plan, folds, trainRows, validRows } = await planFits(request);
  const { final } = await fitAll({
    ...{ plan, folds, trainRows, validRows },
    checkpoint: (part) => request.checkpoint?.(`${name}: ${part}`),
    ...(request.limits && { limits: request.limits }),
    ...(request.onProgress && { onProgress: request.onProgress }),
  });
  const judge = judgingMetric(plan, rows);
  return { metric: judge.name, score: judge.score(await final.predict(rows)) };
}
