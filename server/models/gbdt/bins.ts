/** How a column's values become at most 255 bins: cut points of numbers, ranks of levels. */

export type Binning = NumberBinning | LevelBinning;

export interface NumberBinning {
  readonly kind: 'numeric';
  /** Bins of values; missing ones have a bin of their own, number `bins`. */
  readonly bins: number;
  /** `bins` - 1 thresholds, ascending: v is in bin b or a lower one exactly when v <= cuts[b]. */
  readonly cuts: Float64Array;
}

export interface LevelBinning {
  readonly kind: 'category';
  /** Bins of levels seen in training, by ascending mean target; other codes have bin number `bins`. */
  readonly bins: number;
  /** Bin of each code. */
  readonly binOf: Uint8Array;
  /** Training rows of each bin, the last entry for codes not seen. */
  readonly rows: Float64Array;
}

/**
 * Cut points of values sorted ascending, no NaN: between all distinct values where there are at most `maxBins`, else
 * bins of about equal size, values frequent enough for one having it to themselves. A cut is the middle, in double
 * precision, of two float32 neighbours of the sample, so that no row changes sides when a float32 is compared with it.
 */
export function fitCuts(sorted: Float32Array, maxBins: number): NumberBinning {
  const starts = findRuns(sorted);
  const runs = starts.length - 1;
  const ends = runs <= maxBins ? Array.from({ length: runs }, (_, run) => run) : equalBins(starts, maxBins);
  const cuts: number[] = [];
  for (const end of ends) {
    const low = sorted[starts[end] ?? 0];
    const high = sorted[starts[end + 1] ?? 0];
    if (low !== undefined && high !== undefined) cuts.push(between(low, high));
  }
  return { kind: 'numeric', bins: cuts.length + 1, cuts: Float64Array.from(cuts) };
}

/** Where each distinct value begins, and the length at the end. */
function findRuns(sorted: Float32Array): Int32Array {
  const starts = new Int32Array(sorted.length + 1);
  let runs = 0;
  let last = Number.NaN;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] ?? Number.NaN;
    if (value === last) continue;
    starts[runs] = i;
    runs++;
    last = value;
  }
  starts[runs] = sorted.length;
  return starts.subarray(0, runs + 1);
}

/** The last distinct value of each bin but the last, as indices of runs. */
function equalBins(starts: Int32Array, maxBins: number): number[] {
  const runs = starts.length - 1;
  const countOf = (run: number) => (starts[run + 1] ?? 0) - (starts[run] ?? 0);
  let rowsLeft = starts[runs] ?? 0;
  const big = rowsLeft / maxBins;
  let binsLeft = maxBins;
  for (let run = 0; run < runs; run++) {
    if (countOf(run) < big) continue;
    binsLeft--;
    rowsLeft -= countOf(run);
  }
  const ends: number[] = [];
  let size = rowsLeft / Math.max(1, binsLeft);
  let filled = 0;
  for (let run = 0; run < runs - 1 && ends.length < maxBins - 1; run++) {
    const count = countOf(run);
    filled += count;
    if (count < big) {
      rowsLeft -= count;
      const isFull = filled >= size || (countOf(run + 1) >= big && filled >= Math.max(1, size / 2));
      if (!isFull) continue;
      binsLeft--;
      size = rowsLeft / Math.max(1, binsLeft);
    }
    ends.push(run);
    filled = 0;
  }
  return ends;
}

/** low <= result < high, the middle where that is finite. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle >= low && middle < high ? middle : low;
}

/** The largest float32 that is not above x. */
export function roundDown(x: number): number {
  const near = Math.fround(x);
  if (near <= x) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  // One step towards minus infinity; near is above x, so it is not minus infinity, and 0 steps to the least negative.
  bits[0] = near === 0 ? -0x7fff_ffff : (bits[0] ?? 0) + (near > 0 ? -1 : 1);
  return new Float32Array(bits.buffer)[0] ?? near;
}

export interface LevelRows {
  readonly codes: Uint16Array | Int32Array;
  readonly levels: number;
  /** Rows to look at; absent: all. */
  readonly rows?: Int32Array;
  /** Target (multiclass: class number) of each row of the matrix. */
  readonly target: Float64Array;
}

/**
 * Ranks levels by their mean target, so that the sets which trees split on are few runs of ranks. Above 255 levels the
 * least frequent share one bin.
 */
export function fitLevels({ codes, levels, rows, target }: LevelRows): LevelBinning {
  const counts = new Float64Array(levels);
  const sums = new Float64Array(levels);
  const n = rows?.length ?? codes.length;
  for (let i = 0; i < n; i++) {
    const row = rows ? (rows[i] ?? 0) : i;
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
    sums[code] = (sums[code] ?? 0) + (target[row] ?? 0);
  }
  const seen = Array.from(counts.keys()).filter((code) => counts[code]);
  const countOf = (code: number) => counts[code] ?? 0;
  const byCount = seen.toSorted((a, b) => countOf(b) - countOf(a) || a - b);
  const shared = byCount.length > 255 ? byCount.slice(254) : [];
  const alone = (shared.length > 0 ? byCount.slice(0, 254) : byCount).map((code) => [code]);
  const groups = shared.length > 0 ? [...alone, shared] : alone;
  const mean = (group: readonly number[]) =>
    group.reduce((sum, code) => sum + (sums[code] ?? 0), 0) /
    group.reduce((sum, code) => sum + countOf(code), 0);
  const ranked = groups
    .map((group) => ({ group, mean: mean(group), first: Math.min(...group) }))
    .sort((a, b) => a.mean - b.mean || a.first - b.first);
  const binOf = new Uint8Array(levels).fill(ranked.length);
  const rowsOfBin = new Float64Array(ranked.length + 1);
  ranked.forEach(({ group }, bin) => {
    for (const code of group) {
      binOf[code] = bin;
      rowsOfBin[bin] = (rowsOfBin[bin] ?? 0) + countOf(code);
    }
  });
  return { kind: 'category', bins: ranked.length, binOf, rows: rowsOfBin };
}
