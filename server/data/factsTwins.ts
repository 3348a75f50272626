/** Equal rows: repeats of whole rows, and equal features with different targets. */
import type { Experiment } from '../config/experiment.ts';
import type { TwinFacts } from './facts.ts';
import { firstOfEqual } from './splitTwins.ts';
import type { Table } from './table.ts';
import type { ResolvedTask } from './task.ts';

/** Without what depends on chance: see `expectedPairs`. */
type TwinCounts = Omit<TwinFacts, 'expectedRepeats' | 'expectedTwins'>;

export async function countTwins(
  experiment: Experiment,
  table: Table,
  { task, features }: { readonly task: ResolvedTask | undefined; readonly features: readonly string[] },
): Promise<TwinCounts> {
  const names = table.columns.map((column) => column.name).filter((name) => name !== experiment.data.id);
  const byFeatures = task !== undefined && task.classes.length > 0 && features.length > 0;
  const [whole, featured] = await Promise.all([
    names.length > 0 ? table.rowHashes(names) : undefined,
    byFeatures ? table.rowHashes(features) : undefined,
  ]);
  const repeats = whole === undefined ? 0 : countRepeats(whole);
  if (featured === undefined || task === undefined) return { repeats, conflicting: 0, example: [] };
  const { conflicting, pair } = countConflicts(firstOfEqual(featured), task.values);
  const rowNumbers = pair.length > 0 ? await table.rowNumbers() : undefined;
  return { repeats, conflicting, example: pair.map((row) => rowNumbers?.[row] ?? row) };
}

/** `collisions`: per column the chance that two rows agree in it. */
export function expectedPairs(rows: number, collisions: readonly number[]): number {
  return collisions.reduce((product, chance) => product * chance, (rows * (rows - 1)) / 2);
}

function countRepeats(hashes: BigUint64Array): number {
  let repeats = 0;
  const first = firstOfEqual(hashes);
  for (let row = 0; row < first.length; row++) if (first[row] !== row) repeats++;
  return repeats;
}

/** Rows in sets of equal features that hold more than one class, and the first such pair. */
function countConflicts(first: Int32Array, classes: Float64Array): { conflicting: number; pair: number[] } {
  const sizes = new Map<number, number>();
  const mixed = new Set<number>();
  const pair: number[] = [];
  for (let row = 0; row < first.length; row++) {
    const leader = first[row] ?? row;
    if (leader === row) continue;
    sizes.set(leader, (sizes.get(leader) ?? 1) + 1);
    const [a, b] = [classes[leader] ?? Number.NaN, classes[row] ?? Number.NaN];
    if (Number.isNaN(a) || Number.isNaN(b) || a === b) continue;
    mixed.add(leader);
    if (pair.length === 0) pair.push(leader, row);
  }
  let conflicting = 0;
  for (const leader of mixed) conflicting += sizes.get(leader) ?? 0;
  return { conflicting, pair };
}
