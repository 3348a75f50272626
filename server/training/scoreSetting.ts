/** Judges one setting of a search by rows that it does not learn from: the folds, or the validation rows. */
import { ModelwrightError } from '../catalog/errors.ts';
import * as sides from '../data/split/split.ts';
import { fitPart } from './fitPart.ts';
import { judgingMetric, watchedMetric } from './heldOutMetrics.ts';
import { planFits, type TrainRequest } from './train.ts';

export interface ScoreRequest extends Omit<TrainRequest, 'onProgress'> {
  /** Absent: the folds where there are any, else the validation rows. */
  readonly using?: 'valid' | 'cv';
  /** Called with the score of fit `part` (from 0) after `steps` of at most `total` steps; true ends the trial. */
  look(
    point: { readonly part: number; readonly steps: number; readonly total: number },
    score: number,
  ): boolean;
}

export interface SettingScore {
  /** What settings are compared by (judgingMetric of heldOutMetrics.ts), by the name of the metric. */
  readonly metric: string;
  /** Mean over the fits; higher is better. Of a trial that was ended: of the fits that were finished, NaN without any. */
  readonly score: number;
  readonly pruned: boolean;
}

/**
 * Fits stop as those of a run do; settings are compared by the metric that judges. Test rows are never looked at. The
 * same request gives the same score.
 * @throws ModelwrightError tune-without-rows, and what trainModel throws
 */
export async function scoreSetting(request: ScoreRequest): Promise<SettingScore> {
  const { name, using, signal } = request;
  const { plan } = await planFits(request);
  const held = judgingRows(request.split, using);
  const limits = request.limits?.(held.map(({ train }) => train.length));
  const stop = new AbortController();
  const signals = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);

  let metric = '';
  let sum = 0;
  let done = 0;
  for (const [part, { train, valid }] of held.entries()) {
    const judge = judgingMetric(plan, valid);
    const watched = watchedMetric(plan, valid);
    let judged = Number.NaN;
    metric = judge.name;
    const checkpoint = request.checkpoint?.(`${name}: fit ${part + 1}`);
    const limit = limits?.next(`fit ${part + 1}`);
    try {
      const fitted = await fitPart(
        { ...plan, signal: signals },
        {
          rows: train,
          validRows: valid,
          ...(plan.trainer.iterative && {
            stop: {
              name: watched.name,
              score(raw) {
                judged = judge.score(raw);
                return watched.name === judge.name ? judged : watched.score(raw);
              },
            },
          }),
          ...(checkpoint && { checkpoint }),
          ...(limit && { limit }),
          onProgress({ done: steps, total, score }) {
            if (score !== undefined && request.look({ part, steps, total }, judged)) stop.abort();
          },
        },
      );
      sum += judge.score(await fitted.predict(valid));
      done++;
    } catch (error) {
      if (!stop.signal.aborted || signal?.aborted) throw error;
      return { metric, score: done === 0 ? Number.NaN : sum / done, pruned: true };
    }
  }
  return { metric, score: sum / done, pruned: false };
}

/**
 * The fits of a trial: what each learns from, and the rows that judge it. Without `using`: the folds where there are
 * any, else the validation rows.
 * @throws ModelwrightError tune-without-rows
 */
export function judgingRows(split: sides.Split, using: ScoreRequest['using']): sides.Split['folds'] {
  const rowsOf = (side: number) => sides.positionsOf(split.assignment, side);
  const chosen = using ?? (split.folds.length > 0 ? 'cv' : 'valid');
  const fits = chosen === 'cv' ? split.folds : [{ train: rowsOf(sides.train), valid: rowsOf(sides.valid) }];
  if (fits.some(({ valid }) => valid.length > 0)) return fits;
  throw new ModelwrightError('tune-without-rows', {
    using: chosen,
    instead: chosen === 'cv' ? 'valid' : 'cv',
  });
}
