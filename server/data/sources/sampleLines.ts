/** Some lines of a large file of text, by bytes: whole lines of each stretch, the first of the file with its header. */
import { writeFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileSample, SampleRequest } from './sampleRequest.ts';

const [lineFeed = 0, quote = 0, openBrace = 0] = Buffer.from('\n"{');

/** More of one stretch, of lines that are long, would take longer than a moment. */
const mostBytes = 64 * 1024;

/** A copy of some lines. Undefined where a line is no record. */
export async function sampleLines(
  path: string,
  { to, format, rows, stretches }: SampleRequest & { readonly format: 'csv' | 'tsv' | 'json' },
): Promise<FileSample | undefined> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, 65_536);
    // A byte order mark of two bytes, or an array of records.
    if (head.includes(0) || (format === 'json' && head[0] !== openBrace)) return undefined;
    const perRow = head.length / countLines(head);
    const length = Math.min(mostBytes, Math.ceil((rows / stretches) * perRow));
    const whole = size <= 2 * stretches * length;
    const pieces = whole ? [await read(0, size)] : [wholeLines(await read(0, length), true)];
    for (let at = 1; at < stretches && !whole; at++)
      pieces.push(
        wholeLines(await read(Math.floor((at * (size - length)) / (stretches - 1)), length), false),
      );
    if (format !== 'json' && pieces.some(hasOpenQuotes)) return undefined;
    const bytes = Buffer.concat(pieces);
    writeFileSync(to, bytes);
    const seen = countLines(bytes) - (format === 'json' ? 0 : 1);
    return { path: to, seen, total: (size / bytes.length) * seen, estimated: true };
  } finally {
    await file.close();
  }
}

/** `first`: the piece begins with a line; of others what is before the first line feed belongs to one that is cut. */
function wholeLines(piece: Buffer, first: boolean): Buffer {
  const start = first ? 0 : piece.indexOf(lineFeed) + 1;
  return piece.subarray(start, piece.lastIndexOf(lineFeed) + 1);
}

/** Whether a record of the piece may go on in its next line: JSON never does, quoted cells may hold line feeds. */
function hasOpenQuotes(piece: Buffer): boolean {
  if (!piece.includes(quote)) return false;
  let quotes = 0;
  for (const byte of piece) {
    if (byte === quote) quotes++;
    else if (byte === lineFeed && quotes % 2 === 1) return true;
  }
  return false;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++;
  return Math.max(1, lines);
}
