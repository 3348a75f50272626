/** A run that has ended well, recorded once more: what a test changes of its request costs no training. */
import type { Store } from '../server/store/store.ts';
import { createRun, finishRun, type Lease, type RunRecord } from '../server/tracking/runs.ts';

export function copyRun(store: Store, { head, request, document, error }: RunRecord): Lease {
  if (document === undefined) throw new Error(`the run has not ended well: ${error?.message ?? head.status}`);
  const lease = createRun(store, head.experiment, request);
  finishRun(lease, document, { metric: document.metric, value: 0, low: 0, high: 0 }, []);
  return lease;
}
