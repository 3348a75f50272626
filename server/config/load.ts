/** A file's text to the resolved experiment: parse, compose, interpolate, check, fill in defaults. Never throws on bad text. */
import { dirname, relative, sep } from 'node:path';
import type { Range } from '../protocol/finding.ts';
import { checkValue } from './check.ts';
import { compose } from './compose.ts';
import type { Experiment } from './experiment.ts';
import { readTextFile } from './findFiles.ts';
import { holdsReference, interpolate } from './interpolate.ts';
import { fixesFor } from './issueFixes.ts';
import type { LoadRequest } from './loadRequest.ts';
import { isWrittenAt, type Origin, type Origins, originAt, originsOf } from './origins.ts';
import type { Problem } from './problem.ts';
import { referenceFixes } from './referenceFixes.ts';
import { resolveExperiment } from './resolve.ts';
import { isMap } from './schema/nodes.ts';
import type { SchemaIssue } from './schemaIssue.ts';
import { primaryOf } from './shorthands.ts';
import { ConfigSource } from './source.ts';
import { TextDocument } from './textDocument.ts';
import { plainTraced, type TracedMap } from './traced.ts';
import { valueAt } from './valueAt.ts';
import { parseYaml, type YamlResult } from './yaml/yaml.ts';

export type { Origin, Origins } from './origins.ts';
export { ConfigSource } from './source.ts';

export interface LoadedExperiment {
  readonly file: string;
  /** The file's folder: paths in the file are relative to it. */
  readonly directory: string;
  readonly workspace: string;
  readonly text: TextDocument;
  /** The file's own YAML tree: where each setting stands. */
  readonly source: ConfigSource;
  /** Offsets of text that could not be read and was left out. */
  readonly damaged: readonly { readonly start: number; readonly end: number }[];
  /** Merged and interpolated, as plain maps, lists and scalars; shorthands as written. */
  readonly value: unknown;
  /** Absent when there is nothing to resolve; settings that are at fault are left out. */
  readonly experiment?: Experiment;
  /** Of every value of `experiment`. */
  readonly origins: Origins;
  /** What loading itself found; lint turns it into findings. */
  readonly problems: readonly Problem[];
  /** Whether somebody wrote the setting: in the file, a base, a variant or `--set`; through shorthands. */
  isWritten(path: string): boolean;
  /** Who wrote the setting, with absolute file names; of anything written, `vars` too. Undefined for a default. */
  originOf(path: string): Origin | undefined;
  /** What the setting would be if this file did not write it but its bases did; undefined where they do not. */
  inheritedAt(path: string): unknown;
  /** Where a finding about a setting belongs in this file, and a note where the setting was written elsewhere. */
  placeOf(path: string, at?: 'key' | 'value'): { readonly range: Range; readonly note: string };
}

/**
 * Throws ModelwrightError only for flags: `unknown-variant`, `bad-override`; and an Error from `readFile` when the
 * file itself cannot be read and no text is given.
 */
export function loadExperiment(request: LoadRequest): LoadedExperiment {
  const read = request.readFile ?? readTextFile;
  const text = new TextDocument((request.text ?? read(request.file)).replace(/^\uFEFF/, ''));
  const parsed = (request.parse ?? parseYaml)(text);
  const source = new ConfigSource(text, parsed.root);
  const composed = compose(source, request, read, primaryOf);
  const { traced, problems: unresolved } = interpolate(composed.traced, request, primaryOf);
  const value =
    source.root === undefined || source.root.kind === 'map'
      ? plainTraced(traced, request.before)
      : source.valueAt('');
  const issues = checkValue(value, request.isBase);
  const experiment = isMap(value) ? resolveExperiment(withoutFaults(value, issues), request.file) : undefined;
  const place = placing(source, traced, request);
  let origins: Origins | undefined;
  return {
    file: request.file,
    directory: dirname(request.file),
    workspace: request.workspace,
    text,
    source,
    damaged: parsed.damaged,
    value,
    ...(experiment === undefined ? {} : { experiment }),
    get origins() {
      origins ??= originsOf(experiment, traced, request.workspace);
      return origins;
    },
    problems: [
      ...parsed.problems,
      ...[...composed.problems, ...unresolved].map((problem) => ({
        ...problem,
        fixes: referenceFixes(problem, source, request.file),
      })),
      // What a reference that was not found would have been is not wrong besides.
      ...issues
        .filter((issue) => !followsFromDamage(issue, source, parsed))
        .filter(({ path }) => unresolved.length === 0 || !holdsReference(valueAt(value, path)))
        .map((issue) => problemOf(issue, source)),
    ],
    isWritten: (path) => isWrittenAt(traced, path),
    originOf: (path) => originAt(traced, path),
    inheritedAt: (path) => originAt(traced, path)?.chain?.find((link) => link.how === 'extends')?.value,
    placeOf: place,
  };
}

function problemOf(issue: SchemaIssue, source: ConfigSource): Problem {
  const { rule, message, data } = issue;
  const at = rule === 'unknown-key' ? 'key' : 'value';
  return { rule, path: issue.path.join('.'), at, message, data, fixes: fixesFor(issue, source) };
}

/** A setting that is lost in text that could not be read is not missing, nor wrong: the syntax error says it all. */
function followsFromDamage(
  { rule, path }: SchemaIssue,
  source: ConfigSource,
  { root, damaged }: YamlResult,
): boolean {
  if (damaged.length === 0) return false;
  const { text } = source;
  if (rule !== 'missing-required') {
    const range = source.rangeOf(path.join('.'), 'key');
    const at = range === undefined ? -1 : text.offsetAt(range.start);
    return damaged.some(({ start, end }) => at >= start && at < end);
  }
  if (root === undefined) return true;
  const key = String(path[0]);
  return damaged.some(({ start, end }) =>
    new RegExp(`(?<![\\w.-])${key}(?![\\w-])`).test(text.text.slice(start, end)),
  );
}

/** What can be resolved although some settings are at fault. */
function withoutFaults(value: Readonly<Record<string, unknown>>, issues: readonly SchemaIssue[]): unknown {
  const faults = new Map(
    issues
      .map(faultyPath)
      .flatMap((path) => (path.length === 0 ? [] : [[JSON.stringify(path), path] as const])),
  );
  if (faults.size === 0) return value;
  const copy = structuredClone(value);
  // From the last item of a list to the first, so that indices stay right.
  for (const path of [...faults.values()].toReversed()) remove(copy, path);
  return copy;
}

/** What has to go: a setting that is at fault, or the list's item that lacks one; empty where a default can stand in. */
function faultyPath({ rule, path }: SchemaIssue): SchemaIssue['path'] {
  return rule === 'missing-required'
    ? path.slice(0, path.findLastIndex((step) => typeof step === 'number') + 1)
    : path;
}

function remove(value: unknown, path: readonly (string | number)[]): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (Array.isArray(value) && typeof first === 'number') {
    if (rest.length === 0) value.splice(first, 1);
    else remove(value[first], rest);
  } else if (isMap(value) && Object.hasOwn(value, first)) {
    if (rest.length === 0) Reflect.deleteProperty(value, first);
    else remove(value[first], rest);
  }
}

function placing(source: ConfigSource, traced: TracedMap, request: LoadRequest): LoadedExperiment['placeOf'] {
  return (path, at) => {
    const origin = originAt(traced, path);
    const range = placeIn(source, path, at, origin, request.variant);
    if (origin?.how === 'set') return { range, note: ' (from --set)' };
    if (origin?.file === undefined || origin.file === request.file) return { range, note: '' };
    const line = origin.range === undefined ? '' : `, line ${origin.range.start.line + 1}`;
    const file = relative(dirname(request.file), origin.file).split(sep).join('/');
    return { range, note: ` (set in ${file}${line})` };
  };
}

function placeIn(
  source: ConfigSource,
  path: string,
  at: 'key' | 'value' | undefined,
  origin: Origin | undefined,
  variant: string | undefined,
): Range {
  const overlay = `variants.${variant}.${path}`;
  if (origin?.how === 'variant' && source.has(overlay)) return source.nearestRange(overlay, at);
  const written = source.rangeOf(path, at);
  if (written === undefined && origin?.how === 'extends') return source.nearestRange('extends');
  return written ?? source.nearestRange(path, at);
}
