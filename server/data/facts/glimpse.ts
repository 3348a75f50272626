/** What can be told of a large table within a moment: facts of some of its rows, for the rules that may speak from them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../../config/experiment.ts';
import { ahead } from '../ahead.ts';
import { Database } from '../duckdb/database.ts';
import type { ColumnProfile } from '../profile/columnProfile.ts';
import { duckTable, startProfile } from '../profile/profile.ts';
import { readColumns } from '../profile/readColumns.ts';
import { featureColumns, leftOutColumns, targetSources, timeColumn } from '../roles.ts';
import { sampleSource } from '../sources/sampleSource.ts';
import type { Table, TableSpec } from '../table.ts';
import { checkContract } from '../tables/contract.ts';
import { openTable } from '../tables/openTable.ts';
import { inferTask } from '../task.ts';
import { attempt, describeTarget } from './collectFacts.ts';
import type { CategoryFacts, ColumnLink, DataFacts } from './facts.ts';
import { countEmptyRows } from './factsEmpty.ts';
import { countLater } from './factsLater.ts';
import { describeLevels } from './factsLevels.ts';
import { linkColumn, prepareLinks } from './links.ts';

/**
 * Null where the whole is as quick, or where some rows cannot be read by themselves. What `data.join` and
 * `features.derive` make of rows that come before is left out: some rows do not tell it.
 */
export async function glimpse(
  experiment: Experiment,
  spec: TableSpec,
  directory: string,
): Promise<DataFacts | null> {
  const { joins = [], features: _, ...rest } = spec;
  // Rows without a match would be judged that the experiment never sees.
  if (joins.some(({ how }) => how === 'inner')) return null;
  const own = joins.length === 0 ? rest : { ...rest, optionalDerive: true };
  const folder = mkdtempSync(join(directory, 'sample-'));
  const database = await takeDatabase(directory);
  try {
    const sample = await sampleSource(own, { folder, database });
    if (sample === undefined) return null;
    const { seen, total } = sample;
    // Where a stretch cannot be read by itself, the whole tells what is wrong, if anything is.
    const table = await openTable(sample.spec, { database }).catch(() => null);
    return table && { ...(await look(experiment, table)), sampled: { seen, total } };
  } finally {
    // Nobody waits for it.
    setImmediate(() => {
      database.close();
      rmSync(folder, { recursive: true, force: true });
      openAhead(directory);
    });
  }
}

/** Opened while nobody waits, for the next glimpse. */
let waiting: { readonly directory: string; readonly database: Promise<Database> } | undefined;

/** For whoever is going to glimpse. */
export function openAhead(directory: string): void {
  waiting ??= { directory, database: ahead(Database.open({ tempDirectory: directory })) };
}

function takeDatabase(directory: string): Promise<Database> {
  const taken = waiting;
  waiting = undefined;
  if (taken?.directory === directory) return taken.database;
  taken?.database.then(
    (database) => database.close(),
    () => undefined,
  );
  return Database.open({ tempDirectory: directory });
}

/** Without what only all rows tell: how they are divided, which are equal, what columns say together. */
async function look(experiment: Experiment, table: Table): Promise<DataFacts> {
  const duck = duckTable(table);
  const features = featureColumns(experiment, table.columns);
  const profiler = await startProfile(duck);
  const found = await attempt(() => inferTask(experiment, table));
  const linker = 'value' in found ? prepareLinks(found.value, experiment.train.seed) : undefined;
  const isFeature = new Set(features.map(({ name }) => name));
  const linked = new Set([...isFeature, ...(experiment.features.include ?? [])]);
  const profiles: ColumnProfile[] = [];
  const links: Record<string, ColumnLink> = {};
  const categories: Record<string, CategoryFacts> = {};
  for await (const read of readColumns(duck).columns) {
    const { name } = read.column;
    profiles.push(await profiler.look(read));
    if (linker !== undefined && linked.has(name) && name !== experiment.target)
      links[name] = linkColumn(linker, read.coding());
    if (read.dictionary !== undefined && isFeature.has(name))
      categories[name] = describeLevels(read.dictionary.levels, read.coding().counts, 0);
  }
  const time = timeColumn(experiment, table.columns);
  const clock = { time, predictionTime: experiment.problem?.prediction_time };
  const later = await attempt(() => countLater(duck, clock, features));
  return {
    hash: '',
    rows: table.rowCount,
    profile: profiler.profile(profiles),
    ...('problem' in found ? { problem: found.problem } : {}),
    ...('value' in found ? { target: describeTarget(found.value, profiles) } : {}),
    features: features.map(({ name, kind }) => ({ name, kind })),
    leftOut: leftOutColumns(experiment, table.columns),
    targetSources: [...targetSources(experiment)],
    links,
    categories,
    twins: { repeats: 0, conflicting: 0, example: [], expectedTwins: 0, expectedRepeats: 0 },
    emptyRows: await countEmptyRows(duck, profiles),
    later: 'value' in later ? later.value : [],
    // Expectations may compare rows with all others; and row numbers would be those of the sample.
    contract: (await checkContract(table, { ...experiment, data: { ...experiment.data, expect: [] } }))
      .filter(({ count }) => count > 0)
      .map((failure) => ({ ...failure, rows: [] })),
  };
}
