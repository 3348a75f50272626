/** Many runs at a glance, for the editor: only light columns are read, however large the runs are. */
import * as z from 'zod';
import { type RunHead, type RunStatus, runHeadSchema } from '../protocol/run.ts';
import { type RunEvent, runEventSchema } from '../protocol/runMessages.ts';
import type { Store } from '../store/store.ts';
import { markInterruptedRuns } from './runs.ts';

export interface RunLine extends RunHead {
  /** Absolute path of the experiment file. */
  readonly file: string;
  readonly metric: string | null;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const lineSchema = runHeadSchema.extend({
  file: z.string(),
  metric: z.string().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** Newest first, without deleted ones. */
export function listRunLines(store: Store, limit: number): RunLine[] {
  markInterruptedRuns(store);
  return store.database
    .prepare(
      `SELECT id, experiment, status, started, ended, json_extract(request, '$.file') AS file, metric, value, low, high
       FROM runs WHERE deleted IS NULL AND parent IS NULL ORDER BY started DESC, id LIMIT ?`,
    )
    .all(limit)
    .map((row) => lineSchema.parse(row));
}

/** The resolved experiment of a run as JSON text, as it was frozen at the start. */
export function readFrozenExperiment(store: Store, id: string): string {
  const row = store.database
    .prepare(`SELECT json_extract(request, '$.experiment') AS experiment FROM runs WHERE id = ?`)
    .get(id);
  return z.object({ experiment: z.string() }).parse(row).experiment;
}

/** The run of the same experiment that started last before this one. */
export function runBefore(store: Store, head: RunHead): string | undefined {
  const row = store.database
    .prepare(
      `SELECT id FROM runs WHERE experiment = ? AND started < ? AND deleted IS NULL AND parent IS NULL ORDER BY started DESC LIMIT 1`,
    )
    .get(head.experiment, head.started);
  return row === undefined ? undefined : z.object({ id: z.string() }).parse(row).id;
}

const headlineSchema = lineSchema.pick({ metric: true, value: true, low: true, high: true });

/** The primary metric of a run that is known to be there, deleted or not. */
export function readHeadline(store: Store, id: string): z.infer<typeof headlineSchema> {
  const row = store.database.prepare('SELECT metric, value, low, high FROM runs WHERE id = ?').get(id);
  return headlineSchema.parse(row);
}

export interface Activity {
  /** Another one as soon as a run came, ended or was deleted. */
  readonly stamp: string;
  readonly running: readonly { readonly id: string; readonly event: RunEvent | null }[];
}

/** What is going on right now. Runs whose worker died are found here too. */
export function readActivity(store: Store): Activity {
  markInterruptedRuns(store);
  const heads = store.database
    .prepare('SELECT id, status FROM runs WHERE deleted IS NULL AND parent IS NULL ORDER BY id')
    .all()
    .map((row) => z.object({ id: z.string(), status: z.string() }).parse(row));
  const last = store.database.prepare(
    'SELECT body FROM run_events WHERE run = ? ORDER BY sequence DESC LIMIT 1',
  );
  const running = heads
    .filter(({ status }) => status === 'running')
    .map(({ id }) => ({ id, event: eventOf(last.get(id)) }));
  return { stamp: heads.map(({ id, status }) => `${id} ${status}`).join('\n'), running };
}

function eventOf(row: unknown): RunEvent | null {
  if (row === undefined) return null;
  return runEventSchema.parse(JSON.parse(z.object({ body: z.string() }).parse(row).body));
}

/** Of all runs that are not deleted, whatever became of them. */
export function listRunIds(store: Store): string[] {
  return store.database
    .prepare('SELECT id FROM runs WHERE deleted IS NULL')
    .all()
    .map((row) => z.object({ id: z.string() }).parse(row).id);
}

/** Finished runs, or those of another end, of an experiment, newest first. `variant` null: those of the experiment itself. */
export function listResultIds(
  store: Store,
  experiment: string,
  { variant, limit, status = 'finished' }: { variant: string | null; limit: number; status?: RunStatus },
): string[] {
  return store.database
    .prepare(
      `SELECT id FROM runs WHERE experiment = ? AND status = ? AND deleted IS NULL
         AND json_extract(request, '$.variant') IS ? ORDER BY started DESC, id LIMIT ?`,
    )
    .all(experiment, status, variant, limit)
    .map((row) => z.object({ id: z.string() }).parse(row).id);
}

/** How many results there are of test rows of this hash: deleted ones have been seen all the same. */
export function countLooks(store: Store, splitHash: string): number {
  const row = store.database
    .prepare(
      `SELECT count(*) AS looks FROM runs
       WHERE status = 'finished' AND json_extract(document, '$.split.hash') = ?`,
    )
    .get(splitHash);
  return z.object({ looks: z.int() }).parse(row).looks;
}
