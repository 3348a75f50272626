/** Divides the rows of a table into training, validation and test rows. Pure: the same input gives the same split. */

/** Codes of `Split.assignment`. */
export const absent = 0;
export const train = 1;
export const valid = 2;
export const test = 3;

export interface Split {
  /** Per table row. `absent`: no target, purged or in a gap; such rows are in no predictions. */
  readonly assignment: Uint8Array;
  /** Cross-validation on the non-test part: positions of table rows. Empty without it. */
  readonly folds: readonly { readonly train: Int32Array; readonly valid: Int32Array }[];
  readonly method: string;
  /** `sha256:…` over row numbers and assignment. */
  readonly hash: string;
  /** Rows left out because they have no target. */
  readonly withoutTarget: number;
}
