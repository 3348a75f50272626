/** One experiment out of several texts: bases under the file, then a variant, then `--set`. */
import { dirname, relative, resolve } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { LoadRequest } from './loadRequest.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { ConfigSource } from './source.ts';
import { TextDocument } from './textDocument.ts';
import {
  mergeTraced,
  type PrimaryOf,
  plainTraced,
  setTraced,
  type Traced,
  type TracedMap,
  traceNode,
} from './traced.ts';
import { parseYaml } from './yaml/yaml.ts';

export interface Composition {
  readonly traced: TracedMap;
  readonly problems: readonly Problem[];
}

const mostBases = 50;

/** Throws ModelwrightError for a variant that does not exist and a `--set` that cannot be read. */
export function compose(
  source: ConfigSource,
  request: LoadRequest,
  read: (path: string) => string,
  primaryOf: PrimaryOf,
): Composition {
  const problems: Problem[] = [];
  const bases = new Bases(request, read, primaryOf, problems);
  const from = { how: 'file', file: request.file, text: source.text } as const;
  const own: Traced =
    source.root?.kind === 'map'
      ? traceNode(source.root, from)
      : { kind: 'map', entries: new Map(), source: { how: 'file', file: request.file }, chain: [] };
  let traced = bases.under(own, [request.file]);
  traced = withVariant(traced, request.variant, primaryOf);
  for (const argument of request.overrides ?? []) traced = withOverride(traced, argument, primaryOf);
  return { traced: asMap(traced), problems };
}

class Bases {
  readonly #request: LoadRequest;
  readonly #read: (path: string) => string;
  readonly #primaryOf: PrimaryOf;
  readonly #problems: Problem[];
  #count = 0;

  constructor(
    request: LoadRequest,
    read: (path: string) => string,
    primaryOf: PrimaryOf,
    problems: Problem[],
  ) {
    this.#request = request;
    this.#read = read;
    this.#primaryOf = primaryOf;
    this.#problems = problems;
  }

  /** `trail`: the files that led here, the outermost first. */
  under(own: Traced, trail: readonly string[]): Traced {
    if (own.kind !== 'map') return own;
    const written = own.entries.get('extends');
    const items = written === undefined ? [] : written.kind === 'list' ? written.items : [written];
    let merged: Traced | undefined;
    items.forEach((item, i) => {
      if (item.kind !== 'scalar' || typeof item.value !== 'string' || item.value === '') return;
      const path = written?.kind === 'list' ? `extends.${i}` : 'extends';
      const base = this.#base(item.value, path, trail);
      if (base !== undefined)
        merged = merged === undefined ? base : mergeTraced(merged, base, this.#primaryOf);
    });
    return merged === undefined ? own : mergeTraced(merged, own, this.#primaryOf);
  }

  #base(reference: string, path: string, trail: readonly string[]): Traced | undefined {
    const from = trail.at(-1) ?? this.#request.file;
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(reference)) {
      return this.#fail(path, trail, `\`${reference}\` cannot be a base: only local files can.`, reference);
    }
    const file = resolve(dirname(from), reference);
    const shown = trail.map((step) => relative(dirname(this.#request.file), step) || step);
    if (trail.includes(file)) {
      const circle = [...shown, relative(dirname(this.#request.file), file)].join(' extends ');
      return this.#fail(path, trail, `\`extends\` goes in a circle: ${circle}.`, reference);
    }
    if (++this.#count > mostBases) {
      return this.#fail(path, trail, `\`extends\` reads more than ${mostBases} files.`, reference);
    }
    let text: string;
    try {
      text = this.#read(file);
    } catch (error) {
      const why =
        error instanceof Error && 'code' in error && error.code === 'ENOENT' ? '' : `: ${reasonOf(error)}`;
      const message = `\`${reference}\` not found (looked in ${relative(this.#request.workspace, dirname(file)) || '.'})${why}.`;
      return this.#fail(path, trail, message, reference);
    }
    const document = new TextDocument(text);
    const { root, problems } = parseYaml(document);
    const fault = problems.find((problem) => problem.rule !== 'duplicate-key');
    if (fault !== undefined)
      this.#fail(path, trail, `\`${reference}\` is broken. ${fault.message}`, reference, fault.rule);
    if (root === undefined) return undefined;
    if (root.kind !== 'map') return this.#fail(path, trail, `\`${reference}\` holds no settings.`, reference);
    return this.under(traceNode(root, { how: 'extends', file, text: document }), [...trail, file]);
  }

  #fail(
    path: string,
    trail: readonly string[],
    message: string,
    reference: string,
    rule = 'unresolved-reference',
  ): undefined {
    // A fault in a base's own bases is told where this file asks for the base.
    this.#problems.push({ rule, path: trail.length === 1 ? path : 'extends', message, data: { reference } });
  }
}

function withVariant(traced: Traced, variant: string | undefined, primaryOf: PrimaryOf): Traced {
  if (variant === undefined) return traced;
  const variants = traced.kind === 'map' ? traced.entries.get('variants') : undefined;
  const names = variants?.kind === 'map' ? [...variants.entries.keys()] : [];
  const overlay = variants?.kind === 'map' ? variants.entries.get(variant) : undefined;
  if (overlay === undefined) {
    const near = nearest(variant, names);
    const known = names.length === 0 ? 'The file has no variants.' : `The file has ${names.join(', ')}.`;
    throw new ModelwrightError('unknown-variant', {
      variant,
      known: near === undefined ? known : `Did you mean \`${near}\`?`,
    });
  }
  return mergeTraced(traced, relabel(overlay), primaryOf);
}

function relabel(traced: Traced): Traced {
  const source = { ...traced.source, how: 'variant' as const };
  if (traced.kind === 'scalar') return { ...traced, source };
  if (traced.kind === 'list') return { ...traced, source, items: traced.items.map(relabel) };
  return {
    ...traced,
    source,
    entries: new Map([...traced.entries].map(([key, value]) => [key, relabel(value)])),
  };
}

function withOverride(traced: Traced, argument: string, primaryOf: PrimaryOf): Traced {
  const equals = argument.indexOf('=');
  const path = argument.slice(0, Math.max(0, equals)).trim();
  if (path === '') throw new ModelwrightError('bad-override', { argument, reason: 'it is not `path=value`' });
  const { root, problems } = parseYaml(new TextDocument(argument.slice(equals + 1)), 'value');
  const fault = problems[0];
  if (fault !== undefined)
    throw new ModelwrightError('bad-override', {
      argument,
      reason: `the value is no YAML: ${fault.message.replace(/\.$/, '')}`,
    });
  const source = { how: 'set' } as const;
  const value: Traced =
    root === undefined ? { kind: 'scalar', value: null, source, chain: [] } : traceNode(root, source);
  const result = setTraced(traced, segmentsOf(path), value, primaryOf);
  if (result === undefined)
    throw new ModelwrightError('bad-override', { argument, reason: 'the list has no such item' });
  return result;
}

/** The keys of `tune.space` are dotted paths themselves. */
function segmentsOf(path: string): readonly string[] {
  const space = /^tune\.space\.(.+)$/.exec(path)?.[1];
  return space === undefined ? path.split('.') : ['tune', 'space', space];
}

/** Anything but a map at the top is told by the schema; what is composed further must be a map. */
function asMap(traced: Traced): TracedMap {
  if (traced.kind === 'map') return traced;
  return {
    kind: 'map',
    entries: new Map(),
    source: traced.source,
    chain: [{ ...traced.source, value: plainTraced(traced) }],
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
