/** The levels of a category column as learnt on training rows, and their codes as one look-up in the model file. */
import type { Dictionary } from '../data/table.ts';
import { cutName, type LevelCodes, refusedCode } from '../onnx/cut.ts';
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, int64, lookUp } from '../onnx/operators.ts';
import type { CategoricalSettings } from './settings.ts';

/** Codes 0 missing, 1..k the known levels, k + 1 rare and unseen ones. */
export interface FittedLevels extends LevelCodes {
  /** Codes 1..k: by code point, or by the rank that was asked for. */
  readonly known: readonly string[];
  /** Training rows of each code, [k + 2]. */
  readonly counts: Float64Array;
}

/**
 * Levels in at least the share `rare` of the training rows are known. Missing values take the most frequent level
 * under `impute: mode`; unseen ones go to the bucket, to missing, or stop the scoring. `rank` of an index into the
 * dictionary's levels orders the codes.
 */
export function fitLevels(
  dictionary: Dictionary,
  trainRows: Int32Array,
  settings: Pick<CategoricalSettings, 'rare' | 'unknown' | 'impute'>,
  rank?: (level: number) => number,
): FittedLevels {
  const seen = new Float64Array(dictionary.levels.length + 1);
  for (const row of trainRows) {
    const code = dictionary.codes[row] ?? 0;
    seen[code] = (seen[code] ?? 0) + 1;
  }
  const least = Math.max(1, settings.rare * trainRows.length);
  const rows = (index: number) => seen[index + 1] ?? 0;
  // A NUL cannot reach the model from every language, so such a level is never known.
  const isKnown = (level: string, index: number) => rows(index) >= least && !level.includes('\0');
  const indices = [...dictionary.levels.keys()].filter((index) =>
    isKnown(dictionary.levels[index] ?? '', index),
  );
  if (rank !== undefined) indices.sort((a, b) => rank(a) - rank(b) || a - b);
  const known = indices.map((index) => dictionary.levels[index] ?? '');
  const bucket = known.length + 1;

  const codes = new Map(known.map((level, index) => [level, index + 1]));
  if (settings.unknown !== 'bucket') {
    // Only rare levels go to the bucket, so they are told from unseen ones.
    dictionary.levels.forEach((level, index) => {
      if (rows(index) > 0 && !codes.has(level) && !level.includes('\0')) codes.set(level, bucket);
    });
  }
  const counts = new Float64Array(bucket + 1);
  counts[0] = seen[0] ?? 0;
  dictionary.levels.forEach((level, index) => {
    const code = codes.get(level) ?? bucket;
    counts[code] = (counts[code] ?? 0) + rows(index);
  });
  const missing = settings.impute === 'mode' ? mostFrequent(counts, known.length) : 0;
  codes.set('', missing);
  if (missing !== 0) {
    counts[missing] = (counts[missing] ?? 0) + (counts[0] ?? 0);
    counts[0] = 0;
  }
  const unseen = { bucket, missing, error: refusedCode }[settings.unknown];
  return { known, codes, unseen, refusesUnseen: unseen === refusedCode, counts };
}

/** The code among 1..`levels` with most rows, the first of equals; 0 where there is none. */
function mostFrequent(counts: Float64Array, levels: number): number {
  let best = 0;
  let most = 0;
  for (let code = 1; code <= levels; code++) {
    const rows = counts[code] ?? 0;
    if (rows > most) [best, most] = [code, rows];
  }
  return best;
}

/** Appends the look-up of a string input [n, 1]: int64 [n, 1], passing the cut point `<column>#code`. */
export function appendCode(
  graph: GraphBuilder,
  column: string,
  levels: FittedLevels,
  columns: ReadonlySet<string>,
): string {
  const code = apply(
    graph,
    'LabelEncoder',
    [column],
    {
      keys_strings: [...levels.codes.keys()],
      values_int64s: [...levels.codes.values()],
      default_int64: levels.unseen,
    },
    { domain: 'ai.onnx.ml', name: cutName(column, 'code', columns) },
  );
  if (!levels.refusesUnseen) return code;
  // The code of an unseen level lies outside this table, so that the look-up fails the batch.
  return lookUp(graph, int64(graph, Array.from(levels.counts.keys())), code);
}
