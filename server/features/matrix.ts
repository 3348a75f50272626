/** What models train on: the output of the feature graph, column by column. */

import type { Random } from '../statistics/random.ts';

/**
 * `numeric`: float32, NaN where missing and nothing fills it.
 * `category`: codes 0..levels-1. Code 0 is missing; the last code is the bucket of rare and unknown levels.
 */
export interface FeatureColumn {
  readonly name: string;
  /** Raw columns it is computed from. */
  readonly sources: readonly string[];
  readonly kind: 'numeric' | 'category';
  /** Categories only: the number of codes, and what each stands for (code 0 and the last have names of their own). */
  readonly levels?: readonly string[];
}

export type FeatureValues =
  | { readonly kind: 'numeric'; readonly values: Float32Array }
  | { readonly kind: 'category'; readonly codes: Uint16Array | Int32Array };

/** `values[j]` has `rows` entries and belongs to `columns[j]`; numeric columns come first, then categories. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
  readonly values: readonly FeatureValues[];
}

/** Some of the rows, in the order given. */
export function matrixRows({ columns, values }: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const taken = values.map(
    (feature): FeatureValues =>
      feature.kind === 'numeric'
        ? { kind: 'numeric', values: Float32Array.from(rows, (row) => feature.values[row] ?? Number.NaN) }
        : { kind: 'category', codes: Int32Array.from(rows, (row) => feature.codes[row] ?? 0) },
  );
  return { rows: rows.length, columns, values: taken };
}

/** A copy in another order, which knows nothing of the other columns and the target. */
export function shuffled(feature: FeatureValues, random: Random): FeatureValues {
  if (feature.kind === 'category') {
    const codes = Int32Array.from(feature.codes);
    random.shuffle(codes);
    return { kind: 'category', codes };
  }
  const values = feature.values.slice();
  random.shuffle(values);
  return { kind: 'numeric', values };
}

/** How a model family wants its features; `auto` settings of the experiment are settled by it. */
export interface FeatureNeeds {
  /** `none`: the family takes NaN. */
  readonly impute: 'none' | 'median+indicator';
  readonly scale: 'none' | 'standard' | 'robust';
  /** `codes`: category columns stay codes (trees split on sets, linear models hold one coefficient a level). */
  readonly categories: 'codes' | 'onehot';
}
