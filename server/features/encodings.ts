/** Ways to turn category codes into numbers: each a table with one row for each code, looked up in the model file. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, lookUp } from '../onnx/operators.ts';
import type { FittedLevels } from './levels.ts';

/** `values` is row-major [codes, names]; code 0 is missing, the last code rare and unseen levels. */
export interface EncodingTable {
  readonly names: readonly string[];
  readonly values: Float32Array;
}

/** What the first and last code are called where levels are listed. */
export const missingName = '(missing)';
export const otherName = '(other)';

/** Names of all codes in order. */
export function codeNames(levels: FittedLevels): string[] {
  return [missingName, ...levels.known, otherName];
}

/** One 0/1 column for each code that training rows have; `impute: none` leaves a missing value all zeros. */
export function onehotTable(column: string, levels: FittedLevels, missingIsLevel: boolean): EncodingTable {
  const present = codeNames(levels)
    .map((name, code) => ({ name, code }))
    .filter(({ code }) => (levels.counts[code] ?? 0) > 0 && (code > 0 || missingIsLevel));
  const values = new Float32Array(levels.counts.length * present.length);
  present.forEach(({ code }, index) => {
    values[code * present.length + index] = 1;
  });
  return { names: present.map(({ name }) => `${column}=${name}`), values };
}

/**
 * Ranks 0..k-1: by number where all levels are numbers, else by code point. A missing value ranks -1 where it is a
 * level, else NaN; a level unseen in training ranks k.
 */
export function ordinalTable(column: string, levels: FittedLevels, missingIsLevel: boolean): EncodingTable {
  const { known } = levels;
  const numbers = known.map((level) => (level.trim() === '' ? Number.NaN : Number(level)));
  const order = known.map((_, index) => index);
  if (!numbers.some(Number.isNaN)) order.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
  const values = new Float32Array(known.length + 2);
  values[0] = missingIsLevel ? -1 : Number.NaN;
  order.forEach((index, rank) => {
    values[index + 1] = rank;
  });
  values[known.length + 1] = known.length;
  return { names: [`${column} rank`], values };
}

/** Training rows of each level; a missing value that is no level is NaN. */
export function countTable(column: string, levels: FittedLevels, missingIsLevel: boolean): EncodingTable {
  const values = Float32Array.from(levels.counts);
  if (!missingIsLevel && levels.codes.get('') === 0) values[0] = Number.NaN;
  return { names: [`${column} count`], values };
}

/** Appends the look-up of codes [n, 1] as float [n, names]. */
export function appendTable(graph: GraphBuilder, codes: string, table: EncodingTable): string {
  const width = table.names.length;
  const constant = graph.constant({
    type: 'float',
    shape: [table.values.length / width, width],
    data: table.values,
  });
  const flat = apply(graph, 'Squeeze', [
    codes,
    graph.constant({ type: 'int64', shape: [1], data: new BigInt64Array([1n]) }),
  ]);
  return lookUp(graph, constant, flat);
}
