/** The YAML of an experiment file as a tree of values with their places: what every position, edit and text rule asks. */
import type { Scalar } from './experiment.ts';

interface Placed {
  /** Offsets into the text, half-open, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** As written; empty where a key has no value. */
  readonly source: string;
}

export interface MapEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly node: ConfigNode;
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  /** `{a: 1}` rather than one entry a line. */
  readonly flow: boolean;
  /** In the order of the text; of a key that is written twice, the last one counts. */
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly flow: boolean;
  readonly items: readonly ConfigNode[];
}

export type ConfigNode = ScalarNode | MapNode | ListNode;

/** As plain maps, lists and scalars. */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  // fromEntries defines own properties, so that a key such as `__proto__` is just a key.
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainValue(entry.node)]));
}

export interface Located {
  readonly node: ConfigNode;
  /** The map entry it is the value of; absent for list items and the root. */
  readonly entry?: MapEntry;
  readonly parent?: MapNode | ListNode;
}

/** Follows a dotted path; keys may hold dots themselves, the longest key that leads to the end wins. */
export function locate(root: ConfigNode, path: string): Located | undefined {
  return path === '' ? { node: root } : follow(root, path.split('.'));
}

function follow(node: ConfigNode, segments: readonly string[]): Located | undefined {
  if (node.kind === 'list') {
    const [index = '', ...rest] = segments;
    const item = /^\d+$/.test(index) ? node.items[Number(index)] : undefined;
    if (item === undefined) return undefined;
    return rest.length === 0 ? { node: item, parent: node } : follow(item, rest);
  }
  if (node.kind === 'scalar') return undefined;
  for (let taken = segments.length; taken > 0; taken--) {
    const key = segments.slice(0, taken).join('.');
    const entry = indexOf(node).get(key);
    if (entry === undefined) continue;
    if (taken === segments.length) return { node: entry.node, entry, parent: node };
    const found = follow(entry.node, segments.slice(taken));
    if (found !== undefined) return found;
  }
  return undefined;
}

const indices = new WeakMap<MapNode, ReadonlyMap<string, MapEntry>>();

/** Made once for each map: contracts of hundreds of columns are looked up at every key press. */
function indexOf(map: MapNode): ReadonlyMap<string, MapEntry> {
  const known = indices.get(map);
  if (known !== undefined) return known;
  const index = new Map(map.entries.map((entry) => [entry.key, entry]));
  indices.set(map, index);
  return index;
}

/** Calls `look` for every node with its dotted path, parents first, in the order of the text. */
export function walk(
  node: ConfigNode,
  look: (node: ConfigNode, path: string, entry?: MapEntry) => void,
): void {
  const step = (at: ConfigNode, path: string, entry?: MapEntry): void => {
    look(at, path, entry);
    if (at.kind === 'list')
      at.items.forEach((item, i) => {
        step(item, joined(path, String(i)));
      });
    if (at.kind === 'map') for (const child of at.entries) step(child.node, joined(path, child.key), child);
  };
  step(node, '');
}

export function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
