/** Files that a path could name: near the experiment, data where data belong. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver/node';
import { isDataFile } from '../../catalog/dataFiles.ts';
import type { Format } from '../../config/schema/values.ts';
import type { Suggestion } from './suggestion.ts';

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', '__pycache__']);
const deepest = 4;
const mostFiles = 500;
const mostFolders = 200;

interface Wanted {
  readonly format: Format;
  /** Dotted, of the setting. */
  readonly path: string;
  /** The experiment's own file. */
  readonly own: string;
}

/** Relative to `directory`, with forward slashes. */
export function fileSuggestions(directory: string, { format, path, own }: Wanted): Suggestion[] {
  const isWanted = (name: string) =>
    format === 'path' ? !path.startsWith('extends') || /\.ya?ml$/i.test(name) : isDataFile(basename(name));
  return listFiles(directory)
    .filter((name) => isWanted(name) && join(directory, name) !== own)
    .map((label) => ({ label, kind: CompletionItemKind.File, rank: label.split('/').length }));
}

/** Tables near the experiment. */
export function tableFiles(directory: string): string[] {
  return listFiles(directory).filter((name) => isDataFile(basename(name)));
}

/** Breadth first, sorted in each folder, hidden ones left out. */
function listFiles(directory: string): string[] {
  const found: string[] = [];
  const pending = [''];
  for (let looked = 0; looked < mostFolders && found.length < mostFiles; looked++) {
    const folder = pending.shift();
    if (folder === undefined) break;
    for (const entry of entriesOf(join(directory, folder))) {
      if (entry.name.startsWith('.') || skipped.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory()) found.push(path);
      else if (path.split('/').length < deepest) pending.push(path);
    }
  }
  return found.slice(0, mostFiles);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
