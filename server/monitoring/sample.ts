/** One side of a comparison: a seeded sample of a table's rows, and what is counted over all of them. */

import type { ColumnKind } from '../catalog/columns.ts';
import { referenceRows } from '../catalog/driftThresholds.ts';
import type { Table } from '../data/table.ts';
import { DuckTable } from '../data/tables/duckTable.ts';
import { pickRows, totalLevels, totalNumbers } from '../data/tables/pickRows.ts';
import { createRandom } from '../statistics/random.ts';
import { describeTexts } from './texts.ts';

export interface Sample {
  /** All rows. */
  readonly rows: number;
  /** Rows of the sample. */
  readonly sampled: number;
  readonly columns: readonly ColumnSample[];
  /** Number of the group of each sampled row, where rows of a group resemble each other. */
  readonly units?: Int32Array;
}

interface SharedFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Of all rows. */
  readonly missing: number;
  /** What the model answers, rather than what it is asked. */
  readonly role?: 'prediction';
}

/** Numbers and truth values. */
export interface NumberSample extends SharedFacts {
  readonly form: 'numbers';
  /** Of the sampled rows; NaN where missing. */
  readonly values: Float64Array;
  /** Of all rows. */
  readonly low: number;
  readonly high: number;
  /** Of a current side: how many of all rows lie outside the reference's range. */
  readonly outside: number;
}

export interface LevelSample extends SharedFacts {
  readonly form: 'levels';
  readonly levels: readonly string[];
  /** Of the sampled rows: 0 where missing, else 1 + the index of the level. */
  readonly codes: Int32Array;
  /** Of all rows, by level. */
  readonly counts: ArrayLike<number>;
}

export interface TextSample extends SharedFacts {
  readonly form: 'texts';
  /** Of the sampled rows; NaN where missing. */
  readonly descriptors: readonly { readonly name: string; readonly values: Float64Array }[];
}

export interface TimeSample extends SharedFacts {
  readonly form: 'times';
  /** Rows on each day, by days since 1970; of all rows. */
  readonly days: ReadonlyMap<number, number>;
}

/** Of a kind that is not compared. */
export interface OtherSample extends SharedFacts {
  readonly form: 'other';
}

export type ColumnSample = NumberSample | LevelSample | TextSample | TimeSample | OtherSample;

/** Rows of a reference, and of what is compared with it (drift.md 4.3). */
export const sampleSizes = { reference: referenceRows, current: 20_000 } as const;

export interface ReadOptions {
  /** Largest sample. */
  readonly most: number;
  readonly seed: number;
  readonly side: 'reference' | 'current';
  /** Columns to read; all by default. */
  readonly columns?: ReadonlySet<string>;
  /** What this side is compared with: values outside its ranges are counted. */
  readonly against?: Sample;
  /** Rows with the same value of this column are kept, and permuted, together. */
  readonly group?: string;
  /** Positions to choose from; all by default. */
  readonly rows?: Int32Array;
  /** The sample itself, where it is chosen already. */
  readonly chosen?: Int32Array;
  readonly roles?: Readonly<Record<string, 'prediction'>>;
}

export async function readSample(table: Table, options: ReadOptions): Promise<Sample> {
  const rows = options.rows ?? positions(table.rowCount);
  const units = options.group === undefined ? undefined : await unitsOf(table, options.group);
  const chosen = options.chosen ?? chooseRows(rows, units, options);
  const wanted = table.columns.filter(({ name }) => options.columns?.has(name) ?? true);
  const requests = wanted.map(({ name, kind }): ColumnRequest => {
    const against = options.against?.columns.find((column) => column.name === name);
    return { name, kind, rows, chosen, against, role: roleOf(options, name) };
  });
  const columns =
    options.rows === undefined && chosen.length < rows.length && table instanceof DuckTable
      ? await readOfAll(table, requests, chosen)
      : await readEach(table, requests);
  return {
    rows: rows.length,
    sampled: chosen.length,
    columns,
    ...(units === undefined ? {} : { units: Int32Array.from(chosen, (row) => units[row] ?? 0) }),
  };
}

function positions(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}

function roleOf({ roles }: ReadOptions, name: string): 'prediction' | undefined {
  return roles !== undefined && Object.hasOwn(roles, name) ? roles[name] : undefined;
}

/** Rows without a group are groups of their own. */
async function unitsOf(table: Table, group: string): Promise<Int32Array> {
  const { codes, levels } = await table.dictionary(group);
  return codes.map((code, row) => (code === 0 ? levels.length + 1 + row : code));
}

/** In their order; whole groups, the last of which may go beyond the limit. */
function chooseRows(
  rows: Int32Array,
  units: Int32Array | undefined,
  { most, seed, side }: ReadOptions,
): Int32Array {
  if (rows.length <= most) return rows;
  const random = createRandom(seed, 'drift sample', side);
  if (units === undefined) {
    const left = rows.slice();
    for (let i = 0; i < most; i++) {
      const j = i + random.int(left.length - i);
      const row = left[j] ?? 0;
      left[j] = left[i] ?? 0;
      left[i] = row;
    }
    return left.subarray(0, most).sort();
  }
  const sizes = new Map<number, number>();
  for (const row of rows) sizes.set(units[row] ?? 0, (sizes.get(units[row] ?? 0) ?? 0) + 1);
  const names = Int32Array.from(sizes.keys());
  random.shuffle(names);
  const taken = new Set<number>();
  let count = 0;
  for (const name of names) {
    if (count >= most) break;
    taken.add(name);
    count += sizes.get(name) ?? 0;
  }
  return rows.filter((row) => taken.has(units[row] ?? 0));
}

async function readEach(table: Table, requests: readonly ColumnRequest[]): Promise<ColumnSample[]> {
  const columns: ColumnSample[] = [];
  for (const request of requests) columns.push(await readColumn(table, request));
  return columns;
}

/** The same where all rows of a table are asked about: DuckDB counts, and hands over the chosen rows alone. */
async function readOfAll(
  table: DuckTable,
  requests: readonly ColumnRequest[],
  chosen: Int32Array,
): Promise<ColumnSample[]> {
  const picked = await pickRows(table, chosen);
  const numeric = requests.filter(({ kind }) => formOf(kind) === 'numbers');
  const totals = await totalNumbers(
    table,
    numeric.map(({ name, against }) => ({ name, range: against?.form === 'numbers' ? against : undefined })),
  );
  const columns: ColumnSample[] = [];
  for (const request of requests) {
    const { name, kind } = request;
    const own = totals[numeric.indexOf(request)];
    switch (formOf(kind)) {
      case 'numbers':
        if (own !== undefined)
          columns.push({ ...headOf(request), form: 'numbers', values: await picked.numbers(name), ...own });
        break;
      case 'levels': {
        const { levels, counts, codes } = await totalLevels(table, picked, name);
        const missing = counts.reduce((left, count) => left - count, table.rowCount);
        columns.push({ ...headOf(request), form: 'levels', missing, levels, codes, counts });
        break;
      }
      case 'texts': {
        const texts = await picked.rawStrings(name, positions(picked.rowCount));
        columns.push({ ...headOf(request), ...textsOf(texts, table.rowCount) });
        break;
      }
      default:
        columns.push(await readColumn(table, request));
    }
  }
  return columns;
}

function formOf(kind: ColumnKind): ColumnSample['form'] {
  switch (kind) {
    case 'numeric':
    case 'boolean':
    case 'cyclic':
      return 'numbers';
    case 'categorical':
    case 'ordinal':
      return 'levels';
    case 'datetime':
      return 'times';
    case 'text':
      return 'texts';
    default:
      return 'other';
  }
}

function headOf({ name, kind, role }: ColumnRequest): SharedHead {
  return { name, kind, ...(role === undefined ? {} : { role }) };
}

type SharedHead = Omit<SharedFacts, 'missing'>;

interface ColumnRequest {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly rows: Int32Array;
  readonly chosen: Int32Array;
  readonly against: ColumnSample | undefined;
  readonly role: 'prediction' | undefined;
}

async function readColumn(table: Table, request: ColumnRequest): Promise<ColumnSample> {
  const { name, kind, rows, chosen } = request;
  const head = headOf(request);
  switch (formOf(kind)) {
    case 'numbers':
      return { ...head, ...numbersOf(await table.numbers(name), request) };
    case 'levels': {
      const { levels, codes } = await table.dictionary(name);
      const counts = new Float64Array(levels.length + 1);
      for (const row of rows) counts[codes[row] ?? 0] = (counts[codes[row] ?? 0] ?? 0) + 1;
      const own = Int32Array.from(chosen, (row) => codes[row] ?? 0);
      return {
        ...head,
        form: 'levels',
        missing: counts[0] ?? 0,
        levels,
        codes: own,
        counts: counts.subarray(1),
      };
    }
    case 'times': {
      const seconds = await table.numbers(name);
      const days = new Map<number, number>();
      let missing = 0;
      for (const row of rows) {
        const day = Math.floor((seconds[row] ?? Number.NaN) / 86_400);
        if (Number.isNaN(day)) missing++;
        else days.set(day, (days.get(day) ?? 0) + 1);
      }
      return { ...head, form: 'times', missing, days };
    }
    case 'texts':
      return { ...head, ...textsOf(await table.rawStrings(name, chosen), rows.length) };
    default:
      return { ...head, form: 'other', missing: 0 };
  }
}

/** Free text is read in the sample only: its share of missing rows stands for all. */
function textsOf(
  texts: readonly string[],
  rows: number,
): Pick<TextSample, 'form' | 'missing' | 'descriptors'> {
  const empty = texts.filter((text) => text === '').length;
  const missing = Math.round((empty / Math.max(1, texts.length)) * rows);
  return { form: 'texts', missing, descriptors: describeTexts(texts) };
}

function numbersOf(
  all: Float64Array,
  { rows, chosen, against }: ColumnRequest,
): Omit<NumberSample, 'name' | 'kind'> {
  const range = against?.form === 'numbers' ? against : { low: -Infinity, high: Infinity };
  let [missing, outside, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < rows.length; i++) {
    const value = all[rows[i] ?? 0] ?? Number.NaN;
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    if (value < low) low = value;
    if (value > high) high = value;
    if (value < range.low || value > range.high) outside++;
  }
  const values = Float64Array.from(chosen, (row) => all[row] ?? Number.NaN);
  return { form: 'numbers', missing, values, low, high, outside };
}
