/** Counts of a coded column against the target, in two random halves of the rows: all that a link is computed from. */
import type { CodedColumn } from '../profile/linkCodes.ts';

/** The rows with a target, halved by chance. Shared with threads that look at columns. */
export interface LinkTarget {
  /** Per table row: class index or value; NaN rows are passed over. */
  readonly values: Float64Array;
  /** 0: regression. */
  readonly classes: number;
  /** Per table row: 0 or 1. */
  readonly half: Uint8Array;
  /** Per table row: half * classes + class, `noCell` without a target: one array to look at instead of two. Of regression empty. */
  readonly cells: Int8Array | Int32Array;
}

const noCell = -1;

export function linkTarget(target: Omit<LinkTarget, 'cells'>): LinkTarget {
  const { values, classes, half } = target;
  const rows = classes > 0 ? values.length : 0;
  const cells =
    2 * classes < 128
      ? new Int8Array(new SharedArrayBuffer(rows))
      : new Int32Array(new SharedArrayBuffer(4 * rows));
  for (let row = 0; row < cells.length; row++) {
    const value = values[row] ?? Number.NaN;
    cells[row] = Number.isNaN(value) ? noCell : (half[row] ?? 0) * classes + value;
  }
  return { ...target, cells };
}

export interface LinkCounts {
  readonly levels: number;
  /** 1 for regression. */
  readonly width: number;
  readonly ordered: boolean;
  /** Rows [half, level]. */
  readonly rows: readonly [Float64Array, Float64Array];
  /** Rows of each class [half, level * width + class], or sums of the target [half, level]. */
  readonly sums: readonly [Float64Array, Float64Array];
  /** Regression: sum of the squared target [half]. */
  readonly squares: readonly [number, number];
}

export function countLinks(column: CodedColumn, target: LinkTarget): LinkCounts {
  return target.classes > 0 ? countClasses(column, target) : sumValues(column, target);
}

function countClasses({ codes, levels, ordered }: CodedColumn, { classes, cells }: LinkTarget): LinkCounts {
  const width = 2 * classes;
  const rows = new Int32Array(levels * width);
  // This loop is what a link of millions of rows costs.
  for (let i = 0; i < codes.length; i++) {
    const cell = cells[i] ?? noCell;
    if (cell < 0) continue;
    const at = (codes[i] ?? 0) * width + cell;
    rows[at] = (rows[at] ?? 0) + 1;
  }
  const halves = [
    halfOf(rows, { levels, classes, half: 0 }),
    halfOf(rows, { levels, classes, half: 1 }),
  ] as const;
  return {
    levels,
    width: classes,
    ordered,
    rows: [halves[0].rows, halves[1].rows],
    sums: [halves[0].sums, halves[1].sums],
    squares: [0, 0],
  };
}

/** `rows` [level, half, class]. */
function halfOf(
  rows: Int32Array,
  { levels, classes, half }: { levels: number; classes: number; half: 0 | 1 },
): { rows: Float64Array; sums: Float64Array } {
  const all = new Float64Array(levels);
  const sums = new Float64Array(levels * classes);
  for (let level = 0; level < levels; level++) {
    const from = (2 * level + half) * classes;
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const count = rows[from + c] ?? 0;
      sums[level * classes + c] = count;
      total += count;
    }
    all[level] = total;
  }
  return { rows: all, sums };
}

function sumValues({ codes, levels, ordered }: CodedColumn, { values, half }: LinkTarget): LinkCounts {
  const rows = new Float64Array(2 * levels);
  const sums = new Float64Array(2 * levels);
  const squares: [number, number] = [0, 0];
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const side = half[i] === 1 ? 1 : 0;
    const cell = side * levels + (codes[i] ?? 0);
    rows[cell] = (rows[cell] ?? 0) + 1;
    sums[cell] = (sums[cell] ?? 0) + value;
    squares[side] += value * value;
  }
  const halved = (all: Float64Array) => [all.subarray(0, levels), all.subarray(levels)] as const;
  return { levels, width: 1, ordered, rows: halved(rows), sums: halved(sums), squares };
}

/** Rows [level] and sums [level * width + class] of both halves together. */
export function pool({ rows, sums }: LinkCounts): { rows: Float64Array; sums: Float64Array } {
  return { rows: add(rows), sums: add(sums) };
}

function add([a, b]: readonly [Float64Array, Float64Array]): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < sum.length; i++) sum[i] = (a[i] ?? 0) + (b[i] ?? 0);
  return sum;
}

/** Ordered columns in at most `most` bins of about equal count; the missing keep a bin of their own. */
export function bin(counts: LinkCounts, most: number): LinkCounts {
  if (!counts.ordered || counts.levels - 1 <= most) return counts;
  const { rows, width } = counts;
  const total = (level: number) => (rows[0][level] ?? 0) + (rows[1][level] ?? 0);
  let present = 0;
  for (let level = 1; level < counts.levels; level++) present += total(level);
  const binOf = new Int32Array(counts.levels);
  let seen = 0;
  for (let level = 1; level < counts.levels; level++) {
    binOf[level] =
      1 + Math.min(most - 1, Math.floor((most * (seen + total(level) / 2)) / Math.max(1, present)));
    seen += total(level);
  }
  const gather = (from: Float64Array, cells: number) => {
    const into = new Float64Array((most + 1) * cells);
    for (let level = 0; level < counts.levels; level++) {
      const start = (binOf[level] ?? 0) * cells;
      for (let c = 0; c < cells; c++)
        into[start + c] = (into[start + c] ?? 0) + (from[level * cells + c] ?? 0);
    }
    return into;
  };
  return {
    levels: most + 1,
    width,
    ordered: true,
    rows: [gather(rows[0], 1), gather(rows[1], 1)],
    sums: [gather(counts.sums[0], width), gather(counts.sums[1], width)],
    squares: counts.squares,
  };
}
