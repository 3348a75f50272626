/** Lets apache-arrow read compressed files: Zstandard through Node, LZ4 (what pandas writes as Feather) decoded here. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CompressionType, compressionRegistry } from 'apache-arrow';

export function acceptCompression(): void {
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (data) => zstdDecompressSync(data),
    encode: (data) => zstdCompressSync(data),
  });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
}

/** LZ4 frame format 1.6: header, then blocks until an empty one. Checksums are skipped. Throws on a frame cut short. */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error('an LZ4 frame does not start as one');
  const flags = view.getUint8(4);
  const hasSize = (flags & 8) !== 0;
  const blockChecksums = (flags & 16) !== 0;
  let at = 6 + (hasSize ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0) + 1;
  const out = new Growing(hasSize ? Number(view.getBigUint64(6, true)) : frame.length * 4);
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) return out.bytes();
    const length = size & 0x7fffffff;
    const block = frame.subarray(at, at + length);
    if (size >>> 31 === 1) out.append(block);
    else decodeBlock(block, out);
    at += length + (blockChecksums ? 4 : 0);
  }
}

/** A sequence of literals, each followed by a copy from what was decoded before. */
function decodeBlock(block: Uint8Array, out: Growing): void {
  let at = 0;
  const byte = (): number => {
    const value = block[at++];
    if (value === undefined) throw new Error('an LZ4 block is cut short');
    return value;
  };
  const lengthOf = (start: number): number => {
    let length = start;
    if (start === 15) for (let more = 255; more === 255; ) length += more = byte();
    return length;
  };
  while (at < block.length) {
    const token = byte();
    const literals = lengthOf(token >> 4);
    out.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const offset = byte() | (byte() << 8);
    out.copyBack(offset, lengthOf(token & 15) + 4);
  }
}

class Growing {
  #buffer: Uint8Array;
  #length = 0;

  constructor(size: number) {
    this.#buffer = new Uint8Array(Math.max(size, 64));
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The source may overlap what is written: byte by byte then, as the format means it. */
  copyBack(offset: number, length: number): void {
    if (offset === 0 || offset > this.#length) throw new Error('an LZ4 block refers to before its start');
    this.#reserve(length);
    const from = this.#length - offset;
    if (offset >= length) this.#buffer.copyWithin(this.#length, from, from + length);
    else
      for (let index = 0; index < length; index++)
        this.#buffer[this.#length + index] = this.#buffer[from + index] ?? 0;
    this.#length += length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + more));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
