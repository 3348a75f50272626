/** Runs resampling jobs on this machine's cores; the values are the same for any number of threads. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ModelwrightError } from '../catalog/errors.ts';
import type { ThreadTask } from './bootstrapThread.ts';
import { type ResampleJob, resample, sizeOf } from './resampling.ts';
import type { ScoredRows } from './scoredRows.ts';

export interface ResampleOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called a few times a second while threads run. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Below this many row visits starting threads costs more than it saves. */
const threadedFrom = 20_000_000;

/** The values of each job (see `sizeOf`). Throws `cancelled` when the signal fires. */
export async function runJobs(
  jobs: readonly ResampleJob[],
  options: ResampleOptions = {},
): Promise<Float64Array[]> {
  const visits = jobs.reduce(
    (sum, job) => sum + job.samples * job.models.length * (job.models[0]?.target.length ?? 0),
    0,
  );
  const threads = options.threads ?? Math.min(8, availableParallelism());
  if (options.signal?.aborted) throw new ModelwrightError('cancelled');
  if (visits < threadedFrom) {
    return jobs.map((job) => {
      const output = new Float64Array(sizeOf(job));
      resample(job, output, { first: 0, step: 1 });
      return output;
    });
  }
  const outputs = jobs.map((job) => sharedFloats(sizeOf(job)));
  const done = new Int32Array(new SharedArrayBuffer(4));
  const shared = shareJobs(jobs);
  const total = jobs.reduce((sum, job) => sum + job.samples, 0);
  const timer = setInterval(() => options.onProgress?.(Atomics.load(done, 0), total), 250);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const tasks = Array.from({ length: threads }, (_, first) => ({
      jobs: shared,
      outputs,
      first,
      step: threads,
      done,
    }));
    await Promise.all(tasks.map((task) => runThread(task, signal)));
  } finally {
    stop.abort();
    clearInterval(timer);
  }
  return outputs;
}

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(
  `./bootstrapThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

function runThread(task: ThreadTask, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(threadFile, { workerData: task });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      // One that is stopped before it has begun ends with 0 too.
      if (code === 0 && !signal.aborted) resolve();
      else reject(new ModelwrightError('cancelled'));
    });
  });
}

/** Copies what the metrics read into shared memory, once for all threads; jobs on the same arrays share the copy. */
function shareJobs(jobs: readonly ResampleJob[]): ResampleJob[] {
  const copies = new Map<Float64Array, Float64Array>();
  const share = (values: Float64Array): Float64Array => {
    const copy = copies.get(values) ?? sharedFloats(values.length);
    if (!copies.has(values)) copy.set(values);
    copies.set(values, copy);
    return copy;
  };
  const shareRows = (rows: ScoredRows): ScoredRows => ({
    ...rows,
    rows: new Float64Array(0),
    target: share(rows.target),
    prediction: share(rows.prediction),
    scores: rows.scores.map(share),
  });
  return jobs.map((job) => ({ ...job, models: job.models.map(shareRows) }));
}

function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}
