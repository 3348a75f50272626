/** The first fault of a text that has many: read in windows of a few settings, so that each fault costs its surroundings and not the file. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
import { isMap, isScalar, type YAMLError, YAMLParseError } from 'yaml';
import { type ParseResult, parseOne } from './yamlParse.ts';

/** Text that is better read whole: odd characters, conflicts, several documents, anchors and what may be aliases. */
const whole =
  /[\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F\uFFFD-\uFFFF]|\r(?!\n)|^(?:<{7}|={7}|>{7}|\|{7}|---|\.\.\.|%)|(?:^|[\s,[{:-])[&*!?]/m;

/** A line that starts with a plain key. */
export const keyLine = /^ *[\p{L}_][^:#\n"'{}[\],&*!|>%@`]*:(?=\s|$)/u;

/** Whether the settings of a text mean the same when they are read without those around them. */
export function isDivisible(text: string): boolean {
  return !whole.test(text);
}

/** Offsets of top-level keys, ascending: whatever stands before the last of them is sound, whatever follows. */
export type SoundUntil = readonly number[];

export interface FirstError {
  readonly error?: YAMLError;
  readonly sound: SoundUntil;
  /** Where all of the text was read. */
  readonly parsed?: ParseResult;
}

/** Of a window to start with. UTF-16 code units. */
const smallest = 500;

/** The error that `errorOfWhole` gives, of a text that is divisible. */
export function firstError(text: string, sound: SoundUntil = []): FirstError {
  const known = [...sound];
  let size = smallest;
  for (;;) {
    const from = known.at(-1) ?? 0;
    const { end, last } = windowOf(text, from, size);
    const { document, error } = parseOne(text.slice(from, end));
    if (error?.code === 'RESOURCE_EXHAUSTION') return errorOfWhole(text);
    const isRest = end === text.length;
    if (error !== undefined && (isRest || from + error.pos[1] < last))
      return { error: moved(error, from), sound: known };
    if (error === undefined && isRest) return { sound: known };
    if (error !== undefined || !isKeyAt(text, end) || !isMap(document.contents)) {
      // What is open at the end of the window is closed further below, or never.
      size *= 2;
      continue;
    }
    known.push(...keysOf(document.contents, { text, from }).filter((at) => at > from), end);
    size = smallest;
  }
}

/** Of a text that is read whole. */
export function errorOfWhole(text: string): FirstError {
  const parsed = parseOne(text);
  const { error } = parsed;
  if (error === undefined) return { sound: [], parsed };
  const keys = keysOf(parsed.document.contents, { text, from: 0 });
  return { error, sound: keys.filter((at) => at < error.pos[0]), parsed };
}

/** Cut where a line stands at the margin; `last`: where the last of those within it starts. */
function windowOf(text: string, from: number, size: number): { end: number; last: number } {
  const margin = /\n(?=[^\s#\]}-])/g;
  const rest = text.slice(from);
  let last = from;
  for (;;) {
    const found = margin.exec(rest);
    if (found === null) return { end: text.length, last };
    const at = from + found.index + 1;
    if (at - from >= size && last > from) return { end: at, last };
    last = at;
  }
}

/** Whether a line at the margin starts with a plain key, which nothing above can go on with. */
function isKeyAt(text: string, at: number): boolean {
  const end = text.indexOf('\n', at);
  return text[at] !== ' ' && keyLine.test(text.slice(at, end < 0 ? undefined : end));
}

/** Of a mapping: its keys at the margin. */
function keysOf(root: unknown, { text, from }: { text: string; from: number }): number[] {
  if (!isMap(root) || root.flow === true) return [];
  const keys = root.items.flatMap(({ key }) => (isScalar(key) && key.range ? [from + key.range[0]] : []));
  return keys.filter((at) => (at === 0 || text[at - 1] === '\n') && isKeyAt(text, at));
}

function moved(error: YAMLError, by: number): YAMLError {
  if (by === 0) return error;
  const [start, end] = error.pos;
  return new YAMLParseError([start + by, end + by], error.code, error.message);
}
