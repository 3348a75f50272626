/** New settings put into a text, several at once: in the style of what stands around them, long ones as lines of their own. */
import type { TextEdit } from '../protocol/finding.ts';
import { type ConfigNode, locate } from './configNode.ts';
import { addUnder, appendEdit, appendLines, type Entries, indentOf, setEdit, yamlKey } from './edits.ts';
import { isMap } from './schema/nodes.ts';
import type { ConfigSource } from './source.ts';

/** What is put in: a piece of YAML on one line, or a list or map of such pieces. */
export type Written = string | readonly Written[] | WrittenMap;
export interface WrittenMap {
  readonly [key: string]: Written;
}

export interface Insertion {
  readonly path: string;
  readonly value: Written;
}

/** Longer lines are broken up into keys and items, each on its own. */
const longestLine = 100;

/**
 * Writes each setting, with the sections above it that are missing, each section once. Where something is written at the
 * path it is replaced, and a list of items gets more items.
 */
export function insertEdits(source: ConfigSource, insertions: readonly Insertion[]): readonly TextEdit[] {
  const { root } = source;
  if (root === undefined) {
    const whole = insertions.reduce<WrittenMap>(
      (tree, { path, value }) => put(tree, path.split('.'), value),
      {},
    );
    return insertions.length === 0 ? [] : [appendLines(source, entriesOf(whole, indentOf(source)).block(0))];
  }
  const edits: TextEdit[] = [];
  const under = new Map<string, WrittenMap>();
  for (const { path, value } of insertions) {
    const located = source.locate(path);
    const written = located?.node;
    if (located !== undefined && isTree(value) && isEmpty(located.node)) {
      edits.push(...addUnder(source, located, path, entriesOf(value, indentOf(source))));
    } else if (written === undefined) {
      const [parent, rest] = split(path, (each) => locate(root, each) !== undefined);
      under.set(parent, put(under.get(parent) ?? {}, rest, value));
    } else if (Array.isArray(value) && written.kind === 'list' && written.items.length > 0) {
      for (const item of value) edits.push(...appendEdit(source, path, flowOf(item)));
    } else edits.push(...setEdit(source, path, flowOf(value)));
  }
  // Where both end at one place, what stands deeper comes first.
  const depth = (path: string) => (path === '' ? 0 : path.split('.').length);
  for (const [path, tree] of [...under].toSorted(([a], [b]) => depth(b) - depth(a))) {
    const parent = locate(root, path);
    if (parent !== undefined)
      edits.push(...addUnder(source, parent, path, entriesOf(tree, indentOf(source))));
  }
  return edits;
}

function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' ? node.source === '' : node.kind === 'map' && node.entries.length === 0;
}

/** The longest part of a path that is there, and the steps that are not. */
function split(path: string, isThere: (path: string) => boolean): [string, readonly string[]] {
  const steps = path.split('.');
  let kept = steps.length - 1;
  while (kept > 0 && !isThere(steps.slice(0, kept).join('.'))) kept--;
  return [steps.slice(0, kept).join('.'), steps.slice(kept)];
}

function put(tree: WrittenMap, [step = '', ...rest]: readonly string[], value: Written): WrittenMap {
  const below = Object.hasOwn(tree, step) ? tree[step] : undefined;
  return { ...tree, [step]: rest.length === 0 ? value : put(isTree(below) ? below : {}, rest, value) };
}

function entriesOf(tree: WrittenMap, indent: number): Entries {
  return {
    flow: inner(tree),
    block: (column) =>
      Object.entries(tree)
        .flatMap(([key, value]) => lines(`${yamlKey(key)}:`, value, { column, indent }))
        .join(`\n${' '.repeat(column)}`),
  };
}

/** `lead value` on one line, or below `lead`; lines are without the indent of `column`. */
function lines(
  lead: string,
  value: Written,
  { column, indent }: { readonly column: number; readonly indent: number },
): string[] {
  const line = `${lead} ${flowOf(value)}`;
  if (typeof value === 'string' || column + line.length <= longestLine) return [line];
  const inside = { column: column + indent, indent };
  const below = isTree(value)
    ? Object.entries(value).flatMap(([key, each]) => lines(`${yamlKey(key)}:`, each, inside))
    : value.flatMap((item) => itemLines(item, inside));
  return [lead, ...below.map((each) => ' '.repeat(indent) + each)];
}

function itemLines(item: Written, place: { readonly column: number; readonly indent: number }): string[] {
  const line = `- ${flowOf(item)}`;
  if (!isTree(item) || place.column + line.length <= longestLine) return [line];
  const [first = '', ...rest] = Object.entries(item).flatMap(([key, each]) =>
    lines(`${yamlKey(key)}:`, each, { ...place, column: place.column + 2 }),
  );
  return [`- ${first}`, ...rest.map((each) => `  ${each}`)];
}

/** On one line. */
export function flowOf(value: Written): string {
  if (typeof value === 'string') return value;
  return isTree(value) ? `{${inner(value)}}` : `[${value.map(flowOf).join(', ')}]`;
}

function inner(tree: WrittenMap): string {
  return Object.entries(tree)
    .map(([key, value]) => `${yamlKey(key)}: ${flowOf(value)}`)
    .join(', ');
}

function isTree(value: Written | undefined): value is WrittenMap {
  return isMap(value);
}
