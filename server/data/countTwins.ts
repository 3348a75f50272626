/** Counts equal rows from their hashes. Pure. */
import { countRepeats, firstOfEqual, firstWithin } from './splitTwins.ts';

/** What rows are compared by. */
export interface RowHashes {
  /** Of all columns but the id. */
  readonly whole: BigUint64Array<ArrayBuffer>;
  /** Of the features; absent where there are none. */
  readonly featured?: BigUint64Array<ArrayBuffer>;
  /** Rows that are equal as a whole have equal features. */
  readonly nested: boolean;
}

export interface TwinTask extends RowHashes {
  /** Class of each row, NaN where it has none; absent where the target is no class. */
  readonly classes: Float64Array | undefined;
}

export interface Twins {
  /** Rows equal to an earlier one in every column but the id. */
  readonly repeats: number;
  /** Rows in sets of equal features that hold more than one class. */
  readonly conflicting: number;
  /** Positions of the first two rows that disagree. */
  readonly pair: readonly number[];
  /** Per row the first row that is equal in every column but the id. */
  readonly first: Int32Array;
}

export function countTwins({ whole, featured, nested, classes }: TwinTask): Twins {
  if (featured === undefined || classes === undefined) {
    const first = firstOfEqual(whole);
    return { repeats: countRepeats(first), conflicting: 0, pair: [], first };
  }
  const groups = firstOfEqual(featured);
  const first = nested ? firstWithin(groups, whole) : firstOfEqual(whole);
  return { repeats: countRepeats(first), ...countConflicts(groups, classes), first };
}

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
