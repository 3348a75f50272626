/** What differs between experiments, or variants of one, as they stand now, beside the last results of each. */
import { relative, sep } from 'node:path';
import * as z from 'zod';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import { loadExperiment } from '../../config/load.ts';
import { configHash } from '../../config/resolve.ts';
import type { calls } from '../../protocol/workbench.ts';
import { hasStore } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import { type RunRecord, readRun } from '../../tracking/runs.ts';
import { compareRuns, differingSettings } from '../compare.ts';
import { gitCommit } from '../git.ts';

type Request = z.infer<typeof calls.compareExperiments.params>;
type Answer = z.infer<typeof calls.compareExperiments.result>;
type Side = Request['sides'][number];

/** Differences are judged where all sides were run. Throws `experiment-invalid` where one cannot be resolved. */
export async function compareExperiments({ workspace, sides }: Request): Promise<Answer> {
  const experiments = sides.map((side) => resolved(side, workspace));
  const records = hasStore(workspace) ? lastRuns(workspace, sides) : sides.map(() => undefined);
  const known = records.filter((record) => record !== undefined);
  const results =
    known.length === sides.length ? (await compareRuns(known, workspace)).metrics : metricsOf(records);
  return {
    sides: sides.map((side, index) => {
      const experiment = experiments[index];
      const record = records[index];
      const stale = experiment !== undefined && record?.request.configHash !== configHash(experiment);
      return {
        title: titleOf(side, workspace),
        run: record?.head.id ?? null,
        stale: record !== undefined && stale,
      };
    }),
    parameters: differingSettings(experiments).map(({ path, values }) => ({ path, values: [...values] })),
    metrics: results.map((metric) => ({ ...metric, values: [...metric.values] })) as Answer['metrics'], // NaN is a word on the wire: plain() in workbench.ts.
  };
}

function resolved({ file, variant }: Side, workspace: string): Experiment {
  const loaded = loadExperiment({
    file,
    workspace,
    environment: process.env,
    git: () => gitCommit(workspace),
    ...(variant === null ? {} : { variant }),
  });
  if (loaded.experiment === undefined)
    throw new ModelwrightError(
      'experiment-invalid',
      {
        problem: `${titleOf({ file, variant }, workspace)} cannot be resolved.`,
        help: 'Mend what the Problems view tells of it.',
      },
      { file },
    );
  return loaded.experiment;
}

function titleOf({ file, variant }: Side, workspace: string): string {
  const path = relative(workspace, file).split(sep).join('/');
  return variant === null ? path : `${path} · ${variant}`;
}

/** The newest finished run of each side. */
function lastRuns(workspace: string, sides: readonly Side[]): (RunRecord | undefined)[] {
  const store = openStore(workspace);
  try {
    return sides.map((side) => lastRun(store, side));
  } finally {
    store.close();
  }
}

function lastRun(store: Store, { file, variant }: Side): RunRecord | undefined {
  const row = store.database
    .prepare(
      `SELECT id FROM runs WHERE status = 'finished' AND deleted IS NULL AND json_extract(request, '$.file') = ?
       AND json_extract(request, '$.variant') IS ? ORDER BY started DESC LIMIT 1`,
    )
    .get(file, variant);
  return row === undefined ? undefined : readRun(store, z.object({ id: z.string() }).parse(row).id);
}

/** Values alone. */
function metricsOf(records: readonly (RunRecord | undefined)[]) {
  const documents = records.map((record) => record?.document);
  const names = [...new Set(documents.flatMap((document) => Object.keys(document?.metrics.test ?? {})))];
  return names.map((name) => ({
    name,
    values: documents.map((document) => document?.metrics.test[name]?.value ?? null),
    difference: Number.NaN,
    low: Number.NaN,
    high: Number.NaN,
    p: Number.NaN,
  }));
}
