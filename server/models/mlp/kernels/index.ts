/** The kernels of dense networks: what one thread runs, the first by `run`, the others by `serve`. */
import { JOB, JOB_QUIT } from '../../gbdt/kernels/layout';
import { announce, barrier, nextJob, slot } from '../../gbdt/kernels/threads';
import { JOB_PREDICT, JOB_TRAIN } from './layout';
import { predict, train } from './steps';

/** Runs a job on all threads; called by thread 0, returns when all are done. */
export function run(job: i32): void {
  announce(job);
  if (job != JOB_QUIT) work(0, job);
}

/** Works as another thread until told to quit. */
export function serve(thread: i32): void {
  let seen = 0;
  while (true) {
    seen = nextJob(seen);
    const job = slot(JOB);
    if (job == JOB_QUIT) return;
    work(thread, job);
  }
}

function work(thread: i32, job: i32): void {
  if (job == JOB_TRAIN) train(thread);
  else if (job == JOB_PREDICT) predict(thread);
  barrier();
}
