/** The first fault of a text that has many: read in windows of a few settings, so that each fault costs its surroundings and not the file. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
import { isMap } from 'yaml';
import type { Recent } from '../recent.ts';
import { type ParseResult, parseOne, type YamlFault } from './yamlParse.ts';

/** What is better read whole: odd characters; conflicts and several documents; anchors and what may be aliases. */
const odd = /[\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F\uFFFD-\uFFFF]|\r(?!\n)/;
const divider = /^(?:<{7}|={7}|>{7}|\|{7}|---|\.\.\.|%)/m;
const anchor = /(?:^|[\s,[{:-])[&*!?]/m;

/** A line that starts with a plain key. */
export const keyLine = /^ *[\p{L}_][^:#\n"'{}[\],&*!|>%@`]*:(?= |\r?$)/u;
/** A key whose value stands below it. */
export const headLine = /^ *[\p{L}_][^:#\n"'{}[\],&*!|>%@`]*: *\r?$/u;

/** Whether the settings of a text mean the same when they are read without those around them. */
export function isDivisible(text: string): boolean {
  // Most texts hold none of the signs, which is sooner seen than that none stands where it means something.
  return !odd.test(text) && !divider.test(text) && !(/[&*!?]/.test(text) && anchor.test(text));
}

export interface FirstError {
  readonly error?: YamlFault;
  /** Where all of the text was read. */
  readonly parsed?: ParseResult;
}

/** A stretch of text read by itself. */
export interface Window {
  readonly error?: YamlFault;
  /** Whether it is nothing but settings. */
  readonly settings: boolean;
}

/** Settings of one column, with what is below them. */
export interface Block {
  readonly from: number;
  readonly end: number;
  readonly indent: number;
}

/** Of a window to start with, and of a setting that is looked into. UTF-16 code units. */
const smallest = 500;

/** What is known of a text that is divisible. */
export interface Divisible {
  /** Whose first setting is at fault, where what stands before it is known to be sound. */
  readonly from?: Block | undefined;
}

/** The error that `errorOfWhole` gives; `windows`: of this text and those before it. `known` changes only the time. */
export function firstError(text: string, windows: Recent<Window>, known?: Divisible): FirstError {
  const near = known?.from && errorWithin(text, known.from, windows);
  if (near?.error !== undefined) return near;
  const block = { from: 0, end: text.length, indent: 0 };
  const divisible = known !== undefined || isDivisible(text);
  return (divisible ? errorWithin(text, block, windows) : undefined) ?? errorOfWhole(text);
}

/** Of a text that is read whole. */
export function errorOfWhole(text: string): FirstError {
  const parsed = parseOne(text);
  return parsed.error === undefined ? { parsed } : { error: parsed.error, parsed };
}

/** Undefined where the block alone does not tell. */
function errorWithin(text: string, block: Block, windows: Recent<Window>): FirstError | undefined {
  let size = smallest;
  for (let from = block.from; from < block.end; ) {
    const { next, last, end } = windowOf(text, { ...block, from }, size);
    const inner =
      size === smallest && isEnd(text, next, block)
        ? innerOf(text, { ...block, from, end: next })
        : undefined;
    const within = inner && errorWithin(text, inner, windows);
    if (within?.error !== undefined) return within;
    if (within !== undefined) {
      from = next;
      continue;
    }
    const { error, settings } = windows.recall(text.slice(from, end), readWindow);
    if (error?.code === 'RESOURCE_EXHAUSTION') return undefined;
    const isRest = end === text.length;
    if (error !== undefined && (isRest || from + error.pos[1] < last)) return { error: moved(error, from) };
    if (error === undefined && (isRest || (settings && isEnd(text, end, block)))) {
      from = end;
      size = smallest;
    } else if (end === block.end) return undefined;
    // What is open at the end of the window is closed further below, or never.
    else size *= 2;
  }
  return {};
}

function readWindow(text: string): Window {
  const { document, error } = parseOne(text);
  const settings = isMap(document.contents) && document.contents.flow !== true;
  return error === undefined ? { settings } : { error, settings };
}

/**
 * From the start of `block`, cut where a line stands in its column. `next`: where its second setting starts; `last`:
 * where the last of those in the window starts. A long setting is left to the next window.
 */
function windowOf(text: string, { from, end, indent }: Block, size: number) {
  const column = new RegExp(`\\n {${indent}}(?=[^ \\r\\n#\\]}-])`, 'g');
  column.lastIndex = from;
  let next = end;
  let [before, last] = [from, from];
  for (;;) {
    const found = column.exec(text)?.index ?? end;
    const at = found >= end ? end : found + 1;
    if (last === from) next = at;
    if (size === smallest && last > from && at - last > smallest) return { next, last: before, end: last };
    if (at === end || (at - from >= size && last > from)) return { next, last, end: at };
    [before, last] = [last, at];
  }
}

/** Of one long setting what stands below its key, where that is nothing but settings of one column. */
function innerOf(text: string, { from, end, indent }: Block): Block | undefined {
  const below = text.indexOf('\n', from) + 1;
  if (end - from <= smallest || below === 0 || below >= end) return undefined;
  if (!headLine.test(text.slice(from, below - 1))) return undefined;
  const first = /^ *(?=[^ \r\n#])/m;
  const lines = text.slice(below, end);
  const start = first.exec(lines);
  const inside = start?.[0].length ?? 0;
  if (start === null || inside <= indent || !isKeyAt(text, below + start.index, inside)) return undefined;
  const outside = new RegExp(`^ {0,${inside - 1}}[^ \\r\\n#]`, 'm');
  return outside.test(lines) ? undefined : { from: below + start.index, end, indent: inside };
}

/** Whether nothing above can go on here. */
function isEnd(text: string, at: number, { end, indent }: Block): boolean {
  return at === end || isKeyAt(text, at, indent);
}

function isKeyAt(text: string, at: number, indent: number): boolean {
  const end = text.indexOf('\n', at);
  const line = text.slice(at, end < 0 ? undefined : end);
  return line.search(/[^ ]/) === indent && keyLine.test(line);
}

function moved({ code, message, pos: [start, end] }: YamlFault, by: number): YamlFault {
  return { code, message, pos: [start + by, end + by] };
}
