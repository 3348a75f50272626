/** Follows a run from outside, through the store, until it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunEvent, runEventSchema } from '../protocol/runMessages.ts';
import type { Store } from '../store/store.ts';
import { type RunRecord, readEvents, readRun } from '../tracking/runs.ts';

const pollInterval = 200;

/** Calls `onEvent` for everything the run reports from now on (`fromStart`: and has reported); resolves when it has ended. */
export async function watchRun(
  store: Store,
  id: string,
  options: { onEvent: (event: RunEvent, time: string) => void; fromStart?: boolean; signal?: AbortSignal },
): Promise<RunRecord> {
  let after = options.fromStart === true ? 0 : lastSequence(store, id);
  for (;;) {
    const record = readRun(store, id);
    for (const { sequence, time, body } of readEvents(store, record.head.id, after)) {
      after = sequence;
      options.onEvent(runEventSchema.parse(body), time);
    }
    if (record.head.status !== 'running') return record;
    await sleep(pollInterval, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function lastSequence(store: Store, id: string): number {
  return readEvents(store, id, 0).at(-1)?.sequence ?? 0;
}
