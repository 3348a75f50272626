/** Wide CSV files into files of some columns each, in one pass: DuckDB reads a file of few columns in bounded memory. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnBlock } from '../duckdb/columnBlocks.ts';
import { soundRecords, type TextSource } from './csvSource.ts';

export interface CutRequest {
  readonly blocks: readonly ColumnBlock[];
  /** For each source, where each column of the first one stands in its records. */
  readonly orders: readonly (readonly number[])[];
  readonly directory: string;
}

/** Of all blocks together: characters that wait to be written. */
const waitingCharacters = 8 << 20;

/** For each block the parts of the sources, in their order. Throws `data-quote` and `data-ragged`. */
export async function cutCsv(
  sources: readonly TextSource[],
  { blocks, orders, directory }: CutRequest,
): Promise<TextSource[][]> {
  const cut = blocks.map((): TextSource[] => []);
  for (const [number, source] of sources.entries()) {
    const order = orders[number] ?? [];
    const files = blocks.map(({ table }) => join(directory, `${table}-${crypto.randomUUID()}.csv`));
    await cutFile(source, { files, blocks, order });
    for (const [index, { from, end }] of blocks.entries()) {
      const names = order.slice(from, end).map((place) => source.dialect.names[place] ?? '');
      const dialect = { ...source.dialect, delimiter: ',', names };
      cut[index]?.push({ path: source.path, file: files[index] ?? '', dialect });
    }
  }
  return cut;
}

async function cutFile(
  source: TextSource,
  {
    files,
    blocks,
    order,
  }: { files: readonly string[]; blocks: readonly ColumnBlock[]; order: readonly number[] },
): Promise<void> {
  const handles: FileHandle[] = [];
  try {
    for (const file of files) handles.push(await open(file, 'w'));
    const texts = blocks.map((): string[] => []);
    let waiting = 0;
    const write = async () => {
      for (const [index, handle] of handles.entries())
        await handle.appendFile(texts[index]?.splice(0).join('') ?? '');
      waiting = 0;
    };
    for await (const { fields } of soundRecords(source)) {
      for (const [index, { from, end }] of blocks.entries()) {
        const line = `${order
          .slice(from, end)
          .map((place) => quoted(fields[place] ?? ''))
          .join(',')}\n`;
        texts[index]?.push(line);
        waiting += line.length;
      }
      if (waiting > waitingCharacters) await write();
    }
    await write();
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** Only where it has to be, and where a record of one empty field would be a blank line. */
function quoted(field: string): string {
  return field === '' || /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
