/** Reads the trees of LightGBM's text into the ensemble that the model file is written from. */
import type { FeatureColumn } from '../../features/matrix.ts';
import type { Binning } from './bins.ts';
import type { Ensemble } from './ensemble.ts';
import * as layout from './kernels/layout.ts';

interface TextTree {
  readonly splits: readonly TextSplit[];
  readonly leaves: readonly { readonly value: number; readonly rows: number }[];
}

interface TextSplit {
  readonly column: number;
  readonly rows: number;
  /** Of a number: the largest value that goes left. */
  readonly threshold: number;
  /** Of a category: the codes that go left. */
  readonly codes?: readonly number[];
  readonly missingLeft: boolean;
  /** A split, or below 0 the complement of a leaf's number. */
  readonly left: number;
  readonly right: number;
}

/** `codeRows[column][code]`: training rows of each code of a category column. */
export function readLightGbm(
  text: string,
  {
    columns,
    outputs,
    codeRows,
  }: { columns: readonly FeatureColumn[]; outputs: number; codeRows: ReadonlyMap<number, Float64Array> },
): Ensemble {
  const trees = text
    .split(/^Tree=\d+\n/m)
    .slice(1)
    .map((part) =>
      readTree(
        new Map(
          part
            .split('\n\n', 1)[0]
            ?.split('\n')
            .map((line) => splitOnce(line)),
        ),
      ),
    );
  const base = new Float64Array(outputs);
  trees.forEach(({ splits, leaves: [only] }, index) => {
    const output = index % outputs;
    if (splits.length === 0) base[output] = (base[output] ?? 0) + (only?.value ?? 0);
  });
  const binning = columns.map((_, column) => binningOf(trees, column, codeRows.get(column)));
  return { outputs, base, columns, binning, trees: trees.map((tree) => encodeTree(tree, binning)) };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

function readTree(fields: ReadonlyMap<string, string>): TextTree {
  const numbers = (name: string) => (fields.get(name) ?? '').split(' ').filter(Boolean).map(Number);
  const values = numbers('leaf_value');
  const leafRows = numbers('leaf_count');
  const leaves = values.map((value, leaf) => ({ value, rows: leafRows[leaf] ?? 0 }));
  if (values.length < 2) return { splits: [], leaves };
  const [columns, thresholds, kinds] = [
    numbers('split_feature'),
    numbers('threshold'),
    numbers('decision_type'),
  ];
  const [left, right, rows] = [numbers('left_child'), numbers('right_child'), numbers('internal_count')];
  const [bounds, words] = [numbers('cat_boundaries'), numbers('cat_threshold')];
  const splits = columns.map((column, split): TextSplit => {
    const kind = kinds[split] ?? 0;
    const threshold = thresholds[split] ?? 0;
    const isCategory = (kind & 1) === 1;
    // Bits 2 and 3: 2 where missing values have a side of their own (bit 1); else they count as 0.
    const missingLeft = !isCategory && (kind >> 2 === 2 ? (kind & 2) === 2 : 0 <= threshold);
    return {
      ...{ column, threshold, missingLeft, rows: rows[split] ?? 0 },
      ...{ left: left[split] ?? 0, right: right[split] ?? 0 },
      ...(isCategory && { codes: setBits(words.slice(bounds[threshold], bounds[threshold + 1])) }),
    };
  });
  return { splits, leaves };
}

/** Positions of the bits that are set in 32-bit words. */
function setBits(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => 32 * index + bit).filter(
      (code) => ((word >>> (code & 31)) & 1) === 1,
    ),
  );
}

/** Bins between the thresholds that trees use; of a category one for each code that goes left anywhere. */
function binningOf(trees: readonly TextTree[], column: number, codeRows: Float64Array | undefined): Binning {
  const own = trees.flatMap(({ splits }) => splits.filter((split) => split.column === column));
  if (codeRows === undefined) {
    const cuts = [...new Set(own.map(({ threshold }) => threshold))].sort((a, b) => a - b);
    return { kind: 'numeric', bins: cuts.length + 1, cuts: Float64Array.from(cuts) };
  }
  const codes = [...new Set(own.flatMap(({ codes = [] }) => codes))].sort((a, b) => a - b);
  const binOf = new Uint8Array(codeRows.length).fill(codes.length);
  for (const [bin, code] of codes.entries()) binOf[code] = bin;
  const rows = new Float64Array(codes.length + 1);
  codeRows.forEach((count, code) => {
    const bin = binOf[code] ?? codes.length;
    rows[bin] = (rows[bin] ?? 0) + count;
  });
  return { kind: 'category', bins: codes.length, binOf, rows };
}

/** As kernels/layout.ts lays nodes out: the splits in LightGBM's order, the root first, then the leaves. */
function encodeTree({ splits, leaves }: TextTree, binning: readonly Binning[]): Uint8Array {
  if (splits.length === 0) return new Uint8Array(0);
  const tree = new Uint8Array((splits.length + leaves.length) * layout.NODE_BYTES);
  const nodeOf = (child: number) => (child < 0 ? splits.length + ~child : child);
  splits.forEach((split, index) => {
    const view = new DataView(tree.buffer, index * layout.NODE_BYTES, layout.NODE_BYTES);
    const bins = binning[split.column];
    view.setInt32(layout.NODE_COLUMN, split.column, true);
    view.setInt32(layout.NODE_LEFT, nodeOf(split.left), true);
    view.setInt32(layout.NODE_RIGHT, nodeOf(split.right), true);
    view.setInt32(layout.NODE_ROWS, split.rows, true);
    const goesLeft = (bin: number) => {
      view.setUint8(
        layout.NODE_SET + (bin >> 3),
        view.getUint8(layout.NODE_SET + (bin >> 3)) | (1 << (bin & 7)),
      );
    };
    if (bins?.kind === 'numeric') {
      const cut = bins.cuts.indexOf(split.threshold);
      view.setInt32(layout.NODE_CUT, cut, true);
      for (let bin = 0; bin <= cut; bin++) goesLeft(bin);
      if (split.missingLeft) goesLeft(bins.bins);
    } else for (const code of split.codes ?? []) goesLeft(bins?.binOf[code] ?? 0);
  });
  leaves.forEach(({ value, rows }, leaf) => {
    const view = new DataView(tree.buffer, (splits.length + leaf) * layout.NODE_BYTES, layout.NODE_BYTES);
    view.setInt32(layout.NODE_COLUMN, -1, true);
    view.setInt32(layout.NODE_ROWS, rows, true);
    view.setFloat64(layout.NODE_VALUE, value, true);
  });
  return tree;
}
