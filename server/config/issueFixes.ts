/** The edit that mends a schema issue, where there is one likely answer. */
import type { Fix, TextEdit } from '../protocol/finding.ts';
import { locate } from './configNode.ts';
import { removeEdit, renameEdit, setEdit, yamlScalar } from './edits.ts';
import { flowOf, insertEdits } from './inserts.ts';
import type { SchemaIssue } from './schemaIssue.ts';
import type { ConfigSource } from './source.ts';

export function fixesFor(issue: SchemaIssue, source: ConfigSource): readonly Fix[] {
  const path = issue.path.join('.');
  const { suggestion, movedTo } = issue;
  if (issue.rule === 'unknown-key') {
    if (typeof suggestion === 'string')
      return fix(`Rename to ${suggestion}`, renameEdit(source, path, suggestion));
    if (movedTo !== undefined) return fix(`Move to ${movedTo}`, moveEdit(source, path, movedTo));
    return fix(`Remove ${path}`, removeEdit(source, path));
  }
  if (issue.skeleton !== undefined) {
    const edits = insertEdits(source, [{ path, value: issue.skeleton }]);
    return fix(`Insert ${path}: ${flowOf(issue.skeleton)}`, edits);
  }
  if (suggestion === undefined) return [];
  const yaml = suggestedYaml(issue);
  // A value that a base or a flag set cannot be mended here.
  return source.has(path) ? fix(`Change to ${yaml}`, setEdit(source, path, yaml)) : [];
}

/** The suggestion as it is written: in the setting that it was meant for, as a list, or plain. */
function suggestedYaml({ setting, suggestion }: SchemaIssue): string {
  if (setting !== undefined) return flowOf({ [setting]: yamlScalar(suggestion) });
  return Array.isArray(suggestion)
    ? `[${listItems(suggestion).map(yamlScalar).join(', ')}]`
    : yamlScalar(suggestion);
}

/** `a, b` was meant as a list of two. */
function listItems(items: readonly unknown[]): readonly unknown[] {
  const [only] = items;
  return items.length === 1 && typeof only === 'string' ? only.split(/\s*,\s*/) : items;
}

/** Only values on one line are moved; the rest a person moves better. */
function moveEdit(source: ConfigSource, path: string, target: string): readonly TextEdit[] {
  const node = source.root === undefined ? undefined : locate(source.root, path)?.node;
  const text = node === undefined ? '' : source.text.text.slice(node.start, node.end);
  if (node === undefined || text === '' || text.includes('\n') || source.has(target)) return [];
  if (node.kind !== 'scalar' && !node.flow) return [];
  const placed = setEdit(source, target, text);
  return placed.length === 0 ? [] : [...removeEdit(source, path), ...placed];
}

function fix(title: string, edits: readonly TextEdit[]): readonly Fix[] {
  return edits.length === 0 ? [] : [{ title, edits, safe: false }];
}
