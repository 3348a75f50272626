/** Equal rows: repeats of whole rows, and equal features with different targets. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Experiment } from '../config/experiment.ts';
import type { RowHashes, Twins, TwinTask } from './countTwins.ts';
import { countTwins } from './countTwins.ts';
import type { DuckTable } from './duckTable.ts';

export async function readHashes(
  { data }: Experiment,
  table: DuckTable,
  features: readonly string[],
): Promise<RowHashes> {
  const names = table.columns.map((column) => column.name).filter((name) => name !== data.id);
  const others = names.filter((name) => !features.includes(name));
  const nested = features.every((name) => names.includes(name));
  if (features.length > 0 && others.length > 0 && nested) {
    const [featured, whole] = await table.nestedHashes(features, others);
    return { whole, featured, nested };
  }
  const whole = names.length > 0 ? await table.rowHashes(names) : new BigUint64Array(0);
  return features.length > 0
    ? { whole, featured: await table.rowHashes(features), nested }
    : { whole, nested };
}

/** From this many rows on a thread of its own is sooner done. */
const manyRows = 500_000;

/** `classes`: as in `countTwins`. The hashes are used up. */
export async function findTwins(hashes: RowHashes, classes: Float64Array | undefined): Promise<Twins> {
  const task: TwinTask = { ...hashes, classes };
  if (hashes.whole.length < manyRows || availableParallelism() < 2) return countTwins(task);
  const transferList = [hashes.whole.buffer, ...(hashes.featured ? [hashes.featured.buffer] : [])];
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { workerData: task, transferList });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

/** The thread's own file: TypeScript beside this one in the sources, JavaScript beside the bundle. */
const threadFile = new URL(`./twinsThread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** `collisions`: per column the chance that two rows agree in it. */
export function expectedPairs(rows: number, collisions: readonly number[]): number {
  return collisions.reduce((product, chance) => product * chance, (rows * (rows - 1)) / 2);
}
