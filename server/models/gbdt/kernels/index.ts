/** The kernels of gradient boosting: what one thread runs, the first by `run`, the others by `serve`. */
import { JOB, JOB_ADD, JOB_APPLY, JOB_BIN, JOB_FOREST, JOB_GROW, JOB_INTERLEAVE, JOB_OUT_OF_BAG,
  JOB_QUIT, JOB_SORT, RENEW } from './layout';
import { applyGrown, applyLoaded } from './apply';
import { assignBins, interleave, sortSample } from './bins';
import { addOutOfBag, growForestTree } from './forest';
import { packGradients } from './gradients';
import { growTree } from './grow';
import { announce, barrier, nextJob, slot } from './threads';

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
  if (job == JOB_SORT) sortSample(thread);
  else if (job == JOB_BIN) assignBins(thread);
  else if (job == JOB_INTERLEAVE) interleave(thread);
  else if (job == JOB_GROW) {
    packGradients(thread);
    if (growTree(thread) && !slot(RENEW)) applyGrown(thread);
  } else if (job == JOB_ADD) applyGrown(thread);
  else if (job == JOB_FOREST) growForestTree(thread);
  else if (job == JOB_OUT_OF_BAG) addOutOfBag(thread);
  else if (job == JOB_APPLY) applyLoaded(thread);
  barrier();
}
