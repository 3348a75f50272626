/** YAML read by parts, so that a key press reads again only the setting that it changed. What comes out is what `parseYaml` gives. */
import type { ConfigNode, MapEntry, MapNode } from '../configNode.ts';
import { Recent } from '../recent.ts';
import { TextDocument } from '../textDocument.ts';
import {
  KnownFaults,
  type KnownParts,
  longestFile,
  type PartsRead,
  parseYaml,
  type YamlResult,
} from './yaml.ts';
import { type Block, headLine, isDivisible, keyLine } from './yamlFirstError.ts';
import { deepest } from './yamlTree.ts';

/** Shorter settings are one part. UTF-16 code units. */
const smallest = 300;

interface Read {
  /** Where it was when it was read. */
  readonly at: number;
  /** The settings within, by their characters, where they were read one by one. */
  readonly inner: ReadonlyMap<string, Part>;
}

interface SoundPart extends Read {
  readonly entry: MapEntry;
  /** Levels below the key. */
  readonly depth: number;
}

interface FaultyPart extends Read {
  /** Within the part; absent where it is at fault itself. */
  readonly fault?: Block;
}

/** A setting with what is below it. */
type Part = SoundPart | FaultyPart;

/** Settings of one column. */
type Column = Pick<Read, 'inner'> &
  ({ readonly fault: Block } | { readonly map: MapNode; readonly depth: number });

/** Keeps the parts of one document from one text to the next; what cannot be read by parts is read as `parseYaml` does. */
export function createPartReader(): (document: TextDocument) => YamlResult {
  const parts = new Recent<Part>();
  let last: { readonly text: string; readonly read: PartsRead } | undefined;
  const known: KnownParts = {
    faults: new KnownFaults(),
    read: (text) => {
      if (last?.text !== text) last = { text, read: readParts(text, parts) };
      return last.read;
    },
  };
  return (document) => {
    for (const each of [parts, known.faults]) each.turn();
    last = undefined;
    const { text } = document;
    if (text.length > longestFile || !isDivisible(text)) return parseYaml(document);
    const { root } = known.read(text);
    return root === undefined ? parseYaml(document, 'settings', known) : { root, problems: [], damaged: [] };
  };
}

function readParts(text: string, parts: Recent<Part>): PartsRead {
  const column = new Reading(text, parts).column(0, text.length, 0);
  if (column === undefined) return {};
  return 'map' in column ? { root: column.map } : { fault: column.fault };
}

class Reading {
  readonly #text: string;
  readonly #parts: Recent<Part>;
  #within: ReadonlyMap<string, Part> | undefined;

  constructor(text: string, parts: Recent<Part>) {
    this.#text = text;
    this.#parts = parts;
  }

  /** The settings from one line to another; undefined where they must be read with what is around them. */
  column(from: number, end: number, level: number): Column | undefined {
    const { indent, starts } = this.#starts(from, end);
    if (starts.length === 0 || level > deepest) return undefined;
    const entries = new Map<string, MapEntry>();
    const inner = new Map<string, Part>();
    let depth = 0;
    for (const [index, start] of starts.entries()) {
      const stop = starts[index + 1] ?? end;
      const characters = this.#text.slice(start, stop) + (stop === this.#text.length ? '\u0000' : '');
      const found = this.#find(characters, level) ?? this.#part({ from: start, end: stop, indent }, level);
      if (found === undefined) return undefined;
      const part = this.#parts.keep(characters, movedPart(found, start));
      inner.set(characters, part);
      // Of a fault in a setting, what is around it knows no better.
      if (!('entry' in part)) return { inner, fault: part.fault ?? { from: start, end, indent } };
      const { entry } = part;
      if (part.depth + level > deepest || entries.has(entry.key)) return undefined;
      entries.set(entry.key, entry);
      depth = Math.max(depth, part.depth);
    }
    return { inner, map: mapOf([...entries.values()]), depth };
  }

  /** Where the lines with keys start; none unless the text is nothing but keys of one column and what is below them. */
  #starts(from: number, end: number): { readonly indent: number; readonly starts: readonly number[] } {
    const first = firstLine(this.#text, from, end);
    if (first === undefined) return { indent: 0, starts: [] };
    const { start, indent } = first;
    const starts: number[] = [];
    const outer = new RegExp(`\\n {0,${indent}}(?=[^ \\r\\n#])`, 'g');
    outer.lastIndex = start;
    for (let at = start; at < end; ) {
      if (!keyLine.test(this.#lineAt(at))) return { indent, starts: [] };
      starts.push(at);
      const next = outer.exec(this.#text);
      if (next === null) break;
      at = next.index + 1;
      if (at < end && next[0].length - 1 < indent) return { indent, starts: [] };
    }
    return { indent, starts };
  }

  #find(characters: string, level: number): Part | undefined {
    const known = this.#parts.find(characters);
    if (known !== undefined || level === 0) return known;
    this.#within ??= withinParts(this.#parts.results());
    return this.#within.get(characters);
  }

  /** A long setting by the settings below it; else by itself. */
  #part({ from, end, indent }: Block, level: number): Part | undefined {
    const below = this.#text.indexOf('\n', from) + 1;
    if (end - from > smallest && below > 0 && headLine.test(this.#lineAt(from))) {
      const column = this.column(below, end, level + 1);
      if (column !== undefined) {
        const { inner } = column;
        if ('fault' in column) return { at: from, inner, fault: column.fault };
        const keyStart = from + indent;
        const key = this.#text.slice(keyStart, this.#text.indexOf(':', keyStart)).replace(/ +$/, '');
        const entry = { key, keyStart, keyEnd: keyStart + key.length, node: column.map };
        return { at: from, inner, entry, depth: 1 + column.depth };
      }
    }
    const isLast = end === this.#text.length;
    return readPart(this.#text.slice(from, end), indent, { at: from, isLast });
  }

  #lineAt(start: number): string {
    const end = this.#text.indexOf('\n', start);
    return this.#text.slice(start, end < 0 ? undefined : end);
  }
}

/** The first line from a line's start on that is neither blank nor a comment. */
function firstLine(text: string, from: number, end: number): { start: number; indent: number } | undefined {
  const white = / *(?=[^ \r\n#])/y;
  for (let start = from; start < end; ) {
    white.lastIndex = start;
    if (white.test(text)) return { start, indent: white.lastIndex - start };
    const next = text.indexOf('\n', start) + 1;
    if (next === 0) return undefined;
    start = next;
  }
  return undefined;
}

/** Of settings that are read anew because one of those within was edited, all others are known. */
function withinParts(parts: Iterable<Part>): ReadonlyMap<string, Part> {
  const within = new Map<string, Part>();
  const add = (inner: Read['inner']): void => {
    for (const [characters, part] of inner) {
      within.set(characters, part);
      add(part.inner);
    }
  };
  for (const { inner } of parts) add(inner);
  return within;
}

function mapOf(entries: readonly MapEntry[]): MapNode {
  const start = entries[0]?.keyStart ?? 0;
  const end = Math.max(start, entries.at(-1)?.node.end ?? 0);
  return { kind: 'map', flow: false, entries, start, end };
}

const none: Read['inner'] = new Map();

function readPart(
  text: string,
  indent: number,
  { at, isLast }: { readonly at: number; readonly isLast: boolean },
): Part | undefined {
  const after = `${' '.repeat(indent)}x: 0\n`;
  const { root, problems, damaged } = parseYaml(new TextDocument(isLast ? text : text + after), 'sound');
  if (problems.length > 0 || damaged.length > 0) return { at, inner: none };
  if (root?.kind !== 'map' || root.flow) return undefined;
  const [entry, next, ...more] = root.entries;
  const alone = isLast ? next === undefined : next?.keyStart === text.length + indent && more.length === 0;
  if (entry === undefined || !alone || entry.keyStart !== indent) return undefined;
  return { at, inner: none, entry: moved(entry, at), depth: 1 + depthOf(entry.node) };
}

function depthOf(node: ConfigNode): number {
  if (node.kind === 'scalar') return 0;
  const inner = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  return inner.reduce((most, each) => Math.max(most, 1 + depthOf(each)), 0);
}

function movedPart(part: Part, at: number): Part {
  if (part.at === at) return part;
  const by = at - part.at;
  if ('entry' in part) return { ...part, at, entry: moved(part.entry, by) };
  if (part.fault === undefined) return { ...part, at };
  const { from, end, indent } = part.fault;
  return { ...part, at, fault: { from: from + by, end: end + by, indent } };
}

function moved({ key, keyStart, keyEnd, node }: MapEntry, by: number): MapEntry {
  return { key, keyStart: keyStart + by, keyEnd: keyEnd + by, node: movedNode(node, by) };
}

function movedNode(node: ConfigNode, by: number): ConfigNode {
  const start = node.start + by;
  const end = node.end + by;
  if (node.kind === 'scalar') return { ...node, start, end };
  if (node.kind === 'list')
    return { ...node, items: node.items.map((item) => movedNode(item, by)), start, end };
  return { ...node, entries: node.entries.map((entry) => moved(entry, by)), start, end };
}
