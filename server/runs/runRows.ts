/** What every stage after reading works on: the experiment, its rows, what is learned from them, and how they are divided. */
import type { Experiment } from '../config/experiment.ts';
import type { Split } from '../data/split/split.ts';
import type { Table } from '../data/table.ts';
import type { ResolvedTask } from '../data/task.ts';

export interface RunRows {
  readonly experiment: Experiment;
  readonly table: Table;
  readonly task: ResolvedTask;
  readonly split: Split;
  readonly signal: AbortSignal;
}

/** Both cores of a small machine; more threads than eight gain little and crowd out the editor. */
export const threads = Math.max(1, Math.min(8, navigator.hardwareConcurrency));
