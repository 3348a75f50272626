/** Minimal text edits that keep comments and layout: what quick fixes are made of. */
import type { TextEdit } from '../protocol/finding.ts';
import type { ConfigSource } from './load.ts';

/** Sets `path` to `yaml` (already YAML text, such as `[a, b]`), adding missing parents; empty when it cannot be done. */
export function setEdit(_source: ConfigSource, _path: string, _yaml: string): readonly TextEdit[] {
  return [];
}

/** Removes a setting or list item with its comments and separators. */
export function removeEdit(_source: ConfigSource, _path: string): readonly TextEdit[] {
  return [];
}

/** Appends an item to a list, making the list when it is missing. */
export function appendEdit(_source: ConfigSource, _path: string, _yaml: string): readonly TextEdit[] {
  return [];
}

/** Renames a key. */
export function renameEdit(_source: ConfigSource, _path: string, _key: string): readonly TextEdit[] {
  return [];
}
