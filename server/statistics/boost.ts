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
  const quads = packColumns(columns, learnt);
  const slope = new Float64Array(learnt.length);
  const weight = new Float64Array(learnt.length);
  for (let tree = 0; tree < trees; tree++) {
    for (let i = 0; i < learnt.length; i++) {
      const row = learnt[i] ?? 0;
      const chance = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      slope[i] = chance - (positive[row] ?? 0);
      weight[i] = Math.max(1e-6, chance * (1 - chance));
    }
    const nodeOf = growTree({ columns, learnt, quads, slope, weight, gains });
    const [slopes, weights] = [new Float64Array(2 ** depth), new Float64Array(2 ** depth)];
    for (let i = 0; i < learnt.length; i++) {
      const node = nodeOf[learnt[i] ?? 0] ?? 0;
      slopes[node] = (slopes[node] ?? 0) + (slope[i] ?? 0);
      weights[node] = (weights[node] ?? 0) + (weight[i] ?? 0);
    }
    const values = slopes.map((sum, node) => (-learningRate * sum) / ((weights[node] ?? 0) + penalty));
    for (let row = 0; row < rows; row++) scores[row] = (scores[row] ?? 0) + (values[nodeOf[row] ?? 0] ?? 0);
  }
  return { scores, gains };
}

/** Bins of the learnt rows, those of four columns in one word: summing four columns in one pass halves the time. */
function packColumns(columns: readonly Uint8Array[], learnt: Int32Array): Uint32Array[] {
  return Array.from({ length: Math.ceil(columns.length / quad) }, (_, index) => {
    const own = columns.slice(index * quad, (index + 1) * quad);
    const packed = new Uint32Array(learnt.length);
    for (const [place, column] of own.entries())
      for (let i = 0; i < packed.length; i++)
        packed[i] = (packed[i] ?? 0) | ((column[learnt[i] ?? 0] ?? 0) << (8 * place));
    return packed;
  });
}

const quad = 4;

interface Growing {
  readonly columns: readonly Uint8Array[];
  readonly learnt: Int32Array;
  readonly quads: readonly Uint32Array[];
  /** Of the loss, for each learnt row. */
  readonly slope: Float64Array;
  readonly weight: Float64Array;
  readonly gains: Float64Array;
}

/** The leaf of every row. */
function growTree({ columns, learnt, quads, slope, weight, gains }: Growing): Uint8Array {
  const nodeOf = new Uint8Array(columns[0]?.length ?? 0);
  const nodeOfLearnt = new Uint8Array(learnt.length);
  const sums = new Float64Array(quad * columnSums);
  for (let level = 0; level < depth; level++) {
    const nodes = 2 ** level;
    const gain = new Float64Array(nodes);
    const columnOf = new Int32Array(nodes).fill(-1);
    const cutOf = new Uint8Array(nodes).fill(bins);
    for (let i = 0; i < learnt.length; i++) nodeOfLearnt[i] = nodeOf[learnt[i] ?? 0] ?? 0;
    for (let index = 0; index < columns.length; index++) {
      const place = index % quad;
      const packed = quads[index / quad];
      if (packed !== undefined) addUp({ packed, nodeOf: nodeOfLearnt, slope, weight }, sums.fill(0));
      for (let node = 0; node < nodes; node++) {
        const cut = bestCut(sums, place * columnSums + node * 2 * bins);
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

/** Of one column: a slope and a weight for each bin of each node. */
const columnSums = 2 ** (depth - 1) * bins * 2;

interface Summing extends Pick<Growing, 'slope' | 'weight'> {
  readonly packed: Uint32Array;
  readonly nodeOf: Uint8Array;
}

/** Four columns at once, so that a sum that must wait for the one before it in its bin holds up three others less. */
function addUp({ packed, nodeOf, slope, weight }: Summing, sums: Float64Array): void {
  for (let i = 0; i < packed.length; i++) {
    const bits = packed[i] ?? 0;
    const node = (nodeOf[i] ?? 0) * 2 * bins;
    const ownSlope = slope[i] ?? 0;
    const ownWeight = weight[i] ?? 0;
    const first = node + 2 * (bits & 31);
    const second = columnSums + node + 2 * ((bits >>> 8) & 31);
    const third = 2 * columnSums + node + 2 * ((bits >>> 16) & 31);
    const fourth = 3 * columnSums + node + 2 * ((bits >>> 24) & 31);
    sums[first] = (sums[first] ?? 0) + ownSlope;
    sums[first + 1] = (sums[first + 1] ?? 0) + ownWeight;
    sums[second] = (sums[second] ?? 0) + ownSlope;
    sums[second + 1] = (sums[second + 1] ?? 0) + ownWeight;
    sums[third] = (sums[third] ?? 0) + ownSlope;
    sums[third + 1] = (sums[third + 1] ?? 0) + ownWeight;
    sums[fourth] = (sums[fourth] ?? 0) + ownSlope;
    sums[fourth + 1] = (sums[fourth + 1] ?? 0) + ownWeight;
  }
}

/** The cut after a bin that lowers the loss most, from the sums of one node that start at `from`. */
function bestCut(sums: Float64Array, from: number): { gain: number; bin: number } {
  let [allSlope, allWeight] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    allSlope += sums[from + 2 * bin] ?? 0;
    allWeight += sums[from + 2 * bin + 1] ?? 0;
  }
  const whole = (allSlope * allSlope) / (allWeight + penalty);
  let [gain, best] = [0, 0];
  let [slope, weight] = [0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    slope += sums[from + 2 * bin] ?? 0;
    weight += sums[from + 2 * bin + 1] ?? 0;
    if (weight < leastWeight || allWeight - weight < leastWeight) continue;
    const own =
      (slope * slope) / (weight + penalty) + (allSlope - slope) ** 2 / (allWeight - weight + penalty) - whole;
    if (own <= gain) continue;
    gain = own;
    best = bin;
  }
  return { gain, bin: best };
}
