/** Test rows that training rows repeat: how many, how many chance alone would give, and whether the test is a copy. */

export interface Overlap {
  /** Test rows equal to a training row. */
  readonly rows: number;
  /** How many there would be if test rows were drawn like training rows but apart from them, and the deviation of that. */
  readonly byChance: number;
  readonly deviation: number;
  /** The test rows stand among the training rows one after the other, in their order. */
  readonly copied: boolean;
}

/** `first`: of each row the first that equals it; `train` and `test`: positions, ascending. */
export function describeOverlap(first: Int32Array, train: Int32Array, test: Int32Array): Overlap {
  const trained = countOf(first, train);
  const tested = countOf(first, test);
  const rows = countWhere(test, (row) => (trained[first[row] ?? row] ?? 0) > 0);
  const chance = chanceOf({ trained, tested, first, train, test });
  const variance = chance * (1 - chance) * (1 / test.length + 1 / train.length);
  return {
    rows,
    byChance: test.length * chance,
    deviation: test.length * Math.sqrt(variance),
    copied: rows === test.length && isBlock(first, train, test),
  };
}

interface Counted {
  /** Of each row that is the first of its equals: how many of them each side has. */
  readonly trained: Int32Array;
  readonly tested: Int32Array;
  readonly first: Int32Array;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * The chance that a new row equals one of the training rows: the share of training rows that another one equals (Good
 * 1953). Where the test rows repeat each other more than that, they are of a kind that repeats, and by as much more as
 * there are more training rows.
 */
function chanceOf({ trained, tested, first, train, test }: Counted): number {
  const repeated = (rows: Int32Array, counts: Int32Array) =>
    countWhere(rows, (row) => (counts[first[row] ?? row] ?? 0) > 1) / rows.length;
  const within = repeated(test, tested);
  return Math.max(repeated(train, trained), 1 - (1 - within) ** (train.length / test.length));
}

function countOf(first: Int32Array, rows: Int32Array): Int32Array {
  const counts = new Int32Array(first.length);
  for (const row of rows) counts[first[row] ?? row] = (counts[first[row] ?? row] ?? 0) + 1;
  return counts;
}

function countWhere(rows: Int32Array, holds: (row: number) => boolean): number {
  let count = 0;
  for (const row of rows) if (holds(row)) count++;
  return count;
}

/** So often must the row change along a block: sorted rows of few kinds agree with each other anyway. */
const leastChanges = 20;

/** Whether the rows of `test` occur one after the other in `train` (Knuth, Morris and Pratt 1977). */
function isBlock(first: Int32Array, train: Int32Array, test: Int32Array): boolean {
  const wanted = test.map((row) => first[row] ?? row);
  let changes = 0;
  for (let i = 1; i < wanted.length; i++) if (wanted[i] !== wanted[i - 1]) changes++;
  if (changes < leastChanges || wanted.length > train.length) return false;
  const back = new Int32Array(wanted.length);
  for (let i = 1, matched = 0; i < wanted.length; i++) {
    while (matched > 0 && wanted[i] !== wanted[matched]) matched = back[matched - 1] ?? 0;
    if (wanted[i] === wanted[matched]) matched++;
    back[i] = matched;
  }
  let matched = 0;
  for (const row of train) {
    const key = first[row] ?? row;
    while (matched > 0 && key !== wanted[matched]) matched = back[matched - 1] ?? 0;
    if (key === wanted[matched]) matched++;
    if (matched === wanted.length) return true;
  }
  return false;
}
