/**
 * How good the search's settings are on rows that had no part in finding them: in each outer fold the search runs on the
 * folds of its training rows alone, and its winner is fitted there and judged by the rows held out (Varma and Simon, 2006).
 */
import { absent, type Split, train } from '../../data/split/split.ts';
import type { Tuning } from '../../protocol/run.ts';
import { decodeTrials, encodeTrials } from '../../tracking/trials.ts';
import { scoreHeldOut } from '../../training/scoreHeldOut.ts';
import { judgingRows } from '../../training/scoreSetting.ts';
import { applyParams } from '../../tuning/applyParams.ts';
import type { PlannedSearch } from '../../tuning/planSearch.ts';
import type { RunRows } from '../runRows.ts';
import { asRead, type SearchWork, searchTrials, trainRequest } from './searchTrials.ts';

/**
 * What each part of the searches takes, by the rows that are learnt from: first the trials of the run's own search, then,
 * for each outer fold, its trials and the fits of their winner.
 */
export function searchSizes(
  split: Split,
  trials: number,
  using: PlannedSearch['settings']['using'],
): number[] {
  const learnt = (fits: Split['folds']) => fits.reduce((sum, fit) => sum + fit.train.length, 0);
  const outer = split.folds.flatMap(({ train: rows }, index) => {
    const within = split.inner?.[index] ?? [];
    return within.length === 0 ? [0, 0] : [trials * learnt(within), learnt(within) + rows.length];
  });
  return [trials * learnt(judgingRows(split, using)), ...outer];
}

/** Undefined where the folds are not to be nested. */
export async function estimateTuned(work: SearchWork): Promise<Tuning['nested']> {
  const { inner, folds } = work.rows.split;
  if (inner === undefined) return undefined;
  const found: NonNullable<Tuning['nested']>['folds'] = [];
  for (const [index, fold] of folds.entries()) {
    const within = inner[index] ?? [];
    if (within.length === 0) continue;
    const name = `outer fold ${index + 1}`;
    const ofTrials = work.reportOf(2 * index + 1);
    const ofWinner = work.reportOf(2 * index + 2);
    const rows: RunRows = {
      ...work.rows,
      split: { ...work.rows.split, ...sideOf(work.rows, fold.train), folds: within },
    };
    const saved = work.saving.own(`${name}, trials`, 'epoch');
    const known = decodeTrials(saved.load()) ?? { trials: [], metric: '' };
    const { best } = await searchTrials(
      { ...work, rows, settings: { ...work.settings, using: 'cv' }, name: `${name}, ` },
      {
        // What earlier runs found, they found on the rows held out here.
        search: work.planned.start([]),
        trials: known.trials,
        judgedBy: known.metric,
        keep: (finished) => {
          known.metric = finished.find((each) => each.metric !== '')?.metric ?? known.metric;
          saved.save(encodeTrials(known));
        },
        report: ({ detail = '', ...progress }) =>
          ofTrials({ ...progress, detail: `${name} of ${folds.length}, ${detail}` }),
      },
    );
    const experiment = applyParams(work.rows.experiment, best.params);
    const request = trainRequest({ ...work, rows: { ...rows, experiment } }, { name });
    const { score, metric } = await scoreHeldOut(
      {
        ...request,
        onProgress: ({ part, parts, done, total }) =>
          ofWinner({
            done: part - 1 + (total === 0 ? 0 : done / total),
            total: parts,
            detail: `${name} of ${folds.length}, fit ${part} of ${parts} of its winner`,
          }),
      },
      fold.valid,
    );
    found.push({ params: { ...best.params }, value: asRead(score, metric) });
  }
  return found.length === 0 ? undefined : { folds: found };
}

/** All other rows have no part. */
function sideOf({ split }: RunRows, rows: Int32Array) {
  const assignment = new Uint8Array(split.assignment.length).fill(absent);
  for (const row of rows) assignment[row] = train;
  return { assignment };
}
