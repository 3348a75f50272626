/** One look at an experiment's table for all data rules: a column at a time, so that memory stays small. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { startLooks } from './columnLooks.ts';
import type { ColumnProfile, Profile } from './columnProfile.ts';
import { checkContract } from './contract.ts';
import type { EqualRows } from './equalRows.ts';
import { findEqualRows } from './equalRowsBeside.ts';
import type { CategoryFacts, ColumnLink, DataFacts, FactProblem, SplitFacts, TargetFacts } from './facts.ts';
import { countEmptyRows } from './factsEmpty.ts';
import { describeLevels } from './factsLevels.ts';
import { describeSplit, describeTime, type SplitInputs } from './factsSplit.ts';
import { findTrends, type Trend } from './factsTrend.ts';
import { countTwins, expectedPairs } from './factsTwins.ts';
import type { CodedColumn } from './linkCodes.ts';
import { linkColumn, linkOrder, prepareLinks } from './links.ts';
import type { LookFacts } from './lookFacts.ts';
import { duckTable, type Profiler, startProfile } from './profile.ts';
import { type ReadColumn, readColumns } from './readColumns.ts';
import { featureColumns, leftOutColumns, targetSources, timeColumn } from './roles.ts';
import { countSide, planSplit, type SplitPlan, test, train } from './split.ts';
import { splitRequest } from './splitTable.ts';
import type { Table } from './table.ts';
import { inferTask, type ResolvedTask } from './task.ts';

/** Never throws for what the data is like: faults are facts. The table must be one of `openTable`. */
export async function collectFacts(experiment: Experiment, table: Table): Promise<DataFacts> {
  const duck = duckTable(table);
  const features = featureColumns(experiment, table.columns);
  const names = features.map(({ name }) => name);
  // DuckDB works ahead on these while the statistics below are computed.
  const columns = readColumns(duck, [experiment.target, timeColumn(experiment, table.columns)]);
  const settling = attempt(() => inferTask(experiment, table));
  const comparing = ahead(findEqualRows(duck, { id: experiment.data.id, features: names }));
  const profiling = ahead(startProfile(duck));

  const found = await settling;
  const task = 'value' in found ? found.value : undefined;
  const classes = task && task.classes.length > 0 ? task.values : undefined;
  const parted = task
    ? await attempt(() => divide(experiment, table, { task, features: names, comparing }))
    : undefined;
  const inputs = parted && 'value' in parted ? parted.value : undefined;

  const request = { task, names, inputs, columns, profiler: await profiling };
  const walk = await walkColumns(experiment, table, request);
  const contract = await checkContract(table, experiment);
  const { repeats, conflicting, pair } = countTwins(await comparing, classes);
  const collisions = names.map((name) => walk.links[name]?.collision ?? 1);
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
    contract,
  };
}

/** A promise that is awaited later: until then its failure is nobody's fault. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

type Attempt<T> = { readonly value: T } | { readonly problem: FactProblem };

/** A user's fault becomes a fact; anything else is ours and goes on up. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
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
  }: { task: ResolvedTask; features: readonly string[]; comparing: Promise<EqualRows> },
): Promise<SplitInputs> {
  const request = await splitRequest(experiment, table, task, async () => (await comparing).whole);
  return { experiment, table, task, features, request, split: planSplit(request) };
}

async function describe(inputs: SplitInputs, { unseen, trend }: Walk): Promise<SplitFacts> {
  const time = await describeTime(inputs);
  return { ...(await describeSplit(inputs)), unseen, time: time && { ...time, trend } };
}

function describeTarget(task: ResolvedTask, profiles: readonly ColumnProfile[]): TargetFacts {
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

interface Walk {
  readonly profile: Profile;
  readonly links: Record<string, ColumnLink>;
  readonly categories: Record<string, CategoryFacts>;
  readonly order?: DataFacts['order'];
  readonly unseen: SplitFacts['unseen'];
  readonly trend: Trend | null;
  readonly looks?: LookFacts;
}

interface WalkRequest {
  readonly task: ResolvedTask | undefined;
  /** Features. */
  readonly names: readonly string[];
  readonly inputs: SplitInputs | undefined;
  readonly columns: AsyncIterable<ReadColumn>;
  readonly profiler: Profiler;
}

/** Each column is read once and looked at by all that ask about it. */
async function walkColumns(experiment: Experiment, table: Table, request: WalkRequest): Promise<Walk> {
  const { task, names, inputs, profiler } = request;
  const profiles: ColumnProfile[] = [];
  const links: Record<string, ColumnLink> = {};
  const categories: Record<string, CategoryFacts> = {};
  const unseen: SplitFacts['unseen'][number][] = [];
  const linker = task && prepareLinks(task, experiment.train.seed);
  const trends = linker && inputs ? await findTrends(inputs, linker) : undefined;
  const trained = inputs ? countSide(inputs.split.assignment, train) : 0;
  const looks = linker && (await startLooks({ experiment, table, task, linker, names, inputs }));
  for await (const read of request.columns) {
    const { column, dictionary } = read;
    const { name } = column;
    profiles.push(await profiler.look(read));
    looks?.look(read);
    if (name === experiment.target || !isAsked(experiment, name, names)) continue;
    const { coded, counts } = read.coding();
    if (linker) links[name] = linkColumn(linker, coded);
    if (!names.includes(name)) continue;
    if (dictionary) categories[name] = describeLevels(dictionary.levels, counts, rareShare(experiment, name));
    trends?.look(name, coded);
    if (inputs && dictionary) unseen.push(...countUnseen(name, coded, inputs.split, trained));
  }
  // Where time is declared, rows in its order are no fault.
  const ordered = linker !== undefined && timeColumn(experiment, table.columns) === undefined;
  const order = ordered ? linkOrder(linker, await table.rowNumbers()) : undefined;
  return {
    profile: profiler.profile(profiles),
    links,
    categories,
    ...(order ? { order } : {}),
    unseen,
    trend: trends?.strongest() ?? null,
    ...(looks ? { looks: looks.find() } : {}),
  };
}

function isAsked({ data, features }: Experiment, name: string, names: readonly string[]): boolean {
  return names.includes(name) || name === data.id || (features.include?.includes(name) ?? false);
}

function rareShare({ features }: Experiment, name: string): number {
  return Number(features.columns[name]?.rare ?? features.categorical.rare);
}

/** Levels that only test rows have. */
function countUnseen(
  column: string,
  { codes, levels }: CodedColumn,
  { assignment }: SplitPlan,
  trainRows: number,
): SplitFacts['unseen'] {
  const trained = new Uint8Array(levels);
  const tested = new Int32Array(levels);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (assignment[row] === train) trained[code] = Math.min(2, (trained[code] ?? 0) + 1);
    else if (assignment[row] === test) tested[code] = (tested[code] ?? 0) + 1;
  }
  let rows = 0;
  let count = 0;
  let once = 0;
  for (let code = 1; code < levels; code++) {
    if (trained[code] === 1) once++;
    if ((trained[code] ?? 0) > 0 || (tested[code] ?? 0) === 0) continue;
    rows += tested[code] ?? 0;
    count++;
  }
  return count > 0 ? [{ column, levels: count, rows, expected: once / trainRows }] : [];
}
