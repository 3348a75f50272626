/** Tensors as bytes (binary tensor data extension of the Open Inference Protocol): little-endian, row-major, text with its length before it. */

/** Undefined where the bytes are no tensor of that type. */
export function decodeTensor(datatype: string, bytes: Buffer): ArrayLike<unknown> | undefined {
  if (datatype === 'BYTES') return decodeTexts(bytes);
  const reader = readers[datatype];
  if (reader === undefined || bytes.length % reader.size !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / reader.size }, (_, index) =>
    reader.read(view, index * reader.size),
  );
}

export function encodeFloats(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, 4 * index);
  });
  return bytes;
}

/** As INT64. */
export function encodeIntegers(values: Uint8Array): Buffer {
  return Buffer.from(BigInt64Array.from(values, BigInt).buffer);
}

export function encodeBytes(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

function decodeTexts(bytes: Buffer): string[] | undefined {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) return undefined;
    try {
      texts.push(utf8.decode(bytes.subarray(at + 4, end)));
    } catch {
      return undefined;
    }
    at = end;
  }
  return texts;
}

interface Reader {
  readonly size: number;
  read(view: DataView, at: number): number | boolean;
}

const readers: Readonly<Record<string, Reader>> = {
  BOOL: { size: 1, read: (view, at) => view.getUint8(at) !== 0 },
  INT8: { size: 1, read: (view, at) => view.getInt8(at) },
  UINT8: { size: 1, read: (view, at) => view.getUint8(at) },
  INT16: { size: 2, read: (view, at) => view.getInt16(at, true) },
  UINT16: { size: 2, read: (view, at) => view.getUint16(at, true) },
  INT32: { size: 4, read: (view, at) => view.getInt32(at, true) },
  UINT32: { size: 4, read: (view, at) => view.getUint32(at, true) },
  INT64: { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  UINT64: { size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  FP16: { size: 2, read: (view, at) => view.getFloat16(at, true) },
  FP32: { size: 4, read: (view, at) => view.getFloat32(at, true) },
  FP64: { size: 8, read: (view, at) => view.getFloat64(at, true) },
};
