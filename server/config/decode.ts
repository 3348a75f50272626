/** The bytes of a text file to text: UTF-8, or UTF-16 where a byte order mark or NUL pattern says so. */

export interface DecodedText {
  /** Without byte order mark. */
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly bom: boolean;
  /** Set where the bytes are no text in that encoding; they stand as U+FFFD. */
  readonly problem?: string;
}

export function decodeText(bytes: Uint8Array): DecodedText {
  const [encoding, bomLength] = detect(bytes);
  const body = bytes.subarray(bomLength);
  const text = new TextDecoder(encoding).decode(body);
  const base = { text, encoding, bom: bomLength > 0 } as const;
  const bad = text.indexOf('\uFFFD');
  if (bad === -1 || isValid(body, encoding)) return base;
  const line = text.slice(0, bad).split(/\r\n|\r|\n/).length;
  return {
    ...base,
    problem: `Line ${line}: not ${encoding.toUpperCase()} text. Expected the file to be saved as UTF-8.`,
  };
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

function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
