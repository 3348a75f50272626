/** One look at an experiment's table for all data rules: a column at a time, so that memory stays small. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import { ahead, hear } from '../ahead.ts';
import type { ColumnProfile } from '../profile/columnProfile.ts';
import { duckTable, type Profiler, startProfile } from '../profile/profile.ts';
import { type Fetched, type ReadColumn, readColumns } from '../profile/readColumns.ts';
import { featureColumns, followsFrom, leftOutColumns, targetSources, timeColumn } from '../roles.ts';
import { planSplit } from '../split/split.ts';
import { splitRequest } from '../split/splitTable.ts';
import type { Table } from '../table.ts';
import { checkContract } from '../tables/contract.ts';
import type { DuckTable } from '../tables/duckTable.ts';
import { inferTask, type ResolvedTask } from '../task.ts';
import {
  type ComparedRows,
  compareInTable,
  type EqualRowsQuestion,
  partsOf,
  type RowComparison,
  type RowValues,
  startComparison,
} from './equalRows.ts';
import type { DataFacts, FactProblem, SplitFacts, TargetFacts } from './facts.ts';
import { FactsThread, shareValues } from './factsBeside.ts';
import { countEmptyRows } from './factsEmpty.ts';
import { countLater } from './factsLater.ts';
import { describeSplit, describeTime, type SplitInputs } from './factsSplit.ts';
import { expectedPairs } from './factsTwins.ts';
import { prepareLinks } from './links.ts';
import { describeAhead, type Walk, walkColumns } from './walkColumns.ts';

/** Never throws for what the data is like: faults are facts. The table must be one of `openTable`. */
export async function collectFacts(
  experiment: Experiment,
  table: Table,
  startThread: typeof FactsThread.start = FactsThread.start,
): Promise<DataFacts> {
  const thread = startThread(duckTable(table));
  try {
    return await collect(experiment, table, thread);
  } finally {
    thread?.close();
  }
}

async function collect(
  experiment: Experiment,
  table: Table,
  thread: FactsThread | undefined,
): Promise<DataFacts> {
  const duck = duckTable(table);
  const features = featureColumns(experiment, table.columns);
  const names = features.map(({ name }) => name);
  // DuckDB works ahead on these while the statistics below are computed.
  const first = [experiment.target, timeColumn(experiment, table.columns)];
  const profiling = ahead(startProfile(duck));
  const { columns, taken, compare } = readAndCompare(
    duck,
    { id: experiment.data.id, features: names },
    { first, thread, profiling },
  );
  const found = await attempt(async () => shareValues(await inferTask(experiment, table)));
  const task = 'value' in found ? found.value : undefined;
  const { seed } = experiment.train;
  // Before rows are compared, which takes longer and is waited for at the end.
  const linking =
    task && ahead(thread?.prepareLinks(task, seed) ?? hear().then(() => prepareLinks(task, seed)));
  const comparing = ahead(compare(task && task.classes.length > 0 ? task.values : undefined));
  await hear();
  const parted = task
    ? await attempt(() => divide(experiment, table, { task, features: names, comparing }))
    : undefined;
  const inputs = parted && 'value' in parted ? parted.value : undefined;
  // Rows can then be compared while the columns are looked at.
  await taken;

  const request = { linking, names, inputs, columns, profiler: await profiling, thread };
  const walk = await walkColumns(experiment, table, request);
  const contract = await checkContract(table, experiment);
  const { repeats, conflicting, pair } = (await comparing).twins;
  // What is computed from other features agrees wherever they do.
  const told = names.filter((name) => !followsFrom(experiment, name, names));
  const collisions = told.map((name) => walk.links[name]?.collision ?? 1);
  const expectedTwins = expectedPairs(table.rowCount, collisions);
  return {
    hash: table.hash,
    rows: table.rowCount,
    profile: walk.profile,
    ...('problem' in found ? { problem: found.problem } : {}),
    ...(parted && 'problem' in parted ? { splitProblem: parted.problem } : {}),
    ...(task ? { target: describeTarget(task, walk.profile.columns) } : {}),
    features: features.map(({ name, kind }) => ({ name, kind })),
    leftOut: leftOutColumns(experiment, table.columns),
    targetSources: [...targetSources(experiment)],
    links: walk.links,
    categories: walk.categories,
    ...(walk.order ? { order: walk.order } : {}),
    twins: {
      repeats,
      conflicting,
      example: await table.rowNumbersOf(pair),
      expectedTwins,
      expectedRepeats: expectedTwins * (task ? targetCollision(task) : 1),
    },
    ...(inputs ? { split: await describe(inputs, walk) } : {}),
    ...(walk.looks ? { looks: walk.looks } : {}),
    emptyRows: await countEmptyRows(duck, walk.profile.columns),
    later: await countLater(
      duck,
      {
        time: timeColumn(experiment, table.columns),
        predictionTime: experiment.problem?.prediction_time,
      },
      features,
    ),
    contract,
  };
}

/** Columns of a table that may take so many bytes are held until they are looked at, and tell meanwhile which rows are equal. */
const heldBytes = 2 ** 29;

interface Reading {
  readonly first: readonly (string | undefined)[];
  readonly thread: FactsThread | undefined;
  readonly profiling: Promise<Profiler>;
}

function readAndCompare(
  table: DuckTable,
  question: EqualRowsQuestion,
  { first, thread, profiling }: Reading,
): { columns: AsyncIterable<ReadColumn>; taken?: Promise<void>; compare: RowComparison['finish'] } {
  if (8 * table.rowCount * table.columns.length > heldBytes) {
    const { columns } = readColumns(table, { first });
    return { columns, compare: (classes) => compareInTable(table, question, classes) };
  }
  const start = thread?.startComparison.bind(thread) ?? startComparison;
  const comparison = start(table.rowCount, partsOf(table, question));
  const { columns, taken } = readColumns(table, {
    first,
    take: (fetched) => {
      comparison.take(fetched.column.name, rowValues(fetched));
      if (thread) ahead(profiling.then((profiler) => describeAhead(fetched, { profiler, thread })));
    },
  });
  return { columns, taken, compare: (classes) => taken.then(() => comparison.finish(classes)) };
}

function rowValues(fetched: Fetched): RowValues {
  if ('dictionary' in fetched) return { codes: fetched.dictionary.codes };
  return 'offsets' in fetched ? { codes: fetched.offsets } : { values: fetched.values };
}

type Attempt<T> = { readonly value: T } | { readonly problem: FactProblem };

/** A user's fault becomes a fact; anything else is ours and goes on up. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof ModelwrightError) || error.exit !== 2) throw error;
    const { code, message, help, place } = error;
    return {
      problem: { code, message, help, ...(place.column === undefined ? {} : { column: place.column }) },
    };
  }
}

async function divide(
  experiment: Experiment,
  table: Table,
  {
    task,
    features,
    comparing,
  }: { task: ResolvedTask; features: readonly string[]; comparing: Promise<ComparedRows> },
): Promise<SplitInputs> {
  const request = await splitRequest(experiment, table, task, async () => (await comparing).whole);
  return { experiment, table, task, features, request, split: planSplit(request) };
}

async function describe(inputs: SplitInputs, { unseen, trend }: Walk): Promise<SplitFacts> {
  const time = await describeTime(inputs);
  return { ...(await describeSplit(inputs)), unseen, time: time && { ...time, trend } };
}

export function describeTarget(task: ResolvedTask, profiles: readonly ColumnProfile[]): TargetFacts {
  return {
    name: task.target,
    task: task.task,
    metric: task.metric,
    missing: task.withoutTarget,
    classes: task.classes.map((label, c) => ({ label, rows: task.counts[c] ?? 0 })),
    prevalence: task.task === 'binary' ? task.prevalence : null,
    distinct: profiles.find(({ name }) => name === task.target)?.distinct ?? 0,
  };
}

/** Chance that two rows agree in the target; numbers count as never equal only when their classes are unknown. */
function targetCollision({ counts }: ResolvedTask): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return rows > 0 ? counts.reduce((sum, count) => sum + (count / rows) ** 2, 0) : 1;
}
