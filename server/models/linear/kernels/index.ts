/** The kernels of linear models: what one thread runs, the first by `run`, the others by `serve`. */
import { HEADER, JOB, JOB_QUIT } from '../../gbdt/kernels/layout';
import { address, announce, barrier, nextJob, slot } from '../../gbdt/kernels/threads';
import { addCurvature } from './curvature';
import { BLOCK, CHUNK_ROWS, EVERY, JOB_EVALUATE, NEXT_CHUNK, PARTIALS, PARTIAL_SIZE, ROWS } from './layout';
import { residuals } from './loss';
import { addGradient, fillRaw } from './products';

/** Runs a job on all threads; called by thread 0, returns when all are done. */
export function run(job: i32): void {
  store<i32>(HEADER + (NEXT_CHUNK << 2), 0);
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

/** Takes chunk after chunk; whoever takes one, its sums are the same. */
function work(thread: i32, job: i32): void {
  const rows = slot(ROWS);
  const size = slot(CHUNK_ROWS);
  const step = BLOCK * slot(EVERY);
  const bytes = <usize>slot(PARTIAL_SIZE) << 3;
  while (true) {
    const chunk = atomic.add<i32>(HEADER + (NEXT_CHUNK << 2), 1);
    const begin = chunk * size;
    if (begin >= rows) break;
    const end = min(begin + size, rows);
    const sums = address(PARTIALS) + <usize>chunk * bytes;
    memory.fill(sums, 0, bytes);
    for (let at = begin; at < end; at += step) {
      const count = min(BLOCK, end - at);
      fillRaw(thread, at, count);
      if (job == JOB_EVALUATE) {
        store<f64>(sums, load<f64>(sums) + residuals(thread, at, count));
        addGradient(thread, at, count, sums + 8);
      } else addCurvature(thread, at, count, sums);
    }
  }
  barrier();
}
