/** What is lost where numbers enter a model file, which takes and gives float32. */

/** How far apart float32 tells numbers of this size: 0.0625 at a million, 64 at a billion. */
export function float32Step(size: number): number {
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

interface Range {
  readonly least: number;
  readonly most: number;
  /** Standard deviation. */
  readonly spread: number;
}

/**
 * More than a hundredth of a column's variance is lost by rounding its values, whose error is uniform: of variance
 * step² / 12. Values that are all the same have none to lose.
 */
export function losesSpread(column: Range): boolean {
  return column.spread > 0 && stepOf(column) ** 2 / 12 > 0.01 * column.spread ** 2;
}

/** Where it is lost: how far apart the column's numbers are told, and its standard deviation, to three digits. */
export function lostSpread(column: Range): { step: string; spread: string } | undefined {
  if (!losesSpread(column)) return undefined;
  const inWords = (value: number) => String(Number(value.toPrecision(3)));
  return { step: inWords(stepOf(column)), spread: inWords(column.spread) };
}

function stepOf({ least, most }: Range): number {
  return float32Step(Math.max(-least, most));
}
