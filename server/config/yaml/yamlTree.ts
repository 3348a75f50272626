/** The YAML library's document to our tree, with limits on depth and alias expansion. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair } from 'yaml';
import type { ConfigNode, MapEntry, ScalarNode } from '../configNode.ts';

/** Deeper nesting is refused: no experiment comes near. */
export const deepest = 100;
/** Values that aliases may add in all; a bomb has billions. */
const aliasBudget = 10_000;

export interface TreeProblem {
  readonly kind: 'duplicate-key' | 'syntax';
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly key?: string;
  /** Of a duplicate key: its entries in the order of the text. */
  readonly entries?: readonly MapEntry[];
}

interface Builder {
  /** Before anything was masked. */
  readonly text: string;
  readonly document: Document;
  readonly problems: TreeProblem[];
  /** Anchors that are being expanded right now. */
  readonly open: Set<string>;
  spent: number;
  refused: boolean;
}

/** `text`: what offsets refer to; plain values are read from it where the parsed text was masked. */
export function buildTree(document: Document, text: string): { root: ConfigNode; problems: TreeProblem[] } {
  const builder: Builder = { text, document, problems: [], open: new Set(), spent: 0, refused: false };
  const root = build(builder, document.contents, 0, 0);
  return { root, problems: builder.problems };
}

function build(builder: Builder, node: unknown, depth: number, fallback: number): ConfigNode {
  if (builder.open.size > 0 && ++builder.spent > aliasBudget) {
    return refuse(builder, fallback, `aliases expand to more than ${aliasBudget} values`);
  }
  if (depth > deepest) return refuse(builder, fallback, `nested deeper than ${deepest} levels`);
  if (isAlias(node)) return expandAlias(builder, node, depth, fallback);
  if (isScalar(node)) return scalar(builder, node, fallback);
  if (isSeq(node)) {
    const items = node.items.map((item) => build(builder, item, depth + 1, fallback));
    const [start, end] = extent(node.range, fallback);
    return {
      kind: 'list',
      flow: node.flow === true,
      items,
      start,
      end: node.flow === true ? end : last(items, start),
    };
  }
  if (isMap(node)) {
    const [start, end] = extent(node.range, fallback);
    const entries = mapEntries(builder, node.items, depth, start);
    const values = entries.map((entry) => entry.node);
    return {
      kind: 'map',
      flow: node.flow === true,
      entries,
      start,
      end: node.flow === true ? end : last(values, start),
    };
  }
  return emptyAt(fallback);
}

function mapEntries(builder: Builder, pairs: readonly Pair[], depth: number, start: number): MapEntry[] {
  const entries: MapEntry[] = [];
  const merged: MapEntry[] = [];
  for (const pair of pairs) {
    const key = pair.key;
    if (!isScalar(key)) {
      const [from, to] = extent(rangeOf(key), start);
      builder.problems.push({ kind: 'syntax', start: from, end: to, message: 'a key must be a plain word' });
      continue;
    }
    const [keyStart, keyEnd] = extent(key.range, start);
    const node = build(builder, pair.value, depth + 1, keyEnd);
    const name = key.value === null && key.source === undefined ? '' : (key.source ?? String(key.value));
    const entry = { key: name, keyStart, keyEnd, node };
    if (entry.key === '<<' && key.type === 'PLAIN' && node.kind !== 'scalar')
      merged.push(...mergedEntries(node));
    else entries.push(entry);
  }
  reportDuplicates(builder, entries);
  const own = new Set(entries.map((entry) => entry.key));
  return [...merged.filter((entry) => !own.has(entry.key)), ...entries];
}

/** What `<<: *base` brings in; of several bases, the first that has a key wins, so they come in reverse. */
function mergedEntries(node: ConfigNode): readonly MapEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'list') return node.items.toReversed().flatMap(mergedEntries);
  return [];
}

function reportDuplicates(builder: Builder, entries: readonly MapEntry[]): void {
  const byKey = Map.groupBy(entries, (entry) => entry.key);
  for (const [key, same] of byKey) {
    const later = same.at(-1);
    if (same.length < 2 || later === undefined || builder.open.size > 0) continue;
    const count = same.length === 2 ? 'twice; the second' : `${same.length} times; the last`;
    const message = `\`${key}\` is set ${count} value wins.`;
    builder.problems.push({
      kind: 'duplicate-key',
      start: later.keyStart,
      end: later.keyEnd,
      message,
      key,
      entries: same,
    });
  }
}

function expandAlias(
  builder: Builder,
  alias: { source: string; range?: readonly number[] | null },
  depth: number,
  fallback: number,
): ConfigNode {
  const [start, end] = extent(alias.range, fallback);
  const name = alias.source;
  const target = builder.open.has(name) ? undefined : resolveAlias(builder.document, alias);
  if (target === undefined) {
    const source = builder.text.slice(start, end);
    const why = builder.open.has(name) ? 'stands inside what it names' : 'is a YAML alias that names nothing';
    const message = `\`${source}\` ${why}. Expected quotes around text that starts with \`*\``;
    builder.problems.push({ kind: 'syntax', start, end, message });
    return { kind: 'scalar', value: source, style: 'plain', source, start, end };
  }
  builder.open.add(name);
  const node = build(builder, target, depth + 1, fallback);
  builder.open.delete(name);
  return { ...node, start, end };
}

function resolveAlias(document: Document, alias: unknown): unknown {
  return isAlias(alias) ? alias.resolve(document) : undefined;
}

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

function scalar(
  builder: Builder,
  node: { value: unknown; source?: string; type?: string; range?: readonly number[] | null },
  fallback: number,
): ScalarNode {
  const [start, end] = extent(node.range, fallback);
  const style = styles[node.type ?? ''] ?? 'plain';
  const source = builder.text.slice(start, end);
  if (style === 'plain') reportSwallowed(builder, source, start);
  const { value } = node;
  const masked =
    style === 'plain' && node.source !== undefined && /[[{]/.test(source) && !/[[{]/.test(node.source);
  const simple =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
  return {
    kind: 'scalar',
    value: masked ? source : simple ? value : String(value),
    style,
    source,
    start,
    end,
  };
}

/** A list item that is indented past its list is read as more of the text above it: legal YAML, and never meant. */
function reportSwallowed(builder: Builder, source: string, start: number): void {
  const match = /\n[ \t]*(-[^\n]*)/.exec(source);
  if (match === null) return;
  const [whole, item = ''] = match;
  const from = start + match.index + whole.length - item.length;
  const message = `\`${item.trim()}\` is read as more of the text above. Expected \`- \` under the item or key that it belongs to`;
  builder.problems.push({ kind: 'syntax', start: from, end: from + item.trimEnd().length, message });
}

function emptyAt(offset: number): ScalarNode {
  return { kind: 'scalar', value: null, style: 'plain', source: '', start: offset, end: offset };
}

function refuse(builder: Builder, at: number, message: string): ScalarNode {
  if (!builder.refused) builder.problems.push({ kind: 'syntax', start: at, end: at + 1, message });
  builder.refused = true;
  return emptyAt(at);
}

function extent(range: readonly number[] | null | undefined, fallback: number): [number, number] {
  return [range?.[0] ?? fallback, range?.[1] ?? fallback];
}

function rangeOf(node: unknown): readonly number[] | null | undefined {
  return isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
}

function last(nodes: readonly ConfigNode[], start: number): number {
  return Math.max(start, nodes.at(-1)?.end ?? start);
}
