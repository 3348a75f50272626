/** Rows outside what training saw (features.validate), as commands print them and the drift panel shows them. */

/** Rows with a value outside the serving contract, of one column. */
export interface Outside {
  readonly column: string;
  readonly check: 'missing' | 'range' | 'unseen';
  readonly rows: number;
}

const words: Readonly<Record<Outside['check'], string>> = {
  missing: 'missing, where training had none missing',
  range: 'outside the range of training',
  unseen: 'of levels that training did not see',
};

/** One sentence a column and check. `of`: all rows that were looked at. */
export function describeOutside(outside: readonly Outside[], of: number): string[] {
  return outside.map(
    ({ column, check, rows }) => `Column \`${column}\`: ${rows} of ${of} rows are ${words[check]}.`,
  );
}
