/** Values and kinds of value in words, for messages, hover and the reference. */
import type * as z from 'zod';
import { nodesOf } from './schema/nodes.ts';
import { type Bounds, formats, type ValueKind } from './schema/values.ts';

/** What a schema wants, such as "a number 0..1 or auto". */
export function describe(schema: z.ZodType): string {
  const nodes = nodesOf(schema);
  const leaves = nodes.flatMap((node) => (node.form === 'leaf' ? [describeKind(node.kind)] : []));
  const words = nodes.map((node) => {
    if (node.form === 'leaf') return describeKind(node.kind);
    if (node.form === 'list') return listOf(describe(node.item), leaves);
    if (node.form === 'record') return 'a map';
    return nodes.length > 1 ? 'a map' : `a map of ${shorten(Object.keys(node.shape), 8)}`;
  });
  return join([...new Set(words)]);
}

export function describeKind(kind: ValueKind): string {
  switch (kind.is) {
    case 'number':
      return `${kind.int ? 'a whole number' : 'a number'}${bounded(kind)}`;
    case 'ratio':
      return 'a ratio such as 0.2 or 20%';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'any':
      return kind.wants;
    case 'choice':
      return kind.values.length === 1 ? (kind.values[0] ?? '') : `one of ${kind.values.join(', ')}`;
    case 'text':
      return formats[kind.format].wants;
  }
}

/** `0..1`, `1 or more`, `above 0 and up to 1`; empty where anything goes. */
export function describeBounds({ min, max, above, below }: Bounds): string {
  if (min !== undefined && max !== undefined) return `${min}..${max}`;
  const low = min !== undefined ? `from ${min}` : above !== undefined ? `above ${above}` : '';
  const high = max !== undefined ? `up to ${max}` : below !== undefined ? `below ${below}` : '';
  if (low && high) return `${low} and ${high}`;
  return min !== undefined ? `${min} or more` : low || high;
}

function bounded(bounds: Bounds): string {
  const words = describeBounds(bounds);
  return words && ` ${words}`;
}

/** A value as it would stand in the file, cut to a length that fits a message. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  return String(value);
}

export function shorten(words: readonly string[], most: number): string {
  return words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')}, …`;
}

function join(words: readonly string[]): string {
  return words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function listOf(item: string, leaves: readonly string[]): string {
  return leaves.includes(item) ? 'a list of them' : `a list of ${plural(item)}`;
}

/** "a column name" to "column names"; what is no simple noun keeps its form. */
function plural(words: string): string {
  const noun = /^an? ([a-z]+(?: (?:name|number))?)$/i.exec(words)?.[1];
  if (words.startsWith('a map')) return `maps${words.slice(5)}`;
  return noun ? `${noun}s` : words === 'text' ? 'texts' : words;
}
