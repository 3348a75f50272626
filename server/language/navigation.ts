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
import type { Origin } from '../config/load.ts';
import { nodesOf } from '../config/schema/nodes.ts';
import type { Position, Range } from '../protocol/finding.ts';
import { workspaceEdit } from './codeActions.ts';
import { type Occurrence, occurrenceAt, sameName } from './occurrences.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { placeAt } from './placeAt.ts';

/** Where a name is given; of a path, the file; of a setting that overrides a base, the base's. */
export function definitionsAt(open: OpenExperiment, position: Position): Location[] {
  const offset = open.loaded.text.offsetAt(position);
  const occurrence = occurrenceAt(open, offset);
  if (occurrence !== undefined) {
    const places = sameName(open, occurrence);
    const given = places.filter(({ defines }) => defines);
    const declared = places.filter(({ spelling, start }) => spelling === 'yaml' && isDeclared(open, start));
    const found = (given.length > 0 ? given : declared).map((each) => locationOf(open, each));
    return found.length > 0 ? found : variableOfBase(open, occurrence);
  }
  const link = documentLinks(open).find(({ range }) => holds(range, position));
  if (link?.target !== undefined) return [{ uri: link.target, range: start }];
  return overriddenAt(open, offset);
}

export function referencesAt(
  open: OpenExperiment,
  position: Position,
  includeDeclaration: boolean,
): Location[] {
  const occurrence = occurrenceAt(open, open.loaded.text.offsetAt(position));
  if (occurrence === undefined) return [];
  const places = sameName(open, occurrence).filter(({ defines }) => includeDeclaration || !defines);
  return places.map((each) => locationOf(open, each));
}

export function highlightsAt(open: OpenExperiment, position: Position): { range: Range }[] {
  return referencesAt(open, position, true).map(({ range }) => ({ range }));
}

/** Undefined where there is no name; throws where it is not the file's own to change. */
export function renameRangeAt(open: OpenExperiment, position: Position): Range | undefined {
  const occurrence = occurrenceAt(open, open.loaded.text.offsetAt(position));
  if (occurrence === undefined) return undefined;
  if (!sameName(open, occurrence).some(({ defines }) => defines)) {
    const why = occurrence.kind === 'column' ? 'is a column of the data' : 'is not given in this file';
    throw new ResponseError(0, `\`${occurrence.name}\` ${why}, so it keeps its name.`);
  }
  return rangeOf(open, occurrence);
}

/** Throws a sentence where the new name cannot be written. */
export function renameAt(open: OpenExperiment, position: Position, name: string): WorkspaceEdit | undefined {
  if (renameRangeAt(open, position) === undefined) return undefined;
  const occurrence = occurrenceAt(open, open.loaded.text.offsetAt(position));
  if (occurrence === undefined) return undefined;
  // Such a name needs no quotes anywhere: as a key, in a list, in an expression and in a reference.
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    throw new ResponseError(0, `\`${name}\` cannot be a name: it takes letters, digits and underscores.`);
  return workspaceEdit(
    open,
    sameName(open, occurrence).map((each) => ({ range: rangeOf(open, each), text: name })),
  );
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

function isPath(path: string): boolean {
  const schema = schemaAt(path.split('.'));
  return (
    schema !== undefined &&
    nodesOf(schema).some(
      (node) => node.form === 'leaf' && node.kind.is === 'text' && pathFormats.has(node.kind.format),
    )
  );
}

/** A contract in `data.columns` is the nearest to a definition that a column of the data has in the file. */
function isDeclared(open: OpenExperiment, offset: number): boolean {
  const place = placeAt(open.loaded.source, offset);
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
  return fileLocation(below);
}

/** A variable can be given by a file that this one extends. */
function variableOfBase({ loaded }: OpenExperiment, { kind, name }: Occurrence): Location[] {
  return kind === 'variable' ? fileLocation(loaded.originOf(`vars.${name}`)) : [];
}

function fileLocation(origin: Omit<Origin, 'chain'> | undefined): Location[] {
  if (origin?.file === undefined) return [];
  return [{ uri: pathToFileURL(origin.file).href, range: origin.range ?? start }];
}

const start: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function locationOf(open: OpenExperiment, occurrence: Occurrence): Location {
  return { uri: open.uri, range: rangeOf(open, occurrence) };
}

function rangeOf({ loaded }: OpenExperiment, occurrence: Occurrence): Range {
  return loaded.text.rangeAt(occurrence.start, occurrence.end);
}

function holds({ start: from, end }: Range, { line, character }: Position): boolean {
  return from.line === line && end.line === line && character >= from.character && character <= end.character;
}
