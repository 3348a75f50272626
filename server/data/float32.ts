/** What is lost where numbers enter a model file, which takes and gives float32. */

/** How far apart float32 tells numbers of this size: 0.0625 at a million, 64 at a billion. */
export function float32Step(size: number): number {
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

/**
 * More than a hundredth of a column's variance is lost by rounding its values, whose error is uniform: of variance
 * step² / 12. Values that are all the same have none to lose.
 */
export function losesSpread(column: { least: number; most: number; spread: number }): boolean {
  const size = Math.max(-column.least, column.most);
  return column.spread > 0 && float32Step(size) ** 2 / 12 > 0.01 * column.spread ** 2;
}
