/** Makes sure that a text file is whole UTF-8 before DuckDB sees it: finds NULs and wrong bytes, transcodes what is not UTF-8. */
import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ModelwrightError } from '../../catalog/errors.ts';
import { readHead } from './sources.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1' | 'windows-1252';

/**
 * The path of a UTF-8 copy in `directory`, or of the file itself where it is UTF-8. `encoding` as in `data.read`;
 * without one: the byte order mark, zeros at every other byte, UTF-8, else Windows-1252 (Latin-1 with more letters).
 * Throws `data-encoding` and `data-nul`.
 */
export async function asUtf8(path: string, encoding: string | undefined, directory: string): Promise<string> {
  const declared = encoding === undefined ? undefined : encodingOf(encoding, path);
  const guess = declared ?? guessEncoding(await readHead(path, 4096));
  if (guess !== 'utf-8') return transcode(path, guess, directory);
  const bad = await findBadByte(path);
  if (bad === undefined) return path;
  if (bad.nul) throw new ModelwrightError('data-nul', { path, byte: bad.byte }, { file: path });
  if (declared === undefined) return transcode(path, 'windows-1252', directory);
  throw new ModelwrightError('data-encoding', { path, encoding: 'UTF-8', byte: bad.byte }, { file: path });
}

function encodingOf(name: string, path: string): Encoding {
  const plain = name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const known = encodings[plain];
  if (known === undefined)
    throw new ModelwrightError('data-encoding', { path, encoding: name, byte: 0 }, { file: path });
  return known;
}

const encodings: Readonly<Record<string, Encoding>> = {
  utf8: 'utf-8',
  ascii: 'utf-8',
  utf16: 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  latin1: 'latin-1',
  iso88591: 'latin-1',
  cp1252: 'windows-1252',
  windows1252: 'windows-1252',
};

function guessEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0) even++;
    if (head[at + 1] === 0) odd++;
  }
  const pairs = head.length / 2;
  if (odd > pairs * 0.4 && even === 0) return 'utf-16le';
  if (even > pairs * 0.4 && odd === 0) return 'utf-16be';
  return 'utf-8';
}

/** The first NUL, else the first piece that is not UTF-8 (to the nearest megabyte's start when deep inside). */
async function findBadByte(path: string): Promise<{ byte: number; nul: boolean } | undefined> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  let invalid: number | undefined;
  for await (const piece of pieces(path)) {
    const nul = piece.indexOf(0);
    if (nul >= 0) return { byte: offset + nul, nul: true };
    if (invalid === undefined) {
      const whole = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const end = completeEnd(whole);
      if (!isUtf8(whole.subarray(0, end)))
        invalid = offset - rest.length + firstInvalid(whole.subarray(0, end));
      rest = whole.subarray(end);
    }
    offset += piece.length;
  }
  if (invalid === undefined && rest.length > 0) invalid = offset - rest.length;
  return invalid === undefined ? undefined : { byte: invalid, nul: false };
}

/** Where the last complete character ends: a sequence cut by the end of the piece is left for the next. */
function completeEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** Where the first character that is none starts. */
function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, completeEnd(bytes.subarray(0, middle))))) valid = middle;
    else invalid = middle;
  }
  return completeEnd(bytes.subarray(0, valid));
}

async function transcode(path: string, encoding: Encoding, directory: string): Promise<string> {
  const target = join(directory, `${crypto.randomUUID()}.txt`);
  await pipeline(decoded(path, encoding), createWriteStream(target));
  return target;
}

async function* decoded(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = encoding === 'latin-1' ? undefined : new TextDecoder(encoding, { fatal: true });
  let offset = 0;
  for await (const piece of pieces(path)) {
    let text: string;
    try {
      text = decoder === undefined ? piece.toString('latin1') : decoder.decode(piece, { stream: true });
    } catch {
      throw new ModelwrightError('data-encoding', { path, encoding, byte: offset }, { file: path });
    }
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new ModelwrightError('data-nul', { path, byte: offset + nul }, { file: path });
    offset += piece.length;
    yield text;
  }
  try {
    yield decoder?.decode() ?? '';
  } catch {
    throw new ModelwrightError('data-encoding', { path, encoding, byte: offset }, { file: path });
  }
}

function pieces(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 1 << 20 });
}
