/** The other threads of a fit: each runs the kernels' waiting loop on the shared memory until it is told to quit. */
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
  const source = import.meta.url.endsWith('.ts');
  const entry = new URL(source ? './thread.ts' : './gbdtThread.js', import.meta.url);
  const seats = Array.from({ length: arena.sizes.threads - 1 }, (_, i) => i + 1);
  await Promise.all(
    seats.map(async (thread) => {
      const seat: ThreadSeat = { module: compiled(), memory: arena.memory, thread };
      const worker = new Worker(entry, { workerData: seat });
      await once(worker, 'message');
      // From here on it sits in the kernels: it must not keep the process alive.
      worker.unref();
    }),
  );
  arena.slots[THREADS] = arena.sizes.threads;
}

/** Sends the threads home. */
export function stopThreads(arena: Arena): void {
  arena.run(JOB_QUIT);
}
