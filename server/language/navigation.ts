/** From a name to where it is given and used, across the files that an experiment builds on; and renaming it everywhere. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type DocumentLink,
  type Location,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { walk } from '../config/configNode.ts';
import { schemaAt } from '../config/fields.ts';
import { nodesOf } from '../config/schema/nodes.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Position, Range } from '../protocol/finding.ts';
import { type Occurrence, occurrenceAt, sameName } from './occurrences.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { placeAt } from './placeAt.ts';
import type { RelatedFile } from './relatedFiles.ts';

/** Where a name is given; of a path, the file; of a setting that overrides a base, the base's. */
export function definitionsAt(
  open: OpenExperiment,
  position: Position,
  related: readonly RelatedFile[] = [ownFile(open)],
): Location[] {
  const offset = open.loaded.text.offsetAt(position);
  const occurrence = occurrenceAt(open.loaded.source, offset);
  if (occurrence !== undefined) {
    const places = placesOf(occurrence, related);
    const given = places.filter(({ defines }) => defines);
    const declared = places.filter(
      ({ spelling, start, file }) => spelling === 'yaml' && isDeclared(file, start),
    );
    return (given.length > 0 ? given : declared).map(locationOf);
  }
  const link = documentLinks(open).find(({ range }) => holds(range, position));
  if (link?.target !== undefined) return [{ uri: link.target, range: start }];
  return overriddenAt(open, offset);
}

export function referencesAt(
  open: OpenExperiment,
  position: Position,
  includeDeclaration: boolean,
  related: readonly RelatedFile[] = [ownFile(open)],
): Location[] {
  const occurrence = occurrenceAt(open.loaded.source, open.loaded.text.offsetAt(position));
  if (occurrence === undefined) return [];
  return placesOf(occurrence, related)
    .filter(({ defines }) => includeDeclaration || !defines)
    .map(locationOf);
}

export function highlightsAt(open: OpenExperiment, position: Position): { range: Range }[] {
  return referencesAt(open, position, true).map(({ range }) => ({ range }));
}

/** Undefined where there is no name. */
export function renameRangeAt(open: OpenExperiment, position: Position): Range | undefined {
  const occurrence = occurrenceAt(open.loaded.source, open.loaded.text.offsetAt(position));
  return occurrence && open.loaded.text.rangeAt(occurrence.start, occurrence.end);
}

/**
 * Everywhere in the files that belong together. A column of the data is renamed in the experiments alone: for data
 * whose header has changed. Throws a sentence where the new name cannot be written or is taken.
 */
export function renameAt(
  open: OpenExperiment,
  position: Position,
  name: string,
  related: readonly RelatedFile[] = [ownFile(open)],
): WorkspaceEdit | undefined {
  const occurrence = occurrenceAt(open.loaded.source, open.loaded.text.offsetAt(position));
  if (occurrence === undefined) return undefined;
  refuseName(occurrence, name, related);
  const documentChanges = related.flatMap(({ uri, version, source }) => {
    const edits = renamedIn(source, sameName(source, occurrence), name).map(({ start: from, end, text }) => ({
      range: source.text.rangeAt(from, end),
      newText: text,
    }));
    return edits.length === 0 ? [] : [{ textDocument: { uri, version }, edits }];
  });
  return { documentChanges };
}

function refuseName({ kind, name: before }: Occurrence, name: string, related: readonly RelatedFile[]): void {
  const plain = kind === 'column' ? /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u : /^[\p{L}_][\p{L}\p{N}_-]*$/u;
  if (!plain.test(name))
    throw new ResponseError(
      0,
      `\`${name}\` cannot be a name here: it takes letters, digits, dashes and underscores.`,
    );
  const taken = name !== before && placesOf({ kind, name }, related).some(({ defines }) => defines);
  if (taken) throw new ResponseError(0, `There is a ${kind} \`${name}\` already.`);
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The name as it must be spelt in each place; a plain expression that could not hold it gets quotes as a whole. */
function renamedIn(source: ConfigSource, places: readonly Occurrence[], name: string): Replacement[] {
  const needs = !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
  const inValue = Map.groupBy(places, ({ within }) => within.start);
  return [...inValue.values()].flatMap((same) => {
    const [first] = same;
    const edits = same.map((each) => renamed(source, each, name));
    if (first?.spelling !== 'expression' || first.quote !== '' || !needs) return edits;
    const { start: from, end } = first.within;
    const value = edits
      .toReversed()
      .reduce(
        (text, edit) => text.slice(0, edit.start - from) + edit.text + text.slice(edit.end - from),
        source.text.text.slice(from, end),
      );
    return [{ start: from, end, text: JSON.stringify(value) }];
  });
}

function renamed(
  source: ConfigSource,
  { start, end, spelling, quote }: Occurrence,
  name: string,
): Replacement {
  const escaped = (text: string) =>
    quote === "'" ? text.replaceAll("'", "''") : quote === '"' ? JSON.stringify(text).slice(1, -1) : text;
  if (spelling === 'yaml') {
    const bare = quote === '' && !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name);
    return { start, end, text: bare ? JSON.stringify(name) : escaped(name) };
  }
  const inBackquotes = source.text.text.charAt(start - 1) === '`';
  const needs = !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
  const spelt = name.replaceAll('`', '``');
  return { start, end, text: escaped(needs && !inBackquotes ? `\`${spelt}\`` : spelt) };
}

interface Place extends Occurrence {
  readonly file: RelatedFile;
}

function placesOf(name: Pick<Occurrence, 'kind' | 'name'>, related: readonly RelatedFile[]): Place[] {
  return related.flatMap((file) => sameName(file.source, name).map((each) => ({ ...each, file })));
}

export function ownFile({ uri, version, loaded: { source } }: OpenExperiment): RelatedFile {
  return { uri, version, source };
}

/** Paths of files that exist. */
export function documentLinks({ loaded: { source, text, directory } }: OpenExperiment): DocumentLink[] {
  const links: DocumentLink[] = [];
  if (source.root === undefined) return links;
  walk(source.root, (node, path) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !isPath(path)) return;
    if (node.value === '' || /^[a-z][a-z0-9+]+:\/\/|[*?\0]/i.test(node.value)) return;
    const file = resolve(directory, node.value);
    if (existsSync(file))
      links.push({ range: text.rangeAt(node.start, node.end), target: pathToFileURL(file).href });
  });
  return links;
}

const pathFormats: ReadonlySet<string> = new Set(['path', 'source', 'testPath']);

/** Whether the setting at a dotted path names files. */
export function isPath(path: string): boolean {
  const schema = schemaAt(path.split('.'));
  return (
    schema !== undefined &&
    nodesOf(schema).some(
      (node) => node.form === 'leaf' && node.kind.is === 'text' && pathFormats.has(node.kind.format),
    )
  );
}

/** A contract in `data.columns` is the nearest to a definition that a column of the data has in the file. */
function isDeclared({ source }: RelatedFile, offset: number): boolean {
  const place = placeAt(source, offset);
  return (
    place?.at === 'key' &&
    place.steps.length === 3 &&
    place.steps[0] === 'data' &&
    place.steps[1] === 'columns'
  );
}

function overriddenAt({ loaded }: OpenExperiment, offset: number): Location[] {
  const place = placeAt(loaded.source, offset);
  if (place === undefined) return [];
  const below = loaded.originOf(place.steps.join('.'))?.chain?.find(({ how }) => how === 'extends');
  if (below?.file === undefined) return [];
  return [{ uri: pathToFileURL(below.file).href, range: below.range ?? start }];
}

const start: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function locationOf({ file, start: from, end }: Place): Location {
  return { uri: file.uri, range: file.source.text.rangeAt(from, end) };
}

function holds({ start: from, end }: Range, { line, character }: Position): boolean {
  return from.line === line && end.line === line && character >= from.character && character <= end.character;
}
