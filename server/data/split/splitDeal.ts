/** Deals rows to sides by chance: shares kept, classes in proportion, rows that belong together on one side. */
import type { Random } from '../../statistics/random.ts';

export interface Deal {
  /** Rows to deal, as positions in the table. */
  readonly positions: Int32Array;
  /** Per table row: class index, where `strata` is set. */
  readonly stratum: Float64Array;
  /** 0: no classes to keep in proportion. */
  readonly strata: number;
  /** Per table row: rows of equal number stay together. */
  readonly atoms?: Int32Array | undefined;
  /** One a side, adding up to 1. */
  readonly shares: readonly number[];
  readonly random: Random;
  /** Every class gets at least one row on the first side. */
  readonly keepFirst?: boolean;
}

/**
 * The side of each of `positions`. Atoms of several rows go first, the largest leading and otherwise in random order,
 * where they bring the sides nearest to their quotas; single rows then fill what is left by chance, so that without
 * atoms every side gets each class's share to within one row.
 */
export function dealRows(deal: Deal): Uint8Array {
  const classOf = classesOf(deal);
  const quotas = quotasOf(deal, classOf);
  const left = Float64Array.from(quotas);
  const sides = new Uint8Array(deal.positions.length).fill(undecided);
  if (deal.atoms) dealAtoms(deal, classOf, { quotas, left, sides });
  dealSingles(deal, classOf, { left, sides });
  return sides;
}

const undecided = 255;

interface Dealing {
  /** Rows each side is due of each class, [side, class]. */
  readonly quotas: Float64Array;
  /** What is missing of them. */
  readonly left: Float64Array;
  readonly sides: Uint8Array;
}

function dealAtoms(deal: Deal, classOf: Uint16Array, { quotas, left, sides }: Dealing): void {
  const weights = quotas.map((quota) => 1 / Math.max(quota, 0.5));
  const { order, offsets, members } = gatherAtoms(deal);
  const tally = new Float64Array(strataOf(deal));
  for (const atom of order) {
    const from = offsets[atom] ?? 0;
    const to = offsets[atom + 1] ?? 0;
    for (let i = from; i < to; i++) {
      const c = classOf[members[i] ?? 0] ?? 0;
      tally[c] = (tally[c] ?? 0) + 1;
    }
    const side = nearestSide(tally, left, weights);
    for (let c = 0; c < tally.length; c++) {
      const cell = side * tally.length + c;
      left[cell] = (left[cell] ?? 0) - (tally[c] ?? 0);
      tally[c] = 0;
    }
    for (let i = from; i < to; i++) sides[members[i] ?? 0] = side;
  }
}

/** Selection sampling (Knuth's Algorithm S): one pass in row order, a side drawn by what it still lacks. */
function dealSingles(deal: Deal, classOf: Uint16Array, { left, sides }: Omit<Dealing, 'quotas'>): void {
  const strata = strataOf(deal);
  const count = deal.shares.length;
  const { random } = deal;
  for (let i = 0; i < sides.length; i++) {
    if (sides[i] !== undecided) continue;
    const c = classOf[i] ?? 0;
    let lacking = 0;
    for (let side = 0; side < count; side++) lacking += Math.max(0, left[side * strata + c] ?? 0);
    let draw = random.uniform() * lacking;
    let chosen = 0;
    for (let side = 0; side < count; side++) {
      const room = Math.max(0, left[side * strata + c] ?? 0);
      if (room > 0) chosen = side;
      draw -= room;
      if (draw < 0) break;
    }
    sides[i] = chosen;
    left[chosen * strata + c] = (left[chosen * strata + c] ?? 0) - 1;
  }
}

/**
 * The side where adding `tally` most reduces the sum over cells of (rows missing)² / quota: all sides then fill at the
 * same relative rate, so that large atoms are not all drawn to the largest side. `weights`: 1 / quota.
 */
function nearestSide(tally: Float64Array, left: Float64Array, weights: Float64Array): number {
  const strata = tally.length;
  let best = 0;
  let bestGain = Number.NEGATIVE_INFINITY;
  for (let side = 0, start = 0; start < left.length; side++, start += strata) {
    let gain = 0;
    for (let c = 0; c < strata; c++) {
      const rows = tally[c] ?? 0;
      if (rows > 0) gain += rows * (2 * (left[start + c] ?? 0) - rows) * (weights[start + c] ?? 0);
    }
    if (gain > bestGain) {
      bestGain = gain;
      best = side;
    }
  }
  return best;
}

function strataOf({ strata }: Deal): number {
  return Math.max(1, strata);
}

/** Per entry of `positions`; all 0 without strata. */
function classesOf({ positions, stratum, strata }: Deal): Uint16Array {
  const classes = new Uint16Array(positions.length);
  if (strata > 0) for (let i = 0; i < classes.length; i++) classes[i] = stratum[positions[i] ?? 0] ?? 0;
  return classes;
}

/** Rows each side is due of each class, [side, class]: shares rounded down or up so that the sides add up too. */
function quotasOf(deal: Deal, classOf: Uint16Array): Float64Array {
  const { shares, keepFirst } = deal;
  const strata = strataOf(deal);
  const counts = new Float64Array(strata);
  for (const c of classOf) counts[c] = (counts[c] ?? 0) + 1;
  const quotas = new Float64Array(shares.length * strata);
  const owed = new Float64Array(shares.length);
  for (let c = 0; c < strata; c++) {
    const count = counts[c] ?? 0;
    let rest = count;
    shares.forEach((share, side) => {
      const whole = Math.floor(count * share + 1e-9);
      quotas[side * strata + c] = whole;
      owed[side] = (owed[side] ?? 0) + count * share - whole;
      rest -= whole;
    });
    for (; rest > 0; rest--) {
      const side = owed.indexOf(Math.max(...owed));
      quotas[side * strata + c] = (quotas[side * strata + c] ?? 0) + 1;
      owed[side] = (owed[side] ?? 0) - 1;
    }
    if (keepFirst && count > 0 && quotas[c] === 0) {
      const others = shares.map((_, side) => (side === 0 ? 0 : (quotas[side * strata + c] ?? 0)));
      const giver = others.indexOf(Math.max(...others));
      quotas[giver * strata + c] = (quotas[giver * strata + c] ?? 0) - 1;
      quotas[c] = 1;
    }
  }
  return quotas;
}

interface Atoms {
  /** Numbers of the atoms of several rows, in the order of dealing. */
  readonly order: Int32Array;
  /** Members of atom `a` are `members[offsets[a]] … members[offsets[a + 1] - 1]`, indices into `positions`. */
  readonly offsets: Int32Array;
  readonly members: Int32Array;
}

function gatherAtoms({ positions, atoms = positions, random }: Deal): Atoms {
  const { dense, count } = denseNumbers(positions, atoms);
  const offsets = new Int32Array(count + 1);
  for (const atom of dense) offsets[atom + 1] = (offsets[atom + 1] ?? 0) + 1;
  const several = offsets.subarray(1).reduce((sum, size) => (size > 1 ? sum + 1 : sum), 0);
  for (let a = 0; a < count; a++) offsets[a + 1] = (offsets[a + 1] ?? 0) + (offsets[a] ?? 0);
  const next = offsets.slice(0, count);
  const members = new Int32Array(positions.length);
  for (let i = 0; i < members.length; i++) {
    const atom = dense[i] ?? 0;
    const at = next[atom] ?? 0;
    members[at] = i;
    next[atom] = at + 1;
  }
  return { order: largestFirst(offsets, several, random), offsets, members };
}

/** Renumbers the atoms of these rows 0, 1, 2 … in order of appearance. */
function denseNumbers(positions: Int32Array, atoms: Int32Array): { dense: Int32Array; count: number } {
  let highest = -1;
  for (const atom of atoms) if (atom > highest) highest = atom;
  const numbers = new Int32Array(highest + 1).fill(-1);
  const dense = new Int32Array(positions.length);
  let count = 0;
  for (let i = 0; i < positions.length; i++) {
    const atom = atoms[positions[i] ?? 0] ?? 0;
    if (numbers[atom] === -1) numbers[atom] = count++;
    dense[i] = numbers[atom] ?? 0;
  }
  return { dense, count };
}

/** The atoms of several rows in random order, then sorted by size, descending (counting sort, stable). */
function largestFirst(offsets: Int32Array, several: number, random: Random): Int32Array {
  const sizeOf = (atom: number) => (offsets[atom + 1] ?? 0) - (offsets[atom] ?? 0);
  const shuffled = new Int32Array(several);
  let largest = 0;
  for (let atom = 0, at = 0; atom + 1 < offsets.length; atom++) {
    if (sizeOf(atom) > 1) shuffled[at++] = atom;
    largest = Math.max(largest, sizeOf(atom));
  }
  random.shuffle(shuffled);
  const starts = new Int32Array(largest + 1);
  for (const atom of shuffled)
    starts[largest - sizeOf(atom) + 1] = (starts[largest - sizeOf(atom) + 1] ?? 0) + 1;
  for (let rank = 1; rank <= largest; rank++) starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
  const order = new Int32Array(several);
  for (const atom of shuffled) {
    const rank = largest - sizeOf(atom);
    const at = starts[rank] ?? 0;
    order[at] = atom;
    starts[rank] = at + 1;
  }
  return order;
}
