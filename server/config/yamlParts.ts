/** YAML read by parts, so that a key press reads again only the setting that it changed. What comes out is what `parseYaml` gives. */
import type { ConfigNode, MapEntry, MapNode } from './configNode.ts';
import { Recent } from './recent.ts';
import { TextDocument } from './textDocument.ts';
import { type KnownParts, longestFile, parseYaml, type YamlResult } from './yaml.ts';
import { headLine, isDivisible, keyLine } from './yamlFirstError.ts';
import { deepest } from './yamlTree.ts';

/** Shorter settings are one part. UTF-16 code units. */
const smallest = 300;

interface Part {
  /** Where it was when it was read. */
  readonly at: number;
  readonly entry: MapEntry;
  /** Levels below the key. */
  readonly depth: number;
}

interface Line {
  readonly start: number;
  /** Of the text after the white space; -1 for blank lines and comments. */
  readonly indent: number;
}

/** Keeps the parts of one document from one text to the next; what cannot be read by parts is read as `parseYaml` does. */
export function createPartReader(): (document: TextDocument) => YamlResult {
  const parts = new Recent<Part>();
  const known: KnownParts = {
    windows: new Recent(),
    read: (text) => new Reading(text, parts).root(),
  };
  return (document) => {
    for (const each of [parts, known.windows]) each.turn();
    const { text } = document;
    if (text.length > longestFile || !isDivisible(text)) return parseYaml(document);
    const root = known.read(text);
    return root === undefined ? parseYaml(document, 'settings', known) : { root, problems: [], damaged: [] };
  };
}

class Reading {
  readonly #text: string;
  readonly #parts: Recent<Part>;
  /** Of a fault in a setting, what is around it knows no better. */
  #isFaulty = false;

  constructor(text: string, parts: Recent<Part>) {
    this.#text = text;
    this.#parts = parts;
  }

  root(): MapNode | undefined {
    return mapOf(this.#entries(linesOf(this.#text), 0));
  }

  /** The settings that start on these lines at one column; undefined where they must be read with what is around them. */
  #entries(lines: readonly Line[], level: number): MapEntry[] | undefined {
    const starts = this.#starts(lines);
    if (starts === undefined || level > deepest) return undefined;
    const entries: MapEntry[] = [];
    const names = new Set<string>();
    for (const [index, start] of starts.entries()) {
      const entry = this.#entry(lines.slice(start, starts[index + 1]), level);
      if (entry === undefined || names.has(entry.key)) return undefined;
      names.add(entry.key);
      entries.push(entry);
    }
    return entries;
  }

  /** Indices of the lines with keys; undefined unless the text is nothing but keys of one column and what is below them. */
  #starts(lines: readonly Line[]): number[] | undefined {
    const starts: number[] = [];
    let column = -1;
    for (const [index, { start, indent }] of lines.entries()) {
      if (indent < 0) continue;
      if (column < 0) column = indent;
      if (indent > column) continue;
      if (indent < column || !keyLine.test(this.#lineAt(start))) return undefined;
      starts.push(index);
    }
    return starts.length === 0 ? undefined : starts;
  }

  #entry(lines: readonly Line[], level: number): MapEntry | undefined {
    const [first, second] = lines;
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const start = first.start;
    const end = this.#endOf(last);
    const head = this.#lineAt(start);
    if (second !== undefined && end - start > smallest && headLine.test(head)) {
      const inner = this.#inner(lines, level);
      if (inner !== undefined) {
        const keyStart = start + first.indent;
        const colon = this.#text.indexOf(':', keyStart);
        const keyEnd = keyStart + this.#text.slice(keyStart, colon).replace(/ +$/, '').length;
        return { key: this.#text.slice(keyStart, keyEnd), keyStart, keyEnd, node: inner };
      }
      if (this.#isFaulty) return undefined;
    }
    return this.#leaf(start, end, first.indent, level);
  }

  #inner(lines: readonly Line[], level: number): MapNode | undefined {
    const below = lines.slice(1);
    const indent = below.find((line) => line.indent >= 0)?.indent ?? -1;
    if (indent <= (lines[0]?.indent ?? 0)) return undefined;
    return mapOf(this.#entries(below, level + 1));
  }

  /** Read by itself, with a key after it as in the file; the last setting of a file has none. */
  #leaf(start: number, end: number, indent: number, level: number): MapEntry | undefined {
    const text = this.#text.slice(start, end);
    const isLast = end === this.#text.length;
    const key = isLast ? `${text}\u0000` : text;
    const known = this.#parts.find(key) ?? readPart(text, indent, { at: start, isLast });
    this.#isFaulty ||= known === 'faulty';
    if (known === undefined || known === 'faulty' || known.depth + level > deepest) return undefined;
    const part =
      known.at === start ? known : { ...known, at: start, entry: moved(known.entry, start - known.at) };
    return this.#parts.keep(key, part).entry;
  }

  #lineAt(start: number): string {
    const end = this.#text.indexOf('\n', start);
    return this.#text.slice(start, end < 0 ? undefined : end);
  }

  #endOf({ start }: Line): number {
    const end = this.#text.indexOf('\n', start);
    return end < 0 ? this.#text.length : end + 1;
  }
}

function mapOf(entries: readonly MapEntry[] | undefined): MapNode | undefined {
  const [first] = entries ?? [];
  if (entries === undefined || first === undefined) return undefined;
  const end = Math.max(first.keyStart, entries.at(-1)?.node.end ?? 0);
  return { kind: 'map', flow: false, entries, start: first.keyStart, end };
}

function readPart(
  text: string,
  indent: number,
  { at, isLast }: { readonly at: number; readonly isLast: boolean },
): Part | 'faulty' | undefined {
  const after = `${' '.repeat(indent)}x: 0\n`;
  const { root, problems, damaged } = parseYaml(new TextDocument(isLast ? text : text + after), 'sound');
  if (problems.length > 0 || damaged.length > 0) return 'faulty';
  if (root?.kind !== 'map' || root.flow) return undefined;
  const [entry, next, ...more] = root.entries;
  const alone = isLast ? next === undefined : next?.keyStart === text.length + indent && more.length === 0;
  if (entry === undefined || !alone || entry.keyStart !== indent) return undefined;
  return { at, entry: moved(entry, at), depth: 1 + depthOf(entry.node) };
}

function depthOf(node: ConfigNode): number {
  if (node.kind === 'scalar') return 0;
  const inner = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  return inner.reduce((most, each) => Math.max(most, 1 + depthOf(each)), 0);
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

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    let at = start;
    while (text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    const empty = Number.isNaN(code) || code === 10 || code === 13 || code === 35;
    lines.push({ start, indent: empty ? -1 : at - start });
    const end = text.indexOf('\n', at);
    start = end < 0 ? text.length : end + 1;
  }
  return lines;
}
