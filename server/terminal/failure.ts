/** Errors as the terminal prints them: one sentence, the place with a caret frame, and what to do. */
import { readFileSync } from 'node:fs';
import type { ErrorPlace } from '../catalog/errors.ts';
import type { Failure } from '../protocol/runMessages.ts';
import type { Style } from './style.ts';

/** The document that `--json` prints for an error. */
export function failureDocument(failure: Failure): { error: Record<string, unknown> } {
  const { exit: _exit, stack: _stack, ...error } = failure;
  return { error };
}

export function renderFailure(failure: Failure, style: Style): string {
  const place = failure as unknown as ErrorPlace; // The loose schema keeps the place's own fields.
  const lines = [`${style.red(`error[${failure.code}]`)}: ${failure.message}`];
  if (place.file !== undefined) lines.push(...frameOf(place.file, place.range, style));
  if (place.row !== undefined || place.column !== undefined) {
    const row = place.row === undefined ? undefined : `row ${place.row}`;
    const column = place.column === undefined ? undefined : `column \`${place.column}\``;
    lines.push(`  --> ${[row, column].filter((part) => part !== undefined).join(', ')}`);
  }
  lines.push(`${style.cyan('help')}: ${failure.help}`);
  return lines.join('\n');
}

/** `file:line:column` (one-based, as editors show it) and the line with carets under the fault. */
export function frameOf(file: string, range: ErrorPlace['range'], style: Style): string[] {
  if (range === undefined) return [`  --> ${file}`];
  const { line, character } = range.start;
  const head = `  --> ${file}:${line + 1}:${character + 1}`;
  const text = lineOf(file, line);
  if (text === undefined) return [head];
  const margin = `${line + 1}`;
  const blank = ' '.repeat(margin.length);
  const { shown, offset } = windowOf(text, character);
  const end = range.end.line === line ? range.end.character : text.length;
  const carets = '^'.repeat(Math.max(1, Math.min(end, offset + shown.length) - character));
  return [
    head,
    `${blank} |`,
    `${margin} | ${shown}`,
    `${blank} | ${' '.repeat(character - offset)}${style.red(carets)}`,
  ];
}

/** At most 120 characters of a long line, around the fault; control characters cannot reach the terminal. */
function windowOf(text: string, character: number): { shown: string; offset: number } {
  const offset = text.length <= 120 ? 0 : Math.max(0, Math.min(character - 40, text.length - 120));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
  return { shown: text.slice(offset, offset + 120).replaceAll(/[\u0000-\u001f\u007f]/g, ' '), offset };
}

function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[line];
  } catch {
    return undefined;
  }
}
