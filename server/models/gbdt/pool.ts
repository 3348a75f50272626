/** The other threads of a fit, of trees or of a network: each runs the kernels' waiting loop on the shared memory until it is told to quit. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Arena, compiled } from './arena.ts';
import { JOB_QUIT, THREADS } from './kernels/layout.ts';

/** What a thread is started with. */
export interface ThreadSeat {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
}

/**
 * Starts threads 1 .. `threads` - 1; once they wait for jobs, resolves, and jobs run on all of them. Until then jobs run
 * on the caller alone. Must be ended by `stopThreads`.
 */
export async function startThreads(arena: Arena): Promise<void> {
  const { memory, sizes, slots } = arena;
  await startWorkers({ module: compiled(), memory, threads: sizes.threads });
  slots[THREADS] = sizes.threads;
}

/** Resolves once threads 1 .. `threads` - 1 wait in the kernels of `module`; a JOB_QUIT ends them. */
export async function startWorkers({
  module,
  memory,
  threads,
}: Omit<ThreadSeat, 'thread'> & { readonly threads: number }): Promise<void> {
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(source ? './thread.ts' : './gbdtThread.js', import.meta.url);
  const seats = Array.from({ length: threads - 1 }, (_, i) => i + 1);
  await Promise.all(
    seats.map(async (thread) => {
      const seat: ThreadSeat = { module, memory, thread };
      const worker = new Worker(entry, { workerData: seat });
      await once(worker, 'message');
      // From here on it sits in the kernels: it must not keep the process alive.
      worker.unref();
    }),
  );
}

/** Sends the threads home. */
export function stopThreads(arena: Arena): void {
  arena.run(JOB_QUIT);
}
