/** A configuration value that remembers where each part came from, through bases, variants and overrides. */
import type { Range } from '../protocol/finding.ts';
import { type ConfigNode, joined, type MapEntry } from './configNode.ts';
import type { Scalar } from './experiment.ts';
import { isMap } from './schema/nodes.ts';
import type { TextDocument } from './textDocument.ts';

/** Who said a value. `default` is nobody. */
export type OriginKind = 'file' | 'extends' | 'variant' | 'set' | 'default' | 'vars';

/** Most places are never asked for, so lines are counted only then: see `rangeOf`. */
export interface Source {
  readonly how: OriginKind;
  /** Absolute; absent for `set` and `default`. */
  readonly file?: string;
  readonly place?: { readonly text: TextDocument; readonly start: number; readonly end: number };
}

export function rangeOf({ place }: Source): Range | undefined {
  return place?.text.rangeAt(place.start, place.end);
}

export interface Overridden extends Source {
  readonly value: unknown;
}

interface Origins {
  readonly source: Source;
  /** What it replaced, latest first. */
  readonly chain: readonly Overridden[];
}

export type Traced = Origins &
  (
    | { readonly kind: 'scalar'; readonly value: Scalar }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Traced> }
    | { readonly kind: 'list'; readonly items: readonly Traced[] }
  );

export type TracedMap = Traced & { readonly kind: 'map' };

const none: readonly Overridden[] = [];

interface From {
  readonly how: OriginKind;
  readonly file?: string;
  readonly text?: TextDocument;
}

/** `file` and `text` are what the tree was read from. */
export function traceNode(node: ConfigNode, from: From, entry?: MapEntry): Traced {
  const source = sourceOf(from, entry?.keyStart ?? node.start, node.end);
  if (node.kind === 'scalar') return { kind: 'scalar', value: node.value, source, chain: none };
  if (node.kind === 'list') {
    return { kind: 'list', items: node.items.map((item) => traceNode(item, from)), source, chain: none };
  }
  const entries = new Map(node.entries.map((child) => [child.key, traceNode(child.node, from, child)]));
  return { kind: 'map', entries, source, chain: none };
}

function sourceOf({ how, file, text }: From, start: number, end: number): Source {
  if (file !== undefined && text !== undefined) return { how, file, place: { text, start, end } };
  return file === undefined ? { how } : { how, file };
}

/** What equals `before`, the whole or a part in the same place, is that very object: it can be compared by identity. */
export function plainTraced(traced: Traced, before?: unknown): unknown {
  if (traced.kind === 'scalar') return traced.value;
  if (traced.kind === 'list') {
    const known: readonly unknown[] = Array.isArray(before) ? before : [];
    const items = traced.items.map((item, i) => plainTraced(item, known[i]));
    const same =
      Array.isArray(before) &&
      known.length === items.length &&
      items.every((each, i) => Object.is(each, known[i]));
    return same ? before : items;
  }
  const known = isMap(before) ? before : {};
  const keys = Object.keys(known);
  let same = isMap(before) && keys.length === traced.entries.size;
  const entries: (readonly [string, unknown])[] = [];
  for (const [key, value] of traced.entries) {
    const earlier = Object.hasOwn(known, key) ? known[key] : undefined;
    const plain = plainTraced(value, earlier);
    same &&= keys[entries.length] === key && Object.is(plain, earlier);
    entries.push([key, plain]);
  }
  return same ? before : Object.fromEntries(entries);
}

/** The key that a plain value stands for in the map at a path, as `test` for `split`; undefined where there is none. */
export type PrimaryOf = (path: string) => string | undefined;

/** Maps merge, everything else is replaced, null deletes; a shorthand is written out before it meets a map. */
export function mergeTraced(base: Traced, over: Traced, primaryOf: PrimaryOf, path = ''): Traced {
  const low = over.kind === 'map' ? writtenOut(base, path, primaryOf) : base;
  const high = base.kind === 'map' ? writtenOut(over, path, primaryOf) : over;
  if (low.kind !== 'map' || high.kind !== 'map') {
    return { ...over, chain: [...over.chain, { ...base.source, value: plainTraced(base) }, ...base.chain] };
  }
  const entries = new Map(low.entries);
  for (const [key, value] of high.entries) {
    const below = entries.get(key);
    if (value.kind === 'scalar' && value.value === null && below !== undefined) entries.delete(key);
    else
      entries.set(key, below === undefined ? value : mergeTraced(below, value, primaryOf, joined(path, key)));
  }
  return { kind: 'map', entries, source: high.source, chain: low.chain };
}

/** `split: 0.2` as `split: {test: 0.2}`. */
export function writtenOut(traced: Traced, path: string, primaryOf: PrimaryOf): Traced {
  // A boolean beside a shorthand, as in `early_stop: false`, is a value of its own.
  if (traced.kind === 'map') return traced;
  if (traced.kind === 'scalar' && (traced.value === null || typeof traced.value === 'boolean')) return traced;
  const primary = primaryOf(path);
  if (primary === undefined) return traced;
  return { kind: 'map', entries: new Map([[primary, traced]]), source: traced.source, chain: [] };
}

/** The value at a path, through shorthands; keys may hold dots. */
export function tracedAt(root: Traced, path: string, primaryOf: PrimaryOf): Traced | undefined {
  return find(root, path === '' ? [] : path.split('.'), '', primaryOf);
}

function find(
  at: Traced,
  segments: readonly string[],
  path: string,
  primaryOf: PrimaryOf,
): Traced | undefined {
  const [first, ...rest] = segments;
  if (first === undefined) return at;
  const primary = at.kind === 'map' ? undefined : primaryOf(path);
  if (primary !== undefined && first === primary) return find(at, rest, joined(path, first), primaryOf);
  if (at.kind === 'list') {
    const item = /^\d+$/.test(first) ? at.items[Number(first)] : undefined;
    return item === undefined ? undefined : find(item, rest, joined(path, first), primaryOf);
  }
  if (at.kind === 'scalar') return undefined;
  for (let taken = segments.length; taken > 0; taken--) {
    const key = segments.slice(0, taken).join('.');
    const child = at.entries.get(key);
    const found =
      child === undefined ? undefined : find(child, segments.slice(taken), joined(path, key), primaryOf);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Puts `value` at a path, making maps on the way; undefined where a list has no such item. Null deletes. */
export function setTraced(
  root: Traced,
  segments: readonly string[],
  value: Traced,
  primaryOf: PrimaryOf,
  path = '',
): Traced | undefined {
  const [first, ...rest] = segments;
  if (first === undefined) return mergedOver(root, value);
  if (root.kind === 'list' && /^\d+$/.test(first)) {
    const index = Number(first);
    const old = root.items[index];
    if (index > root.items.length) return undefined;
    const item = old === undefined ? value : setTraced(old, rest, value, primaryOf, joined(path, first));
    return item === undefined ? undefined : { ...root, items: root.items.toSpliced(index, 1, item) };
  }
  const map = writtenOut(root, path, primaryOf);
  const entries = new Map(map.kind === 'map' ? map.entries : []);
  const [key, after] = longestKey(entries, segments) ?? [first, rest];
  const old = entries.get(key);
  const deletes = after.length === 0 && value.kind === 'scalar' && value.value === null;
  if (deletes) {
    entries.delete(key);
  } else {
    const empty: Traced = { kind: 'map', entries: new Map(), source: value.source, chain: [] };
    const base = old ?? (after.length === 0 ? value : empty);
    const child = setTraced(base, after, value, primaryOf, joined(path, key));
    if (child === undefined) return undefined;
    entries.set(key, child);
  }
  return { kind: 'map', entries, source: map.source, chain: map.chain };
}

function mergedOver(old: Traced, value: Traced): Traced {
  if (old === value) return value;
  return { ...value, chain: [{ ...old.source, value: plainTraced(old) }, ...old.chain] };
}

function longestKey(
  entries: ReadonlyMap<string, Traced>,
  segments: readonly string[],
): readonly [string, readonly string[]] | undefined {
  for (let taken = segments.length; taken > 0; taken--) {
    const key = segments.slice(0, taken).join('.');
    if (entries.has(key)) return [key, segments.slice(taken)];
  }
  return undefined;
}
