/** The whole evaluation of a run, from scored rows to what the run document holds: the pipeline's one call. */
import { grouped } from '../protocol/grouped.ts';
import type { Importance, RunDocument } from '../protocol/run.ts';
import { computeCalibration, computeConfusion } from './calibration.ts';
import { compareModels } from './comparisons.ts';
import { type MeasuredCoverage, measureCoverage } from './coverage.ts';
import type { EvaluationRequest } from './evaluationRequest.ts';
import { checkGates } from './gates.ts';
import { computeImportance } from './importance.ts';
import { type Estimates, findClusters, mainModel, measureModels } from './measure.ts';
import type { ResampleOptions } from './resampleJobs.ts';
import { readSlices, type SliceRows, sliceColumn } from './sliceRows.ts';
import { isJudgeable, judgeSlices } from './slices.ts';

/** NaN where a metric or a bound is undefined; the run document spells it `"NaN"`. */
export interface Evaluation
  extends Pick<
    RunDocument,
    'comparisons' | 'slices' | 'explanations' | 'confusion' | 'calibrationBins' | 'gates'
  > {
  readonly metrics: { readonly test: Estimates; readonly valid: Estimates; readonly train: Estimates };
  readonly baselines: Readonly<Record<string, Estimates>>;
  /** Of intervals or sets of classes on the test rows, where the model gives them. */
  readonly uncertainty?: MeasuredCoverage;
  /** What was asked for and could not be done. */
  readonly warnings: readonly string[];
}

/** Where each part of the work begins, as shares of the whole. */
const begins = { measure: 0, importance: 0.6, slices: 0.85, compare: 0.95, end: 1 } as const;

/** The same request gives the same evaluation on any number of threads. Throws `cancelled` on `options.signal`. */
export async function evaluateRun(
  request: EvaluationRequest,
  options: ResampleOptions = {},
): Promise<Evaluation> {
  const { experiment, test, metric } = request;
  const { ci, compare } = experiment.evaluate;
  const common = { metric, samples: ci.samples, level: ci.level, seed: experiment.train.seed };

  const stretch = (from: keyof typeof begins, to: keyof typeof begins): ResampleOptions => ({
    ...options,
    onProgress: (done, total) =>
      options.onProgress?.(begins[from] + ((begins[to] - begins[from]) * done) / Math.max(1, total), 1),
  });

  const measured = await measureModels(request, stretch('measure', 'importance'));
  const isTested = test.positions.length > 0;
  const { importance, together } = isTested
    ? await computeImportance({
        ...request,
        ...common,
        positions: test.positions,
        ...stretch('importance', 'slices'),
      })
    : { importance: [], together: 0 };
  const found = await findSlices(request, importance);
  const clustersAt = await findClusters(request);
  const uncertainty = measureCoverage(test.rows, {
    level: ci.method === 'none' ? undefined : ci.level,
    ...clustersAt(test.positions),
  });
  const slices = await judgeSlices(
    { ...common, ...compare, ...clustersAt(test.positions), rows: test.rows, slices: found.slices },
    stretch('slices', 'compare'),
  );
  const bootstrap = measured.bootstrapOf();
  if (!bootstrap) throw new Error('the test rows have a bootstrap');
  const compared = Object.entries(request.baselines).filter(([name]) => isAmong(name, compare.to));
  const models = { [mainModel]: test.rows, ...Object.fromEntries(compared) };
  return {
    metrics: { test: measured.test, valid: measured.valid, train: measured.train },
    baselines: measured.baselines,
    ...(uncertainty && { uncertainty }),
    comparisons: isTested
      ? await compareModels(
          { ...common, ...compare, models, main: mainModel, bootstrap },
          stretch('compare', 'end'),
        )
      : [],
    slices,
    explanations: [{ method: 'permutation', metric, importance }],
    confusion: computeConfusion(test.rows),
    calibrationBins: computeCalibration(test.rows),
    gates: checkGates(experiment.gates ?? [], {
      ...common,
      ...compare,
      task: test.rows.task,
      main: mainModel,
      baselines: Object.keys(request.baselines),
      bootstrapOf: measured.bootstrapOf,
      lint: request.lint,
    }),
    warnings: [
      ...(isTested ? [] : [untested]),
      ...measured.warnings,
      ...warnTogether(request, together),
      ...found.warnings,
    ],
  };
}

const untested =
  'No row was kept for testing: nothing is compared with the baselines, no gate on a figure can pass, and figures of rows that took part in choosing the model flatter it.';

/** Of wide tables not every column can be shuffled alone. */
function warnTogether({ columns }: EvaluationRequest, together: number): string[] {
  if (together === 0) return [];
  return [
    `Of ${grouped(columns.length)} columns ${grouped(together)} were shuffled with others only, in groups that cost the metric less than those of the columns that were shuffled alone: their importance is not measured.`,
  ];
}

/** evaluate.compare.to names a baseline, or all of them as `baseline`. */
function isAmong(baseline: string, to: readonly string[]): boolean {
  return to.includes('baseline') || to.includes(baseline);
}

/** `auto` looks at so many columns, the most important first. */
const slicedColumns = 10;

async function findSlices(
  { experiment, table, test }: EvaluationRequest,
  importance: readonly Importance[],
): Promise<{ slices: SliceRows[]; warnings: string[] }> {
  const asked = experiment.evaluate.slices;
  if (asked === 'auto') {
    const slices: SliceRows[] = [];
    for (const { column } of importance.slice(0, slicedColumns)) {
      slices.push(...(await sliceColumn(table, column, test.positions)));
    }
    return { slices: slices.filter(({ members }) => isJudgeable(test.rows, members)), warnings: [] };
  }
  const { slices, warnings } = await readSlices(table, asked, test.positions);
  const small = slices.filter(({ members }) => !isJudgeable(test.rows, members));
  return {
    slices,
    warnings: [
      ...warnings,
      ...small.map(
        ({ name, members }) =>
          `The slice \`${name}\` has ${members.length} test rows: too few to call it weak or not.`,
      ),
    ],
  };
}
