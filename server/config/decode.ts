/** The bytes of a text file to text: UTF-8, or UTF-16 where a byte order mark or NUL pattern says so. */

export interface DecodedText {
  /** Without byte order mark. */
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly bom: boolean;
}

/** Bytes that are no text in that encoding stand as U+FFFD, which the YAML reader reports. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [encoding, bomLength] = detect(bytes);
  const text = new TextDecoder(encoding).decode(bytes.subarray(bomLength));
  return { text, encoding, bom: bomLength > 0 };
}

/** The inverse, for writing a file back as it was. */
export function encodeText(text: string, encoding: DecodedText['encoding'], bom: boolean): Uint8Array {
  const whole = bom ? `\uFEFF${text}` : text;
  if (encoding === 'utf-8') return new TextEncoder().encode(whole);
  const bytes = Buffer.from(whole, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

function detect(bytes: Uint8Array): [DecodedText['encoding'], number] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ['utf-8', 3];
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le', 2];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be', 2];
  if (bytes.length >= 4 && bytes[1] === 0 && bytes[3] === 0 && bytes[0] !== 0) return ['utf-16le', 0];
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[2] === 0 && bytes[1] !== 0) return ['utf-16be', 0];
  return ['utf-8', 0];
}
