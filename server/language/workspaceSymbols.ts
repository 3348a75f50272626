/** Names to jump to across all experiments of the open folders: experiments, variants, derived columns, variables. */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver/node';
import { ConfigSource } from '../config/source.ts';
import { TextDocument } from '../config/textDocument.ts';
import { parseYaml } from '../config/yaml/yaml.ts';
import { occurrencesIn } from './occurrences.ts';
import type { ProjectFiles } from './relatedFiles.ts';

const most = 500;
const kinds = {
  column: SymbolKind.Field,
  variable: SymbolKind.Constant,
  variant: SymbolKind.Class,
} as const;

/** At most 500 whose names hold the query's letters in their order, in any case; all for an empty one. */
export function workspaceSymbols(query: string, project: ProjectFiles): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const path of project.list()) {
    if (found.length >= most) break;
    const read = project.read(path);
    if (read === undefined) continue;
    const text = new TextDocument(read.text.replace(/^\uFEFF/, ''));
    const source = new ConfigSource(text, parseYaml(text).root);
    const uri = pathToFileURL(path).href;
    const add = (name: string, kind: SymbolKind, start: number, end: number) => {
      // Editors show the file of its place beside it.
      if (matches(name, query))
        found.push({ name, kind, location: { uri, range: text.rangeAt(start, end) } });
    };
    const written = source.locate('name')?.node;
    if (written?.kind === 'scalar' && typeof written.value === 'string' && written.value !== '')
      add(written.value, SymbolKind.Module, written.start, written.end);
    else add(basename(path).replace(/\.?experiment\.ya?ml$/, '') || basename(path), SymbolKind.Module, 0, 0);
    for (const { kind, name, start, end, defines } of occurrencesIn(source))
      if (defines && name !== '') add(name, kinds[kind], start, end);
  }
  return found.slice(0, most);
}

function matches(name: string, query: string): boolean {
  const letters = [...query.toLowerCase()];
  let at = 0;
  const lower = name.toLowerCase();
  for (const letter of letters) {
    at = lower.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
