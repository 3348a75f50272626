/** A run of `e.experiment.yaml` in this process, to its end. */
import { join } from 'node:path';
import { executeOrder } from '../../server/runs/execute.ts';
import { openStore } from '../../server/store/store.ts';
import { listRuns, readRun } from '../../server/tracking/runs.ts';

export const order = (workspace: string) => ({
  kind: 'run' as const,
  workspace,
  file: join(workspace, 'e.experiment.yaml'),
  overrides: [],
  variant: null,
});

/** The store is left open, to be closed by the test. */
export async function runHere(workspace: string) {
  const refused: string[] = [];
  await executeOrder(order(workspace), (message) => {
    if (message.kind === 'refused') refused.push(message.failure.message);
  });
  const store = openStore(workspace);
  const [newest] = listRuns(store, 1);
  const record = newest && readRun(store, newest.id);
  return { refused, store, record };
}
