/** How a CSV file is written: delimiter, header, decimal sign; read from the first records, the rest is checked by DuckDB. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { TableSpec } from '../table.ts';
import { type CsvRecord, firstRecords } from './csvRecords.ts';
import { readHead } from './sources.ts';

export interface CsvDialect {
  readonly delimiter: string;
  readonly header: boolean;
  readonly decimal: '.' | ',';
  /** Column names; `column0`, `column1`, … where there are none. */
  readonly names: readonly string[];
}

type ReadDialect = TableSpec['read'] & {
  readonly tab?: boolean;
  /** For a first look, in which a guess from fewer records will do. */
  readonly soon?: boolean;
};

const headBytes = 1 << 20;
/** Of a file whose header is longer than that. */
const wideHeadBytes = 16 << 20;
const delimiters = [',', ';', '\t', '|'] as const;

/** Of a UTF-8 file. `path` is the name to report. Throws `data-empty` and `data-duplicate-column`. */
export async function readDialect(file: string, path: string, read: ReadDialect): Promise<CsvDialect> {
  if (read.delimiter !== undefined && !/^[^"\r\n]$/.test(read.delimiter)) {
    const reason = '`data.read.delimiter` must be one character, and no quote';
    throw new ModelwrightError('data-broken', { path, format: 'CSV', reason }, { file: path });
  }
  const { records, delimiter, whole } = await readFirst(file, read);
  const first = records[0];
  if (first === undefined) {
    if (whole) throw new ModelwrightError('data-empty', { path, what: 'the file is empty' }, { file: path });
    const reason = `its first record is longer than ${wideHeadBytes >> 20} MB`;
    throw new ModelwrightError('data-broken', { path, format: 'CSV', reason }, { file: path });
  }
  const header = read.header ?? !looksLikeData(first.fields);
  const rows = header ? records.slice(1) : records;
  if (rows.length === 0 && whole) {
    throw new ModelwrightError('data-empty', { path, what: 'there is only a header' }, { file: path });
  }
  const names = first.fields.map((name, index) => (header && name !== '' ? name : `column${index}`));
  refuseDuplicates(names, path);
  return {
    delimiter,
    header,
    names,
    decimal: read.decimal === ',' ? ',' : guessDecimal(rows, delimiter, read.decimal),
  };
}

interface FirstRecords {
  readonly records: readonly CsvRecord[];
  readonly delimiter: string;
  /** They are all that the file holds. */
  readonly whole: boolean;
}

async function readFirst(file: string, read: ReadDialect, bytes = headBytes): Promise<FirstRecords> {
  const head = await readHead(file, bytes);
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  const whole = head.length < bytes;
  const options = { whole, limit: read.soon === true ? 50 : 500 };
  const written = read.delimiter ?? (read.tab === true ? '\t' : undefined);
  const { delimiter, records } =
    written === undefined
      ? guessDelimiter(text, options)
      : { delimiter: written, records: firstRecords(text, written, options) };
  const cut = records.length === 0 && !whole && bytes < wideHeadBytes;
  return cut ? readFirst(file, read, wideHeadBytes) : { records, delimiter, whole };
}

/** Throws `data-duplicate-column`. */
export function refuseDuplicates(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const column of names) {
    if (seen.has(column))
      throw new ModelwrightError('data-duplicate-column', { path, column }, { file: path, column });
    seen.add(column);
  }
}

/** The delimiter under which most records have as many fields as the first; more fields win a tie. */
function guessDelimiter(
  text: string,
  options: { whole: boolean; limit: number },
): Pick<FirstRecords, 'delimiter' | 'records'> {
  let best: Pick<FirstRecords, 'delimiter' | 'records'> | undefined;
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const [first] = firstRecords(text, delimiter, { ...options, limit: 1 });
    const expected = first?.fields.length ?? 0;
    if (expected < 2) continue;
    const records = firstRecords(text, delimiter, options);
    const share = records.filter((record) => record.fields.length === expected).length / records.length;
    const score = share + expected / 1e6;
    if (score > bestScore) {
      best = { delimiter, records };
      bestScore = score;
    }
  }
  return best ?? { delimiter: ',', records: firstRecords(text, ',', options) };
}

/** All numbers, with a fraction among them: no one names columns so. */
function looksLikeData(fields: readonly string[]): boolean {
  return (
    fields.every((field) => /^\s*[+-]?\d*\.?\d+(e[+-]?\d+)?\s*$/i.test(field)) &&
    fields.some((f) => f.includes('.'))
  );
}

/** A comma where the delimiter is another sign and cells such as `1,5` but none such as `1.5` are seen. */
function guessDecimal(
  rows: readonly CsvRecord[],
  delimiter: string,
  declared: string | undefined,
): '.' | ',' {
  if (declared !== undefined || delimiter === ',') return '.';
  let commas = 0;
  for (const { fields } of rows) {
    for (const field of fields) {
      if (/^\s*[+-]?\d+\.\d+\s*$/.test(field)) return '.';
      if (/^\s*[+-]?\d+,\d+\s*$/.test(field)) commas++;
    }
  }
  return commas > 0 ? ',' : '.';
}
