/** A CSV file on its way into DuckDB, and the exact place of what is wrong with one of its records. */
import { createReadStream } from 'node:fs';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { CsvDialect } from './csvDialect.ts';
import { type CsvRecord, readRecords } from './csvRecords.ts';

export interface TextSource {
  /** As the user knows it. */
  readonly path: string;
  /** UTF-8, perhaps a copy. */
  file: string;
  dialect: CsvDialect;
}

/** The records of a file, its header too. Throws `data-quote` and `data-ragged` for the first that is at fault. */
export async function* soundRecords({ path, file, dialect }: TextSource): AsyncGenerator<CsvRecord> {
  let row = dialect.header ? -1 : 0;
  const expected = dialect.names.length;
  const text = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
  for await (const record of readRecords(text, dialect.delimiter)) {
    const { fields, line, fault } = record;
    const place = { file: path, row, range: lineRange(line) };
    if (fault !== undefined) {
      const what = fault === 'open' ? 'is never closed' : 'is followed by more text after it closes';
      throw new ModelwrightError('data-quote', { path, row, line: line + 1, fault: what }, place);
    }
    if (fields.length !== expected) {
      throw new ModelwrightError(
        'data-ragged',
        { path, row, line: line + 1, found: fields.length, expected },
        place,
      );
    }
    yield record;
    row++;
  }
}

function lineRange(line: number) {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}
