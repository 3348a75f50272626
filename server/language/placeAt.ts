/** The setting at a position, out of the tree of what could be read. */
import type { ConfigNode } from '../config/configNode.ts';
import type { ConfigSource } from '../config/source.ts';

export interface TreePlace {
  readonly steps: readonly (string | number)[];
  readonly at: 'key' | 'value';
  /** Of the key or the value; offsets. */
  readonly start: number;
  readonly end: number;
  /** Of a scalar. */
  readonly value: unknown;
}

/** Undefined between settings. Steps are as written: a shorthand's value stands at its section. */
export function placeAt({ root }: ConfigSource, offset: number): TreePlace | undefined {
  return root === undefined ? undefined : within(root, [], offset);
}

function within(node: ConfigNode, steps: TreePlace['steps'], offset: number): TreePlace | undefined {
  if (node.kind === 'scalar') {
    const inside = offset >= node.start && offset <= node.end && node.source !== '';
    return inside ? { steps, at: 'value', start: node.start, end: node.end, value: node.value } : undefined;
  }
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) {
      const found = within(item, [...steps, index], offset);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const { key, keyStart, keyEnd, node: child } of node.entries) {
    if (offset >= keyStart && offset <= keyEnd)
      return { steps: [...steps, key], at: 'key', start: keyStart, end: keyEnd, value: undefined };
    const found = within(child, [...steps, key], offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name around an offset within a value; the whole value where there is none. */
export function wordAt(
  text: string,
  offset: number,
  { start, end }: { readonly start: number; readonly end: number },
): { start: number; end: number } {
  const before = /(?:`[^`]*|[\p{L}\p{N}_.@]*)$/u.exec(text.slice(start, offset))?.[0].length ?? 0;
  const after = /^[\p{L}\p{N}_.@]*`?/u.exec(text.slice(offset, end))?.[0].length ?? 0;
  return before + after === 0 ? { start, end } : { start: offset - before, end: offset + after };
}
