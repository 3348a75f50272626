/** The functions of the expression language: what they take and give. The SQL of each stands in server/data. */

export type ValueType = 'number' | 'text' | 'boolean' | 'datetime' | 'null' | 'any';

export interface FunctionEntry {
  readonly takes: readonly ValueType[];
  /** What each of them is called where a person is told how the function is used. */
  readonly names: readonly string[];
  /** Arguments that may be left out, counted from the end. */
  readonly optional?: number;
  /** The last argument may be repeated. */
  readonly repeats?: boolean;
  readonly gives: ValueType | 'first';
  /** `aggregate`: one value for all rows; `either`: aggregate with one argument, row-wise with more. */
  readonly over: 'row' | 'aggregate' | 'either' | 'window';
  readonly doc: string;
}

export const functions: Readonly<Record<string, FunctionEntry>> = {
  count: {
    takes: ['any'],
    names: ['x'],
    optional: 1,
    gives: 'number',
    over: 'aggregate',
    doc: 'Rows where x is not null; all rows without x',
  },
  sum: { takes: ['number'], names: ['x'], gives: 'number', over: 'aggregate', doc: 'Sum over the rows' },
  mean: {
    takes: ['number'],
    names: ['x'],
    gives: 'number',
    over: 'aggregate',
    doc: 'Mean over the rows; of a boolean, its share of true',
  },
  min: {
    takes: ['any', 'any'],
    names: ['x', 'y'],
    optional: 1,
    repeats: true,
    gives: 'first',
    over: 'either',
    doc: 'Smallest over the rows, or of several values in a row (null if one is null)',
  },
  max: {
    takes: ['any', 'any'],
    names: ['x', 'y'],
    optional: 1,
    repeats: true,
    gives: 'first',
    over: 'either',
    doc: 'Largest over the rows, or of several values in a row (null if one is null)',
  },
  std: {
    takes: ['number'],
    names: ['x'],
    gives: 'number',
    over: 'aggregate',
    doc: 'Sample standard deviation (n - 1)',
  },
  median: {
    takes: ['number'],
    names: ['x'],
    gives: 'number',
    over: 'aggregate',
    doc: 'Median over the rows',
  },
  quantile: {
    takes: ['number', 'number'],
    names: ['x', 'q'],
    gives: 'number',
    over: 'aggregate',
    doc: 'The value that a share q of the rows does not exceed, linear between neighbours',
  },
  lag: {
    takes: ['any', 'number'],
    names: ['x', 'n'],
    optional: 1,
    gives: 'first',
    over: 'window',
    doc: 'Value n rows earlier (1 if left out) in time, within the group',
  },
  days: {
    takes: ['datetime', 'datetime'],
    names: ['later', 'earlier'],
    optional: 1,
    gives: 'number',
    over: 'row',
    doc: 'Days between the two, with fractions; of one alone, since 1970-01-01',
  },
  hour: {
    takes: ['datetime'],
    names: ['x'],
    gives: 'number',
    over: 'row',
    doc: 'Hour of the day in UTC, 0 to 23',
  },
  weekday: {
    takes: ['datetime'],
    names: ['x'],
    gives: 'number',
    over: 'row',
    doc: 'Day of the week, 0 Monday to 6 Sunday',
  },
  lower: { takes: ['text'], names: ['x'], gives: 'text', over: 'row', doc: 'In lower case' },
  trim: {
    takes: ['text'],
    names: ['x'],
    gives: 'text',
    over: 'row',
    doc: 'Without white space at both ends',
  },
  matches: {
    takes: ['text', 'text'],
    names: ['x', 'regex'],
    gives: 'boolean',
    over: 'row',
    doc: 'Whether the regular expression (RE2) is found in x',
  },
  coalesce: {
    takes: ['any', 'any'],
    names: ['x', 'y'],
    repeats: true,
    gives: 'first',
    over: 'row',
    doc: 'First of the values that is not null',
  },
  if: {
    takes: ['boolean', 'any', 'any'],
    names: ['condition', 'then', 'else'],
    gives: 'any',
    over: 'row',
    doc: 'One of two values; a null condition takes else',
  },
  isnull: { takes: ['any'], names: ['x'], gives: 'boolean', over: 'row', doc: 'Whether x is null' },
  log: {
    takes: ['number'],
    names: ['x'],
    gives: 'number',
    over: 'row',
    doc: 'Natural logarithm; null for x <= 0',
  },
  abs: { takes: ['number'], names: ['x'], gives: 'number', over: 'row', doc: 'Absolute value' },
  clip: {
    takes: ['number', 'number', 'number'],
    names: ['x', 'low', 'high'],
    gives: 'number',
    over: 'row',
    doc: 'x, but never below low and never above high',
  },
  unique: {
    takes: ['any'],
    names: ['x'],
    repeats: true,
    gives: 'boolean',
    over: 'aggregate',
    doc: 'No two rows agree in all the named columns',
  },
  rows: { takes: [], names: [], gives: 'number', over: 'aggregate', doc: 'Number of rows' },
};
