/** One value of a request as the model's raw input takes it (cli.md), or the fault with its row and column. */
import type { ColumnKind } from '../catalog/columns.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import type { CellCheck } from '../onnx/contract.ts';
import type { Strictness } from './settings.ts';

export interface InputColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly input: 'float' | 'string' | 'date';
  /** The levels that the model knows, where it refuses all others. */
  readonly levels: ReadonlySet<string> | undefined;
  /** What the contract says of a cell; absent where it says nothing of the column. */
  readonly check?: CellCheck | undefined;
}

export interface Reading {
  readonly strictness: Strictness;
  /** Values are cells of a CSV file: all of them text, numbers too. */
  readonly text: boolean;
}

/**
 * A float64 (NaN where missing) for float inputs, else text ('' where missing).
 * @throws ModelwrightError request-value, level-unseen
 */
export function readCell(
  column: InputColumn,
  value: unknown,
  row: number,
  reading: Reading,
): number | string {
  if (value === null) return missing(column);
  const read = readers[column.input](value, reading);
  if (read === undefined) {
    if (reading.strictness === 'none' && typeof value !== 'object') return missing(column);
    throw new ModelwrightError(
      'request-value',
      { row, column: column.name, value: shown(value), wanted: wants[column.input] },
      { row, column: column.name },
    );
  }
  if (column.levels !== undefined && !column.levels.has(String(read))) {
    const level = { column: column.name, level: read };
    throw new ModelwrightError('level-unseen', level, { row, column: column.name });
  }
  return read;
}

function missing({ input }: InputColumn): number | string {
  return input === 'float' ? Number.NaN : '';
}

const wants = {
  float: 'a number',
  string: 'text',
  date: 'a date such as 2024-05-31 or 2024-05-31T14:30:00Z',
} as const;

const readers: Readonly<
  Record<InputColumn['input'], (value: unknown, reading: Reading) => number | string | undefined>
> = {
  float(value, reading) {
    if (typeof value === 'number') return inFloat32(value);
    if (typeof value === 'bigint') return inFloat32(Number(value));
    if (typeof value === 'boolean') return Number(value);
    if (typeof value !== 'string') return undefined;
    // The only way that JSON can say them; they are missing to the model.
    if (/^(NaN|-?Infinity)$/.test(value)) return Number.NaN;
    return reading.strictness === 'strict' && !reading.text ? undefined : numberOf(value);
  },
  string(value) {
    if (typeof value === 'string') return value;
    return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined;
  },
  date(value, reading) {
    if (typeof value !== 'string') return undefined;
    const text = value === '' ? '' : dateOf(value);
    // What cannot be parsed counts as missing in the model, as it did in training.
    return text ?? (reading.strictness === 'strict' ? undefined : value);
  },
};

/** Infinite or overflowing is missing. */
function inFloat32(value: number): number {
  return Number.isFinite(Math.fround(value)) ? value : Number.NaN;
}

/** Text that is a number; undefined where it is none. */
function numberOf(text: string): number | undefined {
  const plain = text.trim().toLowerCase();
  if (plain === '') return Number.NaN;
  if (plain === 'true' || plain === 'false') return Number(plain === 'true');
  if (/^[+-]?(inf|infinity|nan)$/.test(plain)) return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain) ? inFloat32(Number(plain)) : undefined;
}

const datePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/;

/** `YYYY-MM-DDTHH:MM:SS` in UTC, fractions cut; undefined where the text is no date. */
function dateOf(text: string): string | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = 'Z'] =
    datePattern.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = new Date(`${local}Z`);
  // JavaScript turns the 31st of a short month into the next one.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 19) !== local) return undefined;
  if (zone === 'Z') return local;
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  if (Math.abs(offset) >= 24 * 60 || Number(minutes) > 59) return undefined;
  const utc = new Date(at.getTime() - offset * 60_000).toISOString();
  // Years before 0 or after 9999 have another form; the model takes neither.
  return utc.length === 24 ? utc.slice(0, 19) : undefined;
}

/** A value as JSON, short enough for a sentence. A list may nest deeper than it could be written. */
function shown(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
