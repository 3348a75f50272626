/** Small files beside an experiment, read for rules about prompts and tests: each once, until it changes on disk. */
import { readFileSync, statSync } from 'node:fs';

/** Larger files are no prompts and no hand-made tests: nothing is said of them. */
const largest = 2_000_000;

const known = new Map<string, { readonly stamp: string; readonly text: string }>();

/** Undefined where there is no such file, or none that can be read as text of this size. */
export function readText(path: string): string | undefined {
  try {
    const { mtimeMs, size } = statSync(path);
    if (size > largest) return undefined;
    const stamp = `${mtimeMs} ${size}`;
    const before = known.get(path);
    if (before?.stamp === stamp) return before.text;
    const text = readFileSync(path, 'utf8');
    known.set(path, { stamp, text });
    return text;
  } catch {
    return undefined;
  }
}

type Row = Readonly<Record<string, unknown>>;

/** The rows of a JSON or JSON-lines file; none where there is none, lines that are no object left out. */
export function readRows(path: string): readonly Row[] {
  const text = readText(path);
  if (text === undefined) return [];
  const lines = path.endsWith('.json') ? [text] : text.split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)].flat().filter(isRow);
    } catch {
      return [];
    }
  });
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
