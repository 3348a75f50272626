/** What equal rows say: how many are repeated, and how many contradict each other. */
import { countRepeats } from '../split/splitTwins.ts';

export interface Twins {
  /** Rows equal to an earlier one in every column but the id. */
  readonly repeats: number;
  /** Rows in sets of equal features that hold more than one class. */
  readonly conflicting: number;
  /** Positions of the first two rows that disagree. */
  readonly pair: readonly number[];
}

export interface EqualRows {
  /** Per row the first row that is equal in every column but the id. */
  readonly whole: Int32Array;
  /** Per row the first row of equal features; undefined where there are none. */
  readonly featured?: Int32Array;
}

/** `classes`: of each row, NaN where it has none; absent where the target is no class. */
export function countTwins({ whole, featured }: EqualRows, classes: Float64Array | undefined): Twins {
  const repeats = countRepeats(whole);
  if (featured === undefined || classes === undefined) return { repeats, conflicting: 0, pair: [] };
  return { repeats, ...countConflicts(featured, classes) };
}

function countConflicts(first: Int32Array, classes: Float64Array): { conflicting: number; pair: number[] } {
  const sizes = new Int32Array(first.length);
  const mixed = new Uint8Array(first.length);
  const pair: number[] = [];
  for (let row = 0; row < first.length; row++) {
    const leader = first[row] ?? row;
    if (leader === row) continue;
    sizes[leader] = Math.max(1, sizes[leader] ?? 0) + 1;
    const [a, b] = [classes[leader] ?? Number.NaN, classes[row] ?? Number.NaN];
    if (a === b || Number.isNaN(a) || Number.isNaN(b)) continue;
    mixed[leader] = 1;
    if (pair.length === 0) pair.push(leader, row);
  }
  let conflicting = 0;
  if (pair.length > 0)
    for (let row = 0; row < mixed.length; row++) if (mixed[row] === 1) conflicting += sizes[row] ?? 0;
  return { conflicting, pair };
}

/** `collisions`: per column the chance that two rows agree in it. */
export function expectedPairs(rows: number, collisions: readonly number[]): number {
  return collisions.reduce((product, chance) => product * chance, (rows * (rows - 1)) / 2);
}
