/** Work that is begun before anybody waits for it. */

/** Until it is awaited its failure is nobody's fault. */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
