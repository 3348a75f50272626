/** Minimal text edits that keep comments and layout: what quick fixes are made of. */
import type { TextEdit } from '../protocol/finding.ts';
import { type ConfigNode, type Located, locate, type MapEntry, type MapNode } from './configNode.ts';
import { primaryOf } from './shorthands.ts';
import type { ConfigSource } from './source.ts';

/** Sets `path` to `yaml` (already YAML text on one line, such as `[a, b]`), adding missing parents. */
export function setEdit(source: ConfigSource, path: string, yaml: string): readonly TextEdit[] {
  const { root } = source;
  if (root === undefined) return [appendLines(source, nested(path.split('.'), yaml))];
  const written = source.locate(path);
  if (written !== undefined) return [replaceValue(source, written, yaml)];
  const parts = path.split('.');
  for (let kept = parts.length - 1; kept >= 0; kept--) {
    const parentPath = parts.slice(0, kept).join('.');
    const parent = locate(root, parentPath);
    if (parent === undefined) continue;
    const text = nested(parts.slice(kept), yaml);
    return addUnder(source, parent, parentPath, { flow: text, block: () => text });
  }
  return [];
}

/** Removes a setting or list item with its separator; its line with it, and a parent that would be left empty. */
export function removeEdit(source: ConfigSource, path: string): readonly TextEdit[] {
  const found = source.locate(path);
  const { parent } = found ?? {};
  if (found === undefined || parent === undefined) return [];
  const siblings = parent.kind === 'map' ? parent.entries.map(entryExtent) : parent.items.map(nodeExtent);
  const own = found.entry === undefined ? nodeExtent(found.node) : entryExtent(found.entry);
  const index = siblings.findIndex((sibling) => sibling.start === own.start);
  if (siblings.length === 1 && parent !== source.root) {
    return removeEdit(source, path.split('.').slice(0, -1).join('.'));
  }
  const next = siblings[index + 1];
  const previous = siblings[index - 1];
  if (parent.flow) {
    if (next !== undefined) return [replace(source, own.start, next.start, '')];
    return [replace(source, previous?.end ?? own.start, own.end, '')];
  }
  // The first key of a list item shares its line with the dash.
  const lineStart = source.text.text.lastIndexOf('\n', own.start - 1) + 1;
  const lead = source.text.text.slice(lineStart, own.start);
  if (parent.kind === 'map' && lead.trim() !== '' && next !== undefined)
    return [replace(source, own.start, next.start, '')];
  return [replace(source, lineStart, afterLine(source, own.end), '')];
}

/** Appends an item to a list, making the list when it is missing. */
export function appendEdit(source: ConfigSource, path: string, yaml: string): readonly TextEdit[] {
  const list = source.locate(path)?.node;
  if (list === undefined || (list.kind === 'scalar' && list.source === ''))
    return setEdit(source, path, `[${yaml}]`);
  if (list.kind === 'scalar') return setEdit(source, path, `[${list.source}, ${yaml}]`);
  if (list.kind === 'map') return [];
  const last = list.items.at(-1);
  if (list.flow) {
    return [insert(source, last?.end ?? list.start + 1, last === undefined ? yaml : `, ${yaml}`)];
  }
  if (last === undefined) return [];
  const indent = ' '.repeat(dashColumn(source, list.items[0] ?? last));
  return [insert(source, lineEnd(source, last.end), `\n${indent}- ${yaml}`)];
}

/** Renames a key. */
export function renameEdit(source: ConfigSource, path: string, key: string): readonly TextEdit[] {
  const { entry } = source.locate(path) ?? {};
  return entry === undefined ? [] : [replace(source, entry.keyStart, entry.keyEnd, key)];
}

/** A plain value as YAML on one line, quoted where YAML or an expression would need it. */
export function yamlScalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (
    /^(?:\.{1,2}\/)*[\p{L}_][\p{L}\p{N}_ ./()<>=+-]*$/u.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(value) &&
    !/[ ]$|: | #/.test(value)
  ) {
    return value;
  }
  return /['\n\r\t]/.test(value) ? JSON.stringify(value) : `'${value}'`;
}

/** At the end of a file that holds nothing yet but comments. */
export function appendLines(source: ConfigSource, lines: string): TextEdit {
  return insert(source, source.text.text.length, `${freshLine(source)}${lines}\n`);
}

/** One or more entries of a map: on one line, and as lines whose keys stand in a column, the first without its indent. */
export interface Entries {
  readonly flow: string;
  readonly block: (column: number) => string;
}

/** Adds entries to what is written at `path`: a map, nothing at all, or the plain value that a map has a shorthand for. */
export function addUnder(
  source: ConfigSource,
  parent: Located,
  path: string,
  entries: Entries,
): readonly TextEdit[] {
  const { node } = parent;
  if (node.kind === 'map') return [addEntry(source, node, entries)];
  if (node.kind === 'scalar' && node.source === '') return [fillEmpty(source, parent, entries)];
  const primary = primaryOf(path);
  if (primary === undefined || (node.kind === 'scalar' && node.style === 'block')) return [];
  if (node.kind === 'list' && !node.flow) return besideList(source, parent, primary, entries);
  const lines = entries.block(0);
  if (parent.entry !== undefined && parent.parent?.flow === false && lines.includes('\n'))
    return besidePlain(source, { node, entry: parent.entry }, primary, entries);
  const old = source.text.text.slice(node.start, node.end);
  return [replaceValue(source, parent, `{${primary}: ${old}, ${entries.flow}}`)];
}

/** The plain value moves to a line below its key, under the key that it is a shorthand for. */
function besidePlain(
  source: ConfigSource,
  { node, entry }: { readonly node: ConfigNode; readonly entry: MapEntry },
  primary: string,
  { block }: Entries,
): readonly TextEdit[] {
  const column = source.text.positionAt(entry.keyStart).character + indentOf(source);
  const lead = `\n${' '.repeat(column)}`;
  const colon = source.text.text.indexOf(':', entry.keyEnd) + 1;
  return [
    replace(source, colon, node.start, `${lead}${primary}: `),
    insert(source, lineEnd(source, contentEnd(source, node)), lead + block(column)),
  ];
}

function addEntry(source: ConfigSource, map: MapNode, { flow, block }: Entries): TextEdit {
  const last = map.entries.at(-1);
  if (map.flow) {
    return insert(source, last?.node.end ?? map.start + 1, last === undefined ? flow : `, ${flow}`);
  }
  const column = source.text.positionAt(map.entries[0]?.keyStart ?? map.start).character;
  const at = last === undefined ? map.end : lineEnd(source, contentEnd(source, last.node));
  return insert(source, at, `\n${' '.repeat(column)}${block(column)}`);
}

/** Under a key without a value: in braces where that is one line and not too long, else as lines of their own. */
function fillEmpty(
  source: ConfigSource,
  { node, entry, parent }: Located,
  { flow, block }: Entries,
): TextEdit {
  const key = entry === undefined ? 0 : source.text.positionAt(entry.keyStart).character;
  const column = key + indentOf(source);
  const lines = block(column);
  if (entry === undefined || parent?.flow === true || !lines.includes('\n'))
    return insert(source, node.start, ` {${flow}}`);
  return insert(source, lineEnd(source, entry.keyEnd), `\n${' '.repeat(column)}${lines}`);
}

/** Puts the key that a list of lines is a shorthand for above it, and the entries below. */
function besideList(
  source: ConfigSource,
  { node, entry }: Located,
  primary: string,
  { block }: Entries,
): readonly TextEdit[] {
  const items = node.kind === 'list' ? node.items : [];
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined || entry === undefined) return [];
  const key = source.text.positionAt(entry.keyStart).character;
  const dash = dashColumn(source, first);
  // Items may stand right under their key, but not under the one that they come to belong to.
  const column = dash > key ? dash : key + indentOf(source);
  const top = source.text.positionAt(first.start).line;
  const end = contentEnd(source, last);
  const shift = ' '.repeat(column - dash);
  const edits: TextEdit[] = [];
  for (let line = top; line <= source.text.positionAt(end).line; line++) {
    const head = line === top ? `${' '.repeat(column)}${primary}:\n` : '';
    const lead = source.text.lineAt(line).trim() === '' ? head : head + shift;
    if (lead !== '') edits.push(insert(source, source.text.offsetAt({ line, character: 0 }), lead));
  }
  return [...edits, insert(source, lineEnd(source, end), `\n${' '.repeat(column)}${block(column)}`)];
}

/** By how many columns the file sets in what stands below a key; 2 where nothing does. */
export function indentOf({ root, text }: ConfigSource): number {
  const entries = root?.kind === 'map' && !root.flow ? root.entries : [];
  for (const { keyStart, node } of entries) {
    if (node.kind !== 'map' || node.flow || node.entries[0] === undefined) continue;
    return text.positionAt(node.entries[0].keyStart).character - text.positionAt(keyStart).character;
  }
  return 2;
}

function replaceValue(source: ConfigSource, { node, entry }: Located, yaml: string): TextEdit {
  if (node.kind === 'scalar' && node.source === '') return insert(source, node.start, ` ${yaml}`);
  const block = node.kind === 'scalar' ? node.style === 'block' : !node.flow;
  if (!block || entry === undefined) return replace(source, node.start, contentEnd(source, node), yaml);
  const colon = source.text.text.indexOf(':', entry.keyEnd) + 1;
  return replace(source, colon, contentEnd(source, node), ` ${yaml}`);
}

/** `a: {b: {c: yaml}}`. */
function nested(keys: readonly string[], yaml: string): string {
  const [first = '', ...rest] = keys;
  return rest.length === 0 ? `${yamlKey(first)}: ${yaml}` : `${yamlKey(first)}: {${nested(rest, yaml)}}`;
}

/** A key, quoted where YAML needs it. */
export function yamlKey(key: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(key) ? key : JSON.stringify(key);
}

function entryExtent(entry: { readonly keyStart: number; readonly node: ConfigNode }): {
  start: number;
  end: number;
} {
  return { start: entry.keyStart, end: Math.max(entry.node.end, entry.keyStart) };
}

function nodeExtent(node: ConfigNode): { start: number; end: number } {
  return { start: node.start, end: node.end };
}

/** The end of a value without the white space that block text ends with. */
function contentEnd(source: ConfigSource, node: ConfigNode): number {
  return node.start + source.text.text.slice(node.start, node.end).trimEnd().length;
}

function lineEnd(source: ConfigSource, offset: number): number {
  const { line } = source.text.positionAt(offset);
  return source.text.offsetAt({ line, character: Number.MAX_SAFE_INTEGER });
}

function afterLine(source: ConfigSource, offset: number): number {
  const trimmed = source.text.text.slice(0, offset).trimEnd().length;
  return source.text.offsetAt({ line: source.text.positionAt(trimmed).line + 1, character: 0 });
}

function dashColumn(source: ConfigSource, item: ConfigNode): number {
  const { line } = source.text.positionAt(item.start);
  return Math.max(0, source.text.lineAt(line).indexOf('-'));
}

function freshLine(source: ConfigSource): string {
  const { text } = source.text;
  return text === '' || text.endsWith('\n') ? '' : '\n';
}

function insert(source: ConfigSource, offset: number, text: string): TextEdit {
  return replace(source, offset, offset, text);
}

function replace(source: ConfigSource, start: number, end: number, text: string): TextEdit {
  return { range: source.text.rangeAt(start, end), text };
}
