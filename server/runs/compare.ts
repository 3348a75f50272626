/** What differs between runs: settings beside results, and whether the results differ by more than chance. */

import { join } from 'node:path';
import { predictsValue, scoreNames } from '../catalog/tasks.ts';
import { plainSpec } from '../data/spec.ts';
import { openTable } from '../data/tables/openTable.ts';
import { bootstrap } from '../evaluation/bootstrap.ts';
import type { ScoredRows } from '../evaluation/scoredRows.ts';
import type { RunDocument } from '../protocol/run.ts';
import type { RunRecord } from '../tracking/runs.ts';

/** The document of `runs compare`. `difference`, `low`, `high` and `p` are of the last run against the first. */
export interface RunComparison {
  readonly runs: readonly string[];
  readonly parameters: readonly { readonly path: string; readonly values: readonly unknown[] }[];
  readonly metrics: readonly MetricComparison[];
}

export interface MetricComparison {
  readonly name: string;
  /** One a run; null where it has none. */
  readonly values: readonly unknown[];
  /** NaN where the two were not scored on the same test rows. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

/** Paired bootstrap on the test rows, where first and last run have the same ones; otherwise only the values. */
export async function compareRuns(records: readonly RunRecord[], workspace: string): Promise<RunComparison> {
  const documents = records.map(({ document }) => document);
  const names = [...new Set(documents.flatMap((document) => Object.keys(document?.metrics.test ?? {})))];
  const differences = await differencesOf(documents.at(0), documents.at(-1), { names, workspace });
  return {
    runs: records.map(({ head }) => head.id),
    parameters: differingSettings(records.map(({ request }) => request.experiment)),
    metrics: names.map((name) => ({
      name,
      values: documents.map((document) => document?.metrics.test[name]?.value ?? null),
      ...(differences.get(name) ?? unknown),
    })),
  };
}

type Difference = Pick<MetricComparison, 'difference' | 'low' | 'high' | 'p'>;
const unknown: Difference = { difference: Number.NaN, low: Number.NaN, high: Number.NaN, p: Number.NaN };

async function differencesOf(
  first: RunDocument | undefined,
  last: RunDocument | undefined,
  { names, workspace }: { names: readonly string[]; workspace: string },
): Promise<Map<string, Difference>> {
  if (first === undefined || last === undefined || !sameTest(first, last)) return new Map();
  const before = await readTestRows(first, workspace);
  const after = await readTestRows(last, workspace);
  if (before.rows.join() !== after.rows.join()) return new Map();
  const shared = names.filter((name) => name in first.metrics.test && name in last.metrics.test);
  const request = { models: { after, before }, metrics: shared, samples: 1000, level: 0.95 };
  const result = await bootstrap({ ...request, seed: first.lineage.seed, stream: 'runs compare' });
  return new Map(
    shared.map((name) => {
      const { value, p, interval } = result.difference(name, 'after', 'before');
      return [name, { difference: value, p, ...interval(0.95) }];
    }),
  );
}

function sameTest(first: RunDocument, last: RunDocument): boolean {
  const labels = ({ task, target, classes, lineage }: RunDocument) =>
    JSON.stringify([task, target, classes, lineage.data]);
  return labels(first) === labels(last) && first.rows.test > 0;
}

/** The test rows of a run's predictions file, in the order of their row numbers. */
async function readTestRows(document: RunDocument, workspace: string): Promise<ScoredRows> {
  const table = await openTable({
    ...plainSpec(join(workspace, document.artifacts.predictions)),
    filter: "split == 'test'",
    kinds: predictsValue(document.task) ? {} : { target: 'categorical', prediction: 'categorical' },
  });
  try {
    const classes = document.classes.map(String);
    const indexOf = async (name: string): Promise<Float64Array> => {
      if (predictsValue(document.task)) return table.numbers(name);
      const { levels, codes } = await table.dictionary(name);
      return Float64Array.from(codes, (code) => classes.indexOf(levels[code - 1] ?? ''));
    };
    const columns = scoreNames(document.task, classes);
    const scores = await Promise.all(columns.map((name) => table.numbers(name)));
    return {
      task: document.task,
      classes,
      rows: await table.numbers('row'),
      target: await indexOf('target'),
      prediction: await indexOf('prediction'),
      scores,
    };
  } finally {
    await table.close();
  }
}

/** Settings of the resolved experiments that are not the same in all runs, by dotted path. */
export function differingSettings(experiments: readonly unknown[]): RunComparison['parameters'] {
  const flat = experiments.map((experiment) => new Map(leaves(experiment, '')));
  const paths = [...new Set(flat.flatMap((settings) => [...settings.keys()]))].sort();
  return paths
    .map((path) => ({ path, values: flat.map((settings) => settings.get(path) ?? null) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

function* leaves(value: unknown, path: string): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield [path, value];
    return;
  }
  for (const [key, inner] of Object.entries(value))
    yield* leaves(inner, path === '' ? key : `${path}.${key}`);
}
