/** The files that share names with an experiment: those it extends, those that extend it, and theirs. */
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { basesOf } from '../config/bases.ts';
import { ConfigSource } from '../config/source.ts';
import { TextDocument } from '../config/textDocument.ts';
import { parseYaml } from '../config/yaml/yaml.ts';
import type { OpenExperiment } from './openExperiment.ts';

/** One file with its names' places. */
export interface RelatedFile {
  readonly uri: string;
  /** Null where it is not open in the editor. */
  readonly version: number | null;
  readonly source: ConfigSource;
}

/** The disk, with what is open in the editor before it. */
export interface ProjectFiles {
  /** Absolute paths of all experiment files of the folders that are open. */
  list(): readonly string[];
  /** Undefined where there is no such file. */
  read(path: string): { readonly text: string; readonly version: number | null } | undefined;
}

interface Parsed {
  readonly path: string;
  readonly file: RelatedFile;
  /** Absolute. */
  readonly bases: readonly string[];
}

const mostFiles = 500;

/** The experiment's own file first. */
export function relatedFiles(open: OpenExperiment, project: ProjectFiles): RelatedFile[] {
  const { file, directory, source } = open.loaded;
  const own: Parsed = {
    path: file,
    file: { uri: open.uri, version: open.version, source },
    bases: basesOf(source, directory),
  };
  const all = new Map([[file, own]]);
  const look = (path: string): Parsed | undefined => {
    const known = all.get(path);
    if (known !== undefined || all.size >= mostFiles) return known;
    const parsed = parse(path, project);
    if (parsed !== undefined) all.set(path, parsed);
    return parsed;
  };
  const others = project.list().map(look);
  const found = new Map([[file, own]]);
  for (const each of found.values()) {
    for (const base of each.bases) {
      const parsed = look(base);
      if (parsed !== undefined) found.set(parsed.path, parsed);
    }
    for (const other of others) if (other?.bases.includes(each.path) === true) found.set(other.path, other);
  }
  return [...found.values()].map((each) => each.file);
}

function parse(path: string, project: ProjectFiles): Parsed | undefined {
  const read = project.read(path);
  if (read === undefined) return undefined;
  const text = new TextDocument(read.text.replace(/^\uFEFF/, ''));
  const source = new ConfigSource(text, parseYaml(text).root);
  const file = { uri: pathToFileURL(path).href, version: read.version, source };
  return { path, file, bases: basesOf(source, dirname(path)) };
}
