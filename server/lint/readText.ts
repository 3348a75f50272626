/** Files that settings name beside the data, such as scripts, prompts and examples: read once until they change. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { LoadedExperiment } from '../config/load.ts';
import { isMap } from '../config/schema/nodes.ts';

/** Larger files are no scripts and no examples that a person wrote. */
const mostBytes = 4 * 2 ** 20;
const mostFiles = 200;

const texts = new Map<string, { readonly signature: string; readonly text: string }>();

/** Undefined where the file cannot be read as text or is too large. `path` is relative to the experiment. */
export function readText({ directory }: LoadedExperiment, path: string): string | undefined {
  const file = resolve(directory, path);
  try {
    const { size, mtimeMs, ino } = statSync(file);
    if (size > mostBytes) return undefined;
    const signature = [size, mtimeMs, ino].join();
    const known = texts.get(file);
    if (known?.signature === signature) return known.text;
    const text = readFileSync(file, 'utf8');
    if (texts.size >= mostFiles) texts.clear();
    texts.set(file, { signature, text });
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The files of a path or glob, at most 200, in order of their names. */
export function filesOf({ directory }: LoadedExperiment, pattern: string): string[] {
  if (!/[*?[{]/.test(pattern)) return [pattern];
  return globSync(pattern, { cwd: directory }).sort().slice(0, mostFiles);
}

/** The entries of a JSON Lines, JSON or YAML file that holds a list of maps; empty for any other. */
export function readRecords(
  loaded: LoadedExperiment,
  path: string,
): readonly Readonly<Record<string, unknown>>[] {
  const text = readText(loaded, path);
  if (text === undefined) return [];
  try {
    const parsed: unknown = /\.(?:jsonl|ndjson)$/i.test(path)
      ? text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as unknown]))
      : /\.(?:json|ya?ml)$/i.test(path)
        ? parse(text)
        : [];
    const list = isMap(parsed) ? Object.values(parsed).find(Array.isArray) : parsed;
    return Array.isArray(list) ? list.filter(isMap) : [];
  } catch {
    return [];
  }
}
