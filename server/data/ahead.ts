/** Work that is begun before anybody waits for it. */
import { setImmediate } from 'node:timers/promises';

/** Until it is awaited its failure is nobody's fault. */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/** Lets what was read meanwhile be heard between two long computations, so that the reader gets its next question. */
export function hear(): Promise<void> {
  return setImmediate();
}
