/** What a run would do, and about how long and how much memory it would take: `run --dry-run`. */

import { tableSpec } from '../../data/spec.ts';
import { splitTable } from '../../data/split/splitTable.ts';
import { openTable } from '../../data/tables/openTable.ts';
import { resolveTask } from '../../data/task.ts';
import type { WorkerOrder } from '../../protocol/runMessages.ts';
import { located } from '../locate.ts';
import { type PreparedRun, prepareRun } from '../prepare.ts';
import { refuseImpossible } from '../refuse.ts';
import { checkResumed } from '../saving.ts';
import { expectFromRows, type RunPlan } from './expected.ts';

/** Reads the data, learns nothing and writes nothing. Throws what `run` would refuse. */
export async function planRun(
  order: Omit<Extract<WorkerOrder, { kind: 'run' }>, 'kind'>,
  signal: AbortSignal,
): Promise<RunPlan> {
  const prepared = prepareRun({ kind: 'run', ...order });
  return estimate(prepared, signal).catch((error: unknown) => {
    throw located(error, prepared.loaded);
  });
}

async function estimate({ experiment, loaded }: PreparedRun, signal: AbortSignal): Promise<RunPlan> {
  const started = performance.now();
  const table = await openTable(tableSpec(experiment, loaded.directory), { signal });
  try {
    const task = await resolveTask(experiment, table);
    const split = await splitTable(experiment, table, task);
    await refuseImpossible({ experiment, table, task, split });
    checkResumed({ experiment, table, task, split }, loaded.directory);
    return expectFromRows({ experiment, table, task, split }, (performance.now() - started) / 1000);
  } finally {
    await table.close();
  }
}
