/** Entry of a resampling thread: takes the jobs as shared memory, fills its share of the samples and ends. */
import { workerData } from 'node:worker_threads';
import { type ResampleJob, resample } from './resampling.ts';

export interface ThreadTask {
  readonly jobs: readonly ResampleJob[];
  /** One shared array for each job. */
  readonly outputs: readonly Float64Array[];
  readonly first: number;
  readonly step: number;
  /** Counts finished samples over all threads. */
  readonly done: Int32Array;
}

const task: ThreadTask = workerData;
task.jobs.forEach((job, index) => {
  const output = task.outputs[index];
  if (output) resample(job, output, task, () => Atomics.add(task.done, 0, 1));
});
