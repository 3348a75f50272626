/** Trials of a search: child runs of the run that tunes, written under its lease. */
import * as z from 'zod';
import { toJson } from '../protocol/json.ts';
import type { RunStatus } from '../protocol/run.ts';
import type { Store } from '../store/store.ts';
import { held, type Lease, newId, type RunRow } from './runs.ts';

const resultSchema = z.object({
  budget: z.number(),
  // JSON has no NaN: a fit that failed.
  score: z.union([z.number(), z.string().transform(Number)]),
  pruned: z.boolean(),
  curve: z.record(z.string(), z.number()),
});
const trialSchema = z.object({
  index: z.int(),
  params: z.record(z.string(), z.unknown()),
  results: z.array(resultSchema),
});

const trialsSchema = z.object({
  /** What they were judged by. */
  metric: z.string(),
  trials: z.array(trialSchema),
});
export type Trials = z.infer<typeof trialsSchema>;

const rowSchema = z.object({ id: z.string(), trial: z.string(), metric: z.string().nullable() });

export interface TrialRecord {
  /** Of the child run. */
  readonly id: string;
  readonly index: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly results: readonly z.infer<typeof resultSchema>[];
  /** Null where it could not be measured. */
  readonly metric: string | null;
}

/** A trial after its newest result. */
export interface TrialUpdate extends Omit<TrialRecord, 'id' | 'metric'> {
  readonly status: RunStatus;
  /** The experiment with the trial's settings. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly metric: string;
  /** As people read it: losses are positive. */
  readonly value: number;
  readonly started: string;
}

/** Creates child runs or replaces what is known of them; all at once, or none. Throws `run-lost-lease`. */
export function recordTrials(lease: Lease, updates: readonly TrialUpdate[]): void {
  held(lease, (parent) => {
    for (const update of updates) recordTrial(lease, parent, update);
  });
}

function recordTrial(lease: Lease, parent: RunRow, update: TrialUpdate): void {
  const { index, params, results, experiment, status, metric, value, started } = update;
  const trial = toJson({ index, params, results });
  const headline = [metric, Number.isFinite(value) ? value : null];
  const { database } = lease.store;
  const ended = new Date().toISOString();
  const known = database
    .prepare(`SELECT id FROM runs WHERE parent = ? AND json_extract(trial, '$.index') = ?`)
    .get(lease.runId, index);
  if (known !== undefined) {
    const { id } = z.object({ id: z.string() }).parse(known);
    database
      .prepare('UPDATE runs SET status = ?, ended = ?, trial = ?, metric = ?, value = ? WHERE id = ?')
      .run(status, ended, trial, ...headline, id);
    return;
  }
  const request = toJson({ ...JSON.parse(parent.request), experiment });
  const { pid, process_started: born, heartbeat } = parent;
  database
    .prepare(
      `INSERT INTO runs (id, experiment, status, started, ended, request, metric, value, parent, trial, attempt, pid,
         process_started, heartbeat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`,
    )
    .run(
      newId(),
      parent.experiment,
      status,
      started,
      ended,
      request,
      ...headline,
      lease.runId,
      trial,
      pid,
      born,
      heartbeat,
    );
}

/** Trials that are no runs of their own, as bytes to be saved, and back. Undefined where there are none. */
export function encodeTrials(trials: Trials): Uint8Array {
  return new TextEncoder().encode(toJson(trials));
}

export function decodeTrials(bytes: Uint8Array | undefined): Trials | undefined {
  return bytes && trialsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** In the order in which they were suggested. */
export function readTrials(store: Store, run: string): TrialRecord[] {
  return store.database
    .prepare(`SELECT id, trial, metric FROM runs WHERE parent = ? ORDER BY json_extract(trial, '$.index')`)
    .all(run)
    .map((raw) => {
      const { trial, ...row } = rowSchema.parse(raw);
      return { ...row, metric: row.metric || null, ...trialSchema.parse(JSON.parse(trial)) };
    });
}
