/** Runs in the store: created, leased to one process, reported on, listed. Every write commits before it is reported. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { isAlive, type ProcessIdentity, thisProcess } from '../data/duckdb/processes.ts';
import type { Finding } from '../protocol/finding.ts';
import { toJson } from '../protocol/json.ts';
import { type RunDocument, type RunHead, runDocumentSchema, runHeadSchema } from '../protocol/run.ts';
import type { Artifact } from '../store/artifacts.ts';
import { noting, type Store, writing } from '../store/store.ts';

/** What to run, frozen at the start. Paths are absolute. */
export const runRequestSchema = z.object({
  file: z.string(),
  directory: z.string(),
  text: z.string(),
  /** The resolved experiment (config/experiment.ts). */
  experiment: z.record(z.string(), z.unknown()),
  configHash: z.string(),
  dataHash: z.string(),
  overrides: z.array(z.string()),
  variant: z.string().nullable(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** The right to write to a run; void as soon as another process has taken the run over. */
export interface Lease {
  readonly store: Store;
  readonly runId: string;
  readonly attempt: number;
}

export interface RunFailure {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly [place: string]: unknown;
}

export interface RunRecord {
  readonly head: RunHead;
  readonly request: RunRequest;
  readonly document?: RunDocument;
  readonly findings: readonly Finding[];
  readonly error?: RunFailure;
  readonly attempt: number;
  readonly pid: number;
  /** The run whose search this one is a trial of. */
  readonly parent?: string;
}

/** The primary metric of a run, for lists. */
export interface Headline {
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type RunSummary = RunHead & {
  readonly [name in 'metric' | 'value' | 'low' | 'high']: string | number | null;
};

/** A worker that lives but has not written for this long hangs: 10 minutes. */
const heartbeatLimit = 600_000;

const runRow = z.object({
  id: z.string(),
  experiment: z.string(),
  status: runHeadSchema.shape.status,
  started: z.string(),
  ended: z.string().nullable(),
  request: z.string(),
  metric: z.string().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  document: z.string().nullable(),
  findings: z.string().nullable(),
  error: z.string().nullable(),
  attempt: z.int(),
  pid: z.int(),
  process_started: z.string(),
  heartbeat: z.number(),
  cancel: z.int(),
  parent: z.string().nullable(),
});
export type RunRow = z.infer<typeof runRow>;

/** Creates a run that this process holds the lease of. */
export function createRun(store: Store, experiment: string, request: RunRequest): Lease {
  const id = newId();
  const { pid, started } = thisProcess();
  writing(store, () => {
    store.database
      .prepare(
        `INSERT INTO runs (id, experiment, status, started, request, attempt, pid, process_started, heartbeat)
         VALUES (?, ?, 'running', ?, ?, 1, ?, ?, ?)`,
      )
      .run(id, experiment, new Date().toISOString(), toJson(request), pid, started, Date.now());
  });
  return { store, runId: id, attempt: 1 };
}

/**
 * Takes over a run whose worker is gone; `request` replaces its own. Throws `run-not-resumable` while it runs or after
 * it finished.
 */
export function takeOverRun(store: Store, id: string, request?: RunRequest): Lease {
  markInterruptedRuns(store);
  const { pid, started } = thisProcess();
  return writing(store, () => {
    const row = readRow(store, id);
    if (row.parent !== null) throw new ModelwrightError('run-is-trial', { id, parent: row.parent });
    if (row.status === 'running' || row.status === 'finished') {
      throw new ModelwrightError('run-not-resumable', { id, status: row.status });
    }
    const attempt = row.attempt + 1;
    store.database
      .prepare(
        `UPDATE runs SET status = 'running', ended = NULL, error = NULL, cancel = 0, attempt = ?, pid = ?,
           process_started = ?, heartbeat = ?, request = ? WHERE id = ?`,
      )
      .run(attempt, pid, started, Date.now(), request === undefined ? row.request : toJson(request), id);
    return { store, runId: id, attempt };
  });
}

/** Says that the worker lives; returns whether somebody asked it to stop. Throws `run-lost-lease`. */
export function beat(lease: Lease): { cancelled: boolean } {
  return held(lease, () => {
    update(lease, 'heartbeat = ?', [Date.now()]);
    return { cancelled: readRow(lease.store, lease.runId).cancel === 1 };
  });
}

export function appendEvent(lease: Lease, body: Readonly<Record<string, unknown>>): void {
  held(lease, () => {
    lease.store.database
      .prepare(
        `INSERT INTO run_events SELECT ?, coalesce(max(sequence), 0) + 1, ?, ? FROM run_events WHERE run = ?`,
      )
      .run(lease.runId, new Date().toISOString(), toJson(body), lease.runId);
  });
}

export function recordFindings(lease: Lease, findings: readonly Finding[]): void {
  held(lease, () => update(lease, 'findings = ?', [toJson(findings)]));
}

export function recordArtifact(lease: Lease, artifact: Artifact): void {
  held(lease, () => {
    lease.store.database
      .prepare('INSERT OR REPLACE INTO run_artifacts VALUES (?, ?, ?, ?)')
      .run(lease.runId, artifact.name, artifact.hash, artifact.bytes);
  });
}

/**
 * The result and its artifacts become visible together, or not at all. Throws `cancelled` where somebody has asked for
 * that in the meantime: who cancels must not get a result.
 */
export function finishRun(
  lease: Lease,
  document: RunDocument,
  headline: Headline,
  artifacts: readonly Artifact[],
): void {
  held(lease, ({ cancel }) => {
    if (cancel === 1) throw new ModelwrightError('cancelled');
    for (const artifact of artifacts) recordArtifact(lease, artifact);
    update(lease, `status = 'finished', ended = ?, document = ?, metric = ?, value = ?, low = ?, high = ?`, [
      document.run.ended,
      toJson(document),
      headline.metric,
      finiteOrNull(headline.value),
      finiteOrNull(headline.low),
      finiteOrNull(headline.high),
    ]);
  });
}

export function endRun(lease: Lease, status: 'failed' | 'cancelled', error: RunFailure): void {
  held(lease, () => {
    update(lease, 'status = ?, ended = ?, error = ?', [status, new Date().toISOString(), toJson(error)]);
  });
}

/** Name to content hash. */
export function artifactHashes(store: Store, id: string): ReadonlyMap<string, string> {
  const schema = z.object({ name: z.string(), hash: z.string() });
  const rows = store.database.prepare('SELECT name, hash FROM run_artifacts WHERE run = ?').all(id);
  return new Map(rows.map((raw) => schema.parse(raw)).map(({ name, hash }) => [name, hash]));
}

/** Asks a run's worker to stop; false when it is not running. */
export function requestCancel(store: Store, id: string): boolean {
  markInterruptedRuns(store);
  readRow(store, id);
  const statement = store.database.prepare(`UPDATE runs SET cancel = 1 WHERE id = ? AND status = 'running'`);
  return writing(store, () => statement.run(id)).changes === 1;
}

/** A full id, or the start of one that no other run shares. */
export function readRun(store: Store, id: string): RunRecord {
  markInterruptedRuns(store);
  const row = readRow(store, completeId(store, id));
  return {
    head: headOf(row),
    request: runRequestSchema.parse(JSON.parse(row.request)),
    ...(row.document === null ? {} : { document: runDocumentSchema.parse(JSON.parse(row.document)) }),
    findings: row.findings === null ? [] : JSON.parse(row.findings),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) }),
    attempt: row.attempt,
    pid: row.pid,
    ...(row.parent === null ? {} : { parent: row.parent }),
  };
}

/** Newest first. */
export function listRuns(store: Store, limit = 1_000): RunSummary[] {
  markInterruptedRuns(store);
  const rows = store.database
    .prepare('SELECT * FROM runs WHERE deleted IS NULL AND parent IS NULL ORDER BY started DESC, id LIMIT ?')
    .all(limit);
  return rows.map((raw) => {
    const row = runRow.parse(raw);
    return { ...headOf(row), metric: row.metric, value: row.value, low: row.low, high: row.high };
  });
}

export function readEvents(
  store: Store,
  id: string,
  after: number,
): { sequence: number; time: string; body: unknown }[] {
  const schema = z.object({ sequence: z.int(), time: z.string(), body: z.string() });
  return store.database
    .prepare('SELECT sequence, time, body FROM run_events WHERE run = ? AND sequence > ? ORDER BY sequence')
    .all(id, after)
    .map((raw) => {
      const { sequence, time, body } = schema.parse(raw);
      return { sequence, time, body: JSON.parse(body) };
    });
}

/** Deleted runs stay in the store until `gc`; `restoreRun` brings them back. */
export function deleteRun(store: Store, id: string): void {
  const { head } = readRun(store, id);
  if (head.status === 'running') throw new ModelwrightError('run-still-running', { id: head.id });
  writing(store, () =>
    store.database.prepare('UPDATE runs SET deleted = ? WHERE id = ?').run(new Date().toISOString(), head.id),
  );
}

export function restoreRun(store: Store, id: string): void {
  const { head } = readRun(store, id);
  writing(store, () => store.database.prepare('UPDATE runs SET deleted = NULL WHERE id = ?').run(head.id));
}

/** Finds runs whose worker died without a word, and marks them. */
export function markInterruptedRuns(store: Store): void {
  const running = store.database.prepare(`SELECT * FROM runs WHERE status = 'running'`).all();
  for (const raw of running) {
    const row = runRow.parse(raw);
    const owner: ProcessIdentity = { pid: row.pid, started: row.process_started };
    if (isAlive(owner) && Date.now() - row.heartbeat < heartbeatLimit) continue;
    noting(store, () =>
      store.database
        .prepare(
          `UPDATE runs SET status = 'interrupted', ended = ? WHERE id = ? AND attempt = ? AND status = 'running'`,
        )
        .run(new Date(row.heartbeat).toISOString(), row.id, row.attempt),
    );
  }
}

/** Does `work` in one transaction, only while the lease holds. */
export function held<Result>(lease: Lease, work: (row: RunRow) => Result): Result {
  return writing(lease.store, () => {
    const row = readRow(lease.store, lease.runId);
    if (row.attempt !== lease.attempt || row.status !== 'running') {
      throw new ModelwrightError('run-lost-lease', { id: lease.runId });
    }
    return work(row);
  });
}

function update(lease: Lease, assignments: string, values: readonly (string | number | null)[]): void {
  lease.store.database.prepare(`UPDATE runs SET ${assignments} WHERE id = ?`).run(...values, lease.runId);
}

function readRow(store: Store, id: string): RunRow {
  const raw = store.database.prepare('SELECT * FROM runs WHERE id = ?').get(id);
  if (raw === undefined) throw new ModelwrightError('run-not-found', { id });
  return runRow.parse(raw);
}

function completeId(store: Store, id: string): string {
  const matches = store.database
    .prepare('SELECT id FROM runs WHERE substr(id, 1, length(?)) = ? LIMIT 2')
    .all(id, id)
    .map((raw) => z.object({ id: z.string() }).parse(raw).id);
  const [first] = matches;
  if (matches.length !== 1 || first === undefined || id === '')
    throw new ModelwrightError('run-not-found', { id });
  return first;
}

function headOf(row: RunRow): RunHead {
  return {
    id: row.id,
    experiment: row.experiment,
    status: row.status,
    started: row.started,
    ended: row.ended,
  };
}

/** Eight characters of Crockford's base 32: short enough to read aloud, 40 bits against collisions. */
export function newId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return [...randomBytes(8)].map((byte) => alphabet.charAt(byte % 32)).join('');
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
