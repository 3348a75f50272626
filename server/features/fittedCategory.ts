/** What was learnt about one category, be it a column, a number cut into bins or a cross: its codes and how they enter. */
import { type EncodingTable, onehotTable } from './encodings.ts';
import type { FittedLevels } from './levels.ts';
import type { FeatureNeeds } from './matrix.ts';

export interface FittedCategory {
  readonly column: string;
  readonly levels: FittedLevels;
  /** Raw columns, where they are not just `column`. */
  readonly sources?: readonly string[];
  /** Of a number cut into bins: where one ends and the next begins. */
  readonly edges?: readonly number[];
  readonly cross?: CrossedCodes;
  /** `codes` go to the model as they are; 0/1 columns too; numbers are filled and scaled like any other. */
  readonly form:
    | { readonly kind: 'codes' }
    | { readonly kind: 'onehot'; readonly table: EncodingTable }
    | { readonly kind: 'number'; readonly table: EncodingTable; readonly crossFitted?: Float32Array };
}

/** Of a cross of categories: the code of each tuple of their codes, row-major in the order of `parts`. */
export interface CrossedCodes {
  /** Positions among the plan's categories, and how many codes each has. */
  readonly parts: readonly { readonly category: number; readonly codes: number }[];
  readonly table: Int32Array;
}

/** One code or one 0/1 column a level, as the family wants it. */
export function levelForm(
  { categories }: FeatureNeeds,
  column: string,
  levels: FittedLevels,
  missingIsLevel: boolean,
): FittedCategory['form'] {
  if (categories === 'codes') return { kind: 'codes' };
  return { kind: 'onehot', table: onehotTable(column, levels, missingIsLevel) };
}
