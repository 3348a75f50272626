/** Looks at each column while it is held in memory, for what only several columns, or the two sides of the split, tell together. */
import type { Experiment } from '../config/experiment.ts';
import { findAnnotationGap } from './factsAnnotation.ts';
import { startJumps } from './factsJumps.ts';
import { findNearTwins } from './factsNear.ts';
import { protectedColumns, startPairs } from './factsPairs.ts';
import { startShift } from './factsShift.ts';
import type { SplitInputs } from './factsSplit.ts';
import type { Linker } from './links.ts';
import type { AnnotationGap, LookFacts, NearFacts } from './lookFacts.ts';
import type { ReadColumn } from './readColumns.ts';
import type { Table } from './table.ts';
import type { ResolvedTask } from './task.ts';

export interface LookInputs {
  readonly experiment: Experiment;
  readonly table: Table;
  readonly task: ResolvedTask;
  readonly linker: Linker;
  /** Features. */
  readonly names: readonly string[];
  readonly inputs: SplitInputs | undefined;
}

export interface ColumnLooks {
  look(read: ReadColumn): void;
  find(): LookFacts;
}

/** Samples decide: of the rows with a target, of either side, and through time; a column costs a few milliseconds. */
export async function startLooks({
  experiment,
  table,
  task,
  linker,
  names,
  inputs,
}: LookInputs): Promise<ColumnLooks> {
  const features = new Set(names);
  const attributes = new Set(
    protectedColumns(
      experiment,
      table.columns.map(({ name }) => name),
    ),
  );
  const pairs = startPairs(linker, experiment);
  const shift = inputs && startShift(inputs);
  const jumps = await startJumps(experiment, table);
  const near: NearFacts[] = [];
  const gaps: AnnotationGap[] = [];
  return {
    look(read) {
      const { name } = read.column;
      const isFeature = features.has(name);
      if (isFeature || attributes.has(name)) pairs.look(read, isFeature);
      if (isFeature) shift?.look(read);
      if (isFeature || name === task.target) jumps?.look(read);
      const twins = inputs && findNearTwins(read, inputs);
      if (twins) near.push(twins);
      if (!isFeature || task.withoutTarget === 0 || read.dictionary === undefined) return;
      const gap = findAnnotationGap(name, { ...read.dictionary, counts: read.coding().counts }, task.values);
      if (gap) gaps.push(gap);
    },
    find: () => ({ ...pairs.find(), jumps: jumps?.find() ?? [], gaps, shift: shift?.find() ?? null, near }),
  };
}
