/** Where in an experiment a position stands, read from the text before it alone: while one types, the YAML is broken. */
import type { TextDocument } from '../config/textDocument.ts';
import { FlowScanner } from './flowScanner.ts';

export interface Cursor {
  /** To the map that a key is written in, or to the value itself. */
  readonly steps: readonly (string | number)[];
  /** `either`: the start of a list item or of a line, where a key or a value can come. */
  readonly role: 'key' | 'value' | 'either';
  /** Of the key or value around the position, quotes left out. */
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly quote: '' | '"' | "'";
  /** What it stands in between brackets; else undefined. */
  readonly flow: 'map' | 'list' | undefined;
  /** Column at which the keys of this place start. */
  readonly indent: number;
  /** A colon follows: the key is there already. */
  readonly hasColon: boolean;
}

type Frame =
  | { readonly kind: 'map'; readonly indent: number; key: string }
  | { readonly kind: 'list'; readonly indent: number; index: number };

/** Undefined within comments and block text. */
export function cursorAt(document: TextDocument, offset: number): Cursor | undefined {
  const { text } = document;
  const { line } = document.positionAt(offset);
  const scanner = new BlockScanner();
  for (let at = sectionStart(document, line); at < line; at++) scanner.line(document.lineAt(at));
  const lineStart = document.offsetAt({ line, character: 0 });
  const found = scanner.end(text.slice(lineStart, offset));
  if (found === undefined) return undefined;
  const { wordColumn, role, steps, quote, flow, indent } = found;
  const start = lineStart + wordColumn;
  const rest = text.slice(offset, lineStart + document.lineAt(line).length);
  const after = wordEnd(rest, { quote, flow: flow !== undefined });
  const colon = quote === '' ? after : after + 1;
  const hasColon = role !== 'value' && /^\s*:(?:\s|$)/.test(rest.slice(colon));
  return { steps, role, start, end: offset + after, offset, quote, flow, indent, hasColon };
}

/** The last line at the margin that holds a key: what stands before it has no say. */
function sectionStart(document: TextDocument, line: number): number {
  let at = line;
  while (at > 0 && !/^[^\s#\]}-]/.test(document.lineAt(at))) at--;
  return at;
}

/** How much of the rest of the line belongs to the word at the cursor. */
function wordEnd(rest: string, { quote, flow }: { quote: string; flow: boolean }): number {
  if (quote !== '') {
    const close = rest.indexOf(quote);
    return close < 0 ? rest.trimEnd().length : close;
  }
  const stop = (flow ? /[,\]}]|:(?=[\s,\]}]|$)|\s#/ : /:(?=\s|$)|\s#/).exec(rest);
  return rest.slice(0, stop?.index ?? rest.length).trimEnd().length;
}

interface Place extends Pick<Cursor, 'steps' | 'role' | 'quote' | 'flow' | 'indent'> {
  readonly wordColumn: number;
}

const plainKey = /^((?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=\S))(?:[^:#]|:(?=\S)|(?<=\S)#)*?)\s*:(?=\s|$)/;
const quotedKey = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?=\s|$)/;

/** Follows the indentation of block YAML line by line, and hands brackets to a FlowScanner. */
class BlockScanner {
  #frames: Frame[] = [];
  #flow: { readonly scanner: FlowScanner; readonly indent: number } | undefined;
  /** Lines indented deeper than this are text of a `|` or `>`. */
  #blockText: number | undefined;

  line(content: string): void {
    if (this.#skips(content)) return;
    const rest = this.#enter(content);
    if (rest === undefined) return;
    const value = content.slice(rest).replace(/^(?:[&!]\S*\s+)+/, '');
    if (/^[|>][-+\d]*\s*(?:#.*)?$/.test(value)) this.#blockText = this.#top()?.indent ?? 0;
    else if (/^[[{]/.test(value)) this.#openFlow(value);
  }

  /** Of the cursor, given its line up to it. */
  end(before: string): Place | undefined {
    const indent = leading(before);
    if (before.trim() === '' && this.#flow === undefined) return this.#fresh(before.length);
    if (this.#skips(before)) return this.#flow === undefined ? undefined : this.#inFlow(0);
    if (/^\s*#/.test(before)) return undefined;
    const rest = this.#enter(before);
    if (rest === undefined) return this.#word(before, Math.max(indent, this.#afterDashes(before)), 'either');
    const value = before.slice(rest);
    if (/(?:^|\s)#/.test(value) && !/^["']/.test(value)) return undefined;
    if (/^[[{]/.test(value)) {
      this.#openFlow(value);
      return this.#flow === undefined ? undefined : this.#inFlow(rest);
    }
    if (/^[|>&*!]/.test(value)) return undefined;
    return this.#word(before, rest, 'value');
  }

  #skips(content: string): boolean {
    if (this.#flow !== undefined) {
      const { scanner, indent } = this.#flow;
      const abandoned = content.trim() !== '' && leading(content) <= indent && keyOf(content.trimStart());
      if (!abandoned) {
        scanner.newLine();
        scanner.scan(content);
        if (scanner.closed) this.#flow = undefined;
        return true;
      }
      this.#flow = undefined;
    }
    if (content.trim() === '') return true;
    if (this.#blockText !== undefined) {
      if (leading(content) > this.#blockText) return true;
      this.#blockText = undefined;
    }
    return /^\s*#/.test(content);
  }

  /** Takes in dashes and a key; returns where the value starts, undefined where there is no key. */
  #enter(content: string): number | undefined {
    let column = leading(content);
    while (/^-(?:\s|$)/.test(content.slice(column))) {
      this.#dash(column);
      column += 1 + leading(content.slice(column + 1));
    }
    const key = keyOf(content.slice(column));
    if (key !== undefined) {
      this.#key(column, key.name);
      return column + key.length + leading(content.slice(column + key.length));
    }
    if (/^[[{]/.test(content.slice(column))) return column;
    this.#leaveTo(column);
    return undefined;
  }

  #dash(column: number): void {
    while ((this.#top()?.indent ?? -1) > column) this.#frames.pop();
    const top = this.#top();
    if (top?.kind === 'list' && top.indent === column) top.index++;
    else this.#frames.push({ kind: 'list', indent: column, index: 0 });
  }

  #key(column: number, key: string): void {
    this.#leaveTo(column);
    const top = this.#top();
    if (top?.kind === 'map' && top.indent === column) top.key = key;
    else this.#frames.push({ kind: 'map', indent: column, key });
  }

  /** Ends what is indented deeper, and a list whose dashes stand at this column. */
  #leaveTo(column: number): void {
    for (let top = this.#top(); top !== undefined; top = this.#top()) {
      if (top.indent < column || (top.indent === column && top.kind === 'map')) return;
      this.#frames.pop();
    }
  }

  #openFlow(value: string): void {
    const scanner = new FlowScanner();
    scanner.scan(value);
    if (!scanner.closed) this.#flow = { scanner, indent: this.#mapIndent() };
  }

  #mapIndent(): number {
    return this.#frames.findLast(({ kind }) => kind === 'map')?.indent ?? -1;
  }

  /** A line without a word: deeper than the last key means inside it. */
  #fresh(column: number): Place | undefined {
    if (this.#blockText !== undefined && column > this.#blockText) return undefined;
    this.#leaveTo(column);
    return this.#word('', column, 'either', column);
  }

  #word(before: string, column: number, role: 'either' | 'value', fresh?: number): Place {
    const top = this.#top();
    const quote = /^["']/.exec(before.slice(column))?.[0] ?? '';
    const inMap =
      role === 'either' && (top === undefined || (top.kind === 'map' && top.indent >= (fresh ?? column)));
    return {
      // At the column of a map's keys a further key of it comes.
      steps: inMap ? this.#steps().slice(0, -1) : this.#steps(),
      role: inMap ? 'key' : role,
      wordColumn: column + quote.length,
      quote: quote === '"' || quote === "'" ? quote : '',
      flow: undefined,
      indent: column,
    };
  }

  #inFlow(column: number): Place | undefined {
    const place = this.#flow?.scanner.place();
    if (place === undefined) return undefined;
    return {
      ...place,
      steps: [...this.#steps(), ...place.steps],
      wordColumn: column + place.wordColumn,
      indent: this.#mapIndent() + 2,
    };
  }

  #afterDashes(before: string): number {
    return /^\s*(?:-\s+)*/.exec(before)?.[0].length ?? 0;
  }

  #steps(): (string | number)[] {
    return this.#frames.map((frame) => (frame.kind === 'map' ? frame.key : frame.index));
  }

  #top(): Frame | undefined {
    return this.#frames.at(-1);
  }
}

function keyOf(content: string): { name: string; length: number } | undefined {
  const match = quotedKey.exec(content) ?? plainKey.exec(content);
  if (match === null) return undefined;
  const [whole, written = ''] = match;
  const name = /^["']/.test(written) ? written.slice(1, -1) : written;
  return { name, length: whole.length };
}

function leading(content: string): number {
  return content.length - content.trimStart().length;
}
