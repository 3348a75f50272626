/** The process that reads tables: begun by whoever sees first that it will be needed. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { entryUrl } from '../../protocol/entry.ts';
import { makeTemporaryFolder } from '../duckdb/temporaryFolder.ts';

export interface WorkerProcess {
  readonly process: ChildProcess;
  /** Its own; to be removed when it is gone. */
  readonly directory: string;
}

/** What it gets ready for while it waits for its first request. */
export type WorkerUse = 'glimpses';

let waiting: WorkerProcess | undefined;

/** For the next client that takes one. Nobody waits for it: it ends with this process. */
export function startWorkerAhead(use?: WorkerUse): void {
  waiting ??= launch(use);
}

/** The one that was begun ahead, or a new one. */
export function takeWorkerProcess(use?: WorkerUse): WorkerProcess {
  const taken = waiting?.process.exitCode === null ? waiting : launch(use);
  waiting = undefined;
  return taken;
}

function launch(use?: WorkerUse): WorkerProcess {
  const directory = makeTemporaryFolder();
  const worker = fork(
    fileURLToPath(entryUrl('dataWorker')),
    [directory, ...(use === undefined ? [] : [use])],
    {
      // A result of millions of rows comes in thousands of pieces: room for them spares half of the collections.
      execArgv: ['--min-semi-space-size=32', '--max-semi-space-size=64'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Large pages: where columns come and go, a fifth of the time went into giving them memory piece by piece.
      env: { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
    },
  );
  // An idle worker keeps nobody waiting.
  worker.unref();
  worker.channel?.unref();
  return { process: worker, directory };
}
