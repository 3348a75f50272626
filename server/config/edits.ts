/** Minimal text edits that keep comments and layout: what quick fixes are made of. */
import type { TextEdit } from '../protocol/finding.ts';
import { type ConfigNode, type Located, locate, type MapNode } from './configNode.ts';
import { primaryOf } from './shorthands.ts';
import type { ConfigSource } from './source.ts';

/** Sets `path` to `yaml` (already YAML text on one line, such as `[a, b]`), adding missing parents. */
export function setEdit(source: ConfigSource, path: string, yaml: string): readonly TextEdit[] {
  const { root } = source;
  if (root === undefined)
    return [
      insert(source, source.text.text.length, `${freshLine(source)}${nested(path.split('.'), yaml)}\n`),
    ];
  const written = source.locate(path);
  if (written !== undefined) return [replaceValue(source, written, yaml)];
  const parts = path.split('.');
  for (let kept = parts.length - 1; kept >= 0; kept--) {
    const parentPath = parts.slice(0, kept).join('.');
    const parent = locate(root, parentPath);
    if (parent === undefined) continue;
    return addTo(source, parent, { path: parentPath, rest: parts.slice(kept), yaml });
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

function addTo(
  source: ConfigSource,
  parent: Located,
  { path, rest, yaml }: { path: string; rest: readonly string[]; yaml: string },
): readonly TextEdit[] {
  const text = nested(rest, yaml);
  const { node } = parent;
  if (node.kind === 'map') return [addEntry(source, node, text)];
  if (node.kind === 'scalar' && node.source === '') return [replaceValue(source, parent, `{${text}}`)];
  const primary = primaryOf(path);
  if (primary === undefined) return [];
  if (node.kind === 'list' && !node.flow) return [];
  const old = source.text.text.slice(node.start, node.end);
  return [replaceValue(source, parent, `{${primary}: ${old}, ${text}}`)];
}

function addEntry(source: ConfigSource, map: MapNode, text: string): TextEdit {
  const last = map.entries.at(-1);
  if (map.flow) {
    return insert(source, last?.node.end ?? map.start + 1, last === undefined ? text : `, ${text}`);
  }
  const column = source.text.positionAt(map.entries[0]?.keyStart ?? map.start).character;
  const at = last === undefined ? map.end : lineEnd(source, contentEnd(source, last.node));
  return insert(source, at, `\n${' '.repeat(column)}${text}`);
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
