/** Threads of one fit: a barrier, and the loop in which a worker waits for jobs. */
import { ARRIVED, HEADER, JOB, JOB_NUMBER, PHASE, REALS, SLEEPERS, THREADS } from './layout';

/** Polls before a thread goes to sleep: about 20 microseconds. */
const POLLS: i32 = 20000;

@inline
export function slot(index: i32): i32 {
  return load<i32>(HEADER + (index << 2));
}

@inline
export function address(index: i32): usize {
  return <usize>load<u32>(HEADER + (index << 2));
}

@inline
export function real(index: i32): f64 {
  return load<f64>(REALS + (index << 3));
}

@inline
function place(index: i32): usize {
  return HEADER + (index << 2);
}

/** Returns once every thread has arrived. */
export function barrier(): void {
  const threads = slot(THREADS);
  if (threads == 1) return;
  const phase = atomic.load<i32>(place(PHASE));
  if (atomic.add<i32>(place(ARRIVED), 1) == threads - 1) {
    atomic.store<i32>(place(ARRIVED), 0);
    change(PHASE);
  } else {
    waitWhile(PHASE, phase);
  }
}

/** Starts a job for all threads (called by the first only). */
export function announce(job: i32): void {
  store<i32>(place(JOB), job);
  if (slot(THREADS) > 1) change(JOB_NUMBER);
}

/** Waits for the job after number `seen`; returns its number. */
export function nextJob(seen: i32): i32 {
  waitWhile(JOB_NUMBER, seen);
  return atomic.load<i32>(place(JOB_NUMBER));
}

function change(index: i32): void {
  atomic.add<i32>(place(index), 1);
  // A sleeper counts itself before it compares, so none can be missed here.
  if (atomic.load<i32>(place(SLEEPERS)) > 0) atomic.notify(place(index), -1);
}

function waitWhile(index: i32, value: i32): void {
  for (let poll = 0; poll < POLLS; poll++) {
    if (atomic.load<i32>(place(index)) != value) return;
  }
  atomic.add<i32>(place(SLEEPERS), 1);
  while (atomic.load<i32>(place(index)) == value) atomic.wait<i32>(place(index), value, -1);
  atomic.sub<i32>(place(SLEEPERS), 1);
}

/** First row of a thread's share of `rows`; whole blocks, so that sums over blocks do not depend on the threads. */
export function shareBegin(thread: i32, rows: i32, block: i32): i32 {
  const blocks = (rows + block - 1) / block;
  const begin = <i32>((<i64>blocks * thread) / slot(THREADS)) * block;
  return begin < rows ? begin : rows;
}
