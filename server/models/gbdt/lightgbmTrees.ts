/** Reads the trees of LightGBM's text into the ensemble that the model file is written from. */
import type { FeatureColumn } from '../../features/matrix.ts';
import type { Binning } from './bins.ts';
import type { Ensemble } from './ensemble.ts';
import {
  addUnsplit,
  encodeTree,
  type LibrarySplit,
  type LibraryTree,
  numberBinning,
} from './libraryTrees.ts';

interface TextTree extends LibraryTree {
  readonly splits: readonly TextSplit[];
}

interface TextSplit extends LibrarySplit {
  /** Of a category: the codes that go left. */
  readonly codes?: readonly number[];
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
  addUnsplit(base, trees);
  const binning = columns.map((_, column) => binningOf(trees, column, codeRows.get(column)));
  const encoded = trees.map((tree) => encodeTree(withBins(tree, binning), binning));
  return { outputs, base, columns, binning, trees: encoded };
}

function withBins({ splits, leaves }: TextTree, binning: readonly Binning[]): LibraryTree {
  const binned = splits.map((split) => {
    const bins = binning[split.column];
    if (bins?.kind !== 'category') return split;
    return { ...split, leftBins: split.codes?.map((code) => bins.binOf[code] ?? bins.bins) ?? [] };
  });
  return { splits: binned, leaves };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

function readTree(fields: ReadonlyMap<string, string>): TextTree {
  const numbers = (name: string) => (fields.get(name) ?? '').split(' ').filter(Boolean).map(Number);
  const values = numbers('leaf_value');
  const leafRows = numbers('leaf_count');
  const leaves = values.map((value, leaf) => ({ value, cover: leafRows[leaf] ?? 0 }));
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
      ...{ column, threshold, missingLeft, cover: rows[split] ?? 0 },
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
  if (codeRows === undefined) return numberBinning(trees, column);
  const own = trees.flatMap(({ splits }) => splits.filter((split) => split.column === column));
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
