/** The profile with each column's link to a target, for `profile --target`. */
import { resolveExperiment } from '../../config/resolve.ts';
import type { ColumnProfile, Profile } from '../profile/columnProfile.ts';
import { duckTable, startProfile } from '../profile/profile.ts';
import { type ReadColumn, readColumns } from '../profile/readColumns.ts';
import type { Table } from '../table.ts';
import { inferTask } from '../task.ts';
import { type Linker, linkColumn, prepareLinks } from './links.ts';

/**
 * `link` of a column: 2 AUC - 1 (macro one-vs-rest) for classes, the squared correlation of ranks or levels for
 * numbers; null for the target itself and where a column says nothing. Throws where the target cannot be one.
 */
export async function profileWithLinks(table: Table, target: string): Promise<Profile> {
  const experiment = resolveExperiment({ target }, 'profile.experiment.yaml');
  const task = await inferTask(experiment, table);
  const linker = prepareLinks(task, experiment.train.seed);
  const duck = duckTable(table);
  const profiler = await startProfile(duck);
  const columns: ColumnProfile[] = [];
  for await (const read of readColumns(duck).columns) {
    const profiled = await profiler.look(read);
    columns.push({ ...profiled, link: profiled.name === target ? null : linkOf(linker, read) });
  }
  return profiler.profile(columns);
}

function linkOf(linker: Linker, { coding }: ReadColumn): number | null {
  const { measure, strength } = linkColumn(linker, coding());
  if (strength === null) return null;
  return measure === 'auc' ? 2 * strength.value - 1 : strength.value;
}
