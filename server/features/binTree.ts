/** Bins that a small decision tree finds: edges where the target changes most. */

export interface BinTreeRows {
  /** Float32 values without NaN, ascending. */
  readonly sorted: Float32Array;
  /** Of the same rows in the same order: a value, or a class index 0..classes-1. */
  readonly target: Float64Array;
  /** 1: the target is a value (two classes 0 and 1 split alike by Gini and by squares). */
  readonly classes: number;
}

interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly gain: number;
  /** First row of the right side. */
  readonly cut: number;
}

/**
 * Thresholds, ascending, of a tree with at most `leaves` leaves of at least `minLeaf` rows, grown best first by squared
 * error or Gini's impurity: scikit-learn's DecisionTreeRegressor or -Classifier with max_leaf_nodes on one column.
 */
export function binTreeEdges(rows: BinTreeRows, leaves: number, minLeaf: number): number[] {
  const open = [bestCut(rows, 0, rows.sorted.length, minLeaf)];
  const edges: number[] = [];
  while (open.length < leaves) {
    const best = open.reduce((a, b) => (b.gain > a.gain ? b : a));
    if (!(best.gain > 0)) break;
    edges.push(midpoint(rows.sorted[best.cut - 1] ?? 0, rows.sorted[best.cut] ?? 0));
    open.splice(
      open.indexOf(best),
      1,
      bestCut(rows, best.start, best.cut, minLeaf),
      bestCut(rows, best.cut, best.end, minLeaf),
    );
  }
  return edges.sort((a, b) => a - b);
}

/** The cut of rows `start` to `end - 1` that lowers the impurity most: Σ over classes of sum² / n grows most. */
function bestCut(
  { sorted, target, classes }: BinTreeRows,
  start: number,
  end: number,
  minLeaf: number,
): Leaf {
  const total = new Float64Array(classes);
  const left = new Float64Array(classes);
  const add = (sums: Float64Array, row: number) => {
    const y = target[row] ?? 0;
    const [at, amount] = classes === 1 ? [0, y] : [y, 1];
    sums[at] = (sums[at] ?? 0) + amount;
  };
  for (let row = start; row < end; row++) add(total, row);
  const before = total.reduce((sum, all) => sum + all ** 2, 0) / (end - start);
  let [gain, cut] = [0, start];
  for (let row = start; row < end - 1; row++) {
    add(left, row);
    const [here, there] = [row + 1 - start, end - row - 1];
    if (here < minLeaf || there < minLeaf || sorted[row] === sorted[row + 1]) continue;
    let after = 0;
    for (let k = 0; k < classes; k++) {
      const own = left[k] ?? 0;
      after += own ** 2 / here + ((total[k] ?? 0) - own) ** 2 / there;
    }
    if (after - before > gain) [gain, cut] = [after - before, row + 1];
  }
  // What is left by rounding is no gain.
  return { start, end, gain: gain > 1e-12 * Math.abs(before) ? gain : 0, cut };
}

/** Never the lower value itself. */
function midpoint(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low ? middle : high;
}
