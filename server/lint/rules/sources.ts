/** Rules about files that settings name: the data, and what is read beside it. */
import { existsSync, globSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { setEdit, yamlScalar } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { nearest } from '../../config/nearest.ts';
import { fileFix } from '../../config/referenceFixes.ts';
import { isFormat } from '../../config/schema/values.ts';
import { fixOf } from '../fixes.ts';
import { namesIn } from '../folders.ts';
import type { Draft, Rule } from '../rule.ts';
import { settingsOf, textsOf } from '../walk.ts';

const dataNotFound: Rule = {
  id: 'data-not-found',
  needs: ['config'],
  *run({ loaded, failure }) {
    let found = true;
    for (const setting of settingsOf(loaded)) {
      if (!isSource(setting.path, setting.field?.formats ?? [])) continue;
      for (const { path, text } of textsOf(setting)) {
        if (!isFile(setting.path, text) || isThere(loaded, text)) continue;
        found = false;
        yield missing(loaded, path, text);
      }
    }
    // A file that is there and cannot be read; what does not fit its columns is told as an expression's fault.
    if (found && failure !== undefined && failure.code !== 'expression-failed') {
      yield {
        path: placeOf(loaded, failure),
        message: failure.message,
        data: { code: failure.code, help: failure.help },
      };
    }
  },
};

/** The join whose table is at fault, else the source. */
function placeOf(
  { source, experiment, directory }: LoadedExperiment,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  if (code === 'window-time' && source.has('features.derive')) return 'features.derive';
  const joins = experiment?.data.join ?? [];
  const named = joins.findIndex((join) => message.includes(`\`${resolve(directory, join.source)}\``));
  if (code.startsWith('join-') && named >= 0) return `data.join.${named}`;
  return source.has('data.source') ? 'data.source' : 'data';
}

/** The sources, those of joins, and a test set that is a file. */
function isSource(path: string, formats: readonly string[]): boolean {
  if (/^data\.join\.\d+\.source$/.test(path)) return true;
  if (!path.startsWith('data.source') && path !== 'split.test') return false;
  if (path === 'split.test') return formats.includes('testPath');
  return path === 'data.source' || /^data\.source\.(?:train|valid|test)$/.test(path);
}

/** A date, a share or a mere word in split.test is none. */
function isFile(path: string, text: string): boolean {
  const isOther =
    path === 'split.test' && (!isFormat('testPath', text) || /^(?:[\d.]+\s?%?$|\d{4}-\d\d-\d\dT)/.test(text));
  return !isOther && isLocal(text);
}

/** Neither a URL nor SQL. */
function isLocal(text: string): boolean {
  return !(
    text.includes('${') ||
    /^[a-z][a-z0-9+.-]+:\/\//i.test(text) ||
    /^\s*(?:select|with)\s/i.test(text)
  );
}

function isThere(loaded: LoadedExperiment, text: string): boolean {
  const path = resolve(loaded.directory, text);
  if (existsSync(path)) return true;
  return isGlob(text) && globSync(text, { cwd: loaded.directory }).length > 0;
}

function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

function missing(loaded: LoadedExperiment, path: string, text: string): Draft {
  const near = isGlob(text) ? undefined : nearestFile(loaded, text);
  const hint = near === undefined ? '' : `; nearest is ${near}`;
  const why = isGlob(text) ? 'matches no file' : 'not found';
  return {
    path,
    message: `\`${text}\` ${why}${hint}.`,
    data: { path: text, ...(near === undefined ? {} : { suggestion: near }) },
    fixes: near === undefined ? [] : fixOf(`Use ${near}`, setEdit(loaded.source, path, yamlScalar(near))),
  };
}

/** The file of nearly that name in its folder, or of that name in a folder beside; data files only. */
function nearestFile(loaded: LoadedExperiment, text: string): string | undefined {
  const folder = dirname(resolve(loaded.directory, text));
  const names = filesIn(folder);
  const name = basename(text);
  const match = nearest(name, names, 3) ?? names.find((each) => stem(each) === stem(name));
  if (match !== undefined) return shown(loaded, resolve(folder, match));
  return fileNamed(loaded, name);
}

/** The data file of this name beside the experiment, in its folder `data`, or in the workspace; relative to the experiment. */
export function fileNamed(loaded: LoadedExperiment, name: string): string | undefined {
  const place = [loaded.directory, resolve(loaded.directory, 'data'), loaded.workspace].find((each) =>
    filesIn(each).includes(name),
  );
  return place === undefined ? undefined : shown(loaded, resolve(place, name));
}

function filesIn(folder: string): string[] {
  return [...namesIn(folder)].filter((name) =>
    /\.(?:csv|tsv|jsonl?|ndjson|parquet|arrow|feather|xlsx|sqlite|db)(?:\.gz)?$/i.test(name),
  );
}

function stem(name: string): string {
  return name.replace(/\..*$/, '').toLowerCase();
}

function shown(loaded: LoadedExperiment, path: string): string {
  return relative(loaded.directory, path).split(sep).join('/');
}

/** Documents that a supported setting names and nothing writes. */
const documents: ReadonlySet<string> = new Set(['card.runbook']);

const unresolvedDocument: Rule = {
  id: 'unresolved-reference',
  needs: ['config'],
  *run({ loaded }) {
    for (const setting of settingsOf(loaded)) {
      if (!documents.has(setting.path) || typeof setting.value !== 'string') continue;
      const file = setting.value.replace(/#.*$/, '');
      if (file === '' || !isLocal(file) || existsSync(resolve(loaded.directory, file))) continue;
      const place = dirname(file) === '.' ? 'the folder of this file' : dirname(file);
      const message = `\`${setting.value}\` not found (looked in ${place}).`;
      const fixes = fileFix(loaded.source, setting.path, setting.value, loaded.file);
      yield { path: setting.path, message, data: { reference: setting.value }, fixes };
    }
  },
};

export const sourceRules: readonly Rule[] = [dataNotFound, unresolvedDocument];
