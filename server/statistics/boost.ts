/** A small gradient booster over binned columns: enough to tell two samples apart, interactions of three columns among it. */

export interface BoostRequest {
  /** One array a column, bins from 0 to 31. */
  readonly columns: readonly Uint8Array[];
  /** 1 or 0 for each row. */
  readonly positive: Uint8Array;
  /** 1 for rows that are learnt from; all rows are scored. */
  readonly learn: Uint8Array;
}

export interface Boosted {
  /** Log-odds of each row. */
  readonly scores: Float64Array;
  /** How much each column lowered the loss. */
  readonly gains: Float64Array;
}

const bins = 32;
const trees = 30;
const depth = 3;
const learningRate = 0.2;
const penalty = 5;
/** Least sum of second derivatives on a side of a split: about 40 rows at even odds. */
const leastWeight = 10;

/** Depth-3 trees on the logistic loss with second derivatives (Friedman, 2001; Chen and Guestrin, 2016). */
export function boost({ columns, positive, learn }: BoostRequest): Boosted {
  const rows = positive.length;
  const learnt = Int32Array.from(learn.keys()).filter((row) => learn[row] === 1);
  const share = learnt.reduce((sum, row) => sum + (positive[row] ?? 0), 0) / Math.max(1, learnt.length);
  const scores = new Float64Array(rows).fill(Math.log(share / (1 - share)));
  const gains = new Float64Array(columns.length);
  const slope = new Float64Array(rows);
  const weight = new Float64Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    for (const row of learnt) {
      const chance = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      slope[row] = chance - (positive[row] ?? 0);
      weight[row] = Math.max(1e-6, chance * (1 - chance));
    }
    const nodeOf = growTree({ columns, learnt, slope, weight, gains });
    const [slopes, weights] = [new Float64Array(2 ** depth), new Float64Array(2 ** depth)];
    for (const row of learnt) {
      const node = nodeOf[row] ?? 0;
      slopes[node] = (slopes[node] ?? 0) + (slope[row] ?? 0);
      weights[node] = (weights[node] ?? 0) + (weight[row] ?? 0);
    }
    const values = slopes.map((sum, node) => (-learningRate * sum) / ((weights[node] ?? 0) + penalty));
    for (let row = 0; row < rows; row++) scores[row] = (scores[row] ?? 0) + (values[nodeOf[row] ?? 0] ?? 0);
  }
  return { scores, gains };
}

interface Growing {
  readonly columns: readonly Uint8Array[];
  readonly learnt: Int32Array;
  readonly slope: Float64Array;
  readonly weight: Float64Array;
  readonly gains: Float64Array;
}

/** The leaf of every row. */
function growTree({ columns, learnt, slope, weight, gains }: Growing): Uint8Array {
  const nodeOf = new Uint8Array(columns[0]?.length ?? 0);
  const slopes = new Float64Array(2 ** (depth - 1) * bins);
  const weights = new Float64Array(slopes.length);
  for (let level = 0; level < depth; level++) {
    const nodes = 2 ** level;
    const gain = new Float64Array(nodes);
    const columnOf = new Int32Array(nodes).fill(-1);
    const cutOf = new Uint8Array(nodes).fill(bins);
    for (const [index, column] of columns.entries()) {
      slopes.fill(0);
      weights.fill(0);
      for (let i = 0; i < learnt.length; i++) {
        const row = learnt[i] ?? 0;
        const cell = (nodeOf[row] ?? 0) * bins + (column[row] ?? 0);
        slopes[cell] = (slopes[cell] ?? 0) + (slope[row] ?? 0);
        weights[cell] = (weights[cell] ?? 0) + (weight[row] ?? 0);
      }
      for (let node = 0; node < nodes; node++) {
        const cut = bestCut(slopes, weights, node * bins);
        if (cut.gain <= (gain[node] ?? 0)) continue;
        gain[node] = cut.gain;
        columnOf[node] = index;
        cutOf[node] = cut.bin;
      }
    }
    for (let node = 0; node < nodes; node++) {
      const index = columnOf[node] ?? -1;
      if (index >= 0) gains[index] = (gains[index] ?? 0) + (gain[node] ?? 0);
    }
    for (let row = 0; row < nodeOf.length; row++) {
      const node = nodeOf[row] ?? 0;
      const bin = columns[columnOf[node] ?? -1]?.[row] ?? 0;
      nodeOf[row] = 2 * node + (bin > (cutOf[node] ?? bins) ? 1 : 0);
    }
  }
  return nodeOf;
}

/** The cut after a bin that lowers the loss most. */
function bestCut(slopes: Float64Array, weights: Float64Array, from: number): { gain: number; bin: number } {
  let [allSlope, allWeight] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    allSlope += slopes[from + bin] ?? 0;
    allWeight += weights[from + bin] ?? 0;
  }
  const whole = (allSlope * allSlope) / (allWeight + penalty);
  let [gain, best] = [0, 0];
  let [slope, weight] = [0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    slope += slopes[from + bin] ?? 0;
    weight += weights[from + bin] ?? 0;
    if (weight < leastWeight || allWeight - weight < leastWeight) continue;
    const own =
      (slope * slope) / (weight + penalty) + (allSlope - slope) ** 2 / (allWeight - weight + penalty) - whole;
    if (own <= gain) continue;
    gain = own;
    best = bin;
  }
  return { gain, bin: best };
}
