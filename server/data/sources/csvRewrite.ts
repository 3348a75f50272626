/** Writes a CSV file anew in the plainest form: for files that are sound but that DuckDB's parser refuses. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readRecords } from './csvRecords.ts';

/** The path of a copy in `directory` with commas, line feeds and quotes around every field. */
export async function rewriteCsv(file: string, delimiter: string, directory: string): Promise<string> {
  const target = join(directory, `${crypto.randomUUID()}.csv`);
  await pipeline(lines(file, delimiter), createWriteStream(target));
  return target;
}

async function* lines(file: string, delimiter: string): AsyncGenerator<string> {
  const text = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
  for await (const { fields } of readRecords(text, delimiter)) {
    yield `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`;
  }
}
