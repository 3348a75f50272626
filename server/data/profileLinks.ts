/** The profile with each column's link to a target, for `profile --target`. */
import { resolveExperiment } from '../config/resolve.ts';
import { codeLevels, codeNumbers } from './linkCodes.ts';
import { linkColumn, prepareLinks } from './links.ts';
import { type ColumnProfile, type Profile, profileTable } from './profile.ts';
import type { Table } from './table.ts';
import { inferTask } from './task.ts';

/**
 * `link` of a column: 2 AUC - 1 (macro one-vs-rest) for classes, the squared correlation of ranks or levels for
 * numbers; null for the target itself and where a column says nothing. Throws where the target cannot be one.
 */
export async function profileWithLinks(table: Table, target: string): Promise<Profile> {
  const experiment = resolveExperiment({ target }, 'profile.experiment.yaml');
  const task = await inferTask(experiment, table);
  const linker = prepareLinks(task, experiment.train.seed);
  const profile = await profileTable(table);
  const columns: ColumnProfile[] = [];
  for (const column of profile.columns) {
    if (column.name === target) {
      columns.push({ ...column, link: null });
      continue;
    }
    const coded =
      table.column(column.name).input === 'string'
        ? codeLevels(await table.dictionary(column.name))
        : codeNumbers(await table.numbers(column.name));
    const { measure, strength } = linkColumn(linker, coded);
    const link = strength === null ? null : measure === 'auc' ? 2 * strength.value - 1 : strength.value;
    columns.push({ ...column, link });
  }
  return { ...profile, columns };
}
