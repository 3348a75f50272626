/** Equal rows: repeats of whole rows, and equal features with different targets. */
import type { Experiment } from '../config/experiment.ts';
import type { DuckTable } from './duckTable.ts';
import type { TwinFacts } from './facts.ts';
import { countRepeats, firstOfEqual, firstWithin } from './splitTwins.ts';
import type { ResolvedTask } from './task.ts';

/** What rows are compared by. */
export interface RowHashes {
  /** Of all columns but the id. */
  readonly whole: BigUint64Array;
  /** Of the features; absent where there are none. */
  readonly featured?: BigUint64Array;
  /** Rows that are equal as a whole have equal features. */
  readonly nested: boolean;
}

export interface Twins {
  /** Without what depends on chance: see `expectedPairs`. */
  readonly counts: Omit<TwinFacts, 'expectedRepeats' | 'expectedTwins'>;
  /** Per row the first row that is equal in every column but the id. */
  readonly first: Int32Array;
}

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

export async function findTwins(
  { whole, featured, nested }: RowHashes,
  table: DuckTable,
  task: ResolvedTask | undefined,
): Promise<Twins> {
  if (featured === undefined || task === undefined || task.classes.length === 0) {
    const first = firstOfEqual(whole);
    return { counts: { repeats: countRepeats(first), conflicting: 0, example: [] }, first };
  }
  const groups = firstOfEqual(featured);
  const first = nested ? firstWithin(groups, whole) : firstOfEqual(whole);
  const { conflicting, pair } = countConflicts(groups, task.values);
  const rowNumbers = pair.length > 0 ? await table.rowNumbers() : undefined;
  const example = pair.map((row) => rowNumbers?.[row] ?? row);
  return { counts: { repeats: countRepeats(first), conflicting, example }, first };
}

/** `collisions`: per column the chance that two rows agree in it. */
export function expectedPairs(rows: number, collisions: readonly number[]): number {
  return collisions.reduce((product, chance) => product * chance, (rows * (rows - 1)) / 2);
}

/** Rows in sets of equal features that hold more than one class, and the first such pair. */
function countConflicts(first: Int32Array, classes: Float64Array): { conflicting: number; pair: number[] } {
  const sizes = new Int32Array(first.length);
  const mixed = new Uint8Array(first.length);
  const pair: number[] = [];
  for (let row = 0; row < first.length; row++) {
    const leader = first[row] ?? row;
    if (leader === row) continue;
    sizes[leader] = Math.max(1, sizes[leader] ?? 0) + 1;
    const [a = Number.NaN, b = Number.NaN] = [classes[leader], classes[row]];
    if (a === b || Number.isNaN(a) || Number.isNaN(b)) continue;
    mixed[leader] = 1;
    if (pair.length === 0) pair.push(leader, row);
  }
  let conflicting = 0;
  if (pair.length > 0)
    for (let row = 0; row < mixed.length; row++) if (mixed[row] === 1) conflicting += sizes[row] ?? 0;
  return { conflicting, pair };
}
