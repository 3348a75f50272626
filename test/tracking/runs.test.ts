import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, thisProcess } from '../../server/data/duckdb/processes.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import {
  openCheckpoints,
  readCheckpoints,
  removeSpentCheckpoints,
} from '../../server/tracking/checkpoints.ts';
import {
  appendEvent,
  beat,
  createRun,
  deleteRun,
  endRun,
  listRuns,
  type RunRequest,
  readEvents,
  readRun,
  requestCancel,
  restoreRun,
  takeOverRun,
} from '../../server/tracking/runs.ts';
import { temporaryFolder } from '../temporary.ts';

const request: RunRequest = {
  file: '/w/churn.experiment.yaml',
  directory: '/w',
  text: 'data: churn.csv\ntarget: churned\n',
  experiment: { name: 'churn' },
  configHash: 'sha256:0',
  dataHash: 'sha256:1',
  overrides: [],
  variant: null,
};

const failure = { code: 'internal-error', message: 'it broke', help: 'mend it' };

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'no error';
};

/** Makes the store believe that the run belongs to a process that is gone. */
function orphan(store: Store, id: string): void {
  store.database.prepare(`UPDATE runs SET pid = 1, process_started = 'another boot:1' WHERE id = ?`).run(id);
}

describe('a run', () => {
  it('is running from its creation and can be read by the start of its id', () => {
    const store = openStore(temporaryFolder());
    const { runId } = createRun(store, 'churn', request);
    const record = readRun(store, runId.slice(0, 5));
    expect(record.head).toMatchObject({ id: runId, experiment: 'churn', status: 'running', ended: null });
    expect(record.request).toEqual(request);
    expect(codeOf(() => readRun(store, 'zzzzzz'))).toBe('run-not-found');
    expect(codeOf(() => readRun(store, ''))).toBe('run-not-found');
    store.close();
  });

  it('whose process is gone is found, marked as interrupted, and can be taken over once', () => {
    const store = openStore(temporaryFolder());
    const first = createRun(store, 'churn', request);
    orphan(store, first.runId);
    expect(readRun(store, first.runId).head.status).toBe('interrupted');
    const second = takeOverRun(store, first.runId);
    expect(second.attempt).toBe(2);
    expect(readRun(store, first.runId).head.status).toBe('running');
    expect(codeOf(() => takeOverRun(store, first.runId))).toBe('run-not-resumable');
    store.close();
  });

  it('that was taken over cannot be written to by the process that held it before', () => {
    const store = openStore(temporaryFolder());
    const stale = createRun(store, 'churn', request);
    orphan(store, stale.runId);
    takeOverRun(store, stale.runId);
    expect(codeOf(() => beat(stale))).toBe('run-lost-lease');
    expect(codeOf(() => appendEvent(stale, { stage: 'train' }))).toBe('run-lost-lease');
    expect(codeOf(() => endRun(stale, 'failed', failure))).toBe('run-lost-lease');
    expect(readEvents(store, stale.runId, 0)).toEqual([]);
    store.close();
  });

  it('hears at its next heartbeat that somebody wants it to stop', () => {
    const store = openStore(temporaryFolder());
    const lease = createRun(store, 'churn', request);
    expect(beat(lease)).toEqual({ cancelled: false });
    expect(requestCancel(store, lease.runId)).toBe(true);
    expect(beat(lease)).toEqual({ cancelled: true });
    endRun(lease, 'cancelled', failure);
    expect(requestCancel(store, lease.runId)).toBe(false);
    store.close();
  });

  it('keeps its events in order', () => {
    const store = openStore(temporaryFolder());
    const lease = createRun(store, 'churn', request);
    for (const stage of ['read', 'lint', 'split']) appendEvent(lease, { stage });
    expect(readEvents(store, lease.runId, 1).map(({ sequence, body }) => [sequence, body])).toEqual([
      [2, { stage: 'lint' }],
      [3, { stage: 'split' }],
    ]);
    store.close();
  });

  it('can be deleted once it has ended, and brought back', () => {
    const store = openStore(temporaryFolder());
    const lease = createRun(store, 'churn', request);
    expect(codeOf(() => deleteRun(store, lease.runId))).toBe('run-still-running');
    endRun(lease, 'failed', failure);
    deleteRun(store, lease.runId);
    expect(listRuns(store)).toEqual([]);
    restoreRun(store, lease.runId);
    expect(listRuns(store).map(({ id }) => id)).toEqual([lease.runId]);
    store.close();
  });

  it('gets an id of its own from each of several processes that write at once', async () => {
    const workspace = temporaryFolder();
    openStore(workspace).close();
    const script = `
      const { openStore } = await import(${JSON.stringify(join(process.cwd(), 'server/store/store.ts'))});
      const { createRun, appendEvent } = await import(${JSON.stringify(join(process.cwd(), 'server/tracking/runs.ts'))});
      const store = openStore(${JSON.stringify(workspace)});
      const lease = createRun(store, 'churn', ${JSON.stringify(request)});
      for (let i = 0; i < 50; i++) appendEvent(lease, { i });
      store.close();`;
    const writers = [0, 1, 2].map(() => spawn(process.execPath, ['--input-type=module', '-e', script]));
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0]);
    const store = openStore(workspace);
    const runs = listRuns(store);
    expect(runs).toHaveLength(3);
    for (const { id, status } of runs) {
      expect(status).toBe('interrupted');
      expect(readEvents(store, id, 0)).toHaveLength(50);
    }
    store.close();
  });
});

describe('a process', () => {
  it('is told from another that was given its number later', () => {
    expect(isAlive(thisProcess())).toBe(true);
    expect(isAlive({ pid: process.pid, started: 'another boot:1' })).toBe(false);
  });

  it('is gone once it was killed, even before its parent has noticed', async () => {
    const child = spawn('sleep', ['60']);
    expect(isAlive({ pid: child.pid ?? 0, started: '' })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive({ pid: child.pid ?? 0, started: '' })).toBe(false);
  });
});

describe('a checkpoint', () => {
  it('is the last state saved under its name', () => {
    const store = openStore(temporaryFolder());
    const checkpoints = openCheckpoints(store, 'r1');
    expect(checkpoints.load('model/fold 1')).toBeUndefined();
    checkpoints.save('model/fold 1', new Uint8Array([1, 2]));
    checkpoints.save('model/fold 1', new Uint8Array([3]));
    expect([...(openCheckpoints(store, 'r1').load('model/fold 1') ?? [])]).toEqual([3]);
    checkpoints.removeAll();
    expect(checkpoints.load('model/fold 1')).toBeUndefined();
    store.close();
  });

  it('is one of the last few, and the best beside them: where the last is damaged, the one before counts', () => {
    const store = openStore(temporaryFolder());
    const options = { keep: 2, best: true };
    const checkpoints = openCheckpoints(store, 'r1', options);
    const directory = join(store.directory, 'checkpoints', 'r1');
    for (const number of [1, 2, 3, 4]) checkpoints.save('main', new Uint8Array([number]), number < 3);
    checkpoints.save('other', new Uint8Array([9]));
    // The last two and the best of one name, the only one of the other.
    expect(readdirSync(directory)).toHaveLength(4);
    const files = readdirSync(directory).filter((file) => !file.endsWith('.best'));
    const holding = (value: number) =>
      join(directory, files.find((file) => readFileSync(join(directory, file)).at(-1) === value) ?? '');
    const load = () => openCheckpoints(store, 'r1', options).load('main')?.at(0);
    for (const [value, before] of [
      [4, 3],
      [3, 2],
    ] as const) {
      expect(load()).toBe(value);
      writeFileSync(holding(value), 'torn');
      expect(load()).toBe(before);
    }
    // One that goes on numbers from where it was, and takes away what is too old.
    openCheckpoints(store, 'r1', { keep: 1 }).save('main', new Uint8Array([5]));
    expect(load()).toBe(5);
    expect(readdirSync(directory)).toHaveLength(3);
    store.close();
  });

  it('can be read from another place, a folder or one file of it', () => {
    const store = openStore(temporaryFolder());
    const checkpoints = openCheckpoints(store, 'r1');
    checkpoints.save('main', new Uint8Array([1]));
    const directory = join(store.directory, 'checkpoints', 'r1');
    const [file = ''] = readdirSync(directory);
    checkpoints.save('other', new Uint8Array([2]));
    expect(readCheckpoints(directory)?.load('other')?.at(0)).toBe(2);
    expect(readCheckpoints(join(directory, file))?.load('main')?.at(0)).toBe(1);
    expect(readCheckpoints(join(directory, file))?.load('other')).toBeUndefined();
    expect(readCheckpoints(join(directory, 'nothing'))).toBeUndefined();
    store.close();
  });

  it('of a finished run is removed when its own process could not, one that can be resumed stays', () => {
    const store = openStore(temporaryFolder());
    const ids = ['finished', 'cancelled', 'interrupted', 'running'].map((status) => {
      const { runId } = createRun(store, 'churn', request);
      openCheckpoints(store, runId).save('main', new Uint8Array([1]));
      store.database.prepare('UPDATE runs SET status = ? WHERE id = ?').run(status, runId);
      return runId;
    });
    removeSpentCheckpoints(store);
    expect(readdirSync(join(store.directory, 'checkpoints')).sort()).toEqual(ids.slice(1).sort());
    store.close();
  });

  it('that was torn or changed on disk counts as none', () => {
    const store = openStore(temporaryFolder());
    const checkpoints = openCheckpoints(store, 'r1');
    checkpoints.save('model', new Uint8Array(1000).fill(7));
    const directory = join(store.directory, 'checkpoints', 'r1');
    const [file] = readdirSync(directory);
    const path = join(directory, file ?? '');
    const whole = readFileSync(path);
    for (const length of [0, 10, 32, 500, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      expect(checkpoints.load('model')).toBeUndefined();
    }
    writeFileSync(path, whole);
    expect(checkpoints.load('model')).toHaveLength(1000);
    store.close();
  });
});
