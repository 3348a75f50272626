/** Which rows belong to which slice: levels and quartiles found in the data, or what the experiment lists. */
import { ModelwrightError } from '../catalog/errors.ts';
import { formatExpression } from '../config/expression/format.ts';
import { parseSlice } from '../config/expression/parse.ts';
import type { Table, TableColumn } from '../data/table.ts';

export interface SliceRows {
  /** An expression over the columns, such as `origin=ATL` or `age < 30`. */
  readonly name: string;
  /** The column whose levels or ranges it is one of; absent for a free expression. */
  readonly column?: string;
  /** Indices into the scored rows, ascending. */
  readonly members: Int32Array;
}

/** The slices of one column among the rows at `positions`: by level, by quartile, and the rows where it is missing. */
export async function sliceColumn(table: Table, name: string, positions: Int32Array): Promise<SliceRows[]> {
  const column = table.column(name);
  const slices = await cutColumn(table, column, positions);
  return slices.map((slice) => ({ ...slice, column: name }));
}

async function cutColumn(table: Table, column: TableColumn, positions: Int32Array): Promise<SliceRows[]> {
  const { name, kind } = column;
  if (kind === 'categorical' || kind === 'ordinal' || kind === 'boolean') {
    const { levels, codes } = await table.dictionary(name);
    return groupBy(
      positions,
      (position) => codes[position] ?? 0,
      (code) =>
        code === 0 ? `${spell(name)} is null` : `${spell(name)}=${spellLevel(levels[code - 1] ?? '')}`,
    );
  }
  if (kind !== 'numeric' && kind !== 'datetime' && kind !== 'cyclic') return [];
  return sliceByQuartile(column, await table.numbers(name), positions);
}

/** Slices as an experiment names them, columns or expressions; one that cannot be read or asked is left out and told. */
export async function readSlices(
  table: Table,
  names: readonly string[],
  positions: Int32Array,
): Promise<{ slices: SliceRows[]; warnings: string[] }> {
  const slices: SliceRows[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    try {
      const isColumn = table.columns.some((column) => column.name === name);
      slices.push(
        ...(isColumn
          ? await sliceColumn(table, name, positions)
          : [await sliceExpression(table, name, positions)]),
      );
    } catch (error) {
      if (!(error instanceof ModelwrightError)) throw error;
      warnings.push(`The slice \`${name}\` is left out: ${error.message}`);
    }
  }
  return { slices, warnings };
}

/** Rows where the expression is true; null is not true. */
async function sliceExpression(table: Table, text: string, positions: Int32Array): Promise<SliceRows> {
  const { ast, problem } = parseSlice(text);
  if (ast === undefined) throw new ModelwrightError('bad-slice', { slice: text, reason: problem.message });
  const truth = await table.test(formatExpression(ast));
  return { name: text, members: indicesWhere(positions, (position) => truth[position] === 1) };
}

/** Few distinct values stand for themselves; more are cut at their quartiles. */
function sliceByQuartile(column: TableColumn, values: Float64Array, positions: Int32Array): SliceRows[] {
  const present = Float64Array.from(positions, (position) => values[position] ?? Number.NaN)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const name = spell(column.name);
  const write = column.kind === 'datetime' ? formatInstant : String;
  const distinct = distinctUpTo(present, 8);
  if (distinct) {
    return groupBy(
      positions,
      (position) => values[position] ?? Number.NaN,
      (value) => (Number.isNaN(value) ? `${name} is null` : `${name}=${write(value)}`),
    );
  }
  const at = (share: number) => present[Math.floor(share * present.length)] ?? 0;
  const cuts = [...new Set([at(0.25), at(0.5), at(0.75)])].filter((cut) => cut > (present[0] ?? 0));
  const quarter = (value: number) =>
    Number.isNaN(value) ? Number.NaN : cuts.filter((cut) => value >= cut).length;
  return groupBy(
    positions,
    (position) => quarter(values[position] ?? Number.NaN),
    (index) => {
      if (Number.isNaN(index)) return `${name} is null`;
      const [low, high] = [cuts[index - 1], cuts[index]];
      const from = low === undefined ? '' : `${name} >= ${write(low)}`;
      const to = high === undefined ? '' : `${name} < ${write(high)}`;
      return from && to ? `${from} and ${to}` : from || to || `${name} is not null`;
    },
  );
}

function distinctUpTo(sorted: Float64Array, most: number): boolean {
  let distinct = 0;
  for (let i = 0; i < sorted.length && distinct <= most; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct <= most;
}

/** Groups in ascending order of their key, NaN last. */
function groupBy(
  positions: Int32Array,
  keyOf: (position: number) => number,
  nameOf: (key: number) => string,
): SliceRows[] {
  const members = new Map<number, number[]>();
  positions.forEach((position, index) => {
    const key = keyOf(position);
    const list = members.get(key);
    if (list) list.push(index);
    else members.set(key, [index]);
  });
  return [...members]
    .sort(([a], [b]) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b))
    .map(([key, list]) => ({ name: nameOf(key), members: Int32Array.from(list) }));
}

function indicesWhere(positions: Int32Array, holds: (position: number) => boolean): Int32Array {
  const found: number[] = [];
  positions.forEach((position, index) => {
    if (holds(position)) found.push(index);
  });
  return Int32Array.from(found);
}

/** A column name as an expression reads it. */
function spell(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;
}

function spellLevel(level: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(level) ? level : `'${level.replaceAll("'", "''")}'`;
}

/** Epoch seconds as an expression writes a date: without the time at midnight. */
function formatInstant(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}
