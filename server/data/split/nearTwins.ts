/** Rows that are nearly equal, brought together so that a split keeps them on one side. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Table } from '../table.ts';
import { shinglesOf } from './nearTexts.ts';
import { firstOfEqual } from './splitTwins.ts';

/** Rows as sets, one after another: row i's members are `members[starts[i] … starts[i + 1] - 1]`, each once. */
export interface RowSets {
  readonly starts: Int32Array;
  readonly members: Int32Array;
  /** Members are below this. */
  readonly range: number;
}

/**
 * Members of a row: the runs of three words of its texts, and each other cell (missing equals missing). `texts` are the
 * columns of free text.
 */
export async function readRowSets(table: Table, names: readonly string[]): Promise<RowSets> {
  const rows = table.rowCount;
  const parts: ((row: number) => readonly number[])[] = [];
  let range = 0;
  for (const name of names) {
    if (table.column(name).kind === 'text') {
      const { codes, levels } = await table.dictionary(name);
      const ids = new Map<number, number>();
      const shingles = levels.map((level) =>
        Array.from(shinglesOf(level), (shingle) => {
          const id = ids.get(shingle) ?? range + ids.size;
          ids.set(shingle, id);
          return id;
        }),
      );
      parts.push((row) => shingles[(codes[row] ?? 0) - 1] ?? []);
      range += ids.size;
      continue;
    }
    const first = firstOfEqual(await table.rowHashes([name]));
    const from = range;
    parts.push((row) => [from + (first[row] ?? row)]);
    range += rows;
  }
  const starts = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++)
    starts[row + 1] = (starts[row] ?? 0) + parts.reduce((sum, part) => sum + part(row).length, 0);
  const members = new Int32Array(starts[rows] ?? 0);
  for (let row = 0; row < rows; row++) {
    let at = starts[row] ?? 0;
    for (const part of parts) for (const member of part(row)) members[at++] = member;
  }
  return { starts, members, range };
}

/**
 * For every row the first row that it hangs together with: by a chain of rows each of which shares at least the share
 * `least` of what it or the next one has (Jaccard). Exact: two such sets share one of their rarest members (Bayardo, Ma
 * and Srikant 2007), so only rows that do are compared.
 * @throws ModelwrightError split-near-costly above `mostPairs`
 */
export function firstOfNear({ starts, members, range }: RowSets, least: number, mostPairs = 1e9): Int32Array {
  const rows = starts.length - 1;
  const { ranked, unique } = rankByRarity(starts, members, range);
  const size = (row: number) => (starts[row + 1] ?? 0) - (starts[row] ?? 0);
  const first = Int32Array.from({ length: rows }, (_, row) => row);
  const order = Int32Array.from(first).sort((a, b) => size(a) - size(b) || a - b);
  const holders = new Map<number, number[]>();
  let pairs = 0;
  const seenBy = new Int32Array(rows).fill(-1);
  for (const row of order) {
    const own = ranked.subarray(starts[row] ?? 0, starts[row + 1] ?? 0);
    const prefix = own.length - Math.ceil(least * own.length - rounding) + 1;
    for (const member of own.subarray(0, prefix)) {
      // Nobody else has it.
      if (member < unique) continue;
      const others = holders.get(member) ?? [];
      pairs += others.length;
      if (pairs > mostPairs)
        throw new ModelwrightError('split-near-costly', { value: least, pairs: mostPairs });
      for (const other of others) {
        if (seenBy[other] === row || size(other) < least * own.length - rounding) continue;
        seenBy[other] = row;
        const [a, b] = [leaderOf(first, row), leaderOf(first, other)];
        if (a === b) continue;
        const both = countShared(own, ranked.subarray(starts[other] ?? 0, starts[other + 1] ?? 0));
        if (both >= least * (own.length + size(other) - both) - rounding)
          first[Math.max(a, b)] = Math.min(a, b);
      }
      others.push(row);
      holders.set(member, others);
    }
  }
  for (let row = 0; row < rows; row++) first[row] = leaderOf(first, row);
  return first;
}

/** 0.85 times 20 is a hair above 17. */
const rounding = 1e-9;

/** The members of each row as ranks, ascending, the rarest first; those below `unique` are in one row only. */
function rankByRarity(
  starts: Int32Array,
  members: Int32Array,
  range: number,
): { ranked: Int32Array; unique: number } {
  const counts = new Int32Array(range);
  for (const member of members) counts[member] = (counts[member] ?? 0) + 1;
  const order = Int32Array.from({ length: range }, (_, member) => member).sort(
    (a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b,
  );
  const ranks = new Int32Array(range);
  order.forEach((member, rank) => {
    ranks[member] = rank;
  });
  const ranked = members.map((member) => ranks[member] ?? 0);
  for (let row = 0; row + 1 < starts.length; row++) ranked.subarray(starts[row], starts[row + 1]).sort();
  const unique = counts.reduce((sum, count) => sum + Number(count < 2), 0);
  return { ranked, unique };
}

/** Follows the chain to its first row and shortens it on the way. */
function leaderOf(first: Int32Array, row: number): number {
  let at = row;
  while (first[at] !== at) {
    const next = first[at] ?? at;
    first[at] = first[next] ?? next;
    at = first[at] ?? at;
  }
  return at;
}

function countShared(a: Int32Array, b: Int32Array): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const difference = (a[i] ?? 0) - (b[j] ?? 0);
    if (difference === 0) both++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return both;
}
