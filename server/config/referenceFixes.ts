/** The edits that mend references which lead nowhere: to the nearest variable, or to the file of nearly that name. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { dirname, relative, resolve, sep } from 'node:path';
import type { Fix } from '../protocol/finding.ts';
import { setEdit, yamlScalar } from './edits.ts';
import { nearestFile } from './findFiles.ts';
import type { Problem } from './problem.ts';
import type { ConfigSource } from './source.ts';

/** None for a reference of another file. */
export function referenceFixes(problem: Problem, source: ConfigSource, file: string): readonly Fix[] {
  const { rule, path, data = {} } = problem;
  const { reference, suggestion } = data;
  if (rule !== 'unresolved-reference' || typeof reference !== 'string') return [];
  if (typeof suggestion === 'string') return variableFix(source, path, reference, suggestion);
  return /^extends(?:\.\d+)?$/.test(path) ? fileFix(source, path, reference, file) : [];
}

/** `${vars.nmae}` where it stands in the text. */
function variableFix(source: ConfigSource, path: string, reference: string, near: string): readonly Fix[] {
  const node = source.locate(path)?.node;
  const at = node === undefined ? -1 : source.text.text.slice(node.start, node.end).indexOf(reference);
  if (node === undefined || at < 0) return [];
  const range = source.text.rangeAt(node.start + at, node.start + at + reference.length);
  return [{ title: `Change to \${${near}}`, edits: [{ range, text: near }], safe: false }];
}

/** For a base of this file or, with the path of any other setting, the file that it names. */
export function fileFix(source: ConfigSource, path: string, reference: string, file: string): readonly Fix[] {
  if (source.valueAt(path) !== reference) return [];
  const folder = dirname(file);
  const near = nearestFile(resolve(folder, reference));
  if (near === undefined || near === file) return [];
  const shown = relative(folder, near).split(sep).join('/');
  return [{ title: `Use ${shown}`, edits: setEdit(source, path, yamlScalar(shown)), safe: false }];
}
