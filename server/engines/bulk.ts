/** A model over millions of rows: in this thread when they are few, else in a worker thread for each processor. */
import { availableParallelism } from 'node:os';
import { ModelwrightError } from '../catalog/errors.ts';
import {
  type BulkColumn,
  type BulkJob,
  type BulkOutput,
  type BulkValues,
  chunkOf,
  runChunks,
} from './bulkChunks.ts';
import { type BulkThread, startBulkThread } from './bulkThread.ts';
import { type OnnxSession, openSession } from './session.ts';
import { shareRows } from './sharedColumns.ts';

export interface BulkRequest {
  readonly columns: ReadonlyMap<string, BulkColumn>;
  readonly rows: Int32Array;
  readonly rowsOf?: ReadonlyMap<string, Int32Array>;
  /** Runs rows of equal categories side by side: trees then branch alike, and take half the time. */
  readonly likeRowsTogether?: boolean;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: { done: number; total: number }): void;
}

export interface BulkModel {
  /**
   * Column-major values of each output, the same whatever the number of threads.
   * @throws ModelwrightError cancelled, scoring-failed
   */
  run(request: BulkRequest): Promise<ReadonlyMap<string, BulkValues>>;
  close(): Promise<void>;
}

/** Fewer chunks are done before a worker has started. */
const chunksWorthWorkers = 4;
/** Fewer rows are done before a worker has opened a model of thousands of inputs. */
const rowsWorthWorkers = 4096;

/** Threads start with the first work that is worth them, and stay, with the model open, until `close`. */
export function openBulk(model: Uint8Array, outputs: readonly BulkOutput[]): BulkModel {
  let session: Promise<OnnxSession> | undefined;
  let crew: BulkThread[] = [];
  let shared: Uint8Array | undefined;

  /** Those that share this work; none where this thread does it. */
  function threadsFor({ columns, rows, threads = availableParallelism() }: BulkRequest): BulkThread[] {
    const chunks = Math.ceil(rows.length / chunkOf(columns.size));
    const most = Math.min(threads, 8, chunks);
    if (most === 1 || chunks < chunksWorthWorkers || rows.length < rowsWorthWorkers)
      return threads > 1 ? crew.slice(0, 1) : [];
    shared ??= shareBytes(model);
    while (crew.length < most) crew.push(startBulkThread(shared));
    return crew.slice(0, most);
  }

  return {
    async run(request) {
      const { rows, signal } = request;
      const threads = threadsFor(request);
      const control = new Int32Array(new SharedArrayBuffer(8));
      const order = request.likeRowsTogether ? orderByCategory(request) : undefined;
      const job: BulkJob = {
        columns: request.columns,
        rows,
        rowsOf: request.rowsOf ?? new Map(),
        ...(order && { order }),
        outputs,
        results: new Map(outputs.map((output) => [output.name, allocate(output, rows.length)])),
        control,
      };
      const stop = () => Atomics.store(control, 1, 1);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      let done = 0;
      const onChunk = (count: number) => {
        done += count;
        request.onProgress?.({ done, total: rows.length });
      };
      try {
        if (threads.length > 0) {
          const shared = shareJob(job);
          const shares = threads.map((thread) => thread.run(shared, onChunk));
          // A fault in one stops the others, which are waited for: they are asked again.
          for (const share of shares) share.catch(stop);
          await Promise.allSettled(shares);
          await Promise.all(shares);
        } else {
          session ??= openSession(model);
          await runChunks(await session, job, onChunk);
        }
      } finally {
        signal?.removeEventListener('abort', stop);
      }
      if (signal?.aborted) throw new ModelwrightError('cancelled');
      return job.results;
    },
    async close() {
      // One that could not be opened was told when it was asked.
      const opened = await session?.catch(() => undefined);
      await Promise.all([opened?.close(), ...crew.map((thread) => thread.close())]);
      session = undefined;
      crew = [];
      shared = undefined;
    },
  };
}

function shareBytes(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function allocate({ type, width }: BulkOutput, rows: number): BulkValues {
  const buffer = new SharedArrayBuffer(4 * width * rows);
  return type === 'float' ? new Float32Array(buffer) : new Int32Array(buffer);
}

function shareJob(job: BulkJob): BulkJob {
  return {
    ...job,
    rows: shareRows(job.rows),
    ...(job.order && { order: shareRows(job.order) }),
    rowsOf: new Map([...job.rowsOf].map(([name, rows]) => [name, shareRows(rows)])),
  };
}

/** Columns that rows are ordered by: each costs a pass, and the first few set most branches. */
const orderingColumns = 4;

/**
 * Indices into `rows`, ordered by the codes of the first category columns: a counting sort for each, last first; undefined
 * without any.
 */
function orderByCategory({ columns, rows }: BulkRequest): Int32Array | undefined {
  const categories = [...columns.values()]
    .filter((column) => column.feed === 'code')
    .slice(0, orderingColumns);
  if (categories.length === 0) return undefined;
  let order = Int32Array.from(rows.keys());
  for (const { codes, map } of categories.reverse()) {
    const starts = new Int32Array(map.length + 1);
    const codeAt = (place: number) => codes[rows[place] ?? 0] ?? 0;
    for (const place of order) starts[codeAt(place) + 1] = (starts[codeAt(place) + 1] ?? 0) + 1;
    for (let code = 1; code < starts.length; code++)
      starts[code] = (starts[code] ?? 0) + (starts[code - 1] ?? 0);
    const next = new Int32Array(order.length);
    for (const place of order) {
      const code = codeAt(place);
      const to = starts[code] ?? 0;
      next[to] = place;
      starts[code] = to + 1;
    }
    order = next;
  }
  return order;
}
