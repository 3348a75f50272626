/** Where each value of a resolved experiment came from: what `resolve --explain` and hover tell. */
import { relative, sep } from 'node:path';
import type { Range } from '../protocol/finding.ts';
import { joined } from './configNode.ts';
import type { Experiment } from './experiment.ts';
import { isMap } from './schema/nodes.ts';
import { primaryOf } from './shorthands.ts';
import { type OriginKind, rangeOf, type Source, type Traced, tracedAt } from './traced.ts';

export interface Origin {
  readonly how: OriginKind;
  /** Relative to the workspace; absent for `set` and `default`. */
  readonly file?: string;
  readonly range?: Range;
  /** What the value would be without this origin, latest first; empty where it is written only once. */
  readonly chain?: readonly (Omit<Origin, 'chain'> & { readonly value: unknown })[];
}

/** Dotted path of every value, list items by index, to where it came from. */
export type Origins = Readonly<Record<string, Origin>>;

/** Of a written value, with absolute file names; undefined for a default. */
export function originAt(traced: Traced, path: string): Origin | undefined {
  const found = tracedAt(traced, path, primaryOf);
  if (found === undefined) return undefined;
  const chain = found.chain.map((link) => ({ ...withRange(link), value: link.value }));
  return { ...withRange(found.source), ...(chain.length === 0 ? {} : { chain }) };
}

export function isWrittenAt(traced: Traced, path: string): boolean {
  return tracedAt(traced, path, primaryOf) !== undefined;
}

function withRange(source: Source): Omit<Origin, 'chain'> {
  const { how, file } = source;
  const range = rangeOf(source);
  return { how, ...(file === undefined ? {} : { file }), ...(range === undefined ? {} : { range }) };
}

export function originsOf(experiment: Experiment | undefined, traced: Traced, workspace: string): Origins {
  const origins: [string, Origin][] = [];
  const step = (value: unknown, path: string, written = path): void => {
    const children = Array.isArray(value) ? [...value.entries()] : isMap(value) ? Object.entries(value) : [];
    if (path !== '' && children.length === 0) {
      const origin = originAt(traced, written);
      origins.push([path, origin === undefined ? { how: 'default' } : named(origin, workspace)]);
    }
    const indexOf = Array.isArray(value) ? writtenIndex(tracedAt(traced, written, primaryOf), value) : String;
    for (const [key, child] of children)
      if (child !== undefined) step(child, joined(path, String(key)), joined(written, indexOf(key, child)));
  };
  step(experiment, '');
  return Object.fromEntries(origins);
}

/** Where a list's items are written: of some, what repeats another or is at fault is no part of the experiment. */
function writtenIndex(
  list: Traced | undefined,
  { length }: readonly unknown[],
): (index: unknown, item: unknown) => string {
  const items = list?.kind === 'list' && list.items.length > length ? list.items : [];
  return (index, item) => {
    const at = items.findIndex((each) => each.kind === 'scalar' && each.value === item);
    return String(at < 0 ? index : at);
  };
}

function named(origin: Origin, workspace: string): Origin {
  const chain = origin.chain?.map((link) => ({ ...withName(link, workspace), value: link.value }));
  return { ...withName(origin, workspace), ...(chain === undefined ? {} : { chain }) };
}

function withName(source: Omit<Origin, 'chain'>, workspace: string): Omit<Origin, 'chain'> {
  if (source.file === undefined) return source;
  const path = relative(workspace, source.file);
  return { ...source, file: path.startsWith('..') ? source.file : path.split(sep).join('/') };
}
